//! [`HashSet`]: a set under hashbrown's names, with hashbrown's signatures, for code
//! that is written for it.
//!
//! It is [`HmapSet`] of the policy `Go`, and converts to and from it at no cost. What it
//! adds is what to do when memory is refused. What is said of [`HashMap`] about that, about
//! growth and about capacity holds here too.

mod bulk;
mod entry;
mod operations;

pub use crate::hmap_set::{
    Difference, Drain, ExtractIf, Intersection, IntoIter, Iter, OccupiedEntry, SymmetricDifference,
    Union,
};
pub use entry::{Entry, VacantEntry};

use crate::compat::hash_map::HashMap;
use crate::compat::infallible::{had, placed};
use crate::hmap::around::borrowed;
use crate::hmap::{EntryRef, Hmap};
use crate::hmap_set::HmapSet;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::error::{SetInsertError, TryReserveError};
use crate::numbers::seed::DefaultHashBuilder;
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
    set: HmapSet<T, S, A>,
}

#[cfg(feature = "default-hasher")]
impl<T> HashSet<T> {
    /// An empty set without memory.
    pub const fn new() -> Self {
        Self {
            set: HmapSet::new(),
        }
    }

    /// An empty set with room for `capacity` values.
    ///
    /// ```
    /// let set: hmap::HashSet<u32> = hmap::HashSet::with_capacity(100);
    /// assert!(set.capacity() >= 100);
    /// ```
    pub fn with_capacity(capacity: usize) -> Self {
        Self::from(HashMap::with_capacity(capacity))
    }
}

#[cfg(feature = "default-hasher")]
impl<T, A: Allocator> HashSet<T, DefaultHashBuilder, A> {
    /// An empty set without memory, in an allocator.
    pub const fn new_in(alloc: A) -> Self {
        Self {
            set: HmapSet::new_in(alloc),
        }
    }

    /// An empty set with room for `capacity` values, in an allocator.
    pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        Self::from(HashMap::with_capacity_in(capacity, alloc))
    }
}

impl<T, S> HashSet<T, S> {
    /// An empty set without memory, with this hash builder.
    pub const fn with_hasher(hasher: S) -> Self {
        Self {
            set: HmapSet::with_hasher(hasher),
        }
    }

    /// An empty set with room for `capacity` values, with this hash builder.
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self::from(HashMap::with_capacity_and_hasher(capacity, hasher))
    }
}

impl<T, S, A: Allocator> HashSet<T, S, A> {
    /// An empty set without memory, with this hash builder, in an allocator.
    pub const fn with_hasher_in(hasher: S, alloc: A) -> Self {
        Self {
            set: HmapSet::with_hasher_in(hasher, alloc),
        }
    }

    /// An empty set with room for `capacity` values, with this hash builder, in an
    /// allocator.
    pub fn with_capacity_and_hasher_in(capacity: usize, hasher: S, alloc: A) -> Self {
        Self::from(HashMap::with_capacity_and_hasher_in(
            capacity, hasher, alloc,
        ))
    }

    /// The same set with its fallible face, by reference.
    pub const fn as_hmap_set(&self) -> &HmapSet<T, S, A> {
        &self.set
    }

    /// The same set with its fallible face, by reference: for an insert that may fail in
    /// code that is written for hashbrown otherwise.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = hmap::HashSet::new();
    /// set.as_hmap_set_mut().try_reserve(10)?;
    /// set.insert("cannot fail");
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub const fn as_hmap_set_mut(&mut self) -> &mut HmapSet<T, S, A> {
        &mut self.set
    }

    /// The set's allocator.
    pub fn allocator(&self) -> &A {
        self.set.allocator()
    }

    /// The set's hash builder. The seed of the default one is drawn when a value goes
    /// into the empty set.
    pub fn hasher(&self) -> &S {
        self.set.hasher()
    }

    /// How many values fit without growth.
    pub fn capacity(&self) -> usize {
        self.set.capacity()
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Removes the values that `f` returns false for.
    pub fn retain<F>(&mut self, f: F)
    where
        F: FnMut(&T) -> bool,
    {
        self.set.retain(f);
    }

    /// Removes and drops all values; the memory is kept. Where a `Drop` panics: see
    /// [`Hmap::clear`].
    pub fn clear(&mut self) {
        self.set.clear();
    }

    /// All values, in arbitrary order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.set.iter()
    }

