//! [`HashMap`]: the map under hashbrown's names, with hashbrown's signatures, for code
//! that is written for it.
//!
//! It is [`Hmap`] of the policy `Go`, and converts to and from it at no cost. What it
//! adds is what to do when memory is refused: what the collections of `alloc` do, which
//! is to end the program (`handle_alloc_error`). Overwriting and removing never come to
//! that. A kernel that cannot end uses [`Hmap`].
//!
//! Four things differ from hashbrown:
//!
//! * Growth is spread over the inserts and removals that follow it, so none of them
//!   takes long.
//! * [`HashMap::reserve`] holds memory for the worst hashes, an overflow bucket for every
//!   eight keys: what it reserves goes in without the allocator, as in hashbrown.
//! * [`HashMap::capacity`] is how many entries fit without growth. Where nothing is reserved
//!   chains that come out longer than eight entries still take overflow buckets from the
//!   allocator.
//! * There are no raw entries, and no `rayon`.

mod bulk;
mod disjoint;
mod entry;
mod entry_ref;

pub use crate::hmap::{
    Drain, ExtractIf, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut,
};
/// Under this path, too, for code that is written for hashbrown up to 0.14.
#[doc(no_inline)]
pub use crate::numbers::seed::DefaultHashBuilder;
pub use entry::{Entry, OccupiedEntry, OccupiedError, VacantEntry};
pub use entry_ref::{EntryRef, VacantEntryRef};

use crate::compat::infallible::{had, placed};
use crate::hmap::Hmap;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::error::TryReserveError;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Go;
use crate::table::entry::{Face, HashingFace};
use crate::table::map::RawHmap;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::ops::Index;
use equivalent::Equivalent;

/// A hash map with hashbrown's interface; see the [module](self).
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use hmap::HashMap;
///
/// let mut drivers = HashMap::new();
/// drivers.insert(0x1af4_1000_u32, "virtio-net");
/// *drivers.entry(0x8086_100e).or_insert("") = "e1000";
/// assert_eq!(drivers[&0x8086_100e], "e1000");
/// assert_eq!(drivers.len(), 2);
/// # }
/// ```
pub struct HashMap<K, V, S = DefaultHashBuilder, A: Allocator = Global> {
    map: Hmap<K, V, S, A>,
}

#[cfg(feature = "default-hasher")]
impl<K, V> HashMap<K, V> {
    /// An empty map without memory.
    pub const fn new() -> Self {
        Self { map: Hmap::new() }
    }

    /// An empty map with room for `capacity` entries.
    ///
    /// ```
    /// let map: hmap::HashMap<u32, u32> = hmap::HashMap::with_capacity(100);
    /// assert!(map.capacity() >= 100);
    /// ```
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_in(capacity, Global)
    }
}

#[cfg(feature = "default-hasher")]
impl<K, V, A: Allocator> HashMap<K, V, DefaultHashBuilder, A> {
    /// An empty map without memory, in an allocator.
    pub const fn new_in(alloc: A) -> Self {
        Self {
            map: Hmap::new_in(alloc),
        }
    }

    /// An empty map with room for `capacity` entries, in an allocator.
    pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        Self::new_in(alloc).roomy(capacity)
    }
}

impl<K, V, S> HashMap<K, V, S> {
    /// An empty map without memory, with this hash builder.
    pub const fn with_hasher(hash_builder: S) -> Self {
        Self {
            map: Hmap::with_hasher(hash_builder),
        }
    }

    /// An empty map with room for `capacity` entries, with this hash builder.
    pub fn with_capacity_and_hasher(capacity: usize, hash_builder: S) -> Self {
        Self::with_hasher(hash_builder).roomy(capacity)
    }
}

impl<K, V, S, A: Allocator> HashMap<K, V, S, A> {
    /// An empty map without memory, with this hash builder, in an allocator.
    pub const fn with_hasher_in(hash_builder: S, alloc: A) -> Self {
        Self {
            map: Hmap::with_hasher_in(hash_builder, alloc),
        }
    }

    /// An empty map with room for `capacity` entries, with this hash builder, in an
    /// allocator.
    pub fn with_capacity_and_hasher_in(capacity: usize, hash_builder: S, alloc: A) -> Self {
        Self::with_hasher_in(hash_builder, alloc).roomy(capacity)
    }

