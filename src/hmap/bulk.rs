//! Many entries in one call: extend, clone, retain, clear.

use super::{Allocator, Hmap, InsertError, Policy, TryReserveError};
use core::hash::{BuildHasher, Hash};

impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// Removes the entries that `keep` returns false for.
    ///
    /// A growth under way does not go on. If `keep` panics the map holds the
    /// entries that were not removed before.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left. **Memory:** never allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..10 {
    ///     map.insert(n, ())?;
    /// }
    /// map.retain(|n, ()| n % 2 == 0);
    /// assert_eq!(map.len(), 5);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.keyed.raw_mut().retain(|key, value| keep(key, value));
    }

    /// Removes and drops all entries. The array is kept; in mid-growth it is the
    /// new one that is kept, and the old one is given back.
    ///
    /// If a `Drop` panics the map is empty and whole, and the other entries are
    /// dropped too; if one of those panics as well the program ends, as with `Vec`.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left; constant if the map is empty.
    /// **Memory:** never allocates. Go: `mapclear`.
    pub fn clear(&mut self) {
        self.keyed.raw_mut().clear();
    }
}

impl<K: Clone, V: Clone, S: Clone, A: Allocator + Clone, P: Policy> Hmap<K, V, S, A, P> {
    /// A map with clones of all entries, of the allocator and of the hash builder with
    /// its seed: the same entries in the same slots, also in the middle of a growth. Only the clone
    /// of a map with less than an eighth of the entries that its array is for is smaller: as large
    /// as these need. Keys are not hashed.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left. **Memory:** no more than this map has: all of it but
    /// for spare memory and for what is reserved. Where this map is in a bucket of the
    /// caller's, the clone has one of its own.
    ///
    /// # Errors
    /// If memory is refused; what was cloned by then is dropped.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.insert("a", 1).unwrap();
    /// let copy = map.try_clone()?;
    /// assert_eq!(copy.get("a"), Some(&1));
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_clone(&self) -> Result<Self, TryReserveError> {
        let keyed = self.keyed.try_clone_in(self.allocator().clone())?;
        Ok(Self { keyed })
    }

    /// Replaces all entries by clones of another map's, in the same slots, and the hash
    /// builder by a clone of that one's. The allocator stays. Keys are not hashed. What was
    /// reserved is so no longer.
    ///
    /// Where both maps have arrays of the same size and the other one does not grow, the
    /// memory that is there is used: array, overflow buckets, cells. So a map that is cloned
    /// again and again into the same other one, as for a snapshot, asks for nothing more.
    /// If a `Clone` or a `Drop` panics meanwhile this map is empty afterwards; where it gets
    /// other memory it is as it was.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left of both. **Memory:** overflow buckets and cells, if
    /// there are too few; or all that a clone has, before the memory of the old entries is
    /// given back.
    ///
    /// # Errors
    /// If memory is refused; the map then holds what it held.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut live = hmap::Hmap::new();
    /// live.insert("a", 1).unwrap();
    /// let mut snapshot = live.try_clone()?;
    /// live.insert("b", 2).unwrap();
    /// snapshot.try_clone_from(&live)?;
    /// assert_eq!(snapshot, live);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_clone_from(&mut self, source: &Self) -> Result<(), TryReserveError> {
        self.keyed.try_clone_from(&source.keyed)
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// Inserts all entries of an iterator, one after the other.
    ///
    /// **Work** and **memory:** as so many calls of [`insert`](Self::insert).
    ///
    /// # Errors
    /// With the first pair that finds no room. Those before it are in the map, those
    /// after it in the iterator: give it by `&mut` to go on with them.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// let mut entries = (0..10).map(|n| (n, n * n));
    /// map.try_extend(&mut entries)?;
    /// assert_eq!((map.len(), entries.next()), (10, None));
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, i32>>(())
    /// ```
    pub fn try_extend(
        &mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), InsertError<K, V>> {
        for (key, value) in entries {
            self.insert(key, value)?;
        }
        Ok(())
    }

    /// A map of the entries of an iterator.
    ///
    /// # Errors
    /// With the first pair that finds no room; those before it are dropped. To keep
    /// them use [`try_extend`](Self::try_extend).
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let map: hmap::Hmap<_, _> = hmap::Hmap::try_from_iter([("a", 1), ("b", 2)])?;
    /// assert_eq!(map.len(), 2);
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn try_from_iter(
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, InsertError<K, V>>
    where
        Self: Default,
    {
        let mut map = Self::default();
        map.try_extend(entries)?;
        Ok(map)
    }
}
