//! A map of watched [`Part`]s beside its oracle: every operation that changes a map,
//! as a value, [`Act`], and what must be true after it, whether it was refused or not.
//!
//! The sweeps take acts from a table, the fuzzer makes them from bytes.

mod with;

pub use with::With;

use super::keys::{Identity, Key, in_top_byte};
use super::ledger::Ledger;
use super::part::{Event, Part, World};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use hmap::{Allocator, Cursor, Entry, Equivalent, Go, Hmap, Policy, SameHeap};

pub type Map<'w, A, const K: usize, const V: usize, P = Go> =
    Hmap<Part<'w, K>, Part<'w, V>, Identity, A, P>;

/// What the tests ask an allocator about.
pub trait Books {
    fn live_bytes(&self) -> usize;
    /// Calls of `allocate`, refused ones too.
    fn calls(&self) -> usize;
    /// Calls of `deallocate`.
    fn freed(&self) -> usize;
    fn refused(&self) -> usize;
    /// Refuses the next call, if it can.
    fn refuse_next(&self) {}
    /// Refuses none any more.
    fn grant_all(&self) {}
}

impl Books for Ledger {
    fn live_bytes(&self) -> usize {
        self.live_bytes()
    }

    fn calls(&self) -> usize {
        self.calls()
    }

    fn freed(&self) -> usize {
        self.freed()
    }

    fn refused(&self) -> usize {
        self.refused()
    }

    fn refuse_next(&self) {
        self.refuse_one_after(0);
    }

    fn grant_all(&self) {
        self.grant_all();
    }
}

/// The value that acts give to what they insert or change, unless told otherwise.
pub const FRESH: u64 = 77_777;

/// One operation.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Insert(Key),
    InsertWithinCapacity(Key),
    EntryOrInsert(Key),
    EntryRemove(Key),
    Remove(Key),
    Delete(Key),
    Change(Key),
    /// So many keys from this one on, spread if it is, else in its chain.
    TryExtend(Key, u32),
    TryReserve(usize),
    TryPresize(usize),
    TryClone,
    /// A clone of fewer entries becomes one of all.
    TryCloneFrom,
    ShrinkTo(usize),
    GrowStep(usize),
    FinishGrowth,
    With(With),
    Clear,
    /// All but every n-th.
    Retain(u64),
    /// Every n-th, until so many have come.
    ExtractIf(u64, usize),
    /// So many, and the iterator is dropped.
    Drain(usize),
    IterMut,
    Walk,
    /// So many, and the iterator is dropped; there is no map after it.
    IntoIter(usize),
}

/// An act found no room; the map holds what it held, or part of what was to come.
#[derive(Debug)]
pub struct Refused;

/// A key that is looked for.
struct Sought<'w>(Key, &'w World);

impl Hash for Sought<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.1.happens(Event::Hash);
        self.0.hash(state);
    }
}

impl<const K: usize> Equivalent<Part<'_, K>> for Sought<'_> {
    fn equivalent(&self, key: &Part<'_, K>) -> bool {
        key.check();
        self.1.happens(Event::Eq);
        self.0 == key.of
    }
}

pub struct Scene<'w, A: Allocator, const K: usize, const V: usize, P: Policy = Go> {
    map: Option<Map<'w, A, K, V, P>>,
    pub oracle: BTreeMap<Key, u64>,
    books: &'w dyn Books,
    world: &'w World,
    forgiven: Leak,
    is_of_blocks: bool,
    /// The value that acts give to what they insert or change.
    pub fresh: u64,
}

/// What a map does not have any more and did not give back.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Leak {
    pub parts: usize,
    pub bytes: usize,
}

impl<'w, A: SameHeap, const K: usize, const V: usize, P: Policy> Scene<'w, A, K, V, P> {
    /// Takes an empty map that has the allocator and the world to itself.
    pub fn of(map: Map<'w, A, K, V, P>, books: &'w dyn Books, world: &'w World) -> Self {
        Self {
            map: Some(map),
            oracle: BTreeMap::new(),
            books,
            world,
            forgiven: Leak::default(),
            is_of_blocks: false,
            fresh: FRESH,
        }
    }

    /// The same of a map of blocks, whose directory may have grown part of the way when memory for
    /// all of it was refused.
    pub fn of_blocks(map: Map<'w, A, K, V, P>, books: &'w dyn Books, world: &'w World) -> Self {
        Self {
            is_of_blocks: true,
            ..Self::of(map, books, world)
        }
    }

