//! Cursors walking through a map while it is changed at random, and a record of what
//! each of them must have seen.

use super::few_or;
use super::keys::{Identity, Key};
use super::ledger::Ledger;
use alloc::vec;
use alloc::vec::Vec;
use fastrand::Rng;
use hmap::{Cursor, Dense, Go, Hmap, Paged, Policy};

type Map<'l, P> = Hmap<Key, u64, Identity, &'l Ledger, P>;

/// What a policy brings about under a cursor.
pub trait Climate: Policy {
    /// Whether a removal may join what was walked with what was not.
    const JOINS: bool;

    /// Whether the growth that has just begun is one to the same size.
    fn grows_to_the_same_size(map: &Map<'_, Self>) -> bool;
}

impl Climate for Go {
    const JOINS: bool = false;

    fn grows_to_the_same_size(map: &Map<'_, Self>) -> bool {
        map.state().same_size
    }
}

impl Climate for Dense {
    const JOINS: bool = true;

    fn grows_to_the_same_size(_: &Map<'_, Self>) -> bool {
        false
    }
}

impl Climate for Paged {
    const JOINS: bool = true;

    fn grows_to_the_same_size(_: &Map<'_, Self>) -> bool {
        false
    }
}

/// Keys that come and go.
const KEYS: usize = few_or(200, 2_000);
/// Cursors that walk at the same time, each at a pace of its own.
const WALKS: usize = 3;

/// What was done, for those who want to know that it was not nothing.
#[derive(Default, Clone, Copy, Debug)]
pub struct Tally {
    pub steps: u64,
    pub batches: u64,
    /// Entries that were taken alone, the walk stopping behind each.
    pub alone: u64,
    pub walks: u64,
    pub doublings: u64,
    pub same_size_growths: u64,
    /// Batches that were taken while a growth was under way.
    pub in_mid_growth: u64,
}

/// One cursor, and what it has given.
struct Walk {
    cursor: Cursor,
    /// Whether it stops behind each entry, and not only behind whole batches.
    by_entry: bool,
    /// Whether the key has been there since the walk began.
    stayed: Vec<bool>,
    seen: Vec<bool>,
}

impl Walk {
    fn begin(values: &[Option<u64>], by_entry: bool) -> Self {
        Self {
            cursor: Cursor::new(),
            by_entry,
            stayed: values.iter().map(Option::is_some).collect(),
            seen: vec![false; values.len()],
        }
    }

    #[track_caller]
    fn give(&mut self, key: &Key, value: u64, values: &[Option<u64>]) {
        let id = key.id as usize;
        assert_eq!(values[id], Some(value), "{key:?}: given, and not there");
        assert!(!self.seen[id], "{key:?}: given twice");
        self.seen[id] = true;
    }

    #[track_caller]
    fn end(&self) {
        for (id, stayed) in self.stayed.iter().enumerate() {
            assert!(
                !stayed || self.seen[id],
                "key {id} stayed, and was not given"
            );
        }
    }
}

/// What keys of an episode look like, and which are used when.
#[derive(Clone, Copy)]
enum Weather {
    /// Hashes are spread, keys taken at random.
    Fair,
    /// Most hashes have the same low bits, so that few chains hold most keys.
    Crowded,
    /// A chain's worth of keys at a time is put in and taken out again, which leaves
    /// long and sparse chains behind: growths to the same size.
    Sweeping,
}

/// Keys that are swept together, and for how many steps.
const SWEPT: usize = 40;
const SWEEP: u64 = 300;

impl Weather {
    fn key(self, id: usize) -> Key {
        let Key { id, hash } = Key::spread(id as u64);
        let hash = match self {
            Self::Fair => hash,
            Self::Crowded if id % 5 == 0 => hash,
            Self::Crowded => hash & !0x3f,
            Self::Sweeping => (hash & !0xffff) | (id / SWEPT as u64),
        };
        Key { id, hash }
    }

    /// The key that a step is about. More of them come into play with time, so that
    /// the map grows.
    fn pick(self, random: &mut Rng, step: u64) -> usize {
        let in_play = (16 + step as usize / 4).min(KEYS);
        match self {
            Self::Sweeping => (step / SWEEP) as usize * SWEPT % KEYS + random.usize(0..SWEPT),
            _ => random.usize(0..in_play),
        }
    }

    /// Whether a walk may stop behind each entry, as it also does where chains are joined: for a
    /// promise to hold, no two hashes agree in the bits that a cursor counts by.
    fn tells_entries_apart(self) -> bool {
        matches!(self, Self::Fair) || usize::BITS == 64
    }

