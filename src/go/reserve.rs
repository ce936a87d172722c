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
//! An entry that somebody else puts in meanwhile, in memory of his own, is one more in the count:
//! the bound rises by one bucket at most, and he brings that one too. If the entry takes a bucket
//! itself, that is the one: it is among those that the bound counts.
//!
//! # Nothing done by halves
//!
//! Memory is had before anything changes: the array first, which is the largest, then
//! buckets, then cells. What was had goes back if the next is refused.

use super::find::find_key;
use super::header::Header;
use crate::memory::array::array_layout;
use crate::memory::compiled::FOR_SPEED;
use crate::memory::hash_key::{EqKey, HashKey};
use crate::memory::heap::{Heap, NewCells};
use crate::memory::pool::chunk_layout;
use crate::memory::shape::MapType;
use crate::memory::stock::Stock;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::sizing::{BucketBits, Promise, SLOTS, growth_put_off};
use crate::seam::{Placed, Supply, Target, placed};

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
        let promise = Promise::new(self.count, n).ok_or(overflow)?;
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
    fn compact_or_hold<H: Heap>(&mut self, heap: H, promise: Promise) -> Had<()> {
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
        promise: Promise,
        hasher: impl HashKey,
    ) -> Had<()> {
        let bits = BucketBits::for_entries(entries).ok_or(TryReserveError::CapacityOverflow)?;
        let doubles = self.bits.doubled() == Some(bits);
        if doubles && self.count > 0 && !self.is_small(heap.of()) && !self.is_growing() {
            return self.hash_grow_reserving(heap, bits, promise);
        }
        self.rebuild(heap, bits, promise, hasher)
    }

    /// Notes what the next `n` new keys can need, whatever their hashes, of those who bring
    /// memory with them: a first bucket or a wider one, an overflow bucket and cells each, and
    /// the array of a growth that will be due. It is as much as an insert can ever ask for, so
    /// that what others do to the map meanwhile does not make it too little; but for a map that
    /// has given its memory back.
    pub(crate) fn want<T: MapType>(&self, of: T, n: u32, stock: &mut Stock) {
        let shape = of.shape();
        stock.want_nothing();
        let cells = of.cells();
        for cell in [cells.key, cells.elem] {
            stock.want(cell, n);
        }
        stock.want(chunk_layout(shape, 1, false), n);
        if !self.has_extra() {
            // As long as there is one bucket the first chunk has more in it.
            stock.want(chunk_layout(shape, 1, true), n.min(1));
        }
        self.want_first_bucket(of, n, stock);
        let entries = self.count.saturating_add(n as usize);
        if let Some(bits) = self.growth_due_with(entries).filter(|_| self.reserved == 0) {
            self.want_growth(of, bits, stock);
        }
    }

    /// Notes the first bucket that `n` new keys need, and those that it is exchanged for.
    fn want_first_bucket<T: MapType>(&self, of: T, n: u32, stock: &mut Stock) {
        let begins_with = if of.begins_small() { 2 } else { SLOTS };
        let (mut slots, entries) = match self.buckets {
            Some(_) => (self.home.slots(), self.count.saturating_add(n as usize)),
            None if n == 0 => return,
            None => {
                stock.want(of.shape().first_bucket_layout(begins_with), 1);
                (begins_with, n as usize)
            }
        };
        while slots < SLOTS && slots < entries {
            slots *= 2;
            stock.want(of.shape().first_bucket_layout(slots), 1);
        }
    }

    /// Notes what a growth to 2^`bits` buckets needs: the array, and what its moves can need.
    pub(crate) fn want_growth<T: MapType>(&self, of: T, bits: BucketBits, stock: &mut Stock) {
        let shape = of.shape();
        let free = self.free_in_chunks().saturating_add(bits.spares() as u32);
        let short = self.needed_by_moves().saturating_sub(free);
        stock.want(array_layout(shape, bits), 1);
        stock.want(chunk_layout(shape, 1, false), short);
    }

    /// Adds to what is reserved what this new key needs, so that it takes nothing of what was
    /// reserved before it came.
    fn reserve_one_more<H: Heap>(&mut self, heap: H, hash: HashValue) -> Had<()> {
        let cells = NewCells::allocate(heap, 1)?;
        let promise = Promise::new(self.count + 1, self.reserved as usize);
        let promise = promise.ok_or(TryReserveError::CapacityOverflow)?;
        // With it chains can be full that were not, behind which those that are reserved go.
        if self.needs_bucket(heap.of(), hash) || self.short_of(promise.buckets) > 0 {
            self.add_chunk(heap, 1)?;
        }
        if let Some(extra) = self.extra_mut() {
            cells.join(&mut extra.cells);
        }
        self.reserved = self.reserved.saturating_add(1);
        Ok(())
    }

    /// As [`place`](Self::place), with memory that the caller brings: what was reserved in the
    /// map stays so for others, and a growth that is due is started if there is an array for it.
    /// After an error the map is as it was, but for that growth.
    ///
    /// # Safety
    /// As [`place`](Self::place).
    #[cfg_attr(
        not(feature = "small-code"),
        expect(clippy::question_mark, reason = "a packed target has no such operator")
    )]
    pub(crate) unsafe fn place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> Placed {
        if self.reserved > 0 {
            if let Err(reason) = self.reserve_one_more(heap, hash) {
                return placed!(Err(reason));
            }
        } else if self.grow_with(heap, 1) {
            self.move_two(heap.of(), hash, hasher);
            self.give_back(heap);
        }
        // SAFETY: The caller's promise; if a growth was started its first moves were made.
        unsafe { self.place(heap, hash, hasher, Supply::NoGrowth) }
    }

    /// As [`find_or_place`](Self::find_or_place), with such memory.
    ///
    /// # Safety
    /// As [`find_or_place`](Self::find_or_place).
    #[inline]
    pub(crate) unsafe fn find_or_place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Placed {
        if let Some(head) = self.chain_to_change(heap.of(), hash, hasher) {
            // SAFETY: The chain owns the hash, so it is initialised (M5).
            if let Some(slot) = unsafe { find_key(head, hash, key) } {
                return placed!(Ok(Target::Entry(slot)));
            }
            if FOR_SPEED {
                // SAFETY: As above; the caller's promise.
                let free = unsafe { self.enter_if_free(heap, head, hash, Supply::NoGrowth) };
                if let Ok(Some(slot)) = free {
                    return placed!(Ok(Target::New(slot)));
                }
            }
        }
        // SAFETY: The work is done; the caller's promise.
        unsafe { self.place_with(heap, hash, hasher) }
    }

    /// Starts a growth if one entry more calls for it, and there is memory for it and for so many
    /// overflow buckets beside: one for that entry, since what its chain is split into may be
    /// full. A growth that is not started is not put off: others may have memory for it.
    pub(crate) fn grow_with<H: Heap>(&mut self, heap: H, buckets: u32) -> bool {
        let promise = Promise { keys: 0, buckets };
        let bits = self.growth_due();
        bits.is_some_and(|bits| self.hash_grow_reserving(heap, bits, promise).is_ok())
    }
}
