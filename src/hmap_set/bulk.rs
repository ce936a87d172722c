//! Many values in one call: extend, clone, retain, clear.

use super::HmapSet;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{SetInsertError, TryReserveError};
use core::hash::{BuildHasher, Hash};

impl<T, S, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// Removes the values that `keep` returns false for.
    ///
    /// A growth under way does not go on. If `keep` panics the set holds the values that
    /// were not removed before.
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left. **Memory:** never allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter(0..10)?;
    /// set.retain(|n| n % 2 == 0);
    /// assert_eq!(set.len(), 5);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.map.retain(|value, ()| keep(value));
    }

    /// Removes and drops all values. The array is kept; in mid-growth it is the new one
    /// that is kept, and the old one is given back. Where a `Drop` panics: see
    /// [`Hmap::clear`](crate::Hmap::clear).
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left; constant if the set is empty. **Memory:** never
    /// allocates. Go: `mapclear`.
    pub fn clear(&mut self) {
        self.map.clear();
    }
}

impl<T: Clone, S: Clone, A: Allocator + Clone, P: Policy> HmapSet<T, S, A, P> {
    /// A set with clones of all values, of the allocator and of the hash builder with its
    /// seed: the same values in the same slots, also in the middle of a growth. Values are
    /// not hashed.
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left. **Memory:** no more than this set has.
    ///
    /// # Errors
    /// If memory is refused; what was cloned by then is dropped.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter(["a"]).unwrap();
    /// let copy = set.try_clone()?;
    /// assert_eq!(copy, set);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_clone(&self) -> Result<Self, TryReserveError> {
        self.map.try_clone().map(Self::from_hmap)
    }

    /// Replaces all values by clones of another set's, in the memory that is there if the two
    /// are of one size; see [`Hmap::try_clone_from`](crate::Hmap::try_clone_from).
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left of both. **Memory:** overflow buckets and cells, if
    /// there are too few; or all that a clone has.
    ///
    /// # Errors
    /// If memory is refused; the set then holds what it held.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter(["a"]).unwrap();
    /// let mut copy = hmap::HmapSet::new();
    /// copy.try_clone_from(&set)?;
    /// assert_eq!(copy, set);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_clone_from(&mut self, source: &Self) -> Result<(), TryReserveError> {
        self.map.try_clone_from(&source.map)
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// Inserts all values of an iterator. Room is made at once for as many as it says that it has
    /// at least, if it is to be had; see [`Hmap::try_extend`](crate::Hmap::try_extend).
    ///
    /// **Work** and **memory:** as there.
    ///
    /// # Errors
    /// With the first value that finds no room. Those before it are in the set, those after
    /// it in the iterator: give it by `&mut` to go on with them. The room that was made stays.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set = hmap::HmapSet::new();
    /// let mut values = 0..10;
    /// set.try_extend(&mut values)?;
    /// assert_eq!((set.len(), values.next()), (10, None));
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn try_extend(
        &mut self,
        values: impl IntoIterator<Item = T>,
    ) -> Result<(), SetInsertError<T>> {
        let entries = values.into_iter().map(|value| (value, ()));
        Ok(self.map.try_extend(entries)?)
    }

    /// A set of the values of an iterator, with room made at once for as many as it says that it
    /// has at least.
    ///
    /// **Work** and **memory:** as [`try_extend`](Self::try_extend).
    ///
    /// # Errors
    /// With the first value that finds no room; those before it are dropped, and all memory is
    /// given back. To keep them use [`try_extend`](Self::try_extend).
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter(["a", "b", "a"])?;
    /// assert_eq!(set.len(), 2);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<&str>>(())
    /// ```
    pub fn try_from_iter(values: impl IntoIterator<Item = T>) -> Result<Self, SetInsertError<T>>
    where
        Self: Default,
    {
        let mut set = Self::default();
        set.try_extend(values)?;
        Ok(set)
    }
}
