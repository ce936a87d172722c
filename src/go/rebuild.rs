//! Moving everything at once into an array of another size: how a map is made larger at the
//! caller's wish, and how it shrinks, which Go's never does.
//!
//! A smaller array takes the chains of the larger one as they are: chain n goes behind what
//! came to chain n mod 2^B before, so that no key is hashed, and how many overflow buckets
//! that takes is known before. So a map never becomes larger by shrinking, and nothing at all
//! is done where nothing is won.

use super::header::{Header, Home};
use super::room::Filled;
use super::walk::Walk;
use crate::memory::array::{array_layout, make_first_bucket};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::hash_key::HashKey;
use crate::memory::heap::Heap;
use crate::memory::pool::chunk_layout;
use crate::memory::shape::{MapType, Shape};
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::sizing::{BucketBits, Promise, SLOTS};
use core::mem::{self, ManuallyDrop};
use core::ptr;

impl Header {
    /// Entries that the array is for, none where there is none.
    pub(super) fn room_or_none(&self) -> usize {
        if self.has_buckets() { self.room() } else { 0 }
    }

    /// Makes the array fit `entries` entries in all: one array of the final size, into which
    /// everything moves. What is reserved stays reserved.
    ///
    /// After an error the map is as it was.
    pub(crate) fn try_presize<H: Heap>(
        &mut self,
        heap: H,
        entries: usize,
        hasher: impl HashKey,
    ) -> Had<()> {
        let overflow = TryReserveError::CapacityOverflow;
        let bits = BucketBits::for_entries(entries).ok_or(overflow)?;
        if entries <= self.room_or_none() {
            return Ok(());
        }
        if !self.has_buckets() {
            self.install_empty_array(heap, bits, entries)?;
            self.settle();
            return Ok(());
        }
        let promise = Promise::new(self.count, self.reserved as usize).ok_or(overflow)?;
        self.rebuild(heap, bits, promise, hasher)
    }

    /// Moves all entries into a new array of 2^`bits` buckets, and holds what is to be
    /// reserved there. After an error, or a panic of the hasher, the map is as it was.
    #[inline(never)]
    pub(super) fn rebuild<H: Heap>(
        &mut self,
        heap: H,
        bits: BucketBits,
        reserved: Promise,
        hasher: impl HashKey,
    ) -> Had<()> {
        let mut fresh = Fresh::new(heap);
        fresh.make_array(bits, self.count)?;
        for slot in self.walk(heap.of()).slots(heap.of()) {
            // SAFETY: The slot is live (M1).
            let hash = unsafe { hasher.hash(slot.key_at()) };
            // SAFETY: The slot is live, and the number below 2^B.
            unsafe {
                let mut end = fresh.header.end_of(heap.of(), hash.bucket(bits));
                fresh.append(&mut end, slot)?;
            }
        }
        let more = reserved.keys.saturating_sub(self.reserved());
        fresh.header.hold_memory(heap, reserved, more)?;
        // From here on nothing fails.
        let keys = u32::max(self.reserved(), reserved.keys);
        if let Some(extra) = fresh.header.extra_mut() {
            self.take_all_reserved(&mut extra.cells);
        }
        let mut old = self.exchange(fresh);
        self.reserved = keys;
        self.settle();
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { old.give_all_back(heap) };
        Ok(())
    }

    /// Gives back what is not needed to hold `entries` entries, or those that are
    /// there if they are more. What was reserved is so no longer.
    ///
    /// After an error the map is as it was, but for a growth that was finished.
    pub(crate) fn shrink_to<H: Heap>(
        &mut self,
        heap: H,
        entries: usize,
        hasher: impl HashKey,
    ) -> Had<()> {
        let lent = self.lent_bucket(heap.of());
        self.finish_growth(heap, hasher);
        let entries = usize::max(entries, self.count);
        let is_home = lent.is_some() && self.bucket_0(heap.of()) == lent;
        match lent {
            Some(lent) if entries <= SLOTS || (self.count == 0 && is_home) => {
                self.move_into_lent(heap, lent);
            }
            _ if entries == 0 => {
                // SAFETY: There is no entry, and the map has forgotten it.
                unsafe { self.give_all_back(heap) };
            }
            _ if heap.of().begins_small() && entries <= Home::Four.slots() => {
                self.narrow(heap, entries)?;
            }
            _ => {
                let bits = BucketBits::for_entries(entries).unwrap_or(self.bits);
                self.shrink_array(heap, BucketBits::min(bits, self.bits))?;
            }
        }
        self.void_reservation(heap);
        self.settle();
        Ok(())
    }

