//! A key's place in the map, found once.

use super::{Allocator, Global, Go, Hmap, InsertError, Policy};
use crate::table::entry::{RawEntry, RawOccupied, RawVacant};
use crate::table::lookup::equal_to;
use core::fmt;
use core::hash::{BuildHasher, Hash};

/// An entry that was put in, or the pair that found no room.
pub(super) type Placed<'a, K, V, S, A, P> =
    Result<OccupiedEntry<'a, K, V, S, A, P>, InsertError<K, V>>;

/// The place of a key; see [`Hmap::entry`].
pub enum Entry<'a, K, V, S, A: Allocator = Global, P: Policy = Go> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, S, A, P>),
    /// It is not.
    Vacant(VacantEntry<'a, K, V, S, A, P>),
}

/// A key that is in the map; see [`Entry`].
pub struct OccupiedEntry<'a, K, V, S, A: Allocator = Global, P: Policy = Go> {
    pub(super) raw: RawOccupied<'a, Hmap<K, V, S, A, P>>,
}

/// A key that is not in the map, and where it would go; see [`Entry`].
pub struct VacantEntry<'a, K, V, S, A: Allocator = Global, P: Policy = Go> {
    key: K,
    raw: RawVacant<'a, Hmap<K, V, S, A, P>>,
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// The place of a key, to look at and to fill.
    ///
    /// **Work:** the chain of the key; while growing also the at most two old chains
    /// that are moved. What is done with an entry that is there moves nothing.
    /// **Memory:** none; filling a vacant place is an [`insert`](Self::insert), which
    /// moves two chains if a growth begins with it.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut counts = hmap::Hmap::new();
    /// for word in ["map", "bucket", "map"] {
    ///     *counts.entry(word).or_insert(0)? += 1;
    /// }
    /// assert_eq!(counts.get("map"), Some(&2));
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, S, A, P> {
        let hash = self.hash_to_insert(&key);
        match RawEntry::find(self, hash, equal_to(&key)) {
            RawEntry::Occupied(raw) => Entry::Occupied(OccupiedEntry { raw }),
            RawEntry::Vacant(raw) => Entry::Vacant(VacantEntry { key, raw }),
        }
    }
}

/// The methods that fill a vacant place, of [`Entry`] and of `EntryRef`: with the type of
/// the key that is looked for, and what is said of their errors.
macro_rules! filling {
    ($key:ty, $errors:literal) => {
        /// The value; if there is none, this one is inserted.
        ///
        /// # Errors
        #[doc = $errors]
        pub fn or_insert(self, default: V) -> Result<&'a mut V, InsertError<K, V>> {
            self.or_insert_with_key(|_| default)
        }

        /// The value; if there is none, the one that the function makes is inserted.
        ///
        /// # Errors
        #[doc = $errors]
        pub fn or_insert_with(
            self,
            default: impl FnOnce() -> V,
        ) -> Result<&'a mut V, InsertError<K, V>> {
            self.or_insert_with_key(|_| default())
        }

        /// The value; if there is none, the one that the function makes of the key is
        /// inserted.
        ///
        /// # Errors
        #[doc = $errors]
        pub fn or_insert_with_key(
            self,
            default: impl FnOnce(&$key) -> V,
        ) -> Result<&'a mut V, InsertError<K, V>> {
            match self {
                Self::Occupied(entry) => Ok(entry.into_mut()),
                Self::Vacant(entry) => {
                    let value = default(entry.key());
                    entry.insert(value)
                }
            }
        }

        /// The value; if there is none, the default one is inserted.
        ///
        /// # Errors
        #[doc = $errors]
        pub fn or_default(self) -> Result<&'a mut V, InsertError<K, V>>
        where
            V: Default,
        {
            self.or_insert_with(V::default)
        }

        /// Sets the value, whether there was one or not.
        ///
        /// # Errors
        #[doc = $errors]
        pub fn insert_entry(self, value: V) -> Placed<'a, K, V, S, A, P> {
            match self {
                Self::Occupied(mut entry) => {
                    entry.insert(value);
                    Ok(entry)
                }
                Self::Vacant(entry) => entry.insert_entry(value),
            }
        }
    };
}
pub(super) use filling;

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator, P: Policy> Entry<'a, K, V, S, A, P> {
    filling!(
        K,
        "As [`Hmap::insert`]: with the pair, if there is no room for it."
    );
}

impl<K, V, S, A: Allocator, P: Policy> Entry<'_, K, V, S, A, P> {
    /// The key: as it is stored, or as it was given.
    pub fn key(&self) -> &K {
        match self {
            Self::Occupied(entry) => entry.key(),
            Self::Vacant(entry) => entry.key(),
        }
    }

    /// Changes the value if there is one.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for _ in 0..3 {
    ///     map.entry("hits").and_modify(|hits| *hits += 1).or_insert(1)?;
    /// }
    /// assert_eq!(map.get("hits"), Some(&3));
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    #[must_use = "it goes on with or_insert"]
    pub fn and_modify(mut self, change: impl FnOnce(&mut V)) -> Self {
        if let Self::Occupied(entry) = &mut self {
            change(entry.get_mut());
        }
        self
    }
}

impl<'a, K, V, S, A: Allocator, P: Policy> OccupiedEntry<'a, K, V, S, A, P> {
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
}

impl<'a, K, V, S, A: Allocator, P: Policy> VacantEntry<'a, K, V, S, A, P> {
    /// The key, as it was given.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The key, given back.
    pub fn into_key(self) -> K {
        self.key
    }
}

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator, P: Policy> VacantEntry<'a, K, V, S, A, P> {
    /// Inserts the key with this value.
    ///
    /// # Errors
    /// As [`Hmap::insert`]: with the pair, if there is no room for it.
    pub fn insert(self, value: V) -> Result<&'a mut V, InsertError<K, V>> {
        self.insert_entry(value).map(OccupiedEntry::into_mut)
    }

    /// Inserts the key with this value, and stays at its place.
    ///
    /// # Errors
    /// As [`Hmap::insert`]: with the pair, if there is no room for it.
    pub fn insert_entry(self, value: V) -> Placed<'a, K, V, S, A, P> {
        let raw = self.raw.insert(self.key, value)?;
        Ok(OccupiedEntry { raw })
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator, P: Policy> fmt::Debug
    for Entry<'_, K, V, S, A, P>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Occupied(entry) => entry.fmt(f),
            Self::Vacant(entry) => entry.fmt(f),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator, P: Policy> fmt::Debug
    for OccupiedEntry<'_, K, V, S, A, P>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, value) = self.raw.get();
        f.debug_struct("OccupiedEntry")
            .field("key", key)
            .field("value", value)
            .finish()
    }
}

impl<K: fmt::Debug, V, S, A: Allocator, P: Policy> fmt::Debug for VacantEntry<'_, K, V, S, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(&self.key).finish()
    }
}
