//! The records of a trace. Whatever is not exactly of the format is a fault with its
//! line.

use super::Fault;
use super::fields::{Fields, Reader};
use super::header::{ARRAYS, Header, KeyType};
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

/// Keys of implicit traces are numbers below this, so that a garbled range cannot
/// keep the player busy for hours.
const MOST_KEYS: u32 = 1 << 24;

pub const ITERATOR: u8 = 1;
const OLD_ITERATOR: u8 = 2;
pub const SAME_SIZE: u8 = 8;

/// From this B on Go counts overflow buckets by chance.
pub const COUNTED_BY_CHANCE: u8 = 16;

/// The state of Go's map after an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    pub count: u64,
    pub bits: u8,
    /// Go's flags.
    pub flags: u8,
    pub growing: bool,
    pub noverflow: Option<u64>,
    pub nevacuate: u64,
    pub spares: u64,
}

/// One line of a layout. The numbers of keys are none in free slots.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BucketLine {
    /// `b` and, if `old`, `o`.
    Bucket {
        old: bool,
        bucket: usize,
        position: usize,
        tops: [u8; 8],
        keys: [Option<u32>; 8],
    },
    /// `e`: an old bucket whose entries were moved, and the marks in its head.
    Moved { bucket: usize, tops: [u8; 8] },
}

impl fmt::Display for BucketLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bucket {
                old,
                bucket,
                position,
                tops,
                keys,
            } => {
                let kind = if *old { 'o' } else { 'b' };
                let tops = u64::from_be_bytes(*tops);
                write!(f, "{kind} {bucket} {position} {tops:016x}")?;
                keys.iter().try_for_each(|key| match key {
                    Some(number) => write!(f, " {number}"),
                    None => write!(f, " -"),
                })
            }
            Self::Moved { bucket, tops } => {
                write!(f, "e {bucket} {:016x}", u64::from_be_bytes(*tops))
            }
        }
    }
}

/// How far a growth has come, as `L` lines and digests write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LayoutHead {
    pub count: u64,
    pub bits: u8,
    pub grow: u8,
}

impl fmt::Display for LayoutHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L {} {} {}", self.count, self.bits, self.grow)
    }
}

/// One line behind the header. The README of the traces says what each means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Record {
    Seed {
        epoch: u64,
        hash0: u64,
    },
    Key {
        number: u32,
        bytes: Vec<u8>,
    },
    Hash {
        number: u32,
        hash: u64,
    },
    NanHash(u64),
    Begin(State),
    Assign {
        number: u32,
        value: u64,
        new: bool,
        state: State,
    },
    Delete {
        number: u32,
        present: bool,
        state: State,
    },
    LookUp {
        number: u32,
        value: Option<u64>,
    },
    Clear(State),
    Array {
        bits: u8,
        total: usize,
    },
    Open {
        iterator: u32,
        start: Option<(usize, usize)>,
        state: State,
    },
    Step {
        iterator: u32,
        entry: Option<(u32, u64)>,
    },
    Digests(u64, u64),
    Layout(LayoutHead),
    Bucket(BucketLine),
    LayoutEnd,
    AssignRange {
        from: u32,
        to: u32,
        state: State,
    },
    DeleteRange {
        from: u32,
        to: u32,
        state: State,
    },
    LookUpRange {
        from: u32,
        to: u32,
        hits: u64,
        sum: u64,
    },
    End(u64),
}