    /// The caller's bucket, if the map still has it.
    fn lent_bucket<T: MapType>(&self, of: T) -> Option<BucketPtr<T>> {
        match self.home() {
            Home::Lent => self.bucket_0(of),
            _ if self.is_old_lent() => self.growth().map(|growth| growth.old.bucket_0(of)),
            _ => None,
        }
    }

    /// Moves all entries, eight at most, into the caller's bucket, and gives all memory
    /// back but their cells; also what is reserved. No growth runs.
    fn move_into_lent<H: Heap>(&mut self, heap: H, lent: BucketPtr<H::Of>) {
        debug_assert!(self.count <= SLOTS && !self.is_growing());
        if self.bucket_0(heap.of()) != Some(lent) {
            // SAFETY: The map moved out of it.
            unsafe { lent.init() };
        }
        for from in self.walk(heap.of()).slots(heap.of()) {
            // SAFETY: The bucket is initialised.
            let free = unsafe { lent.tops() }.free().first();
            if let Some(index) = free.filter(|_| from.bucket != lent) {
                // SAFETY: A live slot, and a free one of another bucket; which copy is the
                // entry is decided below.
                unsafe {
                    from.copy_to(Slot {
                        bucket: lent,
                        index,
                    })
                };
            }
        }
        // SAFETY: The bucket is the map's, and holds all that it has (M3).
        unsafe {
            lent.set_overflow(None);
            lent.set_tops(lent.tops().trimmed());
        }
        self.move_out(heap, lent, Home::Lent);
    }

    /// Moves all entries, no more than `entries`, into a small bucket with as many slots, if
    /// that takes less memory; also what is reserved is given back then. No growth runs.
    /// After an error the map is as it was.
    fn narrow<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()> {
        debug_assert!(self.count <= entries && !self.is_growing());
        let home = if entries <= Home::Two.slots() {
            Home::Two
        } else {
            Home::Four
        };
        if !self.has_buckets() || self.home().slots() <= home.slots() {
            return Ok(());
        }
        let bucket = make_first_bucket(heap, home.slots())?;
        for (index, from) in (0..home.slots()).zip(self.walk(heap.of()).slots(heap.of())) {
            // SAFETY: A live slot, and a free one that is there, of another bucket; the
            // copies are the entries from here on.
            unsafe { from.copy_to(Slot { bucket, index }) };
        }
        self.move_out(heap, bucket, home);
        Ok(())
    }

    /// Makes a bucket that holds copies of all entries all of the map's memory, and gives the
    /// rest back.
    fn move_out<H: Heap>(&mut self, heap: H, bucket: BucketPtr<H::Of>, home: Home) {
        let mut old = self.take();
        self.set_first_bucket(bucket.address(), home, old.count);
        self.settle();
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { old.give_all_back(heap) };
    }

    /// Moves all chains into an array of 2^`bits` buckets, no more than there are, and one
    /// chunk, if that takes less memory. No growth runs. After an error the map is as it was.
    fn shrink_array<H: Heap>(&mut self, heap: H, bits: BucketBits) -> Had<()> {
        let of = heap.of();
        let Some(base) = self.bucket_0(of) else {
            return Ok(());
        };
        let overflow = self.overflow_of_merged(base, bits);
        let before = self.bytes(of);
        if bytes_of(of.shape(), bits, overflow).is_none_or(|after| after >= before) {
            return Ok(());
        }
        let mut fresh = Fresh::new(heap);
        fresh.make_array(bits, self.count)?;
        let short = fresh.header.short_of(overflow);
        // A second chunk would be a header more than was reckoned with.
        fresh.header.add_buckets(heap, short, Some(1))?;
        for merged in 0..bits.count() {
            let mut end = None;
            for number in (merged..self.bits.count()).step_by(bits.count()) {
                // SAFETY: The number is below 2^B, and the chain initialised: no growth runs.
                for slot in unsafe { Walk::of_chain(base.nth(number)) }.slots(of) {
                    // SAFETY: The number is below the new array's count, and the slot is live.
                    unsafe {
                        let end = end.get_or_insert_with(|| fresh.header.end_of(of, merged));
                        fresh.append(end, slot)?;
                    }
                }
            }
        }
        let mut old = self.exchange(fresh);
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { old.give_all_back(heap) };
        Ok(())
    }

