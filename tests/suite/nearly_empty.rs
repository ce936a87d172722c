//! Maps that were large once: what goes over them goes by what they hold.
//!
//! From 256 buckets on an array has a bit for each chain (under Miri from 16 on); `validate` holds
//! every one of them to what its chain has.

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::{few_or, few_some_or};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use fastrand::Rng;
use hmap::{Compact, Cursor, Dense, Go, HashMap, HashSet, HashTable, Hmap, HmapSet, Paged, Policy};

type Map<'l, P = Go, V = u64> = Hmap<Key, V, Identity, &'l Ledger, P>;

/// With the feature `small-code` no array has bits.
const HAS_BITS: bool = !cfg!(feature = "small-code");

/// Entries that make an array with bits: 512 buckets, or under Miri 32.
const MANY: u64 = few_or(150, 3_000);

/// Those whose number this divides are left.
const LEFT: u64 = few_or(50, 300);

/// A map that held many entries, and holds a few.
fn peaked<'l, P: Policy>(ledger: &'l Ledger, many: u64) -> Map<'l, P> {
    let mut map = Hmap::with_policy_in(Identity, ledger);
    for id in 0..many {
        map.insert(Key::spread(id), id).unwrap();
    }
    map.retain(|key, _| key.id % LEFT == 0);
    assert_eq!(map.validate(), Ok(()));
    map
}

fn ids<P: Policy>(map: &Map<'_, P>) -> BTreeSet<u64> {
    let ids: BTreeSet<u64> = map.iter().map(|(key, _)| key.id).collect();
    assert_eq!(ids.len(), map.len(), "each once");
    ids
}

fn left() -> BTreeSet<u64> {
    (0..MANY).filter(|id| id % LEFT == 0).collect()
}

/// Puts entries into a map that has few, so that it has many, and takes them out again; expects to
/// find what is there with each step.
fn is_whole<P: Policy>(map: &mut Map<'_, P>) {
    let before = ids(map);
    for id in MANY..MANY + few_or(20, 300) {
        map.insert(Key::spread(id), id).unwrap();
    }
    assert_eq!(map.validate(), Ok(()));
    assert!(before.iter().all(|id| map.contains_key(&Key::spread(*id))));
    assert_eq!(ids(map).len(), before.len() + few_or(20, 300));
    map.retain(|key, _| key.id < MANY);
    assert_eq!((map.validate(), ids(map)), (Ok(()), before));
}

/// A map of few entries that moves from one array to another, if the policy has growths.
fn in_a_growth<P: Policy>(ledger: &Ledger) -> Option<Map<'_, P>> {
    let mut map = Hmap::with_policy_in(Identity, ledger);
    for id in 0..4 * MANY {
        map.insert(Key::spread(id), id).unwrap();
        if id >= MANY && map.is_growing() {
            map.retain(|key, _| key.id < MANY && key.id % LEFT == 0);
            return Some(map);
        }
    }
    None
}

fn each_way_of<P: Policy>() {
    let ledger = Ledger::new();
    each_way_in::<P>(&ledger);
    assert_eq!(ledger.live_blocks(), 0);
}

