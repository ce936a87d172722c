//! Every allocation of every operation refused, one after the other, in every state:
//! and nothing is lost, nothing leaks, every invariant holds, and it can be done again.
//!
//! SQLite and wasmtime test running out of memory in this way.

use super::ledger::Ledger;
use super::part::World;
use super::scene::{Act, Scene};
use super::states::{
    COMPACT_STATES, DEEP_STATES, DENSE_STATES, PAGED_STATES, RESERVED_STATES, STATES, State, Task,
    acts, go_on,
};
use alloc::format;
use hmap::{Policy, SameHeap};

/// What was done, for those who want to know that it was not nothing.
#[derive(Default, Clone, Copy, Debug)]
pub struct Tally {
    /// States, counted anew for each way in which entries are stored.
    pub states: u64,
    /// Operations that are tried in a state.
    pub operations: u64,
    /// Runs in which one single allocation was refused.
    pub single: u64,
    /// Runs in which that one and all after it were refused.
    pub from_there_on: u64,
    /// Runs in which the caller was told.
    pub told: u64,
    /// Runs of operations that called no allocator, though none was granted.
    pub without: u64,
}

/// How much of it is done.
#[derive(Clone, Copy)]
pub struct Extent {
    /// The first so many allocations of an operation are refused each,
    pub each: usize,
    /// then every so many-th,
    pub stride: usize,
    /// and none after so many.
    pub most: usize,
    /// States are taken from this one on,
    pub first: usize,
    /// in steps of so many,
    pub states: usize,
    /// and in each of them every so many-th operation, in the next one other ones.
    pub operations: usize,
}

impl Extent {
    /// All there is.
    pub const fn full() -> Self {
        Self {
            each: usize::MAX,
            stride: 1,
            most: usize::MAX,
            first: 0,
            states: 1,
            operations: 1,
        }
    }

    /// Those of the states that are taken, each with the number of its first operation.
    pub fn of(self, states: &[State]) -> impl Iterator<Item = (usize, &State)> {
        let all = states.iter().enumerate();
        let some = all.skip(self.first).step_by(self.states);
        some.map(move |(number, state)| (number % self.operations, state))
    }

    /// The next one to refuse.
    pub fn after(self, refused: usize) -> usize {
        if refused < self.each {
            refused + 1
        } else {
            refused + self.stride
        }
    }
}

/// Sweeps all states with entries in buckets, and in cells of each kind; `report` is
/// told of every state.
pub fn sweep(extent: Extent, tally: &mut Tally, report: &mut dyn FnMut(&str, &Tally)) {
    for states in [
        STATES,
        COMPACT_STATES,
        DENSE_STATES,
        PAGED_STATES,
        RESERVED_STATES,
    ] {
        every_state::<0, 0>(states, "", extent, tally, report);
        every_state::<0, 15>(states, ", values in cells", extent, tally, report);
        every_state::<15, 0>(states, ", keys in cells", extent, tally, report);
        every_state::<15, 15>(states, ", all in cells", extent, tally, report);
    }
    every_state::<0, 0>(DEEP_STATES, "", extent, tally, report);
}

/// Sweeps these states with one way of storing entries.
pub fn every_state<const K: usize, const V: usize>(
    states: &[State],
    stored: &str,
    extent: Extent,
    tally: &mut Tally,
    report: &mut dyn FnMut(&str, &Tally),
) {
    for (first, state) in extent.of(states) {
        tally.states += 1;
        let mut count = first;
        while every_refusal::<K, V>(state, count, extent, tally) {
            count += extent.operations;
        }
        tally.operations = tally.operations.max(count as u64);
        report(&format!("{}{}{stored}", state.of(), state.name), tally);
    }
}

/// Refuses each allocation of one operation; false if there is no operation of this
/// number.
fn every_refusal<const K: usize, const V: usize>(
    state: &State,
    number: usize,
    extent: Extent,
    tally: &mut Tally,
) -> bool {
    let mut after = 0;
    loop {
        for for_good in [false, true] {
            let mut trial = Trial {
                number,
                after,
                for_good,
                ended: None,
            };
            let left = state.stage::<K, V>(&mut trial);
            assert_eq!(
                (left.parts, left.blocks),
                (0, 0),
                "{}{}: {trial:?}",
                state.of(),
                state.name
            );
            let Some(Ended { refused, told }) = trial.ended else {
                return false;
            };
            tally.told += u64::from(told);
            if refused == 0 {
                tally.without += u64::from(after == 0);
                return true;
            }
            if for_good {
                tally.from_there_on += 1;
            } else {
                tally.single += 1;
            }
        }
        after = extent.after(after);
        if after >= extent.most {
            return true;
        }
    }
}

/// One operation from a state, with an allocation refused.
#[derive(Debug)]
struct Trial {
    number: usize,
    after: usize,
    for_good: bool,
    ended: Option<Ended>,
}

#[derive(Debug)]
struct Ended {
    refused: usize,
    told: bool,
}

impl<const K: usize, const V: usize> Task<K, V> for Trial {
    fn perform<A: SameHeap, P: Policy>(
        &mut self,
        scene: &mut Scene<'_, A, K, V, P>,
        ledger: &Ledger,
        _: &World,
    ) {
        let Some(&(_, act)) = acts(scene).get(self.number) else {
            return;
        };
        let before = ledger.refused();
        if self.for_good {
            ledger.refuse_all_after(self.after);
        } else {
            ledger.refuse_one_after(self.after);
        }
        let result = scene.act(act);
        scene.check();
        let refused = ledger.refused() - before;
        ledger.grant_all();
        let told = result.is_err();
        if told {
            try_again(scene, act);
        }
        go_on(scene);
        self.ended = Some(Ended { refused, told });
    }
}

/// With memory it succeeds; what never asks for any, once there is some at hand.
#[track_caller]
fn try_again<A: SameHeap, const K: usize, const V: usize, P: Policy>(
    scene: &mut Scene<'_, A, K, V, P>,
    act: Act,
) {
    if let Act::InsertWithinCapacity(_) = act {
        let reserve = Act::TryReserve(1);
        scene.act(reserve).expect("there is memory again");
    }
    scene.act(act).expect("there is memory again");
    scene.check();
}
