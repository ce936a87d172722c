//! The schedule of growth and the place of every entry, operation by operation beside
//! a naive model of Go's map: where traces show a few long histories, these are many
//! short ones, at random and made to measure.

use crate::support::go::{GoMap, Growths, OldChain, Slot};
use crate::support::keys::{Identity, Key};
use crate::support::ledger::Ledger;
use crate::support::{few_or, looks_after};
use alloc::vec::Vec;
use fastrand::Rng;
use hmap::Hmap;
use hmap::introspection::{OldChain as OldView, SlotView};

/// The map, and Go's, that everything is done to alike.
struct Pair<'l> {
    map: Hmap<Key, u64, Identity, &'l Ledger>,
    go: GoMap,
    operations: usize,
}

/// Operations from one look at every slot to the next.
const LOOK_EVERY: usize = few_or(64, 16);

impl<'l> Pair<'l> {
    fn new(ledger: &'l Ledger) -> Self {
        Self::with_hint(0, ledger)
    }

    fn with_hint(hint: usize, ledger: &'l Ledger) -> Self {
        let map = Hmap::try_with_capacity_and_hasher_in(hint, Identity, ledger);
        Self {
            map: map.expect("memory is not refused"),
            go: GoMap::with_hint(hint),
            operations: 0,
        }
    }

    #[track_caller]
    fn insert(&mut self, key: Key) {
        let inserted = self.map.insert(key, key.id);
        assert!(inserted.is_ok(), "memory is not refused");
        self.go.assign(key);
        self.compare();
    }

    #[track_caller]
    fn remove(&mut self, key: Key) {
        self.map.remove(&key);
        self.go.delete(key);
        self.compare();
    }

    #[track_caller]
    fn clear(&mut self) {
        self.map.clear();
        self.go.clear();
        self.compare();
    }

    #[track_caller]
    fn retain(&mut self, keep: impl Fn(Key) -> bool) {
        self.map.retain(|key, _| keep(*key));
        self.go.retain(keep);
        self.compare();
    }

    #[track_caller]
    fn compare(&mut self) {
        self.compare_headers();
        self.operations += 1;
        if self.operations % LOOK_EVERY == 0 {
            self.compare_slots();
        }
    }

    #[track_caller]
    fn compare_headers(&self) {
        let (state, go) = (self.map.state(), &self.go);
        assert_eq!(self.map.len(), go.count);
        assert_eq!(u32::from(state.bits), go.bits, "B");
        assert_eq!(state.growing, go.is_growing(), "growing");
        assert_eq!(state.same_size, go.same_size, "to the same size");
        assert_eq!(state.noverflow as usize, go.noverflow, "noverflow");
        assert_eq!(state.has_buckets, !go.buckets.is_empty());
        if go.is_growing() {
            assert_eq!(state.nevacuate as usize, go.nevacuate, "nevacuate");
        }
    }

    /// Each slot of each chain of both arrays.
    #[track_caller]
    fn compare_slots(&self) {
        assert_eq!(self.map.validate(), Ok(()));
        let mut order = Vec::new();
        for (number, old) in self.go.old.iter().flatten().enumerate() {
            match (old, self.map.old_chain_view(number)) {
                (OldChain::Here(chain), Some(OldView::Here(view))) => {
                    assert!(same(view, chain.buckets()), "old chain {number}");
                }
                (OldChain::Moved(went), Some(OldView::Moved(view))) => {
                    assert_eq!(*went, view, "old chain {number}");
                }
                _ => panic!("old chain {number} is moved in one of them only"),
            }
        }
        for (number, chain) in self.go.buckets.iter().enumerate() {
            match (self.go.old_chain(number), self.map.chain_view(number)) {
                (None, Some(view)) => {
                    assert!(same(view, chain.buckets()), "chain {number}");
                    order.extend(chain.keys());
                }
                // It is given once, at the lower of its two numbers.
                (Some(old), None) if self.go.same_size || number < self.go.buckets.len() / 2 => {
                    order.extend(old.keys());
                }
                (Some(_), None) => {}
                _ => panic!("chain {number} is in use in one of them only"),
            }
        }
        assert!(self.map.keys().eq(&order), "the order of iteration");
    }

