//! Many entries in one call: extend, clone, retain, clear.

use super::{Allocator, Hmap, Policy};
use crate::numbers::error::{InsertError, TryReserveError};
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
    /// Inserts all entries of an iterator. Room is made at once for as many as it says that it
    /// has at least, by the lower bound of its `size_hint`: for all of them if the map is empty,
    /// and else for half, since some will be there already. If they are fewer than those that are
    /// there none is made: such a growth is one doubling, and the inserts share it.
    ///
    /// That is a hint. Where the room is refused, or more than a map can have, the entries go in
    /// one after the other and the map grows with them, as far as memory goes: no less fits for
    /// it. An iterator that gave less than it said has broken its contract; the room that was made
    /// is given back then, unless something is [reserved](Self::try_reserve). Until it ends it is
    /// believed as far as the allocator gives.
    ///
    /// **Work:** as so many calls of [`insert`](Self::insert), and as
    /// [`try_presize`](Self::try_presize) first: it moves no more entries than the iterator
    /// says that it has. **Memory:** one array of the size that all need, or of a doubling less;
    /// and as an insert for each.
    ///
    /// # Errors
    /// With the first pair that finds no room. Those before it are in the map, those
    /// after it in the iterator: give it by `&mut` to go on with them. The room that was made
    /// stays, for them; [`shrink_to_fit`](Self::shrink_to_fit) gives it back. The same if the
    /// iterator panics.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// let mut entries = (0..840).map(|n| (n, n * n));
    /// map.try_extend(&mut entries)?;
    /// assert_eq!((map.len(), entries.next()), (840, None));
    /// // The 833rd insert would have begun a doubling.
    /// assert!(!map.is_growing());
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, i32>>(())
    /// ```
    pub fn try_extend(
        &mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), InsertError<K, V>> {
        let mut entries = entries.into_iter();
        let (claimed, _) = entries.size_hint();
        let before = self.capacity();
        self.make_room_for(claimed);
        let mut came = 0_usize;
        entries.try_for_each(|(key, value)| {
            came = came.wrapping_add(1);
            self.insert(key, value).map(drop)
        })?;
        if came < claimed {
            self.give_room_back(before);
        }
        Ok(())
    }

    /// Makes room for so many entries that are said to come, if that is worth it and to be had.
    fn make_room_for(&mut self, claimed: usize) {
        if let Some(entries) = expected(self.len(), claimed) {
            // They go in without it too, as long as each finds room.
            self.try_presize(entries).ok();
        }
    }

    /// Gives back the room that was made for entries that did not come.
    #[cold]
    fn give_room_back(&mut self, before: usize) {
        if self.reserved() == 0 && self.capacity() > before {
            // What is there does as well.
            self.shrink_to(before).ok();
        }
    }

    /// A map of the entries of an iterator, with room made at once for as many as it says that it
    /// has at least.
    ///
    /// **Work** and **memory:** as [`try_extend`](Self::try_extend).
    ///
    /// # Errors
    /// With the first pair that finds no room; those before it are dropped, and all memory is
    /// given back. To keep them use [`try_extend`](Self::try_extend).
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

/// How many entries there will be in a map of `len` when those of an iterator are in it that
/// claims to have so many; none where no room is to be made ahead.
///
/// Room is made by expectation: a reservation would hold an eighth more for the worst hashes. Of a
/// map that is not empty all entries move then. So that this is no more work than the inserts,
/// there have to be as many to come.
const fn expected(len: usize, claimed: usize) -> Option<usize> {
    if claimed == 0 || claimed < len {
        return None;
    }
    let new = match len {
        0 => claimed,
        _ => claimed.div_ceil(2),
    };
    len.checked_add(new)
}
