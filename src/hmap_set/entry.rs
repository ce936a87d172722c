//! A value's place in the set, found once.

use super::{HmapSet, Reservation};
use crate::hmap::{self, places::shown};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global, SameHeap};
use crate::numbers::error::SetInsertError;
use crate::numbers::policy::Go;
use core::fmt;
use core::hash::{BuildHasher, Hash};

/// The place of a value; see [`HmapSet::entry`].
pub enum Entry<'a, T, S, A: Allocator = Global, P: Policy = Go> {
    /// The value is there.
    Occupied(OccupiedEntry<'a, T, S, A, P>),
    /// It is not.
    Vacant(VacantEntry<'a, T, S, A, P>),
}

/// A value that is in the set; see [`Entry`].
pub struct OccupiedEntry<'a, T, S, A: Allocator = Global, P: Policy = Go> {
    inner: hmap::OccupiedEntry<'a, T, (), S, A, P>,
}

/// A value that is not in the set, to be put in; see [`Entry`].
pub struct VacantEntry<'a, T, S, A: Allocator = Global, P: Policy = Go> {
    inner: hmap::VacantEntry<'a, T, (), S, A, P>,
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// The place of a value, to look at and to fill.
    ///
    /// **Work:** the chain of the value; while growing also the at most two old chains
    /// that are moved. **Memory:** none; filling a vacant place is an
    /// [`insert`](Self::insert).
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{HmapSet, hmap_set::Entry};
    ///
    /// let mut pending = HmapSet::new();
    /// pending.insert("timer")?;
    /// match pending.entry("timer") {
    ///     Entry::Occupied(entry) => assert_eq!(entry.remove(), "timer"),
    ///     Entry::Vacant(_) => unreachable!(),
    /// }
    /// assert_eq!(pending.entry("disk").insert()?.get(), &"disk");
    /// # }
    /// # Ok::<(), hmap::SetInsertError<&str>>(())
    /// ```
    pub fn entry(&mut self, value: T) -> Entry<'_, T, S, A, P> {
        match self.map.entry(value) {
            hmap::Entry::Occupied(inner) => Entry::Occupied(OccupiedEntry { inner }),
            hmap::Entry::Vacant(inner) => Entry::Vacant(VacantEntry { inner }),
        }
    }
}

impl<'a, T: Hash, S: BuildHasher, A: Allocator, P: Policy> Entry<'a, T, S, A, P> {
    /// Inserts the value if it is not there, and stays at its place.
    ///
    /// # Errors
    /// As [`HmapSet::insert`]: with the value, if there is no room for it.
    pub fn insert(self) -> Result<OccupiedEntry<'a, T, S, A, P>, SetInsertError<T>> {
        match self {
            Self::Occupied(entry) => Ok(entry),
            Self::Vacant(entry) => entry.insert(),
        }
    }
}

impl<T, S, A: Allocator, P: Policy> Entry<'_, T, S, A, P> {
    /// The value: as it is stored, or as it was given.
    pub fn get(&self) -> &T {
        match self {
            Self::Occupied(entry) => entry.get(),
            Self::Vacant(entry) => entry.get(),
        }
    }
}

impl<'a, T, S, A: Allocator, P: Policy> OccupiedEntry<'a, T, S, A, P> {
    /// The value, as it is stored.
    pub fn get(&self) -> &T {
        self.inner.key()
    }

    /// The value, for as long as the set is borrowed.
    pub fn into_ref(self) -> &'a T {
        self.inner.into_entry().0
    }

    /// Removes the value and returns it.
    pub fn remove(self) -> T {
        self.inner.remove_entry().0
    }
}

impl<'a, T, S, A: Allocator, P: Policy> VacantEntry<'a, T, S, A, P> {
    /// The value, as it was given.
    pub fn get(&self) -> &T {
        self.inner.key()
    }

    /// The value, given back.
    pub fn into_value(self) -> T {
        self.inner.into_key()
    }

    /// Inserts the value, and stays at its place.
    ///
    /// # Errors
    /// As [`HmapSet::insert`]: with the value, if there is no room for it.
    pub fn insert(self) -> Result<OccupiedEntry<'a, T, S, A, P>, SetInsertError<T>>
    where
        T: Hash,
        S: BuildHasher,
    {
        let inner = self.inner.insert_entry(())?;
        Ok(OccupiedEntry { inner })
    }

    /// Inserts the value with the memory that the set has, and stays at its place: the allocator
    /// is not called, in either direction, and no growth starts. The value is hashed once, by
    /// [`HmapSet::entry`], which calls no allocator either.
    ///
    /// **Work:** a slot in its chain. **Memory:** none.
    ///
    /// # Errors
    /// As [`HmapSet::insert_within_capacity`]: if there is no room at hand, with the value.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{HmapSet, hmap_set::Entry};
    ///
    /// let mut raised = HmapSet::new();
    /// raised.try_reserve(1)?;                         // where waiting is allowed
    /// if let Entry::Vacant(entry) = raised.entry(14) {
    ///     assert!(entry.insert_within_capacity().is_ok());
    /// }
    /// assert!(raised.contains(&14));
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn insert_within_capacity(self) -> Result<OccupiedEntry<'a, T, S, A, P>, T>
    where
        T: Hash,
        S: BuildHasher,
    {
        let placed = self.inner.place_at_hand(());
        let inner = placed.map_err(|error| error.into_pair().0)?;
        Ok(OccupiedEntry { inner })
    }

    /// Inserts the value with memory of a [`Reservation`], and stays at its place: see
    /// [`HmapSet::insert_with`]. The value is hashed once, by [`HmapSet::entry`].
    ///
    /// **Work** and **memory:** as [`HmapSet::insert_with`].
    ///
    /// # Errors
    /// As [`HmapSet::insert_with`]: with the value, and with what is needed noted in the
    /// reservation.
    pub fn insert_with(
        self,
        reservation: &mut Reservation<T, A, P>,
    ) -> Result<OccupiedEntry<'a, T, S, A, P>, SetInsertError<T>>
    where
        T: Hash,
        S: BuildHasher,
        A: SameHeap,
    {
        let inner = self.inner.place_with(reservation, ())?;
        Ok(OccupiedEntry { inner })
    }
}

shown!([T: fmt::Debug, S, A: Allocator, P: Policy] Entry<'_, T, S, A, P>,
    |entry, f| entry.fmt(f));

impl<T: fmt::Debug, S, A: Allocator, P: Policy> fmt::Debug for OccupiedEntry<'_, T, S, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("value", self.get())
            .finish()
    }
}

impl<T: fmt::Debug, S, A: Allocator, P: Policy> fmt::Debug for VacantEntry<'_, T, S, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.get()).finish()
    }
}
