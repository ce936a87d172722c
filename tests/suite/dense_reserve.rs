//! Memory ahead of time in a map of blocks: what is reserved goes in, whatever the hashes.

use super::dense::{FAMILIES, Family, checked};
use super::outside::there_and_back;
use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use alloc::vec::Vec;
use core::fmt::Debug;

use hmap::{Dense, Hmap, Paged, Policy, TryReserveError};

/// All but every sixteenth on one side of each split.
const ONE_SIDED: Family = |id| Key {
    id,
    hash: if id % 16 == 0 {
        id << 1
    } else {
        u64::MAX >> (id % 40 + 1)
    },
};

fn families() -> impl Iterator<Item = Family> {
    FAMILIES.into_iter().chain([ONE_SIDED])
}

/// Reserves for some keys in a map of so many, and puts them in, with removals in between, which
/// the allocator may not hear of.
fn reserve<P: Policy, V>(before: u64, keys: u64, family: Family, value: fn(u64) -> V)
where
    V: Clone + PartialEq + Debug,
{
    let ledger = Ledger::new();
    let mut checked = checked::<V, P>(&ledger);
    let mut random = fastrand::Rng::with_seed(before ^ keys);
    (0..before).for_each(|id| checked.insert(family(id), value(id)));
    checked.map.try_reserve(keys as usize).unwrap();
    assert!(checked.map.capacity() as u64 >= before + keys);
    checked.check();
    let calls = (ledger.calls(), ledger.freed());
    for id in before..before + keys {
        let left = before + keys - id;
        assert_eq!(checked.map.reserved() as u64, left);
        match random.u32(0..8) {
            0 => checked.remove(family(random.u64(0..id.max(1)))),
            1 if id % 3 == 0 => checked.retain(|key, _| key.id % 29 != 7),
            1 if id % 40 == 1 => checked.clear(),
            2 => assert!(checked.map.try_reserve(left as usize).is_ok()),
            _ => {}
        }
        if size_of::<V>() == 8 {
            assert_eq!((ledger.calls(), ledger.freed()), calls, "{left} left");
        }
        let freed = ledger.freed();
        let within = random.bool();
        checked.insert_reserved(family(id), value(id), within);
        assert_eq!((ledger.calls(), ledger.freed()), (calls.0, freed));
    }
    assert_eq!(checked.map.reserved(), 0);
    checked.check_contents();
    for id in 0..before + keys {
        checked.oracle.remove(&family(id));
        checked.map.remove(&family(id));
        checked.check();
    }
    // What was reserved and not needed goes back a few blocks at a time.
    checked.map.shrink_to_fit().unwrap();
    assert_eq!(ledger.live_bytes(), 0);
}

fn reserve_from_everywhere<P: Policy, V>(value: fn(u64) -> V)
where
    V: Clone + PartialEq + Debug,
{
    // Under Miri a few families, each in a map of another size, the first with a directory.
    for (number, family) in families().step_by(few_or(3, 1)).enumerate() {
        let one = &[66, 3, 20][few_or(number, 0)..][..1];
        for before in few_or(one, &[0, 3, 16, 17, 64, 65, 250]) {
            for keys in few_or(&[12][..], &[1, 2, 17, 100]) {
                reserve::<P, V>(*before, *keys, family, value);
            }
        }
    }
}

pub fn what_is_reserved_in_blocks_goes_in_whatever_the_hashes() {
    reserve_from_everywhere::<Dense, u64>(|id| id);
    reserve_from_everywhere::<Paged, u64>(|id| id);
}

pub fn what_is_reserved_in_blocks_with_cells_goes_in() {
    reserve_from_everywhere::<Dense, [u64; 5]>(|id| [id; 5]);
}

/// What is reserved in a map without entries, in which some of it comes, and then room is made ahead.
fn reserve_and_make_room<P: Policy>(keys: u64, family: Family) {
    let ledger = Ledger::new();
    // Large values, so that it is not a small map.
    let value = |id| [id; 12];
    let mut checked = checked::<[u64; 12], P>(&ledger);
    checked.map.try_reserve(keys as usize).unwrap();
    let some = keys * 3 / 4;
    for id in 0..some {
        checked.insert_reserved(family(id), value(id), false);
    }
    checked.map.try_presize(few_or(80, 800)).unwrap();
    assert_eq!(checked.map.reserved() as u64, keys - some);
    checked.check();
    let calls = ledger.calls();
    for id in some..keys {
        checked.insert_reserved(family(id), value(id), id % 2 == 0);
    }
    assert_eq!(ledger.calls(), calls);
    checked.check_contents();
}

