//! Inserting, in four parts: the growth *work* that is due, the *search* for the
//! key, the *reservation* of all that the new entry needs, and the *commit*.
//!
//! Only the third can fail, and when it fails the map holds what it held. Only
//! the fourth changes entries; it runs no user code and calls no allocator. The
//! token between the two, [`Place`], is what makes this order the only one.

use super::lookup::find_in_bucket;
use super::map::RawHmap;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::cells::Cells;
use crate::memory::hash_key::{HashBy, HashKey};
use crate::memory::heap::Heap;
use crate::memory::shape::{MapType, Types};
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{Had, InsertError, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Policy;
use crate::numbers::tophash::{TopHash, TopHashes};
use core::mem;
use core::ops::ControlFlow;

/// What the search ends with.
pub(super) enum Found<T> {
    Entry(Slot<T>),
    Vacancy(Vacancy<T>),
}

/// Where in its chain an absent key would go.
pub(super) enum Vacancy<T> {
    /// The first free slot in chain order.
    Slot(Slot<T>),
    /// Behind this bucket, the last of a chain that is full.
    Behind(BucketPtr<T>),
    /// There is no bucket yet.
    NoBuckets,
}

/// What an insert has found, or got, for its entry.
enum Target<T> {
    /// The key is there.
    Entry(Slot<T>),
    /// A free slot, and nothing else is needed.
    Free(Slot<T>),
    Place(Place<T>),
}

/// Where the memory for a new entry may come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supply {
    /// What the map holds, and then the allocator; a growth starts if it is due.
    Allocator,
    /// The same, but no growth starts: there is no hasher at hand.
    #[cfg(feature = "infallible")]
    NoGrowth,
    /// What the map holds, and no more; no growth starts.
    AtHand,
}