impl Record {
    fn read(fields: &mut Fields, header: &Header) -> Result<Self, Fault> {
        let recorded = ["K", "H", "i", "d", "X"];
        if header.implicit && recorded.contains(&fields.keyword) {
            return Err(fields.fault("a line that implicit traces do not have"));
        }
        Ok(match fields.keyword {
            "i" => Self::Assign {
                number: fields.number("the key")?,
                value: fields.value(header)?,
                new: fields.one_of("n or o", &[("n", true), ("o", false)])?,
                state: fields.state()?,
            },
            "d" => Self::Delete {
                number: fields.number("the key")?,
                present: fields.flag("1 or 0")?,
                state: fields.state()?,
            },
            "g" => {
                let number = fields.number("the key")?;
                let value = match fields.text("the value")? {
                    "-" => None,
                    field => Some(fields.parse_value(field, header)?),
                };
                Self::LookUp { number, value }
            }
            "c" => Self::Clear(fields.state()?),
            "b" | "o" | "e" => Self::Bucket(read_bucket(fields)?),
            "I" | "N" => read_iteration(fields, header)?,
            "R" | "Q" | "G" => read_range(fields, header)?,
            _ => Self::read_rare(fields, header)?,
        })
    }

    fn read_rare(fields: &mut Fields, header: &Header) -> Result<Self, Fault> {
        Ok(match fields.keyword {
            "S" => Self::Seed {
                epoch: fields.number("the epoch")?,
                hash0: fields.hex(8, "hash0")?,
            },
            "K" => Self::Key {
                number: fields.number("the number")?,
                bytes: read_key_bytes(fields, header)?,
            },
            "H" => Self::Hash {
                number: fields.number("the key")?,
                hash: fields.hex(16, "the hash")?,
            },
            "X" => Self::NanHash(fields.hex(16, "the hash")?),
            "begin" => Self::Begin(fields.state()?),
            "A" => Self::Array {
                bits: fields.number("B")?,
                total: fields.number("total")?,
            },
            "D" => Self::Digests(
                fields.hex(16, "the first digest")?,
                fields.hex(16, "the second digest")?,
            ),
            "L" => Self::Layout(LayoutHead {
                count: fields.number("count")?,
                bits: fields.number("B")?,
                grow: fields.one_of("grow", &[("0", 0), ("1", 1), ("2", 2)])?,
            }),
            "E" => Self::LayoutEnd,
            "end" => Self::End(fields.number("the number of operations")?),
            keyword => return Err(fields.fault(format!("no record begins with `{keyword}`"))),
        })
    }
}

fn read_key_bytes(fields: &mut Fields, header: &Header) -> Result<Vec<u8>, Fault> {
    let field = fields.text("the key's bytes")?;
    let bytes: Option<Vec<u8>> = field.strip_prefix('x').and_then(|hex| {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let byte = |pair: &[u8]| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        };
        hex.as_bytes().chunks(2).map(byte).collect()
    });
    let fits = |bytes: &Vec<u8>| match header.key_type {
        KeyType::String => bytes.is_ascii(),
        _ => bytes.len() == header.key_size,
    };
    bytes
        .filter(fits)
        .ok_or_else(|| fields.fault(format!("`{field}` is no key of the key type")))
}

fn read_bucket(fields: &mut Fields) -> Result<BucketLine, Fault> {
    let kind = fields.keyword;
    let bucket = fields.number("the bucket")?;
    if kind == "e" {
        let tops = fields.hex(16, "the tophash bytes")?.to_be_bytes();
        return Ok(BucketLine::Moved { bucket, tops });
    }
    let position = fields.number("the chain position")?;
    let tops = fields.hex(16, "the tophash bytes")?.to_be_bytes();
    let mut keys = [None; 8];
    for key in &mut keys {
        *key = match fields.text("a key")? {
            "-" => None,
            number => Some(fields.parse(number, "a key")?),
        };
    }
    Ok(BucketLine::Bucket {
        old: kind == "o",
        bucket,
        position,
        tops,
        keys,
    })
}