    /// Removes all values and gives them; the memory is kept.
    pub fn drain(&mut self) -> Drain<'_, T, A> {
        self.set.drain()
    }

    /// Removes the values that `f` returns true for and gives them, as the iterator comes
    /// to them. What it has not come to when it is dropped stays.
    pub fn extract_if<F>(&mut self, f: F) -> ExtractIf<'_, T, F, A>
    where
        F: FnMut(&T) -> bool,
    {
        self.set.extract_if(f)
    }

    /// Bytes that the set has asked its allocator for.
    pub fn allocation_size(&self) -> usize {
        self.set.allocation_size()
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> HashSet<T, S, A> {
    /// Reserves all that the next `additional` new values can need, whatever their hashes:
    /// they make no call of the allocator, neither to take nor to give back.
    ///
    /// **Work** and **memory:** as [`HmapSet::try_reserve`].
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
    /// the set then is as it was, and has the memory that it had.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.set.try_reserve(additional)
    }

    /// Gives back what is not needed for the values that are there. If the smaller
    /// array is not to be had, the set keeps what it has.
    pub fn shrink_to_fit(&mut self) {
        self.shrink_to(0);
    }

    /// Gives back what is not needed for `min_capacity` values, or for those that are
    /// there. If the smaller array is not to be had, the set keeps what it has.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        // What the set has does for all that it holds.
        _ = self.set.shrink_to(min_capacity);
    }

    /// Whether the value is there.
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.set.contains(value)
    }

    /// The value as it is stored.
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.set.get(value)
    }

    /// The value as it is stored; if it is not there, this one is inserted.
    pub fn get_or_insert(&mut self, value: T) -> &T {
        put(self.set.get_or_insert(value))
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
        let entry = match self.set.as_hmap_mut().entry_ref(value) {
            EntryRef::Occupied(entry) => entry,
            EntryRef::Vacant(place) => {
                let made = f(value);
                assert!(
                    value.equivalent(&made),
                    "the value that was made is not equal to the one looked for"
                );
                placed(place.put(made, ()))
            }
        };
        entry.into_entry().0
    }

    /// The place of a value, to look at and to fill.
    pub fn entry(&mut self, value: T) -> Entry<'_, T, S, A> {
        Entry::of(self.set.entry(value))
    }

    /// Inserts a value, and says whether it was not there before. If it was, the one in
    /// the set stays.
    #[inline]
    pub fn insert(&mut self, value: T) -> bool {
        put(self.set.insert(value))
    }

    /// Inserts a value that is known not to be there, without looking for it.
    ///
    /// # Safety
    /// The value is not in the set. (If it is, it is there twice; nothing worse happens
    /// here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn insert_unique_unchecked(&mut self, value: T) -> &T {
        placed(self.set.as_hmap_mut().insert_unique(value, ())).0
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
        put(self.set.replace(value))
    }

    /// Removes a value, and says whether it was there.
    #[inline]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.set.remove(value)
    }

    /// Removes a value, and returns it as it was stored.
    #[inline]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.set.take(value)
    }
}

/// What was put into a set, or the end of the program.
#[inline]
fn put<R, T>(result: Result<R, SetInsertError<T>>) -> R {
    had(result.map_err(|error| error.reason()))
}

/// At no cost: the two are the same set.
impl<T, S, A: Allocator> From<HmapSet<T, S, A>> for HashSet<T, S, A> {
    fn from(set: HmapSet<T, S, A>) -> Self {
        Self { set }
    }
}

/// At no cost: the two are the same set.
impl<T, S, A: Allocator> From<HashSet<T, S, A>> for HmapSet<T, S, A> {
    fn from(set: HashSet<T, S, A>) -> Self {
        set.set
    }
}

/// At no cost: the set is the map.
impl<T, S, A: Allocator> From<HashMap<T, (), S, A>> for HashSet<T, S, A> {
    fn from(map: HashMap<T, (), S, A>) -> Self {
        Self {
            set: HmapSet::from_hmap(Hmap::from(map)),
        }
    }
}

/// At no cost: the set is the map.
impl<T, S, A: Allocator> From<HashSet<T, S, A>> for HashMap<T, (), S, A> {
    fn from(set: HashSet<T, S, A>) -> Self {
        Self::from(Hmap::from(set.set))
    }
}

impl<T, S, A: Allocator> IntoIterator for HashSet<T, S, A> {
    type Item = T;
    type IntoIter = IntoIter<T, A>;

    fn into_iter(self) -> IntoIter<T, A> {
        self.set.into_iter()
    }
}

borrowed!(['a, T, S, A: Allocator] &'a HashSet<T, S, A>, &'a T, Iter<'a, T>, iter);

impl<T: fmt::Debug, S, A: Allocator> fmt::Debug for HashSet<T, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)
    }
}

impl<T, S: Default, A: Allocator + Default> Default for HashSet<T, S, A> {
    fn default() -> Self {
        Self {
            set: HmapSet::default(),
        }
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> PartialEq for HashSet<T, S, A> {
    fn eq(&self, other: &Self) -> bool {
        self.set == other.set
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> Eq for HashSet<T, S, A> {}
