//! A place for one entry more: where in its chain it goes, and all that it needs beside what
//! there is, by growth if it is time for one.
//!
//! Getting it can fail, and when it does the map holds what it held. Making its slot live cannot
//! fail. Then the slot is [`Entered`], and nothing else is done before its entry is written.

use super::find::find_key;
use super::header::Header;
use crate::memory::bucket::{BucketPtr, Entered, Slot};
use crate::memory::compiled::FOR_SPEED;
use crate::memory::hash_key::{EqKey, HashKey};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::sizing::SLOTS;
use crate::numbers::tophash::TopHash;
use crate::seam::{Placed, Supply, Target, placed};

/// Where in its chain an absent key goes: the first free slot in chain order, or if there is none
/// the first of a bucket behind this one, the last.
#[derive(Clone, Copy)]
struct Vacancy {
    bucket: BucketPtr<()>,
    /// The slot; or how many slots the chain has, which is full.
    index: usize,
}

impl Vacancy {
    const fn is_slot(self) -> bool {
        self.index < SLOTS
    }

    /// Overflow buckets of the chain, which is full.
    const fn overflow(self) -> u32 {
        // There are no more than 2^32 - 1 in all chains together.
        (self.index / SLOTS - 1) as u32
    }
}

impl Header {
    /// All of an insert but to write the entry: the growth work that is due, the search for the
    /// key, and a place for it if it is not there.
    ///
    /// # Safety
    /// It is the hash of the key, which is of the map's type. A new slot is written before
    /// anything else is done with the map (M1).
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(crate) unsafe fn find_or_place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
        supply: Supply,
    ) -> Placed {
        if let Some(head) = self.chain_to_change(heap.of(), hash, hasher) {
            // SAFETY: The chain owns the hash, so it is initialised (M5).
            if let Some(slot) = unsafe { find_key(head, hash, key) } {
                return placed!(Ok(Target::Entry(slot)));
            }
            if FOR_SPEED || !heap.of().shape().has_cells() {
                // SAFETY: As above; the caller's promise.
                match unsafe { self.enter_if_free(heap, head, hash, supply) } {
                    Ok(Some(slot)) => return placed!(Ok(Target::New(slot))),
                    Ok(None) => {}
                    Err(reason) => return placed!(Err(reason)),
                }
            }
        }
        // SAFETY: The work is done; the caller's promise.
        unsafe { self.place(heap, hash, hasher, supply) }
    }

    /// The slot of a key, after the growth work that an insert owes.
    ///
    /// # Safety
    /// It is the hash of the key, which is of the map's type.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(crate) unsafe fn find_to_change<T: MapType>(
        &mut self,
        of: T,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>> {
        let head = self.chain_to_change(of, hash, hasher)?;
        // SAFETY: The chain owns the hash, so it is initialised (M5).
        unsafe { find_key(head, hash, key) }
    }

    /// Makes a slot live for a key that is not there, with all that the entry needs beside:
    /// room, by growth if it is time for one, a bucket if the chain is full, cells. After an
    /// error the map may have grown or hold more free memory, one chain may have an empty bucket
    /// more, and it is otherwise as it was.
    ///
    /// # Safety
    /// It is the hash of a key that is not there. The growth work that is due for it is done, or
    /// its chain has a free slot. The slot is written before anything else is done with the map
    /// (M1).
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline(always))]
    pub(crate) unsafe fn place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Placed {
        // SAFETY: The caller's promise.
        placed!(unsafe { self.new_slot(heap, hash, hasher, supply) })
    }

    /// # Safety
    /// As [`place`](Self::place).
    #[cfg_attr(feature = "small-code", inline)]
    #[cfg_attr(not(feature = "small-code"), inline(never))]
    unsafe fn new_slot<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Target<()>> {
        let mut vacancy = self.vacancy(heap.of(), hash);
        if supply != Supply::AtHand && !self.asks_for_nothing(vacancy) {
            vacancy = self.make_room(heap, hash, vacancy, hasher, supply)?;
        }
        if self.is_small_and_full(heap.of()) {
            return Err(TryReserveError::CapacityOverflow);
        }
        let vacancy = vacancy.ok_or(TryReserveError::CapacityOverflow)?;
        let slot = self.slot_for(heap, vacancy, supply)?;
        if self.is_indexed() {
            self.note_entry(heap.of().shape().spacing(), hash);
        }
        // SAFETY: The slot is free, and has what the entry needs; the caller's promise.
        let entered = unsafe { self.enter(slot, hash) };
        self.settle_after_insert();
        Ok(Target::New(entered.of_types(())))
    }

    /// Whether no growth is to be thought of, nor a reservation.
    #[inline]
    fn asks_for_nothing(&self, vacancy: Option<Vacancy>) -> bool {
        self.is_quiet() || (vacancy.is_some_and(Vacancy::is_slot) && self.takes_a_free_slot())
    }

    /// Whether a free slot in its chain is all that a new entry takes beside its cells: where
    /// nothing calls for a growth, or one runs, and nothing is reserved.
    #[inline]
    pub(crate) fn takes_a_free_slot(&self) -> bool {
        self.takes_one_quietly() || (self.is_growing() && self.reserved() == 0)
    }

    /// Makes the first free slot of a chain live, if that and cells are all that a new entry
    /// takes, and says which it is. After an error the map is as it was. Where sizes are not
    /// known to the compiler it is for entries without cells.
    ///
    /// # Safety
    /// The chain owns the hash, and its key is not in it. The slot is written before anything
    /// else is done with the map (M1).
    #[inline]
    pub(crate) unsafe fn enter_if_free<H: Heap>(
        &mut self,
        heap: H,
        head: BucketPtr<H::Of>,
        hash: HashValue,
        supply: Supply,
    ) -> Had<Option<Entered<()>>> {
        // SAFETY: The caller's promise.
        let Some(slot) = (unsafe { self.free_slot(head) }) else {
            return Ok(None);
        };
        if FOR_SPEED && heap.of().shape().has_cells() {
            self.give_cells(heap, slot, supply)?;
        }
        // SAFETY: The slot is free, and has all that is needed; the caller's promise.
        let entered = unsafe { self.enter(slot, hash) };
        Ok(Some(entered.of_types(())))
    }

    /// The first free slot of a chain, if that is all that a new entry takes beside its cells.
    ///
    /// # Safety
    /// The chain is initialised.
    #[inline]
    unsafe fn free_slot<T: MapType>(&self, head: BucketPtr<T>) -> Option<Slot<T>> {
        if !self.takes_a_free_slot() {
            return None;
        }
        let mut bucket = head;
        loop {
            // SAFETY: The caller's promise (M5).
            if let Some(index) = unsafe { bucket.tops() }.free().first() {
                return Some(Slot { bucket, index });
            }
            // SAFETY: As above.
            bucket = unsafe { bucket.overflow() }?;
        }
    }

    /// Makes a free slot live.
    ///
    /// # Safety
    /// It is of a chain that owns the key, which has this hash. It has what the entry needs
    /// beside, and is written before anything else is done with the map (M1). Where bits are kept
    /// up the entry is noted.
    #[inline]
    pub(crate) unsafe fn enter<T: MapType>(
        &mut self,
        slot: Slot<T>,
        hash: HashValue,
    ) -> Entered<T> {
        self.count_inserted();
        // SAFETY: The caller's promise.
        unsafe {
            slot.bucket.set_top(slot.index, TopHash::of(hash));
            Entered::new(slot)
        }
    }

    /// Where a key that is not there goes; nowhere, if there is no bucket yet.
    #[inline(never)]
    fn vacancy<T: MapType>(&self, of: T, hash: HashValue) -> Option<Vacancy> {
        let mut bucket = self.chain(of, hash)?;
        let mut before = 0;
        loop {
            // SAFETY: The bucket is in a chain that owns entries (M5).
            let (tops, next) = unsafe { (bucket.tops(), bucket.overflow()) };
            let (index, next) = match (tops.free().first(), next) {
                (Some(index), _) => (index, None),
                (None, next) => {
                    before += SLOTS;
                    (before, next)
                }
            };
            match next {
                Some(next) => bucket = next,
                None => {
                    let bucket = bucket.of_types(());
                    return Some(Vacancy { bucket, index });
                }
            }
        }
    }

    /// Whether a key that is not there goes into an overflow bucket that is still to be had.
    pub(super) fn needs_bucket<T: MapType>(&self, of: T, hash: HashValue) -> bool {
        let vacancy = self.vacancy(of, hash);
        vacancy.is_some_and(|vacancy| !vacancy.is_slot())
    }

    /// Gets room for an entry that would go there: a first bucket or a larger one, or a
    /// growth if it is time for one, and its first two moves. Says where the entry goes now.
    #[inline]
    fn make_room<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        before: Option<Vacancy>,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Option<Vacancy>> {
        if self.reserved() == 0 {
            // Before more is asked for.
            self.give_back(heap);
        }
        if before.is_none() {
            let bucket = self.install_first_bucket(heap)?.of_types(());
            return Ok(Some(Vacancy { bucket, index: 0 }));
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
        before: Option<Vacancy>,
        hasher: impl HashKey,
    ) -> Option<Vacancy> {
        if !self.grow_if_due(heap) {
            return before;
        }
        self.move_two(heap.of(), hash, hasher);
        // Two chains are all that a small array has.
        self.give_back(heap);
        let now = self.vacancy(heap.of(), hash);
        let is_slot = |vacancy: Option<Vacancy>| vacancy.is_some_and(Vacancy::is_slot);
        if is_slot(before) && !is_slot(now) {
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

    /// A free slot there, with cells: of a new bucket behind it if the chain is full. If the
    /// allocator refuses cells the bucket stays where it is, empty.
    #[inline]
    fn slot_for<H: Heap>(&mut self, heap: H, vacancy: Vacancy, supply: Supply) -> Had<Slot<H::Of>> {
        let overflow = TryReserveError::CapacityOverflow;
        let has_cells = heap.of().shape().has_cells();
        if has_cells && supply == Supply::AtHand && self.extra().cells.is_empty() {
            return Err(overflow);
        }
        let mut slot = Slot {
            bucket: vacancy.bucket.of_types(heap.of()),
            index: vacancy.index,
        };
        if !vacancy.is_slot() {
            if !self.has_spare_bucket() {
                if supply == Supply::AtHand {
                    return Err(overflow);
                }
                self.add_overflow_buckets(heap)?;
            }
            // SAFETY: The last bucket of a chain of the current array: in an old one there would
            // have been a free slot.
            let next = unsafe { self.extend_chain(slot.bucket, vacancy.overflow()) };
            let bucket = next.ok_or(overflow)?;
            slot = Slot { bucket, index: 0 };
        }
        if has_cells {
            self.give_cells(heap, slot, supply)?;
        }
        Ok(slot)
    }

    /// Gives a free slot the cells of a new entry: reserved ones first.
    #[inline]
    fn give_cells<H: Heap>(&mut self, heap: H, slot: Slot<H::Of>, supply: Supply) -> Had<()> {
        let reserved = self.extra_mut().map(|extra| &mut extra.cells);
        // SAFETY: The slot is free.
        unsafe { heap.give_cells(reserved, supply != Supply::AtHand, slot.cell_fields()) }
    }
}
