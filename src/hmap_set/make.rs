//! Sets made: with and without a seed, room, a policy, and a first bucket of the caller's;
//! and the map that a set is.

use super::HmapSet;
use crate::hmap::Hmap;
use crate::inspect::policy::{DefaultPolicy, Policy};
use crate::memory::first_bucket::FirstBucket;
#[cfg(feature = "alloc")]
use crate::numbers::alloc::Global;
use crate::numbers::alloc::{Allocator, WithBucket};
use crate::numbers::error::TryReserveError;
#[cfg(feature = "default-hasher")]
use crate::numbers::seed::DefaultHashBuilder;
use crate::numbers::seed::SeededBuildHasher;

/// Constructors that draw a seed for the set when the first value goes in.
#[cfg(feature = "default-hasher")]
impl<T: DefaultPolicy<P>, A: Allocator, P: Policy> HmapSet<T, DefaultHashBuilder, A, P> {
    /// An empty set in an allocator.
    ///
    /// **Work:** constant, at compile time in a `static`. **Memory:** none until the first
    /// insert, which makes one bucket. Go: `makemap_small`.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use hmap::{Global, HmapSet};
    ///
    /// const NONE_MASKED: HmapSet<u32> = HmapSet::new_in(Global);
    /// assert_eq!(NONE_MASKED.capacity(), 0);
    /// # }
    /// ```
    ///
    /// Its policy is [`Go`](crate::Go); for another one see
    /// [`with_seeded_hasher_in`](Self::with_seeded_hasher_in):
    ///
    /// ```compile_fail,E0277
    /// use hmap::{Compact, DefaultHashBuilder, Global, HmapSet};
    ///
    /// let set: HmapSet<u32, DefaultHashBuilder, Global, Compact> = HmapSet::new_in(Global);
    /// ```
    pub const fn new_in(alloc: A) -> Self {
        Self::from_hmap(Hmap::new_in(alloc))
    }

    /// An empty set with buckets for `hint` values; see [`Hmap::try_with_capacity_in`].
    ///
    /// **Work:** one store a bucket. **Memory:** one allocation; none for a hint of 8 or
    /// less. Go: `makemap`.
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or is refused.
    pub fn try_with_capacity_in(hint: usize, alloc: A) -> Result<Self, TryReserveError> {
        Hmap::try_with_capacity_in(hint, alloc).map(Self::from_hmap)
    }
}

#[cfg(all(feature = "default-hasher", feature = "alloc"))]
impl<T: DefaultPolicy<P>, P: Policy> HmapSet<T, DefaultHashBuilder, Global, P> {
    /// An empty set in the global allocator; see [`new_in`](Self::new_in).
    ///
    /// ```
    /// let set: hmap::HmapSet<u32> = hmap::HmapSet::new();
    /// assert_eq!(set.allocation_size(), 0);
    /// ```
    pub const fn new() -> Self {
        Self::new_in(Global)
    }

    /// An empty set with buckets for `hint` values in the global allocator; see
    /// [`try_with_capacity_in`](Self::try_with_capacity_in).
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or is refused.
    ///
    /// ```
    /// let set: hmap::HmapSet<u64> = hmap::HmapSet::try_with_capacity(100)?;
    /// assert_eq!(set.capacity(), 104);
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_with_capacity(hint: usize) -> Result<Self, TryReserveError> {
        Self::try_with_capacity_in(hint, Global)
    }
}

#[cfg(feature = "alloc")]
impl<T: DefaultPolicy<P>, S, P: Policy> HmapSet<T, S, Global, P> {
    /// An empty set with this hash builder, used as it is, in the global allocator; see
    /// [`with_hasher_in`](Self::with_hasher_in).
    pub const fn with_hasher(hash_builder: S) -> Self {
        Self::with_hasher_in(hash_builder, Global)
    }

    /// An empty set with this hash builder, used as it is, and buckets for `hint` values in
    /// the global allocator.
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or is refused.
    pub fn try_with_capacity_and_hasher(
        hint: usize,
        hash_builder: S,
    ) -> Result<Self, TryReserveError> {
        Self::try_with_capacity_and_hasher_in(hint, hash_builder, Global)
    }
}

impl<T: DefaultPolicy<P>, S, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// An empty set with this hash builder, used as it is, in an allocator; see
    /// [`Hmap::with_hasher_in`].
    ///
    /// **Work:** constant. **Memory:** none until the first insert.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{DefaultHashBuilder, Global, HmapSet};
    ///
    /// let repeatable = DefaultHashBuilder::with_seed(7);
    /// let mut set = HmapSet::with_hasher_in(repeatable, Global);
    /// set.insert("value")?;
    /// # }
    /// # Ok::<(), hmap::SetInsertError<&str>>(())
    /// ```
    pub const fn with_hasher_in(hash_builder: S, alloc: A) -> Self {
        Self::with_policy_in(hash_builder, alloc)
    }

    /// An empty set with this hash builder, used as it is, and buckets for `hint` values.
    ///
    /// **Work:** one store a bucket. **Memory:** one allocation; none for a hint of 8 or
    /// less. Go: `makemap`.
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or is refused.
    pub fn try_with_capacity_and_hasher_in(
        hint: usize,
        hash_builder: S,
        alloc: A,
    ) -> Result<Self, TryReserveError> {
        Hmap::try_with_capacity_and_hasher_in(hint, hash_builder, alloc).map(Self::from_hmap)
    }
}

