//! [`Hmap`], the map for kernels and firmware: whatever may allocate returns a
//! `Result`, and there is no method that aborts.
//!
//! This face hashes and compares; all else is [`RawHmap`]'s. It has no `unsafe`.

pub(crate) mod around;
mod bulk;
mod cursor;
mod entry;
mod entry_ref;
mod extract;
mod first_bucket;
mod inspect;
mod iter;
mod lookup;
pub(crate) mod places;
pub(crate) mod reservation;
mod reserve;
pub(crate) mod with;

pub use cursor::{Batch, BatchMut, Cursor};
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use entry_ref::{EntryRef, VacantEntryRef};
pub use extract::{Drain, ExtractIf};
#[cfg(feature = "default-hasher")]
pub use first_bucket::{LentHmap, StaticHmap};
pub use iter::{IntoIter, IntoKeys, IntoValues, Iter, IterFrom, IterMut, Keys, Values, ValuesMut};
pub use reservation::Reservation;
pub use with::DrainWith;

use crate::inspect::policy::{DefaultPolicy, Policy};
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::error::{InsertError, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Go;
use crate::numbers::seed::{DefaultHashBuilder, SeededBuildHasher};
use crate::seam::Supply;
use crate::table::entry::{Face, HashingFace};
#[cfg(feature = "infallible")]
use crate::table::entry::{RawEntry, RawOccupied};
use crate::table::keyed::Keyed;
use crate::table::lookup::equal_to;
use crate::table::map::RawHmap;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::panic::{RefUnwindSafe, UnwindSafe};
use equivalent::Equivalent;

/// A hash map whose every allocation may fail, and that never rehashes all its
/// entries in one call.
///
/// It is Go's runtime map: buckets of eight entries, chained, in an array of 2^B
/// that doubles when there are 6½ entries a bucket. A doubling is spread over the
/// inserts and removals that follow, two chains at a time.
///
/// | type parameter | what it is |
/// |---|---|
/// | `K`, `V` | key and value; over 128 bytes each is kept in an allocation of its own |
/// | `S` | the hash builder; the default draws a seed of its own for every map |
/// | `A` | the allocator; [`WithBucket`](crate::WithBucket) if the first bucket is borrowed |
/// | `P` | the [`Policy`]: trade-offs inside the bucket layout |
///
/// The order of iteration is that of the buckets, not of insertion. As with any map, a key must not
/// change its hash or equality while it is in it; look-ups may miss it then, and nothing worse.
///
/// # Nearly empty maps
///
/// A map that has lost most of its entries keeps its array, as Go's does. What goes over it goes by
/// bits then that say which buckets hold something: one look for 64 empty ones (32 on 32 bits).
/// Removals make them from where there is one entry for eight buckets, or [`clear`](Self::clear);
/// they are kept up to one for two. There are none below 256 buckets, while a growth runs, nor with
/// the feature `small-code`. With the policy [`Dense`](crate::Dense) memory itself becomes less.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::Hmap;
///
/// let mut ports = Hmap::new();
/// ports.insert(80, "http")?;
/// assert_eq!(ports.insert(80, "www")?, Some("http"));
/// assert_eq!(ports.get(&80), Some(&"www"));
/// assert_eq!(ports.remove(&443), None);
/// # }
/// # Ok::<(), hmap::InsertError<i32, &str>>(())
/// ```
pub struct Hmap<K, V, S = DefaultHashBuilder, A: Allocator = Global, P: Policy = Go> {
    keyed: Keyed<K, V, S, A, P>,
}

// The map owns its entries as a `Vec` does: an unwind leaves it whole.
impl<K, V, S, A, P> UnwindSafe for Hmap<K, V, S, A, P>
where
    K: UnwindSafe,
    V: UnwindSafe,
    S: UnwindSafe,
    A: Allocator + UnwindSafe,
    P: Policy,
{
}
impl<K, V, S, A, P> RefUnwindSafe for Hmap<K, V, S, A, P>
where
    K: RefUnwindSafe,
    V: RefUnwindSafe,
    S: RefUnwindSafe,
    A: Allocator + RefUnwindSafe,
    P: Policy,
{
}

/// Constructors that draw a seed for the map when the first entry goes in.
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
    /// Its policy is [`Go`], as with all constructors but [`with_policy_in`](Self::with_policy_in)
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

impl<K: DefaultPolicy<P>, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// An empty map with this hash builder, used as it is, in an allocator.
    ///
    /// The low bits of a hash choose the bucket and its top byte tells keys
    /// apart, so both must depend on all of the key.
    ///
    /// Its policy is [`Go`]; [`with_policy_in`](Self::with_policy_in) takes any.
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

    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.keyed.raw().len()
    }

    /// Whether there is no entry.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.keyed.raw().len() == 0
    }

    /// Number of entries that the present array takes before it grows: 0 as long as
    /// there is none, 8 for one bucket, 6½ a bucket for more. It is the number
    /// of entries there are if a growth was refused and they are more than that. With the
    /// policies [`Dense`](crate::Dense) and [`Paged`](crate::Paged), which have no array, it is what
    /// the directory is for, seven for each of its entries, or what the blocks of a small map have
    /// slots for; never less than there are entries and keys reserved.
    pub fn capacity(&self) -> usize {
        self.keyed.raw().capacity()
    }

    /// The map's allocator.
    pub const fn allocator(&self) -> &A {
        self.keyed.raw().allocator()
    }

    /// The map's hash builder, with the seed that it has at the moment.
    pub const fn hasher(&self) -> &S {
        self.keyed.hash_builder()
    }

    /// Whether entries are still to be moved out of an old array. With the policies
    /// [`Dense`](crate::Dense) and [`Paged`](crate::Paged) it is always false: each insert and each
    /// removal does its own step.
    pub fn is_growing(&self) -> bool {
        self.keyed.raw().is_growing()
    }
}

