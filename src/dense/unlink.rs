//! Making slots free again: one, or all.

use super::header::Header;
use super::walk::Walk;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::tags::Tag;

/// Entries that the directory loses at most when one is removed, so that it can catch up.
const STEPS: usize = 2;

impl Header {
    /// Takes an entry out: the last one of its chain takes its place, and the slot that is free
    /// then has its fields.
    ///
    /// # Safety
    /// The slot is live, in the chain that begins with `head`.
    pub(super) unsafe fn unlink<T: MapType>(
        &mut self,
        head: BucketPtr<T>,
        slot: Slot<T>,
    ) -> Slot<T> {
        self.count = self.count.saturating_sub(1);
        // SAFETY: The caller's promise. There is a block with entries: that of the slot.
        unsafe {
            let with_entries = head.blocks().filter(|block| block.about().len() > 0);
            let bucket = with_entries.last().unwrap_or(slot.bucket);
            let index = bucket.about().len().saturating_sub(1);
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

    /// Gives back what is not needed for the entries of the chain that owned one with this hash.
    pub(super) fn close_gap<H: Heap>(&mut self, heap: H, hash: HashValue) {
        if self.count == 0 {
            return self.reset(heap);
        }
        self.tighten(self.owner(heap.of(), hash));
        for _ in 0..STEPS {
            if !self.is_to_contract() || !self.contract(heap) {
                break;
            }
        }
        self.give_back(heap);
    }

    /// The same of all chains.
    pub(super) fn close_all_gaps<H: Heap>(&mut self, heap: H) {
        let of = heap.of();
        if self.count == 0 {
            return self.reset(heap);
        }
        for index in 0..self.buckets as usize {
            let head = self.entry(of, index);
            // SAFETY: D3: a chain of the map, or nothing.
            if unsafe { head.about() }.owner() == index {
                self.tighten(head);
            }
        }
        while self.is_to_contract() && self.contract(heap) {}
        self.give_back(heap);
    }

    /// Makes the map one without memory; what is in it is not dropped.
    pub(super) fn reset<H: Heap>(&mut self, heap: H) {
        // SAFETY: No entry is used again.
        unsafe { self.give_all_back(heap) };
    }

    /// Gives back what the entries do not need.
    pub(super) fn give_spare_back<H: Heap>(&mut self, heap: H) {
        self.close_all_gaps(heap);
        if let Some(extra) = self.extra_mut() {
            extra.slabs.leave_spare();
        }
        self.give_back(heap);
    }
}
