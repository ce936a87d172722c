//! Maps whose first eight entries live in memory that the caller lends: on the
//! stack, inside another structure, or in a `static`.

#[cfg(feature = "default-hasher")]
use super::DefaultHashBuilder;
use super::{Allocator, Hmap, RawHmap, SeededBuildHasher};
use crate::alloc::WithBucket;
use crate::policy::Go;
use crate::raw::bmap::{FirstBucket, LentBucket};

#[cfg(feature = "default-hasher")]
impl<'b, K, V, A: Allocator> Hmap<K, V, DefaultHashBuilder, WithBucket<'b, A>> {
    /// An empty map that keeps its first eight entries in `bucket`.
    ///
    /// The allocator is not called before the ninth entry (for keys and values of
    /// up to 128 bytes each; larger ones are kept in an allocation each). With it
    /// the map moves out by itself, and does not use the bucket again.
    ///
    /// **Work:** constant. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use hmap::{FirstBucket, Global, Hmap};
    ///
    /// let mut bucket = FirstBucket::new();
    /// let mut map = Hmap::with_first_bucket_in(&mut bucket, Global);
    /// for n in 0..8 {
    ///     map.insert(n, n * n)?;
    /// }
    /// assert_eq!(map.allocation_size(), 0);
    /// map.insert(8, 64)?;
    /// assert!(map.allocation_size() > 0);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, i32>>(())
    /// ```
    ///
    /// The bucket outlives the map, or the program does not compile:
    ///
    /// ```compile_fail,E0597
    /// use hmap::{FirstBucket, Global, Hmap};
    ///
    /// let mut map = {
    ///     let mut bucket = FirstBucket::new();
    ///     Hmap::with_first_bucket_in(&mut bucket, Global)
    /// };
    /// map.insert(1, 2).unwrap();
    /// ```
    pub const fn with_first_bucket_in(bucket: &'b mut FirstBucket<K, V>, alloc: A) -> Self {
        Self::with_first_bucket_and_seeded_hasher_in(
            bucket,
            DefaultHashBuilder::with_seed(0),
            alloc,
        )
    }

    /// What `static_hmap!` makes.
    #[doc(hidden)]
    pub const fn __with_lent_bucket_in(bucket: LentBucket<'b, K, V>, alloc: A) -> Self {
        let raw = RawHmap::with_first_bucket_in(bucket, alloc);
        Self::seeded(raw, DefaultHashBuilder::with_seed(0))
    }
}

impl<'b, K, V, S, A: Allocator> Hmap<K, V, S, WithBucket<'b, A>> {
    /// As [`with_first_bucket_in`](Hmap::with_first_bucket_in), with a hash builder
    /// that is used as it is.
    pub const fn with_first_bucket_and_hasher_in(
        bucket: &'b mut FirstBucket<K, V>,
        hash_builder: S,
        alloc: A,
    ) -> Self {
        let raw = RawHmap::with_first_bucket_in(bucket.lend(), alloc);
        Self {
            raw,
            hash_builder,
            reseed: None,
        }
    }

    /// As [`with_first_bucket_in`](Hmap::with_first_bucket_in), with a hash builder
    /// that is given a new seed whenever an entry goes into the empty map.
    pub const fn with_first_bucket_and_seeded_hasher_in(
        bucket: &'b mut FirstBucket<K, V>,
        hash_builder: S,
        alloc: A,
    ) -> Self
    where
        S: SeededBuildHasher,
    {
        Self::seeded(
            RawHmap::<_, _, _, Go>::with_first_bucket_in(bucket.lend(), alloc),
            hash_builder,
        )
    }
}

/// The type of a map made by [`static_hmap!`](crate::static_hmap).
#[cfg(feature = "default-hasher")]
pub type StaticHmap<K, V, A = crate::alloc::Global> =
    Hmap<K, V, DefaultHashBuilder, WithBucket<'static, A>>;

/// Declares a `static` map together with its first bucket, so that eight entries
/// need no memory and no set-up at run time.
///
/// After the `=` stands what would be a closure: it says what to wrap the map in,
/// a lock in most cases. `in` gives the allocator for more than eight entries;
/// without it that is [`Global`](crate::Global).
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use hmap::{StaticHmap, static_hmap};
/// use std::sync::Mutex;
///
/// static_hmap! {
///     /// Open files by descriptor.
///     pub static FILES: Mutex<StaticHmap<u32, &'static str>> =
///         |map: StaticHmap<u32, &'static str>| Mutex::new(map);
/// }
///
/// # fn main() -> Result<(), hmap::InsertError<u32, &'static str>> {
/// let mut files = FILES.lock().unwrap();
/// files.insert(0, "console")?;
/// assert_eq!(files.allocation_size(), 0);
/// # Ok(()) }
/// # main().unwrap()
/// # }
/// ```
///
/// With an allocator of one's own:
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use hmap::{Global as Heap, StaticHmap, static_hmap};
/// use std::sync::Mutex;
///
/// static HEAP: Heap = Heap;
///
/// static_hmap! {
///     static IRQS: Mutex<StaticHmap<u8, fn(), &'static Heap>> =
///         |map: StaticHmap<u8, fn(), &'static Heap>| Mutex::new(map), in &HEAP;
/// }
/// assert!(IRQS.lock().unwrap().is_empty());
/// # }
/// ```
#[cfg(feature = "default-hasher")]
#[macro_export]
macro_rules! static_hmap {
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty =
            |$map:ident: StaticHmap<$key:ty, $value:ty>| $wrapped:expr;
    ) => {
        $crate::static_hmap! {
            $(#[$attribute])* $visibility static $name: $type =
                |$map: StaticHmap<$key, $value, $crate::Global>| $wrapped, in $crate::Global;
        }
    };
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty =
            |$map:ident: StaticHmap<$key:ty, $value:ty, $alloc:ty>| $wrapped:expr, in $in:expr;
    ) => {
        $(#[$attribute])*
        $visibility static $name: $type = {
            static mut BUCKET: $crate::FirstBucket<$key, $value> = $crate::FirstBucket::new();
            // SAFETY: Only this initialiser can name the bucket, and the
            // initialiser of a static runs once.
            let bucket = unsafe { $crate::__private::LentBucket::of_static(&raw mut BUCKET) };
            let $map: $crate::StaticHmap<$key, $value, $alloc> =
                $crate::StaticHmap::__with_lent_bucket_in(bucket, $in);
            $wrapped
        };
    };
}