    /// How many overflow buckets the entries fill if the chains whose numbers are alike in
    /// `bits` bits become one.
    fn overflow_of_merged<T: MapType>(&self, base: BucketPtr<T>, bits: BucketBits) -> u32 {
        let mut overflow = 0;
        for merged in 0..bits.count() {
            let mut live = 0;
            let of = base.of();
            for number in (merged..self.bits.count()).step_by(bits.count()) {
                // SAFETY: The number is below 2^B, and the chain initialised: no growth runs.
                live += unsafe { Walk::of_chain(base.nth(number)) }
                    .slots(of)
                    .count();
            }
            overflow += usize::saturating_sub(live, 1) / SLOTS;
        }
        u32::try_from(overflow).unwrap_or(u32::MAX)
    }

    /// Bytes asked for in the array and in chunks. No growth runs.
    fn bytes<T: MapType>(&self, of: T) -> usize {
        let shape = of.shape();
        let array = match self.home() {
            Home::Owned => array_layout(shape, self.bits),
            Home::Two | Home::Four => shape.first_bucket_layout(self.home().slots()),
            Home::Lent => None,
        };
        let chunks = self.extra().pool.totals(shape).bytes;
        array.map_or(0, |layout| layout.size()) + chunks
    }

    /// Makes these chains the map's, which hold copies of all entries, and hands over what it
    /// was, and what was reserved. The header is still to be settled.
    fn exchange<H: Heap>(&mut self, fresh: Fresh<H>) -> Self {
        let (renewal, count) = (self.renewal(), self.count);
        let old = mem::replace(self, fresh.into_header());
        self.set_renewal(renewal);
        self.count = count;
        old
    }
}

/// The bytes of an array of 2^`bits` buckets and of a chunk for so many overflow buckets, as
/// far as its spares are too few.
fn bytes_of(shape: Shape, bits: BucketBits, overflow: u32) -> Option<usize> {
    let array = array_layout(shape, bits)?.size();
    match overflow.saturating_sub(bits.spares() as u32) {
        0 => Some(array),
        short => {
            let with_front = bits == BucketBits::ONE_BUCKET;
            array.checked_add(chunk_layout(shape, short, with_front)?.size())
        }
    }
}

/// A map to be, which entries are copied into. Dropped before it is one, it forgets the
/// copies.
struct Fresh<H: Heap> {
    heap: H,
    header: Header,
}

impl<H: Heap> Fresh<H> {
    /// Without memory.
    const fn new(heap: H) -> Self {
        Self {
            heap,
            header: Header::empty(None),
        }
    }

    /// Gets an array of 2^`bits` buckets for so many entries that are to come.
    fn make_array(&mut self, bits: BucketBits, entries: usize) -> Had<()> {
        self.header.install_empty_array(self.heap, bits, entries)
    }

    /// Copies a slot to the end of a chain.
    ///
    /// # Safety
    /// The slot is live, of another array; the chain is one of this.
    unsafe fn append(&mut self, end: &mut Filled<H::Of>, from: Slot<H::Of>) -> Had<()> {
        let free = self.header.slot_at_end(self.heap, end)?;
        // SAFETY: Slots of two arrays; which copy is the entry is decided by whoever makes this
        // array the map's or drops it.
        unsafe { from.copy_to(free) };
        Ok(())
    }

    /// Keeps the array.
    fn into_header(self) -> Header {
        let kept = ManuallyDrop::new(self);
        // SAFETY: It is not used again where it is, and not dropped there.
        unsafe { ptr::read(&raw const kept.header) }
    }
}

impl<H: Heap> Drop for Fresh<H> {
    fn drop(&mut self) {
        // SAFETY: It is nobody's, or has no memory.
        unsafe { self.header.give_all_back(self.heap) }
    }
}
