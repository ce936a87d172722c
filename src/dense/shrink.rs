//! Memory that is given back when it is asked for.
//!
//! A map is not larger for it: blocks join, and get smaller, where that sets as much free as it
//! takes. What a step sets free is whole slabs, so it is reckoned for all blocks of a step
//! together.

use super::header::{Header, LOAD};
use crate::memory::block::Class;
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::Had;
use crate::numbers::policy::Tradeoffs;
use core::mem;

/// How many blocks of each class a step gives back.
type Leaving = [usize; Class::COUNT];

/// There is one more that is as this one.
fn count<T: MapType>(leaving: &mut Leaving, block: BucketPtr<T>) {
    // SAFETY: A block of the map.
    let number = unsafe { block.class() }.number(block.of());
    if let Some(blocks) = leaving.get_mut(number) {
        *blocks += 1;
    }
}

/// The class that a block gets smaller to, if there is a smaller one that has room for its entries
/// and it is all of a chain.
fn smaller<T: MapType>(head: BucketPtr<T>) -> Option<Class> {
    // SAFETY: A chain of the map, or nothing.
    let (about, next) = unsafe { (head.about(), head.next_block()) };
    let class = Class::fit(head.of(), about.len());
    (next.is_none() && class.slots() < about.slots()).then_some(class)
}

impl Header {
    /// Gives back what is not needed for so many entries, or those that are there. Nothing is
    /// reserved any more.
    pub(super) fn shrink_to<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()> {
        self.void_reservation(heap);
        self.close_all_gaps(heap);
        let entries = entries.max(self.count);
        self.contract_to(heap, entries);
        self.join_all(heap);
        self.contract_to(heap, entries);
        for class in Class::all(heap.of()) {
            self.narrow_all_to(heap, class);
        }
        for class in Class::all(heap.of()) {
            self.trim_newest(heap, class);
        }
        self.trim_root(heap);
        self.give_back(heap, 0, usize::MAX);
        if entries == 0 {
            self.reset(heap);
        } else if entries <= <H::Of as MapType>::Policy::DENSITY.alone {
            self.settle_down(heap, entries)?;
        }
        Ok(())
    }

    /// Makes the directory one for so many entries, as far as chains can join.
    fn contract_to<H: Heap>(&mut self, heap: H, entries: usize) {
        while (self.buckets as usize).saturating_sub(1) * LOAD >= entries {
            if !self.contract(heap) {
                break;
            }
        }
    }

    /// Makes one of each two blocks that can be.
    fn join_all<H: Heap>(&mut self, heap: H) {
        let of = heap.of();
        let slots = <H::Of as MapType>::Policy::SLOTS;
        let mut leaving = Leaving::default();
        let mut wanted = 0;
        for (index, head) in self.chains(of) {
            // SAFETY: D3: a chain of the map.
            let Some(pair) = (unsafe { self.pair_of(head, slots) }) else {
                continue;
            };
            // Each pair once; one that has room takes no memory.
            if index == pair.at[1] && !pair.has_room() {
                for block in pair.blocks {
                    count(&mut leaving, block);
                }
                wanted += 1;
            }
        }
        let whole = Class::whole(of);
        let has_gain = self.extra().is_some_and(|extra| {
            extra.slabs.freed_by(of, &leaving)
                >= extra.slabs.bytes_for(of, whole, 1).saturating_mul(wanted)
        });
        if !has_gain {
            wanted = 0;
        }
        for index in (0..self.buckets as usize).rev() {
            let head = self.entry(of, index);
            if let Some(extra) = self
                .extra_mut()
                .filter(|extra| wanted > 0 && extra.slabs.places(of) == 0)
            {
                wanted -= 1;
                // There may be room all the same.
                extra.slabs.hold(heap, 1, 1).ok();
            }
            // SAFETY: D3: a chain of the map, or nothing.
            unsafe {
                let is_single = !head.is_nothing() && head.next_block().is_none();
                if is_single && head.about().owner() == index {
                    self.join_buddy(head, slots);
                }
            }
        }
    }

    /// Moves all blocks to this class for whose entries it is the smallest.
    fn narrow_all_to<H: Heap>(&mut self, heap: H, class: Class) {
        let of = heap.of();
        let mut leaving = Leaving::default();
        let mut arriving = 0;
        for (_, head) in self.chains(of) {
            if smaller(head) == Some(class) {
                count(&mut leaving, head);
                arriving += 1;
            }
        }
        let has_gain = self.extra().is_some_and(|extra| {
            extra.slabs.freed_by(of, &leaving) > extra.slabs.added_by(of, class, arriving)
        });
        for index in 0..self.buckets as usize {
            let head = self.entry(of, index);
            // SAFETY: D3: a chain of the map, or nothing.
            let is_own = unsafe { head.about() }.owner() == index;
            if !has_gain || !is_own || smaller(head) != Some(class) {
                continue;
            }
            let Some(extra) = self.extra_mut() else {
                return;
            };
            let provided = extra.slabs.provide(heap, class, arriving);
            let Some(new) = extra.slabs.take(of, class).filter(|_| provided.is_ok()) else {
                return;
            };
            arriving -= 1;
            // SAFETY: A block of the map, all of its chain, and a new one with room for it.
            unsafe { self.move_block(head, new) };
        }
    }

    /// Moves the blocks of the newest slab of a class to one that has no room for others, if that is
    /// to be had.
    fn trim_newest<H: Heap>(&mut self, heap: H, class: Class) {
        let of = heap.of();
        let slabs = self.extra_mut().map(|extra| &mut extra.slabs);
        let Some(old) = slabs.and_then(|slabs| slabs.exchange_newest(heap, class)) else {
            return;
        };
        for n in 0..old.used {
            // SAFETY: So many blocks are in the old slab, and in the new one that is for them.
            unsafe {
                let from = old.block(of, class, n);
                let extra = self.extra_mut();
                if let Some(to) = extra.and_then(|extra| extra.slabs.take(of, class)) {
                    from.copy_whole(to, class);
                    self.correct(from, to);
                }
            }
        }
        if let Some(extra) = self.extra_mut() {
            extra.slabs.set_aside(of, old.at);
        }
    }

    /// Moves the entries to blocks of a small map, for so many entries, if these take less memory.
    /// After an error it is as it was.
    fn settle_down<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()> {
        let of = heap.of();
        if !self.has_memory() || self.bytes(of) <= Self::bytes_for(of, entries) {
            return Ok(());
        }
        let mut small = Self::empty(self.renewal());
        small.widen_alone(heap, entries)?;
        let mut left = Some(small.entry(of, 0));
        let mut walk = self.walk();
        while let Some(slot) = walk.next(of) {
            // SAFETY: A live slot of this map; the other one has as many slots as are needed, and
            // is the one that has the entry from here on.
            unsafe {
                while let Some(block) = left.filter(|block| block.about().free() == 0) {
                    left = block.next_block();
                }
                if let Some(block) = left {
                    slot.bucket.copy_entry(slot.index, block);
                    small.count += 1;
                }
            }
        }
        let mut old = mem::replace(self, small);
        // SAFETY: The entries are elsewhere.
        unsafe { old.give_all_back(heap) };
        Ok(())
    }
}
