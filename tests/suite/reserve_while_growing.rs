//! Reservations and growths: one that runs goes on, one that is called for is started with
//! what is reserved, and none is started by an insert while something is.

use super::reserve::{ADVERSARIES, use_up};
use crate::support::few_or;
use crate::support::keys::{Counting, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use alloc::collections::VecDeque;
use fastrand::Rng;
use hmap::Hmap;

/// Eight chains of which each has an overflow bucket and one entry: a growth to the same
/// size is due.
fn make_sparse(checked: &mut Checked<'_, u64>) {
    for bucket in 0..8 {
        let key = |id| Key::at(u64::from(bucket) * 9 + id, bucket, 1);
        (0..9).for_each(|id| checked.insert(key(id), id));
        (0..8).for_each(|id| checked.remove(key(id)));
    }
}

pub fn a_growth_goes_on_under_a_reservation() {
    let mut random = Rng::with_seed(3);
    for adversary in ADVERSARIES {
        for &n in few_or(&[5][..], &[5, 120]) {
            // Of crowded keys the moves take overflow buckets, and give some back.
            for crowded in [false, true] {
                let ledger = Ledger::new();
                let mut checked = Checked::new(&ledger);
                for id in 0..few_or(27, 209) {
                    let key = match crowded {
                        true => Key::at(id, id as u32 % 8, id as u8),
                        false => Key::spread(id),
                    };
                    checked.insert(key, id);
                }
                assert!(checked.map.is_growing());
                let capacity = checked.map.capacity();
                checked.map.try_reserve(n).unwrap();
                assert!(checked.map.is_growing(), "nothing is moved at once");
                assert_eq!(checked.map.capacity(), capacity);
                use_up(&mut checked, &ledger, n as u64, &mut random, adversary);
            }
        }
    }
}

pub fn a_reservation_moves_no_entry_if_one_doubling_is_enough() {
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, Counting, _> = Hmap::with_hasher_in(Counting::default(), &ledger);
    let mut ids = 0..;
    while map.capacity() < few_or(50, 1_000) {
        // One more than there is room for. Inserts use it up, and fill what is free: the last
        // of them ends a growth, whose array waits to be given back.
        let n = map.capacity() - map.len() + 1;
        let hashed = map.hasher().0.get();
        map.try_reserve(n).unwrap();
        assert_eq!(map.hasher().0.get(), hashed, "{n} reserved");
        assert_eq!(map.validate(), Ok(()));
        for id in ids.by_ref() {
            // Also after what was reserved, as far as it goes.
            let full = map.len() == map.capacity();
            if full || map.insert_within_capacity(Key::spread(id), id).is_err() {
                break;
            }
        }
        assert_eq!((map.reserved(), map.validate()), (0, Ok(())));
    }
}

pub fn a_doubling_is_started_with_what_is_reserved() {
    let mut random = Rng::with_seed(7);
    for adversary in ADVERSARIES {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        let full = few_or(26, 104);
        for id in 0..full {
            checked.insert(Key::at(id, id as u32 % 11, id as u8), id);
        }
        checked.map.finish_growth();
        let n = full as usize / 2;
        checked.map.try_reserve(n).unwrap();
        assert!(checked.map.is_growing(), "what is there moves by and by");
        assert!(checked.map.capacity() >= full as usize + n);
        use_up(&mut checked, &ledger, n as u64, &mut random, adversary);
    }
}

pub fn the_moves_of_a_growth_leave_alone_what_is_reserved() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(104).unwrap();
    // Four chains whose moves take a bucket each, and give back the one that they had; eight
    // chains that are full, so that each further key takes one.
    let mut ids = 0..;
    for (chain, entries) in [9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 4]
        .into_iter()
        .enumerate()
    {
        for id in ids.by_ref().take(entries) {
            checked.insert(Key::at(id, chain as u32, id as u8), id);
        }
    }
    checked.map.try_reserve(8).unwrap();
    assert!(checked.map.is_growing());
    ledger.refuse_all_after(0);
    for chain in 4..12 {
        let key = Key::at(1_000 + u64::from(chain), chain, 1);
        assert!(checked.try_insert(key, 0), "into chain {chain}");
    }
    assert_eq!((checked.map.reserved(), ledger.refused()), (0, 0));
}

pub fn a_refused_reservation_puts_no_growth_off() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(52).unwrap();
    make_sparse(&mut checked);
    ledger.refuse_all_after(0);
    assert!(checked.map.try_reserve(10).is_err());
    assert!(!checked.map.is_growth_deferred());
    ledger.grant_all();
    checked.insert(Key::at(9_000, 3, 1), 0);
    assert!(checked.map.is_growing(), "it is due as before");
}

pub fn reservations_that_never_run_out_do_not_keep_chains_sparse() {
    // Some hundred keys live at a time; those that come fall into one part of the table
    // after the other. Nine are reserved before every eight.
    let mut most = [0; 2];
    for (most, reserved) in most.iter_mut().zip([8, 9]) {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        let mut ids = 0..;
        let mut live = VecDeque::new();
        for round in 0..few_or(8, 600_u64) {
            checked.map.try_reserve(reserved).unwrap();
            for id in ids.by_ref().take(8) {
                let bucket = (round / 6 % 16) as u32;
                let key = Key::at(id, bucket, id as u8);
                checked.insert(key, id);
                live.push_back(key);
                if live.len() > 60 {
                    live.pop_front()
                        .into_iter()
                        .for_each(|key| checked.remove(key));
                }
            }
            *most = u32::max(*most, checked.map.state().noverflow);
        }
        checked.check_contents();
    }
    assert!(most[1] <= most[0] + 8, "{most:?} overflow buckets");
}

pub fn no_growth_to_the_same_size_starts_while_something_is_reserved() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    checked.map.try_presize(52).unwrap();
    checked.map.try_reserve(8 * 9 + 10).unwrap();
    let capacity = checked.map.capacity();
    make_sparse(&mut checked);
    assert_eq!(checked.map.reserved(), 10);
    use_up(
        &mut checked,
        &ledger,
        10,
        &mut Rng::with_seed(5),
        |_, number| number as u32 % 8,
    );
    assert!(!checked.map.is_growing());
    // Of sixteen chains eight are there twice.
    for id in 0..72 {
        checked.insert(Key::at(8_000 + id, 8 + id as u32 % 8, 1), 0);
    }
    checked.insert(Key::at(9_000, 0, 1), 0);
    assert_eq!(
        (checked.map.is_growing(), checked.map.capacity()),
        (true, capacity),
        "with the next key it is no longer put off"
    );
}

pub fn a_growth_to_the_same_size_that_is_due_starts_with_the_reservation() {
    // Whoever reserves before each insert would never come to it.
    for refused in [false, true] {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        checked.map.try_presize(52).unwrap();
        make_sparse(&mut checked);
        assert!(!checked.map.is_growing());
        if refused {
            ledger.refuse_one_after(0);
        }
        checked.map.try_reserve(1).unwrap();
        assert_eq!(checked.map.is_growing(), !refused);
        assert_eq!(checked.map.is_growth_deferred(), refused);
        // Put off for eight reservations, as for eight inserts.
        for id in 100..109 {
            assert!(checked.try_insert(Key::at(id, 3, 1), id));
            checked.map.try_reserve(1).unwrap();
        }
        assert!(checked.map.state().same_size || !refused);
        checked.check_contents();
    }
}
