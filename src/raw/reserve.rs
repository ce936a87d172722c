//! Room ahead of time: an array that is large enough, and memory for inserts to come, so
//! that they cannot fail.
//!
//! After `try_reserve(n)` the next n new keys go in without a call of the allocator,
//! whatever their hashes are: neither for memory nor to give some back.
//!
//! # What the worst hashes need
//!
//! The array fits count + n entries, so none of these inserts calls for a doubling; and
//! while a reservation is open no insert starts a growth to the same size. One that runs
//! goes on. Each overflow bucket that is linked after
//! the reservation, by an insert or by a move, is linked behind a bucket of the current
//! array that holds eight entries at that moment; no bucket gets a second successor, and an
//! entry is in one such bucket. Of the count + n entries that there have been before the
//! next one at most, each bucket linked has eight to itself, and one more entry, its first,
//! comes after them: there are at most ⌊(count + n − 1) / 8⌋. And the inserts link at most
//! n: one each.
//!
//! The moves of a growth have what they need set aside (H6). While something is reserved
//! they leave the other free buckets alone: a moved chain's own buckets make up for those
//! that its move takes, or the others need so many less (`settle_move` in [`grow`]).
//!
//! Removals in between take nothing from the argument, which counts the entries
//! that were ever put in, not those that are there.
//!
//! # Nothing done by halves
//!
//! Memory is had before anything changes: the array first, which is the largest, then
//! buckets, then cells. What was had goes back if the next is refused.
//!
//! [`grow`]: super::grow

use super::RawHmap;
use super::buckets::array_layout;
use super::cells::{Cells, NewCells};
use super::grow::NOT_KNOWN;
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::{BucketBits, Reservation, growth_back_off};
use core::mem;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Promises that the next `n` new keys go in without a call of the allocator: work in
    /// proportion to the entries if the array has to be more than doubled, or to be larger
    /// than the one that a growth leads to; else none that depends on them.
    ///
    /// After an error the map is as it was.
    pub(crate) fn try_reserve(
        &mut self,
        n: usize,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let overflow = TryReserveError::CapacityOverflow;
        let promise = Reservation::new(self.count, n).ok_or(overflow)?;
        if promise.keys <= self.reserved {
            return Ok(());
        }
        let entries = self.count + n;
        if self.is_small() || entries > self.room_or_none() {
            self.enlarge(entries, promise, hasher)?;
        } else {
            self.compact_or_hold(promise)?;
        }
        self.quiet = 0;
        self.give_back();
        Ok(())
    }

    /// Makes the array fit `entries` entries in all: one array of the final size, into which
    /// everything moves. What is reserved stays reserved.
    ///
    /// After an error the map is as it was.
    pub(crate) fn try_presize(
        &mut self,
        entries: usize,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let overflow = TryReserveError::CapacityOverflow;
        let bits = checked_bits::<K, V, P>(entries).ok_or(overflow)?;
        if entries <= self.room_or_none() {
            return Ok(());
        }
        let promise = Reservation::new(self.count, self.reserved as usize).ok_or(overflow)?;
        self.rebuild(bits, promise, hasher)
    }

    /// Entries that the array is for, none where there is none.
    fn room_or_none(&self) -> usize {
        self.buckets.map_or(0, |_| self.room())
    }

    /// Gets what is promised for an array of this size: by a growth to the same size if one
    /// is due, which no insert starts while something is reserved, or if that is refused for
    /// the array that is there. The growth is put off then.
    fn compact_or_hold(&mut self, promise: Reservation) -> Result<(), TryReserveError> {
        let is_called_for = self.has_too_many_overflow_buckets() && !self.is_growing();
        let is_due = is_called_for && self.back_off == 0;
        if is_due && self.grow_with(self.bits, promise).is_ok() {
            return Ok(());
        }
        self.hold(promise)?;
        if is_due {
            self.back_off = growth_back_off(self.bits);
        }
        Ok(())
    }

    /// Starts a growth with what is promised. After an error the map is as it was.
    fn grow_with(&mut self, bits: BucketBits, promise: Reservation) -> Result<(), TryReserveError> {
        let left_over = self.oldoverflow.buckets_of(usize::MAX);
        let put_off = mem::take(&mut self.back_off);
        let grown = self.hash_grow(bits, left_over.unwrap_or(0), promise);
        if grown.is_err() {
            self.back_off = put_off;
        }
        grown
    }

    /// Gets a larger array for so many entries, with what is promised. A doubling is only
    /// started: it goes on with the inserts to come, as any growth.
    fn enlarge(
        &mut self,
        entries: usize,
        promise: Reservation,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let bits = checked_bits::<K, V, P>(entries).ok_or(TryReserveError::CapacityOverflow)?;
        let doubles = self.bits.doubled() == Some(bits);
        if doubles && self.count > 0 && !self.is_small() && !self.is_growing() {
            return self.grow_with(bits, promise);
        }
        self.rebuild(bits, promise, hasher)
    }

    /// Gets what is promised for the array that is there. After an error the map has the
    /// memory that it had.
    fn hold(&mut self, promise: Reservation) -> Result<(), TryReserveError> {
        let (free, chunks) = (self.free.snapshot(), self.overflow.mark());
        let held = self.hold_buckets_and_cells(promise);
        if held.is_err() {
            // If the allocator panics, buckets of chunks that stay are in no list.
            let longest = self.longest;
            self.longest = u8::max(longest, NOT_KNOWN);
            // SAFETY: Since the snapshot chunks were added and no bucket was taken, so the
            // list is that of then, and nothing is in them.
            unsafe {
                self.free.restore(free);
                self.overflow.free_to::<K, V, P, A>(&self.alloc, chunks);
            }
            self.longest = longest;
        }
        held
    }

    /// As [`hold`](Self::hold); after an error more buckets may be free than were.
    fn hold_buckets_and_cells(&mut self, promise: Reservation) -> Result<(), TryReserveError> {
        let Self { overflow, free, .. } = self;
        let buckets = free.set_aside().saturating_add(promise.buckets);
        overflow.hold(&self.alloc, buckets, self.bits.chunk(), free)?;
        let more = promise.keys - self.reserved;
        let cells = NewCells::<K, V, P, A>::allocate(&self.alloc, more)?;
        cells.join(&mut self.cells);
        self.reserved = promise.keys;
        Ok(())
    }

    /// Forgets what was promised; free buckets stay free, cells are given back. H8 is true
    /// after each, in case that the allocator panics.
    pub(super) fn void_reservation(&mut self) {
        while Cells::<K, V>::are_used::<P>() && self.reserved > 0 {
            self.reserved -= 1;
            let Some(cells) = self.cells.take::<P>() else {
                break;
            };
            // SAFETY: They came from this allocator and hold nothing.
            unsafe { cells.free(&self.alloc) };
        }
        self.reserved = 0;
    }
}

/// B of an array for so many entries; `None` if its size cannot be expressed.
fn checked_bits<K, V, P: Policy>(entries: usize) -> Option<BucketBits> {
    let bits = BucketBits::for_entries(entries)?;
    array_layout::<K, V, P>(bits).map(|_| bits)
}
