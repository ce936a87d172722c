//! Making slots free again: one, or all.

use super::blocks::FEW;
use super::header::Header;
use super::walk::Walk;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::tags::Tag;

/// Removals of which one makes the directory smaller.
const TURN: usize = 4;
/// Entries that it loses then at most: more than those removals can ask for, so that it catches up.
const STEPS: usize = 2;

impl Header {
    /// Takes an entry out: the last one of its chain takes its place, and the slot that is free
    /// then has its fields.
    ///
    /// # Safety
    /// The slot is live, in the chain that begins with `head`.
    #[inline]
    pub(super) unsafe fn unlink<T: MapType>(
        &mut self,
        head: BucketPtr<T>,
        slot: Slot<T>,
    ) -> Slot<T> {
        // There is one: that of the slot.
        self.count = self.count.wrapping_sub(1);
        // SAFETY: The caller's promise. There is a block with entries: that of the slot.
        unsafe {
            let bucket = head.last_with_entries();
            let index = bucket.about().len().wrapping_sub(1);
            let last = Slot { bucket, index };
            if last != slot {
                slot.swap_fields(last);
                slot.bucket.set_tag(slot.index, bucket.tag(index));
            }
            bucket.set_tag(index, Tag::FREE);
            bucket.set_len(index);
            last
        }
    }

    /// The same of the slot that a walk gave last.
    ///
    /// # Safety
    /// The slot is live, and nothing has changed the table since.
    pub(super) unsafe fn unlink_in_walk<T: MapType>(
        &mut self,
        walk: &mut Walk,
        slot: Slot<T>,
    ) -> Slot<T> {
        let head = walk.head(slot.bucket.of()).unwrap_or(slot.bucket);
        walk.look_again();
        // SAFETY: The caller's promise; the slot is in the chain that the walk is in.
        unsafe { self.unlink(head, slot) }
    }

    /// Gives back what is not needed any more, now that an entry with this hash is gone.
    ///
    /// # Safety
    /// The block is what it was in, or the last of that chain that had an entry.
    #[inline]
    pub(super) unsafe fn close_gap<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        block: BucketPtr<H::Of>,
    ) {
        if self.reserved() > 0 {
            return;
        }
        if self.count == 0 {
            return self.fade(heap);
        }
        // SAFETY: The caller's promise: a block of the map.
        let is_loose = unsafe { is_loose(block) };
        if (is_loose || self.is_turn_to_contract()) && !self.is_alone() {
            self.follow_down(heap, hash);
        }
    }

    /// Whether the directory is to be smaller, and it is this removal's turn to see to that. Few
    /// removals are: two chains that cannot join can do so when some entries more are gone.
    const fn is_turn_to_contract(&self) -> bool {
        self.count % TURN == 0 && self.is_to_contract()
    }

    /// Makes memory follow the entries down, one bounded step.
    ///
    /// Where a walk was forgotten that has taken out many, there may be much more to give back:
    /// that goes with removals to come, a little with each.
    #[inline(never)]
    fn follow_down<H: Heap>(&mut self, heap: H, hash: HashValue) {
        let of = heap.of();
        self.tighten(self.owner(of, hash));
        let is_emptied = self.owner(of, hash).is_nothing();
        if self.is_turn_to_contract() {
            for _ in 0..STEPS {
                if !self.is_to_contract() || !self.contract(heap) {
                    break;
                }
            }
        }
        self.give_back(heap, 1, FEW);
        if is_emptied {
            // Perhaps it was what walks began with.
            self.pass_empty(of);
        }
    }

    /// The same of all chains.
    pub(super) fn close_all_gaps<H: Heap>(&mut self, heap: H) {
        if self.has_gaps_to_close(heap) {
            for index in 0..self.buckets as usize {
                self.tighten_at(heap.of(), index);
            }
            self.give_back(heap, 1, usize::MAX);
        }
    }

    /// The same of those that a walk has come to; the next one begins where it has ended.
    pub(super) fn close_gaps_behind<H: Heap>(&mut self, heap: H, walk: &Walk) {
        if let Some(last) = walk.seen().next() {
            self.begin_walks_at(last);
        }
        if walk.has_seen_all() {
            return self.close_all_gaps(heap);
        }
        if self.has_gaps_to_close(heap) {
            for index in walk.seen() {
                self.tighten_at(heap.of(), index);
            }
            self.give_back(heap, 1, usize::MAX);
        }
    }

    /// Whether chains are to be tightened after a walk. The directory follows the entries down
    /// first, as blocks have room to join in before they get smaller.
    fn has_gaps_to_close<H: Heap>(&mut self, heap: H) -> bool {
        if self.reserved() > 0 {
            return false;
        }
        if self.count == 0 {
            self.reset(heap);
            return false;
        }
        while self.is_to_contract() && self.contract(heap) {}
        true
    }

    /// Sets free what the chain does not need that begins with an entry of the directory, or began
    /// with one that is gone since.
    fn tighten_at<T: MapType>(&mut self, of: T, index: usize) {
        let is_gone = index >= self.buckets as usize;
        let head = self.entry(of, index & self.mask as usize);
        // SAFETY: D3: a chain of the map, or nothing.
        if is_gone || unsafe { head.about() }.owner() == index {
            self.tighten(head);
        }
    }

    /// Makes the map one without memory, or where something is reserved one without entries; what
    /// is in it is not dropped.
    pub(super) fn reset<H: Heap>(&mut self, heap: H) {
        if self.reserved() > 0 {
            return self.make_all_free(heap.of());
        }
        // SAFETY: No entry is used again.
        unsafe { self.give_all_back(heap) };
    }

    fn make_all_free<T: MapType>(&mut self, of: T) {
        self.count = 0;
        for (_, head) in self.chains(of) {
            // SAFETY: D3: a chain of the map.
            for block in unsafe { head.blocks() } {
                // SAFETY: As above.
                unsafe { block.make_free() };
            }
        }
    }
}

/// Whether a chain may have more memory than its entries need, by a look at a block that lost one.
/// Where nothing could be done about that, it is looked at again when two entries more are gone.
///
/// # Safety
/// It is a block of the map.
#[inline]
unsafe fn is_loose<T: MapType>(block: BucketPtr<T>) -> bool {
    // SAFETY: The caller's promise.
    let (about, next) = unsafe { (block.about(), block.next_block()) };
    let free = about.free();
    let is_sparse = free >= T::Policy::DENSITY.shrink && free % 2 == 0;
    is_sparse || about.len() == 0 || next.is_some()
}