fn each_way_in<P: Policy>(ledger: &Ledger) {
    // Iterated and copied.
    let mut map = peaked::<P>(ledger, MANY);
    assert_eq!(ids(&map), left());
    let mut copy = map.try_clone().unwrap();
    assert_eq!((copy.validate(), &copy), (Ok(()), &map));
    is_whole(&mut copy);
    // Cloned into, in the memory that is there.
    copy.try_clone_from(&map).unwrap();
    assert_eq!((copy.validate(), &copy), (Ok(()), &map));
    is_whole(&mut copy);
    // The same where both have arrays of one size.
    let mut copy = peaked::<P>(ledger, MANY);
    copy.try_clone_from(&map).unwrap();
    assert_eq!((copy.validate(), &copy), (Ok(()), &map));
    is_whole(&mut copy);
    // Copied in a growth.
    if let Some(map) = in_a_growth::<P>(ledger) {
        assert!(map.is_growing());
        let mut copy = map.try_clone().unwrap();
        assert_eq!((copy.validate(), &copy), (Ok(()), &map));
        is_whole(&mut copy);
    }
    // Retained.
    map.retain(|key, _| key.id % (2 * LEFT) == 0);
    assert_eq!(map.validate(), Ok(()));
    assert_eq!(ids(&map).len(), left().len().div_ceil(2));
    is_whole(&mut map);
    // Taken out.
    let mut map = peaked::<P>(ledger, MANY);
    let odd = map.extract_if(|key, _| key.id % (2 * LEFT) != 0).count();
    assert_eq!((map.validate(), odd), (Ok(()), left().len() / 2));
    is_whole(&mut map);
    let mut map = peaked::<P>(ledger, MANY);
    assert_eq!(map.drain().count(), left().len());
    assert_eq!((map.validate(), map.len()), (Ok(()), 0));
    is_whole(&mut map);
    // Cleared.
    let mut map = peaked::<P>(ledger, MANY);
    map.clear();
    assert_eq!((map.validate(), map.iter().count()), (Ok(()), 0));
    is_whole(&mut map);
    // Shrunk, to more than is there.
    let mut map = peaked::<P>(ledger, MANY);
    map.shrink_to(MANY as usize / 2).unwrap();
    assert_eq!((map.validate(), ids(&map)), (Ok(()), left()));
    map.shrink_to_fit().unwrap();
    assert_eq!((map.validate(), ids(&map)), (Ok(()), left()));
    assert_eq!(map.into_iter().count(), left().len());
}

pub fn whatever_goes_over_a_map_with_few_entries_finds_them() {
    each_way_of::<Go>();
    each_way_of::<Compact>();
    // They have no bits, and other tests under Miri.
    if !cfg!(miri) {
        each_way_of::<Dense>();
        each_way_of::<Paged>();
    }
}

/// Chains of more than a bucket are emptied, which keep their overflow buckets in Go's map.
fn long_chains_emptied<P: Policy>() {
    let ledger = Ledger::new();
    let buckets = few_or(16, 256_u32);
    for forget in few_or(&[true][..], &[false, true]).iter().copied() {
        let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
        map.try_presize(buckets as usize * 13 / 2).unwrap();
        let chains = [0, 1, buckets / 2, buckets - 1];
        let entries = few_or(9, 20) * chains.len();
        let fill = |map: &mut Map<'_, P>| {
            for (id, chain) in
                (0..few_or(9, 20)).flat_map(|id| chains.map(move |chain| (id, chain)))
            {
                let id = id * u64::from(buckets) + u64::from(chain);
                map.insert(Key::at(id, chain, id as u8), id).unwrap();
            }
            assert_eq!((map.validate(), map.len()), (Ok(()), entries));
        };
        fill(&mut map);
        for (key, _) in ids_and_chains(&map, |chain| chain != chains[2]) {
            assert!(map.remove(&key).is_some());
            if key.id % few_or(5, 1) == 0 {
                assert_eq!(map.validate(), Ok(()));
            }
        }
        if forget {
            core::mem::forget(map.extract_if(|_, _| true).take(7));
        }
        // Their overflow buckets are free for others now, and hang in no chain of before.
        map.clear();
        assert_eq!(map.validate(), Ok(()));
        fill(&mut map);
        map.retain(|_, _| false);
        assert_eq!((map.validate(), map.len()), (Ok(()), 0));
        fill(&mut map);
        assert_eq!(map.drain().count(), entries);
        fill(&mut map);
    }
}

fn ids_and_chains<P: Policy>(map: &Map<'_, P>, keep: impl Fn(u32) -> bool) -> Vec<(Key, u64)> {
    let buckets = few_or(16, 256_u64);
    let entries = map.iter().map(|(key, id)| (*key, *id));
    entries
        .filter(|(_, id)| keep((id % buckets) as u32))
        .collect()
}

pub fn long_chains_that_are_emptied_leave_nothing_behind() {
    long_chains_emptied::<Go>();
    long_chains_emptied::<Compact>();
}

