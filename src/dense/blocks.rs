//! Blocks: how they are had, given back, and found by what moves one.

use super::header::{Extra, Header};
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::Heap;
use crate::memory::page::Target;
use crate::memory::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::{Had, TryReserveError};
use core::ptr::NonNull;

/// The layout of an `Extra`.
pub(crate) const EXTRA: Layout = Layout::new::<Extra>();

/// A block, and another one if it was to be had.
type OneOrTwo<T> = (BucketPtr<T>, Option<BucketPtr<T>>);

/// A block that nothing leads to yet. Dropped, it is given back.
struct Fresh<'a, T: MapType> {
    header: &'a mut Header,
    block: BucketPtr<T>,
}

impl<T: MapType> Drop for Fresh<'_, T> {
    fn drop(&mut self) {
        // SAFETY: It is empty, and the last of its class.
        unsafe { self.header.free_block(self.block) };
    }
}

impl Header {
    /// Whether there is one block, which the heap has given by itself.
    pub(crate) const fn is_alone(&self) -> bool {
        self.has_memory() && self.extra().is_none()
    }

    /// A block of this class from the slabs at hand.
    pub(super) fn block_at_hand<T: MapType>(
        &mut self,
        of: T,
        class: Class,
    ) -> Option<BucketPtr<T>> {
        let slabs = &mut self.extra_mut()?.slabs;
        slabs.take(of, class)
    }

    /// An empty block of this class, or of one with more slots if that is refused; where there is
    /// no heap to ask, from the slabs at hand. Nothing leads to it.
    pub(super) fn new_block<H: Heap>(
        &mut self,
        of: H::Of,
        heap: Option<H>,
        class: Class,
    ) -> Had<BucketPtr<H::Of>> {
        if let Some(block) = self.block_at_hand(of, class) {
            return Ok(block);
        }
        let mut refused = TryReserveError::CapacityOverflow;
        if let (Some(heap), Some(extra)) = (heap, self.extra_mut()) {
            match extra.slabs.add(heap, class) {
                Ok(()) => return self.block_at_hand(of, class).ok_or(refused),
                Err(error) => refused = error,
            }
        }
        self.wider_at_hand(of, class).ok_or(refused)
    }

    /// A block of a class with more slots from the slabs at hand.
    fn wider_at_hand<T: MapType>(&mut self, of: T, class: Class) -> Option<BucketPtr<T>> {
        let mut wider = class.wider(of);
        wider.find_map(|class| self.block_at_hand(of, class))
    }

    /// A block for so many entries from the slabs at hand.
    pub(super) fn room_at_hand<T: MapType>(
        &mut self,
        of: T,
        entries: usize,
    ) -> Option<BucketPtr<T>> {
        let class = Class::fit(of, entries);
        let block = self.block_at_hand(of, class);
        block.or_else(|| self.wider_at_hand(of, class))
    }

    /// Two new blocks, or if the second is refused one.
    pub(super) fn two_blocks<H: Heap>(
        &mut self,
        heap: H,
        classes: (Class, Option<Class>),
    ) -> Had<OneOrTwo<H::Of>> {
        let of = heap.of();
        let block = self.new_block(of, Some(heap), classes.0)?;
        let fresh = Fresh {
            header: self,
            block,
        };
        let second = classes.1.map(|class| {
            // The allocator may panic.
            fresh.header.new_block(of, Some(heap), class)
        });
        core::mem::forget(fresh);
        Ok((block, second.and_then(Result::ok)))
    }

    /// Gives a block of a slab back. The last block of its class moves to its place: no pointer to
    /// one of that class is good any more.
    ///
    /// # Safety
    /// Nothing leads to it but a list of blocks that are leaving, which begins behind it, and
    /// nothing in it is needed.
    pub(super) unsafe fn free_block<T: MapType>(&mut self, block: BucketPtr<T>) {
        let Some(extra) = self.extra_mut() else {
            return;
        };
        // SAFETY: The caller's promise.
        let moved = unsafe { extra.slabs.release(block, block.class()) };
        if let Some(from) = moved {
            self.correct(from, block);
        }
    }

    /// Makes what led to a block lead to where it is now.
    fn correct<T: MapType>(&mut self, from: BucketPtr<T>, to: BucketPtr<T>) {
        // SAFETY: A block of this map (D2).
        let about = unsafe { to.about() };
        let first = match about.kind {
            Kind::First => return self.point(about.owner(), about.depth(), to),
            Kind::Behind => self.entry(to.of(), about.owner()),
            Kind::Leaving => {
                let Some(extra) = self.extra_mut() else {
                    return;
                };
                match extra.leaving {
                    Some(first) if first == from.address() => {
                        extra.leaving = Some(to.address());
                        return;
                    }
                    Some(first) => BucketPtr::at(to.of(), first),
                    None => return,
                }
            }
        };
        // SAFETY: A chain of this map.
        for block in unsafe { first.blocks() } {
            // SAFETY: As above.
            unsafe {
                if block.next_block() == Some(from) {
                    block.set_link(Some(to));
                    return;
                }
            }
        }
    }

    /// Moves what is in a block into one of another class, which is new, and gives the first one
    /// back.
    ///
    /// # Safety
    /// The block is the map's, the other one has room for it.
    pub(super) unsafe fn move_block<T: MapType>(&mut self, block: BucketPtr<T>, to: BucketPtr<T>) {
        // SAFETY: The caller's promise; its link, if it has one and the other one too, goes with
        // it. Nothing leads to it then.
        unsafe {
            block.copy_block(to);
            if to.is_linked() {
                to.set_link(block.next_block());
            }
            self.correct(block, to);
            self.free_block(block);
        }
    }

