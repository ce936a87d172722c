//! A key's place in the map, found once.

use super::places::{filling, modifying, place, shown};
use super::{Allocator, Global, Go, Hmap, Policy, Reservation};
use crate::numbers::alloc::SameHeap;
use crate::numbers::error::InsertError;
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

/// A key that is not in the map, to be put in; see [`Entry`].
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
        match RawEntry::find(self, |map| map.hash_to_change(&key), equal_to(&key)) {
            RawEntry::Occupied(raw) => Entry::Occupied(OccupiedEntry { raw }),
            RawEntry::Vacant(raw) => Entry::Vacant(VacantEntry { key, raw }),
        }
    }
}

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator, P: Policy> Entry<'a, K, V, S, A, P> {
    filling!(
        ///
        /// # Errors
        /// As [`Hmap::insert`]: with the pair, if there is no room for it.
        K, Result<&'a mut V, InsertError<K, V>>, Ok,
        insert_entry -> Placed<'a, K, V, S, A, P>
    );
}

place!([K, V, S, A: Allocator, P: Policy] K, V, S, A, P);

impl<K, V, S, A: Allocator, P: Policy> Entry<'_, K, V, S, A, P> {
    modifying!(
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
        V
    );
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

    /// Inserts the key with this value, with the memory that the map has: the allocator is not
    /// called, in either direction, and no growth starts. The key is hashed once, by
    /// [`Hmap::entry`], which calls no allocator either.
    ///
    /// # Errors
    /// As [`Hmap::insert_within_capacity`]: if there is no room at hand, with the pair.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{Entry, Hmap};
    ///
    /// let mut waiting: Hmap<u64, Vec<&str>> = Hmap::new();
    /// waiting.try_reserve(1)?;                       // where waiting is allowed
    /// let queue = match waiting.entry(0x7f00) {
    ///     Entry::Occupied(entry) => entry.into_mut(),
    ///     Entry::Vacant(entry) => match entry.insert_within_capacity(Vec::new()) {
    ///         Ok(queue) => queue,
    ///         Err((_, _)) => unreachable!("one is reserved"),
    ///     },
    /// };
    /// queue.push("reader");
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn insert_within_capacity(self, value: V) -> Result<&'a mut V, (K, V)> {
        let placed = self.place_at_hand(value).map_err(InsertError::into_pair);
        placed.map(OccupiedEntry::into_mut)
    }

    /// Inserts the key with this value, with memory of a [`Reservation`]: see
    /// [`Hmap::insert_with`]. The key is hashed once, by [`Hmap::entry`].
    ///
    /// # Errors
    /// As [`Hmap::insert_with`]: with the pair, and with what is needed noted in the
    /// reservation.
    pub fn insert_with(
        self,
        reservation: &mut Reservation<K, V, A, P>,
        value: V,
    ) -> Result<&'a mut V, InsertError<K, V>>
    where
        A: SameHeap,
    {
        self.place_with(reservation, value)
            .map(OccupiedEntry::into_mut)
    }

    /// As [`insert_within_capacity`](Self::insert_within_capacity), staying at the place.
    pub(crate) fn place_at_hand(self, value: V) -> Placed<'a, K, V, S, A, P> {
        let raw = self.raw.insert_at_hand(self.key, value)?;
        Ok(OccupiedEntry { raw })
    }

    /// As [`insert_with`](Self::insert_with), staying at the place.
    pub(crate) fn place_with(
        self,
        reservation: &mut Reservation<K, V, A, P>,
        value: V,
    ) -> Placed<'a, K, V, S, A, P>
    where
        A: SameHeap,
    {
        let memory = &mut reservation.memory;
        let raw = self.raw.insert_with(self.key, value, memory)?;
        Ok(OccupiedEntry { raw })
    }
}

shown!([K: fmt::Debug, V: fmt::Debug, S, A: Allocator, P: Policy]
    Entry<'_, K, V, S, A, P>, |entry, f| entry.fmt(f));

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
