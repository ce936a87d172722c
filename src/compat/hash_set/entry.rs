//! A value's place in the set, found once.

use super::{OccupiedEntry, put};
use crate::hmap::places::shown;
use crate::hmap_set;
use crate::numbers::alloc::{Allocator, Global};
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

/// A value that is not in the set, to be put in; see [`Entry`].
pub struct VacantEntry<'a, T, S, A: Allocator = Global> {
    inner: hmap_set::VacantEntry<'a, T, S, A>,
}

impl<'a, T, S, A: Allocator> Entry<'a, T, S, A> {
    pub(super) fn of(entry: hmap_set::Entry<'a, T, S, A>) -> Self {
        match entry {
            hmap_set::Entry::Occupied(entry) => Self::Occupied(entry),
            hmap_set::Entry::Vacant(inner) => Self::Vacant(VacantEntry { inner }),
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

impl<'a, T, S, A: Allocator> VacantEntry<'a, T, S, A> {
    /// The value, as it was given.
    pub fn get(&self) -> &T {
        self.inner.get()
    }

    /// The value, given back.
    pub fn into_value(self) -> T {
        self.inner.into_value()
    }

    /// Inserts the value, and stays at its place.
    pub fn insert(self) -> OccupiedEntry<'a, T, S, A>
    where
        T: Hash,
        S: BuildHasher,
    {
        put(self.inner.insert())
    }
}

shown!([T: fmt::Debug, S, A: Allocator] Entry<'_, T, S, A>,
    |entry, f| f.debug_tuple("Entry").field(entry).finish());

impl<T: fmt::Debug, S, A: Allocator> fmt::Debug for VacantEntry<'_, T, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
