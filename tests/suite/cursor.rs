//! The cursor: a position that stays good while the map changes.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::storm::{self, Tally};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use hmap::{Cursor, Dense, Go, Hmap, Paged};

type Map<'l> = Hmap<Key, u64, Identity, &'l Ledger>;

fn filled(count: u64, ledger: &Ledger) -> Map<'_> {
    let mut map = Map::with_hasher_in(Identity, ledger);
    for id in 0..count {
        map.insert(Key::spread(id), id).unwrap();
    }
    map
}

/// All that a cursor gives from here on, in its order.
fn rest(mut cursor: Cursor, map: &Map<'_>) -> Vec<u64> {
    let mut ids = Vec::new();
    while let Some(batch) = cursor.next(map) {
        ids.extend(batch.map(|(key, _)| key.id));
    }
    assert!(cursor.has_ended() && cursor.next(map).is_none());
    ids
}

pub fn a_walk_gives_each_entry_once_in_every_state_of_a_growth() {
    let ledger = Ledger::new();
    // 105 is in the middle of a doubling, 104 in none.
    // So are 27 and 53.
    for count in few_or([0, 1, 8, 9, 26, 27, 53], [0, 1, 8, 9, 104, 105, 110]) {
        let map = filled(count, &ledger);
        let ids = rest(Cursor::new(), &map);
        assert_eq!(ids.len() as u64, count);
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len() as u64, count);
    }
}

pub fn a_walk_has_as_many_batches_as_there_are_chains() {
    let ledger = Ledger::new();
    let mut map = filled(105, &ledger);
    while map.is_growing() {
        map.remove(&Key::spread(5_000));
    }
    let (mut cursor, mut batches) = (Cursor::new(), 0);
    while cursor.next(&map).is_some() {
        batches += 1;
    }
    assert_eq!(batches, map.chain_stats().chains);
}

pub fn a_walk_through_a_doubling_misses_nothing_and_repeats_nothing() {
    let ledger = Ledger::new();
    // Stop after every number of batches, double, and go on.
    let (stops, every, full) = few_or((4, 2, 26), (16, 1, 104));
    for stop in (0..stops).step_by(every) {
        let mut map = filled(full, &ledger);
        let mut cursor = Cursor::new();
        let mut ids = Vec::new();
        for _ in 0..stop {
            ids.extend(cursor.next(&map).unwrap().map(|(key, _)| key.id));
        }
        for id in full..full * 2 + 22 {
            map.insert(Key::spread(id), id).unwrap();
            if id % 20 == 0 {
                // In the middle of it, too.
                ids.extend(
                    cursor
                        .next(&map)
                        .into_iter()
                        .flatten()
                        .map(|(key, _)| key.id),
                );
            }
        }
        ids.extend(rest(cursor, &map));
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "one came twice");
        assert!((0..full).all(|id| unique.contains(&id)), "one was missed");
    }
}

pub fn what_is_removed_is_not_given_any_more() {
    let ledger = Ledger::new();
    let count = few_or(27, 200);
    let mut map = filled(count, &ledger);
    let mut cursor = Cursor::new();
    let mut given = BTreeSet::new();
    while let Some(batch) = cursor.next(&map) {
        given.extend(batch.map(|(key, _)| key.id));
        if let Some(id) =
            (0..count).find(|id| !given.contains(id) && map.contains_key(&Key::spread(*id)))
        {
            map.remove(&Key::spread(id));
            assert!(!rest(cursor, &map).contains(&id));
        }
    }
    assert_eq!(map.len(), given.len());
}

pub fn a_cursor_is_a_number_with_its_highest_bit_clear() {
    let ledger = Ledger::new();
    let map = filled(few_or(53, 300), &ledger);
    let mut cursor = Cursor::new();
    assert_eq!(cursor.to_bits(), 0);
    while cursor.next(&map).is_some() {
        assert_eq!(cursor.to_bits() >> 63, 0);
        assert_eq!(Cursor::from_bits(cursor.to_bits()), cursor);
    }
    assert!(cursor.has_ended() && cursor > Cursor::new());
    assert_eq!(Cursor::from_bits(cursor.to_bits()), cursor);
}

pub fn made_up_bits_and_other_maps_end_and_do_no_harm() {
    let ledger = Ledger::new();
    let maps = [
        filled(0, &ledger),
        filled(5, &ledger),
        filled(few_or(27, 105), &ledger),
    ];
    let mut random = fastrand::Rng::with_seed(1);
    let (rounds, every) = few_or((64, 5), (500, 1));
    for round in (0..rounds).step_by(every) {
        let bits = random.u64(..) >> (round % 64);
        for map in &maps {
            let ids = rest(Cursor::from_bits(bits), map);
            assert!(ids.len() <= map.len());
        }
    }
    for bits in [1, (1 << 62) - 1, 1 << 62, (1 << 62) + 1, u64::MAX] {
        assert!(Cursor::from_bits(bits).to_bits() <= 1 << 62);
        for map in &maps {
            assert!(rest(Cursor::from_bits(bits), map).len() <= map.len());
        }
    }
}

pub fn values_can_be_changed_batch_by_batch() {
    let ledger = Ledger::new();
    let mut map = filled(150, &ledger);
    let mut cursor = Cursor::new();
    while let Some(batch) = cursor.next_mut(&mut map) {
        batch.for_each(|(_, value)| *value += 1_000);
    }
    assert!(map.iter().all(|(key, value)| *value == key.id + 1_000));
}

