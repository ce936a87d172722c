//! The caller's first bucket: eight entries without one call of the allocator.

use crate::support::few_or;
use crate::support::keys::{Counted, Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;
use core::cell::Cell;
use core::hash::BuildHasher;
use hmap::{FirstBucket, Global, Hmap, StaticHmap, static_hmap};

pub fn eight_entries_need_no_allocation_and_the_ninth_moves_out() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    let mut checked = Checked::of(map, &ledger);
    assert_eq!(checked.map.capacity(), 8);
    for id in 0..8 {
        checked.insert(Key::spread(id), id);
        assert_eq!((ledger.calls(), checked.map.allocation_size()), (0, 0));
    }
    checked.insert(Key::spread(3), 33);
    assert_eq!(ledger.calls(), 0, "overwriting needs none either");
    checked.insert(Key::spread(8), 8);
    assert_eq!(ledger.calls(), 1, "one array of two buckets");
    assert_eq!(checked.map.capacity(), 13);
    assert!(!checked.map.is_growing(), "moved out in the same call");
    checked.check_contents();
}

pub fn a_first_bucket_can_be_refilled_for_ever() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    let mut checked = Checked::of(map, &ledger);
    for id in 0..few_or(60, 200) {
        checked.insert(Key::spread(id), id);
        if id >= 7 {
            checked.remove(Key::spread(id - 7));
        }
        if id % 50 == 49 {
            checked.clear();
        }
    }
    assert_eq!(ledger.calls(), 0);
}

pub fn a_first_bucket_serves_one_map_after_another() {
    let ledger = Ledger::new();
    let live = Cell::new(0);
    let mut bucket = FirstBucket::new();
    for round in 0..4_u64 {
        let mut map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
        assert_eq!(map.validate(), Ok(()));
        assert!(map.is_empty() && map.get(&Key::spread(0)).is_none());
        for id in 0..8 + round {
            map.insert(Key::spread(id), Counted::new(id, &live))
                .unwrap();
        }
        assert_eq!(live.get(), map.len() as isize);
        drop(map);
        assert_eq!(live.get(), 0);
    }
    // What a forgotten map leaves in the bucket is not taken for entries.
    let mut forgotten = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    forgotten
        .insert(Key::spread(1), Counted::new(1, &live))
        .unwrap();
    core::mem::forget(forgotten);
    let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    assert_eq!((map.validate(), map.iter().count()), (Ok(()), 0));
}

pub fn a_refused_move_out_puts_the_ninth_entry_into_an_overflow_bucket() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    let mut checked = Checked::of(map, &ledger);
    for id in 0..8 {
        checked.insert(Key::spread(id), id);
    }
    ledger.refuse_one_after(0);
    assert!(checked.try_insert(Key::spread(8), 8));
    assert_eq!((ledger.calls(), ledger.refused()), (2, 1));
    // And with no memory at all the pair comes back, again and again.
    for id in 9..16 {
        checked.insert(Key::spread(id), id);
    }
    ledger.refuse_all_after(0);
    for _ in 0..20 {
        assert!(!checked.try_insert(Key::spread(16), 16));
    }
    checked.check_contents();
    ledger.grant_all();
    for id in 16..40 {
        checked.insert(Key::spread(id), id);
    }
    assert!(checked.map.capacity() >= 40);
    checked.check_contents();
}

pub fn presizing_leaves_the_first_bucket_unused() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    let mut checked = Checked::of(map, &ledger);
    checked.map.try_presize(8).unwrap();
    assert_eq!(ledger.calls(), 0);
    checked.map.try_presize(9).unwrap();
    assert_eq!((ledger.calls(), checked.map.capacity()), (1, 13));
    for id in 0..30 {
        checked.insert(Key::spread(id), id);
    }
    checked.check_contents();
}

pub fn large_values_need_one_allocation_each_even_there() {
    let ledger = Ledger::new();
    let mut bucket = FirstBucket::new();
    let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
    let mut checked = Checked::of(map, &ledger);
    for id in 0..8 {
        checked.insert(Key::spread(id), [id as u8; 129]);
        assert_eq!(ledger.live_bytes(), 129 * checked.map.len());
    }
    checked.remove(Key::spread(5));
    assert_eq!(ledger.live_bytes(), 129 * 7);
    checked.check_contents();
}

/// A lock for one core and one thread, which is all that a test has.
struct Lock<T>(core::cell::UnsafeCell<T>);

// SAFETY: Each static below is used by one test only.
unsafe impl<T: Send> Sync for Lock<T> {}

static_hmap! {
    static PORTS: Lock<StaticHmap<u16, &'static str>> =
        |map: StaticHmap<u16, &'static str>| Lock(core::cell::UnsafeCell::new(map));
}

const BUCKET: u16 = 7;

static_hmap! {
    static NAMED: (u16, Lock<StaticHmap<u16, u16>>) =
        |map: StaticHmap<u16, u16>| (BUCKET, Lock(core::cell::UnsafeCell::new(map)));
}

impl<T> Lock<T> {
    const fn new(map: T) -> Self {
        Self(core::cell::UnsafeCell::new(map))
    }
}

static_hmap! {
    static SHORT: Lock<StaticHmap<u16, u16>> = Lock::new;
}

static_hmap! {
    static HASHED: Lock<StaticHmap<u64, u16, Global, Identity>> = Lock::new, in Global, with Identity;
}

pub fn a_static_map_is_declared_with_its_type_written_once() {
    // SAFETY: Each is used by this test alone.
    let (short, hashed) = unsafe { (&mut *SHORT.0.get(), &mut *HASHED.0.get()) };
    for n in 0..8 {
        assert_eq!(short.insert(n, 2 * n).unwrap(), None);
        assert_eq!(hashed.insert(n.into(), n).unwrap(), None);
    }
    assert_eq!((short.allocation_size(), hashed.allocation_size()), (0, 0));
    assert_eq!((short.get(&7), hashed.get(&7)), (Some(&14), Some(&7)));
    assert_eq!((short.validate(), hashed.validate()), (Ok(()), Ok(())));
    // That is what `Identity` makes of it.
    assert_eq!(hashed.hasher().hash_one(5_u64), 5);
}

pub fn a_static_map_may_be_wrapped_with_any_name() {
    assert_eq!(NAMED.0, BUCKET);
    // SAFETY: No other reference to the map is made.
    let map = unsafe { &mut *NAMED.1.0.get() };
    map.insert(1, 2).unwrap();
    assert_eq!((map.get(&1), map.allocation_size()), (Some(&2), 0));
}

pub fn a_static_map_has_its_bucket_beside_it() {
    // SAFETY: No other reference to the map is made.
    let ports = unsafe { &mut *PORTS.0.get() };
    assert!(ports.is_empty() && ports.capacity() == 8);
    for (port, name) in [(22, "ssh"), (53, "domain"), (80, "http"), (443, "https")] {
        assert_eq!(ports.insert(port, name).unwrap(), None);
        assert_eq!(ports.validate(), Ok(()));
    }
    assert_eq!(ports.allocation_size(), 0);
    assert_eq!(ports.get(&53), Some(&"domain"));
    for port in 1000..1020 {
        ports.insert(port, "any").unwrap();
        assert_eq!(ports.validate(), Ok(()));
    }
    assert!(ports.allocation_size() > 0);
    assert_eq!((ports.len(), ports.get(&80)), (24, Some(&"http")));
    let _: &Global = ports.allocator().inner();
}
