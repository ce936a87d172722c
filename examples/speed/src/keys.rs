//! The keys of some maps of one size, in orders that are new in every round: with one
//! order repeated a branch predictor learns where each key is.

/// Each list has the keys of one map after those of the other, and then as many more.
pub struct Keys {
    /// In the order of insertion; then those that will replace them.
    pub inserted: Vec<u64>,
    /// The same keys of each map in another order; then those that will replace them.
    pub looked_up: Vec<u64>,
    /// Keys that are in no map.
    pub absent: Vec<u64>,
    /// Those that have replaced the keys of `looked_up`, in another order.
    pub renewed: Vec<u64>,
    pub a_map: usize,
    pub all: usize,
}

impl Keys {
    pub fn new(a_map: usize, maps: usize, random: &mut fastrand::Rng) -> Self {
        let all = a_map * maps;
        let salt = random.u32(..);
        let fresh = |from: usize, to: usize| -> Vec<u64> {
            (from..to)
                .map(|n| u64::from(scattered(n as u32 ^ salt)))
                .collect()
        };
        let inserted = fresh(0, 2 * all);
        let mut looked_up = inserted.clone();
        let mut renewed = inserted.clone();
        renewed.rotate_left(all);
        for list in [&mut looked_up, &mut renewed] {
            for map in list[..all].chunks_mut(a_map) {
                random.shuffle(map);
            }
        }
        Self {
            absent: fresh(2 * all, 4 * all),
            inserted,
            looked_up,
            renewed,
            a_map,
            all,
        }
    }
}

/// Numbers without a pattern, each from one number only, that fit the smallest key.
fn scattered(n: u32) -> u32 {
    let n = (n ^ (n >> 16)).wrapping_mul(0x21f0_aaad);
    let n = (n ^ (n >> 15)).wrapping_mul(0x735a_2d97);
    n ^ (n >> 15)
}
