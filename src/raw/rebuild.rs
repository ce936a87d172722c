//! Moving everything at once into an array of another size: how a map is made larger at the
//! caller's wish, and how it shrinks, which Go's never does.
//!
//! A smaller array takes the chains of the larger one as they are: chain n goes behind what
//! came to chain n mod 2^B before, so that no key is hashed, and how many overflow buckets
//! that takes is known before. So a map never becomes larger by shrinking, and nothing at all
//! is done where nothing is won.

use super::bmap::BucketPtr;
use super::buckets::{Blocks, Generation, array_layout, chunk_layout};
use super::cells::{CellPool, NewCells};
use super::iter::RawIter;
use super::small::MOST_SLOTS_OF_SMALL;
use super::{Flags, Memory, RawHmap, Slot};
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::{BucketBits, Reservation, SLOTS};
use crate::tophash::TopHash;
use core::mem;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Moves all entries into a new array of 2^`bits` buckets, and holds what is to be
    /// reserved there. After an error, or a panic of the hasher, the map is as it was.
    pub(super) fn rebuild(
        &mut self,
        bits: BucketBits,
        reserved: Reservation,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let mut fresh = Fresh::<K, V, A, P>::make(&self.alloc, bits, 0)?;
        let mut slots = self.slots();
        while let Some(slot) = slots.next() {
            // SAFETY: The slot is live (M1).
            let hash = hasher(unsafe { slot.bucket.key(slot.index).as_ref() });
            // SAFETY: The slot is live, and the number below 2^B.
            unsafe {
                let head = fresh.end_of(hash.bucket(bits));
                fresh.append(head, TopHash::of(hash), slot)?;
            }
        }
        fresh.made.hold(reserved.buckets)?;
        let more = reserved.keys.saturating_sub(self.reserved);
        let cells = NewCells::<K, V, P, A>::allocate(&self.alloc, more)?;
        // From here on nothing fails.
        cells.join(&mut self.cells);
        let cells = mem::replace(&mut self.cells, CellPool::EMPTY);
        let keys = u32::max(self.reserved, reserved.keys);
        let chains = fresh.into_chains();
        let memory = self.exchange(chains);
        self.cells = cells;
        self.reserved = keys;
        self.settle();
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { memory.free(&self.alloc) };
        Ok(())
    }

    /// Gives back what is not needed to hold `entries` entries, or those that are
    /// there if they are more. What was reserved is so no longer.
    ///
    /// After an error the map is as it was, but for a growth that was finished.
    pub(crate) fn shrink_to(
        &mut self,
        entries: usize,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let lent = self.lent_bucket();
        self.finish_growth(hasher);
        let entries = usize::max(entries, self.count);
        match lent {
            Some(lent) if entries <= SLOTS => self.move_into(lent),
            Some(lent) if self.count == 0 && self.buckets == Some(lent) => self.move_into(lent),
            _ if entries == 0 => self.free_memory(),
            _ if entries <= MOST_SLOTS_OF_SMALL && P::SMALL_FIRST_BUCKET => self.narrow(entries)?,
            _ => {
                let bits = BucketBits::for_entries(entries).unwrap_or(self.bits);
                self.shrink_array(BucketBits::min(bits, self.bits))?;
            }
        }
        self.void_reservation();
        Ok(())
    }

    /// The caller's bucket, if the map still has it.
    fn lent_bucket(&self) -> Option<BucketPtr<K, V, P>> {
        if self.flags.has(Flags::CALLERS_BUCKET) {
            self.buckets
        } else {
            self.oldbuckets
                .filter(|_| self.flags.has(Flags::OLD_CALLERS_BUCKET))
        }
    }

    /// Moves all entries, eight at most, into the caller's bucket, and gives all memory
    /// back but their cells; also what is reserved. No growth runs.
    fn move_into(&mut self, lent: BucketPtr<K, V, P>) {
        debug_assert!(self.count <= SLOTS && !self.is_growing());
        if self.buckets != Some(lent) {
            // SAFETY: The map moved out of it.
            unsafe { lent.init() };
        }
        let mut slots = self.slots();
        while let Some(from) = slots.next() {
            // SAFETY: The bucket is initialised.
            let free = unsafe { lent.tops() }.free().first();
            let Some(index) = free.filter(|_| from.bucket != lent) else {
                continue;
            };
            // SAFETY: A live slot, and a free one of another bucket; which copy is the entry
            // is decided below.
            unsafe {
                from.bucket.copy_slot(from.index, lent, index);
                lent.set_top(index, from.bucket.top(from.index));
            }
        }
        // SAFETY: The bucket is the map's, and holds all that it has (M3).
        unsafe {
            lent.set_overflow(None);
            lent.set_tops(lent.tops().trimmed());
        }
        let count = self.count;
        let memory = self.forget_memory();
        self.buckets = Some(lent);
        self.flags = Flags::CALLERS_BUCKET;
        self.count = count;
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { memory.free(&self.alloc) };
    }

    /// Moves all chains into an array of 2^`bits` buckets, no more than there are, and one
    /// chunk, if that takes less memory. No growth runs. After an error the map is as it was.
    fn shrink_array(&mut self, bits: BucketBits) -> Result<(), TryReserveError> {
        let Some(base) = self.buckets else {
            return Ok(());
        };
        let overflow = self.overflow_of_merged(base, bits);
        let footprint = self.footprint();
        let before = footprint.heap() - footprint.cells;
        if bytes_of::<K, V, P>(bits, overflow).is_none_or(|after| after >= before) {
            return Ok(());
        }
        let mut fresh = Fresh::<K, V, A, P>::make(&self.alloc, bits, overflow)?;
        for merged in 0..bits.count() {
            // SAFETY: The number is below the new array's count.
            let mut end = unsafe { fresh.end_of(merged) };
            for number in (merged..self.bits.count()).step_by(bits.count()) {
                // SAFETY: The number is below 2^B.
                let mut slots = RawIter::of_chain(unsafe { base.nth(number) });
                while let Some(slot) = slots.next() {
                    // SAFETY: The slot is live.
                    let top = unsafe { slot.bucket.top(slot.index) };
                    // SAFETY: As above.
                    end = unsafe { fresh.append(end, top, slot)? };
                }
            }
        }
        let chains = fresh.into_chains();
        let memory = self.exchange(chains);
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { memory.free(&self.alloc) };
        Ok(())
    }

    /// How many overflow buckets the entries fill if the chains whose numbers are alike in
    /// `bits` bits become one.
    fn overflow_of_merged(&self, base: BucketPtr<K, V, P>, bits: BucketBits) -> u32 {
        let mut overflow = 0;
        for merged in 0..bits.count() {
            let mut live = 0;
            for number in (merged..self.bits.count()).step_by(bits.count()) {
                // SAFETY: The number is below 2^B.
                let head = unsafe { base.nth(number) };
                // SAFETY: Its chain is initialised: no growth runs.
                let tops = |bucket: BucketPtr<K, V, P>| unsafe { bucket.tops() };
                // SAFETY: As above.
                let behind = unsafe { head.behind() };
                live += tops(head).live().len();
                live += behind
                    .map(|bucket| tops(bucket).live().len())
                    .sum::<usize>();
            }
            overflow += usize::saturating_sub(live, 1) / SLOTS;
        }
        u32::try_from(overflow).unwrap_or(u32::MAX)
    }

    /// Makes these chains the map's, which hold copies of all entries, and hands over the
    /// memory that they were in, and what was reserved.
    fn exchange(&mut self, chains: Rebuilt<K, V, P>) -> Memory<K, V, P> {
        let Rebuilt {
            bits,
            blocks,
            noverflow,
            longest,
        } = chains;
        let count = self.count;
        let memory = self.forget_memory();
        self.install(blocks, bits);
        self.noverflow = noverflow;
        self.note_length(longest);
        self.count = count;
        self.settle();
        memory
    }
}

