//! A place for one entry more: where in its chain it goes, and all that it needs beside what
//! there is, by growth if it is time for one.
//!
//! Getting it can fail, and when it does the map holds what it held. Making its slot live cannot
//! fail. Then the slot is [`Entered`], and nothing else is done before its entry is written.

use super::header::Header;
use crate::memory::bucket::{BucketPtr, Entered, Slot};
use crate::memory::cells::Cells;
use crate::memory::hash_key::HashKey;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::tophash::TopHash;

/// Where in its chain an absent key goes.
#[derive(Clone, Copy)]
enum Vacancy<T> {
    /// The first free slot in chain order.
    Slot(Slot<T>),
    /// Behind this bucket, the last of a chain that is full.
    Behind(BucketPtr<T>),
    /// There is no bucket yet.
    NoBuckets,
}

/// Where the memory for a new entry may come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supply {
    /// What the map holds, and then the allocator; a growth starts if it is due.
    Allocator,
    /// The same, but no growth starts: there is no hasher at hand.
    NoGrowth,
    /// What the map holds, and no more; no growth starts.
    AtHand,
}

/// A slot, and the cells for it, that an entry can be put into without fail.
struct Place<T> {
    slot: Slot<T>,
    /// The full bucket that the slot's bucket, a new one, is to be linked to.
    behind: Option<BucketPtr<T>>,
    cells: Cells,
}

impl Header {
    /// Makes a slot live for a key that is not there, with all that the entry needs beside:
    /// room, by growth if it is time for one, a bucket if the chain is full, cells. After an
    /// error the map may have grown or hold more free memory, and is otherwise as it was.
    ///
    /// # Safety
    /// It is the hash of a key that is not there. The growth work that is due for it is done, or
    /// its chain has a free slot. The slot is written before anything else is done with the map
    /// (M1).
    #[inline(never)]
    pub(crate) unsafe fn place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Entered<H::Of>> {
        let mut vacancy = self.vacancy(heap.of(), hash);
        if supply != Supply::AtHand && !self.asks_for_nothing(&vacancy) {
            vacancy = self.make_room(heap, hash, vacancy, hasher, supply)?;
        }
        let place = self.reserve_place(heap, hash, vacancy, supply)?;
        Ok(self.commit(place, TopHash::of(hash)))
    }

    /// Whether no growth is to be thought of, nor a reservation.
    #[inline]
    fn asks_for_nothing<T>(&self, vacancy: &Vacancy<T>) -> bool {
        self.is_quiet() || (matches!(vacancy, Vacancy::Slot(_)) && self.takes_a_free_slot())
    }

    /// Whether a free slot in its chain is all that a new entry takes beside its cells: where
    /// nothing calls for a growth, or one runs, and nothing is reserved.
    #[inline]
    pub(crate) fn takes_a_free_slot(&self) -> bool {
        self.is_quiet() || (self.is_growing() && self.reserved() == 0)
    }

    /// Makes the first free slot of a chain live, if that is all that a new entry takes, and says
    /// which it is; entries have no cells.
    ///
    /// # Safety
    /// The chain owns the hash, and its key is not in it. The slot is written before anything
    /// else is done with the map (M1).
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(crate) unsafe fn enter_if_free<T: MapType>(
        &mut self,
        head: BucketPtr<T>,
        hash: HashValue,
    ) -> Option<Entered<()>> {
        if !self.takes_a_free_slot() {
            return None;
        }
        let mut bucket = head;
        let index = loop {
            // SAFETY: The caller's promise (M5).
            if let Some(index) = unsafe { bucket.tops() }.free().first() {
                break index;
            }
            // SAFETY: As above.
            bucket = unsafe { bucket.overflow() }?;
        };
        // SAFETY: The slot is free, and all that is needed; the caller's promise.
        let entered = unsafe { self.enter(Slot { bucket, index }, TopHash::of(hash)) };
        Some(entered.of_types(()))
    }

    /// Makes a free slot live.
    ///
    /// # Safety
    /// It is of a chain that owns the key, which has this tophash. It has what the entry needs
    /// beside, and is written before anything else is done with the map (M1).
    #[inline]
    pub(crate) unsafe fn enter<T: MapType>(&mut self, slot: Slot<T>, top: TopHash) -> Entered<T> {
        self.count_inserted();
        // SAFETY: The caller's promise.
        unsafe {
            slot.bucket.set_top(slot.index, top);
            Entered::new(slot)
        }
    }

    /// Where a key that is not there goes.
    #[inline(never)]
    fn vacancy<T: MapType>(&self, of: T, hash: HashValue) -> Vacancy<T> {
        let Some(mut bucket) = self.chain(of, hash) else {
            return Vacancy::NoBuckets;
        };
        loop {
            // SAFETY: The bucket is in a chain that owns entries (M5).
            if let Some(index) = unsafe { bucket.tops() }.free().first() {
                return Vacancy::Slot(Slot { bucket, index });
            }
            // SAFETY: As above.
            match unsafe { bucket.overflow() } {
                Some(next) => bucket = next,
                None => return Vacancy::Behind(bucket),
            }
        }
    }

