//! The table of blocks: memory follows the entries, and no allocation has to be granted.

use crate::support::keys::{Counted, Identity, Key, in_top_byte};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, few_some_or, looks_after};

use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt::Debug;
use core::hash::Hash;
use hmap::{Cursor, DefaultHashBuilder, Dense, Entry, Hmap, Paged, Policy};

/// How the hash of a key is made of its number.
pub(super) type Family = fn(u64) -> Key;

pub(super) const FAMILIES: [Family; 6] = [
    Key::spread,
    |id| Key::at(id, 5, 7),
    |id| Key::at(id, 0, id as u8),
    |id| Key { id, hash: id },
    // Crowded low bits.
    |id| Key {
        id,
        hash: Key::spread(id).hash & !0x3c,
    },
    // Tags that differ in one bit.
    |id| Key {
        id,
        hash: Key::spread(id).hash & !in_top_byte(0xfe),
    },
];

/// All of them, and under Miri every other one.
fn some_families() -> impl Iterator<Item = Family> {
    FAMILIES.into_iter().step_by(few_or(2, 1))
}

pub(super) fn checked<'l, V, P>(ledger: &'l Ledger) -> Checked<'l, V, &'l Ledger, P>
where
    V: Clone + PartialEq + Debug,
    P: Policy,
{
    Checked::of(Hmap::with_policy_in(Identity, ledger), ledger)
}

/// Random operations on a map, by tides.
fn run<P: Policy>(seed: u64, keys: u64, key: Family) {
    let mut random = fastrand::Rng::with_seed(seed);
    let ledger = Ledger::new();
    let mut checked = checked::<u64, P>(&ledger);
    if seed % 2 == 1 {
        // A directory from the beginning, where the others are small maps for long.
        checked.map.try_presize(200).unwrap();
    }
    let mut inserts_of_16 = 12;
    for step in 0..few_or(60, 3_000) {
        if step % 400 == 0 {
            inserts_of_16 = if step % 800 == 0 { 12 } else { 4 };
            checked.check_contents();
        }
        let key = key(random.u64(0..keys));
        match random.u32(0..16) {
            n if n < inserts_of_16 => checked.insert(key, step),
            15 => checked.get(key),
            14 if random.u32(0..200) == 0 => checked.clear(),
            13 if random.u32(0..60) == 0 => checked.retain(|key, _| key.id % 3 != 0),
            _ => checked.remove(key),
        }
    }
    checked.check_contents();
}

pub fn random_operations_on_blocks_of_their_own_size() {
    // Under Miri those that have a directory from the beginning.
    let all = FAMILIES.into_iter().enumerate();
    for (seed, family) in all.skip(few_or(1, 0)).step_by(few_or(2, 1)) {
        for keys in few_or(&[60][..], &[30, 500]) {
            run::<Dense>(seed as u64, *keys, family);
        }
    }
}

pub fn random_operations_on_blocks_of_one_size() {
    // Under Miri the others, which get a directory after 32 entries.
    let all = FAMILIES.into_iter().enumerate();
    for (seed, family) in all.step_by(few_or(2, 1)) {
        run::<Paged>(seed as u64, few_or(50, 400), family);
    }
}

fn up_and_down<P: Policy>(count: u64) {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, Identity, &Ledger, P> = Hmap::with_policy_in(Identity, &ledger);
    let look = |map: &Hmap<Key, u64, Identity, &Ledger, P>| {
        assert_eq!(map.validate(), Ok(()));
        assert_eq!(map.allocation_size(), ledger.live_bytes());
        assert_eq!(map.footprint().heap(), ledger.live_bytes());
    };
    let keys = || (0..count).map(Key::spread);
    for (n, key) in (0..).zip(keys()) {
        assert_eq!(map.insert(key, n).unwrap(), None);
        if n % 97 == 0 {
            look(&map);
        }
    }
    look(&map);
    let stats = map.chain_stats();
    assert!(
        stats.longest <= 2 && stats.overflow_buckets <= stats.chains / 16,
        "{stats:?}"
    );
    let full = ledger.live_bytes();
    let calls = ledger.calls();
    for (n, key) in (0..).zip(keys()) {
        assert_eq!(map.get(&key), Some(&n));
        assert_eq!(map.remove(&key), Some(n));
        if n % 97 == 0 {
            look(&map);
        }
        let left = count - n - 1;
        let share = full as u64 * left / count;
        let (held, most) = (ledger.live_bytes() as u64, 2 * share + 16_384);
        assert!(held <= most, "{left} of {count}: {held} > {most}");
    }
    assert_eq!(ledger.calls(), calls, "removal calls no allocator");
    assert_eq!((ledger.live_bytes(), map.allocation_size()), (0, 0));
    assert_eq!(map.insert(Key::spread(1), 1).unwrap(), None);
    look(&map);
}

