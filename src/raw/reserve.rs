//! Reservation: memory for inserts to come, so that they cannot fail.
//!
//! This is what is done outside of a lock, or before interrupts are off: after
//! `try_reserve(n)` the next n new keys go in without a call of the allocator,
//! whatever their hashes are.
//!
//! # What the worst hashes need
//!
//! The array fits count + n entries, so no doubling falls due; and while a
//! reservation is open no growth to the same size starts. So chains only get longer.
//! Each new overflow bucket is linked behind a bucket that holds eight entries at that
//! moment, no bucket gets a second successor, and an entry is in one bucket. Of the
//! count + n entries that there have been before the next one at most, each bucket
//! linked has eight to itself, and one more entry, its first, comes after them:
//! there are at most ⌊(count + n − 1) / 8⌋. And at most n: one an insert.
//!
//! Removals in between take nothing from the argument, which counts the entries
//! that were ever put in, not those that are there.

use super::RawHmap;
use super::buckets::array_layout;
use super::cells::Cells;
use super::grow::NOT_KNOWN;
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::{BucketBits, SLOTS};

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Promises that the next `n` new keys go in without an allocation: work in
    /// proportion to the entries if the map has to grow, or to finish a growth.
    ///
    /// After an error nothing more is promised than before; the map may have grown,
    /// unless the size cannot be expressed: then nothing was done.
    pub(crate) fn try_reserve(
        &mut self,
        n: usize,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let overflow = TryReserveError::CapacityOverflow;
        let promised = u32::try_from(n).map_err(|_| overflow)?;
        let entries = self.count.checked_add(n).ok_or(overflow)?;
        if promised <= self.reserved {
            return Ok(());
        }
        // Ask for the impossible before anything is done.
        let bits = BucketBits::for_entries(entries).ok_or(overflow)?;
        array_layout::<K, V, P>(bits).ok_or(overflow)?;
        self.finish_growth(hasher);
        self.try_presize(entries, hasher)?;
        if self.buckets.is_none() {
            self.install_empty_array(BucketBits::ONE_BUCKET, 0)?;
        }
        self.widen_to(SLOTS)?;
        let buckets = usize::min(n, (entries - 1) / SLOTS);
        // At most `promised`.
        self.hold_free_buckets(buckets as u32)?;
        self.hold_cells(promised)?;
        self.reserved = promised;
        self.quiet = 0;
        Ok(())
    }

    /// Forgets what was promised; free buckets stay free, cells are given back.
    pub(super) fn void_reservation(&mut self) {
        self.reserve_no_more_than(0);
    }

    /// Makes sure that so many overflow buckets are free, in as few chunks as the
    /// allocator allows. After an error as many are free as before.
    fn hold_free_buckets(&mut self, buckets: u32) -> Result<(), TryReserveError> {
        let (before, chunks) = (self.free.snapshot(), self.overflow.mark());
        let mut chunk = u32::MAX;
        while let Some(short) = buckets
            .checked_sub(self.free.len())
            .filter(|short| *short > 0)
        {
            chunk = u32::min(chunk, short);
            let Self {
                overflow,
                alloc,
                free,
                ..
            } = self;
            match overflow.add(alloc, chunk, free) {
                Ok(()) => {}
                Err(_) if chunk > 1 => chunk /= 2,
                Err(error) => {
                    // If the allocator panics, buckets of chunks that stay are in no list.
                    let longest = self.longest;
                    self.longest = u8::max(longest, NOT_KNOWN);
                    // SAFETY: Since the snapshot chunks were added and no bucket was
                    // taken, so the list is that of then, and nothing is in them.
                    unsafe {
                        self.free.restore(before);
                        self.overflow.free_to::<K, V, P, A>(&self.alloc, chunks);
                    }
                    self.longest = longest;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Makes sure that there are cells for so many entries. After an error there are
    /// as many as before.
    fn hold_cells(&mut self, entries: u32) -> Result<(), TryReserveError> {
        if !Cells::<K, V>::are_used::<P>() {
            return Ok(());
        }
        let before = self.reserved;
        self.quiet = 0;
        while self.reserved < entries {
            match Cells::allocate::<P, A>(&self.alloc) {
                Ok(cells) => {
                    // SAFETY: The cells are new.
                    unsafe { self.cells.put::<P>(cells) };
                    // H8 is true after each, in case that the allocator panics.
                    self.reserved += 1;
                }
                Err(error) => {
                    self.reserve_no_more_than(before);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Lowers what is promised, and gives the cells of the others back. H8 is true
    /// after each, in case that the allocator panics.
    fn reserve_no_more_than(&mut self, entries: u32) {
        if Cells::<K, V>::are_used::<P>() {
            while self.reserved > entries {
                self.reserved -= 1;
                let Some(cells) = self.cells.take::<P>() else {
                    break;
                };
                // SAFETY: They came from this allocator and hold nothing.
                unsafe { cells.free(&self.alloc) };
            }
        }
        self.reserved = u32::min(self.reserved, entries);
    }
}
