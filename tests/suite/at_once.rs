//! Many entries at once: an iterator that knows its length makes the array once, and one that
//! lies about it costs nothing.

use crate::support::few_or;
use crate::support::keys::{Counting, Identity, Key};
use crate::support::ledger::Ledger;
use core::ops::Range;
use hmap::introspection::OfArrays;
use hmap::{Compact, Dense, Go, HashMap, HashSet, Hmap, HmapSet, Paged, Policy};

type Map<'l, V, P = Go> = Hmap<Key, V, Identity, &'l Ledger, P>;

fn empty<V, P: Policy>(ledger: &Ledger) -> Map<'_, V, P> {
    Hmap::with_policy_in(Identity, ledger)
}

fn pairs(ids: Range<u64>) -> impl Iterator<Item = (Key, u64)> {
    ids.map(|id| (Key::spread(id), id))
}

/// The entries are these, the map is whole, and its books are right.
fn check<P: Policy>(map: &Map<'_, u64, P>, ids: Range<u64>, ledger: &Ledger) {
    assert_eq!(map.validate(), Ok(()));
    assert_eq!(map.len() as u64, ids.end - ids.start);
    assert!(
        ids.into_iter()
            .all(|id| map.get(&Key::spread(id)) == Some(&id))
    );
    assert_eq!(map.allocation_size(), ledger.live_bytes());
}

/// An iterator that says that it has so many.
struct Claims<I> {
    entries: I,
    claimed: usize,
}

impl<I: Iterator> Iterator for Claims<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.entries.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.claimed, None)
    }
}

fn claims<I: Iterator>(claimed: usize, entries: I) -> Claims<I> {
    Claims { entries, claimed }
}

const COUNTS: &[u64] = few_or(&[0, 3, 20], &[0, 1, 3, 8, 9, 27, 105, 840, 3_000]);

/// Calls of the allocator for so many entries, whose number is known or is not.
fn calls<P: Policy>(count: u64, claimed: usize) -> usize {
    let ledger = Ledger::new();
    let mut map = empty::<u64, P>(&ledger);
    map.try_extend(claims(claimed, pairs(0..count))).unwrap();
    check(&map, 0..count, &ledger);
    ledger.calls()
}

fn as_if_made_with_room<P: Policy>() {
    for &count in COUNTS {
        let ledger = Ledger::new();
        let mut map = empty::<u64, P>(&ledger);
        if count > 0 {
            map.try_presize(count as usize).unwrap();
        }
        for (key, value) in pairs(0..count) {
            map.insert(key, value).unwrap();
        }
        let at_once = calls::<P>(count, count as usize);
        assert_eq!(at_once, ledger.calls(), "{count} entries");
        assert!(at_once <= calls::<P>(count, 0), "{count} entries");
    }
}

/// Of arrays it is one, and the overflow buckets that chance wants.
fn one_array<P: Policy + OfArrays>() {
    for &count in COUNTS {
        let ledger = Ledger::new();
        let mut map = empty::<u64, P>(&ledger);
        map.try_extend(pairs(0..count)).unwrap();
        check(&map, 0..count, &ledger);
        assert!(!map.is_growing());
        let chunks = ledger.live_blocks();
        assert!(
            (ledger.calls(), ledger.freed()) == (chunks, 0) && chunks <= 3,
            "{count} entries, {chunks} blocks"
        );
    }
}

pub fn a_known_length_makes_the_array_once() {
    as_if_made_with_room::<Go>();
    as_if_made_with_room::<Compact>();
    as_if_made_with_room::<Dense>();
    as_if_made_with_room::<Paged>();
    one_array::<Go>();
    one_array::<Compact>();
}

pub fn every_face_makes_the_array_once() {
    let count = few_or(20, 840);
    let room = Hmap::<u64, ()>::try_with_capacity(count)
        .unwrap()
        .capacity();
    let blocks = |extend: &dyn Fn(&Ledger) -> usize| {
        let ledger = Ledger::new();
        assert_eq!(extend(&ledger), count);
        ledger.freed()
    };
    let keys = || (0..count as u64).map(Key::spread);
    // What has grown has given an array back; here all goes back when the map is dropped.
    let alone = blocks(&|ledger| {
        let mut map = HashMap::with_hasher_in(Identity, ledger);
        map.extend(keys().map(|key| (key, key.id)));
        assert_eq!((map.as_hmap().validate(), map.capacity()), (Ok(()), room));
        assert_eq!(ledger.freed(), 0);
        map.len()
    });
    assert!(alone <= 3);
    blocks(&|ledger| {
        let mut set: HmapSet<_, _, _> = HmapSet::with_hasher_in(Identity, ledger);
        set.try_extend(keys()).unwrap();
        assert_eq!((set.validate(), ledger.freed()), (Ok(()), 0));
        set.len()
    });
    blocks(&|ledger| {
        let mut set = HashSet::with_hasher_in(Identity, ledger);
        set.extend(keys());
        assert_eq!((set.as_hmap_set().validate(), ledger.freed()), (Ok(()), 0));
        let mut other = HashSet::with_hasher_in(Identity, ledger);
        other |= &set;
        assert!(other == set && ledger.freed() == 0);
        set.len()
    });
    let collected: HashMap<_, _, Identity> = pairs(0..count as u64).collect();
    assert!(!collected.as_hmap().is_growing() && collected.len() == count);
    let tried: Hmap<_, _, Identity> = Hmap::try_from_iter(pairs(0..count as u64)).unwrap();
    assert!(!tried.is_growing() && tried.len() == count);
    let tried: HmapSet<_, Identity> = HmapSet::try_from_iter(keys()).unwrap();
    assert!(!tried.as_hmap().is_growing() && tried.len() == count);
}

