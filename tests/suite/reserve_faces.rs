//! Reservation means the same on every face, and what it means in std: refused, nothing has
//! changed; granted, so many inserts need nothing. And the idiom of code that must not end
//! the program, a reservation before every insert, costs what inserting costs.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use core::fmt::Debug;
use hmap::{HashMap, HashSet, HashTable, Hmap, TryReserveError};

/// A face of the map, of one pair of types.
trait Face<'l> {
    fn new(ledger: &'l Ledger) -> Self;
    fn try_reserve(&mut self, n: usize) -> Result<(), TryReserveError>;
    /// Inserts a new key.
    fn insert(&mut self, key: Key);
    fn room(&self) -> usize;
    /// All that can be seen of its memory.
    fn memory(&self) -> impl PartialEq + Debug;
}

/// Makes a type a [`Face`].
macro_rules! face {
    ($type:ty, $new:expr, $reserve:expr, $insert:expr, $memory:expr) => {
        impl<'l> Face<'l> for $type {
            fn new(ledger: &'l Ledger) -> Self {
                $new(ledger)
            }

            fn try_reserve(&mut self, n: usize) -> Result<(), TryReserveError> {
                $reserve(self, n)
            }

            fn insert(&mut self, key: Key) {
                $insert(self, key)
            }

            fn room(&self) -> usize {
                self.capacity() - self.len()
            }

            fn memory(&self) -> impl PartialEq + Debug {
                $memory(self)
            }
        }
    };
}

/// The four faces with one type of value.
macro_rules! faces {
    ($value:ty, $default:expr) => {
        face!(
            Hmap<Key, $value, Identity, &'l Ledger>,
            |ledger| Hmap::with_hasher_in(Identity, ledger),
            |map: &mut Self, n| map.try_reserve(n),
            |map: &mut Self, key| assert_eq!(map.insert(key, $default).unwrap(), None),
            |map: &Self| {
                assert_eq!(map.validate(), Ok(()));
                map.footprint()
            }
        );
        face!(
            HashMap<Key, $value, Identity, &'l Ledger>,
            |ledger| HashMap::with_hasher_in(Identity, ledger),
            |map: &mut Self, n| map.try_reserve(n),
            |map: &mut Self, key| assert_eq!(map.insert(key, $default), None),
            |map: &Self| map.as_hmap().footprint()
        );
        face!(
            HashTable<(Key, $value), &'l Ledger>,
            HashTable::new_in,
            |table: &mut Self, n| table.try_reserve(n, |(key, _)| key.hash),
            |table: &mut Self, key: Key| {
                table.insert_unique(key.hash, (key, $default), |(key, _)| key.hash);
            },
            Self::allocation_size
        );
    };
}

faces!(u64, 0);
// Kept in cells.
faces!([u8; 200], [0; 200]);

face!(
    HashSet<Key, Identity, &'l Ledger>,
    |ledger| HashSet::with_hasher_in(Identity, ledger),
    |set: &mut Self, n| set.try_reserve(n),
    |set: &mut Self, key| assert!(set.insert(key)),
    Self::allocation_size
);

/// Calls a function with each face.
macro_rules! every_face {
    ($function:ident) => {
        every_face!($function,
            Hmap<Key, u64, Identity, &Ledger>,
            Hmap<Key, [u8; 200], Identity, &Ledger>,
            HashMap<Key, u64, Identity, &Ledger>,
            HashMap<Key, [u8; 200], Identity, &Ledger>,
            HashSet<Key, Identity, &Ledger>,
            HashTable<(Key, u64), &Ledger>,
            HashTable<(Key, [u8; 200]), &Ledger>,
        )
    };
    ($function:ident, $($face:ty),* $(,)?) => {
        $({
            let ledger = Ledger::new();
            $function(<$face as Face>::new(&ledger), &ledger);
        })*
    };
}

/// Inserts so many keys, of which some are crowded.
fn fill<'l>(face: &mut impl Face<'l>, keys: core::ops::Range<u64>) {
    for id in keys {
        face.insert(if id % 4 == 0 {
            Key::at(id, id as u32 % 4, id as u8)
        } else {
            Key::spread(id)
        });
    }
}

