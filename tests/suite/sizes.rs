//! How many buckets there are for how many entries: Go's numbers.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use hmap::{DefaultHashBuilder, Global, Hmap, TryReserveError};

/// The most entries that 2^B buckets hold, for B = 0, 1, 2, ...
const LIMITS: [usize; 11] = [8, 13, 26, 52, 104, 208, 416, 832, 1664, 3328, 6656];

type Map<'l> = Hmap<Key, u64, Identity, &'l Ledger>;

fn with_capacity(hint: usize, ledger: &Ledger) -> Map<'_> {
    let map = Hmap::try_with_capacity_and_hasher_in(hint, Identity, ledger).unwrap();
    assert_eq!(map.validate(), Ok(()));
    map
}

/// Measured with Go's own maker: hint, B.
pub fn hints_give_gos_number_of_buckets() {
    let table = [
        (9, 1),
        (10, 1),
        (13, 1),
        (14, 2),
        (20, 2),
        (26, 2),
        (27, 3),
        (52, 3),
        (53, 4),
        (104, 4),
        (105, 5),
        (208, 5),
        (209, 6),
        (416, 6),
        (417, 7),
        (832, 7),
        (833, 8),
        (1000, 8),
        (1664, 8),
        (1665, 9),
        (6657, 11),
    ];
    for (hint, b) in table.into_iter().take(few_or(12, 21)) {
        let ledger = Ledger::new();
        let map = with_capacity(hint, &ledger);
        assert_eq!(map.capacity(), 13 << (b - 1), "hint {hint}");
        assert_eq!(ledger.calls(), 1, "hint {hint}");
    }
}

pub fn hints_up_to_eight_allocate_nothing() {
    for hint in 0..=8 {
        let ledger = Ledger::new();
        let mut map = with_capacity(hint, &ledger);
        assert_eq!((map.capacity(), ledger.calls()), (0, 0));
        map.insert(Key::spread(1), 1).unwrap();
        assert_eq!((map.capacity(), ledger.calls()), (8, 1));
    }
}

pub fn a_hint_that_overflows_is_an_error_without_an_allocation() {
    let ledger = Ledger::new();
    for hint in [usize::MAX, usize::MAX / 2, isize::MAX as usize] {
        let map = Map::try_with_capacity_and_hasher_in(hint, Identity, &ledger);
        assert_eq!(
            map.err(),
            Some(TryReserveError::CapacityOverflow),
            "hint {hint}"
        );
        let mut map = Map::with_hasher_in(Identity, &ledger);
        assert_eq!(
            map.try_presize(hint),
            Err(TryReserveError::CapacityOverflow)
        );
        map.insert(Key::spread(1), 1).unwrap();
        let calls = ledger.calls();
        assert_eq!(
            map.try_presize(hint),
            Err(TryReserveError::CapacityOverflow)
        );
        assert_eq!(ledger.calls(), calls);
    }
}

pub fn a_hint_that_is_refused_is_an_error_with_the_size() {
    let ledger = Ledger::new();
    ledger.refuse_all_after(0);
    match Map::try_with_capacity_and_hasher_in(100, Identity, &ledger) {
        Err(TryReserveError::AllocError { layout }) => {
            let pairs = 16 * 8 * (size_of::<Key>() + size_of::<u64>());
            assert!(layout.size() > pairs && layout.size() < 2 * pairs);
        }
        other => panic!("{:?}", other.map(|map| map.len())),
    }
}

pub fn an_array_grows_with_the_entry_after_every_limit() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    let mut id = 0;
    let most = few_or(4, 9);
    for (b, limit) in LIMITS.into_iter().enumerate().take(most) {
        while checked.map.len() < limit {
            checked.insert(Key::spread(id), id);
            id += 1;
            assert_eq!(checked.map.capacity(), limit, "B = {b}, {id} entries");
        }
        checked.insert(Key::spread(id), id);
        id += 1;
        assert_eq!(checked.map.capacity(), LIMITS[b + 1]);
        // The growths to two and to four buckets end in the call that starts them.
        assert_eq!(checked.map.is_growing(), b >= 2, "B = {b}");
    }
    checked.check_contents();
}

pub fn what_the_hint_promised_fits_without_growth() {
    for limit in LIMITS.into_iter().take(few_or(3, 9)) {
        let ledger = Ledger::new();
        let mut checked = Checked::of(with_capacity(limit, &ledger), &ledger);
        let array = ledger.largest_block();
        for id in 0..limit as u64 {
            checked.insert(Key::spread(id), id);
            assert!(!checked.map.is_growing());
        }
        assert_eq!(checked.map.capacity(), limit);
        assert!(limit <= 8 || ledger.largest_block() == array);
        checked.check_contents();
    }
}

