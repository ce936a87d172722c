//! [`HashSet`]: a set under hashbrown's names, with hashbrown's signatures, for code
//! that is written for it.
//!
//! It is [`HashMap`] without values, and what is said there about refused memory,
//! growth and capacity holds here too. A bucket of it has no room for values at all:
//! it costs a set nothing that it is a map.

mod bulk;
mod entry;
mod iter;
mod operations;

pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{Drain, ExtractIf, IntoIter, Iter};
pub use operations::{Difference, Intersection, SymmetricDifference, Union};

use crate::alloc::{Allocator, Global};
use crate::error::TryReserveError;
use crate::hash_map::{EntryRef, HashMap};
use crate::seed::DefaultHashBuilder;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

/// A hash set with hashbrown's interface; see the [module](self).
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use hmap::HashSet;
///
/// let mut masked = HashSet::new();
/// assert!(masked.insert(14));
/// assert!(!masked.insert(14));
/// assert!(masked.contains(&14));
/// # }
/// ```
pub struct HashSet<T, S = DefaultHashBuilder, A: Allocator = Global> {
    map: HashMap<T, (), S, A>,
}

#[cfg(feature = "default-hasher")]
impl<T> HashSet<T> {
    /// An empty set without memory.
    pub const fn new() -> Self {
        Self {
            map: HashMap::new(),
        }
    }

    /// An empty set with room for `capacity` values.
    ///
    /// ```
    /// let set: hmap::HashSet<u32> = hmap::HashSet::with_capacity(100);
    /// assert!(set.capacity() >= 100);
    /// ```
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            map: HashMap::with_capacity(capacity),
        }
    }
}

#[cfg(feature = "default-hasher")]
impl<T, A: Allocator> HashSet<T, DefaultHashBuilder, A> {
    /// An empty set without memory, in an allocator.
    pub const fn new_in(alloc: A) -> Self {
        Self {
            map: HashMap::new_in(alloc),
        }
    }

    /// An empty set with room for `capacity` values, in an allocator.
    pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        Self {
            map: HashMap::with_capacity_in(capacity, alloc),
        }
    }
}

impl<T, S> HashSet<T, S> {
    /// An empty set without memory, with this hash builder.
    pub const fn with_hasher(hasher: S) -> Self {
        Self {
            map: HashMap::with_hasher(hasher),
        }
    }

    /// An empty set with room for `capacity` values, with this hash builder.
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self {
            map: HashMap::with_capacity_and_hasher(capacity, hasher),
        }
    }
}

impl<T, S, A: Allocator> HashSet<T, S, A> {
    /// An empty set without memory, with this hash builder, in an allocator.
    pub const fn with_hasher_in(hasher: S, alloc: A) -> Self {
        Self {
            map: HashMap::with_hasher_in(hasher, alloc),
        }
    }

    /// An empty set with room for `capacity` values, with this hash builder, in an
    /// allocator.
    pub fn with_capacity_and_hasher_in(capacity: usize, hasher: S, alloc: A) -> Self {
        Self {
            map: HashMap::with_capacity_and_hasher_in(capacity, hasher, alloc),
        }
    }

    /// The set's allocator.
    pub fn allocator(&self) -> &A {
        self.map.allocator()
    }

    /// The set's hash builder. The seed of the default one is drawn when a value goes
    /// into the empty set.
    pub fn hasher(&self) -> &S {
        self.map.hasher()
    }

    /// How many values fit without growth.
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Removes the values that `f` returns false for.
    pub fn retain<F>(&mut self, mut f: F)
    where
        F: FnMut(&T) -> bool,
    {
        self.map.retain(|value, ()| f(value));
    }

    /// Removes and drops all values; the memory is kept.
    pub fn clear(&mut self) {
        self.map.clear();
    }

    /// Bytes that the set has asked its allocator for.
    pub fn allocation_size(&self) -> usize {
        self.map.allocation_size()
    }
}

impl<T, S, A> HashSet<T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
{
    /// Makes room for `additional` more values: all values move if the array has to
    /// grow.
    ///
    /// # Panics
    /// If the size cannot be expressed.
    pub fn reserve(&mut self, additional: usize) {
        self.map.reserve(additional);
    }