    /// The order of iteration from a place of the caller's choice.
    #[track_caller]
    fn compare_order_from(&self, bucket: usize, offset: usize) {
        let order = self.go.order_from(bucket, offset);
        let given = self.map.iter_from(bucket, offset).map(|(key, _)| key);
        assert!(given.eq(&order), "from bucket {bucket}, slot {offset}");
    }
}

/// Whether a chain's buckets hold the same, slot for slot, keys and their values.
fn same<'a>(
    view: impl Iterator<Item = [SlotView<'a, Key, u64>; 8]>,
    chain: impl Iterator<Item = &'a [Slot]>,
) -> bool {
    let slot = |view: SlotView<'_, Key, u64>| match view {
        SlotView::EmptyRest => Slot::EmptyRest,
        SlotView::EmptyOne => Slot::EmptyOne,
        SlotView::Live(key, value) if *value == key.id => Slot::Live(*key),
        SlotView::Live(key, value) => panic!("{key:?} has the value {value}"),
    };
    view.map(|bucket| bucket.map(slot)).eq(chain)
}

/// Random operations on a map that swells and shrinks up to `most` entries. At any time
/// new keys belong to `crowd` neighbouring buckets of 2^16, and with every tide to
/// others, so that chains get long, and are left behind sparse.
fn random_history(seed: u64, operations: usize, most: usize, crowd: u64) -> Growths {
    let mut random = Rng::with_seed(seed);
    let ledger = Ledger::new();
    let mut pair = Pair::new(&ledger);
    let mut present: Vec<Key> = Vec::new();
    let (mut tide, mut place) = (most / 2, 0);
    for id in 0..operations as u64 {
        if random.u32(0..50) == 0 {
            tide = random.usize(1..=most);
            place = random.u64(..);
        }
        let rises = random.u32(0..100) < if present.len() < tide { 75 } else { 25 };
        let chosen = (!present.is_empty()).then(|| random.usize(0..present.len()));
        match (random.u32(0..1_000), chosen) {
            (0, _) => {
                pair.clear();
                present.clear();
            }
            (1 | 2, _) => {
                let third = random.u64(0..3);
                pair.retain(|key| key.id % 3 != third);
                present.retain(|key| key.id % 3 != third);
            }
            // A key that is there, and one that is not, of the same hash.
            (3..100, Some(chosen)) if rises => pair.insert(present[chosen]),
            (3..100, Some(chosen)) => pair.remove(Key {
                id: u64::MAX,
                ..present[chosen]
            }),
            (_, Some(chosen)) if !rises => pair.remove(present.swap_remove(chosen)),
            _ => {
                let bucket = place.wrapping_add(random.u64(0..crowd)) & 0xffff;
                let hash = random.u64(..) & !0xffff | bucket;
                present.push(Key { id, hash });
                pair.insert(Key { id, hash });
            }
        }
    }
    pair.compare_slots();
    pair.go.growths
}

/// Histories of a kind: how many, how long, up to how many entries, in how many buckets
/// at a time. At least one growth to the same size a run must come up if the buckets
/// are few.
#[track_caller]
fn random_histories(runs: u64, operations: usize, most: usize, crowd: u64) {
    if cfg!(miri) {
        // The single long one is like the short ones where it is cut short.
        if runs > 1 {
            random_history(crowd, 120, most, crowd);
        }
        return;
    }
    let mut growths = Growths::default();
    for run in 0..runs {
        let history = random_history(crowd << 16 | run, operations, most, crowd);
        growths.doublings += history.doublings;
        growths.same_size += history.same_size;
    }
    assert!(growths.doublings as u64 > runs, "{growths:?}");
    assert!(crowd > 1 || growths.same_size as u64 > runs, "{growths:?}");
}

pub fn tiny_maps_go_gos_way() {
    for &crowd in few_or::<&[u64]>(&[1], &[1, 2, 4]) {
        random_histories(60, 1_000, 20, crowd);
    }
}

