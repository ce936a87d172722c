//! Reduced sweeps of refused allocations and of panics; all of it is
//! `examples/failure_sweep.rs`.

#[cfg(not(target_os = "none"))]
use crate::support::panics;
use crate::support::sweep::{Extent, Tally, every_state};

/// A prime number of states in each step, so that each test takes others.
const SAMPLE: Extent = if cfg!(miri) {
    Extent {
        each: 1,
        stride: 41,
        states: 13,
    }
} else {
    Extent {
        each: 4,
        stride: 23,
        states: 3,
    }
};

fn sample<const K: usize, const V: usize>() -> Tally {
    let mut tally = Tally::default();
    every_state::<K, V>("", SAMPLE, &mut tally, &mut |_, _| {});
    assert!(tally.operations > 30 && tally.without > 3 * tally.states);
    tally
}

pub fn every_allocation_for_a_bucket_is_refused_once() {
    let tally = sample::<0, 0>();
    assert!(tally.single > tally.states, "{tally:?}");
}

pub fn every_allocation_of_a_map_with_cells_is_refused_once() {
    let tally = sample::<15, 15>();
    assert!(tally.single > 10 * tally.states, "{tally:?}");
    assert!(tally.told > tally.single, "{tally:?}");
}

#[cfg(not(target_os = "none"))]
fn sample_of_panics<const K: usize, const V: usize>() {
    let (every, stride) = if cfg!(miri) { (19, 67) } else { (3, 19) };
    let mut tally = panics::Tally::default();
    panics::sweep::<K, V>(every, stride, &mut tally, &mut |_, _| {});
    assert!(tally.panics > 100 * tally.states, "{tally:?}");
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map() {
    sample_of_panics::<0, 0>();
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map_with_cells() {
    sample_of_panics::<15, 15>();
}