fn what_is_reserved_goes_in<'l>(mut face: impl Face<'l>, ledger: &Ledger) {
    // In several states of growth, and each time the worst hashes.
    let mut id = 0;
    for (more, n) in few_or(
        &[(3, 1), (24, 9)][..],
        &[(0, 1), (7, 1), (20, 40), (90, 3), (60, 200)],
    ) {
        fill(&mut face, id..id + more);
        id += more;
        face.try_reserve(*n as usize).unwrap();
        assert!(face.room() >= *n as usize);
        let before = (ledger.calls(), ledger.freed());
        ledger.refuse_all_after(0);
        for number in 0..*n {
            face.insert(Key::at(100_000 + id + number, 3, number as u8));
        }
        assert_eq!((ledger.calls(), ledger.freed()), before);
        ledger.grant_all();
        id += n;
    }
}

pub fn what_any_face_reserves_goes_in_without_the_allocator() {
    every_face!(what_is_reserved_goes_in);
}

fn refused_reservations_change_nothing<'l>(mut face: impl Face<'l>, ledger: &Ledger) {
    for entries in few_or(&[0, 1, 27][..], &[0, 1, 8, 27, 53, 105, 300]) {
        fill(&mut face, entries * 1_000..entries * 1_001);
        let before = (face.room(), ledger.live_bytes());
        // Arrays that are far too large, and sizes that no array has.
        for shift in 12..usize::BITS {
            for n in [-1, 0, 1].map(|more| (1_usize << shift).wrapping_add_signed(more)) {
                check_refusal(&mut face, ledger, n);
                assert_eq!((face.room(), ledger.live_bytes()), before, "{n}");
            }
        }
        check_refusal(&mut face, ledger, usize::MAX);
        assert_eq!((face.room(), ledger.live_bytes()), before);
    }
}

/// Of a size that cannot be had: one call at most, and nothing has changed.
fn check_refusal<'l>(face: &mut impl Face<'l>, ledger: &Ledger, n: usize) {
    let memory = alloc::format!("{:?}", face.memory());
    let (calls, freed) = (ledger.calls(), ledger.freed());
    // What lies between would be had.
    ledger.refuse_larger_than(16 << 10);
    let result = face.try_reserve(n);
    ledger.grant_all();
    let asked = match result {
        Err(TryReserveError::CapacityOverflow) => 0,
        Err(TryReserveError::AllocError { .. }) => 1,
        Ok(()) => panic!("{n} were reserved without memory"),
    };
    assert_eq!(
        (ledger.calls() - calls, ledger.freed()),
        (asked, freed),
        "{n}"
    );
    assert_eq!(alloc::format!("{:?}", face.memory()), memory, "{n}");
}

pub fn a_reservation_that_any_face_is_refused_asks_once_and_changes_nothing() {
    every_face!(refused_reservations_change_nothing);
}

pub fn a_reservation_makes_one_array_of_the_final_size() {
    let ledger = Ledger::new();
    let mut map: Hmap<u64, u64, _, _> =
        Hmap::with_hasher_in(hmap::DefaultHashBuilder::with_seed(1), &ledger);
    map.insert(1, 1).unwrap();
    let (calls, bucket) = (ledger.calls(), ledger.live_bytes());
    let n = few_or(100, 10_000);
    map.try_presize(n).unwrap();
    assert_eq!(ledger.calls() - calls, 1, "the array");
    let peak = ledger.peak_bytes();
    assert_eq!(peak - ledger.live_bytes(), bucket, "and the bucket before");
    map.try_reserve(n).unwrap();
    assert_eq!(
        ledger.calls() - calls,
        2,
        "it fits: a chunk for the worst hashes"
    );
    map.try_reserve(8 * n).unwrap();
    assert_eq!(ledger.calls() - calls, 4, "an array and a chunk");
    assert_eq!((map.get(&1), map.validate()), (Some(&1), Ok(())));
}