    /// As [`reserve`](Self::reserve).
    ///
    /// # Errors
    /// If the size cannot be expressed, or memory is refused; the set then holds what it
    /// held.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve(additional)
    }

    /// Gives back what is not needed for the values that are there. If the smaller
    /// array is not to be had, the set keeps what it has.
    pub fn shrink_to_fit(&mut self) {
        self.map.shrink_to_fit();
    }

    /// Gives back what is not needed for `min_capacity` values, or for those that are
    /// there. If the smaller array is not to be had, the set keeps what it has.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.map.shrink_to(min_capacity);
    }

    /// Whether the value is there.
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.contains_key(value)
    }

    /// The value as it is stored.
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.get_key_value(value).map(|(stored, ())| stored)
    }

    /// The value as it is stored; if it is not there, this one is inserted.
    pub fn get_or_insert(&mut self, value: T) -> &T {
        self.map.entry(value).or_insert_entry(()).into_entry().0
    }

    /// The value as it is stored; if it is not there, the one that the function makes
    /// is inserted.
    ///
    /// # Panics
    /// If the function makes one that is not equal.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut names = hmap::HashSet::from([String::from("com1")]);
    /// assert_eq!(names.get_or_insert_with("com2", str::to_owned), "com2");
    /// assert_eq!(names.len(), 2);
    /// # }
    /// ```
    pub fn get_or_insert_with<Q, F>(&mut self, value: &Q, f: F) -> &T
    where
        Q: Hash + Equivalent<T> + ?Sized,
        F: FnOnce(&Q) -> T,
    {
        let entry = match self.map.entry_ref(value) {
            EntryRef::Occupied(entry) => entry,
            EntryRef::Vacant(entry) => entry.insert_entry_with_key(f(value), ()),
        };
        entry.into_entry().0
    }

    /// The place of a value, to look at and to fill.
    pub fn entry(&mut self, value: T) -> Entry<'_, T, S, A> {
        Entry::from(self.map.entry(value))
    }

    /// Inserts a value, and says whether it was not there before. If it was, the one in
    /// the set stays.
    #[inline]
    pub fn insert(&mut self, value: T) -> bool {
        self.map.insert(value, ()).is_none()
    }

    /// Inserts a value that is known not to be there, without looking for it.
    ///
    /// # Safety
    /// The value is not in the set. (If it is, it is there twice; nothing worse happens
    /// here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn insert_unique_unchecked(&mut self, value: T) -> &T {
        self.map.insert_unique(value, ()).0
    }

    /// Inserts a value, and returns the equal one that it takes the place of.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut zeros = hmap::HashSet::new();
    /// zeros.insert(Vec::<u8>::new());
    /// zeros.replace(Vec::with_capacity(10));
    /// assert_eq!(zeros.get(&[][..]).unwrap().capacity(), 10);
    /// # }
    /// ```
    pub fn replace(&mut self, value: T) -> Option<T> {
        let replaced = self.map.replace_entry(value, ());
        replaced.map(|(value, ())| value)
    }

    /// Removes a value, and says whether it was there.
    #[inline]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.remove(value).is_some()
    }

    /// Removes a value, and returns it as it was stored.
    #[inline]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.remove_entry(value).map(|(value, ())| value)
    }
}

/// At no cost: the set is the map.
impl<T, S, A: Allocator> From<HashMap<T, (), S, A>> for HashSet<T, S, A> {
    fn from(map: HashMap<T, (), S, A>) -> Self {
        Self { map }
    }
}

/// At no cost: the set is the map.
impl<T, S, A: Allocator> From<HashSet<T, S, A>> for HashMap<T, (), S, A> {
    fn from(set: HashSet<T, S, A>) -> Self {
        set.map
    }
}

impl<T: fmt::Debug, S, A: Allocator> fmt::Debug for HashSet<T, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T, S: Default, A: Allocator + Default> Default for HashSet<T, S, A> {
    fn default() -> Self {
        Self {
            map: HashMap::default(),
        }
    }
}

impl<T, S, A> PartialEq for HashSet<T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
{
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<T, S, A> Eq for HashSet<T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
{
}
