//! How the map looks inside, as Go writes it down: layouts line by line, and the two
//! digests.

use super::header::Header;
use super::keys::{KeyId, Table};
use super::model::Model;
use super::record::{BucketLine, LayoutHead};
use super::replica::{Bucket, Old, Replica, Slot};
use alloc::vec::Vec;
use hmap::introspection::State;

/// Go's tophash bytes of slots that hold nothing.
const EMPTY_REST: u8 = 0;
const EMPTY_ONE: u8 = 1;
const EVACUATED_X: u8 = 2;
const EVACUATED_Y: u8 = 3;
const EVACUATED_EMPTY: u8 = 4;

/// A map, seen as Go's.
pub struct Look<'a> {
    pub map: &'a dyn Replica,
    pub header: &'a Header<'a>,
    pub table: &'a Table,
    pub model: &'a Model,
    pub state: State,
}

/// What a growth does, in `L` lines and digests.
fn grow(state: &State) -> u8 {
    match (state.growing, state.same_size) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    }
}

impl Look<'_> {
    pub fn head(&self) -> LayoutHead {
        LayoutHead {
            count: self.state.count as u64,
            bits: self.state.bits,
            grow: grow(&self.state),
        }
    }

    fn buckets(&self) -> usize {
        if self.state.has_buckets {
            1 << self.state.bits
        } else {
            0
        }
    }

    fn old_buckets(&self) -> usize {
        match grow(&self.state) {
            0 => 0,
            1 => 1 << self.state.bits >> 1,
            _ => 1 << self.state.bits,
        }
    }

    fn tops(&self, bucket: &Bucket) -> [u8; 8] {
        bucket.map(|slot| match slot {
            Slot::EmptyRest => EMPTY_REST,
            Slot::EmptyOne => EMPTY_ONE,
            Slot::Live(key, _) => self.table.tophash(key),
        })
    }

    /// All lines of a layout.
    pub fn lines(&self) -> Vec<BucketLine> {
        let mut lines = Vec::new();
        for number in 0..self.buckets() {
            self.add_chain(&mut lines, false, number, &self.map.chain(number));
        }
        for number in 0..self.old_buckets() {
            match self.map.old_chain(number) {
                None => {}
                Some(Old::Here(chain)) => self.add_chain(&mut lines, true, number, &chain),
                Some(Old::Moved(slots)) => lines.push(BucketLine::Moved {
                    bucket: number,
                    tops: slots.map(|to_y| match to_y {
                        None => EVACUATED_EMPTY,
                        Some(false) => EVACUATED_X,
                        Some(true) => EVACUATED_Y,
                    }),
                }),
            }
        }
        lines
    }

    fn add_chain(&self, lines: &mut Vec<BucketLine>, old: bool, number: usize, chain: &[Bucket]) {
        for (position, bucket) in chain.iter().enumerate() {
            let tops = self.tops(bucket);
            // A bucket that never held anything is left out.
            if chain.len() == 1 && tops == [EMPTY_REST; 8] {
                return;
            }
            lines.push(BucketLine::Bucket {
                old,
                bucket: number,
                position,
                tops,
                keys: bucket.map(|slot| match slot {
                    Slot::Live(key, _) => Some(self.model.shown(key)),
                    _ => None,
                }),
            });
        }
    }

    /// The digest of all buckets.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        let head = self.head();
        digest.add(&[head.bits, head.grow]);
        digest.add(&head.count.to_le_bytes());
        for number in 0..self.buckets() {
            let chain = self.map.chain(number);
            if chain.is_empty() {
                // Not in use yet; Go's memory is zeroed.
                digest.add(&[EMPTY_REST; 8]);
            }
            self.add_to_digest(&mut digest, &chain);
        }
        for number in 0..self.old_buckets() {
            match self.map.old_chain(number) {
                Some(Old::Here(chain)) => self.add_to_digest(&mut digest, &chain),
                Some(Old::Moved(_)) | None => digest.add(&[0xee]),
            }
        }
        digest.0
    }

    fn add_to_digest(&self, digest: &mut Digest, chain: &[Bucket]) {
        for bucket in chain {
            digest.add(&self.tops(bucket));
            for slot in bucket {
                if let Slot::Live(key, value) = slot {
                    self.add_entry(digest, *key, *value);
                }
            }
        }
        digest.add(&[0xff]);
    }

    /// The digest of all entries in Go's order.
    pub fn order_digest(&self) -> u64 {
        let mut digest = Digest::new();
        self.map.in_gos_order(0, 0, &mut |key, value| {
            self.add_entry(&mut digest, key, value);
        });
        digest.0
    }

    fn add_entry(&self, digest: &mut Digest, key: KeyId, value: u64) {
        let number = self.model.shown(key);
        self.table.with_bytes(number, |bytes| digest.add(bytes));
        let value = value.to_le_bytes();
        digest.add(value.get(..self.header.value_size).unwrap_or_default());
    }
}

/// FNV-1a of 64 bits.
struct Digest(u64);

impl Digest {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}
