//! A value's place in a table, found once.

use super::{Allocator, Global, HashTable, placed};
use crate::hmap::places::{modifying, shown};
use crate::table::entry::{RawOccupied, RawVacant};
use core::fmt;

/// The place of a value; see [`HashTable::entry`].
pub enum Entry<'a, T, A: Allocator = Global> {
    /// The value is there.
    Occupied(OccupiedEntry<'a, T, A>),
    /// It is not.
    Vacant(VacantEntry<'a, T, A>),
}

/// A value that is in the table; see [`Entry`].
pub struct OccupiedEntry<'a, T, A: Allocator = Global> {
    pub(super) raw: RawOccupied<'a, HashTable<T, A>>,
}

/// The hash of a value that is not in the table, to be put in; see [`Entry`].
pub struct VacantEntry<'a, T, A: Allocator = Global> {
    pub(super) raw: RawVacant<'a, HashTable<T, A>>,
}

/// What [`HashTable::find_entry`] says if the value is not there.
pub struct AbsentEntry<'a, T, A: Allocator = Global> {
    pub(super) table: &'a mut HashTable<T, A>,
}

impl<'a, T, A: Allocator> Entry<'a, T, A> {
    /// Sets the value, whether there was one or not.
    pub fn insert(self, value: T) -> OccupiedEntry<'a, T, A> {
        match self {
            Self::Occupied(mut entry) => {
                *entry.get_mut() = value;
                entry
            }
            Self::Vacant(entry) => entry.insert(value),
        }
    }

    /// The entry; if there is none, this value is inserted.
    pub fn or_insert(self, default: T) -> OccupiedEntry<'a, T, A> {
        self.or_insert_with(|| default)
    }

    /// The entry; if there is none, the value that the function makes is inserted.
    pub fn or_insert_with(self, default: impl FnOnce() -> T) -> OccupiedEntry<'a, T, A> {
        match self {
            Self::Occupied(entry) => entry,
            Self::Vacant(entry) => entry.insert(default()),
        }
    }

    modifying!(T);

    /// The table that the entry is of.
    pub fn into_table(self) -> &'a mut HashTable<T, A> {
        match self {
            Self::Occupied(entry) => entry.into_table(),
            Self::Vacant(entry) => entry.into_table(),
        }
    }
}

impl<'a, T, A: Allocator> OccupiedEntry<'a, T, A> {
    /// Removes the value; an equal one can be put in its place. Nothing is moved.
    pub fn remove(self) -> (T, VacantEntry<'a, T, A>) {
        let ((value, ()), raw) = self.raw.remove();
        (value, VacantEntry { raw })
    }

    /// The value.
    pub fn get(&self) -> &T {
        self.raw.get().0
    }

    /// The value, to change; its hash and what it is equal to must stay.
    pub fn get_mut(&mut self) -> &mut T {
        self.raw.get_mut().0
    }

    /// The value, to change for as long as the table is borrowed.
    pub fn into_mut(self) -> &'a mut T {
        self.raw.into_muts().0
    }

    /// Replaces the value, or removes it if the function returns `None`. A panic in it
    /// removes the value, too. Needs no memory, and starts no growth.
    pub fn replace_entry_with<F>(self, f: F) -> Entry<'a, T, A>
    where
        F: FnOnce(T) -> Option<T>,
    {
        let replaced = self
            .raw
            .replace_with(|value, ()| f(value).map(|value| (value, ())).ok_or(()));
        match replaced {
            Ok(raw) => Entry::Occupied(OccupiedEntry { raw }),
            Err(((), raw)) => Entry::Vacant(VacantEntry { raw }),
        }
    }

    /// The table that the entry is of.
    pub fn into_table(self) -> &'a mut HashTable<T, A> {
        self.raw.into_map()
    }
}

impl<'a, T, A: Allocator> VacantEntry<'a, T, A> {
    /// Inserts this value.
    pub fn insert(self, value: T) -> OccupiedEntry<'a, T, A> {
        OccupiedEntry {
            raw: placed(self.raw.insert_as_it_is(value, ())),
        }
    }

    /// The table that the entry is of.
    pub fn into_table(self) -> &'a mut HashTable<T, A> {
        self.raw.into_map()
    }
}

impl<'a, T, A: Allocator> AbsentEntry<'a, T, A> {
    /// The table that was searched.
    pub fn into_table(self) -> &'a mut HashTable<T, A> {
        self.table
    }
}

shown!([T: fmt::Debug, A: Allocator] Entry<'_, T, A>,
    |entry, f| f.debug_tuple("Entry").field(entry).finish());

impl<T: fmt::Debug, A: Allocator> fmt::Debug for OccupiedEntry<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("value", self.get())
            .finish()
    }
}

impl<T: fmt::Debug, A: Allocator> fmt::Debug for VacantEntry<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VacantEntry")
    }
}

impl<T: fmt::Debug, A: Allocator> fmt::Debug for AbsentEntry<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AbsentEntry")
    }
}