/// A slot, and the cells for it, that an entry can be put into without fail.
#[must_use = "what was reserved is lost if nothing is put there"]
pub(super) struct Place<T> {
    pub(super) slot: Slot<T>,
    /// The full bucket that the slot's bucket, a new one, is to be linked to.
    behind: Option<BucketPtr<T>>,
    cells: Cells,
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Inserts an entry, or overwrites the elem of an equal key (the key that is
    /// in the map stays) and returns the old one.
    ///
    /// Go: `mapassign`.
    #[inline]
    pub(crate) fn insert(
        &mut self,
        hash: HashValue,
        key: K,
        elem: V,
        eq: impl Fn(&K, &K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Result<Option<V>, InsertError<K, V>> {
        if Types::<K, V, P>::SHAPE.has_cells() {
            // Large ones stay where they are until there is a place for them.
            let target =
                self.find_or_reserve_apart(hash, |stored| eq(&key, stored), hasher, supply);
            return self.put(target, hash, key, elem);
        }
        // Nearly always nothing is owed, and the chain ends in its first bucket.
        if self.header.is_quiet() {
            // SAFETY: H9: there is an array, and no other.
            let head = unsafe { self.header.current_chain(Types::HERE, hash) };
            let top = TopHash::of(hash);
            // SAFETY: The chain owns the hash, so it is initialised (M5).
            let tops = unsafe { head.tops() };
            // SAFETY: They are the bucket's.
            let found = unsafe { find_in_bucket(head, tops, top, &mut |stored| eq(&key, stored)) };
            if let Some(index) = found {
                let bucket = head;
                // SAFETY: A live slot of a map that is borrowed alone.
                return Ok(Some(unsafe {
                    overwrite(Slot { bucket, index }, key, elem)
                }));
            }
            if let Some(index) = tops.free_at_end() {
                let bucket = head;
                // SAFETY: The slot is free, and entries of these types have no cells.
                unsafe { self.fill(Slot { bucket, index }, top, Cells::NONE, key, elem) };
                return Ok(None);
            }
        }
        self.insert_thoroughly(hash, key, elem, eq, hasher, supply)
    }

    /// All of an insert, whatever the map owes and wherever the chain ends.
    #[inline(never)]
    fn insert_thoroughly(
        &mut self,
        hash: HashValue,
        key: K,
        elem: V,
        eq: impl Fn(&K, &K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let target = self.find_or_reserve(hash, |stored| eq(&key, stored), hasher, supply);
        self.put(target, hash, key, elem)
    }

    /// The end of an insert: what was found is overwritten, what was got is filled. The
    /// target is what [`find_or_reserve`](Self::find_or_reserve) gave for this hash, and
    /// nothing has changed since.
    #[inline]
    fn put(
        &mut self,
        target: Had<Target<Types<K, V, P>>>,
        hash: HashValue,
        key: K,
        elem: V,
    ) -> Result<Option<V>, InsertError<K, V>> {
        match target {
            // SAFETY: A live slot of a map that is borrowed alone.
            Ok(Target::Entry(slot)) => return Ok(Some(unsafe { overwrite(slot, key, elem) })),
            // SAFETY: The slot is free, and entries of these types have no cells. Nothing is
            // reserved (H8).
            Ok(Target::Free(slot)) => unsafe {
                self.fill(slot, TopHash::of(hash), Cells::NONE, key, elem);
            },
            // Commit.
            Ok(Target::Place(place)) => self.commit(place, TopHash::of(hash), key, elem),
            Err(reason) => {
                return Err(InsertError {
                    key,
                    value: elem,
                    reason,
                });
            }
        }
        Ok(None)
    }

    /// [`find_or_reserve`](Self::find_or_reserve), never inlined: what is left of the insert
    /// of a large value then is, and moves it once.
    #[inline(never)]
    fn find_or_reserve_apart(
        &mut self,
        hash: HashValue,
        eq: impl Fn(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Had<Target<Types<K, V, P>>> {
        self.find_or_reserve(hash, eq, hasher, supply)
    }

    /// All of an insert but the commit, whatever the map owes and wherever the chain ends.
    #[inline]
    fn find_or_reserve(
        &mut self,
        hash: HashValue,
        eq: impl Fn(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Had<Target<Types<K, V, P>>> {
        // Work.
        let hasher = HashBy::new(hasher);
        self.header
            .growth_work(Types::<K, V, P>::HERE, hash, hasher);

        // Search.
        // SAFETY: The work is done, so that this chain owns the hash.
        let found = unsafe { search(self.header.moved_chain(Types::HERE, hash), hash, eq) };
        let vacancy = match found {
            Found::Entry(slot) => return Ok(Target::Entry(slot)),
            Found::Vacancy(vacancy) => vacancy,
        };

        // Where a growth runs, or nothing calls for one, a free slot is all it takes, if
        // nothing is reserved.
        if let Vacancy::Slot(slot) = vacancy {
            let header = &self.header;
            if header.is_quiet() || (header.is_growing() && header.reserved() == 0) {
                if !Types::<K, V, P>::SHAPE.has_cells() {
                    return Ok(Target::Free(slot));
                }
                return Ok(Target::Place(Place {
                    slot,
                    behind: None,
                    cells: self.take_cells(supply)?,
                }));
            }
        }

        // Reserve.
        let place = self.reserve_place(hash, vacancy, hasher, supply)?;
        Ok(Target::Place(place))
    }

    /// Gets all that a new entry needs: room, by growth if it is time for one,
    /// a bucket if the chain is full, cells. After an error the map may have
    /// grown or hold more free memory, and is otherwise as it was.
    #[inline(never)]
    pub(super) fn reserve_place(
        &mut self,
        hash: HashValue,
        mut vacancy: Vacancy<Types<K, V, P>>,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Place<Types<K, V, P>>> {
        let is_all_at_hand = supply == Supply::AtHand || self.header.is_quiet();
        if !is_all_at_hand {
            vacancy = self.make_room(hash, vacancy, hasher, supply)?;
        }
        if self.header.is_small_and_full(Types::<K, V, P>::HERE) {
            return Err(TryReserveError::CapacityOverflow);
        }
        match vacancy {
            Vacancy::Slot(slot) => Ok(Place {
                slot,
                behind: None,
                cells: self.take_cells(supply)?,
            }),
            Vacancy::Behind(full) => {
                // The bucket is taken last, so that it is free as long as the allocator
                // is called, which may refuse the cells, or panic.
                let (header, heap) = self.parts();
                match supply {
                    _ if header.has_spare_bucket() => {}
                    Supply::AtHand => return Err(TryReserveError::CapacityOverflow),
                    _ => header.add_overflow_buckets(heap)?,
                }
                let cells = self.take_cells(supply)?;
                self.place_behind(full, hash, cells)
            }
            Vacancy::NoBuckets => Err(TryReserveError::CapacityOverflow),
        }
    }

    /// Where a key goes that would have gone there before room was made.
    #[inline]
    pub(super) fn vacancy_again(
        &mut self,
        hash: HashValue,
        before: &Vacancy<Types<K, V, P>>,
    ) -> Vacancy<Types<K, V, P>> {
        // SAFETY: If a growth was started its first moves were made.
        let vacancy = unsafe { vacancy_in(self.header.moved_chain(Types::HERE, hash)) };
        if matches!((before, &vacancy), (Vacancy::Slot(_), Vacancy::Behind(_))) {
            // H6: what was set aside is enough for this key too.
            self.header.spare_one();
        }
        vacancy
    }

    /// Gets room for an entry that would go there: a first bucket or a larger one, or a
    /// growth if it is time for one, and its first two moves. Says where the entry goes now.
    #[inline]
    fn make_room(
        &mut self,
        hash: HashValue,
        vacancy: Vacancy<Types<K, V, P>>,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Vacancy<Types<K, V, P>>> {
        let (header, heap) = self.parts();
        if header.reserved() == 0 {
            // Before more is asked for.
            header.give_back(heap);
        }
        if let Vacancy::NoBuckets = vacancy {
            let bucket = header.install_first_bucket(heap)?;
            return Ok(Vacancy::Slot(Slot { bucket, index: 0 }));
        }
        if header.is_small_and_full(heap.of()) {
            header.widen(heap)?;
        } else if supply == Supply::Allocator && header.grow_if_due(heap) {
            header.move_two(heap.of(), hash, hasher);
            // Two chains are all that a small array has.
            header.give_back(heap);
        } else {
            return Ok(vacancy);
        }
        Ok(self.vacancy_again(hash, &vacancy))
    }

    /// Takes the cells of a new entry, reserved ones first.
    #[inline]
    fn take_cells(&mut self, supply: Supply) -> Had<Cells> {
        let (header, heap) = self.parts();
        if heap.of().shape().has_cells() {
            let reserved = header
                .extra_mut()
                .and_then(|extra| extra.cells.take(heap.of()));
            if let Some(cells) = reserved {
                return Ok(cells);
            }
            if supply == Supply::AtHand {
                return Err(TryReserveError::CapacityOverflow);
            }
        }
        Cells::allocate(heap)
    }

    /// The first slot of an overflow bucket, initialised and in no chain yet.
    fn place_behind(
        &mut self,
        full: BucketPtr<Types<K, V, P>>,
        hash: HashValue,
        cells: Cells,
    ) -> Had<Place<Types<K, V, P>>> {
        let (header, heap) = self.parts();
        debug_assert!(header.has_spare_bucket(), "a bucket was provided");
        // SAFETY: An entry goes behind a full chain only where that was moved before it was
        // searched. In an old chain it can go to a slot alone, which was just freed.
        let bucket = unsafe { header.take_overflow_bucket(heap.of(), hash) };
        let Some(bucket) = bucket else {
            // SAFETY: They were taken for this entry, which is not made.
            unsafe { cells.free(heap) };
            return Err(TryReserveError::CapacityOverflow);
        };
        Ok(Place {
            slot: Slot { bucket, index: 0 },
            behind: Some(full),
            cells,
        })
    }

    /// Makes the entry.
    #[inline]
    pub(super) fn commit(&mut self, place: Place<Types<K, V, P>>, top: TopHash, key: K, elem: V) {
        let Place {
            slot,
            behind,
            cells,
        } = place;
        if let Some(full) = behind {
            // SAFETY: The last bucket of a chain, and a bucket in no chain (A2).
            unsafe { self.header.link_behind(full, slot.bucket) };
        }
        // SAFETY: The slot is free, and the cells are what `reserve_place` got for it.
        unsafe { self.fill(slot, top, cells, key, elem) };
        self.header.settle_after_insert();
    }

    /// Makes a free slot an entry.
    ///
    /// # Safety
    /// The slot is free and of a chain that owns the key; the cells are its own.
    #[inline]
    unsafe fn fill(
        &mut self,
        slot: Slot<Types<K, V, P>>,
        top: TopHash,
        cells: Cells,
        key: K,
        elem: V,
    ) {
        // SAFETY: The caller's promise; this makes M1 true of the slot.
        unsafe {
            slot.fill(cells, key, elem);
            slot.bucket.set_top(slot.index, top);
        }
        self.header.count_inserted();
    }
}

/// Replaces the elem of a slot and returns the old one; the key that is there stays.
///
/// # Safety
/// The slot is live, and the map is borrowed alone.
#[inline]
unsafe fn overwrite<K, V, P: Policy>(slot: Slot<Types<K, V, P>>, key: K, elem: V) -> V {
    // SAFETY: The caller's promise.
    let (_, stored) = unsafe { slot.entry_mut() };
    let old = mem::replace(stored, elem);
    // Now, so that `old` is dropped if this panics.
    drop(key);
    old
}

/// Looks for a key in the chain that owns its hash, and notes where it would go.
///
/// # Safety
/// It is that chain, and initialised.
#[inline]
pub(super) unsafe fn search<K, V, P: Policy>(
    head: Option<BucketPtr<Types<K, V, P>>>,
    hash: HashValue,
    mut eq: impl FnMut(&K) -> bool,
) -> Found<Types<K, V, P>> {
    let top = TopHash::of(hash);
    let Some(mut bucket) = head else {
        return Found::Vacancy(Vacancy::NoBuckets);
    };
    let mut free = None;
    loop {
        // SAFETY: The bucket is in the chain.
        let tops = unsafe { bucket.tops() };
        // SAFETY: They are the bucket's.
        if let Some(index) = unsafe { find_in_bucket(bucket, tops, top, &mut eq) } {
            return Found::Entry(Slot { bucket, index });
        }
        // SAFETY: As above.
        match unsafe { next_in_search(bucket, tops, &mut free) } {
            ControlFlow::Continue(next) => bucket = next,
            ControlFlow::Break(vacancy) => return Found::Vacancy(vacancy),
        }
    }
}

/// Where a key that is known to be absent would go, in the chain that owns its hash.
///
/// # Safety
/// As [`search`].
pub(super) unsafe fn vacancy_in<T: MapType>(head: Option<BucketPtr<T>>) -> Vacancy<T> {
    let Some(mut bucket) = head else {
        return Vacancy::NoBuckets;
    };
    let mut free = None;
    loop {
        // SAFETY: The bucket is in the chain.
        let tops = unsafe { bucket.tops() };
        // SAFETY: As above.
        match unsafe { next_in_search(bucket, tops, &mut free) } {
            ControlFlow::Continue(next) => bucket = next,
            ControlFlow::Break(vacancy) => return vacancy,
        }
    }
}

/// Goes on from a bucket that does not hold the key: to the next one, or to
/// the end of the search. `free` is the first free slot seen so far.
///
/// # Safety
/// The bucket is in an initialised chain, and these are its tophashes.
#[inline]
unsafe fn next_in_search<T: MapType>(
    bucket: BucketPtr<T>,
    tops: TopHashes,
    free: &mut Option<Slot<T>>,
) -> ControlFlow<Vacancy<T>, BucketPtr<T>> {
    if free.is_none() {
        *free = tops.free().first().map(|index| Slot { bucket, index });
    }
    let next = if tops.ends_chain() {
        None
    } else {
        // SAFETY: The caller's promise.
        unsafe { bucket.overflow() }
    };
    match (next, *free) {
        (Some(next), _) => ControlFlow::Continue(next),
        (None, Some(slot)) => ControlFlow::Break(Vacancy::Slot(slot)),
        (None, None) => ControlFlow::Break(Vacancy::Behind(bucket)),
    }
}
