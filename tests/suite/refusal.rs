//! Memory that is refused: the pair comes back, nothing is lost, and the insert
//! can be tried again.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use core::fmt::Debug;
use hmap::{Hmap, InsertError, TryReserveError};

/// Inserts `most` keys, tries again what was refused, and gives the number of
/// refusals that reached the caller.
fn insert_all<V: Clone + PartialEq + Debug>(
    ledger: &Ledger,
    most: u64,
    key: impl Fn(u64) -> Key,
    value: impl Fn(u64) -> V,
) -> usize {
    let mut checked = Checked::new(ledger);
    let mut refused = 0;
    for id in 0..most {
        while !checked.try_insert(key(id), value(id)) {
            refused += 1;
            assert!(
                refused <= ledger.refused(),
                "refused for another reason than memory"
            );
        }
    }
    checked.check_contents();
    refused
}

/// Refuses each of the first `calls` calls of the allocator in turn, each in a
/// run of its own.
fn refuse_each<V: Clone + PartialEq + Debug>(
    calls: usize,
    most: u64,
    key: impl Fn(u64) -> Key,
    value: impl Fn(u64) -> V,
) -> usize {
    let mut errors = 0;
    for refused in 0..calls {
        let ledger = Ledger::new();
        ledger.refuse_one_after(refused);
        errors += insert_all(&ledger, most, &key, &value);
        assert_eq!(ledger.refused(), 1, "there is no call {refused} to refuse");
    }
    errors
}

pub fn each_of_the_first_two_hundred_calls_refused_in_turn() {
    // Values in cells: most calls are for a cell, and an insert without its cell
    // gives the pair back.
    let (calls, most) = few_or((12, 10), (200, 200));
    let errors = refuse_each(calls, most, Key::spread, |id| [id; 17]);
    assert!(
        errors > calls * 8 / 10,
        "{errors} inserts gave their pair back"
    );
}

pub fn each_call_of_a_map_with_long_chains_refused_in_turn() {
    // Every key in one of few chains: most calls are for overflow buckets.
    let key = |id: u64| Key {
        id,
        hash: Key::spread(id).hash & !0x1f,
    };
    let (calls, most) = few_or((5, 24), (22, 800));
    let errors = refuse_each(calls, most, key, |id| id);
    assert!(
        (1..calls).contains(&errors),
        "{errors} inserts gave their pair back"
    );
}

pub fn no_call_granted_after_any_of_the_first() {
    let most = few_or(40, 300);
    let calls = {
        let ledger = Ledger::new();
        insert_all(&ledger, most, Key::spread, |id| id);
        ledger.calls()
    };
    for granted in (0..calls).step_by(few_or(2, 1)) {
        let ledger = Ledger::new();
        ledger.refuse_all_after(granted);
        let mut checked = Checked::new(&ledger);
        let inserted = (0..most)
            .filter(|id| checked.try_insert(Key::spread(*id), *id))
            .count();
        assert!(inserted < most as usize, "{granted} calls granted");
        checked.check_contents();
        // Overwriting and removing go on without memory, also in mid-growth.
        for id in 0..most {
            if checked.oracle.contains_key(&Key::spread(id)) {
                checked.insert(Key::spread(id), id + 1);
            }
            if id % 2 == 0 {
                checked.remove(Key::spread(id));
            }
        }
        checked.check_contents();
        // And with memory again everything fits.
        ledger.grant_all();
        for id in 0..most {
            checked.insert(Key::spread(id), id);
        }
        checked.check_contents();
    }
}

pub fn a_refused_growth_is_put_off_and_made_up_for() {
    let ledger = Ledger::new();
    let map = Hmap::try_with_capacity_and_hasher_in(104, Identity, &ledger).unwrap();
    let mut checked = Checked::of(map, &ledger);
    for id in 0..104 {
        checked.insert(Key::spread(id), id);
    }
    // The growth is asked for once, then not again for eight new keys.
    ledger.refuse_one_after(0);
    checked.insert(Key::spread(104), 104);
    assert_eq!(ledger.refused(), 1);
    assert!(!checked.map.is_growing());
    assert!(
        checked.map.capacity() >= 105,
        "capacity is never below the entries"
    );
    for id in 105..113 {
        checked.insert(Key::spread(id), id);
        assert!(!checked.map.is_growing(), "{id}");
    }
    checked.insert(Key::spread(113), 113);
    assert!(checked.map.is_growing());
    checked.check_contents();
}

pub fn an_insert_without_memory_says_what_was_refused() {
    let ledger = Ledger::new();
    ledger.refuse_all_after(0);
    let mut map = Hmap::with_hasher_in(Identity, &ledger);
    let error: InsertError<Key, u64> = map.insert(Key::spread(1), 5).unwrap_err();
    assert_eq!((error.key(), error.value()), (&Key::spread(1), &5));
    assert!(matches!(error.reason(), TryReserveError::AllocError { layout } if layout.size() > 64));
    assert_eq!(error.into_pair(), (Key::spread(1), 5));
    assert_eq!((map.len(), map.capacity(), map.validate()), (0, 0, Ok(())));
}