    /// Whether a write is an insert.
    fn inserts(self, random: &mut Rng, step: u64) -> bool {
        let high_tide = match self {
            Self::Sweeping => step % SWEEP < SWEEP / 2,
            _ => step / 700 % 2 == 0,
        };
        random.u32(0..16) < if high_tide { 12 } else { 5 }
    }
}

/// One map, from empty, under `steps` random steps.
pub fn episode<P: Climate>(random: &mut Rng, steps: u64, tally: &mut Tally) {
    let ledger = Ledger::new();
    let mut map: Map<'_, P> = Hmap::with_policy_in(Identity, &ledger);
    let mut weather = [Weather::Fair, Weather::Crowded, Weather::Sweeping][random.usize(0..3)];
    if P::JOINS && !weather.tells_entries_apart() {
        weather = Weather::Fair;
    }
    let mut values: Vec<Option<u64>> = vec![None; KEYS];
    let mut walks: [Walk; WALKS] = core::array::from_fn(|number| {
        Walk::begin(&values, number % 2 == 0 && weather.tells_entries_apart())
    });
    let mut growing = false;
    for step in 0..steps {
        // Growths are over soon, so most batches in them are asked for on purpose.
        if random.u32(0..4) == 0 || (map.is_growing() && random.u32(0..4) != 0) {
            let walk = &mut walks[random.usize(0..WALKS)];
            tally.in_mid_growth += u64::from(map.is_growing());
            one_step(walk, &mut map, &mut values, random.bool(), tally);
            continue;
        }
        let id = weather.pick(random, step);
        match random.u32(0..20_000) {
            0 => clear(&mut map, &mut values, &mut walks),
            1 => thin_out(&mut map, &mut values, &mut walks),
            _ if weather.inserts(random, step) => {
                let old = map.insert(weather.key(id), step);
                assert_eq!(old.ok(), Some(values[id].replace(step)));
            }
            _ => {
                assert_eq!(map.remove(&weather.key(id)), values[id].take());
                walks.iter_mut().for_each(|walk| walk.stayed[id] = false);
            }
        }
        if map.is_growing() && !growing {
            let same_size = P::grows_to_the_same_size(&map);
            tally.doublings += u64::from(!same_size);
            tally.same_size_growths += u64::from(same_size);
        }
        growing = map.is_growing();
        if step % 1_000 == 0 {
            assert_eq!(map.validate(), Ok(()));
        }
    }
    tally.steps += steps;
    for walk in &mut walks {
        while one_step(walk, &mut map, &mut values, false, tally) {}
    }
}

fn clear(map: &mut Map<'_, impl Policy>, values: &mut [Option<u64>], walks: &mut [Walk]) {
    map.clear();
    values.fill(None);
    walks.iter_mut().for_each(|walk| walk.stayed.fill(false));
}

fn thin_out(map: &mut Map<'_, impl Policy>, values: &mut [Option<u64>], walks: &mut [Walk]) {
    map.retain(|key, _| key.id % 3 == 0);
    for id in (0..values.len()).filter(|id| id % 3 != 0) {
        values[id] = None;
        walks.iter_mut().for_each(|walk| walk.stayed[id] = false);
    }
}

/// Takes a batch, or an entry, through the cursor's number, as a user's cookie would be, and
/// judges the walk and begins anew at the end; false then.
fn one_step(
    walk: &mut Walk,
    map: &mut Map<'_, impl Policy>,
    values: &mut [Option<u64>],
    change: bool,
    tally: &mut Tally,
) -> bool {
    let before = walk.cursor;
    walk.cursor = Cursor::from_bits(before.to_bits());
    assert_eq!(before.to_bits() >> 63, 0);
    let goes_on = if walk.by_entry {
        one_entry(walk, map, values, change)
    } else {
        one_batch(walk, map, values, change)
    };
    assert!(!goes_on || walk.cursor > before, "a cursor only goes on");
    if goes_on {
        tally.alone += u64::from(walk.by_entry);
        tally.batches += u64::from(!walk.by_entry);
    } else {
        walk.end();
        tally.walks += 1;
        *walk = Walk::begin(values, walk.by_entry);
    }
    goes_on
}

fn one_batch(
    walk: &mut Walk,
    map: &mut Map<'_, impl Policy>,
    values: &mut [Option<u64>],
    change: bool,
) -> bool {
    let mut cursor = walk.cursor;
    let goes_on = if change {
        let batch = cursor.next_mut(map).map(|batch| {
            for (key, value) in batch {
                walk.give(key, *value, values);
                *value += 1;
                values[key.id as usize] = Some(*value);
            }
        });
        batch.is_some()
    } else {
        let batch = cursor.next(map);
        let batch =
            batch.map(|batch| batch.for_each(|(key, value)| walk.give(key, *value, values)));
        batch.is_some()
    };
    walk.cursor = cursor;
    goes_on
}

fn one_entry(
    walk: &mut Walk,
    map: &mut Map<'_, impl Policy>,
    values: &mut [Option<u64>],
    change: bool,
) -> bool {
    let mut cursor = walk.cursor;
    let entry = if change {
        cursor.next_entry_mut(map).map(|(key, value)| {
            walk.give(key, *value, values);
            *value += 1;
            values[key.id as usize] = Some(*value);
        })
    } else {
        let entry = cursor.next_entry(map);
        entry.map(|(key, value)| walk.give(key, *value, values))
    };
    walk.cursor = cursor;
    entry.is_some()
}
