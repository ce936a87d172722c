//! Seeds from run to run: this test runs itself as other processes do.
#![cfg(not(target_os = "none"))]

use hmap::{DefaultHashBuilder, HashMap};
use std::env;
use std::hash::BuildHasher;
use std::process::Command;

/// Set in a process that only tells how it hashes.
const TELL: &str = "HMAP_TEST_TELLS_HASHES";

/// How two maps hash that are the first of a run: one made without a hasher, one made with
/// a builder that has no seed.
fn hashes_of_first_maps() -> [u64; 2] {
    let mut own = HashMap::new();
    let mut shared = HashMap::with_hasher(DefaultHashBuilder::new());
    [&mut own, &mut shared].map(|map| {
        map.insert(1, 1);
        map.hasher().hash_one(7)
    })
}

/// The same in a process of its own.
fn hashes_of_another_run() -> Vec<u64> {
    let output = Command::new(env::current_exe().expect("the test's own path"))
        .args(["--exact", "no_two_runs_hash_alike", "--nocapture"])
        .env(TELL, "")
        .output()
        .expect("the test can be run");
    let output = String::from_utf8(output.stdout).expect("text");
    let told = output.lines().find_map(|line| line.split_once("hashes: "));
    let (_, told) = told.expect("a process that tells how it hashes");
    let numbers = told.split(' ').map(|number| number.parse());
    numbers.collect::<Result<_, _>>().expect("numbers")
}

#[test]
fn no_two_runs_hash_alike() {
    if env::var_os(TELL).is_some() {
        let [own, shared] = hashes_of_first_maps();
        println!("\nhashes: {own} {shared}");
        return;
    }
    let runs = [hashes_of_another_run(), hashes_of_another_run()];
    let [[own, shared], [other_own, other_shared]] = runs.each_ref().map(Vec::as_slice) else {
        panic!("two numbers a run: {runs:?}");
    };
    assert_ne!(own, other_own, "a map's own seed");
    assert_ne!(shared, other_shared, "the seed of builders without one");
}
