//! States of maps of blocks, of the policies [`Dense`](hmap::Dense) and [`Paged`](hmap::Paged).

use super::Step::{Crowded, Do, OneChain, Pinched, Spread};
use super::{Act, Start, State, Step};
use crate::support::few_or;

pub const DENSE_STATES: &[State] = &of_blocks(Start::Dense);
pub const PAGED_STATES: &[State] = &of_blocks(Start::Paged);

/// Of each policy one with a directory of more than a page, which takes long.
pub const DEEP_STATES: &[State] = &[
    state(Start::Dense, "a directory of pages", &[Spread(DEEP)]),
    state(Start::Paged, "a directory of pages", &[Spread(DEEP)]),
    state(
        Start::Dense,
        "a directory that has lost pages",
        &[Spread(DEEP), Do(Act::ExtractIf(1, MOST_OF_DEEP))],
    ),
];

/// Those that begin with a reservation.
pub const RESERVED_STATES: &[State] = &[
    state(
        Start::Dense,
        "a reservation in nothing",
        &[Do(Act::TryReserve(12))],
    ),
    state(
        Start::Dense,
        "a reservation",
        &[Spread(20), Do(Act::TryReserve(30))],
    ),
    state(
        Start::Dense,
        "what is left of a reservation",
        &[Spread(20), Do(Act::TryReserve(30)), OneChain(25)],
    ),
    state(
        Start::Dense,
        "presized",
        &[Do(Act::TryPresize(200)), Spread(5)],
    ),
    state(
        Start::Paged,
        "a reservation",
        &[Spread(20), Do(Act::TryReserve(30))],
    ),
    state(
        Start::Paged,
        "what is left of a reservation",
        &[Spread(20), Do(Act::TryReserve(30)), OneChain(25)],
    ),
];

const DEEP: u64 = few_or(300, 8_000);
const MOST_OF_DEEP: usize = DEEP as usize / 10 * 9;
/// A directory of some levels of splits.
const MANY: u64 = few_or(90, 300);
const MOST_OF_MANY: usize = MANY as usize / 10 * 9;

const fn state(start: Start, name: &'static str, steps: &'static [Step]) -> State {
    State { name, steps, start }
}

const fn of_blocks(start: Start) -> [State; 17] {
    [
        state(start, "empty", &[]),
        state(start, "one entry", &[Spread(1)]),
        state(start, "a block half full", &[Spread(9)]),
        state(start, "one full block", &[Spread(16)]),
        state(start, "two blocks", &[Spread(17)]),
        state(start, "some blocks", &[Spread(60)]),
        state(start, "a directory of many", &[Spread(MANY)]),
        state(start, "hashes that agree", &[OneChain(40)]),
        state(
            start,
            "hashes that agree among others",
            &[Spread(60), OneChain(40)],
        ),
        state(start, "crowded low bits", &[Crowded(70)]),
        state(
            start,
            "after removals",
            &[Spread(MANY), Do(Act::ExtractIf(1, MOST_OF_MANY))],
        ),
        state(
            start,
            "every other one removed",
            &[Spread(MANY), Do(Act::ExtractIf(2, usize::MAX))],
        ),
        state(
            start,
            "nearly all removed of hashes that agree",
            &[OneChain(40), Do(Act::ExtractIf(1, 37))],
        ),
        state(
            start,
            "shrunk",
            &[
                Spread(MANY),
                Do(Act::ExtractIf(1, MOST_OF_MANY)),
                Do(Act::ShrinkTo(0)),
            ],
        ),
        state(start, "cleared", &[Crowded(60), Do(Act::Clear)]),
        state(start, "after a refused growth", &[Pinched(60)]),
        state(
            start,
            "removals after a refused growth",
            &[Pinched(100), Do(Act::ExtractIf(1, 70))],
        ),
    ]
}
