//! What removals leave of a map of blocks: memory that follows the entries, in steps of which
//! each is small.

use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, looks_after};
use alloc::vec::Vec;
use hmap::{Allocator, Cursor, Dense, Hmap, Paged, Policy};

/// About as many as the directory has entries: batches of a cursor are those of its intervals.
fn intervals<V, A: Allocator, P: Policy>(map: &Hmap<Key, V, Identity, A, P>) -> usize {
    let mut cursor = Cursor::new();
    core::iter::from_fn(|| cursor.next(map).map(drop)).count()
}

/// Inserts without a look at how often the allocator is called: to split a chain may take many.
fn put<P: Policy>(checked: &mut Checked<'_, u64, &Ledger, P>, key: Key, value: u64) {
    assert!(checked.map.insert(key, value).unwrap().is_none());
    checked.oracle.insert(key, value);
}

/// Removes; under Miri without a look at the whole map every so often.
fn take<P: Policy>(checked: &mut Checked<'_, u64, &Ledger, P>, key: Key) {
    if cfg!(miri) {
        assert_eq!(checked.map.remove(&key), checked.oracle.remove(&key));
    } else {
        checked.remove(key);
    }
}

/// Entries of two chains whose hashes differ in bit `bit`, among others that go.
fn two_chains_stay<P: Policy>(bit: u32, lens: [u64; 2]) {
    let ledger = Ledger::new();
    let map = Hmap::with_policy_in(Identity, &ledger);
    let mut checked: Checked<'_, u64, &Ledger, P> = Checked::of(map, &ledger);
    let others = (8 << bit) + 60;
    for (side, len) in (0..).zip(lens) {
        for id in 0..len {
            let key = Key::at(others + 2 * id + side, 5 | (side as u32) << bit, id as u8);
            put(&mut checked, key, id);
        }
    }
    (0..others).for_each(|id| put(&mut checked, Key::spread(id), id));
    checked.check_contents();
    (0..others).for_each(|id| take(&mut checked, Key::spread(id)));
    checked.check_contents();
    let (left, intervals) = (checked.map.len(), intervals(&checked.map));
    assert!(intervals <= 2 + left / 2, "{intervals} for {left}");
    let keys: Vec<Key> = checked.oracle.keys().copied().collect();
    keys.into_iter().for_each(|key| take(&mut checked, key));
    assert_eq!(ledger.live_bytes(), 0);
}

pub fn chains_of_agreeing_hashes_do_not_keep_the_directory_large() {
    let bit = few_or(3, 7);
    let all = [
        [20, 20],
        [16, 16],
        [3, 40],
        [40, 3],
        [17, 31],
        [16, 20],
        [33, 33],
    ];
    // Under Miri the second: of two blocks where they are one chain, and of one each where not.
    for lens in all.into_iter().skip(few_or(1, 0)).take(few_or(1, 7)) {
        two_chains_stay::<Dense>(bit, lens);
        two_chains_stay::<Paged>(bit, lens);
    }
}

/// A map of spread keys, and the bytes that it takes.
fn filled<P: Policy>(ledger: &Ledger, count: u64) -> Hmap<Key, u64, Identity, &Ledger, P> {
    let mut map = Hmap::with_policy_in(Identity, ledger);
    (0..count).for_each(|id| assert!(map.insert(Key::spread(id), id).unwrap().is_none()));
    map
}

/// Looks whether a map is whole and takes no more than its share of what it took when full.
#[track_caller]
fn is_tight<P: Policy>(map: &Hmap<Key, u64, Identity, &Ledger, P>, full: usize, count: u64) {
    assert_eq!(map.validate(), Ok(()));
    let held = map.allocation_size();
    let most = 2 * full * map.len() / count as usize + few_or(4_096, 16_384);
    assert!(held <= most, "{held} > {most} for {} entries", map.len());
}

