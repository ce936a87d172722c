//! What is compared, in words or in the trace's own signs.

use super::fields::Reader;
use super::header::Header;
use super::heap::Allocated;
use super::record::{BucketLine, COUNTED_BY_CHANCE, Record, SAME_SIZE, State};
use super::{Fault, same};
use alloc::vec::Vec;
use core::fmt;

/// The part of a state that this map and Go's have in common. What is left out is
/// written as `*`.
pub struct Common(pub State);

impl Common {
    /// count, B, same-size growth, growing; noverflow, nevacuate and spares where
    /// they can be compared.
    fn parts(&self) -> ([u64; 4], [Option<u64>; 3]) {
        let state = self.0;
        // From there on Go counts overflow buckets by chance.
        let counted = state.bits < COUNTED_BY_CHANCE;
        let same_size = u64::from(state.flags & SAME_SIZE);
        let always = [
            state.count,
            state.bits.into(),
            same_size,
            state.growing.into(),
        ];
        let partly = [
            state.noverflow.filter(|_| counted),
            state.growing.then_some(state.nevacuate),
            counted.then_some(state.spares),
        ];
        (always, partly)
    }
}

impl PartialEq for Common {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl fmt::Display for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (always, partly) = self.parts();
        write!(f, "state")?;
        always.iter().try_for_each(|part| write!(f, " {part}"))?;
        partly.iter().try_for_each(|part| match part {
            Some(part) => write!(f, " {part}"),
            None => write!(f, " *"),
        })
    }
}

/// The value of a key.
#[derive(PartialEq)]
pub struct Value(pub Option<u64>);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => write!(f, "the value {value}"),
            None => write!(f, "no such key"),
        }
    }
}

/// One of the digests.
#[derive(PartialEq)]
pub struct Digest(pub &'static str, pub u64);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "digest {:016x} of {}", self.1, self.0)
    }
}

/// An array allocated by an operation.
#[derive(PartialEq)]
pub struct Array(pub Option<Allocated>);

impl fmt::Display for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((bits, total)) => write!(f, "a new array A {bits} {total}"),
            None => write!(f, "no new array"),
        }
    }
}

/// A line of a layout, or its end.
#[derive(PartialEq)]
struct Line(Option<BucketLine>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(line) => line.fmt(f),
            None => write!(f, "E"),
        }
    }
}

/// Compares a layout with the lines of one, up to `E`.
pub fn layout(reader: &mut Reader, header: &Header, found: Vec<BucketLine>) -> Result<(), Fault> {
    let mut found = found.into_iter();
    loop {
        let (line, expected) = match reader.record(header)? {
            (line, Record::Bucket(expected)) => (line, Some(expected)),
            (line, Record::LayoutEnd) => (line, None),
            (line, _) => return Err(Fault::malformed(line, "a layout that has no `E`")),
        };
        let ends = expected.is_none();
        same(line, Line(expected), Line(found.next()))?;
        if ends {
            return Ok(());
        }
    }
}
