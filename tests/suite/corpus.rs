//! The tapes that the fuzzer found worth keeping, played again. On the host: the files
//! are read at run time.

use crate::support::tape::play;
use std::fs;
use std::path::Path;

pub fn every_tape_of_the_corpus_plays_to_its_end() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut tapes: Vec<_> = fs::read_dir(corpus)
        .expect("the corpus is in the repository")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    tapes.sort();
    assert!(tapes.len() > 100, "{} tapes", tapes.len());
    // Miri takes a second for what takes a millisecond elsewhere.
    let every = if cfg!(miri) { tapes.len() / 12 } else { 1 };
    for tape in tapes.iter().step_by(every) {
        play(&fs::read(tape).expect("it can be read"));
    }
}
