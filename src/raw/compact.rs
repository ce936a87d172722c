//! Chains kept as short as their entries allow: what a policy with
//! [`Policy::SHORT_CHAINS`] does when entries are removed, and Go's map does not.
//!
//! The last entry of the chain goes where one was taken out, and overflow buckets that
//! are empty are free for other chains at once. In an arena that is nearly full this is
//! what keeps it usable: without it each chain keeps all the buckets that it ever had.
//!
//! A walk that has gone past the gap would miss the entry that fills it. So nothing moves
//! while entries are removed one after the other by an iterator, and a cursor, which takes
//! chains whole, does not mind.

use super::bmap::BucketPtr;
use super::{RawHmap, Slot};
use crate::alloc::Allocator;
use crate::policy::Policy;
use crate::tophash::TopHash;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Closes the gap that a removal has left, if the policy wants it: work in proportion
    /// to the chain. While a growth runs, it is the growth that makes chains short.
    ///
    /// # Safety
    /// The slot is free, in the chain that begins with `head`, which owns its entries.
    #[inline]
    pub(super) unsafe fn close_gap(&mut self, head: BucketPtr<K, V, P>, gap: Slot<K, V, P>) {
        if !P::SHORT_CHAINS || self.is_growing() {
            return;
        }
        // SAFETY: The caller's promise.
        unsafe {
            if head.overflow().is_some() {
                self.fill_gap(head, gap);
                self.cut_off(head);
            }
        }
    }

    /// Moves the chain's last entry into a free slot before it.
    ///
    /// # Safety
    /// As [`close_gap`](Self::close_gap).
    unsafe fn fill_gap(&self, head: BucketPtr<K, V, P>, gap: Slot<K, V, P>) {
        let mut is_behind_gap = false;
        let mut last = None;
        let mut next = Some(head);
        while let Some(bucket) = next {
            // SAFETY: The bucket is in the chain (M5).
            let live = unsafe { bucket.tops() }.live();
            is_behind_gap |= bucket == gap.bucket;
            let found = live
                .last()
                .filter(|index| is_behind_gap && (bucket != gap.bucket || *index > gap.index));
            if let Some(index) = found {
                last = Some(Slot { bucket, index });
            }
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
        }
        let Some(last) = last.filter(|last| last.bucket != gap.bucket) else {
            // Within one bucket there is nothing to be won.
            return;
        };
        // SAFETY: Both are slots of the chain, in two buckets, one live and one free. What
        // follows the last entry is emptyRest, so what precedes it ends with it (M3).
        unsafe {
            last.bucket.copy_slot(last.index, gap.bucket, gap.index);
            gap.bucket.set_top(gap.index, last.bucket.top(last.index));
            let freed = last.bucket.tops().with(last.index, TopHash::EMPTY_ONE);
            last.bucket.set_tops(freed.trimmed());
        }
    }

    /// Frees the buckets at the end of a chain that hold nothing.
    ///
    /// # Safety
    /// The chain is of the current array and owns its entries; no growth runs.
    pub(super) unsafe fn cut_off(&mut self, head: BucketPtr<K, V, P>) {
        let mut last = head;
        let mut next = Some(head);
        while let Some(bucket) = next {
            // SAFETY: The bucket is in the chain (M5).
            if !unsafe { bucket.tops() }.live().is_empty() {
                last = bucket;
            }
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
        }
        // SAFETY: The buckets behind the last that holds something are of this generation
        // (A3), and in no chain from here on (A2). Nothing follows the last entry now.
        unsafe {
            let before = self.free.len();
            let rest = last.behind();
            last.set_overflow(None);
            last.set_tops(last.tops().trimmed());
            self.free.push_each(rest);
            self.noverflow -= self.free.len() - before;
        }
    }

    /// Frees all overflow buckets that hold nothing behind the last entry of their chain,
    /// if the policy wants it: work in proportion to the array.
    pub(super) fn cut_all_off(&mut self) {
        if !P::SHORT_CHAINS || self.is_growing() {
            return;
        }
        let Some(base) = self.buckets else { return };
        for number in 0..self.bits.count() {
            // SAFETY: The number is below 2^B, and no growth runs.
            unsafe { self.cut_off(base.nth(number)) };
        }
    }
}