fn take_out<P: Policy>(count: u64) {
    let ledger = Ledger::new();
    let stays = |key: &Key| key.id % 20 == 0;
    // Half of the walk, all of it, nothing; under Miri there is another below that takes all.
    let most = [count as usize / 2, usize::MAX, 0];
    for most in most.into_iter().take(few_or(1, 3)) {
        let mut map = filled::<P>(&ledger, count);
        let full = ledger.live_bytes();
        let taken = map.extract_if(|key, _| !stays(key)).take(most).count();
        assert_eq!(taken + map.len(), count as usize);
        is_tight(&map, full, count);
        for id in 0..count {
            let left = map.remove(&Key::spread(id));
            assert!(left == Some(id) || left.is_none() && !stays(&Key::spread(id)));
        }
        assert_eq!(ledger.live_bytes(), 0);
    }
    let mut map = filled::<P>(&ledger, count);
    assert_eq!(map.extract_if(|_, _| true).count(), count as usize);
    assert_eq!(ledger.live_bytes(), 0);
    let (mut map, full) = (filled::<P>(&ledger, count), ledger.live_bytes());
    for _ in 0..count - 1 {
        assert!(map.extract_if(|_, _| true).next().is_some());
        if map.len() % 64 == 0 {
            is_tight(&map, full, count);
        }
    }
    map.retain(|_, _| false);
    assert_eq!(ledger.live_bytes(), 0);
}

pub fn what_is_taken_out_in_a_walk_gives_its_memory_back() {
    take_out::<Dense>(few_or(80, 6_000));
    take_out::<Paged>(few_or(40, 2_000));
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_a_walk_that_takes_out_leaves_no_more_memory_than_needed() {
    use crate::support::part::panic_on_purpose;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let count = few_or(120, 4_000);
    for retains in [true, false] {
        let ledger = Ledger::new();
        let mut map = filled::<Dense>(&ledger, count);
        let (full, mut asked) = (ledger.live_bytes(), 0);
        let mut is_to_go = |key: &Key| {
            asked += 1;
            if asked == count - 5 {
                panic_on_purpose();
            }
            key.id % 20 != 0
        };
        let walk = AssertUnwindSafe(|| match retains {
            true => map.retain(|key, _| !is_to_go(key)),
            false => map.extract_if(|key, _| is_to_go(key)).for_each(drop),
        });
        assert!(catch_unwind(walk).is_err());
        is_tight(&map, full, count);
    }
}

/// Leaves gaps in all chains, and looks that no removal after it does more than a little.
fn forget_a_walk<P: Policy>(count: u64, stays: u64) {
    let ledger = Ledger::new();
    let mut map = filled::<P>(&ledger, count);
    let mut walk = map.extract_if(|key, _| key.id >= stays);
    assert_eq!(walk.by_ref().count() as u64, count - stays);
    core::mem::forget(walk);
    assert_eq!(map.validate(), Ok(()));
    let mut rounds = 0;
    let mut remove = |map: &mut Hmap<Key, u64, Identity, &Ledger, P>, id| {
        let freed = ledger.freed();
        assert_eq!(map.remove(&Key::spread(id)), Some(id));
        let freed = ledger.freed() - freed;
        assert!(freed <= 24, "{freed} blocks given back at once");
        if looks_after(rounds) {
            assert_eq!(map.validate(), Ok(()));
            assert_eq!(map.allocation_size(), ledger.live_bytes());
        }
        rounds += 1;
    };
    (0..stays).for_each(|id| remove(&mut map, id));
    // A map that has become empty has memory as long as nothing else is done with it.
    while ledger.live_bytes() > 0 {
        map.insert(Key::spread(0), 0).unwrap();
        remove(&mut map, 0);
    }
    assert!(rounds < count, "{rounds} removals");
    // Or it gives all back in a call that may take time.
    let mut map = filled::<P>(&ledger, count);
    let mut walk = map.extract_if(|_, _| true);
    assert_eq!(walk.by_ref().count() as u64, count);
    core::mem::forget(walk);
    map.shrink_to_fit().unwrap();
    assert_eq!(ledger.live_bytes(), 0);
}

pub fn gaps_of_a_forgotten_walk_are_closed_a_few_at_a_time() {
    for stays in few_or(&[9][..], &[0, 1, 9]) {
        forget_a_walk::<Dense>(few_or(100, 6_000), *stays);
        forget_a_walk::<Paged>(few_or(60, 3_000), *stays);
    }
}

#[cfg(not(target_os = "none"))]
pub fn no_page_is_lost_where_the_allocator_panics_with_another() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    // Two levels of pages have so many entries; one more is the first of a page of pages, and
    // comes with the seventh entry of the map for each and one more.
    let count = 7 * 512 * 512;
    let key = |id| Key::spread(id).hash;
    let ledger = Ledger::new();
    let mut map: Hmap<u64, (), _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
    (0..count).for_each(|id| assert!(map.insert(key(id), ()).is_ok()));
    // The root; the first of its two pages; the second.
    for after in [0, 1, 1] {
        ledger.panic_after(after);
        let insert = AssertUnwindSafe(|| map.insert(key(count), ()));
        assert!(catch_unwind(insert).is_err());
        assert_eq!(map.allocation_size(), ledger.live_bytes());
    }
    let calls = ledger.calls();
    assert!(map.insert(key(count), ()).is_ok());
    assert!(ledger.calls() - calls >= 2);
    assert_eq!(map.validate(), Ok(()));
    // The first page that goes is the one below the other.
    ledger.panic_after_freeing(0);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(map))).is_err());
    assert_eq!(ledger.live_blocks(), 0);
}

