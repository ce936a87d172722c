//! Maps whose first eight entries live in memory that the caller lends: on the
//! stack, inside another structure, or in a `static`.

#[cfg(feature = "default-hasher")]
use super::DefaultHashBuilder;
use super::{Allocator, Hmap, RawHmap};
use crate::memory::first_bucket::FirstBucket;
#[cfg(feature = "default-hasher")]
use crate::memory::first_bucket::LentBucket;
use crate::numbers::alloc::WithBucket;
#[cfg(feature = "default-hasher")]
use crate::numbers::policy::Go;
use crate::numbers::seed::Never;
use crate::numbers::seed::SeededBuildHasher;
use crate::table::keyed::Keyed;

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
    pub const fn with_first_bucket_in<SK, SV>(
        bucket: &'b mut FirstBucket<K, V, SK, SV>,
        alloc: A,
    ) -> Self {
        Self::with_first_bucket_and_seeded_hasher_in(bucket, DefaultHashBuilder::new(), alloc)
    }

    /// What `static_hmap!` makes.
    #[doc(hidden)]
    pub const fn __with_lent_bucket_in(bucket: LentBucket<'b, K, V, Go>, alloc: A) -> Self {
        let hash_builder = DefaultHashBuilder::new();
        Self {
            keyed: Keyed::seeded_with_first_bucket_in(bucket, hash_builder, alloc),
        }
    }
}

impl<'b, K, V, S, A: Allocator> Hmap<K, V, S, WithBucket<'b, A>> {
    /// What `static_hmap!` makes with a hash builder.
    #[cfg(feature = "default-hasher")]
    #[doc(hidden)]
    pub const fn __with_lent_bucket_and_hasher_in(
        bucket: LentBucket<'b, K, V, Go>,
        hash_builder: S,
        alloc: A,
    ) -> Self {
        let raw = RawHmap::with_first_bucket_in::<Never>(bucket, alloc);
        Self {
            keyed: Keyed::new(raw, hash_builder),
        }
    }

    /// As [`with_first_bucket_in`](Hmap::with_first_bucket_in), with a hash builder
    /// that is used as it is.
    pub const fn with_first_bucket_and_hasher_in<SK, SV>(
        bucket: &'b mut FirstBucket<K, V, SK, SV>,
        hash_builder: S,
        alloc: A,
    ) -> Self {
        let raw = RawHmap::with_first_bucket_in::<Never>(bucket.lend(), alloc);
        Self {
            keyed: Keyed::new(raw, hash_builder),
        }
    }

    /// As [`with_first_bucket_in`](Hmap::with_first_bucket_in), with a hash builder
    /// that is given a new seed whenever an entry goes into the empty map.
    pub const fn with_first_bucket_and_seeded_hasher_in<SK, SV>(
        bucket: &'b mut FirstBucket<K, V, SK, SV>,
        hash_builder: S,
        alloc: A,
    ) -> Self
    where
        S: SeededBuildHasher,
    {
        Self {
            keyed: Keyed::seeded_with_first_bucket_in(bucket.lend(), hash_builder, alloc),
        }
    }
}

/// Makes a [`FirstBucket`] that takes no more room than a map needs of it: where keys
/// or values are over 128 bytes, eight pointers instead of eight of them.
///
/// The types are those of the map, and concrete. `first_bucket!(type K, V)` is the
/// bucket's type, for a field or a `static`.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use hmap::{FirstBucket, Global, Hmap, first_bucket};
///
/// let mut bucket = first_bucket!(u32, [u8; 4096]);
/// # #[cfg(target_pointer_width = "64")]
/// assert_eq!(size_of_val(&bucket), 16 + 8 * 4 + 8 * 8);
/// let mut pages = Hmap::with_first_bucket_in(&mut bucket, Global);
/// pages.insert(7, [0; 4096])?;
/// // The value's own allocation, and nothing else.
/// assert_eq!(pages.allocation_size(), 4096);
///
/// let small: FirstBucket<u32, u64> = first_bucket!(u32, u64);
/// # }
/// # Ok::<(), hmap::InsertError<u32, [u8; 4096]>>(())
/// ```
#[macro_export]
macro_rules! first_bucket {
    (type $key:ty, $value:ty) => {
        $crate::FirstBucket<
            $key,
            $value,
            <$crate::__private::Stored<{ size_of::<$key>() > $crate::__private::INLINE_LIMIT }>
                as $crate::__private::StoredAs<$key>>::Type,
            <$crate::__private::Stored<{ size_of::<$value>() > $crate::__private::INLINE_LIMIT }>
                as $crate::__private::StoredAs<$value>>::Type,
        >
    };
    ($key:ty, $value:ty) => {
        <$crate::first_bucket!(type $key, $value)>::of_stored()
    };
}