/// Random operations from before a growth to behind it.
fn random_operations<P: Policy>(seed: u64) {
    let ledger = Ledger::new();
    let mut rng = Rng::with_seed(seed);
    let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
    let mut model = BTreeMap::new();
    // The growth to 512 buckets is due, or under Miri to 32.
    for id in 0..few_or(100, 1_660) {
        map.insert(Key::spread(id), id).unwrap();
        model.insert(id, id);
    }
    let range = few_or(150, 2_000);
    for step in 0..few_or(60, 600) {
        match rng.u8(0..20) {
            0 => {
                let (modulus, rest) = (rng.u64(2..6), rng.u64(0..2));
                map.retain(|key, _| key.id % modulus != rest);
                model.retain(|id, _| id % modulus != rest);
            }
            1 if map.is_growing() => {
                map.grow_step(rng.usize(1..20));
            }
            2 => map = map.try_clone().unwrap(),
            3..8 => {
                let id = rng.u64(0..range);
                assert_eq!(map.remove(&Key::spread(id)), model.remove(&id));
            }
            _ => {
                for _ in 0..rng.u8(1..8) {
                    let id = rng.u64(0..range);
                    map.insert(Key::spread(id), step).unwrap();
                    model.insert(id, step);
                }
            }
        }
        if step % few_or(4, 8) == 0 {
            assert_eq!(map.validate(), Ok(()), "step {step}");
            assert!(
                map.iter()
                    .map(|(key, _)| &key.id)
                    .copied()
                    .collect::<BTreeSet<_>>()
                    .iter()
                    .eq(model.keys())
            );
        }
    }
    assert_eq!(map.len(), model.len());
}

pub fn random_operations_in_a_growth_lose_no_chain() {
    for seed in 0..few_or(1, 4) {
        random_operations::<Go>(seed);
        random_operations::<Compact>(seed);
    }
}

/// Takes an entry out of a map, whichever it comes to first.
type Take<P> = for<'l> fn(&mut Map<'l, P>) -> Option<Key>;

/// The two loops that take all entries of a map.
fn takes<P: Policy>() -> [Take<P>; 2] {
    [
        |map| map.pop_any().map(|(key, _)| key),
        |map| {
            let key = *map.keys().next()?;
            map.remove(&key).map(|_| key)
        },
    ]
}

/// A map that is emptied by one call after the other, with inserts in between.
fn popped<P: Policy>(take: Take<P>, room: u64, reserved: usize) {
    let ledger = Ledger::new();
    let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
    map.try_presize(room as usize).unwrap();
    for id in 0..MANY {
        map.insert(Key::spread(id), id).unwrap();
    }
    map.try_reserve(reserved).unwrap();
    let (mut seen, mut next) = (BTreeSet::new(), MANY);
    while let Some(key) = take(&mut map) {
        assert!(seen.insert(key.id), "{} came before", key.id);
        if key.id % 3 == 0 {
            map.insert(Key::spread(next), next).unwrap();
            next += 1;
        }
        if key.id % few_or(50, 200) == 0 {
            assert_eq!(map.validate(), Ok(()));
            assert_eq!((ids(&map).len() + seen.len()) as u64, next);
        }
    }
    assert!(seen.into_iter().eq(0..next));
    assert_eq!((map.validate(), map.pop_any()), (Ok(()), None));
}

pub fn any_entry_is_taken_until_there_is_none() {
    fn each<P: Policy>(loops: usize) {
        for take in takes::<P>().into_iter().take(loops) {
            popped(take, 0, 0);
            if !cfg!(miri) {
                popped(take, 4 * MANY, 0);
                popped(take, 0, MANY as usize / 4);
            }
        }
    }
    each::<Go>(2);
    each::<Dense>(2);
    each::<Compact>(few_or(0, 2));
    each::<Paged>(few_or(0, 2));
}

