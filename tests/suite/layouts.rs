//! Keys and values of every shape: without size, over-aligned, large, with `Drop`.

use crate::support::keys::{Counted, Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use crate::support::{few_or, looks_after};
use core::cell::Cell;
use core::fmt::Debug;
use core::hash::Hash;
use hmap::{DefaultHashBuilder, Hmap};

/// Fills, reads, removes half and reads again.
fn exercise<K: Eq + Hash + Clone, V: PartialEq + Debug>(
    count: usize,
    key: impl Fn(usize) -> K,
    value: impl Fn(usize) -> V,
) {
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(DefaultHashBuilder::with_seed(1), &ledger);
    for n in 0..count {
        assert!(map.insert(key(n), value(n)).unwrap().is_none());
        if looks_after(n as u64) {
            assert_eq!(map.validate(), Ok(()));
        }
        assert_eq!(map.allocation_size(), ledger.live_bytes());
    }
    for n in (0..count).step_by(2) {
        assert_eq!(map.remove(&key(n)), Some(value(n)));
        if looks_after(n as u64) {
            assert_eq!(map.validate(), Ok(()));
        }
    }
    assert_eq!(map.validate(), Ok(()));
    for n in 0..count {
        let expected = (n % 2 == 1).then(|| value(n));
        assert_eq!(map.get(&key(n)), expected.as_ref());
        if let Some((stored, value)) = map.get_key_value(&key(n)) {
            assert!((&raw const *stored).is_aligned() && (&raw const *value).is_aligned());
        }
    }
    assert_eq!(map.allocation_size(), ledger.live_bytes());
    assert_eq!(map.into_iter().count(), count / 2);
}

const COUNT: usize = few_or(15, 300);

pub fn keys_and_values_of_one_byte() {
    exercise(few_or(28, 256), |n| n as u8, |n| !n as u8);
}

pub fn values_without_size() {
    exercise(COUNT, |n| n, |_| ());
}

pub fn keys_without_size() {
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(DefaultHashBuilder::with_seed(1), &ledger);
    assert_eq!(map.insert((), 1).unwrap(), None);
    assert_eq!(map.insert((), 2).unwrap(), Some(1));
    assert_eq!(
        (map.len(), map.get(&()), map.validate()),
        (1, Some(&2), Ok(()))
    );
    assert_eq!(map.remove(&()), Some(2));
    let mut nothing = Hmap::with_hasher_in(DefaultHashBuilder::with_seed(1), &ledger);
    assert_eq!(nothing.insert((), ()).unwrap(), None);
    assert_eq!(nothing.iter().count(), 1);
}

pub fn keys_and_values_aligned_to_sixteen() {
    // A `u128` is aligned to 8 on some targets.
    #[derive(PartialEq, Eq, Hash, Clone, Debug)]
    #[repr(align(16))]
    struct Sixteen(usize);
    exercise(COUNT, Sixteen, |n| n as u8);
    exercise(COUNT, |n| n as u16, Sixteen);
}

pub fn values_aligned_to_a_cache_line() {
    #[derive(PartialEq, Debug)]
    #[repr(align(64))]
    struct Line([u8; 64]);
    exercise(COUNT, |n| n as u32, |n| Line([n as u8; 64]));
}

pub fn keys_aligned_to_a_page_without_size() {
    #[derive(PartialEq, Eq, Hash, Clone)]
    #[repr(align(4096))]
    struct Page;
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(DefaultHashBuilder::with_seed(1), &ledger);
    map.insert(Page, 7).unwrap();
    assert_eq!((map.get(&Page), map.validate()), (Some(&7), Ok(())));
    assert_eq!(map.allocation_size(), ledger.live_bytes());
}

pub fn odd_sizes_without_padding() {
    exercise(COUNT, |n| [n as u8, (n >> 8) as u8, 3], |n| [n as u8; 5]);
}

pub fn values_at_the_limit_stay_in_the_bucket_and_larger_ones_do_not() {
    exercise(COUNT, |n| n, |n| [n as u8; 128]);
    exercise(COUNT, |n| n, |n| [n as u8; 129]);
    exercise(COUNT, |n| [n; 33], |n| n);
    exercise(COUNT, |n| [n; 33], |n| [n as u8; 4096]);
}

pub fn cells_are_counted_and_given_back() {
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    let count = few_or(27, 100);
    for id in 0..count as u64 {
        checked.insert(Key::spread(id), [id; 40]);
    }
    assert_eq!(
        ledger.live_blocks() - count,
        ledger.live_blocks().saturating_sub(checked.map.len())
    );
    let moved: usize = checked.map.iter().map(|(_, value)| value.len()).sum();
    assert_eq!(moved, count * 40);
    checked.retain(|key, _| key.id % 2 == 0);
    checked.clear();
    checked.insert(Key::spread(1), [1; 40]);
    checked.check_contents();
}

/// Every way for an entry to leave a map; each must drop it once.
pub fn entries_are_dropped_once_whichever_way_they_leave() {
    let ledger = Ledger::new();
    let live = Cell::new(0);
    let entry = |n: u64| (Counted::new(n, &live), Counted::new([n; 2], &live));
    let fill = |count: u64| {
        let mut map = Hmap::with_hasher_in(DefaultHashBuilder::with_seed(1), &ledger);
        for n in 0..count {
            let (key, value) = entry(n);
            map.insert(key, value).unwrap();
        }
        assert_eq!(live.get(), 2 * count as isize);
        map
    };
    // 60 entries, and 27, are in mid-growth, 104 in a full array.
    let counts: &[u64] = few_or(&[1, 9, 27], &[1, 8, 9, 60, 104]);
    for &count in counts {
        drop(fill(count));
        assert_eq!(live.get(), 0, "drop of the map");

        let mut map = fill(count);
        map.clear();
        assert_eq!(live.get(), 0, "clear");

        let mut map = fill(count);
        map.retain(|key, _| key.of % 2 == 0);
        assert_eq!(live.get(), 2 * count.div_ceil(2) as isize, "retain");
        drop(map);

        let mut map = fill(count);
        let (key, value) = entry(0);
        assert!(map.insert(key, value).unwrap().is_some());
        assert_eq!(
            live.get(),
            2 * count as isize,
            "overwriting drops the new key, returns the value"
        );
        for n in 0..count {
            let probe = Counted::new(n, &live);
            assert!(map.remove(&probe).is_some());
        }
        assert_eq!(live.get(), 0, "remove");
        drop(map);

        let mut entries = fill(count).into_iter();
        entries.next();
        assert_eq!(live.get(), 2 * (count as isize - 1), "into_iter");
        drop(entries);
        assert_eq!(live.get(), 0, "the rest of into_iter");
        assert_eq!(fill(count).into_keys().count() as u64, count);
        assert_eq!(fill(count).into_values().count() as u64, count);
        assert_eq!(live.get(), 0);
    }
}

pub fn overwriting_keeps_the_key_that_is_there() {
    #[derive(Debug)]
    struct Tagged(u64, &'static str);
    impl PartialEq for Tagged {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl Eq for Tagged {}
    impl Hash for Tagged {
        fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
            state.write_u64(self.0);
        }
    }
    let ledger = Ledger::new();
    let mut map = Hmap::with_hasher_in(Identity, &ledger);
    map.insert(Tagged(1, "first"), 10).unwrap();
    map.insert(Tagged(1, "second"), 20).unwrap();
    let (key, value) = map.get_key_value(&Tagged(1, "any")).unwrap();
    assert_eq!((key.1, *value), ("first", 20));
    assert_eq!(map.remove_entry(&Tagged(1, "any")).unwrap().0.1, "first");
}
