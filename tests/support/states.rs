//! The states that a sweep starts from, each a short program, and the acts that it
//! tries in each.

mod blocks;

pub use blocks::{DEEP_STATES, DENSE_STATES, PAGED_STATES, RESERVED_STATES};

use super::few_or;
use super::keys::{Identity, Key};
use super::ledger::Ledger;
use super::part::{Part, World};
use super::scene::{Act, Books, Scene, With};
use alloc::vec::Vec;
use hmap::{Allocator, Compact, Dense, FirstBucket, Hmap, Paged, Policy, SameHeap};

/// A step on the way to a state.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Keys of spread hashes, until there are so many entries.
    Spread(u64),
    /// So many keys that are all in one chain.
    OneChain(u64),
    /// So many keys in the chains of four buckets.
    Crowded(u64),
    /// So many keys in the first bucket of eight, all in the ninth of sixteen.
    Ninth(u64),
    /// As `Spread`, and every growth is refused.
    WithoutGrowth(u64),
    /// As `Spread`, and the first call of the allocator that an insert makes is refused; those
    /// that have failed for it are tried again.
    Pinched(u64),
    /// Eight chains with an overflow bucket each, and one entry in each of them.
    Sparse,
    /// Overwrites until a growth is over, and no more.
    UntilGrown,
    Do(Act),
}

/// A state, and how to come to it.
pub struct State {
    pub name: &'static str,
    steps: &'static [Step],
    start: Start,
}

/// What kind of map it is.
#[derive(Clone, Copy)]
enum Start {
    Usual,
    /// It begins in a bucket of the caller's.
    Lent,
    Compact,
    Dense,
    Paged,
}

const fn state(name: &'static str, steps: &'static [Step]) -> State {
    State {
        name,
        steps,
        start: Start::Usual,
    }
}

const fn lent(name: &'static str, steps: &'static [Step]) -> State {
    State {
        name,
        steps,
        start: Start::Lent,
    }
}

const fn compact(name: &'static str, steps: &'static [Step]) -> State {
    State {
        name,
        steps,
        start: Start::Compact,
    }
}

use Step::{Crowded, Do, Ninth, OneChain, Pinched, Sparse, Spread, UntilGrown, WithoutGrowth};

/// With so many entries a doubling begins, of 16 chains, or of 4.
const DOUBLES: u64 = few_or(27, 105);

pub const STATES: &[State] = &[
    state("empty", &[]),
    state("one entry", &[Spread(1)]),
    state("a full bucket", &[Spread(8)]),
    state("a full bucket and one behind it", &[WithoutGrowth(9)]),
    state("just moved to two buckets", &[Spread(9)]),
    state("half full", &[Spread(19)]),
    state(
        "an array just full, its longest chain about to leave",
        &[Do(Act::TryPresize(52)), Ninth(20), Spread(52)],
    ),
    state("an array with spares just full", &[Spread(104)]),
    state("a doubling just begun", &[Spread(DOUBLES)]),
    state(
        "a doubling half done",
        &[Spread(DOUBLES), Do(Act::GrowStep(few_or(0, 7)))],
    ),
    state(
        "a doubling but for one chain",
        &[Spread(DOUBLES), Do(Act::GrowStep(few_or(1, 13)))],
    ),
    state("a doubling of crowded chains", &[Crowded(few_or(27, 53))]),
    state(
        "chunks to be given back after a doubling",
        &[Crowded(DOUBLES), UntilGrown],
    ),
    state("long and sparse chains", &[Sparse]),
    state("a growth to the same size", &[Sparse, Spread(17)]),
    state(
        "a growth to the same size half done",
        &[Sparse, Spread(17), Do(Act::GrowStep(3))],
    ),
    state("a deferred growth", &[WithoutGrowth(30)]),
    state("a growth deferred twice", &[WithoutGrowth(70)]),
    state("one chain for all", &[OneChain(30)]),
    state(
        "one chain for all, in an array",
        &[Do(Act::TryPresize(52)), OneChain(50)],
    ),
    state("tombstones", &[Spread(60), Do(Act::Retain(3))]),
    state(
        "nearly all removed",
        &[Crowded(60), Do(Act::ExtractIf(1, 57))],
    ),
    state("cleared", &[Crowded(60), Do(Act::Clear)]),
    state("cleared in a doubling", &[Spread(DOUBLES), Do(Act::Clear)]),
    state("presized", &[Do(Act::TryPresize(200)), Spread(5)]),
    state(
        "far too large an array",
        &[Spread(120), Do(Act::TryPresize(500))],
    ),
    state("a reservation in nothing", &[Do(Act::TryReserve(12))]),
    state("a reservation", &[Spread(20), Do(Act::TryReserve(30))]),
    state(
        "what is left of a reservation",
        &[Spread(20), Do(Act::TryReserve(30)), OneChain(25)],
    ),
    state(
        "a reservation and a deferred growth",
        &[WithoutGrowth(30), Do(Act::TryReserve(3))],
    ),
    lent("the caller's bucket, empty", &[]),
    lent("the caller's bucket", &[Spread(5)]),
    lent("the caller's bucket, full", &[Spread(8)]),
    lent("a bucket behind the caller's", &[WithoutGrowth(9)]),
    lent("chains behind the caller's", &[WithoutGrowth(20)]),
    lent("just moved out", &[Spread(9)]),
    lent(
        "moving out of long chains",
        &[WithoutGrowth(16), Spread(18)],
    ),
    lent("moved out for long", &[Spread(40), Do(Act::FinishGrowth)]),
    lent(
        "a reservation in the caller's bucket",
        &[Do(Act::TryReserve(20))],
    ),
    lent(
        "cleared in the caller's bucket",
        &[WithoutGrowth(20), Do(Act::Clear)],
    ),
    state("an array just full", &[Spread(52)]),
    state(
        "a doubling whose moves use chunks of before",
        &[Do(Act::TryPresize(104)), Crowded(104), Spread(105)],
    ),
    state(
        "chunks of before that are in use again",
        &[
            Do(Act::TryPresize(104)),
            Crowded(104),
            Spread(105),
            UntilGrown,
        ],
    ),
];