fn refused<P: Policy>() {
    let count = few_or(20, 3_000);
    let ledger = Ledger::new();
    let mut map = empty::<u64, P>(&ledger);
    // The blocks of a few entries are to be had, and no array for all.
    ledger.refuse_larger_than(few_or(1_000, 20_000));
    map.try_extend(pairs(0..count)).unwrap();
    check(&map, 0..count, &ledger);
    // All but the first call: what there is, is there.
    ledger.grant_all();
    ledger.refuse_one_after(0);
    let calls = ledger.calls();
    map.try_extend(pairs(count..3 * count)).unwrap();
    assert!(ledger.calls() > calls);
    check(&map, 0..3 * count, &ledger);
}

pub fn room_that_is_refused_is_no_error() {
    refused::<Go>();
    refused::<Compact>();
    refused::<Dense>();
    refused::<Paged>();
    // The faces that cannot fail end with the pair that finds no room, and not before.
    let ledger = Ledger::new();
    let mut map = HashMap::with_hasher_in(Identity, &ledger);
    let mut set = HashSet::with_hasher_in(Identity, &ledger);
    let count = few_or(20, 300);
    ledger.refuse_larger_than(1_000);
    map.extend(pairs(0..count));
    set.extend((0..count).map(Key::spread));
    assert!((map.len() as u64, set.len() as u64) == (count, count));
    map.extend(claims(usize::MAX, pairs(count..count + 5)));
    assert_eq!(map.as_hmap().validate(), Ok(()));
    assert_eq!(map.len() as u64, count + 5);
}

fn lies<P: Policy>(before: u64, count: u64) {
    for claimed in [
        0,
        1,
        count as usize / 2,
        count as usize + 1,
        40 * (count as usize + 1),
        few_or(400, 200_000),
        isize::MAX as usize,
        usize::MAX / 2,
        usize::MAX - 1,
        usize::MAX,
    ] {
        let ledger = Ledger::new();
        let mut map = empty::<u64, P>(&ledger);
        map.try_extend(pairs(0..before)).unwrap();
        let capacity = map.capacity();
        let mut entries = claims(claimed, pairs(before..before + count));
        map.try_extend(&mut entries).unwrap();
        check(&map, 0..before + count, &ledger);
        assert!(entries.next().is_none());
        // Nothing is left of the room for those that did not come.
        let ledger = Ledger::new();
        let mut honest = empty::<u64, P>(&ledger);
        let entries = usize::max(capacity, (before + count) as usize);
        honest.try_presize(entries).unwrap();
        for (key, value) in pairs(0..before + count) {
            honest.insert(key, value).unwrap();
        }
        // One that began to double before the end is as large as that makes it.
        let most = 2 * usize::max(honest.capacity(), 8);
        assert!(
            map.capacity() <= most,
            "{claimed} claimed, {before} and {count}: {} and {most}",
            map.capacity()
        );
    }
}

pub fn a_length_that_is_a_lie_reserves_nothing() {
    for (before, count) in [
        (0, 0),
        (0, 5),
        (0, few_or(20, 300)),
        (9, 0),
        (20, few_or(9, 100)),
    ] {
        lies::<Go>(before, count);
        lies::<Compact>(before, count);
        lies::<Dense>(before, count);
        lies::<Paged>(before, count);
    }
}

pub fn a_lie_takes_nothing_of_what_was_reserved() {
    let ledger = Ledger::new();
    let mut map = empty::<u64, Go>(&ledger);
    map.try_reserve(20).unwrap();
    map.try_extend(claims(1_000, pairs(0..5))).unwrap();
    check(&map, 0..5, &ledger);
    assert_eq!(map.reserved(), 15);
    let calls = (ledger.calls(), ledger.freed());
    for (key, value) in pairs(5..20) {
        map.insert(key, value).unwrap();
    }
    assert_eq!((ledger.calls(), ledger.freed()), calls);
}

fn known_keys<P: Policy>() {
    let ledger = Ledger::new();
    let count = few_or(20, 500);
    let mut map = empty::<u64, P>(&ledger);
    let twice = pairs(0..count).flat_map(|(key, id)| [(key, 0), (key, id)]);
    map.try_extend(claims(2 * count as usize, twice)).unwrap();
    check(&map, 0..count, &ledger);
    // Half of them are there, with another value.
    for id in 0..count {
        *map.get_mut(&Key::spread(id)).unwrap() = 0;
    }
    map.try_extend(pairs(0..2 * count)).unwrap();
    check(&map, 0..2 * count, &ledger);
    // All are there: room was made for half as many.
    let capacity = map.capacity();
    map.try_extend(pairs(0..2 * count)).unwrap();
    check(&map, 0..2 * count, &ledger);
    assert!(map.capacity() <= 4 * capacity);
}