pub fn a_value_without_a_cell_leaves_no_trace() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    for id in 0..20 {
        checked.insert(Key::spread(id), [id; 40]);
    }
    let bytes = ledger.live_bytes();
    ledger.refuse_all_after(0);
    for id in 20..26 {
        assert!(!checked.try_insert(Key::spread(id), [id; 40]));
        assert_eq!(ledger.live_bytes(), bytes);
    }
    ledger.grant_all();
    // A key's cell is given back if the value's is refused.
    let mut large = Hmap::with_hasher_in(hmap::DefaultHashBuilder::with_seed(1), &ledger);
    large.insert([0_u64; 20], [0_u64; 20]).unwrap();
    let bytes = ledger.live_bytes();
    ledger.refuse_one_after(1);
    let error = large.insert([1_u64; 20], [1_u64; 20]).unwrap_err();
    assert_eq!(error.into_pair(), ([1; 20], [1; 20]));
    assert_eq!(ledger.live_bytes(), bytes);
    assert_eq!((large.len(), large.validate()), (1, Ok(())));
}

pub fn presizing_without_memory_keeps_everything() {
    // One array of the final size, whatever lies between.
    for granted in 0..2 {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        for id in 0..few_or(30, 60) {
            checked.insert(Key::spread(id), id);
        }
        let footprint = checked.map.footprint();
        ledger.refuse_all_after(granted);
        let hint = few_or(200, 1_000);
        let presized = checked.map.try_presize(hint);
        assert_eq!(presized.is_ok(), checked.map.capacity() >= hint);
        assert_eq!(presized.is_err(), granted == 0, "{granted} calls granted");
        assert_eq!(ledger.refused(), 1 - granted);
        if presized.is_err() {
            assert_eq!(checked.map.footprint(), footprint);
        }
        checked.check_contents();
    }
}

pub fn each_call_of_one_chain_with_cells_refused_in_turn() {
    // An overflow bucket that was taken goes back if the cell is refused.
    let (calls, most) = few_or((11, 9), (70, 60));
    let errors = refuse_each(calls, most, |id| Key::at(id, 0, id as u8), |id| [id; 17]);
    assert!(errors > calls / 2, "{errors} inserts gave their pair back");
}

pub fn a_refused_growth_is_forgotten_with_the_array() {
    let forget: [fn(&mut Checked<'_, u64>); 4] = [
        |checked| checked.clear(),
        |checked| checked.map.try_presize(few_or(60, 500)).unwrap(),
        |checked| {
            (0..105).for_each(|id| checked.remove(Key::spread(id)));
            checked.map.try_presize(few_or(60, 500)).unwrap();
        },
        |checked| {
            checked.retain(|key, _| key.id < 20);
            checked.map.shrink_to_fit().unwrap();
        },
    ];
    for forget in forget {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        let full = few_or(52, 104);
        for id in 0..full {
            checked.insert(Key::spread(id), id);
        }
        ledger.refuse_one_after(0);
        checked.insert(Key::spread(full), full);
        assert!(checked.map.is_growth_deferred());
        forget(&mut checked);
        assert!(!checked.map.is_growth_deferred());
        // The next growth is due when it always is.
        let most = checked.map.capacity();
        for id in 0..=most as u64 {
            assert!(!checked.map.is_growing());
            checked.insert(Key::spread(id), id);
        }
        assert!(checked.map.is_growing());
    }
}

pub fn where_a_chunk_is_refused_a_single_bucket_serves() {
    let ledger = Ledger::new();
    let map = Hmap::try_with_capacity_and_hasher_in(416, Identity, &ledger).unwrap();
    let mut checked = Checked::of(map, &ledger);
    // Sixty-four buckets with four spares, and chunks of four.
    let bucket = ledger.live_bytes() / 68;
    ledger.refuse_larger_than(16 + bucket);
    let (count, overflow) = few_or((44, 5), (100, 12));
    for id in 0..count {
        checked.insert(Key::at(id, 9, id as u8), id);
    }
    assert!(ledger.refused() > 0);
    checked.check_contents();
    assert_eq!(ledger.live_blocks(), 1 + overflow - 4);
}

pub fn a_single_bucket_that_is_refused_is_not_asked_for_again() {
    let ledger = Ledger::new();
    let map = Hmap::try_with_capacity_and_hasher_in(52, Identity, &ledger).unwrap();
    let mut checked = Checked::of(map, &ledger);
    for id in 0..8 {
        checked.insert(Key::at(id, 0, id as u8), id);
    }
    // Eight buckets have chunks of one.
    ledger.refuse_all_after(0);
    assert!(!checked.try_insert(Key::at(8, 0, 8), 8));
    assert_eq!(ledger.refused(), 1);
}
