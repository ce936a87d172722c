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

    /// Moves the entries of a small bucket to one with so many slots. After an error the
    /// map is as it was.
    pub(super) fn widen_to(&mut self, slots: usize) -> Result<(), TryReserveError> {
        let old_slots = self.slots as usize;
        let Some(old) = self
            .buckets
            .filter(|_| self.is_small() && old_slots < slots)
        else {
            return Ok(());
        };
        let wider = make_first_bucket(&self.alloc, slots)?;
        // SAFETY: Two buckets of this policy, in two blocks; the copies are the entries
        // from here on.
        unsafe { old.copy_small(old_slots, wider) };
        self.buckets = Some(wider);
        // At most eight.
        self.slots = slots as u8;
        self.settle();
        // SAFETY: The map has forgotten it, and the entries in it.
        unsafe { free_first_bucket(&self.alloc, old, old_slots) };
        Ok(())
    }

    /// Twice the slots.
    pub(super) fn widen(&mut self) -> Result<(), TryReserveError> {
        self.widen_to(2 * self.slots as usize)
    }
}