/// A key comes into a chain that a loop has come to long ago, after it took so many: what the loop
/// has before it comes first, since it does not begin anew with each call.
fn passed<P: Policy>(take: Take<P>, room: u64, taken: u64) {
    let ledger = Ledger::new();
    let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
    map.try_presize(room as usize).unwrap();
    for id in 0..MANY {
        map.insert(Key::spread(id), id).unwrap();
    }
    let Some(passed) = (0..=taken).filter_map(|_| take(&mut map)).last() else {
        return;
    };
    for _ in 0..MANY / 8 {
        take(&mut map);
    }
    let marked = Key { id: MANY, ..passed };
    map.insert(marked, MANY).unwrap();
    let before = (0..).take_while(|_| take(&mut map) != Some(marked)).count();
    assert!(before as u64 > MANY / 8, "{before} of {MANY} before");
    assert_eq!(map.validate(), Ok(()));
}

pub fn what_a_loop_has_passed_it_does_not_begin_with_again() {
    for take in takes::<Dense>() {
        passed(take, 0, 0);
        passed(take, few_or(0, 4 * MANY), 0);
    }
    for take in takes::<Paged>() {
        passed(take, 0, 0);
        passed(take, few_or(0, 4 * MANY), 0);
    }
}

/// One entry for four buckets: there are no bits yet that walks could go by, and a loop comes to
/// chain after chain that holds nothing.
pub fn a_loop_over_few_entries_does_not_begin_again_with_what_it_has_emptied() {
    // Without bits in its arrays a map has no place for where walks begin.
    if !HAS_BITS {
        return;
    }
    for taken in (0..MANY / 4).step_by(few_or(200, 150)) {
        for take in takes::<Go>() {
            passed(take, 17 * MANY, taken);
        }
        for take in takes::<Compact>() {
            passed(take, 17 * MANY, taken);
        }
    }
}

/// Walks of all kinds that take out entries, also such as are given up or forgotten half-way.
fn random_walks<P: Policy>(seed: u64) {
    let ledger = Ledger::new();
    let mut rng = Rng::with_seed(seed);
    let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
    let mut model = BTreeSet::new();
    let mut next = 0;
    for step in 0..few_or(60, 1_500) {
        let some = rng.usize(0..few_or(20, 150));
        match rng.u8(0..16) {
            0..4 => (0..some).for_each(|_| {
                let taken = map.pop_any();
                assert!(taken.is_none_or(|(key, _)| model.remove(&key.id)));
            }),
            4..7 => (0..some).for_each(|_| {
                if let Some(key) = map.keys().next().copied() {
                    assert!(map.remove(&key).is_some() && model.remove(&key.id));
                }
            }),
            7 => {
                let mut odd = map.extract_if(|key, _| key.id % 3 == 1);
                let taken = odd.by_ref().take(some);
                taken.for_each(|(key, _)| assert!(model.remove(&key.id)));
                if some % 2 == 0 {
                    core::mem::forget(odd);
                }
            }
            8 => {
                let modulus = rng.u64(2..5);
                map.retain(|key, _| key.id % modulus != 0);
                model.retain(|id| id % modulus != 0);
            }
            9 => map = map.try_clone().unwrap(),
            10 => map.try_presize(map.len() + some * 8).unwrap(),
            11 => map.shrink_to_fit().unwrap(),
            12 => map.try_reserve(some / 4).unwrap(),
            _ => (0..2 * some).for_each(|_| {
                map.insert(Key::spread(next), next).unwrap();
                model.insert(next);
                next += 1;
            }),
        }
        assert_eq!(map.validate(), Ok(()), "step {step}");
        assert_eq!(ids(&map), model, "step {step}");
    }
}

pub fn walks_that_take_out_leave_what_others_find() {
    for seed in 0..few_some_or(1, 2, 6) {
        random_walks::<Dense>(seed);
        random_walks::<Paged>(seed);
        if !cfg!(miri) {
            random_walks::<Go>(seed);
        }
    }
}

/// What a call takes of a loop that takes all entries.
#[cfg(target_os = "none")]
fn instructions_of_a_take<P: Policy>(take: Take<P>, many: u64) -> u64 {
    let ledger = Ledger::new();
    let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
    for id in 0..many {
        map.insert(Key::spread(id), id).unwrap();
    }
    let start = board::instructions();
    while let Some(key) = take(&mut map) {
        core::hint::black_box(key);
    }
    (board::instructions() - start) / many
}

