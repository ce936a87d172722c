//! First buckets of two and four slots, for maps that stay that small: what a policy with
//! [`Policy::SMALL_FIRST_BUCKET`] begins with.
//!
//! Nothing else knows how many slots there are. Such a bucket is the middle of a whole one
//! (`bmap.rs`), so all addresses are the same; and as long as there are fewer entries than
//! slots the first free slot of the bucket is one that is there. So it is enough to widen
//! the bucket before an entry goes into a full one, and before anything that a single
//! bucket cannot do.

use super::RawHmap;
use super::buckets::{free_first_bucket, make_first_bucket};
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::policy::Policy;
use crate::sizing::SLOTS;

/// Slots of the first bucket that a map begins with.
const FEWEST_SLOTS: usize = 2;

/// Slots of the largest first bucket that is not whole.
pub(super) const MOST_SLOTS_OF_SMALL: usize = 4;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Whether the first bucket has fewer than eight slots.
    #[inline]
    pub(super) const fn is_small(&self) -> bool {
        P::SMALL_FIRST_BUCKET && (self.slots as usize) < SLOTS
    }

    /// Whether it has no slot left.
    #[inline]
    pub(super) const fn is_small_and_full(&self) -> bool {
        self.is_small() && self.count >= self.slots as usize
    }

    /// Makes the first bucket of a map that has no memory.
    pub(super) fn install_first_bucket(&mut self) -> Result<(), TryReserveError> {
        debug_assert!(self.buckets.is_none());
        let slots = if P::SMALL_FIRST_BUCKET {
            FEWEST_SLOTS
        } else {
            SLOTS
        };
        self.buckets = Some(make_first_bucket(&self.alloc, slots)?);
        // At most eight.
        self.slots = slots as u8;
        Ok(())
    }

    /// Moves the entries of a small bucket to one with twice the slots. After an error the
    /// map is as it was.
    pub(super) fn widen(&mut self) -> Result<(), TryReserveError> {
        let old_slots = self.slots as usize;
        let Some(old) = self.buckets.filter(|_| self.is_small()) else {
            return Ok(());
        };
        let wider = make_first_bucket(&self.alloc, 2 * old_slots)?;
        // SAFETY: Two buckets of this policy, in two blocks; the copies are the entries
        // from here on.
        unsafe { old.copy_small(old_slots, wider) };
        self.buckets = Some(wider);
        self.slots *= 2;
        self.settle();
        // SAFETY: The map has forgotten it, and the entries in it.
        unsafe { free_first_bucket(&self.alloc, old, old_slots) };
        Ok(())
    }

    /// Moves all entries, no more than `entries`, into a small bucket with as many slots, if
    /// that takes less memory; also what is reserved is given back then. No growth runs.
    /// After an error the map is as it was.
    pub(super) fn narrow(&mut self, entries: usize) -> Result<(), TryReserveError> {
        debug_assert!(P::SMALL_FIRST_BUCKET && self.count <= entries && !self.is_growing());
        let slots = if entries <= FEWEST_SLOTS {
            FEWEST_SLOTS
        } else {
            MOST_SLOTS_OF_SMALL
        };
        if self.buckets.is_none() || self.slots as usize <= slots {
            return Ok(());
        }
        let bucket = make_first_bucket(&self.alloc, slots)?;
        let mut live = self.slots();
        for index in 0..slots {
            let Some(from) = live.next() else { break };
            // SAFETY: A live slot, and a free one that is there, of another bucket; the
            // copies are the entries from here on.
            unsafe {
                from.bucket.copy_slot(from.index, bucket, index);
                bucket.set_top(index, from.bucket.top(from.index));
            }
        }
        let count = self.count;
        let memory = self.forget_memory();
        self.buckets = Some(bucket);
        // At most eight.
        self.slots = slots as u8;
        self.count = count;
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { memory.free(&self.alloc) };
        Ok(())
    }
}
