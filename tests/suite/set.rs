//! `HmapSet`: what is inserted may find no room, and comes back.

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::{few_or, looks_after};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::hash::{Hash, Hasher};
use hmap::hmap_set::Entry;
use hmap::{
    Compact, Cursor, FirstBucket, Global, Go, HashMap, HashSet, Hmap, HmapSet, Policy,
    SetInsertError, TryReserveError,
};

/// A set in the ledger's memory, whose hashes the test chooses.
type Set<'l, T, P = Go> = HmapSet<T, Identity, &'l Ledger, P>;

fn empty<T, P: Policy>(ledger: &Ledger) -> Set<'_, T, P> {
    HmapSet::with_policy_in(Identity, ledger)
}

/// A set of the keys `ids`, with nothing refused.
fn set_of(ids: impl IntoIterator<Item = u64>, ledger: &Ledger) -> Set<'_, Key> {
    let mut set = empty(ledger);
    set.try_extend(ids.into_iter().map(Key::spread)).unwrap();
    set
}

fn ids<'a>(values: impl IntoIterator<Item = &'a Key>) -> BTreeSet<u64> {
    values.into_iter().map(|value| value.id).collect()
}

#[track_caller]
fn check<P: Policy>(set: &Set<'_, Key, P>, oracle: &BTreeSet<u64>, ledger: &Ledger) {
    assert_eq!(set.validate(), Ok(()));
    assert_eq!(set.allocation_size(), ledger.live_bytes());
    assert_eq!(set.footprint().heap(), ledger.live_bytes());
    assert_eq!(
        (set.len(), set.is_empty()),
        (oracle.len(), oracle.is_empty())
    );
    assert_eq!(&ids(set), oracle);
}

pub fn random_operations_on_a_set() {
    random_operations::<Go>(1);
    random_operations::<Compact>(2);
}

fn random_operations<P: Policy>(seed: u64) {
    let ledger = Ledger::new();
    let mut set: Set<'_, Key, P> = empty(&ledger);
    let mut oracle = BTreeSet::new();
    let mut random = fastrand::Rng::with_seed(seed);
    for step in 0..few_or(150, 4_000) {
        let id = random.u64(0..200);
        let key = Key::spread(id);
        match random.u32(0..9) {
            0..=2 => assert_eq!(set.insert(key).ok(), Some(oracle.insert(id))),
            3 => assert_eq!(
                set.get_or_insert(key).ok(),
                (oracle.insert(id), Some(&key)).1
            ),
            4 => assert_eq!(set.replace(key).unwrap().is_none(), oracle.insert(id)),
            5 => assert_eq!(set.remove(&key), oracle.remove(&id)),
            6 => assert_eq!(set.take(&key), oracle.remove(&id).then_some(key)),
            7 => match set.entry(key) {
                Entry::Occupied(entry) => {
                    assert_eq!(entry.get(), &key);
                    assert_eq!((entry.remove(), oracle.remove(&id)), (key, true));
                }
                Entry::Vacant(place) => {
                    assert_eq!(place.get(), &key);
                    assert_eq!(place.insert().unwrap().into_ref(), &key);
                    assert!(oracle.insert(id));
                }
            },
            _ => {
                assert_eq!(set.contains(&key), oracle.contains(&id));
                assert_eq!(set.get(&key), oracle.contains(&id).then_some(&key));
            }
        }
        if looks_after(step) {
            check(&set, &oracle, &ledger);
        }
    }
    set.retain(|key| key.id % 2 == 0);
    oracle.retain(|id| id % 2 == 0);
    check(&set, &oracle, &ledger);
    let taken = set.extract_if(|key| key.id % 4 == 0).count();
    assert_eq!(taken, oracle.iter().filter(|id| *id % 4 == 0).count());
    oracle.retain(|id| id % 4 != 0);
    check(&set, &oracle, &ledger);
    let copy = set.try_clone().unwrap();
    assert_eq!((copy == set, copy.validate()), (true, Ok(())));
    drop(copy);
    assert_eq!(set.drain().count(), oracle.len());
    check(&set, &BTreeSet::new(), &ledger);
}

/// A value with an allocation of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Large {
    key: Key,
    rest: [u64; 16],
}

