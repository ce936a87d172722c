//! The text of a trace as a header and records. Whatever is not exactly of the
//! format is a fault with its line.

use super::Fault;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use core::str::Split;

/// The arrays whose sizes a header states: B = 0 to 20.
pub const ARRAYS: usize = 21;

/// Keys of implicit traces are numbers below this, so that a garbled range cannot
/// keep the player busy for hours.
const MOST_KEYS: u32 = 1 << 27;

/// The lines of a trace, comments left out.
pub struct Reader<'t> {
    rest: &'t [u8],
    line: usize,
}

impl<'t> Reader<'t> {
    pub fn new(trace: &'t [u8]) -> Self {
        Self {
            rest: trace,
            line: 0,
        }
    }

    /// The next line that is no comment; `None` behind the last one.
    fn next_line(&mut self) -> Result<Option<Fields<'t>>, Fault> {
        while !self.rest.is_empty() {
            self.line += 1;
            let Some(length) = self.rest.iter().position(|byte| *byte == b'\n') else {
                return Err(Fault::malformed(
                    self.line,
                    "the file ends in the middle of a line",
                ));
            };
            let (line, rest) = self.rest.split_at(length);
            self.rest = rest.get(1..).unwrap_or_default();
            let text = core::str::from_utf8(line)
                .map_err(|_| Fault::malformed(self.line, "bytes that are not UTF-8"))?;
            if !text.starts_with('#') {
                return Ok(Some(Fields::new(self.line, text)));
            }
        }
        Ok(None)
    }

    /// The next line of the header, which has to begin with `keyword`.
    fn header_line(&mut self, keyword: &str) -> Result<Fields<'t>, Fault> {
        let fields = self.next_line()?.ok_or_else(|| self.ended(keyword))?;
        if fields.keyword == keyword {
            Ok(fields)
        } else {
            Err(fields.fault(format!("`{}` where `{keyword}` belongs", fields.keyword)))
        }
    }

    /// The next record and its line. After `end` nothing may follow.
    pub fn record(&mut self, header: &Header) -> Result<(usize, Record), Fault> {
        let mut fields = self.next_line()?.ok_or_else(|| self.ended("end"))?;
        let record = Record::read(&mut fields, header)?;
        fields.done()?;
        if let Record::End(_) = record {
            if !self.rest.is_empty() {
                return Err(Fault::malformed(self.line + 1, "lines behind `end`"));
            }
        }
        Ok((fields.line, record))
    }

    fn ended(&self, keyword: &str) -> Fault {
        let what = format!("the file ends before the line `{keyword}`");
        Fault::malformed(self.line + 1, what)
    }
}

/// The fields of one line.
struct Fields<'t> {
    line: usize,
    keyword: &'t str,
    rest: Split<'t, char>,
}

impl<'t> Fields<'t> {
    fn new(line: usize, text: &'t str) -> Self {
        let mut rest = text.split(' ');
        let keyword = rest.next().unwrap_or_default();
        Self {
            line,
            keyword,
            rest,
        }
    }

    fn fault(&self, what: impl fmt::Display) -> Fault {
        Fault::malformed(self.line, what)
    }

    /// What is left must be nothing.
    fn done(&mut self) -> Result<(), Fault> {
        match self.rest.next() {
            None => Ok(()),
            Some(field) => Err(self.fault(format!("`{field}` is one field too many"))),
        }
    }

    fn text(&mut self, what: &str) -> Result<&'t str, Fault> {
        match self.rest.next() {
            Some(field) if !field.is_empty() => Ok(field),
            Some(_) => Err(self.fault(format!("{what} is empty"))),
            None => Err(self.fault(format!("{what} is missing"))),
        }
    }

    fn number<T: TryFrom<u64>>(&mut self, what: &str) -> Result<T, Fault> {
        let field = self.text(what)?;
        self.parse(field, what)
    }

    /// A decimal number that fits.
    fn parse<T: TryFrom<u64>>(&self, field: &str, what: &str) -> Result<T, Fault> {
        let digits = field.bytes().all(|byte| byte.is_ascii_digit());
        let number = field.parse::<u64>().ok().filter(|_| digits);
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| self.fault(format!("{what}: `{field}` is no such number")))
    }

    /// A number, or nothing for `-` or `*`.
    fn optional(&mut self, what: &str, none: &str) -> Result<Option<u64>, Fault> {
        let field = self.text(what)?;
        if field == none {
            return Ok(None);
        }
        self.parse(field, what).map(Some)
    }

    fn one_of<T: Copy>(&mut self, what: &str, choices: &[(&str, T)]) -> Result<T, Fault> {
        let field = self.text(what)?;
        choices
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, value)| *value)
            .ok_or_else(|| self.fault(format!("{what} cannot be `{field}`")))
    }

    fn flag(&mut self, what: &str) -> Result<bool, Fault> {
        self.one_of(what, &[("0", false), ("1", true)])
    }

    /// Exactly so many hexadecimal digits.
    fn hex(&mut self, digits: usize, what: &str) -> Result<u64, Fault> {
        let field = self.text(what)?;
        let lower = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if field.len() != digits || !field.bytes().all(lower) {
            return Err(self.fault(format!(
                "{what}: `{field}` is not of {digits} hexadecimal digits"
            )));
        }
        u64::from_str_radix(field, 16).map_err(|error| self.fault(error))
    }

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

pub const ITERATOR: u8 = 1;
const OLD_ITERATOR: u8 = 2;
pub const SAME_SIZE: u8 = 8;

