//! A key's place in the map, found once, under hashbrown's names.

use super::HashMap;
use crate::compat::infallible::placed;
use crate::hmap::places::{filling, modifying, place, shown};
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::seed::DefaultHashBuilder;
use crate::table::entry::{RawEntry, RawOccupied, RawVacant};
use crate::table::lookup::equal_to;
use core::convert::identity;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::mem;

/// The place of a key; see [`HashMap::entry`].
pub enum Entry<'a, K, V, S, A: Allocator = Global> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, S, A>),
    /// It is not.
    Vacant(VacantEntry<'a, K, V, S, A>),
}

/// A key that is in the map; see [`Entry`].
pub struct OccupiedEntry<'a, K, V, S = DefaultHashBuilder, A: Allocator = Global> {
    pub(super) raw: RawOccupied<'a, HashMap<K, V, S, A>>,
}

/// A key that is not in the map, to be put in; see [`Entry`].
pub struct VacantEntry<'a, K, V, S = DefaultHashBuilder, A: Allocator = Global> {
    key: K,
    raw: RawVacant<'a, HashMap<K, V, S, A>>,
}

/// What [`HashMap::try_insert`] says if the key is there.
pub struct OccupiedError<'a, K, V, S, A: Allocator = Global> {
    /// The entry that is there.
    pub entry: OccupiedEntry<'a, K, V, S, A>,
    /// The value that was not inserted.
    pub value: V,
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// The place of a key, to look at and to fill.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, S, A> {
        match RawEntry::find(self, |map| map.map.hash_to_change(&key), equal_to(&key)) {
            RawEntry::Occupied(raw) => Entry::Occupied(OccupiedEntry { raw }),
            RawEntry::Vacant(raw) => Entry::Vacant(VacantEntry { key, raw }),
        }
    }
}

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator> Entry<'a, K, V, S, A> {
    filling!(
        K, &'a mut V, identity,
        ///
        /// ```
        /// # #[cfg(feature = "default-hasher")] {
        /// let mut map = hmap::HashMap::new();
        /// assert_eq!(map.entry("a").insert(1).key(), &"a");
        /// # }
        /// ```
        insert -> OccupiedEntry<'a, K, V, S, A>
    );

    /// As [`insert`](Self::insert), under std's name.
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, S, A> {
        self.insert(value)
    }

    /// The entry; if there is none, one with this value is inserted.
    pub fn or_insert_entry(self, default: V) -> OccupiedEntry<'a, K, V, S, A> {
        match self {
            Self::Occupied(entry) => entry,
            Self::Vacant(entry) => entry.insert_entry(default),
        }
    }
}

place!([K, V, S, A: Allocator] K, V, S, A);

impl<'a, K, V, S, A: Allocator> Entry<'a, K, V, S, A> {
    modifying!(V);

    /// Replaces the value if there is one, or removes the entry where the function
    /// returns `None`; see [`OccupiedEntry::replace_entry_with`].
    pub fn and_replace_entry_with<F>(self, f: F) -> Self
    where
        F: FnOnce(&K, V) -> Option<V>,
    {
        match self {
            Self::Occupied(entry) => entry.replace_entry_with(f),
            Self::Vacant(_) => self,
        }
    }

    /// The map that the entry is of.
    pub fn into_map(self) -> &'a mut HashMap<K, V, S, A> {
        match self {
            Self::Occupied(entry) => entry.into_map(),
            Self::Vacant(entry) => entry.into_map(),
        }
    }
}

impl<'a, K, V, S, A: Allocator> OccupiedEntry<'a, K, V, S, A> {
    /// Replaces the key by an equal one and returns the old one.
    ///
    /// # Panics
    /// If they are not equal.
    pub fn replace_key(&mut self, key: K) -> K
    where
        K: Eq,
    {
        assert!(
            key == *self.key(),
            "replaced Entry with key which is not equivalent"
        );
        mem::replace(self.raw.get_mut().0, key)
    }

    /// Replaces the key by an equal one and returns the old one.
    ///
    /// # Safety
    /// The two are equal, and have the same hash. (If not, look-ups miss the entry;
    /// nothing worse happens here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn replace_key_unchecked(&mut self, key: K) -> K {
        mem::replace(self.raw.get_mut().0, key)
    }

    /// Replaces the value, or removes the entry if the function returns `None`. A panic
    /// in it removes the entry, too. Needs no memory, and starts no growth.
    pub fn replace_entry_with<F>(self, f: F) -> Entry<'a, K, V, S, A>
    where
        F: FnOnce(&K, V) -> Option<V>,
    {
        let replaced = self.raw.replace_with(|key, value| match f(&key, value) {
            Some(value) => Ok((key, value)),
            None => Err(key),
        });
        match replaced {
            Ok(raw) => Entry::Occupied(OccupiedEntry { raw }),
            Err((key, raw)) => Entry::Vacant(VacantEntry { key, raw }),
        }
    }

    /// The map that the entry is of.
    pub fn into_map(self) -> &'a mut HashMap<K, V, S, A> {
        self.raw.into_map()
    }
}

impl<'a, K, V, S, A: Allocator> VacantEntry<'a, K, V, S, A> {
    /// The map that the entry is of.
    pub fn into_map(self) -> &'a mut HashMap<K, V, S, A> {
        self.raw.into_map()
    }
}

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator> VacantEntry<'a, K, V, S, A> {
    /// Inserts the key with this value.
    pub fn insert(self, value: V) -> &'a mut V {
        self.insert_entry(value).into_mut()
    }

    /// Inserts the key with this value, and stays at its place.
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, S, A> {
        let raw = placed(self.raw.insert(self.key, value));
        OccupiedEntry { raw }
    }
}

shown!([K: fmt::Debug, V: fmt::Debug, S, A: Allocator] Entry<'_, K, V, S, A>,
    |entry, f| f.debug_tuple("Entry").field(entry).finish());

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator> fmt::Debug for OccupiedEntry<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("key", self.key())
            .field("value", self.get())
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator> fmt::Debug for OccupiedError<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedError")
            .field("key", self.entry.key())
            .field("old_value", self.entry.get())
            .field("new_value", &self.value)
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator> fmt::Display for OccupiedError<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "failed to insert {:?}, key {:?} already exists with value {:?}",
            self.value,
            self.entry.key(),
            self.entry.get()
        )
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator> core::error::Error
    for OccupiedError<'_, K, V, S, A>
{
}