pub fn presizing_a_map_keeps_its_entries() {
    for &entries in few_or::<&[u64]>(&[5, 9, 27], &[1, 5, 8, 9, 30, 53]) {
        let ledger = Ledger::new();
        let mut checked = Checked::new(&ledger);
        for id in 0..entries {
            checked.insert(Key::spread(id), id);
        }
        let (hint, capacity) = few_or((100, 104), (400, 416));
        checked.map.try_presize(hint).unwrap();
        assert_eq!(checked.map.capacity(), capacity);
        assert!(!checked.map.is_growing());
        checked.check_contents();
        checked.map.try_presize(3).unwrap();
        assert_eq!(
            checked.map.capacity(),
            capacity,
            "presizing never makes a map smaller"
        );
        checked.check_contents();
    }
}

pub fn presizing_an_empty_map_replaces_its_array() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    let (entries, hint, capacity) = few_or((20, 50, 52), (60, 1000, 1664));
    for id in 0..entries {
        checked.insert(Key::spread(id), id);
    }
    for id in 0..entries {
        checked.remove(Key::spread(id));
    }
    checked.map.try_presize(hint).unwrap();
    checked.check();
    let (has, blocks) = (checked.map.capacity(), ledger.live_blocks());
    assert_eq!((has, blocks), (capacity, 1));
    for id in 0..hint as u64 {
        checked.insert(Key::spread(id), id);
    }
    checked.check_contents();
}

pub fn more_memory_than_asked_for_becomes_spare_buckets() {
    // All keys in one chain take overflow buckets at once. With room for some of
    // them behind the array fewer calls are made.
    let (count, chunks, more) = few_or((24, 1, 1), (80, 8, 4));
    let calls = |excess| {
        let ledger = Ledger::new();
        ledger.hand_out_more(excess);
        let mut checked = Checked::of(with_capacity(100, &ledger), &ledger);
        for id in 0..count {
            checked.insert(Key::at(id, 3, id as u8), id);
        }
        checked.check_contents();
        ledger.calls()
    };
    let bucket = ledger_bytes_of_one_bucket();
    assert_eq!(
        calls(0),
        1 + chunks,
        "one array with one spare, and single chunks"
    );
    assert_eq!(calls(bucket * more), 1 + chunks - more);
    assert_eq!(calls(bucket - 1), 1 + chunks, "not enough for a bucket");
}

pub fn below_sixteen_buckets_more_memory_than_asked_for_is_not_used() {
    for hint in [8, 13, 26, 52] {
        let ledger = Ledger::new();
        ledger.hand_out_more(1_000);
        let mut checked = Checked::of(with_capacity(hint, &ledger), &ledger);
        for id in 0..50 {
            checked.insert(Key::at(id, 3, id as u8), id);
        }
        checked.check_contents();
    }
}

pub fn overflow_buckets_come_in_chunks_of_a_sixteenth_of_the_array() {
    // All keys in one chain. First the spares are used up, as many again.
    let table = [(104, 1), (208, 2), (52, 0), (416, 4), (832, 8)];
    for (hint, spares) in table.into_iter().take(few_or(2, 5)) {
        let ledger = Ledger::new();
        let mut checked = Checked::of(with_capacity(hint, &ledger), &ledger);
        for id in 0..52 {
            checked.insert(Key::at(id, 3, id as u8), id);
        }
        let from_chunks = 6_usize.saturating_sub(spares);
        let chunks = from_chunks.div_ceil(spares.max(1));
        assert_eq!(ledger.calls(), 1 + chunks, "hint {hint}");
    }
}

fn ledger_bytes_of_one_bucket() -> usize {
    let ledger = Ledger::new();
    let mut map = Map::with_hasher_in(Identity, &ledger);
    map.insert(Key::spread(0), 0).unwrap();
    ledger.live_bytes()
}

/// A map is as small as Go's `hmap`, which is 48 bytes on 64 bits.
pub fn a_map_is_no_larger_than_its_header_hasher_and_allocator() {
    fn with<S, A: hmap::Allocator>() -> usize {
        size_of::<Hmap<u64, u64, S, A>>()
    }
    let pointer = size_of::<usize>();
    let header = if pointer == 8 { 40 } else { 28 };
    assert_eq!(with::<Identity, Global>(), header);
    assert_eq!(with::<Identity, &Ledger>(), header + pointer);
    let most = if pointer == 8 { (48, 56) } else { (40, 44) };
    assert!(with::<DefaultHashBuilder, Global>() <= most.0);
    assert!(with::<DefaultHashBuilder, &Ledger>() <= most.1);
}
