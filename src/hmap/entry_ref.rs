//! The place of a key that is given by reference: an owned one is made when it is
//! inserted, and not before.

use super::entry::{OccupiedEntry, Placed};
use super::places::{filling, modifying, place_by_reference, shown};
use super::{Allocator, Global, Go, Hmap, Policy};
use crate::numbers::error::InsertError;
use crate::numbers::error::InsertWithKeyError;
use crate::table::entry::{RawEntry, RawVacant};
use crate::table::lookup::equal_to;
use core::borrow::Borrow;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

/// An entry that was put in with the caller's key, or the pair that was not.
type PlacedWithKey<'a, K, V, S, A, P> =
    Result<OccupiedEntry<'a, K, V, S, A, P>, InsertWithKeyError<K, V>>;

/// The place of a key given by reference; see [`Hmap::entry_ref`].
pub enum EntryRef<'a, 'b, K, Q: ?Sized, V, S, A: Allocator = Global, P: Policy = Go> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, S, A, P>),
    /// It is not.
    Vacant(VacantEntryRef<'a, 'b, K, Q, V, S, A, P>),
}

/// A key given by reference that is not in the map; see [`EntryRef`].
pub struct VacantEntryRef<'a, 'b, K, Q: ?Sized, V, S, A: Allocator = Global, P: Policy = Go> {
    key: &'b Q,
    raw: RawVacant<'a, Hmap<K, V, S, A, P>>,
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// The place of a key that is given by reference, as `&str` for a `String`. For a key
    /// that is there no owned one is made.
    ///
    /// For one that is not, `K::from(key)` makes it. Where that takes memory and ends the
    /// program if there is none, as `String::from` does, make the key yourself and use
    /// [`insert_with_key`](VacantEntryRef::insert_with_key).
    ///
    /// **Work** and **memory:** as [`entry`](Self::entry), and what `K::from` takes.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut counts: hmap::Hmap<String, u32> = hmap::Hmap::new();
    /// for word in ["map", "bucket", "map"] {
    ///     *counts.entry_ref(word).or_insert(0)? += 1;
    /// }
    /// assert_eq!(counts.get("map"), Some(&2));
    /// # }
    /// # Ok::<(), hmap::InsertError<String, u32>>(())
    /// ```
    pub fn entry_ref<'a, 'b, Q>(&'a mut self, key: &'b Q) -> EntryRef<'a, 'b, K, Q, V, S, A, P>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match RawEntry::find(self, |map| map.hash_to_change(key), equal_to(key)) {
            RawEntry::Occupied(raw) => EntryRef::Occupied(OccupiedEntry { raw }),
            RawEntry::Vacant(raw) => EntryRef::Vacant(VacantEntryRef { key, raw }),
        }
    }
}

impl<'a, 'b, K, Q, V, S, A, P> EntryRef<'a, 'b, K, Q, V, S, A, P>
where
    K: Hash + From<&'b Q>,
    Q: ?Sized,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    filling!(
        ///
        /// # Errors
        /// As [`Hmap::insert`]: with the owned key and the value, if there is no room for them.
        Q, Result<&'a mut V, InsertError<K, V>>, Ok,
        insert_entry -> Placed<'a, K, V, S, A, P>
    );
}

impl<K, Q: ?Sized, V, S, A: Allocator, P: Policy> EntryRef<'_, '_, K, Q, V, S, A, P> {
    modifying!(
        #[must_use = "it goes on with or_insert"]
        V
    );
}

place_by_reference!([K, Q: ?Sized, V, S, A: Allocator, P: Policy] K, Q, V, S, A, P);

impl<'a, 'b, K, Q, V, S, A, P> VacantEntryRef<'a, 'b, K, Q, V, S, A, P>
where
    K: Hash,
    Q: ?Sized,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    /// Inserts an owned key with this value.
    ///
    /// # Errors
    /// As [`Hmap::insert`]: with the owned key and the value, if there is no room for them.
    pub fn insert(self, value: V) -> Result<&'a mut V, InsertError<K, V>>
    where
        K: From<&'b Q>,
    {
        self.insert_entry(value).map(OccupiedEntry::into_mut)
    }

    /// Inserts an owned key with this value, and stays at its place.
    ///
    /// # Errors
    /// As [`Hmap::insert`]: with the owned key and the value, if there is no room for them.
    pub fn insert_entry(self, value: V) -> Placed<'a, K, V, S, A, P>
    where
        K: From<&'b Q>,
    {
        let key = K::from(self.key);
        self.put(key, value)
    }

    /// Inserts this key, equal to the one given, with this value.
    ///
    /// # Errors
    /// With the pair: if the key is not equal to the one given, or if there is no room for
    /// the pair. The map holds what it held.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{EntryRef, Hmap, InsertWithKeyError};
    ///
    /// /// A copy of the name, or none if there is no memory for it.
    /// fn owned(name: &str) -> Option<String> {
    ///     let mut copy = String::new();
    ///     copy.try_reserve_exact(name.len()).ok()?;
    ///     copy.push_str(name);
    ///     Some(copy)
    /// }
    ///
    /// let mut inodes: Hmap<String, u64> = Hmap::new();
    /// if let EntryRef::Vacant(place) = inodes.entry_ref("etc") {
    ///     let name = owned(place.key()).ok_or("no memory for the name")?;
    ///     *place.insert_with_key(name, 0).map_err(|_| "no room in the map")? += 12;
    /// }
    /// assert_eq!(inodes.get("etc"), Some(&12));
    ///
    /// let EntryRef::Vacant(place) = inodes.entry_ref("bin") else { panic!("there is no bin") };
    /// let refused = place.insert_with_key("usr".to_owned(), 13).unwrap_err();
    /// assert!(matches!(refused, InsertWithKeyError::NotEqual { .. }));
    /// assert_eq!(refused.into_pair(), ("usr".to_owned(), 13));
    /// # }
    /// # Ok::<(), &str>(())
    /// ```
    pub fn insert_with_key(self, key: K, value: V) -> Result<&'a mut V, InsertWithKeyError<K, V>>
    where
        Q: Equivalent<K>,
    {
        self.insert_entry_with_key(key, value)
            .map(OccupiedEntry::into_mut)
    }

    /// Inserts this key, equal to the one given, with this value, and stays at its place.
    ///
    /// # Errors
    /// As [`insert_with_key`](Self::insert_with_key).
    pub fn insert_entry_with_key(self, key: K, value: V) -> PlacedWithKey<'a, K, V, S, A, P>
    where
        Q: Equivalent<K>,
    {
        if self.key.equivalent(&key) {
            Ok(self.put(key, value)?)
        } else {
            Err(InsertWithKeyError::NotEqual { key, value })
        }
    }

    /// Inserts this key, whatever it is, with this value.
    pub(crate) fn put(self, key: K, value: V) -> Placed<'a, K, V, S, A, P> {
        let raw = self.raw.insert(key, value)?;
        Ok(OccupiedEntry { raw })
    }
}

shown!([K: fmt::Debug, Q: fmt::Debug + ?Sized, V: fmt::Debug, S, A: Allocator, P: Policy]
    EntryRef<'_, '_, K, Q, V, S, A, P>, |entry, f| entry.fmt(f));

impl<K, Q: fmt::Debug + ?Sized, V, S, A: Allocator, P: Policy> fmt::Debug
    for VacantEntryRef<'_, '_, K, Q, V, S, A, P>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntryRef").field(&self.key).finish()
    }
}
