//! Many entries in one call: extend, clone, retain, drain, clear.

use super::{Allocator, Hmap, InsertError, Policy, TryReserveError};
use crate::raw::extract::{Drain, ExtractIf};
use core::hash::{BuildHasher, Hash};

impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// Removes the entries that `keep` returns false for.
    ///
    /// A growth under way does not go on. If `keep` panics the map holds the
    /// entries that were not removed before.
    ///
    /// **Work:** all buckets and entries. **Memory:** never allocates.
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
        self.raw.retain(|key, value| keep(key, value));
    }

    /// Removes and drops all entries. The array is kept; in mid-growth it is the
    /// new one that is kept, and the old one is given back.
    ///
    /// If a `Drop` panics the map is empty and whole, and the other entries are
    /// dropped too; if one of those panics as well the program ends, as with `Vec`.
    ///
    /// **Work:** all buckets and entries; constant if the map is empty.
    /// **Memory:** never allocates. Go: `mapclear`.
    pub fn clear(&mut self) {
        self.raw.clear();
    }

    /// Removes all entries and gives them by value. The array is kept. What is not
    /// taken out is dropped with the iterator, as by [`clear`](Self::clear); if that is
    /// forgotten, it stays.
    ///
    /// **Work:** all buckets and entries, over the whole iteration. **Memory:** never
    /// allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.insert("a", 1)?;
    /// assert_eq!(map.drain().collect::<Vec<_>>(), [("a", 1)]);
    /// assert!(map.is_empty());
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn drain(&mut self) -> Drain<'_, K, V, A, P> {
        self.raw.drain()
    }

    /// Removes the entries that `predicate` returns true for and gives them by value.
    /// What the iterator has not come to when it is dropped stays.
    ///
    /// **Work:** all buckets and entries, over the whole iteration. **Memory:** never
    /// allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..10 {
    ///     map.insert(n, ())?;
    /// }
    /// assert_eq!(map.extract_if(|n, ()| n % 2 == 0).count(), 5);
    /// assert_eq!(map.len(), 5);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn extract_if<F>(&mut self, predicate: F) -> ExtractIf<'_, K, V, F, A, P>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.raw.extract_if(predicate)
    }

    /// A map with clones of all entries, of the allocator and of the hash builder with
    /// its seed: the same entries in the same slots, also in the middle of a growth.
    /// Keys are not hashed.
    ///
    /// **Work:** all buckets and entries. **Memory:** what this map has, but for spare
    /// memory and for what is reserved.
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
    pub fn try_clone(&self) -> Result<Self, TryReserveError>
    where
        K: Clone,
        V: Clone,
        S: Clone,
        A: Clone,
    {
        Ok(Self {
            raw: self.raw.try_clone_in(self.raw.allocator().clone())?,
            hash_builder: self.hash_builder.clone(),
            reseed: self.reseed,
        })
    }
}

impl<K, V, S, A, P> Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
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