    pub fn map(&mut self) -> &mut Map<'w, A, K, V, P> {
        self.map.as_mut().expect("the map is not consumed yet")
    }

    pub fn is_consumed(&self) -> bool {
        self.map.is_none()
    }

    /// Takes what the map holds for right, and what has leaked for lost.
    pub fn forgive(&mut self) {
        let entries = self.map.iter().flatten();
        self.oracle = entries.map(|(key, value)| (key.of, value.of.id)).collect();
        self.forgiven = self.leak();
    }

    /// What has leaked.
    #[track_caller]
    pub fn leak(&self) -> Leak {
        let (mut parts, mut bytes) = (0, 0);
        if let Some(map) = &self.map {
            (parts, bytes) = (2 * map.len(), map.allocation_size());
            assert_eq!(map.footprint().heap(), bytes);
        }
        let less = |all: usize, held| all.checked_sub(held).expect("it is there");
        Leak {
            parts: less(self.world.live(), parts),
            bytes: less(self.books.live_bytes(), bytes),
        }
    }

    /// Invariants, contents, books, and how many parts live.
    #[track_caller]
    pub fn check(&self) {
        assert_eq!(self.world.dropped_twice(), 0);
        assert_eq!(self.leak(), self.forgiven);
        if let Some(map) = &self.map {
            self.check_map(map);
        }
    }

    #[track_caller]
    fn check_map(&self, map: &Map<'w, A, K, V, P>) {
        assert_eq!(map.validate(), Ok(()));
        assert_eq!(map.len(), self.oracle.len());
        let mut count = 0;
        for (key, value) in map {
            value.check();
            assert_eq!(self.oracle.get(&key.of), Some(&value.of.id), "{key:?}");
            count += 1;
        }
        assert_eq!(count, map.len());
        if cfg!(miri) {
            // `validate` has looked all of them up, and took long.
            return;
        }
        for (key, worth) in &self.oracle {
            let found = map.get(&Sought(*key, self.world));
            assert_eq!(found.map(|value| value.of.id), Some(*worth), "{key:?}");
        }
    }

    /// Does it, and expects of it what the oracle says. After a refusal the map is not
    /// checked: that is [`check`](Self::check)'s.
    #[track_caller]
    pub fn act(&mut self, act: Act) -> Result<(), Refused> {
        let (calls, refused) = (self.books.calls(), self.books.refused());
        let freed = self.books.freed();
        let (may_allocate, may_give_back) = (self.may_allocate(act), self.may_give_back(act));
        let done = self.perform(act);
        if !may_allocate {
            assert_eq!(self.books.calls(), calls, "{act:?} called the allocator");
        }
        if !may_give_back {
            assert_eq!(self.books.freed(), freed, "{act:?} gave memory back");
        }
        if done.is_err() && !matches!(act, Act::InsertWithinCapacity(_)) {
            assert!(
                self.books.refused() > refused,
                "{act:?}: nothing was refused"
            );
        }
        done
    }

    fn may_allocate(&self, act: Act) -> bool {
        match act {
            Act::Insert(key) | Act::EntryOrInsert(key) => self.asks_for_room(key),
            Act::TryExtend(..)
            | Act::TryReserve(_)
            | Act::TryPresize(_)
            | Act::TryClone
            | Act::TryCloneFrom
            | Act::ShrinkTo(_)
            | Act::With(_) => true,
            _ => false,
        }
    }

    /// What says that it does not call the allocator calls neither half of it.
    fn may_give_back(&self, act: Act) -> bool {
        match act {
            Act::Insert(key) | Act::EntryOrInsert(key) => self.asks_for_room(key),
            Act::InsertWithinCapacity(_) | Act::Change(_) | Act::IterMut | Act::Walk => false,
            _ => true,
        }
    }

    /// Whether an insert of this key may call the allocator.
    fn asks_for_room(&self, key: Key) -> bool {
        let reserved = self.map.as_ref().is_some_and(|map| map.reserved() > 0);
        !reserved && !self.oracle.contains_key(&key)
    }

    #[track_caller]
    fn perform(&mut self, act: Act) -> Result<(), Refused> {
        match act {
            Act::Insert(key) => return self.insert(key, false),
            Act::InsertWithinCapacity(key) => return self.insert(key, true),
            Act::EntryOrInsert(key) => return self.entry_or_insert(key),
            Act::TryExtend(first, count) => return self.try_extend(first, count),
            Act::TryReserve(n) => return self.try_reserve(n),
            Act::With(with) => return self.with(with),
            Act::TryPresize(n) => {
                let (reserved, footprint) = (self.map().reserved(), self.map().footprint());
                let presized = self.map().try_presize(n);
                assert_eq!(self.map().reserved(), reserved);
                if presized.is_err() {
                    let is_same = self.map().footprint() == footprint;
                    assert!(is_same || self.is_of_blocks);
                    return Err(Refused);
                }
                assert!(self.map().capacity() >= n);
            }
            Act::ShrinkTo(n) => {
                let bytes = self.books.live_bytes();
                let shrunk = self.map().shrink_to(n);
                assert!(self.books.live_bytes() <= bytes, "larger than before");
                shrunk.map_err(|_| Refused)?;
                assert_eq!(self.map().reserved(), 0);
            }
            Act::TryClone => return self.try_clone(),
            Act::TryCloneFrom => return self.try_clone_from(),
            Act::EntryRemove(key) => self.entry_remove(key),
            Act::Remove(key) => {
                let sought = Sought(key, self.world);
                let removed = self.map().remove_entry(&sought);
                self.has_left(key, removed);
            }
            Act::Delete(key) => {
                let sought = Sought(key, self.world);
                let was_there = self.map().delete(&sought);
                assert_eq!(was_there, self.oracle.remove(&key).is_some());
            }
            Act::Change(key) => {
                let (sought, fresh) = (Sought(key, self.world), self.fresh);
                if let Some(value) = self.map().get_mut(&sought) {
                    value.set(fresh);
                    *self.oracle.get_mut(&key).expect("it is there") = fresh;
                }
            }
            Act::GrowStep(chains) => {
                let left = self.map().grow_step(chains);
                assert_eq!(left, self.map().is_growing());
            }
            Act::FinishGrowth => {
                self.map().finish_growth();
                assert!(!self.map().is_growing());
            }
            Act::Clear => {
                self.map().clear();
                self.oracle.clear();
            }
            Act::Retain(n) => self.retain(n),
            Act::ExtractIf(n, most) => self.extract_if(n, most),
            Act::Drain(most) => self.drain(most),
            Act::IterMut => self.iter_mut(),
            Act::Walk => self.walk(),
            Act::IntoIter(most) => self.consume(most),
        }
        Ok(())
    }

    fn pair(&self, key: Key) -> (Part<'w, K>, Part<'w, V>) {
        (
            Part::new(key, self.world),
            Part::value(self.fresh, self.world),
        )
    }

    /// What came back is what was given.
    #[track_caller]
    fn came_back(&self, given: Key, (key, value): (Part<'w, K>, Part<'w, V>)) {
        key.check();
        value.check();
        assert_eq!((key.of, value.of.id), (given, self.fresh));
        assert!(
            !self.oracle.contains_key(&given),
            "overwriting needs no room"
        );
    }

    #[track_caller]
    fn has_left(&mut self, key: Key, entry: Option<(Part<'w, K>, Part<'w, V>)>) {
        let entry = entry.as_ref();
        if let Some((key, value)) = entry {
            key.check();
            value.check();
        }
        let ids = entry.map(|(key, value)| (key.of, value.of.id));
        assert_eq!(ids, self.oracle.remove_entry(&key));
    }

    fn insert(&mut self, key: Key, within_capacity: bool) -> Result<(), Refused> {
        let (given, value) = self.pair(key);
        let result = if within_capacity {
            self.map().insert_within_capacity(given, value)
        } else {
            self.map()
                .insert(given, value)
                .map_err(|error| error.into_pair())
        };
        match result {
            Ok(old) => {
                let old = old.map(|value| value.of.id);
                assert_eq!(old, self.oracle.insert(key, self.fresh));
                Ok(())
            }
            Err(pair) => {
                self.came_back(key, pair);
                Err(Refused)
            }
        }
    }

    fn entry_or_insert(&mut self, key: Key) -> Result<(), Refused> {
        let given = Part::new(key, self.world);
        let (world, fresh) = (self.world, self.fresh);
        let value = || {
            world.happens(Event::Closure);
            Part::value(fresh, world)
        };
        match self.map().entry(given).or_insert_with(value) {
            Ok(value) => {
                let worth = value.of.id;
                assert_eq!(worth, *self.oracle.entry(key).or_insert(fresh));
                Ok(())
            }
            Err(error) => {
                self.came_back(key, error.into_pair());
                Err(Refused)
            }
        }
    }

    fn entry_remove(&mut self, key: Key) {
        let given = Part::new(key, self.world);
        let removed = match self.map().entry(given) {
            Entry::Occupied(entry) => Some(entry.remove_entry()),
            Entry::Vacant(_) => None,
        };
        self.has_left(key, removed);
    }

    fn try_extend(&mut self, first: Key, count: u32) -> Result<(), Refused> {
        let (world, fresh) = (self.world, self.fresh);
        let is_spread = first == Key::spread(first.id);
        let key = move |number: u32| {
            let id = first.id + u64::from(number);
            let chained = Key {
                id,
                hash: first.hash ^ in_top_byte(number as u8),
            };
            if is_spread { Key::spread(id) } else { chained }
        };
        let mut pairs = (0..count).map(|number| {
            world.happens(Event::Closure);
            (Part::new(key(number), world), Part::value(fresh, world))
        });
        let result = self.map().try_extend(&mut pairs);
        let left = pairs.len() as u32;
        let inserted = count - left - u32::from(result.is_err());
        self.oracle
            .extend((0..inserted).map(|number| (key(number), fresh)));
        result.map_err(|error| {
            self.came_back(key(inserted), error.into_pair());
            Refused
        })
    }

    fn try_reserve(&mut self, n: usize) -> Result<(), Refused> {
        let (before, footprint) = (self.map().reserved(), self.map().footprint());
        let result = self.map().try_reserve(n);
        let reserved = self.map().reserved();
        if result.is_ok() {
            assert_eq!(reserved, usize::max(before, n));
            assert!(self.map().capacity() >= self.map().len() + n);
        } else {
            assert_eq!(reserved, before);
            assert_eq!(self.map().footprint(), footprint);
        }
        result.map_err(|_| Refused)
    }

    fn try_clone(&mut self) -> Result<(), Refused> {
        let (bytes, live) = (self.books.live_bytes(), self.world.live());
        match self.map().try_clone() {
            Ok(copy) => {
                self.check_map(&copy);
                let size = copy.allocation_size();
                assert_eq!(size, self.books.live_bytes() - bytes);
                let footprint = self.map().footprint();
                assert!(size <= footprint.first_bucket + footprint.heap(), "larger");
                Ok(())
            }
            Err(_) => {
                assert_eq!((self.books.live_bytes(), self.world.live()), (bytes, live));
                Err(Refused)
            }
        }
    }

    fn try_clone_from(&mut self) -> Result<(), Refused> {
        let mut copy = self.map().try_clone().map_err(|_| Refused)?;
        copy.retain(|key, _| key.of.id % 2 == 0);
        let footprint = copy.footprint();
        let kept = copy.len();
        match copy.try_clone_from(self.map()) {
            Ok(()) => {
                self.check_map(&copy);
                Ok(())
            }
            Err(_) => {
                assert_eq!(copy.validate(), Ok(()));
                assert_eq!(
                    (copy.len(), copy.footprint().cells),
                    (kept, footprint.cells)
                );
                Err(Refused)
            }
        }
    }

    fn retain(&mut self, n: u64) {
        let world = self.world;
        let chosen = |key: Key| key.id % n == 0;
        self.map().retain(|key, value| {
            value.check();
            world.happens(Event::Closure);
            !chosen(key.of)
        });
        self.oracle.retain(|key, _| !chosen(*key));
    }

    fn extract_if(&mut self, n: u64, most: usize) {
        let world = self.world;
        let entries = self.map().extract_if(|key, value| {
            value.check();
            world.happens(Event::Closure);
            key.of.id % n == 0
        });
        let extracted: Vec<_> = entries.take(most).collect();
        for (key, value) in extracted {
            self.has_left(key.of, Some((key, value)));
        }
    }

    fn drain(&mut self, most: usize) {
        let drained: Vec<_> = self.map().drain().take(most).collect();
        for (key, value) in drained {
            self.has_left(key.of, Some((key, value)));
        }
        self.oracle.clear();
    }

    fn iter_mut(&mut self) {
        let (world, fresh) = (self.world, self.fresh);
        self.map().iter_mut().for_each(|(_, value)| {
            world.happens(Event::Closure);
            value.set(fresh);
        });
        self.oracle.values_mut().for_each(|worth| *worth = fresh);
    }

    fn walk(&mut self) {
        let (world, fresh) = (self.world, self.fresh);
        let mut cursor = Cursor::new();
        while let Some(batch) = cursor.next_mut(self.map()) {
            batch.for_each(|(_, value)| {
                world.happens(Event::Closure);
                value.set(fresh);
            });
        }
        self.oracle.values_mut().for_each(|worth| *worth = fresh);
    }

    fn consume(&mut self, most: usize) {
        let map = self.map.take().expect("the map is not consumed yet");
        let entries: Vec<_> = map.into_iter().take(most).collect();
        for (key, value) in entries {
            self.has_left(key.of, Some((key, value)));
        }
        self.oracle.clear();
    }
}
