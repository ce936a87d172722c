//! What stands for the keys of a trace. A map needs of a key its size, its hash and
//! its equality, and all three are the trace's: a [`Key`] has Go's size and holds the
//! number that the trace gives to the key; its hash is looked up in the [`Table`],
//! which is the map's hash builder.
//!
//! Equal are keys of one *class*: the number of the first key that is equal by Go's
//! rules, so +0 and −0 are of one class. The file `nan` tells of NaN's.

use super::header::{HashSource, Header, KeyType};
use super::nan::Nans;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::hash::{BuildHasher, Hash, Hasher};
use hmap::introspection::go_tophash;

/// A key of the trace, by its class and its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyId {
    pub class: u32,
    pub number: u32,
}

/// Classes from here on are NaN's, each assigned once.
pub const NANS: u32 = 1 << 31;

impl KeyId {
    pub fn of_number(number: u32) -> Self {
        Self {
            class: number,
            number,
        }
    }

    fn packed(self) -> u64 {
        u64::from(self.number) << 32 | u64::from(self.class)
    }

    fn unpacked(packed: u64) -> Self {
        Self {
            class: packed as u32,
            number: (packed >> 32) as u32,
        }
    }

    /// Which of the NaN's it is.
    pub fn nan(self) -> Option<usize> {
        usize::try_from(self.class.checked_sub(NANS)?).ok()
    }
}

/// A key of `N` bytes.
#[derive(Clone, Copy)]
pub struct Key<const N: usize>([u8; N]);

impl<const N: usize> Key<N> {
    pub fn of(id: KeyId) -> Self {
        let mut bytes = [0; N];
        for (byte, from) in bytes.iter_mut().zip(id.packed().to_le_bytes()) {
            *byte = from;
        }
        Self(bytes)
    }

    pub fn id(&self) -> KeyId {
        let mut packed = [0; 8];
        for (byte, from) in packed.iter_mut().zip(self.0) {
            *byte = from;
        }
        let id = KeyId::unpacked(u64::from_le_bytes(packed));
        // The classes of a type so small are its numbers.
        if N < 8 {
            KeyId::of_number(id.class)
        } else {
            id
        }
    }
}

impl<const N: usize> PartialEq for Key<N> {
    fn eq(&self, other: &Self) -> bool {
        self.id().class == other.id().class
    }
}

impl<const N: usize> Eq for Key<N> {}

impl<const N: usize> Hash for Key<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.id().packed());
    }
}

/// What the trace says about one key.
struct Row {
    bytes: Vec<u8>,
    /// Its class; none for a NaN.
    class: Option<u32>,
    /// Under the seed of the moment.
    hash: Option<u64>,
}

/// The keys of a trace and their hashes.
pub struct Table {
    key_type: KeyType,
    key_size: usize,
    source: HashSource,
    seed: Cell<u64>,
    rows: RefCell<Vec<Row>>,
    /// The class of each key that is equal to itself, by its bytes.
    classes: RefCell<BTreeMap<Vec<u8>, u32>>,
    /// A key that was hashed though no `H` line says how.
    missing: Cell<Option<u32>>,
    pub nans: Nans,
}

impl Table {
    pub fn new(header: &Header) -> Self {
        Self {
            key_type: header.key_type,
            key_size: header.key_size,
            source: header.hashes,
            seed: Cell::new(0),
            rows: RefCell::default(),
            classes: RefCell::default(),
            missing: Cell::new(None),
            nans: Nans::default(),
        }
    }

    /// Forgets all hashes.
    pub fn reseed(&self, hash0: u64) {
        self.seed.set(hash0);
        for row in self.rows.borrow_mut().iter_mut() {
            row.hash = None;
        }
    }