pub fn small_maps_go_gos_way() {
    for &crowd in few_or::<&[u64]>(&[2], &[1, 2, 5]) {
        random_histories(30, 2_000, 60, crowd);
        random_histories(15, 2_000, 120, crowd);
    }
}

pub fn maps_of_crowded_keys_go_gos_way() {
    for &crowd in few_or::<&[u64]>(&[3], &[1, 3, 9]) {
        random_histories(10, 3_000, 300, crowd);
        random_histories(1, 15_000, 1_500, crowd);
    }
}

pub fn maps_of_spread_keys_go_gos_way() {
    random_histories(8, 4_000, 300, 1 << 16);
    random_histories(1, 15_000, 3_000, 1 << 16);
}

/// Fills one bucket after the other beyond eight and thins it out again, beside
/// `pinned` entries that stay: chains get long and sparse at any load.
fn bursts(seed: u64, rounds: usize, bits: u32, pinned: usize) -> Growths {
    let mut random = Rng::with_seed(seed);
    let ledger = Ledger::new();
    let mut pair = Pair::new(&ledger);
    let mask = (1 << bits) - 1;
    let (mut id, mut stay) = (0, 0);
    for _ in 0..rounds {
        let bucket = random.u64(..) & mask;
        let mut burst = Vec::new();
        for _ in 0..random.usize(9..21) {
            id += 1;
            let hash = random.u64(..) & !mask | bucket;
            burst.push(Key { id, hash });
            pair.insert(Key { id, hash });
        }
        while stay < pinned && random.u32(0..4) > 0 {
            (id, stay) = (id + 1, stay + 1);
            let hash = random.u64(..);
            pair.insert(Key { id, hash });
        }
        let left = usize::from(random.u32(0..4) == 0);
        while burst.len() > left {
            pair.remove(burst.swap_remove(random.usize(0..burst.len())));
        }
    }
    pair.compare_slots();
    pair.go.growths
}

pub fn bursts_into_one_bucket_are_compacted_when_go_does_it() {
    let (most_bits, rounds, seeds) = few_or((1, 4, 1), (6, 150, 2));
    let mut same_size = 0;
    for bits in 1..=most_bits {
        // From no load to one entry below the limit, and to where bursts go over it.
        for &load in few_or::<&[usize]>(&[0, 6], &[0, 5, 6, 8]) {
            for seed in 0..seeds {
                let growths = bursts(seed, rounds, bits, load << bits);
                same_size += growths.same_size;
            }
        }
    }
    assert!(same_size > few_or(0, 300), "{same_size} compactions");
}

pub fn a_doubling_follows_a_compaction_at_full_load_at_once() {
    let ledger = Ledger::new();
    let mut pair = Pair::with_hint(52, &ledger);
    let insert = |pair: &mut Pair<'_>, bucket: u32, id: u64| {
        let key = Key::at(id, bucket, id as u8);
        pair.insert(key);
        key
    };
    // Nine entries in each of eight buckets, three of them removed, but not in the
    // last: one below the limit, and as many overflow buckets as buckets.
    for bucket in 0..8 {
        let mut keys: Vec<Key> = Vec::new();
        for id in 0..9 {
            keys.push(insert(&mut pair, bucket, u64::from(bucket) * 9 + id));
        }
        for key in keys.into_iter().take(if bucket == 7 { 0 } else { 3 }) {
            pair.remove(key);
        }
    }
    assert_eq!((pair.go.count, pair.go.noverflow), (51, 8));
    pair.compare_slots();
    insert(&mut pair, 0, 100);
    assert!(pair.go.same_size);
    for id in 101..120 {
        insert(&mut pair, id as u32 % 8, id);
        if looks_after(id) {
            pair.compare_slots();
        }
    }
    pair.compare_slots();
    assert_eq!((pair.go.growths.doublings, pair.go.bits), (1, 4));
}

/// Whether growths are to the same size. Doublings are in most of the other tests.
const KINDS: &[bool] = few_or(&[true], &[false, true]);

/// Steps after which a growth is over; under Miri it has just begun.
const STEPS: u64 = few_or(1, 16);

