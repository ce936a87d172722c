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
use crate::compat::infallible::{had, made, placed, same_as, sized};
use crate::hmap::around::borrowed;
use crate::hmap::{EntryRef, Hmap};
use crate::hmap_set::HmapSet;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::error::{SetInsertError, TryReserveError};
use crate::numbers::seed::DefaultHashBuilder;
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

made!(
    ///
    /// ```
    /// let set: hmap::HashSet<u32> = hmap::HashSet::with_capacity(100);
    /// assert!(set.capacity() >= 100);
    /// ```
    HashSet<T>, set: HmapSet, "set" of "values"
);

sized!(HashSet<T>, set: HmapSet, "set" of "values");

same_as!(HashSet<T>, set: HmapSet, "set" of "values");

impl<T, S, A: Allocator> HashSet<T, S, A> {
    /// An empty set, given room.
    fn roomy(self, capacity: usize) -> Self {
        Self::from(HashMap::from(self).roomy(capacity))
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

    /// Removes the values that `f` returns false for.
    pub fn retain<F>(&mut self, f: F)
    where
        F: FnMut(&T) -> bool,
    {
        self.set.retain(f);
    }

    /// All values, in arbitrary order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.set.iter()
    }

    /// Removes a value and gives it: whichever is found first; `None` if there is none. Not one of
    /// hashbrown's; see [`Hmap::pop_any`](crate::Hmap::pop_any).
    pub fn pop_any(&mut self) -> Option<T> {
        self.set.pop_any()
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
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> HashSet<T, S, A> {
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
