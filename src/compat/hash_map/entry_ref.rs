//! The place of a key that is given by reference: an owned one is made when it is
//! inserted, and not before.

extern crate alloc;

use super::HashMap;
use super::entry::OccupiedEntry;
use crate::compat::infallible::placed;
use crate::hmap::places::{filling, modifying, place_by_reference, shown};
use crate::numbers::alloc::{Allocator, Global};
use crate::table::entry::{RawEntry, RawVacant};
use crate::table::lookup::equal_to;
use alloc::borrow::ToOwned;
use core::borrow::Borrow;
use core::convert::identity;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

/// The place of a key given by reference; see [`HashMap::entry_ref`].
pub enum EntryRef<'a, 'b, K, Q: ?Sized, V, S, A: Allocator = Global> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, S, A>),
    /// It is not.
    Vacant(VacantEntryRef<'a, 'b, K, Q, V, S, A>),
}

/// A key given by reference that is not in the map; see [`EntryRef`].
pub struct VacantEntryRef<'map, 'key, K, Q: ?Sized, V, S, A: Allocator = Global> {
    key: &'key Q,
    raw: RawVacant<'map, HashMap<K, V, S, A>>,
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// The place of a key that is given by reference, and made when it is inserted.
    pub fn entry_ref<'a, 'b, Q>(&'a mut self, key: &'b Q) -> EntryRef<'a, 'b, K, Q, V, S, A>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        match RawEntry::find(self, |map| map.map.hash_to_change(key), equal_to(key)) {
            RawEntry::Occupied(raw) => EntryRef::Occupied(OccupiedEntry { raw }),
            RawEntry::Vacant(raw) => EntryRef::Vacant(VacantEntryRef { key, raw }),
        }
    }
}

impl<'a, 'b, K, Q, V, S, A> EntryRef<'a, 'b, K, Q, V, S, A>
where
    K: Hash,
    Q: ToOwned<Owned = K> + ?Sized,
    S: BuildHasher,
    A: Allocator,
{
    filling!(Q, &'a mut V, identity, insert -> OccupiedEntry<'a, K, V, S, A>);

    /// The entry; if there is none, one with the default value is inserted.
    pub fn or_default_entry(self) -> OccupiedEntry<'a, K, V, S, A>
    where
        V: Default,
    {
        match self {
            Self::Occupied(entry) => entry,
            Self::Vacant(entry) => entry.insert_entry(V::default()),
        }
    }
}

place_by_reference!([K, Q: ?Sized, V, S, A: Allocator] K, Q, V, S, A);

impl<'a, 'b, K, Q: ?Sized, V, S, A: Allocator> EntryRef<'a, 'b, K, Q, V, S, A> {
    modifying!(V);

    /// The map that the entry is of.
    pub fn into_map(self) -> &'a mut HashMap<K, V, S, A> {
        match self {
            Self::Occupied(entry) => entry.into_map(),
            Self::Vacant(entry) => entry.into_map(),
        }
    }
}

impl<'map, K, Q: ?Sized, V, S, A: Allocator> VacantEntryRef<'map, '_, K, Q, V, S, A> {
    /// The map that the entry is of.
    pub fn into_map(self) -> &'map mut HashMap<K, V, S, A> {
        self.raw.into_map()
    }
}

impl<'map, 'key, K, Q, V, S, A> VacantEntryRef<'map, 'key, K, Q, V, S, A>
where
    K: Hash,
    Q: ?Sized,
    S: BuildHasher,
    A: Allocator,
{
    /// Inserts an owned key with this value.
    pub fn insert(self, value: V) -> &'map mut V
    where
        Q: ToOwned<Owned = K>,
    {
        self.insert_entry(value).into_mut()
    }

    /// Inserts this key, equal to the one given, with this value.
    ///
    /// # Panics
    /// If it is not equal.
    pub fn insert_with_key(self, key: K, value: V) -> &'map mut V
    where
        Q: Equivalent<K>,
    {
        self.insert_entry_with_key(key, value).into_mut()
    }

    /// Inserts this key, equal to the one given, with this value.
    ///
    /// # Safety
    /// It is equal, and has the same hash. (If not, look-ups miss the entry; nothing
    /// worse happens here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn insert_with_key_unchecked(self, key: K, value: V) -> &'map mut V {
        self.put(key, value).into_mut()
    }

    /// Inserts an owned key with this value, and stays at its place.
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'map, K, V, S, A>
    where
        Q: ToOwned<Owned = K>,
    {
        let key = self.key.to_owned();
        self.put(key, value)
    }

    /// Inserts this key, equal to the one given, with this value, and stays at its place.
    ///
    /// # Panics
    /// If it is not equal.
    pub fn insert_entry_with_key(self, key: K, value: V) -> OccupiedEntry<'map, K, V, S, A>
    where
        Q: Equivalent<K>,
    {
        assert!(
            self.key.equivalent(&key),
            "key used for Entry creation is not equivalent to the one used for insertion"
        );
        self.put(key, value)
    }

    /// Inserts this key, equal to the one given, with this value, and stays at its place.
    ///
    /// # Safety
    /// It is equal, and has the same hash. (If not, look-ups miss the entry; nothing
    /// worse happens here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn insert_entry_with_key_unchecked(
        self,
        key: K,
        value: V,
    ) -> OccupiedEntry<'map, K, V, S, A> {
        self.put(key, value)
    }

    fn put(self, key: K, value: V) -> OccupiedEntry<'map, K, V, S, A> {
        let raw = placed(self.raw.insert(key, value));
        OccupiedEntry { raw }
    }
}

shown!([K: fmt::Debug + Borrow<Q>, Q: fmt::Debug + ?Sized, V: fmt::Debug, S, A: Allocator]
    EntryRef<'_, '_, K, Q, V, S, A>, |entry, f| f.debug_tuple("EntryRef").field(entry).finish());

impl<K: Borrow<Q>, Q: fmt::Debug + ?Sized, V, S, A: Allocator> fmt::Debug
    for VacantEntryRef<'_, '_, K, Q, V, S, A>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntryRef").field(&self.key()).finish()
    }
}