/// A map in a growth of either kind, after `steps` of its steps.
fn in_mid_growth(same_size: bool, steps: u64, ledger: &Ledger) -> Pair<'_> {
    // 16 buckets, or 4.
    let (hint, buckets, spell) = few_or((26, 4, 4), (104, 16, 40));
    let mut pair = Pair::with_hint(hint, ledger);
    let crowded = |id: u64| Key {
        id,
        hash: (Key::spread(id).hash & !0xf) | (id % 4),
    };
    let mut id = 0;
    while !pair.go.is_growing() {
        if same_size {
            // Removed at once, an entry leaves its overflow bucket behind.
            let next = crowded(id);
            pair.insert(next);
            if id >= spell / 2 * 3 {
                pair.remove(crowded(id - spell / 2 * 3));
            }
            // One chain after the other is made longer.
            if id % spell == spell - 1 {
                let bucket = (id / spell) as u32 % buckets;
                let burst = |n: u64| Key::at(10_000 + id * 100 + n, bucket, n as u8);
                (0..17).for_each(|n| pair.insert(burst(n)));
                if !pair.go.is_growing() {
                    (0..17).for_each(|n| pair.remove(burst(n)));
                }
            }
        } else {
            pair.insert(Key::spread(id));
        }
        id += 1;
    }
    assert_eq!(pair.go.same_size, same_size);
    for step in 0..steps {
        pair.remove(Key::spread(1_000_000 + step));
    }
    pair
}

pub fn clear_in_every_state_of_a_growth_is_gos() {
    let mut states = 0;
    for &same_size in KINDS {
        for steps in 0..STEPS {
            let ledger = Ledger::new();
            let mut pair = in_mid_growth(same_size, steps, &ledger);
            states += usize::from(pair.go.is_growing());
            pair.compare_slots();
            pair.clear();
            pair.compare_slots();
            // A second time nothing happens, and the array serves again.
            pair.clear();
            for id in 0..few_or(10, 230) {
                pair.insert(Key::spread(id));
            }
            pair.compare_slots();
        }
    }
    assert!(states > few_or(0, 16), "{states} states of growth");
}

pub fn retain_in_every_state_of_a_growth_removes_in_both_arrays() {
    for &same_size in KINDS {
        for steps in 0..STEPS {
            for third in 0..few_or(1, 3) {
                let ledger = Ledger::new();
                let mut pair = in_mid_growth(same_size, steps, &ledger);
                pair.retain(|key| key.id % 3 == third);
                pair.compare_slots();
                for id in 0..few_or(10, 120) {
                    pair.insert(Key::spread(id));
                }
                pair.compare_slots();
            }
        }
    }
}

pub fn the_order_from_any_place_is_gos_in_every_state_of_a_growth() {
    for &same_size in KINDS {
        for steps in 0..STEPS {
            let ledger = Ledger::new();
            let pair = in_mid_growth(same_size, steps, &ledger);
            for bucket in 0..few_or(9, 33) {
                pair.compare_order_from(bucket, bucket % 11);
            }
        }
    }
}

pub fn a_clone_in_any_state_of_a_growth_goes_on_as_go_does() {
    for &same_size in KINDS {
        for steps in 0..STEPS {
            let ledger = Ledger::new();
            let original = in_mid_growth(same_size, steps, &ledger);
            let mut copy = Pair {
                map: original.map.try_clone().expect("memory is not refused"),
                go: original.go.clone(),
                operations: 0,
            };
            copy.compare_slots();
            for id in 0..few_or(10, 150) {
                copy.insert(Key::spread(id));
                copy.remove(Key::spread(2 * id));
            }
            copy.compare_slots();
            original.compare_slots();
        }
    }
}

pub fn removing_from_a_map_that_became_empty_in_mid_growth_moves_nothing() {
    for same_size in [false, true] {
        let ledger = Ledger::new();
        let mut pair = in_mid_growth(same_size, few_or(0, 1), &ledger);
        pair.retain(|_| false);
        for id in 0..20 {
            pair.remove(Key::spread(1_000_000 + id));
        }
        assert!(pair.go.is_growing());
        pair.compare_slots();
    }
}
