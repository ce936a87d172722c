//! A value's place in the set, found once.

use crate::alloc::{Allocator, Global};
use crate::hash_map;
use core::fmt;
use core::hash::{BuildHasher, Hash};

/// The place of a value; see [`HashSet::entry`](super::HashSet::entry).
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use hmap::{HashSet, hash_set::Entry};
///
/// let mut seen = HashSet::from(["irq"]);
/// match seen.entry("irq") {
///     Entry::Occupied(entry) => assert_eq!(entry.remove(), "irq"),
///     Entry::Vacant(_) => unreachable!(),
/// }
/// seen.entry("timer").or_insert();
/// assert_eq!(seen, HashSet::from(["timer"]));
/// # }
/// ```
pub enum Entry<'a, T, S, A: Allocator = Global> {
    /// The value is there.
    Occupied(OccupiedEntry<'a, T, S, A>),
    /// It is not.
    Vacant(VacantEntry<'a, T, S, A>),
}

/// A value that is in the set; see [`Entry`].
pub struct OccupiedEntry<'a, T, S, A: Allocator = Global> {
    inner: hash_map::OccupiedEntry<'a, T, (), S, A>,
}

/// A value that is not in the set, and where it would go; see [`Entry`].
pub struct VacantEntry<'a, T, S, A: Allocator = Global> {
    inner: hash_map::VacantEntry<'a, T, (), S, A>,
}

impl<'a, T, S, A: Allocator> Entry<'a, T, S, A> {
    pub(super) fn from(entry: hash_map::Entry<'a, T, (), S, A>) -> Self {
        match entry {
            hash_map::Entry::Occupied(inner) => Self::Occupied(OccupiedEntry { inner }),
            hash_map::Entry::Vacant(inner) => Self::Vacant(VacantEntry { inner }),
        }
    }

    /// Inserts the value if it is not there, and stays at its place.
    pub fn insert(self) -> OccupiedEntry<'a, T, S, A>
    where
        T: Hash,
        S: BuildHasher,
    {
        match self {
            Self::Occupied(entry) => entry,
            Self::Vacant(entry) => entry.insert(),
        }
    }

    /// Inserts the value if it is not there.
    pub fn or_insert(self)
    where
        T: Hash,
        S: BuildHasher,
    {
        _ = self.insert();
    }

    /// The value: as it is stored, or as it was given.
    pub fn get(&self) -> &T {
        match self {
            Self::Occupied(entry) => entry.get(),
            Self::Vacant(entry) => entry.get(),
        }
    }
}

impl<'a, T, S, A: Allocator> OccupiedEntry<'a, T, S, A> {
    /// The value, as it is stored.
    pub fn get(&self) -> &T {
        self.inner.key()
    }

    /// The value, as it is stored, for as long as the set is borrowed.
    pub fn into_ref(self) -> &'a T {
        self.inner.into_entry().0
    }

    /// Removes the value and returns it.
    pub fn remove(self) -> T {
        self.inner.remove_entry().0
    }
}

impl<'a, T, S, A: Allocator> VacantEntry<'a, T, S, A> {
    /// The value, as it was given.
    pub fn get(&self) -> &T {
        self.inner.key()
    }

    /// The value, given back.
    pub fn into_value(self) -> T {
        self.inner.into_key()
    }

    /// Inserts the value, and stays at its place.
    pub fn insert(self) -> OccupiedEntry<'a, T, S, A>
    where
        T: Hash,
        S: BuildHasher,
    {
        OccupiedEntry {
            inner: self.inner.insert_entry(()),
        }
    }
}

impl<T: fmt::Debug, S, A: Allocator> fmt::Debug for Entry<'_, T, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Self::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<T: fmt::Debug, S, A: Allocator> fmt::Debug for OccupiedEntry<'_, T, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("value", self.get())
            .finish()
    }
}

impl<T: fmt::Debug, S, A: Allocator> fmt::Debug for VacantEntry<'_, T, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.get()).finish()
    }
}
