//! Reduced sweeps of refused allocations and of panics; all of it is
//! `examples/failure_sweep.rs`.

use crate::support::few_or;
#[cfg(not(target_os = "none"))]
use crate::support::panics;
use crate::support::sweep::{Extent, Tally, every_state};

/// Under Miri every tenth operation, others in each of the sweeps, in one or two small
/// states: in the middle of a doubling, reserved, in the caller's bucket.
const SAMPLE: Extent = if cfg!(miri) {
    Extent {
        each: 0,
        stride: 1,
        most: 1,
        first: 0,
        states: 24,
        operations: 10,
    }
} else {
    Extent {
        each: 4,
        stride: 23,
        most: usize::MAX,
        first: 0,
        states: 3,
        operations: 1,
    }
};

fn sample<const K: usize, const V: usize>(first: usize) -> Tally {
    let mut tally = Tally::default();
    let extent = Extent { first, ..SAMPLE };
    every_state::<K, V>("", extent, &mut tally, &mut |_, _| {});
    assert!(tally.operations > 30 && tally.without > few_or(1, 3) * tally.states);
    tally
}

pub fn every_allocation_for_a_bucket_is_refused_once() {
    let tally = sample::<0, 0>(few_or(5, 0));
    assert!(tally.single > few_or(0, 1) * tally.states, "{tally:?}");
}

pub fn every_allocation_of_a_map_with_cells_is_refused_once() {
    let tally = sample::<15, 15>(few_or(10, 0));
    assert!(tally.single > few_or(0, 10) * tally.states, "{tally:?}");
    assert!(tally.told > tally.single, "{tally:?}");
}

#[cfg(not(target_os = "none"))]
fn sample_of_panics<const K: usize, const V: usize>(first: usize) {
    let extent = Extent {
        each: few_or(0, 10),
        stride: 19,
        first,
        ..SAMPLE
    };
    let mut tally = panics::Tally::default();
    panics::sweep::<K, V>(extent, &mut tally, &mut |_, _| {});
    assert!(tally.panics > few_or(2, 10) * tally.states, "{tally:?}");
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map() {
    sample_of_panics::<0, 0>(few_or(9, 0));
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map_with_cells() {
    sample_of_panics::<15, 15>(few_or(35, 0));
}
