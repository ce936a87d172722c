//! What a trace says of its map before anything happens.

use super::Fault;
use super::fields::{Fields, Reader};
use alloc::format;

/// The arrays whose sizes a header states: B = 0 to 20.
pub const ARRAYS: usize = 21;

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
