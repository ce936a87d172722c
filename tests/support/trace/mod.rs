//! The trace player: feeds a map with what Go's runtime map was fed with while a
//! trace was recorded, and compares every state, layout and order.
//!
//! ```text
//! player   one record after the other: does it, and compares what is found
//!   │
//!   ├─ iterators   I and N lines; beside each a cursor with its guarantees
//!   ├─ layout      L, b, o, e lines and both digests
//!   ├─ model       which entries there must be
//!   └─ replica     the map behind one interface, for every size of key and value
//!        ├─ keys, nan   what stands for a key: its number; hashes are the trace's
//!        └─ heap   hands out arrays as large as Go's size classes make them
//! record, header, fields   the text of a trace
//! ```
//!
//! The format is described in `tests/traces/README.md`. What is compared:
//!
//! * count, B, same-size growth, growing, noverflow (below B = 16, from where on
//!   Go counts by chance), nevacuate while growing, spare buckets left (below
//!   B = 16), the arrays allocated and their spares, layouts and digests: exactly.
//! * Go's iterator flags: not at all, since this map has none.
//! * An entry that an iterator gave: exactly, as long as nothing was changed since it
//!   was opened; later only that it was live and had that value, since Go's iterator
//!   reads arrays that its garbage collector keeps, and this map gives them back.
//! * An overwritten key: Go stores the new one of +0 and −0, this map keeps the old
//!   one, as Rust's maps do; the player shows the one that was written last.
//!
//! It needs `core` and `alloc`, and panics at no input.

mod compare;
mod fields;
mod header;
mod heap;
mod iterators;
mod keys;
mod layout;
mod model;
mod nan;
mod player;
mod record;
mod replica;

use alloc::string::{String, ToString};
use core::fmt;

/// Why a replay ended early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The map went another way than Go's.
    Diverged {
        line: usize,
        expected: String,
        found: String,
    },
    /// The trace is not one: where, and what is wrong with it.
    Malformed { line: usize, what: String },
}

impl Fault {
    fn diverged(line: usize, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self::Diverged {
            line,
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    fn malformed(line: usize, what: impl fmt::Display) -> Self {
        Self::Malformed {
            line,
            what: what.to_string(),
        }
    }
}

/// Compares, and says at which line if there is a difference.
fn same<T: PartialEq + fmt::Display>(line: usize, expected: T, found: T) -> Result<(), Fault> {
    if expected == found {
        Ok(())
    } else {
        Err(Fault::diverged(line, expected, found))
    }
}

/// A trace that was replayed, or the part of it before the fault.
pub struct Replay {
    /// Its name, as far as the header could be read.
    pub name: String,
    /// Assignments, removals and clears.
    pub result: Result<u64, Fault>,
}

/// Replays a trace, given as the bytes of its file.
pub fn replay(trace: &[u8]) -> Replay {
    let mut reader = fields::Reader::new(trace);
    match header::Header::read(&mut reader) {
        Ok(header) => Replay {
            name: header.name.to_string(),
            result: player::play(&header, reader),
        },
        Err(fault) => Replay {
            name: String::new(),
            result: Err(fault),
        },
    }
}