pub fn memory_follows_the_entries_up_and_down() {
    up_and_down::<Dense>(few_or(100, 20_000));
    up_and_down::<Paged>(few_or(50, 8_000));
}

pub fn a_directory_that_is_refused_a_page_gets_it_later() {
    let page = 512 * size_of::<usize>();
    // Before the first whole page, and before the second.
    for (granted, goes_on) in [(0, false), (0, true), (3_500, false), (3_500, true)] {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
        let (refused, all) = (6_000, 9_000);
        for id in 0..all {
            match id {
                _ if id == granted => ledger.refuse_sizes(page..page + 1),
                _ if id == refused && goes_on => ledger.grant_all(),
                _ => {}
            }
            assert_eq!(map.insert(Key::spread(id), id).unwrap(), None);
            if id % 500 == 0 {
                assert_eq!(map.validate(), Ok(()));
            }
            if id + 1 == refused {
                assert!(map.is_growth_deferred());
            }
        }
        assert_eq!(map.is_growth_deferred(), !goes_on);
        if !goes_on {
            assert!(ledger.refused() < 100, "{}", ledger.refused());
        }
        assert_eq!(map.allocation_size(), ledger.live_bytes());
        for id in 0..all {
            assert_eq!(map.remove(&Key::spread(id)), Some(id));
            if id % 500 == 0 {
                assert_eq!(map.validate(), Ok(()));
                assert_eq!(map.allocation_size(), ledger.live_bytes());
            }
        }
        assert_eq!(ledger.live_bytes(), 0);
    }
}

pub fn a_map_of_few_entries_is_a_few_blocks_of_the_heap() {
    let ledger = Ledger::new();
    let mut checked = checked::<u64, Dense>(&ledger);
    assert_eq!(ledger.live_bytes(), 0);
    for id in 0..64 {
        checked.insert(Key::spread(id), id);
        assert_eq!(ledger.live_blocks() as u64, id / 16 + 1);
        #[cfg(target_pointer_width = "64")]
        if [2, 3, 5, 7, 10, 14].contains(&(id + 1)) {
            assert_eq!(ledger.live_bytes() as u64, 24 + (id + 1) * (16 + 8));
        }
    }
    #[cfg(target_pointer_width = "64")]
    assert_eq!(ledger.live_bytes(), 4 * (16 + 24 + 16 * (16 + 8) + 8));
    for id in 0..64 {
        checked.remove(Key::spread(id));
    }
    assert_eq!(ledger.live_bytes(), 0);
}

/// Inserts with every call of the allocator refused in turn, one or all from there on, and looks
/// whether anything is lost.
fn refuse_each<P: Policy, V>(most: u64, key: Family, value: fn(u64) -> V)
where
    V: Clone + PartialEq + Debug,
{
    let calls = {
        let ledger = Ledger::new();
        let mut checked = checked::<V, P>(&ledger);
        (0..most).for_each(|id| checked.insert(key(id), value(id)));
        ledger.calls()
    };
    for after in (0..calls).skip(few_or(2, 0)).step_by(few_or(19, 1)) {
        for for_good in [false, true] {
            let ledger = Ledger::new();
            let mut checked = checked::<V, P>(&ledger);
            match for_good {
                true => ledger.refuse_all_after(after),
                false => ledger.refuse_one_after(after),
            }
            for id in 0..most {
                let refused = ledger.refused();
                let inserted = checked.try_insert(key(id), value(id));
                assert!(inserted || ledger.refused() > refused, "for another reason");
            }
            checked.check_contents();
            for id in (0..most).step_by(3) {
                checked.remove(key(id));
            }
            checked.retain(|key, _| key.id % 5 != 1);
            ledger.grant_all();
            for id in 0..most {
                checked.insert(key(id), value(id));
            }
            checked.check_contents();
        }
    }
}

pub fn every_allocation_of_a_map_of_blocks_is_refused_once() {
    refuse_each::<Dense, u64>(few_some_or(18, 150, 300), Key::spread, |id| id);
    refuse_each::<Paged, u64>(few_some_or(18, 100, 200), Key::spread, |id| id);
    for family in FAMILIES.into_iter().skip(1).step_by(few_some_or(2, 2, 1)) {
        refuse_each::<Dense, u64>(few_or(18, 100), family, |id| id);
    }
}

