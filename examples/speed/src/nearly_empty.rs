//! Maps that held two million entries and hold a hundred: what goes over them, in time, in the
//! host's build, where hashbrown has SSE2.
//!
//! Each figure is the median of some rounds, both maps in turns in one process.

use hashbrown::DefaultHashBuilder;
use hmap::{Cursor, Hmap, Policy};
use indicatif::{ProgressBar, ProgressDrawTarget};
use serde::Serialize;
use std::hint::black_box;
use std::time::Instant;

type Ours<P> = Hmap<u64, u64, hmap::DefaultHashBuilder, hmap::Global, P>;
type Theirs = hashbrown::HashMap<u64, u64, DefaultHashBuilder>;

const PEAK: u64 = 2_000_000;
const LEFT: u64 = 100;
const POPPED: u64 = 100_000;
const ROUNDS: usize = 31;

/// Microseconds of both for the same.
#[derive(Serialize)]
pub struct Row {
    policy: &'static str,
    what: &'static str,
    hmap_us: f64,
    hashbrown_us: f64,
    ratio: f64,
}

fn key(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Medians of what the two take in turns.
fn medians(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (f64, f64) {
    let mut taken = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        for (side, run) in [
            (&mut taken.0, &mut ours as &mut dyn FnMut()),
            (&mut taken.1, &mut theirs),
        ] {
            let begin = Instant::now();
            run();
            side.push(begin.elapsed().as_secs_f64() * 1e6);
        }
    }
    let median = |mut side: Vec<f64>| {
        side.sort_by(f64::total_cmp);
        side[side.len() / 2]
    };
    (median(taken.0), median(taken.1))
}

fn filled<P: Policy>(count: u64) -> (Ours<P>, Theirs) {
    let mut ours = Ours::<P>::with_policy_in(Default::default(), hmap::Global);
    let mut theirs = Theirs::default();
    for number in 0..count {
        put(&mut ours, number);
        put_theirs(&mut theirs, number);
    }
    (ours, theirs)
}

fn put<P: Policy>(map: &mut Ours<P>, number: u64) {
    let put = map.insert(key(number), number);
    put.expect("the host has memory");
}

fn put_theirs(map: &mut Theirs, number: u64) {
    map.insert(key(number), number);
}

/// Both with what is left, each entry removed by itself.
fn peaked<P: Policy>() -> (Ours<P>, Theirs) {
    let (mut ours, mut theirs) = filled::<P>(PEAK);
    for number in (0..PEAK).filter(|number| number % (PEAK / LEFT) != 0) {
        ours.remove(&key(number));
        theirs.remove(&key(number));
    }
    (ours, theirs)
}

/// All rows of a policy, and how many calls a cursor takes for what is left.
pub fn all<P: Policy>(policy: &'static str) -> (Vec<Row>, usize) {
    let progress = ProgressBar::with_draw_target(Some(9), ProgressDrawTarget::stderr());
    let mut rows = Vec::new();
    let mut note = |what, (hmap_us, hashbrown_us): (f64, f64)| {
        progress.inc(1);
        rows.push(Row {
            policy,
            what,
            hmap_us,
            hashbrown_us,
            ratio: hmap_us / hashbrown_us,
        });
    };
    let (ours, theirs) = peaked::<P>();
    let iterated = medians(
        ROUNDS,
        || {
            black_box(ours.values().sum::<u64>());
        },
        || {
            black_box(theirs.values().sum::<u64>());
        },
    );
    note("iterate", iterated);
    let cloned = medians(
        ROUNDS,
        || drop(black_box(ours.try_clone())),
        || drop(black_box(theirs.clone())),
    );
    note("clone", cloned);
    let (mut cursor, mut calls) = (Cursor::new(), 0);
    while cursor.next(&ours).is_some() {
        calls += 1;
    }
    emptied(ours, theirs, &mut note);
    popped::<P>(&mut note);
    scratch::<P>(&mut note);
    progress.finish_and_clear();
    (rows, calls)
}

/// What changes the maps; they are given back what was taken out.
fn emptied<P: Policy>(
    mut ours: Ours<P>,
    mut theirs: Theirs,
    note: &mut impl FnMut(&'static str, (f64, f64)),
) {
    let kept = medians(
        ROUNDS,
        || ours.retain(|key, _| *key != 1),
        || theirs.retain(|key, _| *key != 1),
    );
    note("retain", kept);
    let left: Vec<u64> = (0..LEFT).map(|number| number * (PEAK / LEFT)).collect();
    let drained = medians(
        ROUNDS,
        || {
            assert_eq!(ours.drain().count(), left.len());
            left.iter().for_each(|number| put(&mut ours, *number));
        },
        || {
            assert_eq!(theirs.drain().count(), left.len());
            left.iter()
                .for_each(|number| put_theirs(&mut theirs, *number));
        },
    );
    note("drain, and 100 put in", drained);
    let cleared = medians(
        ROUNDS,
        || {
            ours.clear();
            left.iter().for_each(|number| put(&mut ours, *number));
        },
        || {
            theirs.clear();
            left.iter()
                .for_each(|number| put_theirs(&mut theirs, *number));
        },
    );
    note("clear, and 100 put in", cleared);
}

/// Maps of which any entry is taken until there is none.
fn popped<P: Policy>(note: &mut impl FnMut(&'static str, (f64, f64))) {
    let (mut by_call, mut by_key) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (mut ours, mut theirs) = filled::<P>(POPPED);
        let mut again = ours.try_clone().expect("the host has memory");
        by_key.push(medians(
            1,
            || {
                while let Some(key) = ours.keys().next().copied() {
                    ours.remove(&key);
                }
            },
            || {
                while let Some(key) = theirs.keys().next().copied() {
                    theirs.remove(&key);
                }
            },
        ));
        let theirs = by_key[by_key.len() - 1].1;
        let ours = medians(1, || while again.pop_any().is_some() {}, || {}).0;
        by_call.push((ours, theirs));
    }
    let mut middle = |what, mut taken: Vec<(f64, f64)>| {
        taken.sort_by(|one, other| f64::total_cmp(&one.0, &other.0));
        note(what, taken[taken.len() / 2]);
    };
    middle("keys().next() and remove", by_key);
    middle("pop_any, beside that", by_call);
}

/// Maps that held a million once, and are filled with ten and cleared again and again.
fn scratch<P: Policy>(note: &mut impl FnMut(&'static str, (f64, f64))) {
    let (mut ours, mut theirs) = filled::<P>(PEAK / 2);
    let begin = medians(1, || ours.clear(), || theirs.clear());
    note("clear a million, once", begin);
    let rounds = medians(
        ROUNDS,
        || {
            (0..10).for_each(|number| put(&mut ours, number));
            ours.clear();
        },
        || {
            (0..10).for_each(|number| put_theirs(&mut theirs, number));
            theirs.clear();
        },
    );
    note("ten put in, and clear", rounds);
}

/// The rows as a table.
pub fn table(rows: &[Row], calls: usize) {
    let Some(first) = rows.first() else { return };
    println!(
        "{PEAK} entries in, {LEFT} left; host build, policy {}: microseconds",
        first.policy
    );
    println!("{:<28}{:>12}{:>12}{:>8}", "", "hmap", "hashbrown", "ratio");
    for row in rows {
        println!(
            "{:<28}{:>12.1}{:>12.1}{:>8.2}",
            row.what, row.hmap_us, row.hashbrown_us, row.ratio
        );
    }
    println!("a cursor over what is left: {calls} calls\n");
}