/// Fewer, of maps of the policy [`Compact`]: those that it makes different.
pub const COMPACT_STATES: &[State] = &[
    compact("a compact map, empty", &[]),
    compact("one entry of two", &[Spread(1)]),
    compact("a full bucket of two", &[Spread(2)]),
    compact("a full bucket of four", &[Spread(4)]),
    compact("a bucket of four, cleared", &[Spread(3), Do(Act::Clear)]),
    compact("a full bucket of eight", &[Spread(8)]),
    compact("compact chains behind one bucket", &[WithoutGrowth(20)]),
    compact(
        "a compact map in a doubling",
        &[Spread(105), Do(Act::GrowStep(7))],
    ),
    compact("a compact map of one chain", &[OneChain(30)]),
    compact(
        "a compact map of one chain, in an array",
        &[Do(Act::TryPresize(52)), OneChain(50)],
    ),
    compact(
        "compact chains with gaps",
        &[
            Do(Act::TryPresize(52)),
            Crowded(52),
            Do(Act::ExtractIf(3, usize::MAX)),
        ],
    ),
    compact(
        "compact chains nearly all extracted",
        &[Crowded(60), Do(Act::ExtractIf(1, 57))],
    ),
    compact(
        "a reservation of a compact map",
        &[Spread(3), Do(Act::TryReserve(30)), OneChain(20)],
    ),
    compact(
        "a compact map whose moves use chunks of before",
        &[Do(Act::TryPresize(104)), Crowded(104), Spread(105)],
    ),
];

/// Before it is over its load a map can have so many entries, however small it is.
const ONE_BUCKET: usize = 8;

const IN_ONE_CHAIN: u64 = 10_000;
const CROWDED: u64 = 20_000;
const SPARSE: u64 = 30_000;
const NINTH: u64 = 35_000;
const NEW: u64 = 40_000;

/// Numbers are far enough apart that no two steps make the same key.
fn one_chain(number: u64) -> Key {
    Key::at(IN_ONE_CHAIN + number, 0, number as u8)
}

/// What is done in a state, whatever the map's allocator is.
pub trait Task<const K: usize, const V: usize> {
    fn perform<A: SameHeap, P: Policy>(
        &mut self,
        scene: &mut Scene<'_, A, K, V, P>,
        ledger: &Ledger,
        world: &World,
    );
}

/// What is left when all is dropped, and should not be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Left {
    pub parts: usize,
    pub blocks: usize,
}