pub fn every_allocation_of_blocks_with_cells_is_refused_once() {
    refuse_each::<Dense, [u64; 5]>(few_or(20, 90), Key::spread, |id| [id; 5]);
    refuse_each::<Dense, [u64; 5]>(few_or(20, 60), |id| Key::at(id, 5, 7), |id| [id; 5]);
}

/// Fills, reads, removes half and reads again.
fn exercise<K: Eq + Hash + Clone, V: PartialEq + Debug + Clone, P: Policy>(
    key: impl Fn(usize) -> K,
    value: impl Fn(usize) -> V,
) {
    let count = few_or(17, 250);
    let ledger = Ledger::new();
    let hasher = DefaultHashBuilder::with_seed(1);
    let mut map: Hmap<K, V, _, _, P> = Hmap::with_policy_in(hasher, &ledger);
    let look = |map: &Hmap<K, V, DefaultHashBuilder, &Ledger, P>| {
        assert_eq!(map.validate(), Ok(()));
        assert_eq!(map.allocation_size(), ledger.live_bytes());
    };
    for n in 0..count {
        assert!(map.insert(key(n), value(n)).unwrap().is_none());
        if looks_after(n as u64) {
            look(&map);
        }
        let (stored, value) = map.get_key_value(&key(n)).unwrap();
        assert!((&raw const *stored).is_aligned() && (&raw const *value).is_aligned());
    }
    look(&map);
    let copy = map.try_clone().unwrap();
    assert_eq!(copy.validate(), Ok(()));
    assert!(copy.allocation_size() <= map.allocation_size());
    assert_eq!(copy.len(), map.len());
    drop(copy);
    for n in (0..count).step_by(2) {
        assert_eq!(map.remove(&key(n)), Some(value(n)));
        if looks_after(n as u64) {
            look(&map);
        }
    }
    look(&map);
    for n in 0..count {
        let expected = (n % 2 == 1).then(|| value(n));
        assert_eq!(map.get(&key(n)), expected.as_ref());
    }
    assert_eq!(map.into_iter().count(), count / 2);
}

pub fn blocks_hold_entries_of_every_shape() {
    #[derive(PartialEq, Eq, Hash, Clone, Debug)]
    #[repr(align(16))]
    struct Sixteen(usize);
    #[derive(PartialEq, Clone, Debug)]
    #[repr(align(64))]
    struct Line([u8; 32]);
    exercise::<_, _, Dense>(|n| n as u8, |n| !n as u8);
    exercise::<_, _, Dense>(|n| n, |_| ());
    exercise::<_, _, Dense>(Sixteen, |n| n as u8);
    exercise::<_, _, Dense>(|n| n as u16, Sixteen);
    exercise::<_, _, Dense>(|n| n as u32, |n| Line([n as u8; 32]));
    exercise::<_, _, Dense>(|n| [n as u8, (n >> 8) as u8, 3], |n| [n as u8; 5]);
    exercise::<_, _, Dense>(|n| [n; 4], |n| [n as u8; 32]);
    exercise::<_, _, Dense>(|n| [n; 33], |n| [n as u8; 4096]);
    exercise::<_, _, Dense>(|n| n, |n| [n as u8; 33]);
    exercise::<_, _, Paged>(|n| n, Sixteen);
    exercise::<_, _, Paged>(|n| [n; 33], |n| n);
}

pub fn entries_of_blocks_are_dropped_once_whichever_way_they_leave() {
    let ledger = Ledger::new();
    let live = Cell::new(0);
    let fill = |count: u64| {
        let hasher = DefaultHashBuilder::with_seed(1);
        let mut map: Hmap<_, _, _, _, Dense> = Hmap::with_policy_in(hasher, &ledger);
        for n in 0..count {
            map.insert(Counted::new(n, &live), Counted::new([n; 5], &live))
                .unwrap();
        }
        assert_eq!(live.get(), 2 * count as isize);
        map
    };
    for count in few_or(&[1, 9, 27][..], &[1, 2, 9, 17, 60, 400]) {
        drop(fill(*count));
        assert_eq!(live.get(), 0, "drop");
        let mut map = fill(*count);
        map.clear();
        assert_eq!((live.get(), map.validate()), (0, Ok(())), "clear");
        let mut map = fill(*count);
        map.retain(|key, _| key.of % 2 == 0);
        assert_eq!(live.get(), 2 * count.div_ceil(2) as isize, "retain");
        assert_eq!(map.validate(), Ok(()));
        assert_eq!(
            map.extract_if(|key, _| key.of % 4 == 0).count() as u64,
            count.div_ceil(4)
        );
        assert_eq!(map.validate(), Ok(()));
        let left = map.len();
        assert_eq!(map.drain().count(), left);
        assert_eq!((live.get(), map.validate()), (0, Ok(())), "drain");
        drop(map);
        let mut entries = fill(*count).into_iter();
        entries.next();
        drop(entries);
        assert_eq!(live.get(), 0, "into_iter");
    }
}

