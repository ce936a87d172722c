//! A key's place in the map, found once, under hashbrown's names.

use super::HashMap;
use crate::compat::infallible::placed;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::seed::DefaultHashBuilder;
use crate::table::entry::{RawEntry, RawOccupied, RawVacant};
use crate::table::lookup::equal_to;
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

/// A key that is not in the map, and where it would go; see [`Entry`].
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

impl<'a, K: Eq + Hash, V, S: BuildHasher, A: Allocator> Entry<'a, K, V, S, A> {
    pub(super) fn of(map: &'a mut HashMap<K, V, S, A>, key: K) -> Self {
        let hash = map.map.hash_to_insert(&key);
        match RawEntry::find(map, hash, equal_to(&key)) {
            RawEntry::Occupied(raw) => Self::Occupied(OccupiedEntry { raw }),
            RawEntry::Vacant(raw) => Self::Vacant(VacantEntry { key, raw }),
        }
    }
}

/// The methods that fill a vacant place, of [`Entry`] and of `EntryRef`: with the type of
/// the key that is looked for.
macro_rules! filling {
    ($key:ty) => {
        /// The value; if there is none, this one is inserted.
        pub fn or_insert(self, default: V) -> &'a mut V {
            self.or_insert_with(|| default)
        }

        /// The value; if there is none, the one that the function makes is inserted.
        pub fn or_insert_with<F: FnOnce() -> V>(self, default: F) -> &'a mut V {
            self.or_insert_with_key(|_| default())
        }

        /// The value; if there is none, the one that the function makes of the key is
        /// inserted.
        pub fn or_insert_with_key<F: FnOnce(&$key) -> V>(self, default: F) -> &'a mut V {
            match self {
                Self::Occupied(entry) => entry.into_mut(),
                Self::Vacant(entry) => {
                    let value = default(entry.key());
                    entry.insert(value)
                }
            }
        }

        /// The value; if there is none, the default one is inserted.
        pub fn or_default(self) -> &'a mut V
        where
            V: Default,
        {
            self.or_insert_with(V::default)
        }
    };
}
pub(super) use filling;

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator> Entry<'a, K, V, S, A> {
    filling!(K);

    /// Sets the value, whether there was one or not.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = hmap::HashMap::new();
    /// assert_eq!(map.entry("a").insert(1).key(), &"a");
    /// # }
    /// ```
    pub fn insert(self, value: V) -> OccupiedEntry<'a, K, V, S, A> {
        match self {
            Self::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Self::Vacant(entry) => entry.insert_entry(value),
        }
    }

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

impl<'a, K, V, S, A: Allocator> Entry<'a, K, V, S, A> {
    /// The key: as it is stored, or as it was given.
    pub fn key(&self) -> &K {
        match self {
            Self::Occupied(entry) => entry.key(),
            Self::Vacant(entry) => entry.key(),
        }
    }

    /// Changes the value if there is one.
    pub fn and_modify<F>(mut self, f: F) -> Self
    where
        F: FnOnce(&mut V),
    {
        if let Self::Occupied(entry) = &mut self {
            f(entry.get_mut());
        }
        self
    }

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
    /// The key, as it is stored.
    pub fn key(&self) -> &K {
        self.raw.get().0
    }

    /// The value.
    pub fn get(&self) -> &V {
        self.raw.get().1
    }

    /// The value, to change.
    pub fn get_mut(&mut self) -> &mut V {
        self.raw.get_mut().1
    }

    /// The value, to change for as long as the map is borrowed.
    pub fn into_mut(self) -> &'a mut V {
        self.raw.into_refs().1
    }

    /// The key and the value, for as long as the map is borrowed.
    pub fn into_entry(self) -> (&'a K, &'a mut V) {
        self.raw.into_refs()
    }

    /// Replaces the value and returns the old one.
    pub fn insert(&mut self, value: V) -> V {
        self.raw.insert(value)
    }

    /// Removes the entry and returns its value.
    pub fn remove(self) -> V {
        self.remove_entry().1
    }

    /// Removes the entry and returns it.
    pub fn remove_entry(self) -> (K, V) {
        self.raw.remove().0
    }

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
    /// The key, as it was given.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The key, given back.
    pub fn into_key(self) -> K {
        self.key
    }

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

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator> fmt::Debug for Entry<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Self::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator> fmt::Debug for OccupiedEntry<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("key", self.key())
            .field("value", self.get())
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V, S, A: Allocator> fmt::Debug for VacantEntry<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
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
