//! Making a map: with a seed of its own or a hash builder that is used as it is, in the global
//! allocator or in another, with a hint of its size or without.

use super::Hmap;
use crate::inspect::policy::{DefaultPolicy, Policy};
use crate::numbers::alloc::Allocator;
#[cfg(feature = "alloc")]
use crate::numbers::alloc::Global;
use crate::numbers::error::TryReserveError;
#[cfg(feature = "default-hasher")]
use crate::numbers::seed::DefaultHashBuilder;
use crate::numbers::seed::SeededBuildHasher;
use crate::table::keyed::Keyed;
use crate::table::map::RawHmap;

/// Maps that draw a seed of their own when the first entry goes in.
#[cfg(all(feature = "default-hasher", feature = "alloc"))]
impl<K: DefaultPolicy<P>, V, P: Policy> Hmap<K, V, DefaultHashBuilder, Global, P> {
    /// An empty map in the global allocator; see [`new_in`](Self::new_in).
    ///
    /// ```
    /// let map: hmap::Hmap<u32, &str> = hmap::Hmap::new();
    /// assert_eq!(map.allocation_size(), 0);
    /// ```
    pub const fn new() -> Self {
        Self::new_in(Global)
    }

    /// An empty map with buckets for `hint` entries in the global allocator; see
    /// [`try_with_capacity_in`](Self::try_with_capacity_in).
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or is refused.
    ///
    /// ```
    /// let map: hmap::Hmap<u64, u64> = hmap::Hmap::try_with_capacity(100)?;
    /// assert_eq!(map.capacity(), 104);
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_with_capacity(hint: usize) -> Result<Self, TryReserveError> {
        Self::try_with_capacity_in(hint, Global)
    }
}

/// Maps that draw a seed of their own when the first entry goes in, in an allocator.
#[cfg(feature = "default-hasher")]
impl<K: DefaultPolicy<P>, V, A: Allocator, P: Policy> Hmap<K, V, DefaultHashBuilder, A, P> {
    /// An empty map in an allocator.
    ///
    /// **Work:** constant, at compile time in a `static`. **Memory:** none until
    /// the first insert, which makes one bucket. Go: `makemap_small`.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use hmap::{Global, Hmap};
    ///
    /// const NONE_OPEN: Hmap<u32, u64> = Hmap::new_in(Global);
    /// assert_eq!(NONE_OPEN.capacity(), 0);
    /// # }
    /// ```
    ///
    /// Its policy is [`Go`](crate::Go), as with all constructors but [`with_policy_in`](Self::with_policy_in)
    /// and [`with_seeded_hasher_in`](Self::with_seeded_hasher_in), which the compiler names where
    /// another one is asked for:
    ///
    /// ```compile_fail,E0277
    /// use hmap::{Compact, DefaultHashBuilder, Global, Hmap};
    ///
    /// let map: Hmap<u32, u32, DefaultHashBuilder, Global, Compact> = Hmap::new_in(Global);
    /// ```
    pub const fn new_in(alloc: A) -> Self {
        Self::with_seeded_hasher_in(DefaultHashBuilder::new(), alloc)
    }

    /// An empty map with buckets for `hint` entries.
    ///
    /// It is Go's hint: the array is large enough that `hint` entries do not make
    /// it grow. Chains that come out longer than eight entries still take overflow
    /// buckets, from the spares that the array has from 16 buckets on, and then
    /// from the allocator.
    ///
    /// **Work:** one store a bucket. **Memory:** one allocation; none for a hint
    /// of 8 or less. Go: `makemap`.
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or is refused.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use hmap::{Global, Hmap, TryReserveError};
    ///
    /// let map: Hmap<u64, u64> = Hmap::try_with_capacity_in(1000, Global)?;
    /// assert!(map.capacity() >= 1000);
    /// let too_much = Hmap::<u64, u64>::try_with_capacity_in(usize::MAX, Global);
    /// assert!(matches!(too_much, Err(TryReserveError::CapacityOverflow)));
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn try_with_capacity_in(hint: usize, alloc: A) -> Result<Self, TryReserveError> {
        let raw = RawHmap::try_with_capacity_in(hint, alloc)?;
        Ok(Self {
            keyed: Keyed::seeded(raw, DefaultHashBuilder::new()),
        })
    }
}