impl State {
    /// Which maps it is of, where that is not said.
    pub const fn of(&self) -> &'static str {
        match self.start {
            Start::Dense => "dense: ",
            Start::Paged => "paged: ",
            _ => "",
        }
    }

    /// Makes the state, anew each time, and hands it to the task.
    pub fn stage<const K: usize, const V: usize>(&self, task: &mut impl Task<K, V>) -> Left {
        let (ledger, world) = (Ledger::new(), World::new());
        match self.start {
            Start::Usual => {
                let map = Hmap::with_hasher_in(Identity, &ledger);
                self.stage_in(Scene::of(map, &ledger, &world), task, &ledger, &world);
            }
            Start::Lent => {
                let mut bucket = FirstBucket::<Part<'_, K>, Part<'_, V>>::new();
                let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
                self.stage_in(Scene::of(map, &ledger, &world), task, &ledger, &world);
            }
            Start::Compact => {
                let map = Hmap::with_policy_in(Identity, &ledger);
                let scene: Scene<'_, _, K, V, Compact> = Scene::of(map, &ledger, &world);
                self.stage_in(scene, task, &ledger, &world);
            }
            Start::Dense => {
                let map = Hmap::with_policy_in(Identity, &ledger);
                let scene: Scene<'_, _, K, V, Dense> = Scene::of_blocks(map, &ledger, &world);
                self.stage_in(scene, task, &ledger, &world);
            }
            Start::Paged => {
                let map = Hmap::with_policy_in(Identity, &ledger);
                let scene: Scene<'_, _, K, V, Paged> = Scene::of_blocks(map, &ledger, &world);
                self.stage_in(scene, task, &ledger, &world);
            }
        }
        assert_eq!(world.dropped_twice(), 0, "{}", self.name);
        Left {
            parts: world.live(),
            blocks: ledger.take_back(),
        }
    }

    fn stage_in<A: SameHeap, const K: usize, const V: usize, P: Policy>(
        &self,
        mut scene: Scene<'_, A, K, V, P>,
        task: &mut impl Task<K, V>,
        ledger: &Ledger,
        world: &World,
    ) {
        for step in self.steps {
            step.take(&mut scene, ledger);
        }
        ledger.grant_all();
        task.perform(&mut scene, ledger, world);
    }
}

impl Step {
    #[track_caller]
    fn take<A: SameHeap, const K: usize, const V: usize, P: Policy>(
        self,
        scene: &mut Scene<'_, A, K, V, P>,
        books: &dyn Books,
    ) {
        let mut must = |act| scene.act(act).expect("memory is not refused");
        match self {
            Spread(count) => {
                for id in scene.map().len() as u64..count {
                    scene.act(Act::Insert(Key::spread(id))).expect("as above");
                }
            }
            OneChain(count) => (0..count).for_each(|id| must(Act::Insert(one_chain(id)))),
            Crowded(count) => (0..count).for_each(|id| {
                let key = Key::at(CROWDED + id, id as u32 % 4, id as u8);
                must(Act::Insert(key));
            }),
            Ninth(count) => {
                (0..count).for_each(|id| must(Act::Insert(Key::at(NINTH + id, 8, id as u8))));
            }
            WithoutGrowth(count) => {
                for id in scene.map().len() as u64..count {
                    let map = scene.map();
                    let room = usize::max(map.capacity(), ONE_BUCKET);
                    if map.len() >= room && !map.is_growth_deferred() {
                        books.refuse_next();
                    }
                    scene.act(Act::Insert(Key::spread(id))).expect("as above");
                }
            }
            Pinched(count) => {
                for id in scene.map().len() as u64..count {
                    books.refuse_next();
                    let key = Key::spread(id);
                    if scene.act(Act::Insert(key)).is_err() {
                        scene.act(Act::Insert(key)).expect("one call was refused");
                    }
                    books.grant_all();
                }
            }
            Sparse => {
                must(Act::TryPresize(52));
                for bucket in 0..8 {
                    let key = |n| Key::at(SPARSE + u64::from(bucket) * 9 + n, bucket, n as u8);
                    (0..9).for_each(|n| must(Act::Insert(key(n))));
                    (0..8).for_each(|n| must(Act::Remove(key(n))));
                }
            }
            UntilGrown => {
                let keys: Vec<_> = scene.oracle.keys().copied().collect();
                for key in keys.iter().cycle() {
                    if !scene.map().is_growing() {
                        break;
                    }
                    scene.act(Act::Insert(*key)).expect("as above");
                }
            }
            Do(act) => must(act),
        }
    }
}