fn read_iteration(fields: &mut Fields, header: &Header) -> Result<Record, Fault> {
    let opens = fields.keyword == "I";
    let iterator = fields.number("the iterator")?;
    if opens {
        let start = match fields.text("the start bucket")? {
            "-" => {
                fields.one_of("the slot offset", &[("-", ())])?;
                None
            }
            bucket => Some((
                fields.parse(bucket, "the start bucket")?,
                fields.number("the slot offset")?,
            )),
        };
        let state = fields.state()?;
        let out_of_range =
            |(bucket, offset): (usize, usize)| bucket >> state.bits > 0 || offset > 7;
        if start.is_some_and(out_of_range) {
            return Err(fields.fault("no iterator starts there"));
        }
        return Ok(Record::Open {
            iterator,
            start,
            state,
        });
    }
    let entry = match fields.text("the key")? {
        "-" => None,
        number => Some((fields.parse(number, "the key")?, fields.value(header)?)),
    };
    Ok(Record::Step { iterator, entry })
}

fn read_range(fields: &mut Fields, header: &Header) -> Result<Record, Fault> {
    let (from, to) = fields.range(header)?;
    let kind = fields.keyword;
    if kind == "G" {
        let (hits, sum) = (fields.number("hits")?, fields.number("the sum")?);
        return Ok(Record::LookUpRange {
            from,
            to,
            hits,
            sum,
        });
    }
    let state = fields.state()?;
    if kind == "Q" {
        return Ok(Record::DeleteRange { from, to, state });
    }
    if u64::from(to - from) > state.count {
        return Err(fields.fault("fewer entries than were assigned"));
    }
    Ok(Record::AssignRange { from, to, state })
}

impl Reader<'_> {
    /// The next record and its line. After `end` nothing may follow.
    pub fn record(&mut self, header: &Header) -> Result<(usize, Record), Fault> {
        let mut fields = self.next_line()?.ok_or_else(|| self.ended("end"))?;
        let record = Record::read(&mut fields, header)?;
        fields.done()?;
        if let Record::End(_) = record {
            self.must_end()?;
        }
        Ok((fields.line, record))
    }
}

impl Fields<'_> {
    /// The value of an entry, which fits its size.
    fn value(&mut self, header: &Header) -> Result<u64, Fault> {
        let field = self.text("the value")?;
        self.parse_value(field, header)
    }

    fn parse_value(&self, field: &str, header: &Header) -> Result<u64, Fault> {
        // Nothing can be said about the value of a type that has one only.
        if header.value_size == 0 {
            return Ok(0);
        }
        let value = self.parse(field, "the value")?;
        if header.truncated(value) == value {
            Ok(value)
        } else {
            Err(self.fault(format!("the value {value} is too large for its type")))
        }
    }

    fn state(&mut self) -> Result<State, Fault> {
        let state = State {
            count: self.number("count")?,
            bits: self.number("B")?,
            flags: self.number("flags")?,
            growing: self.flag("old")?,
            noverflow: self.optional("noverflow", "*")?,
            nevacuate: self.number("nevacuate")?,
            spares: self.number("pre")?,
        };
        if usize::from(state.bits) >= ARRAYS {
            return Err(self.fault(format!("no `nb` line has B = {}", state.bits)));
        }
        if state.flags & !(ITERATOR | OLD_ITERATOR | SAME_SIZE) != 0 {
            return Err(self.fault(format!("flags cannot be {}", state.flags)));
        }
        if state.noverflow.is_none() != (state.bits >= COUNTED_BY_CHANCE) {
            return Err(self.fault("noverflow is `*` from B = 16 on, and only there"));
        }
        Ok(state)
    }

    /// `from` and `to` of a range of keys.
    fn range(&mut self, header: &Header) -> Result<(u32, u32), Fault> {
        if !header.implicit {
            return Err(self.fault("a range of keys in a trace that is not implicit"));
        }
        let (from, to) = (self.number::<u32>("from")?, self.number::<u32>("to")?);
        let bits = u32::try_from(header.key_size * 8).unwrap_or(u32::MAX);
        let too_large = bits < 32 && to > 1 << bits;
        if from > to || to > MOST_KEYS || too_large {
            return Err(self.fault(format!("no range of keys is from {from} to {to}")));
        }
        Ok((from, to))
    }
}
