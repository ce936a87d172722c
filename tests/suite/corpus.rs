//! Tapes: random ones, and, on the host where there are files, those that the fuzzer
//! found worth keeping, each with every table. `tests/support/tape.rs` says what a tape is.

use crate::support::few_or;
use crate::support::tape::play_random;
#[cfg(not(target_os = "none"))]
use crate::support::tape::{DENSE, PAGED, TABLE, play};

pub fn random_tapes_play_to_their_end() {
    let (tapes, length) = few_or((2, 12), (150, 300));
    play_random(tapes, length);
}

#[cfg(not(target_os = "none"))]
pub fn every_tape_of_the_corpus_plays_to_its_end() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = std::fs::read_dir(corpus).expect("the corpus is in the repository");
    let mut tapes: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    tapes.sort();
    assert!(tapes.len() > 100, "{} tapes", tapes.len());
    for tape in tapes {
        let mut tape = std::fs::read(tape).expect("it can be read");
        for table in [0, DENSE, PAGED] {
            if let Some(first) = tape.first_mut() {
                *first = *first & !TABLE | table;
            }
            play(&tape);
        }
    }
}
