//! What one insert does, counted: entries moved, chains moved, bucket heads written, calls
//! of the allocator. The numbers are those of these keys, on every machine; a change of
//! the schedule shows here first.

use crate::support::keys::{Counting, Key};
use crate::support::ledger::Ledger;
use hmap::introspection::OldChain;
use hmap::{Cursor, Hmap};

/// Bytes of a bucket's head: tophash and link.
const HEAD: usize = 8 + size_of::<usize>();

type Map<'l> = Hmap<Key, u64, Counting, &'l Ledger>;

/// What one insert did, or the most that any did.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Work {
    entries_moved: usize,
    allocator_calls: usize,
}

impl Work {
    fn at_most(self, other: Self) -> Self {
        Self {
            entries_moved: self.entries_moved.max(other.entries_moved),
            allocator_calls: self.allocator_calls.max(other.allocator_calls),
        }
    }
}

fn insert(map: &mut Map<'_>, ledger: &Ledger, id: u64) -> Work {
    insert_key(map, ledger, Key::spread(id))
}

fn insert_key(map: &mut Map<'_>, ledger: &Ledger, key: Key) -> Work {
    let (hashed, calls) = (map.hasher().0.get(), ledger.calls());
    map.insert(key, key.id).unwrap();
    Work {
        entries_moved: map.hasher().0.get() - hashed - 1,
        allocator_calls: ledger.calls() - calls,
    }
}

pub fn an_insert_moves_few_entries_however_large_the_map() {
    let ledger = Ledger::new();
    let mut map: Map<'_> = Hmap::with_hasher_in(Counting::default(), &ledger);
    let (mut worst, mut all) = (Work::default(), Work::default());
    for id in 0..6_000 {
        let work = insert(&mut map, &ledger, id);
        worst = worst.at_most(work);
        all.entries_moved += work.entries_moved;
        all.allocator_calls += work.allocator_calls;
    }
    let expected = Work {
        entries_moved: 25,
        allocator_calls: 1,
    };
    assert_eq!(worst, expected, "in the worst of 6,000 inserts");
    // 8 + 13 + 26 + ... + 3,328 entries, each doubling's all of them.
    assert_eq!(all.entries_moved, 6_651);
    assert_eq!(all.allocator_calls, 17);
}

pub fn an_insert_moves_two_chains_and_writes_the_heads_of_four_buckets() {
    let ledger = Ledger::new();
    let mut map: Map<'_> = Hmap::with_hasher_in(Counting::default(), &ledger);
    let (mut chains, mut bytes) = (0, 0);
    for id in 0..1_700 {
        let before = moved(&map);
        let overflow = map.state().noverflow;
        insert(&mut map, &ledger, id);
        // The insert that starts a growth and the one that ends it have no old array on
        // one side of them: what they move is seen in the tests of the schedule.
        let (Some(before), Some(after)) = (before, moved(&map)) else {
            continue;
        };
        let overflow = (map.state().noverflow - overflow) as usize;
        let moved = after - before;
        chains = chains.max(moved);
        bytes = bytes.max((2 * moved + overflow) * HEAD);
        assert!(moved >= 1, "a growth goes on with every insert");
    }
    assert_eq!(chains, 2);
    // X and Y of both, and an overflow bucket.
    assert_eq!(bytes, 5 * HEAD, "initialised by one insert");
}

/// How many chains of the old array are moved; none if no growth runs.
fn moved(map: &Map<'_>) -> Option<usize> {
    let chains = (0..).map_while(|number| map.old_chain_view(number));
    map.is_growing().then(|| {
        chains
            .filter(|chain| matches!(chain, OldChain::Moved(_)))
            .count()
    })
}

pub fn without_a_growth_an_insert_moves_nothing_and_asks_for_nothing() {
    let ledger = Ledger::new();
    let hasher = Counting::default();
    let mut map: Map<'_> = Hmap::try_with_capacity_and_hasher_in(1_600, hasher, &ledger).unwrap();
    let mut worst = Work::default();
    for id in 0..1_600 {
        worst = worst.at_most(insert(&mut map, &ledger, id));
    }
    let nothing_moved = Work {
        entries_moved: 0,
        // Chunks of overflow buckets, once the array's spares are used up.
        allocator_calls: 1,
    };
    assert_eq!(worst, nothing_moved);
}