#[cfg(not(target_os = "none"))]
pub fn a_million_reserved_on_one_entry() {
    let peak = |reserve: fn(&mut Hmap<u64, u64, hmap::DefaultHashBuilder, &Ledger>)| {
        let ledger = Ledger::new();
        let mut map = Hmap::with_hasher_in(hmap::DefaultHashBuilder::with_seed(1), &ledger);
        map.insert(1, 1).unwrap();
        reserve(&mut map);
        assert_eq!(map.validate(), Ok(()));
        ledger.peak_bytes() as f64
    };
    let theirs = {
        let ledger = Ledger::new();
        let mut map = hashbrown::HashMap::new_in(&ledger);
        map.insert(1_u64, 1_u64);
        map.try_reserve(1_000_000).unwrap();
        ledger.peak_bytes() as f64
    };
    // By expectation: the array. For the worst hashes: an overflow bucket for every eight.
    let presized = peak(|map| map.try_presize(1_000_001).unwrap()) / theirs;
    let reserved = peak(|map| map.try_reserve(1_000_000).unwrap()) / theirs;
    assert!((1.0..1.2).contains(&presized), "{presized}");
    assert!((1.5..1.6).contains(&reserved), "{reserved}");
    // And what cannot be had is asked for once.
    let ledger = Ledger::new();
    let mut map: Hmap<u64, u64, _, _> =
        Hmap::with_hasher_in(hmap::DefaultHashBuilder::with_seed(1), &ledger);
    map.insert(1, 1).unwrap();
    ledger.refuse_larger_than(64 << 20);
    let before = (ledger.calls(), map.footprint());
    assert!(map.try_reserve(1_000_000_000).is_err());
    assert_eq!((ledger.calls() - 1, map.footprint()), before);
}

/// Calls, bytes at the end and at the peak, of so many inserts.
fn costs<'l, F: Face<'l>>(ledger: &'l Ledger, count: u64, reserve: bool) -> [usize; 3] {
    let mut face = F::new(ledger);
    for id in 0..count {
        if reserve {
            face.try_reserve(1).unwrap();
            let calls = (ledger.calls(), ledger.freed());
            face.insert(Key::spread(id));
            assert_eq!((ledger.calls(), ledger.freed()), calls);
        } else {
            face.insert(Key::spread(id));
        }
    }
    [ledger.calls(), ledger.live_bytes(), ledger.peak_bytes()]
}

/// A twentieth more memory at most, or in a map so small that it is more than that one
/// bucket for entries of type `E`, in a chunk of its own.
fn one_by_one<'l, F: Face<'l>, E>(ledgers: &'l [Ledger; 2], count: u64) -> [usize; 2] {
    let links = 3 * size_of::<usize>();
    let chunk = (links + 8).next_multiple_of(8) + 8 * size_of::<E>();
    let plain = costs::<F>(&ledgers[0], count, false);
    let reserved = costs::<F>(&ledgers[1], count, true);
    assert!(reserved[0] <= plain[0] + 4, "{reserved:?} {plain:?}");
    for memory in 1..3 {
        let (reserved, plain) = (reserved[memory], plain[memory]);
        assert!(
            reserved <= plain + usize::max(plain / 20, chunk),
            "{count} entries: {reserved} bytes, {plain} without"
        );
    }
    [plain[0], reserved[0]]
}

pub fn a_reservation_before_every_insert_costs_no_more_calls_and_hardly_more_memory() {
    for count in few_or(&[60][..], &[60, 80, 104, 500, 3_000, 3_329]) {
        let ledgers = [Ledger::new(), Ledger::new()];
        one_by_one::<Hmap<Key, u64, Identity, &Ledger>, (Key, u64)>(&ledgers, *count);
        let ledgers = [Ledger::new(), Ledger::new()];
        one_by_one::<HashMap<Key, u64, Identity, &Ledger>, (Key, u64)>(&ledgers, *count);
        let ledgers = [Ledger::new(), Ledger::new()];
        one_by_one::<HashTable<(Key, u64), &Ledger>, (Key, u64)>(&ledgers, *count);
        let ledgers = [Ledger::new(), Ledger::new()];
        one_by_one::<HashSet<Key, Identity, &Ledger>, Key>(&ledgers, *count);
    }
}

#[cfg(not(target_os = "none"))]
pub fn half_a_million_inserts_with_a_reservation_before_each() {
    let ledgers = [Ledger::new(), Ledger::new()];
    let calls = one_by_one::<HashMap<Key, u64, Identity, &Ledger>, (Key, u64)>(&ledgers, 500_000);
    assert!(calls[1] <= 60, "{calls:?}");
}
