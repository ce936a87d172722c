//! Seeds from run to run: this test runs itself as other processes do.
#![cfg(not(target_os = "none"))]

use hmap::{DefaultHashBuilder, HashMap};
use std::env;
use std::hash::BuildHasher;
use std::process::Command;

/// Set in a process that only tells how it hashes.
const TELL: &str = "HMAP_TEST_TELLS_HASHES";

/// How three maps hash that are the first of a run: one made without a hasher, two made with
/// a builder that has no seed.
fn hashes_of_first_maps() -> [u64; 3] {
    let mut maps = [
        HashMap::new(),
        HashMap::with_hasher(DefaultHashBuilder::new()),
        HashMap::with_hasher(DefaultHashBuilder::new()),
    ];
    maps.each_mut().map(|map| {
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
        let [own, one, other] = hashes_of_first_maps();
        println!("\nhashes: {own} {one} {other}");
        return;
    }
    let mut hashes = hashes_of_another_run();
    hashes.extend(hashes_of_another_run());
    assert_eq!(hashes.len(), 6);
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(
        hashes.len(),
        6,
        "six maps in two runs, each with a seed of its own"
    );
}