pub fn keys_that_are_there_get_the_last_value() {
    known_keys::<Go>();
    known_keys::<Compact>();
    known_keys::<Dense>();
    known_keys::<Paged>();
}

pub fn a_few_entries_more_move_no_more_than_inserts_do() {
    let ledger = Ledger::new();
    let full = few_or(26, 3_328);
    let mut map: Hmap<_, _, Counting, _> = Hmap::with_hasher_in(Counting::default(), &ledger);
    map.try_extend(pairs(0..full)).unwrap();
    assert_eq!(map.capacity() as u64, full);
    let hashed = map.hasher().0.get();
    // A doubling is due. One insert moves two chains of it.
    map.try_extend(pairs(full..full + 1)).unwrap();
    assert!(map.is_growing());
    let moved = map.hasher().0.get() - hashed - 1;
    assert!(moved <= few_or(26, 60), "{moved} keys were moved");
    assert_eq!(map.validate(), Ok(()));
}

fn error<P: Policy>() {
    let ledger = Ledger::new();
    let mut map: Map<'_, [u8; 200], P> = empty(&ledger);
    let count = few_or(12, 100);
    let mut entries = (0..count).map(|id| (Key::spread(id), [id as u8; 200]));
    // Room for all and cells for some of them.
    ledger.refuse_all_after(few_or(8, 40));
    let error = map.try_extend(&mut entries).unwrap_err();
    assert_eq!(map.validate(), Ok(()));
    let (key, value) = error.into_pair();
    assert_eq!(key, Key::spread(map.len() as u64));
    assert!(map.capacity() >= map.len());
    ledger.grant_all();
    map.insert(key, value).unwrap();
    map.try_extend(&mut entries).unwrap();
    assert_eq!((map.validate(), map.len() as u64), (Ok(()), count));
    assert!((0..count).all(|id| map.get(&Key::spread(id)).unwrap()[7] == id as u8));
    assert_eq!(map.allocation_size(), ledger.live_bytes());
    // A map that is not made for an error leaves nothing.
    ledger.refuse_all_after(few_or(8, 40));
    let made = {
        let mut map: Map<'_, [u8; 200], P> = empty(&ledger);
        map.try_extend((0..count).map(|id| (Key::spread(id), [1; 200])))
    };
    assert!(made.is_err());
    ledger.grant_all();
    assert_eq!(map.allocation_size(), ledger.live_bytes());
}

pub fn after_an_error_the_rest_goes_into_the_room_that_was_made() {
    error::<Go>();
    error::<Compact>();
    error::<Dense>();
    error::<Paged>();
}

#[cfg(not(target_os = "none"))]
pub fn an_iterator_that_panics_leaves_what_came_before() {
    fn panicking<P: Policy>() {
        use crate::support::part::panic_on_purpose;
        use std::panic::{AssertUnwindSafe, catch_unwind};

        let ledger = Ledger::new();
        let mut map = empty::<u64, P>(&ledger);
        for (from, to) in [(0, 11), (11, 40)] {
            let entries = (from..3 * to).map(|id| match id < to {
                true => (Key::spread(id), id),
                false => panic_on_purpose(),
            });
            let caught = catch_unwind(AssertUnwindSafe(|| map.try_extend(entries)));
            assert!(caught.is_err());
            check(&map, 0..to, &ledger);
        }
        map.try_extend(pairs(40..60)).unwrap();
        check(&map, 0..60, &ledger);
    }
    panicking::<Go>();
    panicking::<Compact>();
    panicking::<Dense>();
    panicking::<Paged>();
}

fn cloned<P: Policy>() {
    for &count in COUNTS {
        let ledger = Ledger::new();
        let mut source = empty::<u64, P>(&ledger);
        source.try_extend(pairs(0..count)).unwrap();
        let before = ledger.calls();
        drop(source.try_clone().unwrap());
        let clone = ledger.calls() - before;
        for there in [0, 5, 200] {
            let mut copy = empty::<u64, P>(&ledger);
            copy.try_extend(pairs(0..there)).unwrap();
            let before = ledger.calls();
            copy.try_clone_from(&source).unwrap();
            let calls = ledger.calls() - before;
            assert!(
                calls <= clone,
                "{calls} calls and {clone}: {count} into {there}"
            );
            assert_eq!((copy.validate(), &copy), (Ok(()), &source));
            assert!(copy.allocation_size() <= source.allocation_size().max(8 << 10));
        }
    }
}

pub fn cloning_into_a_map_makes_the_array_once() {
    cloned::<Go>();
    cloned::<Compact>();
    cloned::<Dense>();
    cloned::<Paged>();
}