/// A key of one of two chains, which are one until the directory has more than `2 << bit` entries.
fn of_two_chains(id: u64, bit: u32) -> Key {
    Key::at(id, 5 | (id as u32 & 1) << bit, id as u8)
}

pub fn blocks_of_long_chains_are_given_back_in_any_order() {
    let count = few_or(80, 600);
    for chains in (1..4).step_by(few_or(2, 1)) {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
        let key = |id: u64| Key::at(id, id as u32 % chains, id as u8);
        (0..count).for_each(|id| assert!(map.insert(key(id), id).unwrap().is_none()));
        // Blocks without entries behind some of each chain, whose memory lies in turns.
        let stays = |id: u64| id % 9 == 0;
        let mut walk = map.extract_if(|key, _| !stays(key.id));
        walk.by_ref().for_each(drop);
        core::mem::forget(walk);
        for id in (0..count).filter(|id| stays(*id)) {
            assert_eq!(map.remove(&key(id)), Some(id));
            if looks_after(id / 9) {
                assert_eq!(map.validate(), Ok(()));
                assert_eq!(map.allocation_size(), ledger.live_bytes());
            }
        }
        // What the walk would have given back goes a little each time that the map gets empty.
        for _ in 0..count / 30 {
            map.insert(key(0), 0).unwrap();
            map.remove(&key(0));
        }
        assert_eq!(ledger.live_bytes(), 0);
    }
    let ledger = Ledger::new();
    let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
    for id in 0..2 * count {
        let key = match id < count {
            true => of_two_chains(id, few_or(4, 7)),
            false => Key::spread(id),
        };
        assert!(map.insert(key, id).unwrap().is_none());
        if looks_after(id) {
            assert_eq!(map.validate(), Ok(()));
        }
    }
}

pub fn a_cursor_goes_on_in_the_middle_of_blocks_that_have_joined() {
    let (count, every) = few_or((80, 61), (600, 3));
    // Spread hashes, crowded ones, and some that agree.
    let families: [fn(u64) -> Key; 3] = [
        Key::spread,
        |id| Key {
            id,
            hash: Key::spread(id).hash & !0x3c,
        },
        |id| match id % 3 {
            0 => Key::at(id, 5, id as u8),
            _ => Key::spread(id),
        },
    ];
    let stays = |id: u64| id % 4 == 0;
    for (key, changes) in families
        .into_iter()
        .flat_map(|key| [(key, false), (key, true)])
        .step_by(few_or(5, 1))
    {
        for stop in (few_or(30, 0)..count).step_by(every) {
            let ledger = Ledger::new();
            let mut map: Hmap<Key, u64, _, _, Dense> = Hmap::with_policy_in(Identity, &ledger);
            (0..count).for_each(|id| assert!(map.insert(key(id), id).unwrap().is_none()));
            let (mut cursor, mut given) = (Cursor::new(), Vec::new());
            let mut take = |map: &mut Hmap<Key, u64, _, _, Dense>, most| {
                for _ in 0..most {
                    let before = cursor;
                    if changes {
                        let batch = cursor.next_mut(map).into_iter().flatten();
                        given.extend(batch.map(|(key, _)| key.id).filter(|id| stays(*id)));
                    } else {
                        let batch = cursor.next(map).into_iter().flatten();
                        given.extend(batch.map(|(key, _)| key.id).filter(|id| stays(*id)));
                    }
                    assert!(cursor > before || cursor.has_ended());
                }
                cursor.has_ended()
            };
            take(&mut map, stop / 4);
            for id in (0..count).filter(|id| !stays(*id)) {
                assert_eq!(map.remove(&key(id)), Some(id));
            }
            let has_ended = take(&mut map, 2 * count);
            assert!(has_ended);
            given.sort_unstable();
            assert!(given.iter().copied().eq((0..count).filter(|id| stays(*id))));
        }
    }
}