    /// An empty map, given room.
    fn roomy(mut self, capacity: usize) -> Self {
        // It holds no key, so there is none to hash.
        had(self
            .map
            .core_mut()
            .try_presize(capacity, |_| HashValue::new(0)));
        self
    }

    /// The same map with its fallible face, by reference.
    pub const fn as_hmap(&self) -> &Hmap<K, V, S, A> {
        &self.map
    }

    /// The same map with its fallible face, by reference: for an insert that may fail in
    /// code that is written for hashbrown otherwise.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = hmap::HashMap::new();
    /// map.as_hmap_mut().try_reserve(10)?;
    /// map.insert(1, "cannot fail");
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub const fn as_hmap_mut(&mut self) -> &mut Hmap<K, V, S, A> {
        &mut self.map
    }

    /// The map's allocator.
    pub fn allocator(&self) -> &A {
        self.map.allocator()
    }

    /// The map's hash builder. The seed of the default one is drawn when an entry goes
    /// into the empty map.
    pub fn hasher(&self) -> &S {
        self.map.hasher()
    }

    /// How many entries fit without growth.
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// All keys, in arbitrary order.
    pub fn keys(&self) -> Keys<'_, K, V> {
        self.map.keys()
    }

    /// All values, in arbitrary order.
    pub fn values(&self) -> Values<'_, K, V> {
        self.map.values()
    }

    /// All values, to change, in arbitrary order.
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        self.map.values_mut()
    }

    /// All entries, in arbitrary order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.map.iter()
    }

    /// All entries, with values to change, in arbitrary order.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.map.iter_mut()
    }

    /// All keys by value.
    pub fn into_keys(self) -> IntoKeys<K, V, A> {
        self.map.into_keys()
    }

    /// All values by value.
    pub fn into_values(self) -> IntoValues<K, V, A> {
        self.map.into_values()
    }

    /// Removes all entries and gives them by value; the memory is kept.
    pub fn drain(&mut self) -> Drain<'_, K, V, A> {
        self.map.drain()
    }

    /// Removes the entries that `f` returns false for.
    pub fn retain<F>(&mut self, f: F)
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.map.retain(f);
    }

    /// Removes the entries that `f` returns true for and gives them by value, as the
    /// iterator comes to them.
    pub fn extract_if<F>(&mut self, f: F) -> ExtractIf<'_, K, V, F, A>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.map.extract_if(f)
    }

    /// Removes and drops all entries; the memory is kept. Where a `Drop` panics: see
    /// [`Hmap::clear`].
    pub fn clear(&mut self) {
        self.map.clear();
    }

    /// Bytes that the map has asked its allocator for.
    pub fn allocation_size(&self) -> usize {
        self.map.allocation_size()
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// Reserves all that the next `additional` new keys can need, whatever their hashes: they
    /// make no call of the allocator, neither to take nor to give back.
    ///
    /// **Work** and **memory:** as [`Hmap::try_reserve`].
    ///
    /// # Panics
    /// If the size cannot be expressed. If memory is refused the program ends.
    pub fn reserve(&mut self, additional: usize) {
        had(self.try_reserve(additional));
    }

    /// As [`reserve`](Self::reserve): after it as many inserts cannot fail, so that code which
    /// must not end the program calls it before each.
    ///
    /// # Errors
    /// If the size cannot be expressed (`additional` is at most 2³² − 1), or memory is refused;
    /// the map then is as it was, and has the memory that it had.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut sessions = hmap::HashMap::new();
    /// for id in 0..1_000_u32 {
    ///     if sessions.try_reserve(1).is_err() {
    ///         break; // out of memory, and nothing has changed
    ///     }
    ///     sessions.insert(id, "cannot fail");
    /// }
    /// # }
    /// ```
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve(additional)
    }

    /// Gives back what is not needed for the entries that are there. If the smaller
    /// array is not to be had, the map keeps what it has.
    pub fn shrink_to_fit(&mut self) {
        self.shrink_to(0);
    }

    /// Gives back what is not needed for `min_capacity` entries, or for those that are
    /// there. If the smaller array is not to be had, the map keeps what it has.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        // What the map has does for all that it holds.
        _ = self.map.shrink_to(min_capacity);
    }

    /// The value of a key.
    #[inline]
    pub fn get<Q>(&self, k: &Q) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get(k)
    }

    /// The key as it is stored, and its value.
    #[inline]
    pub fn get_key_value<Q>(&self, k: &Q) -> Option<(&K, &V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get_key_value(k)
    }

    /// The key as it is stored, and its value, to change.
    #[inline]
    pub fn get_key_value_mut<Q>(&mut self, k: &Q) -> Option<(&K, &mut V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get_key_value_mut(k)
    }

    /// Whether the key is there.
    #[inline]
    pub fn contains_key<Q>(&self, k: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.contains_key(k)
    }

    /// The value of a key, to change.
    #[inline]
    pub fn get_mut<Q>(&mut self, k: &Q) -> Option<&mut V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get_mut(k)
    }

    /// Inserts an entry. If the key is there its value is replaced and the old one
    /// returned; the key in the map stays.
    #[inline]
    pub fn insert(&mut self, k: K, v: V) -> Option<V> {
        placed(self.map.insert(k, v))
    }

    /// Inserts an entry if the key is not there.
    ///
    /// # Errors
    /// If the key is there: with its entry, and the value that was to be inserted.
    pub fn try_insert(
        &mut self,
        key: K,
        value: V,
    ) -> Result<&mut V, OccupiedError<'_, K, V, S, A>> {
        match self.entry(key) {
            Entry::Occupied(entry) => Err(OccupiedError { entry, value }),
            Entry::Vacant(entry) => Ok(entry.insert(value)),
        }
    }

    /// Inserts an entry whose key is known not to be there, without looking for it.
    ///
    /// # Safety
    /// The key is not in the map. (If it is, both entries are, and which one is found
    /// is not specified; nothing worse happens here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn insert_unique_unchecked(&mut self, k: K, v: V) -> (&K, &mut V) {
        placed(self.map.insert_unique(k, v))
    }

    /// Removes a key and returns its value.
    #[inline]
    pub fn remove<Q>(&mut self, k: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.remove(k)
    }

    /// Removes a key and returns it as it was stored, with its value.
    #[inline]
    pub fn remove_entry<Q>(&mut self, k: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.remove_entry(k)
    }

    /// The place of a key, to look at and to fill.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, S, A> {
        Entry::of(self, key)
    }

    /// The place of a key that is given by reference, and made when it is inserted.
    pub fn entry_ref<'a, 'b, Q>(&'a mut self, key: &'b Q) -> EntryRef<'a, 'b, K, Q, V, S, A>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        EntryRef::of(self, key)
    }
}