pub fn random_changes_between_batches_keep_every_guarantee() {
    let (episodes, steps) = few_or((1, 200), (6, 12_000));
    let mut random = fastrand::Rng::with_seed(3);
    let mut tally = Tally::default();
    for _ in 0..episodes {
        storm::episode::<Go>(&mut random, steps, &mut tally);
    }
    // It has seen what it is about.
    assert!(tally.alone > 0 && tally.walks > 0 && tally.in_mid_growth > 0 && tally.doublings > 0);
    assert!(tally.same_size_growths > 0 || cfg!(miri));
}

pub fn random_changes_of_blocks_between_batches_keep_every_guarantee() {
    let (episodes, steps) = few_or((1, 100), (4, 12_000));
    let mut random = fastrand::Rng::with_seed(3);
    let mut tally = Tally::default();
    for _ in 0..episodes {
        storm::episode::<Dense>(&mut random, steps, &mut tally);
        storm::episode::<Paged>(&mut random, steps, &mut tally);
    }
    assert!(tally.alone > 0 && tally.batches > 0 && tally.walks > 0);
}

pub fn a_walk_through_a_smaller_array_and_a_larger_one_again_gives_each_entry_once() {
    let ledger = Ledger::new();
    let (chains, entries) = few_or((32, 20), (256, 40));
    let presize = chains / 2 * 13;
    for stop in (0..chains).step_by(few_or(15, 1)) {
        let mut map = filled(entries, &ledger);
        map.try_presize(presize).unwrap();
        let mut cursor = Cursor::new();
        let mut ids = Vec::new();
        let mut take = |map: &Map<'_>, cursor: &mut Cursor, batches: usize| {
            for _ in 0..batches {
                ids.extend(
                    cursor
                        .next(map)
                        .into_iter()
                        .flatten()
                        .map(|(key, _)| key.id),
                );
            }
        };
        take(&map, &mut cursor, stop);
        // Here the cursor is in the middle of a bucket, of which it gives what it has not given.
        map.shrink_to_fit().unwrap();
        take(&map, &mut cursor, 1);
        map.try_presize(presize).unwrap();
        take(&map, &mut cursor, chains);
        assert!(cursor.has_ended());
        ids.sort_unstable();
        assert!(ids.into_iter().eq(0..entries), "{stop} batches before");
    }
}

/// All that a cursor gives from here on, one entry at a time.
fn one_by_one(cursor: &mut Cursor, map: &Map<'_>) -> Vec<u64> {
    core::iter::from_fn(|| Some(cursor.next_entry(map)?.0.id)).collect()
}

pub fn a_walk_that_stops_behind_each_entry_gives_each_once_in_every_state_of_a_growth() {
    let ledger = Ledger::new();
    for count in few_or([0, 1, 8, 9, 26, 27, 53], [0, 1, 8, 9, 104, 105, 110]) {
        let map = filled(count, &ledger);
        let mut cursor = Cursor::new();
        let ids = one_by_one(&mut cursor, &map);
        assert_eq!(ids.len() as u64, count);
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len() as u64, count);
        assert!(cursor.has_ended() && cursor.next_entry(&map).is_none());
    }
}

pub fn an_entry_that_was_not_taken_is_there_the_next_time() {
    let ledger = Ledger::new();
    let map = filled(few_or(27, 105), &ledger);
    let mut cursor = Cursor::new();
    let all = one_by_one(&mut cursor.clone(), &map);
    for (taken, expected) in all.iter().enumerate() {
        let before = cursor;
        let given = cursor.next_entry(&map).map(|(key, _)| key.id);
        assert_eq!(given, Some(*expected));
        assert_eq!(one_by_one(&mut before.clone(), &map), all[taken..]);
    }
}

pub fn a_walk_that_stops_in_a_chain_goes_on_there_after_growth_and_shrinking() {
    let ledger = Ledger::new();
    let (stops, every, full) = few_or((26, 9, 26), (104, 3, 104));
    for stop in (1..stops).step_by(every) {
        let mut map = filled(full, &ledger);
        let mut cursor = Cursor::new();
        let mut ids = Vec::new();
        let mut take = |map: &mut Map<'_>, count| {
            for _ in 0..count {
                ids.extend(cursor.next_entry_mut(map).map(|(key, _)| key.id));
            }
        };
        take(&mut map, stop);
        map.try_presize(full as usize * 9).unwrap();
        take(&mut map, 2);
        map.shrink_to_fit().unwrap();
        take(&mut map, 1);
        for id in full..full * 2 + 22 {
            map.insert(Key::spread(id), id).unwrap();
            take(&mut map, usize::from(id % 20 == 0));
        }
        take(&mut map, full as usize * 4);
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "one came twice");
        assert!((0..full).all(|id| unique.contains(&id)), "one was missed");
    }
}

pub fn keys_whose_hashes_agree_are_given_each_once() {
    let ledger = Ledger::new();
    let mut map = Map::with_hasher_in(Identity, &ledger);
    for id in 0..40 {
        let hash = [7, 7 << 40][id as usize % 2];
        map.insert(Key { id, hash }, id).unwrap();
    }
    let mut ids = one_by_one(&mut Cursor::new(), &map);
    ids.sort_unstable();
    assert_eq!(ids, (0..40).collect::<Vec<_>>());
    // What is removed on the way leaves the others where they are.
    let (mut cursor, mut given) = (Cursor::new(), Vec::new());
    while let Some(id) = cursor.next_entry(&map).map(|(key, _)| key.id) {
        let hash = [7, 7 << 40][id as usize % 2];
        assert_eq!(map.remove(&Key { id, hash }), Some(id));
        given.push(id);
    }
    assert_eq!((given.len(), map.len()), (40, 0));
}