/// The bytes of an array of 2^`bits` buckets and of a chunk for so many overflow buckets, as
/// far as its spares are too few.
fn bytes_of<K, V, P: Policy>(bits: BucketBits, overflow: u32) -> Option<usize> {
    let array = array_layout::<K, V, P>(bits)?.size();
    match overflow.saturating_sub(bits.spares() as u32) {
        0 => Some(array),
        short => array.checked_add(chunk_layout::<K, V, P>(short)?.size()),
    }
}

/// A new array with copies of all entries.
struct Rebuilt<K, V, P> {
    bits: BucketBits,
    blocks: Blocks<K, V, P>,
    /// Overflow buckets of all chains, and of the longest.
    noverflow: u32,
    longest: u32,
}

/// A new array that entries are copied into. Dropped before it is the map's, it forgets
/// the copies.
struct Fresh<'a, K, V, A: Allocator, P: Policy> {
    made: Generation<'a, K, V, P, A>,
    noverflow: u32,
    longest: u32,
}

/// A bucket of a chain that is filled, before whose end no slot is free.
struct End<K, V, P> {
    bucket: BucketPtr<K, V, P>,
    /// Overflow buckets of the chain up to it.
    overflow: u32,
}

impl<'a, K, V, A: Allocator, P: Policy> Fresh<'a, K, V, A, P> {
    /// An array of 2^`bits` buckets without entries, with so many free overflow buckets.
    fn make(alloc: &'a A, bits: BucketBits, overflow: u32) -> Result<Self, TryReserveError> {
        Ok(Self {
            made: Generation::make(alloc, bits, overflow)?.initialised(),
            noverflow: 0,
            longest: 0,
        })
    }

