//! Random operations against the oracle, with hashes good and bad.

use crate::support::few_or;
use crate::support::keys::{Key, in_top_byte};
use crate::support::ledger::Ledger;
use crate::support::oracle::Checked;

/// Steps of one run; a quarter under Miri and a half on the target would do,
/// but a boot costs more than the steps.
const STEPS: usize = few_or(100, 4_000);

/// Runs random operations over `keys` keys whose hashes `key` makes.
fn run(seed: u64, keys: u64, key: impl Fn(u64) -> Key) {
    let mut random = fastrand::Rng::with_seed(seed);
    let ledger = Ledger::new();
    let mut checked = Checked::new(&ledger);
    // Tides of growing and shrinking, so that tombstones and full chains both
    // come up.
    let mut inserts_of_16 = 10;
    for step in 0..STEPS {
        if step % 500 == 0 {
            inserts_of_16 = if random.bool() { 12 } else { 5 };
            checked.check_contents();
        }
        let key = key(random.u64(0..keys));
        match random.u32(0..16) {
            n if n < inserts_of_16 => checked.insert(key, step),
            15 => checked.get(key),
            14 if random.u32(0..200) == 0 => checked.clear(),
            13 if random.u32(0..100) == 0 => checked.retain(|key, _| key.id % 3 != 0),
            _ => checked.remove(key),
        }
    }
    checked.check_contents();
}

pub fn random_operations_with_a_good_hash() {
    run(1, 600, Key::spread);
}

pub fn random_operations_on_a_small_map() {
    for seed in 10..few_or(11, 14) {
        run(seed, 24, Key::spread);
    }
}

pub fn random_operations_with_all_keys_in_one_chain() {
    run(2, few_or(40, 120), |id| Key::at(id, 0, id as u8));
}

pub fn random_operations_with_equal_hashes() {
    run(3, few_or(24, 60), |id| Key::at(id, 5, 7));
}

pub fn random_operations_with_crowded_low_bits() {
    // Three of four keys share their low four bits, so chains are long where
    // they are not empty, and growths to the same size come up.
    run(4, 500, |id| {
        let spread = Key::spread(id);
        Key {
            hash: if id % 4 == 0 {
                spread.hash
            } else {
                spread.hash & !0xf
            },
            ..spread
        }
    });
}

pub fn random_operations_with_neighbouring_tophashes() {
    // Bytes that differ in the lowest bit are what the match may confuse.
    run(5, 300, |id| Key {
        hash: Key::spread(id).hash & !in_top_byte(0xfe),
        id,
    });
}
