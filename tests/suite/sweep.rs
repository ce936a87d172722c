//! Reduced sweeps of refused allocations and of panics; all of it is
//! `examples/failure_sweep.rs`.

#[cfg(not(target_os = "none"))]
use crate::support::panics;
use crate::support::states::{
    COMPACT_STATES, DENSE_STATES, PAGED_STATES, RESERVED_STATES, STATES, State,
};
use crate::support::sweep::{Extent, Tally, every_state};
use crate::support::{few_or, few_some_or};

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
        operations: few_some_or(1, 2, 1),
    }
};

/// Compact maps have fewer states: all of them, and one under Miri.
const COMPACT_SAMPLE: Extent = Extent {
    states: few_or(24, 1),
    ..SAMPLE
};

/// Of maps of blocks all states too, and every third operation in each; under Miri fewer, in a
/// small state, since `dense` refuses and panics in larger maps.
const BLOCKS_SAMPLE: Extent = Extent {
    operations: few_some_or(10, 6, 3),
    ..COMPACT_SAMPLE
};

fn sample<const K: usize, const V: usize>(states: &[State], first: usize, extent: Extent) -> Tally {
    let mut tally = Tally::default();
    let extent = Extent { first, ..extent };
    every_state::<K, V>(states, "", extent, &mut tally, &mut |_, _| {});
    assert!(tally.operations > 30 && tally.without > few_or(1, 3) * tally.states);
    tally
}

pub fn every_allocation_for_a_bucket_is_refused_once() {
    let tally = sample::<0, 0>(STATES, few_or(5, 0), SAMPLE);
    assert!(tally.single > few_or(0, 1) * tally.states, "{tally:?}");
}

pub fn every_allocation_of_a_map_with_cells_is_refused_once() {
    let tally = sample::<15, 15>(STATES, few_or(10, 0), SAMPLE);
    assert!(tally.single > few_or(0, 10) * tally.states, "{tally:?}");
    assert!(tally.told > tally.single, "{tally:?}");
}

pub fn every_allocation_of_a_compact_map_is_refused_once() {
    let tally = sample::<0, 0>(COMPACT_STATES, few_or(5, 0), COMPACT_SAMPLE);
    assert!(tally.single >= few_or(0, tally.states), "{tally:?}");
    let tally = sample::<15, 15>(COMPACT_STATES, few_or(1, 0), COMPACT_SAMPLE);
    assert!(tally.single > few_or(0, 10) * tally.states, "{tally:?}");
    assert!(tally.told > tally.single, "{tally:?}");
}

pub fn every_allocation_of_a_map_of_blocks_is_refused_once() {
    for states in [DENSE_STATES, PAGED_STATES] {
        let tally = sample::<0, 0>(states, 0, BLOCKS_SAMPLE);
        assert!(tally.single > few_or(0, tally.states), "{tally:?}");
        let tally = sample::<15, 15>(states, few_or(1, 0), BLOCKS_SAMPLE);
        assert!(tally.single > few_or(0, 10) * tally.states, "{tally:?}");
        assert!(tally.told > tally.single, "{tally:?}");
    }
    sample::<15, 15>(RESERVED_STATES, 0, BLOCKS_SAMPLE);
}

#[cfg(not(target_os = "none"))]
fn sample_of_panics<const K: usize, const V: usize>(
    states: &[State],
    first: usize,
    extent: Extent,
) {
    let extent = Extent {
        each: few_or(0, 10),
        stride: 19,
        first,
        states: few_or(STATES.len(), extent.states),
        operations: few_or(20, extent.operations),
        ..extent
    };
    let mut tally = panics::Tally::default();
    panics::sweep::<K, V>(states, extent, &mut tally, &mut |_, _| {});
    assert!(tally.panics > few_or(2, 10) * tally.states, "{tally:?}");
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map() {
    sample_of_panics::<0, 0>(STATES, few_or(9, 0), SAMPLE);
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map_with_cells() {
    sample_of_panics::<15, 15>(STATES, few_or(35, 0), SAMPLE);
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_compact_map() {
    sample_of_panics::<0, 0>(COMPACT_STATES, few_or(6, 0), COMPACT_SAMPLE);
    sample_of_panics::<15, 15>(COMPACT_STATES, few_or(2, 0), COMPACT_SAMPLE);
}

#[cfg(not(target_os = "none"))]
pub fn a_panic_in_any_call_leaves_a_whole_map_of_blocks() {
    for states in [DENSE_STATES, PAGED_STATES] {
        sample_of_panics::<0, 0>(states, 0, BLOCKS_SAMPLE);
        sample_of_panics::<15, 15>(states, 1, BLOCKS_SAMPLE);
    }
}
