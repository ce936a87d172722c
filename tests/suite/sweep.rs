//! Reduced sweeps of refused allocations and of panics; all of it is
//! `examples/failure_sweep.rs`.

#[cfg(not(target_os = "none"))]
use crate::support::panics;
use crate::support::sweep::{Extent, Tally, every_state};

const SAMPLE: Extent = if cfg!(miri) {
    Extent {
        each: 1,
        stride: 41,
        states: 19,
        operations: 3,
    }
} else {
    Extent {
        each: 4,
        stride: 23,
        states: 3,
        operations: 1,
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
    let extent = if cfg!(miri) {
        Extent {
            each: 0,
            stride: 11,
            states: 19,
            operations: 4,
        }
    } else {
        Extent {
            each: 10,
            stride: 19,
            states: 3,
            operations: 1,
        }
    };
    let mut tally = panics::Tally::default();
    panics::sweep::<K, V>(extent, &mut tally, &mut |_, _| {});
    assert!(tally.panics > 10 * tally.states, "{tally:?}");
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map() {
    sample_of_panics::<0, 0>();
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map_with_cells() {
    sample_of_panics::<15, 15>();
}