/// From this B on Go counts overflow buckets by chance.
pub const COUNTED_BY_CHANCE: u8 = 16;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyType {
    /// Integers and arrays of bytes: equal if their bytes are.
    Plain,
    Float,
    String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Make {
    /// No hint.
    Small,
    /// With a hint.
    Makemap,
    /// The first bucket is the caller's.
    Caller,
}

/// Where the hash of a key comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HashSource {
    Recorded,
    Mix,
    Low16,
}

/// Buckets of an array in Go: 2^B, and with its spares.
#[derive(Clone, Copy, Default, Debug)]
pub struct ArraySize {
    pub base: usize,
    pub total: usize,
}

pub struct Header<'t> {
    pub name: &'t str,
    pub key_type: KeyType,
    pub key_size: usize,
    pub value_size: usize,
    pub bucket_size: usize,
    pub bucket_size_line: usize,
    pub make: Make,
    pub hint: i64,
    pub arrays: [ArraySize; ARRAYS],
    /// Keys are 0, 1, 2, ... and their hashes are computed.
    pub implicit: bool,
    pub hashes: HashSource,
}

impl<'t> Header<'t> {
    pub fn read(reader: &mut Reader<'t>) -> Result<Self, Fault> {
        let mut fields = reader.header_line("gomap-trace")?;
        fields.one_of("the version", &[("1", ())])?;
        fields.done()?;
        let mut fields = reader.header_line("name")?;
        let name = fields.text("the name")?;
        fields.done()?;
        reader.header_line("origin")?;
        let (key_type, key_size) = read_key(reader.header_line("key")?)?;
        let value_size = read_value(reader.header_line("val")?)?;

        let mut fields = reader.header_line("bucketsize")?;
        let (bucket_size, bucket_size_line) = (fields.number("bucketsize")?, fields.line);
        fields.done()?;
        let mut fields = reader.header_line("path")?;
        let paths = ["fast64", "fast32", "faststr", "generic"].map(|path| (path, ()));
        fields.one_of("the path", &paths)?;
        fields.done()?;

        let implicit = name.contains("implicit");
        let hashes = read_hasher(reader.header_line("hasher")?, implicit)?;
        let (make, hint) = read_make(reader.header_line("make")?)?;
        let mut arrays = [ArraySize::default(); ARRAYS];
        for (bits, array) in arrays.iter_mut().enumerate() {
            *array = read_array(reader.header_line("nb")?, bits)?;
        }
        Ok(Self {
            name,
            key_type,
            key_size,
            value_size,
            bucket_size,
            bucket_size_line,
            make,
            hint,
            arrays,
            implicit,
            hashes,
        })
    }

    /// A number as the type of the values holds it.
    pub fn truncated(&self, value: u64) -> u64 {
        match self.value_size {
            0 => 0,
            1..=7 => value & ((1 << (8 * self.value_size)) - 1),
            _ => value,
        }
    }
}

fn read_key(mut fields: Fields) -> Result<(KeyType, usize), Fault> {
    let kinds = [
        ("uint16", (KeyType::Plain, 2)),
        ("uint32", (KeyType::Plain, 4)),
        ("uint64", (KeyType::Plain, 8)),
        ("[16]byte", (KeyType::Plain, 16)),
        ("string", (KeyType::String, 16)),
        ("float64", (KeyType::Float, 8)),
    ];
    let (key_type, size) = fields.one_of("the key type", &kinds)?;
    let stated: usize = fields.number("the key size")?;
    if stated != size {
        return Err(fields.fault(format!("a key of that type has {size} bytes, not {stated}")));
    }
    fields.done()?;
    Ok((key_type, size))
}

fn read_value(mut fields: Fields) -> Result<usize, Fault> {
    // The values are numbers whatever their type is called.
    let _ = fields.text("the value type")?;
    let sizes = [("0", 0), ("1", 1), ("2", 2), ("4", 4), ("8", 8)];
    let size = fields.one_of("the value size", &sizes)?;
    fields.done()?;
    Ok(size)
}

fn read_hasher(mut fields: Fields, implicit: bool) -> Result<HashSource, Fault> {
    let source = if implicit {
        let computed = [("mix", HashSource::Mix), ("low16", HashSource::Low16)];
        fields.one_of("the hasher of an implicit trace", &computed)?
    } else {
        fields.text("the hasher")?;
        HashSource::Recorded
    };
    fields.done()?;
    Ok(source)
}

fn read_make(mut fields: Fields) -> Result<(Make, i64), Fault> {
    let modes = [
        ("small", Make::Small),
        ("makemap", Make::Makemap),
        ("caller", Make::Caller),
    ];
    let make = fields.one_of("the mode", &modes)?;
    let hint = fields.text("the hint")?;
    let hint = hint
        .parse()
        .map_err(|_| fields.fault(format!("`{hint}` is no hint")))?;
    fields.done()?;
    Ok((make, hint))
}

fn read_array(mut fields: Fields, bits: usize) -> Result<ArraySize, Fault> {
    let stated: usize = fields.number("B")?;
    let (base, total) = (fields.number("base")?, fields.number("total")?);
    if stated != bits || base != 1 << bits || total < base || total >= 2 * base {
        return Err(fields.fault("an array that Go does not make, or not here"));
    }
    fields.done()?;
    Ok(ArraySize { base, total })
}

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
        let recorded = ["K", "H", "A", "i", "d", "X"];
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
