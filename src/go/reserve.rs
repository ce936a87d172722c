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
//! The moves of a growth have what they need set aside (H6), and leave the other free buckets
//! as many as they are ([`grow`](super::grow) has the argument).
//!
//! Removals in between take nothing from the argument, which counts the entries
//! that were ever put in, not those that are there.
//!
//! # Nothing done by halves
//!
//! Memory is had before anything changes: the array first, which is the largest, then
//! buckets, then cells. What was had goes back if the next is refused.

use super::header::Header;
use super::rebuild::checked_bits;
use crate::memory::hash_key::HashKey;
use crate::memory::heap::Heap;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::sizing::{Reservation, growth_put_off};

impl Header {
    /// Promises that the next `n` new keys go in without a call of the allocator: work in
    /// proportion to the entries if the array has to be more than doubled, or to be larger
    /// than the one that a growth leads to; else none that depends on them.
    ///
    /// After an error the map is as it was.
    pub(crate) fn try_reserve<H: Heap>(
        &mut self,
        heap: H,
        n: usize,
        hasher: impl HashKey,
    ) -> Had<()> {
        let overflow = TryReserveError::CapacityOverflow;
        let promise = Reservation::new(self.count, n).ok_or(overflow)?;
        if promise.keys <= self.reserved() {
            return Ok(());
        }
        let entries = self.count + n;
        if self.is_small(heap.of()) || entries > self.room_or_none() {
            self.enlarge(heap, entries, promise, hasher)?;
        } else {
            self.compact_or_hold(heap, promise)?;
        }
        self.quiet = 0;
        self.give_back(heap);
        Ok(())
    }

    /// Gets what is promised for an array of this size: by a growth to the same size if one
    /// is due, which no insert starts while something is reserved, or if that is refused for
    /// the array that is there. The growth is put off then. After an error the map has the memory
    /// that it had.
    fn compact_or_hold<H: Heap>(&mut self, heap: H, promise: Reservation) -> Had<()> {
        let is_called_for = self.has_too_many_overflow_buckets() && !self.is_growing();
        let is_due = is_called_for && !self.is_put_off();
        if is_due && self.hash_grow_reserving(heap, self.bits, promise).is_ok() {
            return Ok(());
        }
        self.hold_memory(heap, promise, promise.keys - self.reserved)?;
        self.reserved = promise.keys;
        if is_due {
            self.put_off = growth_put_off(self.bits);
        }
        Ok(())
    }

    /// Gets a larger array for so many entries, with what is promised. A doubling is only
    /// started: it goes on with the inserts to come, as any growth.
    fn enlarge<H: Heap>(
        &mut self,
        heap: H,
        entries: usize,
        promise: Reservation,
        hasher: impl HashKey,
    ) -> Had<()> {
        let bits = checked_bits(heap.of(), entries).ok_or(TryReserveError::CapacityOverflow)?;
        let doubles = self.bits.doubled() == Some(bits);
        if doubles && self.count > 0 && !self.is_small(heap.of()) && !self.is_growing() {
            return self.hash_grow_reserving(heap, bits, promise);
        }
        self.rebuild(heap, bits, promise, hasher)
    }
}