impl<K, V, S, A: Allocator> Face for HashMap<K, V, S, A> {
    type Key = K;
    type Elem = V;
    type Alloc = A;
    type Policy = Go;

    fn core(&self) -> &RawHmap<K, V, A, Go> {
        self.map.core()
    }

    fn core_mut(&mut self) -> &mut RawHmap<K, V, A, Go> {
        self.map.core_mut()
    }
}

impl<K: Hash, V, S: BuildHasher, A: Allocator> HashingFace for HashMap<K, V, S, A> {
    fn split(&mut self) -> (&mut RawHmap<K, V, A, Go>, impl Fn(&K) -> HashValue + Copy) {
        self.map.split()
    }
}

/// At no cost: the two are the same map.
impl<K, V, S, A: Allocator> From<Hmap<K, V, S, A>> for HashMap<K, V, S, A> {
    fn from(map: Hmap<K, V, S, A>) -> Self {
        Self { map }
    }
}

/// At no cost: the two are the same map.
impl<K, V, S, A: Allocator> From<HashMap<K, V, S, A>> for Hmap<K, V, S, A> {
    fn from(map: HashMap<K, V, S, A>) -> Self {
        map.map
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator> fmt::Debug for HashMap<K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}

impl<K, V, S: Default, A: Allocator + Default> Default for HashMap<K, V, S, A> {
    fn default() -> Self {
        Self {
            map: Hmap::default(),
        }
    }
}

impl<K: Eq + Hash, V: PartialEq, S: BuildHasher, A: Allocator> PartialEq for HashMap<K, V, S, A> {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<K: Eq + Hash, V: Eq, S: BuildHasher, A: Allocator> Eq for HashMap<K, V, S, A> {}

impl<K, Q, V, S, A> Index<&Q> for HashMap<K, V, S, A>
where
    K: Eq + Hash,
    Q: Hash + Equivalent<K> + ?Sized,
    S: BuildHasher,
    A: Allocator,
{
    type Output = V;

    /// The value of a key.
    ///
    /// # Panics
    /// If the key is not there.
    #[expect(clippy::expect_used, reason = "the trait has no other way to say no")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}