/// What is tried in a state: each operation, on the keys that make a difference.
pub fn acts<A: Allocator, const K: usize, const V: usize, P: Policy>(
    scene: &Scene<'_, A, K, V, P>,
) -> Vec<(&'static str, Act)> {
    let keys = &scene.oracle;
    let some = keys.len() / 2;
    // In an empty map these are absent, too.
    let first = keys.keys().next().copied().unwrap_or(Key::spread(0));
    let middle = keys.keys().nth(some).copied().unwrap_or(first);
    let spread = Key::spread(NEW);
    let chained = one_chain(NEW);
    let mut acts: Vec<_> = [
        ("insert a new key", Act::Insert(spread)),
        ("insert a new key into a long chain", Act::Insert(chained)),
        ("overwrite", Act::Insert(first)),
        ("insert within capacity", Act::InsertWithinCapacity(spread)),
        (
            "insert within capacity into a long chain",
            Act::InsertWithinCapacity(chained),
        ),
        (
            "overwrite within capacity",
            Act::InsertWithinCapacity(middle),
        ),
        ("entry of a new key", Act::EntryOrInsert(spread)),
        (
            "entry of a new key in a long chain",
            Act::EntryOrInsert(chained),
        ),
        ("entry of a key that is there", Act::EntryOrInsert(middle)),
        ("remove through an entry", Act::EntryRemove(middle)),
        ("remove nothing through an entry", Act::EntryRemove(spread)),
        ("remove", Act::Remove(middle)),
        ("remove what is not there", Act::Remove(chained)),
        ("delete", Act::Delete(middle)),
        ("delete what is not there", Act::Delete(chained)),
        ("change", Act::Change(first)),
        ("extend", Act::TryExtend(spread, 40)),
        ("extend within long chains", Act::TryExtend(chained, 6)),
        ("reserve one", Act::TryReserve(1)),
        ("reserve many", Act::TryReserve(60)),
        ("presize", Act::TryPresize(keys.len() * 3 + 1)),
        ("clone", Act::TryClone),
        ("shrink to fit", Act::ShrinkTo(0)),
        ("shrink", Act::ShrinkTo(keys.len() + 10)),
        ("move a chain", Act::GrowStep(1)),
        ("finish the growth", Act::FinishGrowth),
        ("clear", Act::Clear),
        ("retain some", Act::Retain(2)),
        ("retain none", Act::Retain(1)),
        ("extract some", Act::ExtractIf(3, usize::MAX)),
        ("extract one", Act::ExtractIf(1, 1)),
        ("drain", Act::Drain(usize::MAX)),
        ("drain a part", Act::Drain(some)),
        ("change all", Act::IterMut),
        ("walk and change", Act::Walk),
        ("take apart", Act::IntoIter(usize::MAX)),
        ("take a part", Act::IntoIter(some)),
        ("clone from", Act::TryCloneFrom),
        ("reserve a doubling", Act::TryReserve(keys.len() + 1)),
        ("reserve far more", Act::TryReserve(few_or(120, 500))),
    ]
    .into();
    acts.extend(acts_with_a_reservation([spread, chained, middle], some));
    acts
}

/// The same with a reservation: on a new key, one into a long chain, and one that is there.
fn acts_with_a_reservation(
    [spread, chained, middle]: [Key; 3],
    some: usize,
) -> [(&'static str, Act); 9] {
    let insert_with = |key| Act::With(With::Insert(key));
    [
        ("insert a new key with a reservation", insert_with(spread)),
        (
            "insert with a reservation into a long chain",
            insert_with(chained),
        ),
        ("overwrite with a reservation", insert_with(middle)),
        ("remove into a reservation", Act::With(With::Remove(middle))),
        ("delete into a reservation", Act::With(With::Delete(middle))),
        (
            "retain some, into a reservation",
            Act::With(With::Retain(2)),
        ),
        ("drain into a reservation", Act::With(With::Drain(some))),
        ("clear into a reservation", Act::With(With::Clear)),
        ("grow with a reservation", Act::With(With::Grow(3))),
    ]
}

/// What must still be possible after anything: a few inserts and removals, to the end
/// of the growth.
#[track_caller]
pub fn go_on<A: SameHeap, const K: usize, const V: usize, P: Policy>(
    scene: &mut Scene<'_, A, K, V, P>,
) {
    if scene.is_consumed() {
        return;
    }
    for id in 0..few_or(4, 10) {
        let key = Key::spread(NEW + 100 + id);
        scene.act(Act::Insert(key)).expect("there is memory again");
        if id % 3 == 0 {
            scene.act(Act::Remove(key)).expect("removing needs none");
        }
    }
    scene.act(Act::FinishGrowth).expect("moving needs none");
    scene.check();
}
