//! Memory ahead of time, growth under the caller's control, and memory given back.

use super::Hmap;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::TryReserveError;
use crate::table::entry::HashingFace;
use core::hash::{BuildHasher, Hash};

impl<K, V, S, A, P> Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    /// Reserves all that the next `n` new keys can need, whatever their hashes: after
    /// it they make no call of the allocator, neither to take nor to give back, and cannot
    /// fail.
    ///
    /// This is what is done where waiting is allowed; elsewhere follows
    /// [`insert`](Self::insert) or [`insert_within_capacity`](Self::insert_within_capacity).
    /// Overwriting uses nothing up, and what is not used stays for later. `n` is counted
    /// from now: reserving 10 twice reserves 10. Reserving one before every insert, as code
    /// does that must not end the program, asks the allocator no more often than inserting
    /// alone, and costs a few instructions where a bucket is at hand. But where a doubling is
    /// refused each reservation is, while an insert would still find a slot.
    ///
    /// With the policies [`Dense`](crate::Dense) and [`Paged`](crate::Paged) it is blocks and pages
    /// that are held, for the worst that `n` keys can make of the blocks that are there. What
    /// follows is of the other two.
    ///
    /// The array is made to fit `len() + n` entries, and so many overflow buckets are
    /// held free as the worst chains can need: min(n, ⌊(len + n − 1) / 8⌋), beside those that
    /// a growth under way has set aside. For keys or values over 128 bytes `n` cells are
    /// held, too. While something is reserved no insert starts a growth; one that runs goes
    /// on, and one to the same size that is due is started here.
    ///
    /// **Work:** a doubling is only started, and its chains are moved by the inserts to come,
    /// as in any growth. All entries are moved at once if the array has to be larger than
    /// that, or larger than the one that a growth under way leads to. **Memory:** one array
    /// of the final size, one chunk of overflow buckets, and a cell or two for each of the `n`
    /// entries if they have some. A chunk that is refused is asked for in halves, down to
    /// single buckets.
    ///
    /// # Errors
    /// If the size cannot be expressed (`n` is at most 2³² − 1; the allocator is not called),
    /// or memory is refused. The map then is as it was: its memory, and what was reserved
    /// before.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::Hmap;
    /// use std::sync::Mutex;
    ///
    /// let waiting = Mutex::new(Hmap::new());
    /// waiting.lock().unwrap().try_reserve(2)?;      // may sleep, may fail
    /// // ... with a spinlock, in an interrupt:
    /// let mut waiting = waiting.lock().unwrap();
    /// assert_eq!(waiting.insert_within_capacity(7, "timer"), Ok(None));
    /// assert_eq!(waiting.insert_within_capacity(9, "disk"), Ok(None));
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_reserve(&mut self, n: usize) -> Result<(), TryReserveError> {
        let (raw, hasher) = self.split();
        raw.try_reserve(n, hasher)
    }

    /// How many new keys are promised to go in without an allocation: what
    /// [`try_reserve`](Self::try_reserve) reserved and was not used.
    pub fn reserved(&self) -> usize {
        self.keyed.raw().reserved()
    }

    /// Makes the array fit `entries` entries in all, those that are there included,
    /// as the hint of [`try_with_capacity_in`](Hmap::try_with_capacity_in) does. It
    /// never makes the map smaller.
    ///
    /// This is sizing by expectation: overflow buckets are not part of it. What is reserved
    /// stays so. With the policies [`Dense`](crate::Dense) and [`Paged`](crate::Paged) there is no
    /// array: the directory is made for so many entries, and with it the first block of all hashes
    /// that have none, of the size that it will need, in slabs of 4 KiB at most.
    ///
    /// **Work:** all entries, which move at once, and one store a bucket. **Memory:** one
    /// array of the final size, and chunks for chains that turn out longer; the old array is
    /// given back.
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or memory is refused.
    /// The map then is as it was; with [`Dense`](crate::Dense) and [`Paged`](crate::Paged) one that
    /// has memory may have grown part of the way, and the same call again goes on from there.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map: hmap::Hmap<u64, u64> = hmap::Hmap::new();
    /// map.try_presize(500)?;
    /// assert_eq!(map.capacity(), 832);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_presize(&mut self, entries: usize) -> Result<(), TryReserveError> {
        let (raw, hasher) = self.split();
        raw.try_presize(entries, hasher)
    }

    /// Moves up to `chains` chains of a growth under way; true if some are left. An
    /// insert moves two. For idle time. With the policies [`Dense`](crate::Dense) and
    /// [`Paged`](crate::Paged) there is nothing to move: it does nothing and is false.
    ///
    /// **Work:** those chains. **Memory:** never allocates; once they are moved each call
    /// gives one block back, the old array first. Go: `evacuate`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..105 {
    ///     map.insert(n, ())?;
    /// }
    /// assert!(map.is_growing());
    /// while map.grow_step(4) {}
    /// assert!(!map.is_growing());
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn grow_step(&mut self, chains: usize) -> bool {
        let (raw, hasher) = self.split();
        raw.grow_step(chains, hasher)
    }

    /// Moves all that is left of a growth under way, so that a map that is only read
    /// from now on does not keep two arrays. With the policies [`Dense`](crate::Dense) and
    /// [`Paged`](crate::Paged) there is never any, and it does nothing.
    ///
    /// **Work:** all chains that are left. **Memory:** never allocates; gives the old
    /// array back.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..105 {
    ///     map.insert(n, ())?;
    /// }
    /// let both = map.allocation_size();
    /// map.finish_growth();
    /// assert!(map.allocation_size() < both);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn finish_growth(&mut self) {
        let (raw, hasher) = self.split();
        raw.finish_growth(hasher);
    }

    /// Gives back what is not needed for the entries that are there; see
    /// [`shrink_to`](Self::shrink_to).
    ///
    /// # Errors
    /// If memory for the smaller array is refused; the map then holds what it held, in
    /// the array that it has.
    pub fn shrink_to_fit(&mut self) -> Result<(), TryReserveError> {
        self.shrink_to(0)
    }

    /// Gives back what is not needed for `entries` entries, or for those that are there
    /// if they are more: all entries move to a smaller array and one chunk of overflow
    /// buckets. Where that takes no less memory nothing is done, so a map is never larger
    /// for it. What was reserved is so no longer.
    ///
    /// Entries that fit the caller's bucket move into it, as long as the map has it: until it
    /// has moved out of it, which this does too where that takes less memory. A map without
    /// entries gives back all but that bucket. With the
    /// policy [`Compact`](crate::Compact) four entries at most move to a bucket of four slots
    /// or two. With [`Dense`](crate::Dense) and [`Paged`](crate::Paged) blocks join where one can
    /// hold the entries of two, each moves to the smallest that can hold its own, and the entries of
    /// a map that has become small to the blocks of a small one, if these are to be had, and if
    /// the map is smaller for it.
    ///
    /// **Work:** all entries and buckets. No key is hashed, but by a growth that is finished
    /// first. **Memory:** the smaller array, and one chunk for the overflow buckets that its
    /// spares are too few for; then the larger one is given back. Go's map has nothing like
    /// it.
    ///
    /// # Errors
    /// If memory for the smaller array is refused; the map then holds what it held, in
    /// the array that it has.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map: hmap::Hmap<u64, u64> = hmap::Hmap::try_with_capacity(1000)?;
    /// map.shrink_to(50)?;
    /// assert_eq!(map.capacity(), 52);
    /// map.shrink_to_fit()?;
    /// assert_eq!(map.allocation_size(), 0);
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn shrink_to(&mut self, entries: usize) -> Result<(), TryReserveError> {
        let (raw, hasher) = self.split();
        raw.shrink_to(entries, hasher)
    }
}

impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// Whether a growth was refused and waits to be tried again. It is when as many new
    /// keys have come as half the buckets, or 8; until then chains get longer. With the policies
    /// [`Dense`](crate::Dense) and [`Paged`](crate::Paged) it is the directory that was to grow.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let map: hmap::Hmap<u32, u32> = hmap::Hmap::new();
    /// assert!(!map.is_growth_deferred());
    /// # }
    /// ```
    pub fn is_growth_deferred(&self) -> bool {
        self.keyed.raw().is_growth_deferred()
    }
}
