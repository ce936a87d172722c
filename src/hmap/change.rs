//! Putting entries in and taking them out, one at a time.

use super::Hmap;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::InsertError;
use crate::seam::Supply;
use crate::table::entry::HashingFace;
#[cfg(feature = "infallible")]
use crate::table::entry::{RawEntry, RawOccupied};
use crate::table::lookup::equal_to;
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

impl<K, V, S, A, P> Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    /// Inserts an entry. If the key is there already, its value is replaced and
    /// the old one returned; the key in the map stays and `key` is dropped.
    ///
    /// **Work:** the chain of the key; while growing also the at most two old
    /// chains that are moved, or four where one growth ends and the next begins. Chains
    /// are long if the hash is bad, and in a copy that grows as a [`Cursor`](crate::Cursor)
    /// fills it and has the same seed: its page says what to do.
    /// **Memory:** O(1) calls of the allocator: an array when a growth starts, a
    /// chunk of overflow buckets when the last is used up, one each for a key or
    /// value over 128 bytes; one block that a growth has emptied may be given back. Overwriting
    /// makes none of either, nor does an insert that is [reserved](Self::try_reserve) for.
    /// Go: `mapassign`.
    ///
    /// # Errors
    /// If there is neither a free slot nor memory for one. The error has the pair;
    /// the map holds what it held, and the insert can be tried again. A growth
    /// that is refused is no error while there is a slot: chains get longer and
    /// the growth is tried again later, after half as many new keys as there are
    /// buckets, at least 8 and at most 65,535.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// match map.insert("pid", 1) {
    ///     Ok(None) => {}
    ///     Ok(Some(old)) => panic!("there was {old}"),
    ///     Err(error) => {
    ///         let (key, value) = error.into_pair();
    ///         panic!("no room for {key} = {value}");
    ///     }
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Result<Option<V>, InsertError<K, V>> {
        self.insert_from(key, value, Supply::Allocator)
    }

    /// Inserts an entry, or replaces a value, with the memory that the map has: the
    /// allocator is not called, neither to take nor to give back, and no growth starts. So
    /// an interrupt may call it that has come while the heap was at work.
    ///
    /// It succeeds as long as there is a free slot in the key's chain or a free overflow
    /// bucket (in the middle of a growth one that the moves cannot need), and for a key or
    /// value over 128 bytes a reserved cell; so always after
    /// [`try_reserve`](Self::try_reserve).
    ///
    /// **Work:** as [`insert`](Self::insert). **Memory:** none. A growth that ends here leaves
    /// its old array for the next call that may give it back.
    ///
    /// # Errors
    /// If there is no room at hand. The error is the pair; the map holds what it held.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// assert_eq!(map.insert_within_capacity(1, "a"), Err((1, "a")));
    /// map.try_reserve(1)?;
    /// assert_eq!(map.insert_within_capacity(1, "a"), Ok(None));
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn insert_within_capacity(&mut self, key: K, value: V) -> Result<Option<V>, (K, V)> {
        self.insert_from(key, value, Supply::AtHand)
            .map_err(InsertError::into_pair)
    }

    #[inline]
    fn insert_from(
        &mut self,
        key: K,
        value: V,
        supply: Supply,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let hash = self.hash_to_insert(&key);
        let (raw, hasher) = self.split();
        raw.insert(hash, key, value, hasher, supply)
    }

    /// Inserts an entry whose key is not there, without looking for it.
    #[cfg(feature = "infallible")]
    pub(crate) fn insert_unique(
        &mut self,
        key: K,
        value: V,
    ) -> Result<(&K, &mut V), InsertError<K, V>> {
        match RawEntry::find(self, |map| map.hash_to_change(&key), |_| false) {
            RawEntry::Vacant(place) => place.insert(key, value).map(RawOccupied::into_refs),
            // No key is equal.
            RawEntry::Occupied(entry) => Ok(entry.into_refs()),
        }
    }

    /// Removes a key and returns its value. Where nobody wants the value,
    /// [`delete`](Self::delete) does not move it.
    ///
    /// **Work:** the chain of the key; while growing also the at most two old
    /// chains that are moved, whether the key is there or not. **Memory:** never
    /// allocates; gives cells back, or one block that a growth has emptied.
    /// Go: `mapdelete`.
    #[inline]
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return None;
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        raw.removal().remove_elem(hash, equal_to(key), hasher)
    }

    /// Removes a key and returns it as it was stored, with its value; see
    /// [`remove`](Self::remove).
    #[inline]
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return None;
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        raw.removal().remove(hash, equal_to(key), hasher)
    }

    /// Removes a key and drops it and its value where they are; whether it was there.
    ///
    /// For large values this is several times as fast as moving them out.
    ///
    /// **Work** and **memory:** as [`remove`](Self::remove). If a `Drop` panics, the
    /// entry is out of the map and its memory is given back. Go: `delete`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut pages = hmap::Hmap::new();
    /// pages.insert(7, [0_u8; 512])?;
    /// assert!(pages.delete(&7));
    /// assert!(!pages.delete(&7));
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, [u8; 512]>>(())
    /// ```
    #[inline]
    pub fn delete<Q>(&mut self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return false;
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        raw.removal().delete(hash, equal_to(key), hasher)
    }
}
