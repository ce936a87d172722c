//! Small maps: one chain of blocks, which the heap has given one by one, and no directory.
//!
//! All blocks are whole but the last. A whole one has the memory of a slab of one block, so that it
//! becomes that when the map gets an [`Extra`].

use super::header::Header;
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::memory::slab::{front, layout_for};
use crate::numbers::alloc::Layout;
use crate::numbers::error::Had;
use crate::numbers::policy::Tradeoffs;

/// The layout of a block that the heap gives by itself.
pub(crate) fn layout_alone<T: MapType>(of: T, class: Class) -> Option<Layout> {
    match class.is_whole(of) {
        true => layout_for(of, class, 1),
        false => class.layout(of, 0, 1),
    }
}

/// Bytes before such a block.
fn before<T: MapType>(of: T, class: Class) -> usize {
    match class.is_whole(of) {
        true => front(of),
        false => 0,
    }
}

/// Blocks that the heap has given by themselves, and that nothing leads to: each leads to the next.
/// Dropped, they are given back.
struct Fresh<H: Heap> {
    heap: H,
    first: Option<BucketPtr<H::Of>>,
}

impl<H: Heap> Fresh<H> {
    /// Puts a new block before the others.
    fn push(&mut self, class: Class, kind: Kind) -> Had<()> {
        let of = self.heap.of();
        let memory = self.heap.allocate(layout_alone(of, class))?.cast();
        // SAFETY: It has room for such a block, and is new. Only a whole one has others behind it.
        unsafe {
            let block = BucketPtr::nth_block(of, class, memory, before(of, class), 0);
            block.init_block(class);
            block.set_place(0, 0, kind);
            if class.is_whole(of) {
                block.set_link(self.first);
            }
            self.first = Some(block);
        }
        Ok(())
    }
}

impl<H: Heap> Drop for Fresh<H> {
    fn drop(&mut self) {
        while let Some(block) = self.first {
            // SAFETY: They are of this heap, and nothing leads to them.
            unsafe {
                self.first = block.next_block();
                free_alone(self.heap, block);
            }
        }
    }
}

/// Gives such a block back.
///
/// # Safety
/// The heap has given it by itself, and it is used no more.
unsafe fn free_alone<H: Heap>(heap: H, block: BucketPtr<H::Of>) {
    let of = heap.of();
    // SAFETY: The caller's promise.
    unsafe {
        let class = block.class();
        let begin = block.block_begins(class, before(of, class));
        heap.deallocate(begin, layout_alone(of, class));
    }
}

impl Header {
    /// Whether the blocks there are, a few, are of the heap, and there is no directory.
    pub(crate) const fn is_alone(&self) -> bool {
        self.has_memory() && self.extra().is_none()
    }

    /// Whether so many entries can be in a map without a directory, as this one is.
    pub(super) fn may_be_alone<T: MapType>(&self, _: T, entries: usize) -> bool {
        self.extra().is_none() && entries <= T::Policy::DENSITY.alone
    }

    /// The blocks of a small map; none without memory.
    fn alone_blocks<T: MapType>(&self, of: T) -> impl Iterator<Item = BucketPtr<T>> {
        let head = self.root.map(|root| BucketPtr::at(of, root));
        // SAFETY: D3: the chain of the map.
        head.into_iter().flat_map(|head| unsafe { head.blocks() })
    }

    /// The last block of a small map, if it is not whole.
    pub(super) fn small_one<T: MapType>(&self, of: T) -> Option<BucketPtr<T>> {
        let last = self.alone_blocks(of).last();
        // SAFETY: D3: a block of the map.
        last.filter(|last| unsafe { !last.is_whole() })
    }

    /// The slots of a small map.
    pub(super) fn slots_alone<T: MapType>(&self, of: T) -> usize {
        let blocks = self.alone_blocks(of);
        // SAFETY: D3: blocks of the map.
        blocks.map(|block| unsafe { block.about() }.slots()).sum()
    }