impl<K, V, S, A, P> Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    #[inline]
    fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> HashValue {
        HashValue::new(self.keyed.hash_builder().hash_one(key))
    }

    /// The same for what goes on to change the map.
    #[inline]
    pub(crate) fn hash_to_change<Q: Hash + ?Sized>(&self, key: &Q) -> HashValue {
        hash_of(self.keyed.hash_builder(), key)
    }

    /// Inserts an entry. If the key is there already, its value is replaced and
    /// the old one returned; the key in the map stays and `key` is dropped.
    ///
    /// **Work:** the chain of the key; while growing also the at most two old
    /// chains that are moved, or four where one growth ends and the next begins. Chains
    /// are long if the hash is bad, and in a copy that grows as a [`Cursor`](crate::Cursor)
    /// fills it and has the same seed: its page says what to do.
    /// **Memory:** O(1) calls of the allocator: an array when a growth starts, a
    /// chunk of overflow buckets when the last is used up, one each for a key or
    /// value over 128 bytes; one block that a growth has emptied may be given back. Overwriting
    /// makes none of either, nor does an insert that is [reserved](Self::try_reserve) for.
    /// Go: `mapassign`.
    ///
    /// # Errors
    /// If there is neither a free slot nor memory for one. The error has the pair;
    /// the map holds what it held, and the insert can be tried again. A growth
    /// that is refused is no error while there is a slot: chains get longer and
    /// the growth is tried again later, after half as many new keys as there are
    /// buckets, at least 8 and at most 65,535.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// match map.insert("pid", 1) {
    ///     Ok(None) => {}
    ///     Ok(Some(old)) => panic!("there was {old}"),
    ///     Err(error) => {
    ///         let (key, value) = error.into_pair();
    ///         panic!("no room for {key} = {value}");
    ///     }
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Result<Option<V>, InsertError<K, V>> {
        self.insert_from(key, value, Supply::Allocator)
    }

    /// Inserts an entry, or replaces a value, with the memory that the map has: the
    /// allocator is not called, neither to take nor to give back, and no growth starts. So
    /// an interrupt may call it that has come while the heap was at work.
    ///
    /// It succeeds as long as there is a free slot in the key's chain or a free overflow
    /// bucket (in the middle of a growth one that the moves cannot need), and for a key or
    /// value over 128 bytes a reserved cell; so always after
    /// [`try_reserve`](Self::try_reserve).
    ///
    /// **Work:** as [`insert`](Self::insert). **Memory:** none. A growth that ends here leaves
    /// its old array for the next call that may give it back.
    ///
    /// # Errors
    /// If there is no room at hand. The error is the pair; the map holds what it held.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// assert_eq!(map.insert_within_capacity(1, "a"), Err((1, "a")));
    /// map.try_reserve(1)?;
    /// assert_eq!(map.insert_within_capacity(1, "a"), Ok(None));
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub fn insert_within_capacity(&mut self, key: K, value: V) -> Result<Option<V>, (K, V)> {
        self.insert_from(key, value, Supply::AtHand)
            .map_err(InsertError::into_pair)
    }

    #[inline]
    fn insert_from(
        &mut self,
        key: K,
        value: V,
        supply: Supply,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let hash = self.hash_to_insert(&key);
        let (raw, hasher) = self.split();
        raw.insert(hash, key, value, hasher, supply)
    }

    /// Inserts an entry whose key is not there, without looking for it.
    #[cfg(feature = "infallible")]
    pub(crate) fn insert_unique(
        &mut self,
        key: K,
        value: V,
    ) -> Result<(&K, &mut V), InsertError<K, V>> {
        match RawEntry::find(self, |map| map.hash_to_change(&key), |_| false) {
            RawEntry::Vacant(place) => place.insert(key, value).map(RawOccupied::into_refs),
            // No key is equal.
            RawEntry::Occupied(entry) => Ok(entry.into_refs()),
        }
    }

    /// The hash of a key that may go into the map, which draws a seed if it is empty.
    #[inline]
    fn hash_to_insert<Q: Hash + ?Sized>(&mut self, key: &Q) -> HashValue {
        if self.is_empty() {
            self.keyed.renew_seed();
        }
        self.hash_to_change(key)
    }

    /// Removes a key and returns its value. Where nobody wants the value,
    /// [`delete`](Self::delete) does not move it.
    ///
    /// **Work:** the chain of the key; while growing also the at most two old
    /// chains that are moved, whether the key is there or not. **Memory:** never
    /// allocates; gives cells back, or one block that a growth has emptied.
    /// Go: `mapdelete`.
    #[inline]
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return None;
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        raw.removal().remove_elem(hash, equal_to(key), hasher)
    }

    /// Removes a key and returns it as it was stored, with its value; see
    /// [`remove`](Self::remove).
    #[inline]
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return None;
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        raw.removal().remove(hash, equal_to(key), hasher)
    }

    /// Removes a key and drops it and its value where they are; whether it was there.
    ///
    /// For large values this is several times as fast as moving them out.
    ///
    /// **Work** and **memory:** as [`remove`](Self::remove). If a `Drop` panics, the
    /// entry is out of the map and its memory is given back. Go: `delete`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut pages = hmap::Hmap::new();
    /// pages.insert(7, [0_u8; 512])?;
    /// assert!(pages.delete(&7));
    /// assert!(!pages.delete(&7));
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, [u8; 512]>>(())
    /// ```
    #[inline]
    pub fn delete<Q>(&mut self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return false;
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        raw.removal().delete(hash, equal_to(key), hasher)
    }
}

