//! Memory ahead of time, growth under the caller's control, and memory given back.

use super::HmapSet;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::TryReserveError;
use core::hash::{BuildHasher, Hash};

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// Reserves all that the next `n` new values can need, whatever their hashes: after it
    /// they make no call of the allocator and cannot fail. See
    /// [`Hmap::try_reserve`](crate::Hmap::try_reserve).
    ///
    /// **Work:** a doubling is only started; all values are moved at once if the array has to
    /// be larger than that. **Memory:** one array of the final size and one chunk of overflow
    /// buckets, or several if one is refused; a cell for each of the `n` values if they have
    /// some.
    ///
    /// # Errors
    /// If the size cannot be expressed (`n` is at most 2³² − 1; the allocator is not called),
    /// or memory is refused. The set then is as it was: its memory, and what was reserved
    /// before.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut raised = hmap::HmapSet::new();
    /// raised.try_reserve(2)?;
    /// // ... with a spinlock, in an interrupt:
    /// assert_eq!(raised.insert_within_capacity(7), Ok(true));
    /// assert_eq!(raised.reserved(), 1);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_reserve(&mut self, n: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve(n)
    }

    /// How many new values are promised to go in without an allocation: what
    /// [`try_reserve`](Self::try_reserve) reserved and was not used.
    pub fn reserved(&self) -> usize {
        self.map.reserved()
    }

    /// Makes the array fit `values` values in all, those that are there included. It never
    /// makes the set smaller. See [`Hmap::try_presize`](crate::Hmap::try_presize).
    ///
    /// **Work:** all values, which move at once, and one store a bucket. **Memory:** one array
    /// of the final size, and chunks for chains that turn out longer; the old array is given
    /// back.
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or memory is refused.
    /// The set then is as it was.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<u64> = hmap::HmapSet::new();
    /// set.try_presize(500)?;
    /// assert_eq!(set.capacity(), 832);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_presize(&mut self, values: usize) -> Result<(), TryReserveError> {
        self.map.try_presize(values)
    }

    /// Moves up to `chains` chains of a growth under way; true if some are left. An insert
    /// moves two. For idle time.
    ///
    /// **Work:** those chains. **Memory:** never allocates; gives the old array back after
    /// the last. Go: `evacuate`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter(0..104)?;
    /// set.insert(104)?;
    /// assert!(set.is_growing());
    /// while set.grow_step(4) {}
    /// assert!(!set.is_growing());
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn grow_step(&mut self, chains: usize) -> bool {
        self.map.grow_step(chains)
    }

    /// Moves all that is left of a growth under way, so that a set that is only read from
    /// now on does not keep two arrays.
    ///
    /// **Work:** all chains that are left. **Memory:** never allocates; gives the old array
    /// back.
    pub fn finish_growth(&mut self) {
        self.map.finish_growth();
    }

    /// Gives back what is not needed for the values that are there; see
    /// [`shrink_to`](Self::shrink_to).
    ///
    /// # Errors
    /// If memory for the smaller array is refused; the set then holds what it held, in the
    /// array that it has.
    pub fn shrink_to_fit(&mut self) -> Result<(), TryReserveError> {
        self.map.shrink_to_fit()
    }

    /// Gives back what is not needed for `values` values, or for those that are there if
    /// they are more; see [`Hmap::shrink_to`](crate::Hmap::shrink_to).
    ///
    /// **Work:** all values and buckets. **Memory:** the smaller array and one block for
    /// each overflow bucket that its spares are too few for; then the larger one is given
    /// back.
    ///
    /// # Errors
    /// If memory for the smaller array is refused; the set then holds what it held, in the
    /// array that it has.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<u64> = hmap::HmapSet::try_with_capacity(1000)?;
    /// set.shrink_to(50)?;
    /// assert_eq!(set.capacity(), 52);
    /// set.shrink_to_fit()?;
    /// assert_eq!(set.allocation_size(), 0);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn shrink_to(&mut self, values: usize) -> Result<(), TryReserveError> {
        self.map.shrink_to(values)
    }
}