    /// Adds the next key.
    pub fn add_key(&self, number: u32, bytes: Vec<u8>) -> Result<(), &'static str> {
        let mut rows = self.rows.borrow_mut();
        if u32::try_from(rows.len()) != Ok(number) || number >= NANS {
            return Err("the keys are numbered from 0 on");
        }
        let class = match self.key_type {
            KeyType::Float if is_nan(&bytes) => None,
            KeyType::Float => {
                let zero = is_zero(&bytes);
                let equal = if zero { Vec::new() } else { bytes.clone() };
                let class = *self.classes.borrow_mut().entry(equal).or_insert(number);
                if class != number && !zero {
                    return Err("the key was there before");
                }
                Some(class)
            }
            _ => {
                let before = self.classes.borrow_mut().insert(bytes.clone(), number);
                if before.is_some() {
                    return Err("the key was there before");
                }
                Some(number)
            }
        };
        rows.push(Row {
            bytes,
            class,
            hash: None,
        });
        Ok(())
    }

    pub fn set_hash(&self, number: u32, hash: u64) -> Result<(), &'static str> {
        let mut rows = self.rows.borrow_mut();
        let row = rows
            .get_mut(number as usize)
            .ok_or("there is no such key")?;
        if row.hash.is_some_and(|before| before != hash) {
            return Err("the key had another hash under this seed");
        }
        row.hash = Some(hash);
        Ok(())
    }

    /// The key of this number, as it is assigned or looked for; `None` if there is
    /// no such key. Each NaN is another one.
    pub fn key(&self, number: u32) -> Option<KeyId> {
        if self.source != HashSource::Recorded {
            return Some(KeyId::of_number(number));
        }
        let rows = self.rows.borrow();
        let class = match rows.get(number as usize)?.class {
            Some(class) => class,
            None => self.nans.another()?,
        };
        Some(KeyId { class, number })
    }

    /// Whether the key of this number is a NaN.
    pub fn is_nan(&self, number: u32) -> bool {
        let rows = self.rows.borrow();
        let row = rows.get(number as usize);
        row.is_some_and(|row| row.class.is_none())
    }

    /// Calls with the bytes of a key as digests take them.
    pub fn with_bytes(&self, number: u32, mut each: impl FnMut(&[u8])) {
        if self.source != HashSource::Recorded {
            let bytes = u128::from(number).to_le_bytes();
            return each(bytes.get(..self.key_size).unwrap_or_default());
        }
        let rows = self.rows.borrow();
        let bytes = rows.get(number as usize).map_or(&[][..], |row| &row.bytes);
        if self.key_type == KeyType::String {
            each(&(bytes.len() as u32).to_le_bytes());
        }
        each(bytes);
    }

    /// The tophash that Go stores for a live key.
    pub fn tophash(&self, id: KeyId) -> u8 {
        match id.nan() {
            Some(nan) => self.nans.tophash(nan),
            None => go_tophash(self.hash(id)),
        }
    }

    /// A key that was hashed since the last call though its hash is not known.
    pub fn take_missing(&self) -> Option<u32> {
        self.missing.take()
    }

    fn hash(&self, id: KeyId) -> u64 {
        let x = u64::from(id.number);
        match self.source {
            HashSource::Mix => mix(x, self.seed.get()),
            HashSource::Low16 => mix(x, self.seed.get()) & !0xffff | x & 0xffff,
            HashSource::Recorded => {
                if let Some(nan) = id.nan() {
                    return self.nans.hash(nan);
                }
                let rows = self.rows.borrow();
                let hash = rows.get(id.number as usize).and_then(|row| row.hash);
                hash.unwrap_or_else(|| {
                    self.missing.set(Some(id.number));
                    0
                })
            }
        }
    }
}

fn mix(x: u64, seed: u64) -> u64 {
    let golden = 0x9e37_79b9_7f4a_7c15_u64;
    let z = x.wrapping_add(golden.wrapping_mul(seed.wrapping_add(1)));
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

fn float(bytes: &[u8]) -> f64 {
    let bits = bytes.try_into().map_or(0, u64::from_le_bytes);
    f64::from_bits(bits)
}

fn is_nan(bytes: &[u8]) -> bool {
    float(bytes).is_nan()
}

fn is_zero(bytes: &[u8]) -> bool {
    float(bytes) == 0.0
}

impl<'t> BuildHasher for &'t Table {
    type Hasher = TableHasher<'t>;

    fn build_hasher(&self) -> TableHasher<'t> {
        TableHasher {
            table: self,
            hash: 0,
        }
    }
}

pub struct TableHasher<'t> {
    table: &'t Table,
    hash: u64,
}

impl Hasher for TableHasher<'_> {
    fn finish(&self) -> u64 {
        self.hash
    }

    /// Keys write one `u64`.
    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, packed: u64) {
        self.hash = self.table.hash(KeyId::unpacked(packed));
    }
}
