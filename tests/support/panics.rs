//! A panic in each call of a user's code, one after the other, in every operation from
//! every state; on the host, where a panic can be caught.
//!
//! After it the map is whole and can be used, nothing is dropped twice, and nothing leaks.
//! No panic in `Hash`, `Eq`, `Clone` or the allocator loses an entry.

use super::keys::Key;
use super::ledger::Ledger;
use super::part::{Event, OnPurpose, World};
use super::scene::{FRESH, Leak, Scene};
use super::states::{State, Task, acts, go_on};
use super::sweep::Extent;
use alloc::collections::BTreeMap;
use alloc::format;
use hmap::{Policy, SameHeap};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Whose call panics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Culprit {
    User(Event),
    Allocate,
    Deallocate,
}

const CULPRITS: [Culprit; 7] = [
    Culprit::User(Event::Hash),
    Culprit::User(Event::Eq),
    Culprit::User(Event::Clone),
    Culprit::User(Event::Drop),
    Culprit::User(Event::Closure),
    Culprit::Allocate,
    Culprit::Deallocate,
];

/// What was done, for those who want to know that it was not nothing.
#[derive(Default, Clone, Copy, Debug)]
pub struct Tally {
    pub states: u64,
    pub panics: u64,
}

/// Sweeps these states with one way of storing entries; `report` is told of each.
pub fn sweep<const K: usize, const V: usize>(
    states: &[State],
    extent: Extent,
    tally: &mut Tally,
    report: &mut dyn FnMut(&str, &Tally),
) {
    for (first, state) in extent.of(states) {
        tally.states += 1;
        let mut number = first;
        while every_culprit::<K, V>(state, number, extent, tally) {
            number += extent.operations;
        }
        report(&format!("{}{}", state.of(), state.name), tally);
    }
}

/// False if there is no operation of this number.
fn every_culprit<const K: usize, const V: usize>(
    state: &State,
    number: usize,
    extent: Extent,
    tally: &mut Tally,
) -> bool {
    // Once without a panic, to know how many calls there are.
    let Some(Ended { calls, .. }) = run::<K, V>(state, number, None) else {
        return false;
    };
    for (culprit, calls) in CULPRITS.into_iter().zip(calls) {
        let mut after = 0;
        while after < calls.min(extent.most) {
            let ended = run::<K, V>(state, number, Some((culprit, after)));
            let Some(Ended { panicked, .. }) = ended else {
                return false;
            };
            let name = state.name;
            assert!(panicked, "{name}: {number}, {culprit:?}, {after}");
            tally.panics += 1;
            after = extent.after(after);
        }
    }
    true
}

/// One trial; none if there is no operation of this number.
fn run<const K: usize, const V: usize>(
    state: &State,
    number: usize,
    panics: Option<(Culprit, usize)>,
) -> Option<Ended> {
    let mut trial = Trial {
        number,
        panics,
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
    trial.ended
}

/// One operation from a state, with a panic in it: whose, and after how many calls.
#[derive(Debug)]
struct Trial {
    number: usize,
    panics: Option<(Culprit, usize)>,
    ended: Option<Ended>,
}

#[derive(Debug)]
struct Ended {
    /// Calls of each of the culprits.
    calls: [usize; CULPRITS.len()],
    panicked: bool,
}

impl<const K: usize, const V: usize> Task<K, V> for Trial {
    fn perform<A: SameHeap, P: Policy>(
        &mut self,
        scene: &mut Scene<'_, A, K, V, P>,
        ledger: &Ledger,
        world: &World,
    ) {
        let Some(&(_, act)) = acts(scene).get(self.number) else {
            return;
        };
        let before = scene.oracle.clone();
        match self.panics {
            Some((Culprit::User(event), after)) => world.panic_at(event, after as u32),
            Some((Culprit::Allocate, after)) => ledger.panic_after(after),
            Some((Culprit::Deallocate, after)) => ledger.panic_after_freeing(after),
            None => {}
        }
        let counts = || {
            CULPRITS.map(|culprit| match culprit {
                Culprit::User(event) => world.happened(event),
                Culprit::Allocate => ledger.calls(),
                Culprit::Deallocate => ledger.freed(),
            })
        };
        let counted = counts();
        let result = catch_unwind(AssertUnwindSafe(|| scene.act(act)));
        world.calm_down();
        ledger.calm_down();
        let after = counts();
        let calls = core::array::from_fn(|number| after[number] - counted[number]);
        let panicked = result.is_err();
        if let Err(payload) = result {
            if !payload.is::<OnPurpose>() {
                resume_unwind(payload);
            }
            let (culprit, _) = self.panics.expect("nothing panics but on purpose");
            self.judge(culprit, scene, &before);
            assert_eq!(scene.leak(), Leak::default(), "{self:?}");
            scene.forgive();
        }
        scene.check();
        go_on(scene);
        self.ended = Some(Ended { calls, panicked });
    }
}

impl Trial {
    /// The map holds what it held, but for what the operation was to add, change or,
    /// if that had begun, to remove.
    #[track_caller]
    fn judge<A: SameHeap, const K: usize, const V: usize, P: Policy>(
        &self,
        culprit: Culprit,
        scene: &mut Scene<'_, A, K, V, P>,
        before: &BTreeMap<Key, u64>,
    ) {
        if scene.is_consumed() {
            return;
        }
        let map = scene.map();
        assert_eq!(map.validate(), Ok(()), "{self:?}");
        if culprit == Culprit::Deallocate {
            return;
        }
        for (key, value) in map.iter() {
            value.check();
            let worth = value.of.id;
            assert!(
                worth == FRESH || before.get(&key.of) == Some(&worth),
                "{key:?}"
            );
        }
        let removes = matches!(culprit, Culprit::User(Event::Drop | Event::Closure));
        if !removes {
            let kept = |key: &&Key| map.iter().any(|(stored, _)| stored.of == **key);
            let lost = before.keys().find(|key| !kept(key));
            assert_eq!(lost, None, "{self:?}");
        }
    }
}
