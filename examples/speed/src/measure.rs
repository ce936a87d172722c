//! How a figure comes about.
//!
//! Each operation is cut into chunks of some microseconds. The two maps do each chunk in
//! turn, who is first changes; a chunk's time is the median over the rounds, which have
//! fresh orders of the keys, and the times of all chunks are added up. So a disturbance of
//! the machine hits single chunks of single rounds, and falls out. Between two rounds the
//! maps exchange their memory: where it lies is worth some percent.

use crate::builds::Build;
use crate::keys::Keys;
use crate::operations::{COMPACT, DENSE, HASHBROWN, HMAP, Operation, PAGED, PAIRS, Work};
use anyhow::{Result, ensure};
use clap::ValueEnum;
use indicatif::ProgressBar;
use serde::Serialize;
use std::time::Instant;

/// The two sides of a comparison.
const OURS: usize = 0;
const THEIRS: usize = 1;

/// Which hmap it is.
#[derive(Clone, Copy, ValueEnum)]
pub enum Policy {
    Go,
    Compact,
    Dense,
    Paged,
}

impl Policy {
    fn map(self) -> usize {
        match self {
            Self::Go => HMAP,
            Self::Compact => COMPACT,
            Self::Dense => DENSE,
            Self::Paged => PAGED,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Go => "Go",
            Self::Compact => "Compact",
            Self::Dense => "Dense",
            Self::Paged => "Paged",
        }
    }
}

/// One figure.
#[derive(Serialize)]
pub struct Row {
    pub pair: &'static str,
    pub build: &'static str,
    pub policy: &'static str,
    pub operation: &'static str,
    pub n: usize,
    pub hmap_ns: f64,
    pub hashbrown_ns: f64,
    pub ratio: f64,
}

/// An operation by name, and its keys.
type Step = (&'static str, Operation, fn(&Keys) -> &[u64]);

/// What is measured, in this order: each begins where the one before ended.
const PLAN: [Step; 9] = [
    ("collected at once", Operation::Collect, |keys| {
        &keys.inserted
    }),
    (
        "insert with capacity",
        Operation::InsertWithCapacity,
        |keys| &keys.inserted,
    ),
    ("insert from empty", Operation::Insert, |keys| {
        &keys.inserted
    }),
    ("hit", Operation::Get, |keys| &keys.looked_up),
    ("dependent hits", Operation::DependentGet, |keys| {
        &keys.looked_up
    }),
    ("miss", Operation::Get, |keys| &keys.absent),
    ("iterate", Operation::Iterate, |keys| &keys.looked_up),
    ("churn", Operation::Churn, |keys| &keys.looked_up),
    ("remove", Operation::Remove, |keys| &keys.renewed),
];

/// Keys of all maps together, at least; so that small maps take time too.
const KEYS: usize = 768;
/// Operations between two looks at the clock: 5 to 50 microseconds.
const CHUNK: usize = 256;
/// Chunks of smaller maps, which are in the cache.
const CHUNK_IN_CACHE: usize = 1_024;

/// The times of one operation: by chunk, by map, by round.
type Times = Vec<[Vec<u64>; 2]>;

/// Measures all operations on maps of `n` entries.
pub fn all(
    build: &Build,
    policy: Policy,
    pair: usize,
    n: usize,
    rounds: usize,
    progress: &ProgressBar,
) -> Result<Vec<Row>> {
    let kinds = [policy.map(), HASHBROWN];
    let maps = usize::max(1, KEYS / n);
    let bytes = region_bytes(pair, n * maps);
    // Twice the same, already touched, so that no page comes in while it is measured.
    let mut regions = [vec![1_u8; bytes], vec![1_u8; bytes]];
    let mut random = fastrand::Rng::with_seed(n as u64);
    let mut times: [Times; PLAN.len()] = Default::default();
    // The first round fills caches, and does not count.
    for round in 0..=rounds {
        let keys = Keys::new(n, maps, &mut random);
        let mut benches = [0; 2];
        for ((_, operation, list), times) in PLAN.iter().zip(&mut times) {
            if matches!(
                operation,
                Operation::Collect | Operation::Insert | Operation::InsertWithCapacity
            ) {
                for side in [OURS, THEIRS] {
                    let region = &mut regions[side ^ (round & 1)];
                    benches[side] = build.open(pair, kinds[side], region, maps)?;
                }
            }
            let work = benches.map(|bench| Work {
                bench,
                keys: list(&keys).as_ptr().expose_provenance(),
                keys_a_map: keys.a_map,
                all_keys: keys.all,
                first: 0,
                count: 0,
            });
            let chunk = chunk(*operation, n, keys.all);
            let took = one_round(build, pair, kinds, *operation, work, chunk, round)?;
            if round == 0 {
                times.resize_with(took.len(), Default::default);
            } else {
                for (chunk, took) in times.iter_mut().zip(took) {
                    chunk[OURS].push(took[OURS]);
                    chunk[THEIRS].push(took[THEIRS]);
                }
            }
        }
        progress.set_position(round as u64);
    }
    Ok(PLAN
        .iter()
        .zip(&mut times)
        .map(|((name, ..), times)| {
            let [hmap_ns, hashbrown_ns] =
                [OURS, THEIRS].map(|side| total(times, side) as f64 / (n * maps) as f64);
            Row {
                pair: PAIRS[pair],
                build: build.name,
                policy: policy.name(),
                operation: name,
                n,
                hmap_ns,
                hashbrown_ns,
                ratio: hmap_ns / hashbrown_ns,
            }
        })
        .collect())
}

/// Nanoseconds that each map takes for each chunk.
fn one_round(
    build: &Build,
    pair: usize,
    kinds: [usize; 2],
    operation: Operation,
    mut work: [Work; 2],
    chunk: usize,
    round: usize,
) -> Result<Vec<[u64; 2]>> {
    let all = work[0].all_keys;
    let mut took = Vec::with_capacity(all.div_ceil(chunk));
    for first in (0..all).step_by(chunk) {
        let (mut times, mut sums) = ([0; 2], [0; 2]);
        let leader = (round / 2 + first / chunk) & 1;
        for side in [leader, 1 - leader] {
            let work = &mut work[side];
            (work.first, work.count) = (first, usize::min(chunk, all - first));
            let start = Instant::now();
            // SAFETY: The benches were opened for this, in regions that live on.
            sums[side] = unsafe { build.perform(pair, kinds[side], operation, work) };
            times[side] = start.elapsed().as_nanos() as u64;
        }
        ensure!(
            sums[OURS] == sums[THEIRS],
            "{operation:?}: the two maps did not do the same"
        );
        took.push(times);
    }
    Ok(took)
}

/// How many keys at a time. Maps are read whole, and collected whole.
fn chunk(operation: Operation, n: usize, all: usize) -> usize {
    match operation {
        Operation::Iterate | Operation::Collect => all,
        _ if n > 2_000 => CHUNK,
        _ => CHUNK_IN_CACHE,
    }
}

/// The sum of the medians of all chunks.
fn total(times: &mut Times, side: usize) -> u64 {
    let medians = times.iter_mut().map(|chunk| {
        let rounds = &mut chunk[side];
        let middle = rounds.len() / 2;
        *rounds.select_nth_unstable(middle).1
    });
    medians.sum()
}

/// Memory for everything that a map allocates on its way to `entries` entries, as it
/// takes nothing back. A map's arrays add up to less than four times its last one.
fn region_bytes(pair: usize, entries: usize) -> usize {
    let pair_bytes = [16, 8, 9, 24, 72, 264][pair];
    (1 << 20) + 10 * entries * (pair_bytes + 4)
}