pub fn what_is_taken_out_in_a_walk_is_given_once() {
    for family in some_families() {
        let ledger = Ledger::new();
        let mut checked = checked::<u64, Dense>(&ledger);
        for id in 0..few_or(40, 300) {
            checked.insert(family(id), id);
        }
        let mut asked = Vec::new();
        let taken: Vec<u64> = checked
            .map
            .extract_if(|key, _| {
                asked.push(key.id);
                key.id % 3 != 0
            })
            .map(|(key, _)| key.id)
            .collect();
        asked.sort_unstable();
        assert!(asked.iter().copied().eq(0..few_or(40, 300)), "each once");
        checked.oracle.retain(|key, _| key.id % 3 == 0);
        assert!(taken.iter().all(|id| id % 3 != 0));
        checked.check_contents();
        for id in (0..few_or(40, 300)).step_by(2) {
            checked.remove(family(id));
            checked.insert(family(id + 1), id);
        }
        checked.check_contents();
        let mut left = checked.map.drain();
        left.next();
        drop(left);
        assert_eq!((checked.map.len(), ledger.live_bytes()), (0, 0));
    }
}

pub fn a_place_of_a_map_of_blocks_is_filled_and_emptied() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
    for round in 0..few_or(2, 6) {
        for id in 0..few_or(40, 200) {
            match map.entry(Key::spread(id)) {
                Entry::Vacant(place) => {
                    place.insert(id).unwrap();
                }
                Entry::Occupied(mut place) if round % 2 == 0 => *place.get_mut() += 1,
                Entry::Occupied(place) => {
                    place.remove();
                }
            }
            if looks_after(id) {
                assert_eq!(map.validate(), Ok(()));
            }
        }
        assert_eq!(map.validate(), Ok(()));
    }
    assert_eq!(map.allocation_size(), ledger.live_bytes());
}

pub fn a_cursor_gives_each_entry_once_while_blocks_are_split_and_joined() {
    let families = [FAMILIES[0], FAMILIES[1], FAMILIES[4]];
    for family in families.into_iter().take(few_or(1, 3)) {
        for grows in [true, false] {
            let ledger = Ledger::new();
            let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
            let count = few_or(70, 400);
            let stays = |id: u64| id % 4 == 0;
            (0..count).for_each(|id| drop(map.insert(family(id), id)));
            let mut leaving = (0..count).filter(|id| !stays(*id));
            let mut coming = count..4 * count;
            let mut cursor = Cursor::new();
            let mut given = Vec::new();
            while let Some(batch) = cursor.next(&map) {
                given.extend(
                    batch
                        .map(|(key, _)| key.id)
                        .filter(|id| *id < count && stays(*id)),
                );
                for _ in 0..8 {
                    if grows {
                        let id = coming.next().unwrap_or(count);
                        map.insert(family(id), id).unwrap();
                    } else if let Some(id) = leaving.next() {
                        map.remove(&family(id));
                    }
                }
            }
            assert_eq!(map.validate(), Ok(()));
            given.sort_unstable();
            assert!(given.iter().copied().eq((0..count).filter(|id| stays(*id))));
        }
    }
}

pub fn a_cursor_that_stops_behind_each_entry_of_a_block_gives_each_once() {
    let ledger = Ledger::new();
    for family in some_families() {
        let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
        let count = few_or(40, 300);
        (0..count).for_each(|id| drop(map.insert(family(id), id)));
        let mut cursor = Cursor::new();
        let mut given = Vec::new();
        while let Some((key, _)) = cursor.next_entry(&map) {
            given.push(key.id);
        }
        given.sort_unstable();
        assert!(given.iter().copied().eq(0..count));
    }
}

pub fn a_clone_that_is_refused_a_call_loses_nothing() {
    for family in some_families() {
        let ledger = Ledger::new();
        let mut checked = checked::<[u64; 5], Dense>(&ledger);
        (0..few_or(20, 120)).for_each(|id| checked.insert(family(id), [id; 5]));
        let (calls, bytes) = (ledger.calls(), ledger.live_bytes());
        let copy = checked.map.try_clone().unwrap();
        let calls = ledger.calls() - calls;
        assert_eq!(copy.validate(), Ok(()));
        assert_eq!(copy.allocation_size() + bytes, ledger.live_bytes());
        assert!(
            copy.iter()
                .all(|(key, value)| checked.oracle[key] == *value)
        );
        assert_eq!(copy.len(), checked.map.len());
        drop(copy);
        for refused in (0..calls).step_by(few_or(17, 1)) {
            ledger.refuse_one_after(refused);
            match checked.map.try_clone() {
                // A smaller block was to be had.
                Ok(copy) => assert!(copy.validate().is_ok() && copy.len() == checked.map.len()),
                Err(_) => assert_eq!(ledger.live_bytes(), bytes),
            }
        }
        checked.check_contents();
    }
}

