//! Putting values in, finding them, and taking them out, one at a time.

use super::{HmapSet, OccupiedEntry};
use crate::hmap::Hmap;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::SetInsertError;
use crate::table::entry::RawEntry;
use crate::table::lookup::equal_to;
use core::hash::{BuildHasher, Hash};
use core::mem;
use equivalent::Equivalent;

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// Inserts a value, and says whether it was not there before. If it was, the one in
    /// the set stays and `value` is dropped.
    ///
    /// **Work:** the chain of the value; while growing also the at most two old chains
    /// that are moved, or four where one growth ends and the next begins. **Memory:** O(1)
    /// calls of the allocator, as [`Hmap::insert`]; none for a value that is there. Go:
    /// `mapassign`.
    ///
    /// # Errors
    /// If there is neither a free slot nor memory for one. The error has the value; the
    /// set holds what it held, and the insert can be tried again. A growth that is refused
    /// is no error while there is a slot.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set = hmap::HmapSet::new();
    /// match set.insert("pid") {
    ///     Ok(is_new) => assert!(is_new),
    ///     Err(error) => panic!("no room for {}", error.into_value()),
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn insert(&mut self, value: T) -> Result<bool, SetInsertError<T>> {
        Ok(self.map.insert(value, ())?.is_none())
    }

    /// Inserts a value with the memory that the set has, and says whether it was not there
    /// before: the allocator is not called, and no growth starts.
    ///
    /// It always succeeds after [`try_reserve`](Self::try_reserve); else as
    /// [`Hmap::insert_within_capacity`] does.
    ///
    /// **Work:** as [`insert`](Self::insert). **Memory:** never allocates.
    ///
    /// # Errors
    /// If there is no room at hand. The error is the value; the set holds what it held.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set = hmap::HmapSet::new();
    /// assert_eq!(set.insert_within_capacity(1), Err(1));
    /// set.try_reserve(1)?;
    /// assert_eq!(set.insert_within_capacity(1), Ok(true));
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn insert_within_capacity(&mut self, value: T) -> Result<bool, T> {
        let inserted = self.map.insert_within_capacity(value, ());
        inserted
            .map(|before| before.is_none())
            .map_err(|(value, ())| value)
    }

    /// Inserts a value, and returns the equal one that it takes the place of.
    ///
    /// **Work** and **memory:** as [`insert`](Self::insert).
    ///
    /// # Errors
    /// As [`insert`](Self::insert): with the value, if there is no room for it.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut zeros = hmap::HmapSet::new();
    /// zeros.insert(Vec::<u8>::new())?;
    /// let before = zeros.replace(Vec::with_capacity(10))?;
    /// assert_eq!(before.map(|zero| zero.capacity()), Some(0));
    /// assert!(zeros.iter().all(|zero| zero.capacity() == 10));
    /// # }
    /// # Ok::<(), hmap::SetInsertError<Vec<u8>>>(())
    /// ```
    pub fn replace(&mut self, value: T) -> Result<Option<T>, SetInsertError<T>> {
        let hash = |map: &Hmap<T, (), S, A, P>| map.hash_to_change(&value);
        match RawEntry::find(&mut self.map, hash, equal_to(&value)) {
            RawEntry::Occupied(mut entry) => Ok(Some(mem::replace(entry.get_mut().0, value))),
            RawEntry::Vacant(place) => {
                place.insert(value, ())?;
                Ok(None)
            }
        }
    }

    /// The value as it is stored; if it is not there, this one is inserted.
    ///
    /// To look for one by reference and make it only where it is not there, use the set's
    /// map: [`Hmap::entry_ref`].
    ///
    /// **Work** and **memory:** as [`insert`](Self::insert).
    ///
    /// # Errors
    /// As [`insert`](Self::insert): with the value, if there is no room for it.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut names: hmap::HmapSet<String> = hmap::HmapSet::new();
    /// assert_eq!(names.get_or_insert("com1".to_owned())?, "com1");
    /// assert_eq!(names.as_hmap_mut().entry_ref("com2").key(), "com2");
    /// # }
    /// # Ok::<(), hmap::SetInsertError<String>>(())
    /// ```
    pub fn get_or_insert(&mut self, value: T) -> Result<&T, SetInsertError<T>> {
        self.entry(value).insert().map(OccupiedEntry::into_ref)
    }

    /// The value as it is stored.
    ///
    /// It is given in any form that compares with the stored one, as `&str` does with
    /// `String`: see [`Equivalent`].
    ///
    /// **Work:** the chain of the value. **Memory:** none. Go: `mapaccess1`.
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.get_key_value(value).map(|(stored, ())| stored)
    }

    /// Whether the value is there.
    ///
    /// **Work:** the chain of the value. **Memory:** none. Go: `mapaccess2`.
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.contains_key(value)
    }

    /// Removes a value and drops it where it is; whether it was there. The map's name for
    /// this is [`delete`](Hmap::delete).
    ///
    /// **Work:** the chain of the value; while growing also the at most two old chains
    /// that are moved, whether the value is there or not. **Memory:** never allocates;
    /// gives a cell back, or one block that a growth has emptied. Go: `mapdelete`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set = hmap::HmapSet::new();
    /// set.insert("a")?;
    /// assert!(set.remove("a"));
    /// assert!(!set.remove("a"));
    /// # }
    /// # Ok::<(), hmap::SetInsertError<&str>>(())
    /// ```
    #[inline]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.delete(value)
    }

    /// Removes a value, and returns it as it was stored.
    ///
    /// **Work** and **memory:** as [`remove`](Self::remove).
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set = hmap::HmapSet::new();
    /// set.insert("a".to_owned())?;
    /// assert_eq!(set.take("a"), Some("a".to_owned()));
    /// # }
    /// # Ok::<(), hmap::SetInsertError<String>>(())
    /// ```
    #[inline]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.remove_entry(value).map(|(value, ())| value)
    }
}