#[cfg(target_os = "none")]
pub fn a_loop_that_takes_all_is_no_slower_for_a_larger_map() {
    fn each<P: Policy>(name: &str) {
        for (number, take) in takes::<P>().into_iter().enumerate() {
            let [few, many] = [500, 8_000].map(|many| instructions_of_a_take(take, many));
            assert!(many < 2 * few, "{name}, loop {number}: {many} for {few}");
        }
    }
    each::<Dense>("Dense");
    each::<Paged>("Paged");
}

pub fn every_face_gives_any_entry() {
    let ledger = Ledger::new();
    let mut set: HmapSet<Key, Identity, &Ledger> = HmapSet::with_hasher_in(Identity, &ledger);
    set.insert(Key::spread(1)).unwrap();
    assert_eq!(set.pop_any(), Some(Key::spread(1)));
    assert_eq!(set.pop_any(), None);
    let mut map = HashMap::with_hasher_in(Identity, &ledger);
    map.insert(Key::spread(1), 2);
    assert_eq!(map.pop_any(), Some((Key::spread(1), 2)));
    assert_eq!(map.pop_any(), None);
    let mut set = HashSet::with_hasher_in(Identity, &ledger);
    set.insert(Key::spread(1));
    assert_eq!(set.pop_any(), Some(Key::spread(1)));
    assert_eq!(set.pop_any(), None);
    let mut table = HashTable::new_in(&ledger);
    table.insert_unique(7, 3, |_| 7);
    assert_eq!(table.pop_any(), Some(3));
    assert_eq!(table.pop_any(), None);
}

/// The batches of a cursor over what is left, each of which passes no more chains than it may.
pub fn a_cursor_passes_empty_chains_a_bounded_number_at_a_time() {
    const MOST_PASSED: u64 = 4_096;

    let ledger = Ledger::new();
    let many = few_or(1_000, 60_000);
    let mut map: Map<'_> = Map::with_hasher_in(Identity, &ledger);
    for id in 0..many {
        map.insert(Key::spread(id), id).unwrap();
    }
    map.finish_growth();
    // In two steps: most of the second one's removals empty a chain each, and make more bits.
    map.retain(|key, _| key.id % 10 == 0);
    map.retain(|key, _| key.id % few_or(100, 3_000) == 0);
    let width = (1 << 62) / (1 << map.state().bits);
    let (mut cursor, mut batches, mut seen) = (Cursor::new(), 0, 0);
    loop {
        let before = cursor.to_bits();
        let Some(batch) = cursor.next(&map) else {
            break;
        };
        seen += batch.count();
        batches += 1;
        let passed = (cursor.to_bits() - before) / width;
        assert!(passed <= MOST_PASSED + 1, "{passed} in one call");
    }
    assert_eq!(seen, map.len());
    let chains = (1 << 62) / width;
    let bound = match HAS_BITS {
        true => map.len() as u64 + chains / MOST_PASSED + 1,
        false => chains,
    };
    assert!(batches <= bound, "{batches} batches");
}

pub fn a_clone_of_few_entries_is_as_large_as_they_need() {
    let ledger = Ledger::new();
    let map = peaked::<Go>(&ledger, MANY);
    let original = map.allocation_size();
    let copy = map.try_clone().unwrap();
    if HAS_BITS {
        assert!(copy.allocation_size() < original / 4);
    }
    assert_eq!(copy.allocation_size() + original, ledger.live_bytes());
    // Chains that come together need overflow buckets; whatever is refused, nothing is lost.
    let mut calls = 0;
    loop {
        let live = ledger.live_bytes();
        ledger.refuse_one_after(calls);
        let copied = map.try_clone();
        ledger.grant_all();
        match copied {
            Ok(copy) if calls > 0 => {
                assert_eq!((copy.validate(), &copy), (Ok(()), &map));
                break;
            }
            Ok(_) => panic!("no allocation was refused"),
            Err(_) => assert_eq!((map.validate(), ledger.live_bytes()), (Ok(()), live)),
        }
        calls += 1;
    }
}