/// The type of a map with a first bucket that the caller lends, for where it must be named:
/// `struct Irqs<'b> { handlers: LentHmap<'b, u8, fn()> }`; see
/// [`with_first_bucket_in`](Hmap::with_first_bucket_in).
#[cfg(feature = "default-hasher")]
pub type LentHmap<'b, K, V, A = crate::numbers::alloc::Global, S = DefaultHashBuilder> =
    Hmap<K, V, S, WithBucket<'b, A>>;

/// The type of a map made by [`static_hmap!`](crate::static_hmap).
#[cfg(feature = "default-hasher")]
pub type StaticHmap<K, V, A = crate::numbers::alloc::Global, S = DefaultHashBuilder> =
    LentHmap<'static, K, V, A, S>;

/// Declares a `static` map together with its first bucket, so that eight entries
/// need no memory and no set-up at run time.
///
/// After the `=` stands the function that wraps the map, in a lock in most cases. `in` gives the
/// allocator for more than eight entries; without it that is [`Global`](crate::Global), which
/// takes the feature `alloc`; an error says so where that is off. `with` gives a hash builder,
/// which is used as it is, where `StaticHmap` names one as its fourth type; else each map draws a
/// seed. `StaticHmap` is written so, without a path; where a closure does not name it, it need
/// not be in scope.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use hmap::{StaticHmap, static_hmap};
/// use std::sync::Mutex;
///
/// static_hmap! {
///     /// Open files by descriptor.
///     pub static FILES: Mutex<StaticHmap<u32, &'static str>> = Mutex::new;
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
///     static IRQS: Mutex<StaticHmap<u8, fn(), &'static Heap>> = Mutex::new, in &HEAP;
/// }
/// assert!(IRQS.lock().unwrap().is_empty());
/// # }
/// ```
///
/// With a hash builder, and where the map's type is not the last one of the lock's: then what
/// would be a closure names it.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use hmap::{DefaultHashBuilder as Seed, Global, StaticHmap, static_hmap};
/// use std::sync::Mutex;
///
/// struct Routes { by_port: StaticHmap<u16, u32, Global, Seed>, hops: u8 }
///
/// static_hmap! {
///     static ROUTES: Mutex<Routes> = |map: StaticHmap<u16, u32, Global, Seed>| {
///         Mutex::new(Routes { by_port: map, hops: 3 })
///     }, in Global, with Seed::with_seed(7);
/// }
/// assert_eq!(ROUTES.lock().unwrap().by_port.len(), 0);
/// # assert_eq!(ROUTES.lock().unwrap().hops, 3);
/// # }
/// ```
///
/// What is none of these forms is an error that says which there are: a map that is made here,
/// a semicolon that is missing, a path before `StaticHmap`.
///
/// ```compile_fail
/// # use {hmap::{StaticHmap, static_hmap}, std::sync::Mutex};
/// static_hmap! {
///     static FILES: Mutex<StaticHmap<u32, u32>> = Mutex::new(StaticHmap::new());
/// }
/// ```
///
/// ```compile_fail
/// # use {hmap::{StaticHmap, static_hmap}, std::sync::Mutex};
/// static_hmap! { static FILES: Mutex<StaticHmap<u32, u32>> = Mutex::new }
/// ```
///
/// ```compile_fail
/// # use {hmap::static_hmap, std::sync::Mutex};
/// static_hmap! {
///     static FILES: Mutex<hmap::StaticHmap<u32, u32>> =
///         |map: hmap::StaticHmap<u32, u32>| Mutex::new(map);
/// }
/// ```
#[cfg(feature = "default-hasher")]
#[macro_export]
macro_rules! static_hmap {
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident:
            $($lock:ident)::+ <StaticHmap<$key:ty, $value:ty>> = $new:path;
    ) => {
        $crate::static_hmap! {
            $(#[$attribute])* $visibility static $name:
                $($lock)::+ <$crate::StaticHmap<$key, $value>> =
                |map: StaticHmap<$key, $value>| $new(map);
        }
    };
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident:
            $($lock:ident)::+ <StaticHmap<$key:ty, $value:ty, $alloc:ty>> = $new:path,
            in $in:expr;
    ) => {
        $crate::static_hmap! {
            $(#[$attribute])* $visibility static $name:
                $($lock)::+ <$crate::StaticHmap<$key, $value, $alloc>> =
                |map: StaticHmap<$key, $value, $alloc>| $new(map), in $in;
        }
    };
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident:
            $($lock:ident)::+ <StaticHmap<$key:ty, $value:ty, $alloc:ty, $hasher:ty>> = $new:path,
            in $in:expr, with $with:expr;
    ) => {
        $crate::static_hmap! {
            $(#[$attribute])* $visibility static $name:
                $($lock)::+ <$crate::StaticHmap<$key, $value, $alloc, $hasher>> =
                |map: StaticHmap<$key, $value, $alloc, $hasher>| $new(map), in $in, with $with;
        }
    };
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty =
            |$map:ident: StaticHmap<$key:ty, $value:ty>| $wrapped:expr;
    ) => {
        $crate::__where_there_is_global! {
            $(#[$attribute])* $visibility static $name: $type =
                |$map: StaticHmap<$key, $value, $crate::Global>| $wrapped, in $crate::Global;
        }
    };
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty =
            |$map:ident: StaticHmap<$key:ty, $value:ty, $alloc:ty>| $wrapped:expr, in $in:expr;
    ) => {
        $crate::__static_hmap! {
            $(#[$attribute])* $visibility static $name: $type =
                |$map: ($key, $value, $alloc, $crate::DefaultHashBuilder)| $wrapped,
                |bucket| $crate::StaticHmap::__with_lent_bucket_in(bucket, $in);
        }
    };
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty =
            |$map:ident: StaticHmap<$key:ty, $value:ty, $alloc:ty, $hasher:ty>| $wrapped:expr,
            in $in:expr, with $with:expr;
    ) => {
        $crate::__static_hmap! {
            $(#[$attribute])* $visibility static $name: $type =
                |$map: ($key, $value, $alloc, $hasher)| $wrapped,
                |bucket| $crate::StaticHmap::__with_lent_bucket_and_hasher_in(bucket, $with, $in);
        }
    };
    ($($other:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`static_hmap!` takes, each with a semicolon at its end: ",
            "`static NAME: Lock<StaticHmap<K, V>> = Lock::new;`, or with an allocator ",
            "`static NAME: Lock<StaticHmap<K, V, A>> = Lock::new, in ALLOCATOR;`, with a hash builder ",
            "`static NAME: Lock<StaticHmap<K, V, A, S>> = Lock::new, in ALLOCATOR, with HASH_BUILDER;`, ",
            "or in place of `Lock::new` a closure `|map: StaticHmap<..>| EXPRESSION` and any type; ",
            "it makes the map, which `StaticHmap::new()` cannot; `StaticHmap` is written without a path",
        ));
    };
}

