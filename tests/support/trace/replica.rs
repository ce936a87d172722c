//! The map that a trace is replayed on, behind one interface for all sizes of keys
//! and values, so that the rest of the player is compiled once.

use super::Fault;
use super::header::{Header, Make};
use super::heap::GoHeap;
use super::keys::{Key, KeyId, Table};
use alloc::vec::Vec;
use hmap::introspection::{OldChain, SlotView, State, Violation};
use hmap::{Allocator, Cursor, FirstBucket, Hmap, TryReserveError};

/// A slot of a bucket.
#[derive(Clone, Copy)]
pub enum Slot {
    EmptyRest,
    EmptyOne,
    Live(KeyId, u64),
}

pub type Bucket = [Slot; 8];

/// A chain of the old array.
pub enum Old {
    /// For each slot of its head: whether an entry was there, and whether it went
    /// to Y.
    Moved([Option<bool>; 8]),
    Here(Vec<Bucket>),
}

pub trait Replica {
    fn insert(&mut self, key: KeyId, value: u64) -> Result<Option<u64>, TryReserveError>;
    fn remove(&mut self, key: KeyId) -> Option<u64>;
    fn get(&self, key: KeyId) -> Option<u64>;
    fn clear(&mut self);

    /// Calls with all entries, in Go's order.
    fn in_gos_order(&self, bucket: usize, offset: usize, each: &mut dyn FnMut(KeyId, u64));
    /// Calls with the entries of the cursor's next batch; false at the end.
    fn batch(&self, cursor: &mut Cursor, each: &mut dyn FnMut(KeyId, u64)) -> bool;

    fn state(&self) -> State;
    fn validate(&self) -> Result<(), Violation>;
    fn allocation_size(&self) -> usize;
    /// The buckets of a chain; none if it is not in use yet.
    fn chain(&self, number: usize) -> Vec<Bucket>;
    fn old_chain(&self, number: usize) -> Option<Old>;
}

type Map<'t, const K: usize, const V: usize, A> = Hmap<Key<K>, [u8; V], &'t Table, A>;

impl<const K: usize, const V: usize, A: Allocator> Replica for Map<'_, K, V, A> {
    fn insert(&mut self, key: KeyId, value: u64) -> Result<Option<u64>, TryReserveError> {
        match Hmap::insert(self, Key::of(key), to_bytes(value)) {
            Ok(old) => Ok(old.as_ref().map(to_number)),
            Err(error) => Err(error.reason()),
        }
    }

    fn remove(&mut self, key: KeyId) -> Option<u64> {
        Hmap::remove(self, &Key::of(key)).as_ref().map(to_number)
    }

    fn get(&self, key: KeyId) -> Option<u64> {
        Hmap::get(self, &Key::of(key)).map(to_number)
    }

    fn clear(&mut self) {
        Hmap::clear(self);
    }

    fn in_gos_order(&self, bucket: usize, offset: usize, each: &mut dyn FnMut(KeyId, u64)) {
        self.iter_from(bucket, offset)
            .for_each(|(key, value)| each(key.id(), to_number(value)));
    }

    fn batch(&self, cursor: &mut Cursor, each: &mut dyn FnMut(KeyId, u64)) -> bool {
        // As a cookie that was handed out and comes back.
        *cursor = Cursor::from_bits(cursor.to_bits());
        let Some(batch) = cursor.next(self) else {
            return false;
        };
        batch.for_each(|(key, value)| each(key.id(), to_number(value)));
        true
    }

    fn state(&self) -> State {
        Hmap::state(self)
    }

    fn validate(&self) -> Result<(), Violation> {
        Hmap::validate(self)
    }

    fn allocation_size(&self) -> usize {
        Hmap::allocation_size(self)
    }

    fn chain(&self, number: usize) -> Vec<Bucket> {
        self.chain_view(number)
            .map_or(Vec::new(), |chain| chain.map(bucket).collect())
    }

    fn old_chain(&self, number: usize) -> Option<Old> {
        Some(match self.old_chain_view(number)? {
            OldChain::Moved(slots) => Old::Moved(slots),
            OldChain::Here(chain) => Old::Here(chain.map(bucket).collect()),
        })
    }
}