impl Hash for Large {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Large {
    fn of(id: u64) -> Self {
        Self {
            key: Key::spread(id),
            rest: [id; 16],
        }
    }
}

/// Puts a value in, in the way of this number.
fn put<T: Eq + Hash>(set: &mut Set<'_, T>, value: T, way: u64) -> Result<(), SetInsertError<T>> {
    match way % 5 {
        0 => set.insert(value).map(drop),
        1 => set.replace(value).map(drop),
        2 => set.get_or_insert(value).map(drop),
        3 => set.entry(value).insert().map(drop),
        _ => set.try_extend([value]),
    }
}

pub fn a_value_that_finds_no_room_comes_back_whichever_way_it_goes_in() {
    let (calls, count) = few_or((8, 10), (60, 60));
    let mut came_back = 0;
    for refused in 0..calls {
        let ledger = Ledger::new();
        let mut set = empty(&ledger);
        ledger.refuse_one_after(refused);
        for id in 0..count {
            while let Err(error) = put(&mut set, Large::of(id), id) {
                came_back += 1;
                assert!(matches!(error.reason(), TryReserveError::AllocError { .. }));
                assert_eq!(error.value(), &Large::of(id));
                assert_eq!(error.into_value(), Large::of(id));
                assert_eq!((set.len() as u64, set.validate()), (id, Ok(())));
            }
        }
        assert_eq!(ledger.refused(), 1, "there is no call {refused} to refuse");
        assert_eq!((set.len() as u64, set.validate()), (count, Ok(())));
        assert_eq!(set.allocation_size(), ledger.live_bytes());
    }
    // Most calls are for one value.
    assert!(came_back > calls * 8 / 10, "{came_back} values came back");
}

pub fn extending_a_set_stops_at_the_value_that_finds_no_room() {
    let ledger = Ledger::new();
    let mut set = set_of(0..8, &ledger);
    ledger.refuse_all_after(0);
    let mut values = (0..20).map(Key::spread);
    let error = set.try_extend(&mut values).unwrap_err();
    let said = "no room for the value: the allocator refused ";
    assert!(error.to_string().starts_with(said), "{error}");
    assert_eq!(
        format!("{error:?}").split_once(' ').unwrap().0,
        "SetInsertError"
    );
    assert_eq!(error.into_value(), Key::spread(8));
    assert_eq!(values.next(), Some(Key::spread(9)));
    check(&set, &(0..8).collect(), &ledger);
    // Nothing that is there needs memory.
    assert_eq!(set.insert(Key::spread(3)).ok(), Some(false));
    assert_eq!(set.replace(Key::spread(3)).unwrap(), Some(Key::spread(3)));
    assert_eq!(
        set.get_or_insert(Key::spread(3)).ok(),
        Some(&Key::spread(3))
    );
    assert!(matches!(
        set.try_clone(),
        Err(TryReserveError::AllocError { .. })
    ));
    check(&set, &(0..8).collect(), &ledger);
}

pub fn values_that_are_reserved_for_go_in_without_the_allocator() {
    let ledger = Ledger::new();
    let mut set: Set<'_, Key> = empty(&ledger);
    assert_eq!(
        set.insert_within_capacity(Key::spread(0)),
        Err(Key::spread(0))
    );
    let count = few_or(20, 100);
    set.try_reserve(count as usize).unwrap();
    assert_eq!(set.reserved(), count as usize);
    let calls = ledger.calls();
    for id in 0..count {
        assert_eq!(set.insert_within_capacity(Key::spread(id)), Ok(true));
        assert_eq!(set.insert_within_capacity(Key::spread(id)), Ok(false));
    }
    assert_eq!((ledger.calls(), set.reserved()), (calls, 0));
    check(&set, &(0..count).collect(), &ledger);
}

pub fn a_set_grows_and_shrinks_as_its_map_does() {
    let ledger = Ledger::new();
    let count = few_or(27, 105);
    // What is known to come makes the array at once: the last one comes alone.
    let mut set = set_of(0..count - 1, &ledger);
    assert_eq!(set.insert(Key::spread(count - 1)).ok(), Some(true));
    assert_eq!((set.is_growing(), set.as_hmap().is_growing()), (true, true));
    assert!(set.grow_step(1));
    check(&set, &(0..count).collect(), &ledger);
    set.finish_growth();
    assert!(!set.is_growing() && !set.is_growth_deferred());
    assert_eq!(set.chain_stats().entries as u64, count);
    set.try_presize(400).unwrap();
    assert!(set.capacity() >= 400);
    set.retain(|value| value.id < 5);
    set.shrink_to(50).unwrap();
    assert_eq!(set.capacity(), 52);
    set.shrink_to_fit().unwrap();
    assert_eq!(set.capacity(), 8);
    check(&set, &(0..5).collect(), &ledger);
    set.clear();
    set.shrink_to_fit().unwrap();
    assert_eq!(ledger.live_blocks(), 0);
}

pub fn two_sets_are_compared_and_combined() {
    let ledger = Ledger::new();
    let count = few_or(20, 60);
    for (from, to) in [(0, 0), (0, count), (count / 2, count + 10), (3, 5)] {
        let (left, right): (BTreeSet<_>, BTreeSet<_>) =
            ((0..count).collect(), (from..to).collect());
        let (a, b) = (set_of(0..count, &ledger), set_of(from..to, &ledger));
        // Each value once, so the numbers are those of the oracle, too.
        assert_eq!(ids(a.union(&b)), &left | &right);
        assert_eq!(a.union(&b).count(), (&left | &right).len());
        assert_eq!(ids(a.intersection(&b)), &left & &right);
        assert_eq!(ids(a.difference(&b)), &left - &right);
        assert_eq!(ids(b.difference(&a)), &right - &left);
        assert_eq!(ids(a.symmetric_difference(&b)), &left ^ &right);
        assert_eq!(a.symmetric_difference(&b).count(), (&left ^ &right).len());
        assert_eq!(a.is_disjoint(&b), left.is_disjoint(&right));
        assert_eq!(a.is_subset(&b), left.is_subset(&right));
        assert_eq!(b.is_subset(&a), right.is_subset(&left));
        assert_eq!(a.is_superset(&b), left.is_superset(&right));
        assert_eq!(a == b, left == right);
    }
}

pub fn a_cursor_walks_a_set_through_its_map() {
    let ledger = Ledger::new();
    let mut set = set_of(0..few_or(27, 105), &ledger);
    let (mut cursor, mut seen) = (Cursor::new(), Vec::new());
    while let Some(batch) = cursor.next(set.as_hmap()) {
        seen.extend(batch.map(|(value, ())| value.id));
        // What comes while it walks is seen or not; what stays is seen once.
        let id = 1000 + seen.len() as u64;
        set.insert(Key::spread(id)).unwrap();
    }
    seen.retain(|id| *id < 1000);
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..few_or(27, 105)));
}