/// What all forms come to: the last closure makes the map of its bucket.
#[cfg(feature = "default-hasher")]
#[doc(hidden)]
#[macro_export]
macro_rules! __static_hmap {
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty =
            |$map:ident: ($key:ty, $value:ty, $alloc:ty, $hasher:ty)| $wrapped:expr,
            |$bucket:ident| $made:expr;
    ) => {
        $(#[$attribute])*
        $visibility static $name: $type = {
            // Not in a `#[thread_local]`, whose copies would share the bucket: there
            // this reference is an error.
            const _: fn() -> &'static $type = || &$name;
            // The caller's expressions see this item: its name is one they do not use.
            static mut __HMAP_FIRST_BUCKET: $crate::first_bucket!(type $key, $value) =
                $crate::first_bucket!($key, $value);
            // SAFETY: Only this initialiser has the bucket, whose name is reserved for
            // it. It runs once, and makes the one value of a static that is not one of a
            // thread.
            let $bucket =
                unsafe { $crate::__private::LentBucket::of(&raw mut __HMAP_FIRST_BUCKET) };
            let $map: $crate::StaticHmap<$key, $value, $alloc, $hasher> = $made;
            $wrapped
        };
    };
}

/// Declares a static map in the global allocator, or says what to do without one.
#[cfg(all(feature = "default-hasher", feature = "alloc"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __where_there_is_global {
    ($($declaration:tt)*) => { $crate::static_hmap! { $($declaration)* } };
}

/// As above.
#[cfg(all(feature = "default-hasher", not(feature = "alloc")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __where_there_is_global {
    ($($declaration:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "without hmap's feature `alloc` a static map names its allocator: ",
            "`StaticHmap<K, V, A>` in the closure, and `, in ALLOCATOR` before the semicolon",
        ));
    };
}