    /// Where to look for the end of a chain: its head.
    ///
    /// # Safety
    /// The number is below 2^B.
    unsafe fn end_of(&self, number: usize) -> End<K, V, P> {
        End {
            // SAFETY: The caller's promise.
            bucket: unsafe { self.made.blocks.base.nth(number) },
            overflow: 0,
        }
    }

    /// Copies a slot to the end of a chain, looking for it from `end` on, and says where it is.
    ///
    /// # Safety
    /// The slot is live, of another array, and has this tophash.
    unsafe fn append(
        &mut self,
        mut end: End<K, V, P>,
        top: TopHash,
        from: Slot<K, V, P>,
    ) -> Result<End<K, V, P>, TryReserveError> {
        let index = loop {
            // SAFETY: Buckets of these chains are initialised.
            if let Some(index) = unsafe { end.bucket.tops() }.free().first() {
                break index;
            }
            // SAFETY: As above.
            end.bucket = match unsafe { end.bucket.overflow() } {
                Some(next) => next,
                None => self.link_behind(end.bucket)?,
            };
            end.overflow += 1;
        };
        self.longest = u32::max(self.longest, end.overflow);
        // SAFETY: Slots of two arrays; which copy is the entry is decided by whoever
        // makes this array the map's or drops it.
        unsafe {
            from.bucket.copy_slot(from.index, end.bucket, index);
            end.bucket.set_top(index, top);
        }
        Ok(end)
    }

    /// Gives the last bucket of a chain a successor.
    fn link_behind(
        &mut self,
        last: BucketPtr<K, V, P>,
    ) -> Result<BucketPtr<K, V, P>, TryReserveError> {
        self.made.hold(1)?;
        let taken = self.made.blocks.free.take();
        let next = taken.ok_or(TryReserveError::CapacityOverflow)?;
        // SAFETY: A free bucket, and the last one of a chain (A2).
        unsafe {
            next.init();
            last.set_overflow(Some(next));
        }
        self.noverflow += 1;
        Ok(next)
    }

    /// Keeps the array.
    fn into_chains(self) -> Rebuilt<K, V, P> {
        Rebuilt {
            bits: self.made.bits,
            blocks: self.made.into_blocks(),
            noverflow: self.noverflow,
            longest: self.longest,
        }
    }
}