pub fn room_that_is_made_ahead_leaves_what_is_reserved_in_blocks() {
    for family in families().step_by(few_or(3, 1)) {
        for keys in few_or(24, 9)..few_or(25, 80) {
            reserve_and_make_room::<Dense>(keys, family);
            reserve_and_make_room::<Paged>(keys, family);
        }
    }
}

pub fn a_refused_reservation_leaves_blocks_as_they_were() {
    for before in few_or(&[10, 66][..], &[0, 1, 5, 16, 17, 60, 64, 65, 100, 400]) {
        for keys in few_or(&[6][..], &[1, 20, 200]) {
            let ledger = Ledger::new();
            let mut checked = checked::<[u64; 5], Dense>(&ledger);
            (0..*before).for_each(|id| checked.insert(Key::spread(id), [id; 5]));
            for after in 0.. {
                let bytes = ledger.live_bytes();
                let refused = ledger.refused();
                ledger.refuse_all_after(after);
                let reserved = checked.map.try_reserve(*keys);
                ledger.grant_all();
                checked.check();
                if reserved.is_ok() {
                    assert_eq!(checked.map.reserved(), *keys);
                    // Also where the directory was refused a page.
                    assert!(checked.map.capacity() >= checked.map.len() + *keys);
                    if ledger.refused() == refused {
                        break;
                    }
                    checked.map.shrink_to_fit().unwrap();
                    checked.check();
                } else {
                    assert_eq!(ledger.live_bytes(), bytes, "{before} {keys} {after}");
                    assert_eq!(checked.map.reserved(), 0);
                }
            }
        }
    }
}

pub fn a_reservation_before_every_insert_keeps_blocks_small() {
    fn fill<P: Policy>(most: u64) -> (usize, usize) {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, _, _, P> = Hmap::with_policy_in(Identity, &ledger);
        for id in 0..most {
            map.try_reserve(1).unwrap();
            let calls = (ledger.calls(), ledger.freed());
            assert_eq!(
                map.insert_within_capacity(Key::spread(id), id).ok(),
                Some(None)
            );
            assert_eq!((ledger.calls(), ledger.freed()), calls);
        }
        assert_eq!(map.validate(), Ok(()));
        assert!(map.chain_stats().longest <= 5);
        (ledger.calls(), ledger.live_bytes())
    }
    let most = few_or(100, 3_000);
    let plain = {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, _, _, Paged> = Hmap::with_policy_in(Identity, &ledger);
        (0..most).for_each(|id| drop(map.insert(Key::spread(id), id)));
        (ledger.calls(), ledger.live_bytes())
    };
    for (calls, bytes) in [fill::<Dense>(most), fill::<Paged>(most)] {
        assert!(bytes <= plain.1 * 5 / 4, "{bytes} of {}", plain.1);
        assert!(calls <= plain.0 * 2, "{calls} of {}", plain.0);
    }
}

pub fn a_map_of_blocks_is_made_with_room_and_shrinks_to_what_it_has() {
    for entries in few_or(&[70][..], &[1, 3, 16, 17, 64, 65, 700]) {
        let ledger = Ledger::new();
        let mut checked = checked::<u64, Dense>(&ledger);
        checked.map.try_presize(*entries as usize).unwrap();
        assert!(checked.map.capacity() >= *entries as usize);
        let room = checked.map.capacity();
        (0..*entries).for_each(|id| checked.insert(Key::spread(id), id));
        assert_eq!(checked.map.capacity(), room, "no growth");
        checked.map.try_presize(2 * *entries as usize).unwrap();
        checked.check_contents();
        for left in [*entries, entries / 2, entries / 10, 1, 0] {
            (left..*entries).for_each(|id| checked.remove(Key::spread(id)));
            checked.map.shrink_to_fit().unwrap();
            checked.check();
            // As small as one that is filled so far.
            let other = Ledger::new();
            let mut fresh = self::checked::<u64, Dense>(&other);
            (0..left).for_each(|id| fresh.insert(Key::spread(id), id));
            fresh.map.shrink_to_fit().unwrap();
            let (bytes, most) = (ledger.live_bytes(), other.live_bytes() * 5 / 4 + 256);
            assert!(bytes <= most, "{left} of {entries}: {bytes} > {most}");
        }
        assert_eq!(ledger.live_bytes(), 0);
    }
}