    /// Gives the blocks of a chain back, whose entries are elsewhere.
    ///
    /// # Safety
    /// Nothing leads to the chain, and nothing in it is needed.
    pub(super) unsafe fn dispose<T: MapType>(&mut self, first: BucketPtr<T>) {
        let of = first.of();
        // SAFETY: The caller's promise.
        for block in unsafe { first.blocks() } {
            // SAFETY: As above.
            unsafe { block.set_place(0, 0, Kind::Leaving) };
        }
        let mut next = Some(first);
        while let Some(block) = next {
            // SAFETY: As above: a block of that chain, with the others behind it.
            unsafe {
                let behind = block.next_block();
                if let Some(extra) = self.extra_mut() {
                    extra.leaving = behind.map(BucketPtr::address);
                }
                self.free_block(block);
            }
            let left = self.extra().and_then(|extra| extra.leaving);
            next = left.map(|block| BucketPtr::at(of, block));
        }
    }

    /// Makes a block that is alone.
    pub(super) fn make_alone<H: Heap>(heap: H, class: Class) -> Had<BucketPtr<H::Of>> {
        let of = heap.of();
        let memory = heap.allocate(class.layout(of, 0, 1))?.cast();
        // SAFETY: It has room for such a block, and is new.
        unsafe {
            let block = BucketPtr::nth_block(of, class, memory, 0, 0);
            block.init_block(class);
            block.set_place(0, 0, Kind::First);
            Ok(block)
        }
    }

    /// Gives such a block back.
    ///
    /// # Safety
    /// It was made by [`make_alone`](Self::make_alone) in this heap, and is used no more.
    pub(super) unsafe fn free_alone<H: Heap>(heap: H, block: Target) {
        let of = heap.of();
        let block = BucketPtr::at(of, block);
        // SAFETY: The caller's promise.
        unsafe {
            let class = block.class();
            heap.deallocate(block.block_begins(class), class.layout(of, 0, 1));
        }
    }

    /// Gives a map its first block.
    pub(super) fn begin<H: Heap>(&mut self, heap: H, class: Class) -> Had<()> {
        let block = Self::make_alone(heap, class)?;
        self.root = Some(block.address());
        (self.mask, self.buckets, self.height) = (0, 1, 0);
        self.settle(heap.of());
        Ok(())
    }

    /// Gives a block that is alone more slots.
    pub(super) fn widen_alone<H: Heap>(&mut self, heap: H, class: Class) -> Had<()> {
        let block = self.entry(heap.of(), 0);
        let wide = Self::make_alone(heap, class)?;
        // SAFETY: The one block of the map, and one that is new.
        unsafe { block.copy_block(wide) };
        self.root = Some(wide.address());
        // SAFETY: Nothing leads to it any more.
        unsafe { Self::free_alone(heap, block.address()) };
        Ok(())
    }

    /// Moves a block that is alone into a slab, so that there may be others.
    pub(super) fn leave_alone<H: Heap>(&mut self, heap: H) -> Had<()> {
        let of = heap.of();
        let alone = self.entry(of, 0);
        // SAFETY: The one block of the map.
        let class = unsafe { alone.class() };
        let extra: NonNull<Extra> = heap.allocate(Some(EXTRA))?.cast();
        // SAFETY: It is new.
        unsafe { self.install_extra(extra) };
        let taken = Taken { header: self, heap };
        let block = taken.header.new_block(of, Some(heap), class)?;
        core::mem::forget(taken);
        // SAFETY: A new block of the same class.
        unsafe { alone.copy_block(block) };
        self.point(0, 0, block);
        self.settle(of);
        // SAFETY: Nothing leads to it any more.
        unsafe { Self::free_alone(heap, alone.address()) };
        Ok(())
    }

    /// Gives all memory back, also if the allocator panics with some. Entries are not dropped,
    /// nor the cells that they have.
    ///
    /// # Safety
    /// Nothing in it is used again.
    pub(super) unsafe fn give_all_back<H: Heap>(&mut self, heap: H) {
        /// What is left to be given back.
        struct Rest<H: Heap>(Header, H);

        impl<H: Heap> Rest<H> {
            fn free(&mut self) {
                let Self(header, heap) = self;
                if header.is_alone() {
                    if let Some(block) = header.root.take() {
                        // SAFETY: It is all that there is.
                        unsafe { Header::free_alone(*heap, block) };
                    }
                    return;
                }
                header.drop_pages(*heap);
                if let Some(extra) = header.extra_mut() {
                    // SAFETY: No entry is used again.
                    unsafe { extra.slabs.give_all_back(*heap) };
                }
                header.root = None;
                if let Some(extra) = header.remove_extra() {
                    // SAFETY: It came from this heap, and nothing is in it.
                    unsafe { heap.deallocate(extra.cast(), Some(EXTRA)) };
                }
            }
        }

        impl<H: Heap> Drop for Rest<H> {
            fn drop(&mut self) {
                self.free();
            }
        }

        Rest(self.take(), heap).free();
    }
}

/// A header that has got an `Extra`, and no block in it yet. Dropped, it is as before.
struct Taken<'a, H: Heap> {
    header: &'a mut Header,
    heap: H,
}

impl<H: Heap> Drop for Taken<'_, H> {
    fn drop(&mut self) {
        if let Some(extra) = self.header.remove_extra() {
            // SAFETY: It came from this heap, and nothing is in it.
            unsafe { self.heap.deallocate(extra.cast(), Some(EXTRA)) };
        }
    }
}
