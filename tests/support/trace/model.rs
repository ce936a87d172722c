//! Which entries there must be, by the trace alone.

use super::keys::{KeyId, Table};
use alloc::collections::BTreeMap;

/// One entry.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The key that was assigned last, of several that are equal.
    pub number: u32,
    pub value: u64,
    /// Which entry it is: one that was removed and added again is another one.
    pub life: u64,
}

/// All entries, by the class of their key.
#[derive(Default)]
pub struct Model {
    entries: BTreeMap<u32, Entry>,
    lives: u64,
}

impl Model {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Assigns, and gives the value that was there.
    pub fn assign(&mut self, key: KeyId, value: u64) -> Option<u64> {
        let Self { entries, lives } = self;
        let before = entries.get(&key.class);
        let life = before.map_or(*lives, |entry| entry.life);
        let new = Entry {
            number: key.number,
            value,
            life,
        };
        let old = entries.insert(key.class, new);
        if old.is_none() {
            *lives += 1;
        }
        old.map(|entry| entry.value)
    }

    pub fn remove(&mut self, key: KeyId) -> Option<u64> {
        self.entries.remove(&key.class).map(|entry| entry.value)
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }

    pub fn get(&self, key: KeyId) -> Option<&Entry> {
        self.entries.get(&key.class)
    }

    /// Entries that were there before the entry of life `life` was made.
    pub fn older_than(&self, life: u64) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(move |entry| entry.life < life)
    }

    /// The life that the next new entry gets.
    pub fn next_life(&self) -> u64 {
        self.lives
    }

    /// Whether there is an entry of this key number and value. A NaN has as many
    /// as were assigned.
    pub fn has(&self, table: &Table, number: u32, value: u64) -> bool {
        let fits = |entry: &Entry| entry.number == number && entry.value == value;
        if table.is_nan(number) {
            return self.entries.values().any(fits);
        }
        table
            .key(number)
            .and_then(|key| self.get(key))
            .is_some_and(fits)
    }

    /// The number of the key that Go stores for a key that is in the map.
    pub fn shown(&self, key: KeyId) -> u32 {
        self.get(key).map_or(key.number, |entry| entry.number)
    }
}