fn bucket<const K: usize, const V: usize>(slots: [SlotView<'_, Key<K>, [u8; V]>; 8]) -> Bucket {
    slots.map(|slot| match slot {
        SlotView::EmptyRest => Slot::EmptyRest,
        SlotView::EmptyOne => Slot::EmptyOne,
        SlotView::Live(key, value) => Slot::Live(key.id(), to_number(value)),
    })
}

fn to_bytes<const V: usize>(value: u64) -> [u8; V] {
    let mut bytes = [0; V];
    for (byte, from) in bytes.iter_mut().zip(value.to_le_bytes()) {
        *byte = from;
    }
    bytes
}

fn to_number<const V: usize>(bytes: &[u8; V]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// What is done with the map once it is made.
pub type Play<'p> = &'p mut dyn FnMut(&mut dyn Replica, &GoHeap) -> Result<u64, Fault>;

/// Makes the map of the header, with its sizes of key and value, and calls `play`.
pub fn with_map(header: &Header, table: &Table, play: Play) -> Result<u64, Fault> {
    macro_rules! sizes {
        ($($key:literal: $($value:literal)*;)*) => {
            match (header.key_size, header.value_size) {
                $($(($key, $value) => of_size::<$key, $value>(header, table, play),)*)*
                (key, value) => {
                    let what = alloc::format!("no map has keys of {key} bytes and values of {value}");
                    Err(Fault::malformed(1, what))
                }
            }
        };
    }
    sizes! {
        2: 0 1 2 4 8;
        4: 0 1 2 4 8;
        8: 0 1 2 4 8;
        16: 0 1 2 4 8;
    }
}

fn of_size<const K: usize, const V: usize>(
    header: &Header,
    table: &Table,
    play: Play,
) -> Result<u64, Fault> {
    let array_bytes = |bits| Map::<K, V, &GoHeap>::array_bytes(bits);
    let line = header.bucket_size_line;
    let bucket = array_bytes(0).map_or(0, |(.., bucket)| bucket);
    // Only the link to the next bucket depends on the machine.
    super::same(line, header.bucket_size, bucket + 8 - size_of::<usize>())?;

    let heap = GoHeap::new(header, array_bytes);
    let operations = match (header.make, hint(header)) {
        (Make::Small, _) => play(&mut Map::<K, V, _>::with_hasher_in(table, &heap), &heap),
        (make, hint) => match Map::<K, V, _>::try_with_capacity_and_hasher_in(hint, table, &heap) {
            // The caller's bucket is for a map that the hint gives one bucket.
            Ok(map) if make == Make::Caller && map.state().bits == 0 => {
                let mut first = FirstBucket::<Key<K>, [u8; V]>::new();
                let mut map = Hmap::with_first_bucket_and_hasher_in(&mut first, table, &heap);
                play(&mut map, &heap)
            }
            Ok(mut map) => play(&mut map, &heap),
            Err(error) => Err(Fault::malformed(line, error)),
        },
    }?;
    let left = heap.live_bytes();
    let found = alloc::format!("{left} bytes left");
    super::same(line, "0 bytes left", found.as_str())?;
    Ok(operations)
}

/// The hint as Go takes it: one that makes no sense is no hint.
fn hint(header: &Header) -> usize {
    const LARGEST_ALLOCATION: u64 = 1 << 48;
    // Go multiplies words without a sign, so that a negative hint overflows.
    let bytes = (header.hint as u64).checked_mul(header.bucket_size as u64);
    match bytes {
        Some(bytes) if bytes <= LARGEST_ALLOCATION => {
            usize::try_from(header.hint).unwrap_or_default()
        }
        _ => 0,
    }
}