/// Copies a map of 6,000 entries by a cursor into another one, with the hash that
/// `rehashed` gives a key there: the most entries that an insert moved, and the longest
/// chain that there was, in buckets.
fn copied_by_a_cursor(
    into: &mut Map<'_>,
    ledger: &Ledger,
    rehashed: fn(Key) -> Key,
) -> (usize, usize) {
    let mut map: Map<'_> = Hmap::with_hasher_in(Counting::default(), into.allocator());
    for id in 0..6_000 {
        map.insert(Key::spread(id), id).unwrap();
    }
    let (mut worst, mut longest) = (Work::default(), 0);
    let mut cursor = Cursor::new();
    while let Some(batch) = cursor.next(&map) {
        for (key, _) in batch {
            worst = worst.at_most(insert_key(into, ledger, rehashed(*key)));
        }
        longest = longest.max(into.chain_stats().longest);
    }
    assert_eq!(into.len(), 6_000);
    (worst.entries_moved, longest)
}

pub fn a_copy_in_a_cursors_order_crowds_a_map_that_grows_with_the_same_hashes() {
    let ledger = Ledger::new();
    let mut copy: Map<'_> = Hmap::with_hasher_in(Counting::default(), &ledger);
    let (moved, longest) = copied_by_a_cursor(&mut copy, &ledger, |key| key);
    // What `Cursor`'s page warns of. The three tests below show what it says to do.
    assert_eq!((moved, longest), (208, 24), "moved, longest");
}

pub fn a_copy_in_a_cursors_order_with_room_first_moves_nothing() {
    let ledger = Ledger::new();
    let hasher = Counting::default();
    let mut copy: Map<'_> = Hmap::try_with_capacity_and_hasher_in(6_000, hasher, &ledger).unwrap();
    let (moved, longest) = copied_by_a_cursor(&mut copy, &ledger, |key| key);
    assert_eq!((moved, longest), (0, 3), "moved, longest");

    let mut copy: Map<'_> = Hmap::with_hasher_in(Counting::default(), &ledger);
    copy.try_presize(6_000).unwrap();
    let (moved, longest) = copied_by_a_cursor(&mut copy, &ledger, |key| key);
    assert_eq!((moved, longest), (0, 3), "moved, longest");
}

pub fn a_copy_in_a_cursors_order_with_another_seed_moves_few_entries() {
    let ledger = Ledger::new();
    let mut copy: Map<'_> = Hmap::with_hasher_in(Counting::default(), &ledger);
    let another_seed = |key: Key| Key {
        hash: Key::spread(key.hash).hash,
        ..key
    };
    let (moved, longest) = copied_by_a_cursor(&mut copy, &ledger, another_seed);
    assert!(moved <= 25, "{moved} entries moved by one insert");
    assert!(longest <= 4, "a chain of {longest} buckets");
}

pub fn a_copy_in_the_order_of_iteration_moves_little_more_than_any_insert() {
    let ledger = Ledger::new();
    let mut map: Map<'_> = Hmap::with_hasher_in(Counting::default(), &ledger);
    let mut copy: Map<'_> = Hmap::with_hasher_in(Counting::default(), &ledger);
    for id in 0..6_000 {
        map.insert(Key::spread(id), id).unwrap();
    }
    let (mut worst, mut longest) = (Work::default(), 0);
    for (key, _) in &map {
        worst = worst.at_most(insert_key(&mut copy, &ledger, *key));
        longest = longest.max(copy.chain_stats().longest);
    }
    let moved = worst.entries_moved;
    assert_eq!((moved, longest), (29, 4), "moved, longest");
}

#[cfg(target_os = "none")]
pub fn a_footprint_takes_no_longer_for_what_is_reserved() {
    let took = |n| {
        let ledger = Ledger::new();
        let mut map: Hmap<Key, [u8; 200], _, _> =
            Hmap::with_hasher_in(Counting::default(), &ledger);
        map.try_reserve(n).unwrap();
        let start = board::instructions();
        let footprint = core::hint::black_box(map.footprint());
        let took = board::instructions() - start;
        assert_eq!(footprint.cells, 200 * n);
        took
    };
    let (few, many) = (took(8), took(800));
    assert!(many < 2 * few + 100, "{many} instructions instead of {few}");
}

#[cfg(target_os = "none")]
pub fn a_reservation_is_a_few_instructions_where_a_bucket_is_at_hand() {
    let ledger = Ledger::new();
    let hasher = Counting::default();
    let mut map: Map<'_> = Hmap::try_with_capacity_and_hasher_in(1_600, hasher, &ledger).unwrap();
    let mut worst = 0;
    for id in 0..1_000 {
        let calls = ledger.calls();
        let start = board::instructions();
        map.try_reserve(1).unwrap();
        let took = board::instructions() - start;
        if ledger.calls() == calls {
            worst = worst.max(took);
        }
        map.insert(Key::spread(id), id).unwrap();
    }
    // This crate is built with little optimisation here.
    assert!(worst < 300, "{worst} instructions");
}