impl<T, S, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// An empty set with this hash builder, used as it is, and a policy that its type
    /// names. Where the set is to draw its own seed, with its first value, use
    /// [`with_seeded_hasher_in`](Self::with_seeded_hasher_in), which takes a policy too.
    ///
    /// **Work:** constant. **Memory:** none until the first insert.
    pub const fn with_policy_in(hash_builder: S, alloc: A) -> Self {
        Self::from_hmap(Hmap::with_policy_in(hash_builder, alloc))
    }

    /// An empty set whose hash builder is given a new seed whenever a value goes into the
    /// set while it is empty; of any policy.
    ///
    /// **Work:** constant. **Memory:** none until the first insert.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{Compact, DefaultHashBuilder, Global, HmapSet};
    ///
    /// // Its seed is drawn when the first value comes; 0 is only what it has until then.
    /// let mut set: HmapSet<u32, _, Global, Compact> =
    ///     HmapSet::with_seeded_hasher_in(DefaultHashBuilder::with_seed(0), Global);
    /// set.insert(1)?;
    /// # }
    /// # Ok::<(), hmap::SetInsertError<u32>>(())
    /// ```
    pub const fn with_seeded_hasher_in(hash_builder: S, alloc: A) -> Self
    where
        S: SeededBuildHasher,
    {
        Self::from_hmap(Hmap::with_seeded_hasher_in(hash_builder, alloc))
    }

    /// The set of a map's keys, at no cost: the set is the map. As `From`, and in a
    /// constant too; so a set in a `static` gets the bucket that
    /// [`static_hmap!`](crate::static_hmap) puts beside a map.
    ///
    /// **Work:** constant. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{DefaultHashBuilder, Global, HmapSet, StaticHmap, WithBucket, static_hmap};
    /// use std::sync::Mutex;
    ///
    /// static_hmap! {
    ///     static MASKED: Mutex<HmapSet<u8, DefaultHashBuilder, WithBucket<'static, Global>>> =
    ///         |map: StaticHmap<u8, ()>| Mutex::new(HmapSet::from_hmap(map));
    /// }
    /// let mut masked = MASKED.lock().unwrap();
    /// masked.insert(14)?;
    /// assert_eq!(masked.allocation_size(), 0);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<u8>>(())
    /// ```
    pub const fn from_hmap(map: Hmap<T, (), S, A, P>) -> Self {
        Self { map }
    }

    /// The map that the set is, by reference: its keys are the values.
    ///
    /// It has what a set has no name of its own for: [`Hmap::iter_from`], and what a
    /// [`Cursor`](crate::Cursor) walks.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{Cursor, HmapSet};
    ///
    /// let set: HmapSet<_> = HmapSet::try_from_iter(0..100)?;
    /// let (mut cursor, mut sum) = (Cursor::new(), 0);
    /// while let Some(batch) = cursor.next(set.as_hmap()) {
    ///     sum += batch.map(|(value, ())| value).sum::<i32>();
    /// }
    /// assert_eq!(sum, 4950);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub const fn as_hmap(&self) -> &Hmap<T, (), S, A, P> {
        &self.map
    }

    /// The map that the set is, by reference, to change.
    pub const fn as_hmap_mut(&mut self) -> &mut Hmap<T, (), S, A, P> {
        &mut self.map
    }
}

#[cfg(feature = "default-hasher")]
impl<'b, T, A: Allocator> HmapSet<T, DefaultHashBuilder, WithBucket<'b, A>> {
    /// An empty set that keeps its first eight values in `bucket`; see
    /// [`Hmap::with_first_bucket_in`](crate::Hmap::with_first_bucket_in).
    ///
    /// **Work:** constant. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use hmap::{FirstBucket, Global, HmapSet};
    ///
    /// let mut bucket = FirstBucket::new();
    /// let mut set = HmapSet::with_first_bucket_in(&mut bucket, Global);
    /// for n in 0..8 {
    ///     set.insert(n)?;
    /// }
    /// assert_eq!(set.allocation_size(), 0);
    /// set.insert(8)?;
    /// assert!(set.allocation_size() > 0);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub const fn with_first_bucket_in<ST, SV>(
        bucket: &'b mut FirstBucket<T, (), ST, SV>,
        alloc: A,
    ) -> Self {
        Self::from_hmap(Hmap::with_first_bucket_in(bucket, alloc))
    }
}

impl<'b, T, S, A: Allocator> HmapSet<T, S, WithBucket<'b, A>> {
    /// As [`with_first_bucket_in`](HmapSet::with_first_bucket_in), with a hash builder that
    /// is used as it is.
    pub const fn with_first_bucket_and_hasher_in<ST, SV>(
        bucket: &'b mut FirstBucket<T, (), ST, SV>,
        hash_builder: S,
        alloc: A,
    ) -> Self {
        Self::from_hmap(Hmap::with_first_bucket_and_hasher_in(
            bucket,
            hash_builder,
            alloc,
        ))
    }

    /// As [`with_first_bucket_in`](HmapSet::with_first_bucket_in), with a hash builder that
    /// is given a new seed whenever a value goes into the empty set.
    pub const fn with_first_bucket_and_seeded_hasher_in<ST, SV>(
        bucket: &'b mut FirstBucket<T, (), ST, SV>,
        hash_builder: S,
        alloc: A,
    ) -> Self
    where
        S: SeededBuildHasher,
    {
        Self::from_hmap(Hmap::with_first_bucket_and_seeded_hasher_in(
            bucket,
            hash_builder,
            alloc,
        ))
    }
}
