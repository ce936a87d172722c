//! Contraction: memory follows the entries down. Nothing is ever allocated for it: blocks get
//! smaller where slabs at hand have room for that, two join where one of them has room for both,
//! or there is one at hand, and the directory loses an entry where the blocks that it parts can
//! join.

use super::header::{Header, LAG};
use crate::memory::block::Class;
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::policy::{Density, Tradeoffs};
use core::iter;

/// When blocks of a map get smaller.
const fn density<T: MapType>(_: T) -> Density {
    T::Policy::DENSITY
}

impl Header {
    /// Sets free what a chain does not need. Blocks may move.
    pub(super) fn tighten<T: MapType>(&mut self, head: BucketPtr<T>) {
        if self.is_alone() || head.is_nothing() {
            return;
        }
        // SAFETY: A chain of the map, as what is asked of it.
        unsafe {
            if head.is_linked() {
                return self.tighten_chain(head);
            }
            let about = head.about();
            if about.len() == 0 {
                self.drop_chain(head);
            } else if about.free() >= density(head.of()).shrink && !self.join_buddy(head) {
                self.shrink(head);
            }
        }
    }

    /// Gives a chain back that has no entry.
    ///
    /// # Safety
    /// It is a chain of the map.
    unsafe fn drop_chain<T: MapType>(&mut self, head: BucketPtr<T>) {
        // SAFETY: The caller's promise.
        unsafe {
            let about = head.about();
            self.point(about.owner(), about.depth(), BucketPtr::nothing(head.of()));
            self.dispose(head);
        }
    }

    /// Gives the empty blocks of a chain back that has links.
    ///
    /// # Safety
    /// It is a chain of the map.
    unsafe fn tighten_chain<T: MapType>(&mut self, head: BucketPtr<T>) {
        let of = head.of();
        // SAFETY: The caller's promise.
        unsafe {
            let owner = head.about().owner();
            let Some(last) = head.blocks().filter(|block| block.about().len() > 0).last() else {
                return self.drop_chain(head);
            };
            if let Some(empty) = last.next_block() {
                last.set_link(None);
                self.dispose(empty);
            }
            // Where it is now.
            let Some(last) = self.entry(of, owner).blocks().last() else {
                return;
            };
            if last.is_linked() || last.about().free() >= density(of).shrink {
                self.shrink(last);
            }
        }
    }

    /// Moves the last block of a chain to the smallest at hand, if it is smaller.
    ///
    /// # Safety
    /// It is a block of the map, and no other is behind it.
    unsafe fn shrink<T: MapType>(&mut self, block: BucketPtr<T>) {
        let of = block.of();
        // SAFETY: The caller's promise.
        unsafe {
            let own = block.class();
            let class = Class::fit(of, block.about().len() + density(of).keep);
            let mut classes = iter::once(class).chain(class.wider(of));
            let smaller = classes
                .by_ref()
                .take_while(|class| *class < own)
                .find_map(|class| self.block_at_hand(of, class));
            if let Some(smaller) = smaller {
                self.move_block(block, smaller);
            }
        }
    }

    /// Makes one of a block and the one that it was split from, or would be split into.
    ///
    /// # Safety
    /// It is a block of the map, without a link, and has entries.
    unsafe fn join_buddy<T: MapType>(&mut self, block: BucketPtr<T>) -> bool {
        let of = block.of();
        // SAFETY: The caller's promise.
        let about = unsafe { block.about() };
        let Some(depth) = about.depth().checked_sub(1) else {
            return false;
        };
        if depth + LAG <= self.level() {
            return false;
        }
        let (owner, at) = (about.owner() & !(1 << depth), about.owner() ^ 1 << depth);
        let buddy = self.entry(of, at);
        let filled = self.filled();
        let mut all = (at..filled).step_by(1 << about.depth());
        if all.all(|at| self.entry(of, at).is_nothing()) {
            // SAFETY: As above; it is all that is there of these hashes.
            unsafe { self.place_chain(block, owner, depth) };
            return true;
        }
        // SAFETY: D3: a block, or nothing.
        let (other, is_linked) = unsafe { (buddy.about(), buddy.is_linked()) };
        !is_linked
            && !buddy.is_nothing()
            && other.depth() == about.depth()
            && about.len() + other.len() <= density(of).join
            && self.join(of, [about.owner(), at], depth)
    }

    /// Makes one block of two that differ in bit `depth` only, if there is room for it.
    fn join<T: MapType>(&mut self, of: T, at: [usize; 2], depth: u32) -> bool {
        let [mut large, mut small] = at.map(|at| self.entry(of, at));
        // SAFETY: D3: blocks of the map.
        unsafe {
            let entries = large.about().len() + small.about().len();
            if entries > T::Policy::SLOTS {
                return false;
            }
            if usize::max(large.about().slots(), small.about().slots()) < entries {
                let Some(room) = self.room_at_hand(of, entries) else {
                    return false;
                };
                self.move_block(large, room);
                // Where they are now.
                [large, small] = at.map(|at| self.entry(of, at));
            }
            if large.about().slots() < small.about().slots() {
                (large, small) = (small, large);
            }
            for slot in 0..small.about().len() {
                small.copy_entry(slot, large);
            }
            let [first, second] = at;
            self.place_chain(large, usize::min(first, second), depth);
            self.free_block(small);
        }
        true
    }

    /// Makes the directory one smaller: false if it is to stay as it is.
    pub(super) fn contract<H: Heap>(&mut self, heap: H) -> bool {
        let of = heap.of();
        let Some(last) = (self.buckets as usize)
            .checked_sub(1)
            .filter(|last| *last > 0)
        else {
            return false;
        };
        let depth = last.ilog2();
        let index = last - (1 << depth);
        let (low, high) = (self.entry(of, index), self.entry(of, last));
        if low != high {
            // SAFETY: D3: chains of the map, or nothing; one of them has all that is there of
            // these hashes, or they are two blocks.
            unsafe {
                if high.is_nothing() {
                    self.place_chain(low, index, depth);
                } else if low.is_nothing() {
                    self.place_chain(high, index, depth);
                } else if low.is_linked()
                    || high.is_linked()
                    || !self.join(of, [index, last], depth)
                {
                    return false;
                }
            }
        }
        self.pop(heap);
        true
    }
}