    /// Whether a key that is not there goes into an overflow bucket that is still to be had.
    pub(super) fn needs_bucket<T: MapType>(&self, of: T, hash: HashValue) -> bool {
        matches!(self.vacancy(of, hash), Vacancy::Behind(_))
    }

    /// Gets room for an entry that would go there: a first bucket or a larger one, or a
    /// growth if it is time for one, and its first two moves. Says where the entry goes now.
    #[inline]
    fn make_room<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        before: Vacancy<H::Of>,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Vacancy<H::Of>> {
        if self.reserved() == 0 {
            // Before more is asked for.
            self.give_back(heap);
        }
        if let Vacancy::NoBuckets = before {
            let bucket = self.install_first_bucket(heap)?;
            return Ok(Vacancy::Slot(Slot { bucket, index: 0 }));
        }
        if self.is_small_and_full(heap.of()) {
            self.widen(heap)?;
            return Ok(self.vacancy(heap.of(), hash));
        }
        if supply == Supply::Allocator {
            return Ok(self.grow_for(heap, hash, before, hasher));
        }
        Ok(before)
    }

    /// Starts a growth if it is time for one, and makes its first two moves. Says where the
    /// entry goes now.
    #[inline]
    fn grow_for<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        before: Vacancy<H::Of>,
        hasher: impl HashKey,
    ) -> Vacancy<H::Of> {
        if !self.grow_if_due(heap) {
            return before;
        }
        self.move_two(heap.of(), hash, hasher);
        // Two chains are all that a small array has.
        self.give_back(heap);
        let now = self.vacancy(heap.of(), hash);
        if matches!((before, now), (Vacancy::Slot(_), Vacancy::Behind(_))) {
            // H6: what was set aside is enough for this key too.
            self.spare_one();
        }
        now
    }

    /// Starts a growth if one entry more will call for it, and makes its first two moves: where
    /// there is a hasher, for a place that will be filled where there is none.
    #[cfg(feature = "infallible")]
    pub(crate) fn grow_ahead<H: Heap>(&mut self, heap: H, hash: HashValue, hasher: impl HashKey) {
        if self.reserved() == 0 {
            self.give_back(heap);
        }
        let before = self.vacancy(heap.of(), hash);
        self.grow_for(heap, hash, before, hasher);
    }

    /// Gets a bucket if the chain is full, and cells.
    #[inline]
    fn reserve_place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        vacancy: Vacancy<H::Of>,
        supply: Supply,
    ) -> Had<Place<H::Of>> {
        if self.is_small_and_full(heap.of()) {
            return Err(TryReserveError::CapacityOverflow);
        }
        let behind = match vacancy {
            Vacancy::Slot(_) => None,
            Vacancy::Behind(full) => Some(full),
            Vacancy::NoBuckets => return Err(TryReserveError::CapacityOverflow),
        };
        if behind.is_some() && !self.has_spare_bucket() {
            if supply == Supply::AtHand {
                return Err(TryReserveError::CapacityOverflow);
            }
            self.add_overflow_buckets(heap)?;
        }
        let cells = if heap.of().shape().has_cells() {
            self.take_cells(heap, supply)?
        } else {
            Cells::NONE
        };
        // The bucket is taken last, so that it is free as long as the allocator is called,
        // which may refuse the cells, or panic.
        let slot = match vacancy {
            Vacancy::Slot(slot) => slot,
            _ => self.slot_of_new_bucket(heap, hash, cells)?,
        };
        Ok(Place {
            slot,
            behind,
            cells,
        })
    }

    /// The cells of a new entry: reserved ones first.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    fn take_cells<H: Heap>(&mut self, heap: H, supply: Supply) -> Had<Cells> {
        let reserved = self.extra_mut().map(|extra| &mut extra.cells);
        heap.take_cells(reserved, supply != Supply::AtHand)
    }

    /// The first slot of an overflow bucket, initialised and in no chain yet, for an entry with
    /// these cells.
    #[inline]
    fn slot_of_new_bucket<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        cells: Cells,
    ) -> Had<Slot<H::Of>> {
        debug_assert!(self.has_spare_bucket(), "a bucket was provided");
        // SAFETY: The chain is of the current array: in an old one there would have been a
        // free slot.
        let bucket = unsafe { self.take_overflow_bucket(heap.of(), hash) };
        let Some(bucket) = bucket else {
            if heap.of().shape().has_cells() {
                // SAFETY: They were taken for this entry, which is not made.
                unsafe { heap.free_cells(cells) };
            }
            return Err(TryReserveError::CapacityOverflow);
        };
        Ok(Slot { bucket, index: 0 })
    }

    /// Makes the slot of a place live.
    #[inline]
    fn commit<T: MapType>(&mut self, place: Place<T>, top: TopHash) -> Entered<T> {
        let Place {
            slot,
            behind,
            cells,
        } = place;
        if let Some(full) = behind {
            // SAFETY: The last bucket of a chain, and a bucket in no chain (A2).
            unsafe { self.link_behind(full, slot.bucket) };
        }
        // SAFETY: The slot is free, and the cells are what `reserve_place` got for it. M1 is
        // left to the caller of `place`.
        let entered = unsafe {
            if slot.bucket.of().shape().has_cells() {
                slot.set_cells(cells);
            }
            self.enter(slot, top)
        };
        self.settle_after_insert();
        entered
    }
}
