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

use super::header::Header;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::tophash::TopHash;

impl Header {
    /// Closes the gap that a removal has left, if the policy wants it: work in proportion
    /// to the chain. While a growth runs, it is the growth that makes chains short.
    ///
    /// # Safety
    /// The slot is free, in the chain that owns the hash.
    #[inline]
    pub(crate) unsafe fn close_gap<T: MapType>(&mut self, hash: HashValue, gap: Slot<T>) {
        if !T::Policy::SHORT_CHAINS || self.is_growing() {
            return;
        }
        // SAFETY: The caller's promise; no growth runs.
        unsafe {
            let head = self.current_chain(gap.bucket.of(), hash);
            if head.overflow().is_some() {
                fill_gap(head, gap);
                self.cut_off(head);
            }
        }
    }

    /// Frees the buckets at the end of a chain that hold nothing.
    ///
    /// # Safety
    /// The chain is of the current array and owns its entries; no growth runs.
    unsafe fn cut_off<T: MapType>(&mut self, head: BucketPtr<T>) {
        // SAFETY: The chain is initialised (M5).
        let in_use = unsafe { head.chain() }.filter(|bucket| {
            // SAFETY: As above.
            !unsafe { bucket.tops() }.live().is_empty()
        });
        let last = in_use.last().unwrap_or(head);
        // SAFETY: The buckets behind the last that holds something are in no chain from here
        // on (A2). Nothing follows the last entry now.
        unsafe {
            self.unlink_behind(last);
            last.set_overflow(None);
            last.set_tops(last.tops().trimmed());
        }
    }

    /// Frees all overflow buckets that hold nothing behind the last entry of their chain,
    /// if the policy wants it: work in proportion to the array, or where bits are kept up to the
    /// chains that hold something.
    pub(crate) fn cut_all_off<T: MapType>(&mut self, of: T) {
        if !T::Policy::SHORT_CHAINS || self.is_growing() {
            return;
        }
        for head in self.used_heads(of) {
            // SAFETY: No growth runs.
            unsafe { self.cut_off(head) };
        }
        self.note_no_tails(of);
    }
}

/// Moves the chain's last entry into a free slot before it.
///
/// # Safety
/// As [`Header::close_gap`].
unsafe fn fill_gap<T: MapType>(head: BucketPtr<T>, gap: Slot<T>) {
    // SAFETY: The chain is initialised (M5).
    let behind_gap = unsafe { head.chain() }.skip_while(|bucket| *bucket != gap.bucket);
    // Within one bucket there is nothing to be won.
    let others = behind_gap.skip(1);
    let last = others.filter_map(|bucket| {
        // SAFETY: As above.
        let index = unsafe { bucket.tops() }.live().last()?;
        Some(Slot { bucket, index })
    });
    let Some(last) = last.last() else { return };
    // SAFETY: Both are slots of the chain, in two buckets, one live and one free. What
    // follows the last entry is emptyRest, so what precedes it ends with it (M3).
    unsafe {
        last.copy_to(gap);
        let freed = last.bucket.tops().with(last.index, TopHash::EMPTY_ONE);
        last.bucket.set_tops(freed.trimmed());
    }
}