pub fn eight_values_of_a_set_need_no_allocation() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let mut set = HmapSet::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    for id in 0..8 {
        assert_eq!(set.insert(Key::spread(id)).ok(), Some(true));
    }
    assert_eq!((ledger.calls(), set.validate()), (0, Ok(())));
    set.insert(Key::spread(8)).unwrap();
    assert_eq!(set.allocation_size(), ledger.live_bytes());
    assert!(set.allocation_size() > 0);
}

pub fn a_set_a_map_and_a_set_of_hashbrowns_face_are_one() {
    const NONE: HmapSet<String> = HmapSet::new_in(Global);
    let mut set = NONE;
    for word in ["hmap", "bmap", "hmap"] {
        set.insert(word.to_string()).unwrap();
    }
    let mut map: Hmap<String, ()> = set.into();
    assert_eq!(map.insert("tophash".to_string(), ()).unwrap(), None);
    let mut set = HashSet::from(HmapSet::from(map));
    set.insert("seed".to_string());
    assert_eq!(set.as_hmap_set().len(), 4);
    assert!(set.as_hmap_set_mut().remove("seed"));
    let map: HashMap<String, ()> = set.into();
    let set = HmapSet::from(HashSet::from(map));
    assert_eq!((set.len(), set.get("bmap")), (3, Some(&"bmap".to_string())));
    assert_eq!(set.validate(), Ok(()));
}

pub fn a_set_and_its_places_can_be_shown() {
    let mut set: HmapSet<&str> = HmapSet::new();
    set.insert("a").unwrap();
    assert_eq!(format!("{set:?} {:?}", set.iter()), r#"{"a"} ["a"]"#);
    assert_eq!(
        format!("{:?}", set.entry("a")),
        r#"OccupiedEntry { value: "a" }"#
    );
    assert_eq!(format!("{:?}", set.entry("b")), r#"VacantEntry("b")"#);
    assert_eq!(format!("{:?}", set.union(&set)), r#"["a"]"#);
    assert_eq!(vec!["a"], set.into_iter().collect::<Vec<_>>());
}