impl<K, V, S, A: Allocator, P: Policy> Face for Hmap<K, V, S, A, P> {
    type Key = K;
    type Elem = V;
    type Alloc = A;
    type Policy = P;

    fn core(&self) -> &RawHmap<K, V, A, P> {
        self.keyed.raw()
    }

    fn core_mut(&mut self) -> &mut RawHmap<K, V, A, P> {
        self.keyed.raw_mut()
    }
}

impl<K: Hash, V, S: BuildHasher, A: Allocator, P: Policy> HashingFace for Hmap<K, V, S, A, P> {
    fn split(&mut self) -> (&mut RawHmap<K, V, A, P>, impl Fn(&K) -> HashValue + Copy) {
        let (raw, hash_builder) = self.keyed.split();
        (raw, |key| hash_of(hash_builder, key))
    }

    fn renew_seed(&mut self) {
        self.keyed.renew_seed();
    }
}

/// The hash of a key. With the feature `small-code` it is compiled once for all that changes a
/// map.
#[cfg_attr(feature = "small-code", inline(never))]
#[cfg_attr(not(feature = "small-code"), inline)]
fn hash_of<Q: Hash + ?Sized>(hash_builder: &impl BuildHasher, key: &Q) -> HashValue {
    HashValue::new(hash_builder.hash_one(key))
}

/// With a hash builder that is used as it is, and no memory yet.
impl<K, V, S: Default, A: Allocator + Default, P: Policy> Default for Hmap<K, V, S, A, P> {
    fn default() -> Self {
        Self::with_policy_in(S::default(), A::default())
    }
}

impl<K, V, S, A, P> PartialEq for Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    V: PartialEq,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    /// Whether both have the same keys with equal values; each key is looked up.
    fn eq(&self, other: &Self) -> bool {
        let same = |(key, value): (&K, &V)| other.get(key).is_some_and(|stored| *value == *stored);
        self.len() == other.len() && self.iter().all(same)
    }
}

impl<K, V, S, A, P> Eq for Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    V: Eq,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator, P: Policy> fmt::Debug for Hmap<K, V, S, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