/// Makes room in a map without memory, in one that had entries, and with each call but one refused.
fn make_room_refused<P: Policy>(before: u64, entries: usize) {
    for granted in 0.. {
        let ledger = Ledger::new();
        let mut checked = checked::<u64, P>(&ledger);
        (0..before).for_each(|id| checked.insert(Key::spread(id), id));
        let calls = ledger.calls();
        ledger.refuse_all_after(granted);
        let made = checked.map.try_presize(entries);
        ledger.grant_all();
        checked.check_contents();
        if made.is_ok() {
            assert!(granted > 3 && checked.map.capacity() >= entries);
            // Blocks are there: few of the inserts ask for one.
            let made = ledger.calls();
            (before..entries as u64).for_each(|id| checked.insert(Key::spread(id), id));
            let (asked, most) = (ledger.calls() - made, entries / 12 + 4);
            assert!(before > 0 || asked <= most, "{asked} > {most}");
            return;
        }
        if before == 0 {
            assert_eq!(ledger.live_bytes(), 0, "{granted} of {calls} granted");
        }
        checked.insert(Key::spread(before), before);
    }
}

pub fn room_in_blocks_is_made_with_the_directory_or_not_at_all() {
    for before in few_or(&[0][..], &[0, 5, 40, 90]) {
        make_room_refused::<Dense>(*before, few_or(100, 600));
        make_room_refused::<Paged>(*before, few_or(100, 600));
    }
}

/// Makes room in a map that has entries, refused at each call of the allocator, and then once more.
fn make_room_again<P: Policy>(before: u64, entries: usize) {
    // Chains where nothing was refused, one for all hashes of which there is none at first.
    let mut whole = 0;
    for granted in (0_usize..).map(|after| after.checked_sub(1)) {
        let ledger = Ledger::new();
        let mut checked = checked::<u64, P>(&ledger);
        (0..before).for_each(|id| checked.insert(Key::spread(id), id));
        if let Some(calls) = granted {
            ledger.refuse_all_after(calls);
        }
        let made = checked.map.try_presize(entries);
        ledger.grant_all();
        checked.check_contents();
        match (made, granted) {
            (Ok(()), None) => whole = checked.map.chain_stats().chains,
            (Ok(()), Some(_)) => return,
            (Err(_), _) => {
                checked.map.try_presize(entries).unwrap();
                checked.check_contents();
                let chains = checked.map.chain_stats().chains;
                assert!(chains >= whole, "{granted:?} granted: {chains} of {whole}");
            }
        }
    }
}

pub fn room_in_blocks_that_was_refused_is_made_the_next_time() {
    for before in few_or(&[70][..], &[5, 40, 70, 90, 300]) {
        make_room_again::<Dense>(*before, few_or(200, 900));
        make_room_again::<Paged>(*before, few_or(200, 900));
    }
}

pub fn what_is_done_to_blocks_with_a_reservation_calls_no_allocator() {
    let many = few_or(24, 1500);
    there_and_back::<u64, Dense>(&7, many);
    there_and_back::<[u64; 20], Dense>(&[7; 20], many);
    there_and_back::<u8, Paged>(&7, many);
}

pub fn what_others_bring_leaves_what_is_reserved_in_blocks() {
    for family in families().step_by(few_or(3, 1)) {
        for before in few_or(&[30][..], &[0, 3, 15, 40, 64, 90, 200]) {
            let ledger = Ledger::new();
            let mut checked = checked::<u64, Dense>(&ledger);
            (0..*before).for_each(|id| checked.insert(family(id), id));
            let keys = few_or(4, 40);
            checked.map.try_reserve(keys as usize).unwrap();
            let brought: Vec<u64> = (before + keys..before + 3 * keys).collect();
            for id in &brought {
                let mut memory = checked.map.reservation(1);
                memory.allocate().unwrap();
                let calls = (ledger.calls(), ledger.freed());
                let inserted = checked.map.insert_with(&mut memory, family(*id), *id);
                assert!(matches!(inserted, Ok(None)));
                checked.oracle.insert(family(*id), *id);
                assert_eq!((ledger.calls(), ledger.freed()), calls);
                assert_eq!(checked.map.reserved() as u64, keys);
                drop(memory);
                checked.check();
            }
            let calls = (ledger.calls(), ledger.freed());
            for id in *before..before + keys {
                checked.insert_reserved(family(id), id, id % 2 == 0);
            }
            assert_eq!((ledger.calls(), ledger.freed()), calls);
            checked.check_contents();
        }
    }
}

pub fn more_room_than_a_directory_can_have_is_no_question_for_the_allocator() {
    for entries in [usize::MAX, usize::MAX / 2, 1 << 31] {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, Identity, &Ledger, Dense> =
            Hmap::with_policy_in(Identity, &ledger);
        for filled in [0, few_or(70, 300)] {
            for id in 0..filled {
                map.insert(Key::spread(id), id).unwrap();
            }
            let calls = ledger.calls();
            let refused = map.try_presize(entries);
            assert_eq!(refused, Err(TryReserveError::CapacityOverflow));
            assert_eq!((ledger.calls(), map.validate()), (calls, Ok(())));
        }
    }
}