/// Maps with a hash builder that is used as it is.
#[cfg(feature = "alloc")]
impl<K: DefaultPolicy<P>, V, S, P: Policy> Hmap<K, V, S, Global, P> {
    /// An empty map with this hash builder, used as it is, in the global
    /// allocator; see [`with_hasher_in`](Self::with_hasher_in).
    pub const fn with_hasher(hash_builder: S) -> Self {
        Self::with_hasher_in(hash_builder, Global)
    }

    /// An empty map with this hash builder, used as it is, and buckets for `hint`
    /// entries in the global allocator.
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

/// Maps with a hash builder that is used as it is, in an allocator.
impl<K: DefaultPolicy<P>, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// An empty map with this hash builder, used as it is, in an allocator.
    ///
    /// The low bits of a hash choose the bucket and its top bits tell keys
    /// apart, so both must depend on all of the key.
    ///
    /// Its policy is [`Go`](crate::Go); [`with_policy_in`](Self::with_policy_in) takes any.
    ///
    /// **Work:** constant. **Memory:** none until the first insert.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{DefaultHashBuilder, Global, Hmap};
    ///
    /// let repeatable = DefaultHashBuilder::with_seed(7);
    /// let mut map = Hmap::with_hasher_in(repeatable, Global);
    /// map.insert("key", 1)?;
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub const fn with_hasher_in(hash_builder: S, alloc: A) -> Self {
        Self::with_policy_in(hash_builder, alloc)
    }

    /// An empty map with this hash builder, used as it is, and buckets for `hint`
    /// entries.
    ///
    /// **Work:** one store a bucket. **Memory:** one allocation; none for a hint
    /// of 8 or less. Go: `makemap`.
    ///
    /// # Errors
    /// If the size cannot be expressed (the allocator is not called), or is refused.
    pub fn try_with_capacity_and_hasher_in(
        hint: usize,
        hash_builder: S,
        alloc: A,
    ) -> Result<Self, TryReserveError> {
        let raw = RawHmap::try_with_capacity_in(hint, alloc)?;
        Ok(Self {
            keyed: Keyed::new(raw, hash_builder),
        })
    }
}

/// Maps of any policy.
impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// An empty map with this hash builder, used as it is, and a policy that its type names.
    /// Where the map is to draw its own seed, with its first entry, use
    /// [`with_seeded_hasher_in`](Self::with_seeded_hasher_in), which takes a policy too.
    ///
    /// **Work:** constant. **Memory:** none until the first insert.
    pub const fn with_policy_in(hash_builder: S, alloc: A) -> Self {
        Self {
            keyed: Keyed::new(RawHmap::new_in(alloc), hash_builder),
        }
    }

    /// An empty map whose hash builder is given a new seed whenever an entry goes
    /// into the map while it is empty; of any policy.
    ///
    /// **Work:** constant. **Memory:** none until the first insert.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{Compact, DefaultHashBuilder, Global, Hmap};
    ///
    /// // Its seed is drawn when the first entry comes.
    /// static TABLE: std::sync::Mutex<Hmap<u32, u32, DefaultHashBuilder, Global, Compact>> =
    ///     std::sync::Mutex::new(Hmap::with_seeded_hasher_in(
    ///         DefaultHashBuilder::new(),
    ///         Global,
    ///     ));
    /// TABLE.lock().unwrap().insert(1, 2)?;
    /// # }
    /// # Ok::<(), hmap::InsertError<u32, u32>>(())
    /// ```
    pub const fn with_seeded_hasher_in(hash_builder: S, alloc: A) -> Self
    where
        S: SeededBuildHasher,
    {
        Self {
            keyed: Keyed::seeded_in(hash_builder, alloc),
        }
    }
}