    /// Bytes of the blocks of a small map.
    pub(super) fn bytes_alone<T: MapType>(&self, of: T) -> usize {
        let blocks = self.alone_blocks(of);
        // SAFETY: D3: blocks of the map.
        let layouts = blocks.map(|block| layout_alone(of, unsafe { block.class() }));
        layouts.flatten().map(|layout| layout.size()).sum()
    }

    /// Those of one for so many entries.
    pub(super) fn bytes_for<T: MapType>(of: T, entries: usize) -> usize {
        let bytes = |class| layout_alone(of, class).map_or(0, |layout| layout.size());
        let before = entries.saturating_sub(1) / T::Policy::SLOTS;
        before * bytes(Class::whole(of)) + bytes(Class::fit_alone(of, entries))
    }

    /// Sees to it that a small map, or one without memory, has room for so many entries, which
    /// may be in one. After an error it is as it was.
    pub(super) fn widen_alone<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()> {
        let of = heap.of();
        if self.slots_alone(of) >= entries {
            return Ok(());
        }
        let old = self.small_one(of);
        let begin = self.alone_blocks(of).count() - usize::from(old.is_some());
        let before = (entries - 1) / <H::Of as MapType>::Policy::SLOTS;
        let mut fresh = Fresh { heap, first: None };
        for n in (begin..=before).rev() {
            let class = match n == before {
                true => Class::fit_alone(of, entries),
                false => Class::whole(of),
            };
            let kind = if n == 0 { Kind::First } else { Kind::Behind };
            fresh.push(class, kind)?;
        }
        if let Some(new) = fresh.first.take() {
            self.exchange_last(heap, old, new);
        }
        Ok(())
    }

    /// The same for one entry more. Where that is refused a whole block will do: who brings memory
    /// for keys to come has one.
    pub(super) fn widen_alone_by_one<H: Heap>(&mut self, heap: H) -> Had<()> {
        let entries = self.count + 1;
        let whole = entries.next_multiple_of(<H::Of as MapType>::Policy::SLOTS);
        let widened = self.widen_alone(heap, entries);
        widened.or_else(|refused| self.widen_alone(heap, whole).map_err(|_| refused))
    }

    /// Puts a new chain in the place of the last block, or if all are whole behind them.
    pub(super) fn exchange_last<H: Heap>(
        &mut self,
        heap: H,
        old: Option<BucketPtr<H::Of>>,
        new: BucketPtr<H::Of>,
    ) {
        if let Some(old) = old {
            // SAFETY: A block of the map, and a new one with more slots; its link stays.
            unsafe { old.copy_block(new) };
        }
        self.lead_to(new, old);
        if let Some(old) = old {
            // SAFETY: Nothing leads to it any more.
            unsafe { free_alone(heap, old) };
        }
    }

    /// Makes a block the next of the whole ones, in place of an old one if there is one.
    fn lead_to<T: MapType>(&mut self, block: BucketPtr<T>, old: Option<BucketPtr<T>>) {
        let of = block.of();
        let whole = self
            .alone_blocks(of)
            .take_while(|block| Some(*block) != old);
        if let Some(last) = whole.last() {
            // SAFETY: D3: a block of the map; it is whole, as another one is to be behind it.
            return unsafe { last.set_link(Some(block)) };
        }
        if self.root.replace(block.address()).is_none() {
            (self.mask, self.buckets, self.height) = (0, 1, 0);
            self.settle();
        }
    }

    /// Gives the blocks of a small map back, one by one.
    pub(super) fn free_alone_chain<H: Heap>(&mut self, heap: H) {
        while let Some(first) = self.root {
            let first = BucketPtr::at(heap.of(), first);
            // SAFETY: D3: a block of the map.
            let next = unsafe { first.next_block() };
            self.root = next.map(BucketPtr::address);
            // SAFETY: Nothing leads to it any more.
            unsafe { free_alone(heap, first) };
        }
    }
}
