//! Blocks: how they are had, given back, and found by what moves one.

use super::header::{Extra, Header};
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::{Heap, NewCells};
use crate::memory::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::{Had, TryReserveError};
use core::mem;
use core::ptr::NonNull;

/// The layout of an `Extra`.
pub(crate) const EXTRA: Layout = Layout::new::<Extra>();

/// Slabs that one insert or removal gives back at most.
pub(super) const FEW: usize = 2;

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
    /// A block of this class from the slabs at hand, of which spare ones may become its class's.
    pub(super) fn block_at_hand<T: MapType>(
        &mut self,
        of: T,
        class: Class,
    ) -> Option<BucketPtr<T>> {
        let slabs = &mut self.extra_mut()?.slabs;
        slabs.take(of, class).or_else(|| {
            slabs.use_spare(of, class)?;
            slabs.take(of, class)
        })
    }

    /// An empty block of this class, or of one with more slots if that is refused. Nothing leads
    /// to it. What is reserved stays so.
    pub(super) fn new_block<H: Heap>(&mut self, heap: H, class: Class) -> Had<BucketPtr<H::Of>> {
        if self.reserved() > 0 {
            return self.new_block_beside(heap, class);
        }
        let of = heap.of();
        let Some(extra) = self.extra_mut() else {
            return Err(TryReserveError::CapacityOverflow);
        };
        let slabs = &mut extra.slabs;
        if let Some(block) = slabs.take(of, class) {
            return Ok(block);
        }
        if slabs.has_fitting_spare(of, class) {
            slabs.use_spare(of, class);
        } else if let Err(refused) = slabs.add(heap, class) {
            let mut wider = class.wider(of);
            if let Some(block) = wider.find_map(|class| slabs.take(of, class)) {
                return Ok(block);
            }
            if slabs.use_spare(of, class).is_none() {
                // Who brings memory for keys to come has whole blocks.
                let whole = Class::whole(of);
                slabs.add_of(heap, whole, 1).map_err(|_| refused)?;
                return slabs.take(of, whole).ok_or(refused);
            }
        }
        let block = slabs.take(of, class);
        block.ok_or(TryReserveError::CapacityOverflow)
    }

    /// The same where so many of this class are to be had, this one with them: a slab that it takes
    /// is for those, or a whole one.
    pub(super) fn new_block_of<H: Heap>(
        &mut self,
        heap: H,
        class: Class,
        blocks: usize,
    ) -> Had<BucketPtr<H::Of>> {
        let is_reserved = self.reserved() > 0;
        if let Some(extra) = self.extra_mut().filter(|_| !is_reserved) {
            if let Some(block) = extra.slabs.take(heap.of(), class) {
                return Ok(block);
            }
            // If it is refused, a smaller one will do.
            extra.slabs.provide(heap, class, blocks).ok();
        }
        self.new_block(heap, class)
    }

    /// The same while keys are promised: there are as many whole blocks at hand as before.
    fn new_block_beside<H: Heap>(&mut self, heap: H, class: Class) -> Had<BucketPtr<H::Of>> {
        let of = heap.of();
        let Some(extra) = self.extra_mut() else {
            return Err(TryReserveError::CapacityOverflow);
        };
        let slabs = &mut extra.slabs;
        let block = if class.is_whole(of) {
            let places = slabs.places(of);
            slabs.hold(heap, places.saturating_add(1), 1)?;
            self.whole_at_hand(of)
        } else if let Some(block) = slabs.take(of, class) {
            Some(block)
        } else {
            slabs.add(heap, class)?;
            slabs.take(of, class)
        };
        block.ok_or(TryReserveError::CapacityOverflow)
    }

    /// Bytes of all that the map has from its heap, but for cells.
    pub(crate) fn bytes<T: MapType>(&self, of: T) -> usize {
        match self.extra() {
            Some(extra) => extra.slabs.bytes() + self.page_bytes() + EXTRA.size(),
            None => self.bytes_alone(of),
        }
    }

    /// Gives slabs back that are not needed, so many at most, but for so many whole blocks; none
    /// while something is reserved.
    #[inline]
    pub(super) fn give_back<H: Heap>(&mut self, heap: H, places: usize, most: usize) {
        let is_reserved = self.reserved() > 0;
        if let Some(extra) = self.extra_mut().filter(|_| !is_reserved) {
            if extra.slabs.has_more_than(places) {
                extra.slabs.give_back(heap, places, most);
            }
        }
    }

    /// A whole block from the slabs at hand.
    pub(super) fn whole_at_hand<T: MapType>(&mut self, of: T) -> Option<BucketPtr<T>> {
        self.block_at_hand(of, Class::whole(of))
    }

    /// A block for so many entries from the slabs at hand.
    pub(super) fn room_at_hand<T: MapType>(
        &mut self,
        of: T,
        entries: usize,
    ) -> Option<BucketPtr<T>> {
        let class = Class::fit(of, entries);
        let block = self.block_at_hand(of, class);
        let mut wider = class.wider(of);
        block.or_else(|| wider.find_map(|class| self.block_at_hand(of, class)))
    }

    /// Two new blocks, or if the second is refused one.
    pub(super) fn two_blocks<H: Heap>(
        &mut self,
        heap: H,
        classes: (Class, Option<Class>),
    ) -> Had<OneOrTwo<H::Of>> {
        let block = self.new_block(heap, classes.0)?;
        let fresh = Fresh {
            header: self,
            block,
        };
        let second = classes.1.map(|class| {
            // The allocator may panic.
            fresh.header.new_block(heap, class)
        });
        mem::forget(fresh);
        Ok((block, second.and_then(Result::ok)))
    }

    /// Gives a block of a slab back. The last block of its class moves to its place: no pointer to
    /// one of that class is good any more.
    ///
    /// # Safety
    /// Nothing leads to it, and nothing in it is needed.
    pub(super) unsafe fn free_block<T: MapType>(&mut self, block: BucketPtr<T>) {
        // SAFETY: The caller's promise.
        if let Some(from) = unsafe { self.release(block) } {
            self.correct(from, block);
        }
    }

    /// The same, but that nothing leads yet to what has moved to its place: it is given where that
    /// was.
    ///
    /// # Safety
    /// As [`free_block`](Self::free_block).
    unsafe fn release<T: MapType>(&mut self, block: BucketPtr<T>) -> Option<BucketPtr<T>> {
        let slabs = &mut self.extra_mut()?.slabs;
        // SAFETY: The caller's promise.
        unsafe { slabs.release(block, block.class()) }
    }

    /// Makes what led to a block lead to where it is now.
    pub(super) fn correct<T: MapType>(&mut self, from: BucketPtr<T>, to: BucketPtr<T>) {
        // SAFETY: A block of this map (D2).
        let about = unsafe { to.about() };
        let first = match about.kind {
            Kind::First => return self.point(about.owner(), about.depth(), to),
            Kind::Behind => self.entry(to.of(), about.owner()),
            // Who gives a chain back knows where its blocks are.
            Kind::Leaving => return,
        };
        // SAFETY: A chain of this map.
        unsafe { correct_link(first, from, to) };
    }

    /// Moves what is in a block into one of another class, which is new, and gives the first one
    /// back.
    ///
    /// # Safety
    /// The block is the map's, and no other is behind it; the other one has room for it.
    pub(super) unsafe fn move_block<T: MapType>(&mut self, block: BucketPtr<T>, to: BucketPtr<T>) {
        // SAFETY: The caller's promise. Nothing leads to it then.
        unsafe {
            block.copy_block(to);
            self.correct(block, to);
            self.free_block(block);
        }
    }

    /// Gives the blocks of a chain back, whose entries are elsewhere.
    ///
    /// # Safety
    /// Nothing leads to the chain, and nothing in it is needed.
    pub(super) unsafe fn dispose<T: MapType>(&mut self, first: BucketPtr<T>) {
        // The last one first: mostly it is the last of its class, and nothing has to move.
        let (mut next, mut list, mut small) = (Some(first), None, None);
        while let Some(block) = next {
            // SAFETY: The caller's promise; only whole ones have a link.
            unsafe {
                next = block.next_block();
                block.set_place(0, 0, Kind::Leaving);
                if block.is_whole() {
                    block.set_link(list.replace(block));
                } else {
                    small = Some(block);
                }
            }
        }
        if let Some(small) = small {
            // SAFETY: As above. No block of the list is of its class.
            unsafe { self.free_block(small) };
        }
        while let Some(block) = list {
            // SAFETY: A block of that chain, with the others behind it.
            unsafe {
                list = block.next_block();
                let Some(from) = self.release(block) else {
                    continue;
                };
                // It may be one of the list, or of a chain that stays.
                match list {
                    Some(next) if next == from => list = Some(block),
                    Some(next) if block.about().kind == Kind::Leaving => {
                        correct_link(next, from, block);
                    }
                    _ => self.correct(from, block),
                }
            }
        }
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
                    return header.free_alone_chain(*heap);
                }
                header.drop_pages(*heap);
                if let Some(extra) = header.extra_mut() {
                    // SAFETY: No entry is used again; cells that are reserved are nobody's.
                    unsafe {
                        drop(NewCells::of_map(*heap, extra.cells.take_all()));
                        extra.slabs.give_all_back(*heap);
                    }
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

impl Header {
    /// Gives a map without memory an `Extra`, and a directory that leads to nothing.
    pub(super) fn begin_directory<H: Heap>(&mut self, heap: H) -> Had<()> {
        let extra: NonNull<Extra> = heap.allocate(Some(EXTRA))?.cast();
        // SAFETY: It is new.
        unsafe { self.install_extra(extra) };
        self.root = Some(BucketPtr::nothing(heap.of()).address());
        (self.mask, self.buckets, self.height) = (0, 1, 0);
        self.settle();
        Ok(())
    }

    /// Gives a small map an `Extra`, and moves its blocks to slabs, so that there may be others.
    /// After an error it is as it was.
    pub(super) fn leave_alone<H: Heap>(&mut self, heap: H) -> Had<()> {
        let of = heap.of();
        let extra: NonNull<Extra> = heap.allocate(Some(EXTRA))?.cast();
        // SAFETY: It is new.
        unsafe { self.install_extra(extra) };
        let taken = Taken { header: self, heap };
        let small = taken.header.small_one(of);
        let new = match small {
            Some(small) => {
                // SAFETY: D3: a block of the map.
                let about = unsafe { small.about() };
                let class = Class::fit(of, about.slots());
                Some(taken.header.new_block(heap, class)?)
            }
            None => None,
        };
        mem::forget(taken);
        self.adopt_whole(of);
        if let (Some(small), Some(new)) = (small, new) {
            self.exchange_last(heap, Some(small), new);
        }
        self.settle();
        Ok(())
    }

    /// Makes the whole blocks of a small map blocks of slabs.
    fn adopt_whole<T: MapType>(&mut self, of: T) {
        let mut next = self.root.map(|root| BucketPtr::at(of, root));
        while let Some(block) = next {
            // SAFETY: A block of the map; whole ones have the memory of a slab, and those of the
            // slabs are in use.
            let is_whole = unsafe {
                next = block.next_block();
                block.is_whole()
            };
            if let Some(extra) = self.extra_mut().filter(|_| is_whole) {
                // SAFETY: As above.
                unsafe { extra.slabs.adopt(block) };
            }
        }
    }
}

/// Makes what was linked to a block of a list linked to where that is now.
///
/// # Safety
/// It is a list of blocks of the map.
unsafe fn correct_link<T: MapType>(first: BucketPtr<T>, from: BucketPtr<T>, to: BucketPtr<T>) {
    // SAFETY: The caller's promise.
    unsafe {
        let mut blocks = first.blocks();
        if let Some(before) = blocks.find(|block| block.next_block() == Some(from)) {
            before.set_link(Some(to));
        }
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