pub fn hashes_that_change_leave_as_many_entries_as_are_counted() {
    /// A key whose hash is another one at every call.
    #[derive(PartialEq, Eq)]
    struct Liar<'a>(u64, &'a Cell<u64>);

    impl Hash for Liar<'_> {
        fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
            self.1.set(self.1.get() + 1);
            state.write_u64(Key::spread(self.1.get()).hash);
        }
    }

    let (ledger, calls) = (Ledger::new(), Cell::new(0));
    let live = Cell::new(0);
    let mut map: Hmap<Liar<'_>, Counted<'_, u64>, _, _, Dense> =
        Hmap::with_policy_in(Identity, &ledger);
    for step in 0..few_or(60, 3_000) {
        let key = Liar(step % 700, &calls);
        if step % 1_000 < 700 {
            map.insert(key, Counted::new(step, &live)).unwrap();
        } else {
            map.remove(&key);
        }
        assert_eq!(map.len() as isize, live.get());
    }
    assert_eq!(map.iter().count(), map.len());
    assert_eq!(map.allocation_size(), ledger.live_bytes());
    map.retain(|key, _| key.0 % 2 == 0);
    assert_eq!(map.iter().count(), map.len());
    drop(map);
    assert_eq!(live.get(), 0);
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_of_the_allocator_leaves_whole_blocks() {
    use crate::support::part::OnPurpose;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    for family in some_families() {
        for after in 0..few_or(3, 120) {
            for freeing in [false, true] {
                let ledger = Ledger::new();
                let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
                match freeing {
                    false => ledger.panic_after(after),
                    true => ledger.panic_after_freeing(after),
                }
                for id in 0..few_or(18, 150) {
                    let insert = AssertUnwindSafe(|| map.insert(family(id), id).unwrap());
                    if let Err(panic) = catch_unwind(insert) {
                        assert!(panic.is::<OnPurpose>());
                        ledger.calm_down();
                        if freeing {
                            // What was just given back may be lost with the entry.
                            assert!(map.iter().count() == map.len());
                        } else {
                            assert_eq!(map.validate(), Ok(()));
                        }
                    }
                }
                assert_eq!(map.validate(), Ok(()));
                assert!(map.iter().count() == map.len());
                // It has not come yet if there were too few calls.
                let is_to_come = catch_unwind(AssertUnwindSafe(|| drop(map))).is_err();
                assert!(freeing || !is_to_come);
                assert_eq!(ledger.live_blocks(), 0, "{after}");
            }
        }
    }
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_of_a_hasher_leaves_whole_blocks() {
    use crate::support::part::panic_on_purpose;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// A key whose `Hash` panics when the count is at its end.
    #[derive(PartialEq, Eq)]
    struct Fragile<'a>(Key, &'a Cell<Option<u64>>);

    impl Hash for Fragile<'_> {
        fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
            match self.1.get() {
                Some(0) => {
                    self.1.set(None);
                    panic_on_purpose();
                }
                left => self.1.set(left.map(|left| left - 1)),
            }
            self.0.hash(state);
        }
    }

    let count = few_or(24, 150);
    for family in some_families() {
        for after in (0..few_or(40, 900)).step_by(few_or(23, 7)) {
            let (ledger, left) = (Ledger::new(), Cell::new(Some(after)));
            let mut map: Hmap<Fragile<'_>, u64, _, _, Dense> =
                Hmap::with_policy_in(Identity, &ledger);
            let mut lost = 0;
            for id in 0..count {
                let key = Fragile(family(id), &left);
                let insert = AssertUnwindSafe(|| map.insert(key, id).unwrap());
                if catch_unwind(insert).is_err() {
                    lost += 1;
                    assert_eq!(map.validate(), Ok(()));
                }
            }
            left.set(None);
            assert_eq!(map.validate(), Ok(()));
            assert_eq!(map.len() as u64 + lost, count);
            assert_eq!(map.allocation_size(), ledger.live_bytes());
            for id in 0..count {
                map.remove(&Fragile(family(id), &left));
            }
            assert_eq!(ledger.live_bytes(), 0);
        }
    }
}
