//! [`HashTable`]: the core with nothing around it. The caller hashes, compares, and
//! keeps what belongs together in one value; maps and sets of other kinds are built on
//! it. Names and signatures are hashbrown's.
//!
//! Hashes are `u64`, of which as many bits count as a machine word has, from the lowest on.
//! The low bits choose the bucket and the top seven of the word (bits 57 to 63, on 32-bit
//! targets bits 25 to 31) tell values of a bucket apart, so both must be good.
//!
//! What differs from hashbrown: there are no bucket indices (an overflow bucket has no
//! number), and growth is spread over the calls that are given a hasher, so removals,
//! which are not, move nothing.

mod entry;
mod iter;

pub use entry::{AbsentEntry, Entry, OccupiedEntry, VacantEntry};
pub use iter::{Drain, ExtractIf, IntoIter, Iter, IterHash, IterHashMut, IterMut};

use crate::compat::infallible::{had, placed};
use crate::hmap::around::borrowed;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::error::TryReserveError;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Go;
use crate::table::entry::{Face, RawEntry};
use crate::table::map::RawHmap;
use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};

/// A hash table whose caller hashes and compares; see the [module](self).
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use core::hash::BuildHasher;
/// use hmap::{DefaultHashBuilder, HashTable};
///
/// // A set of names, each kept once, by number.
/// let names = ["bmap", "hmap", "tophash"];
/// let hasher = DefaultHashBuilder::with_seed(1);
/// let hash = |number: &usize| hasher.hash_one(names[*number]);
///
/// let mut by_name = HashTable::new();
/// for number in 0..names.len() {
///     by_name.insert_unique(hash(&number), number, hash);
/// }
/// let found = by_name.find(hasher.hash_one("hmap"), |number| names[*number] == "hmap");
/// assert_eq!(found, Some(&1));
/// # }
/// ```
pub struct HashTable<T, A: Allocator = Global> {
    pub(crate) raw: RawHmap<T, (), A, Go>,
}

// The table owns its values as a `Vec` does: an unwind leaves it whole.
impl<T: UnwindSafe, A: Allocator + UnwindSafe> UnwindSafe for HashTable<T, A> {}
impl<T: RefUnwindSafe, A: Allocator + RefUnwindSafe> RefUnwindSafe for HashTable<T, A> {}

impl<T> HashTable<T> {
    /// An empty table without memory.
    pub const fn new() -> Self {
        Self::new_in(Global)
    }

    /// An empty table with room for `capacity` values.
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_in(capacity, Global)
    }
}

impl<T, A: Allocator> HashTable<T, A> {
    /// An empty table without memory, in an allocator.
    pub const fn new_in(alloc: A) -> Self {
        Self {
            raw: RawHmap::new_in(alloc),
        }
    }

    /// An empty table with room for `capacity` values, in an allocator.
    pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        let mut table = Self::new_in(alloc);
        // It holds no value, so there is none to hash.
        had(table.raw.try_presize(capacity, |_| HashValue::new(0)));
        table
    }

    /// The table's allocator.
    pub fn allocator(&self) -> &A {
        self.raw.allocator()
    }

    /// The value that has this hash and satisfies `eq`.
    pub fn find(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&T> {
        self.raw
            .get(HashValue::new(hash), eq)
            .map(|(value, ())| value)
    }

    /// As [`find`](Self::find), to change; its hash and what it is equal to must stay.
    pub fn find_mut(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&mut T> {
        let found = self.raw.get_mut(HashValue::new(hash), eq);
        found.map(|(value, ())| value)
    }

    /// The entry of the value that has this hash and satisfies `eq`. Nothing is moved.
    ///
    /// # Errors
    /// If there is none: with the table, given back.
    pub fn find_entry(
        &mut self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
    ) -> Result<OccupiedEntry<'_, T, A>, AbsentEntry<'_, T, A>> {
        match RawEntry::find_as_it_is(self, HashValue::new(hash), eq) {
            RawEntry::Occupied(raw) => Ok(OccupiedEntry { raw }),
            RawEntry::Vacant(place) => Err(AbsentEntry {
                table: place.into_map(),
            }),
        }
    }

    /// The place of the value that has this hash and satisfies `eq`. If it is not there,
    /// a growth that one value more would call for is begun here, where there is a hasher.
    pub fn entry(
        &mut self,
        hash: u64,
        eq: impl FnMut(&T) -> bool,
        hasher: impl Fn(&T) -> u64,
    ) -> Entry<'_, T, A> {
        let hash = HashValue::new(hash);
        let hasher = |value: &T| HashValue::new(hasher(value));
        self.raw.prepare(hash, hasher);
        match RawEntry::find_as_it_is(self, hash, eq) {
            RawEntry::Occupied(raw) => Entry::Occupied(OccupiedEntry { raw }),
            RawEntry::Vacant(raw) => Entry::Vacant(VacantEntry {
                raw: raw.prepare(hasher),
            }),
        }
    }

    /// Inserts a value that is known not to be there.
    pub fn insert_unique(
        &mut self,
        hash: u64,
        value: T,
        hasher: impl Fn(&T) -> u64,
    ) -> OccupiedEntry<'_, T, A> {
        match self.entry(hash, |_| false, hasher) {
            Entry::Vacant(place) => place.insert(value),
            // No value is equal.
            Entry::Occupied(entry) => entry,
        }
    }

    /// Inserts a value that is known not to be there, with the memory that the table
    /// has: the allocator is not called, neither to take nor to give back.
    ///
    /// # Errors
    /// If there is no room at hand: with the value.
    pub fn try_insert_unique_within_capacity(
        &mut self,
        hash: u64,
        value: T,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<(), T> {
        let hasher = |value: &T| HashValue::new(hasher(value));
        let hash = HashValue::new(hash);
        let inserted = self.raw.insert_new_at_hand(hash, value, (), hasher);
        inserted.map_err(|(value, ())| value)
    }

    /// Removes and drops all values; the memory is kept. Where a `Drop` panics: see
    /// [`Hmap::clear`](crate::Hmap::clear).
    pub fn clear(&mut self) {
        self.raw.clear();
    }

    /// Reserves all that the next `additional` new values can need, whatever their hashes:
    /// they make no call of the allocator, neither to take nor to give back.
    ///
    /// **Work** and **memory:** as [`Hmap::try_reserve`](crate::Hmap::try_reserve).
    ///
    /// # Panics
    /// If the size cannot be expressed. If memory is refused the program ends.
    pub fn reserve(&mut self, additional: usize, hasher: impl Fn(&T) -> u64) {
        had(self.try_reserve(additional, hasher));
    }

    /// As [`reserve`](Self::reserve).
    ///
    /// # Errors
    /// If the size cannot be expressed (`additional` is at most 2³² − 1), or memory is refused;
    /// the table then is as it was, and has the memory that it had.
    pub fn try_reserve(
        &mut self,
        additional: usize,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<(), TryReserveError> {
        self.raw
            .try_reserve(additional, |value| HashValue::new(hasher(value)))
    }

    /// Gives back what is not needed for the values that are there. If the smaller array
    /// is not to be had, the table keeps what it has.
    pub fn shrink_to_fit(&mut self, hasher: impl Fn(&T) -> u64) {
        self.shrink_to(0, hasher);
    }

    /// Gives back what is not needed for `min_capacity` values, or for those that are
    /// there. If the smaller array is not to be had, the table keeps what it has.
    pub fn shrink_to(&mut self, min_capacity: usize, hasher: impl Fn(&T) -> u64) {
        // What the table has does for all that it holds.
        _ = self
            .raw
            .shrink_to(min_capacity, |value| HashValue::new(hasher(value)));
    }

    /// How many values fit without growth.
    pub fn capacity(&self) -> usize {
        self.raw.capacity()
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.raw.len() == 0
    }

    /// Bytes that the table has asked its allocator for.
    pub fn allocation_size(&self) -> usize {
        self.raw.footprint().heap()
    }

    /// All values, in arbitrary order.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self.raw.iter())
    }

    /// All values, to change, in arbitrary order; hashes and what values are equal to
    /// must stay.
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        IterMut(self.raw.keys_mut())
    }

    /// The values that may have this hash: all that do, and few others.
    pub fn iter_hash(&self, hash: u64) -> IterHash<'_, T> {
        IterHash(self.raw.iter_hash(HashValue::new(hash)))
    }

    /// As [`iter_hash`](Self::iter_hash), to change; hashes and what values are equal to
    /// must stay.
    ///
    /// ```
    /// // Two values of one hash.
    /// let mut table = hmap::HashTable::new();
    /// table.insert_unique(7, ("timer", 0), |_| 7);
    /// table.insert_unique(7, ("disk", 0), |_| 7);
    /// for (name, count) in table.iter_hash_mut(7) {
    ///     *count = name.len();
    /// }
    /// assert_eq!(table.find(7, |value| value.0 == "disk"), Some(&("disk", 4)));
    /// ```
    pub fn iter_hash_mut(&mut self, hash: u64) -> IterHashMut<'_, T> {
        IterHashMut(self.raw.iter_hash_mut(HashValue::new(hash)))
    }

    /// Removes the values that `f` returns false for. Nothing is moved.
    pub fn retain(&mut self, mut f: impl FnMut(&mut T) -> bool) {
        self.raw.retain(|value, ()| f(value));
    }

    /// Removes a value and gives it: whichever is found first; `None` if there is none. Not one of
    /// hashbrown's; see [`Hmap::pop_any`](crate::Hmap::pop_any).
    pub fn pop_any(&mut self) -> Option<T> {
        let (value, ()) = self.raw.pop_any()?;
        Some(value)
    }

    /// Removes all values and gives them; the memory is kept.
    pub fn drain(&mut self) -> Drain<'_, T, A> {
        Drain(self.raw.drain())
    }

    /// Removes the values that `f` returns true for and gives them, as the iterator
    /// comes to them.
    pub fn extract_if<F>(&mut self, f: F) -> ExtractIf<'_, T, F, A>
    where
        F: FnMut(&mut T) -> bool,
    {
        ExtractIf::of(&mut self.raw, f)
    }

    /// Several values at once, each to change: number i has the i-th hash and satisfies
    /// `eq(i, ..)`.
    ///
    /// # Panics
    /// If two of them are the same.
    #[expect(clippy::expect_used, reason = "hashbrown's contract")]
    pub fn get_disjoint_mut<const N: usize>(
        &mut self,
        hashes: [u64; N],
        eq: impl FnMut(usize, &T) -> bool,
    ) -> [Option<&'_ mut T>; N] {
        let found = self.raw.get_disjoint_mut(hashes.map(HashValue::new), eq);
        found
            .expect("duplicate keys found")
            .map(|entry| entry.map(|(value, ())| value))
    }

    /// As [`get_disjoint_mut`](Self::get_disjoint_mut), for values that are known to
    /// differ.
    ///
    /// # Safety
    /// No two of them are the same. (If two are, none is given; nothing worse happens
    /// here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn get_disjoint_unchecked_mut<const N: usize>(
        &mut self,
        hashes: [u64; N],
        eq: impl FnMut(usize, &T) -> bool,
    ) -> [Option<&'_ mut T>; N] {
        match self.raw.get_disjoint_mut(hashes.map(HashValue::new), eq) {
            Some(found) => found.map(|entry| entry.map(|(value, ())| value)),
            None => [const { None }; N],
        }
    }
}

impl<T, A: Allocator> Face for HashTable<T, A> {
    type Key = T;
    type Elem = ();
    type Alloc = A;
    type Policy = Go;

    fn core(&self) -> &RawHmap<T, (), A, Go> {
        &self.raw
    }

    fn core_mut(&mut self) -> &mut RawHmap<T, (), A, Go> {
        &mut self.raw
    }
}

impl<T, A: Allocator + Default> Default for HashTable<T, A> {
    fn default() -> Self {
        Self::new_in(A::default())
    }
}

impl<T: Clone, A: Allocator + Clone> Clone for HashTable<T, A> {
    /// A table with clones of all values in the same slots.
    fn clone(&self) -> Self {
        Self {
            raw: had(self.raw.try_clone_in(self.raw.allocator().clone())),
        }
    }

    /// Replaces all values by clones of another table's, in the memory that is there if the
    /// two are of one size.
    fn clone_from(&mut self, source: &Self) {
        if !had(self.raw.try_clone_in_place(&source.raw)) {
            let alloc = self.raw.allocator().clone();
            *self = Self {
                raw: had(source.raw.try_clone_in(alloc)),
            };
        }
    }
}

impl<T: fmt::Debug, A: Allocator> fmt::Debug for HashTable<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T, A: Allocator> IntoIterator for HashTable<T, A> {
    type Item = T;
    type IntoIter = IntoIter<T, A>;

    fn into_iter(self) -> IntoIter<T, A> {
        IntoIter(self.raw.into_entries())
    }
}

borrowed!(['a, T, A: Allocator] &'a HashTable<T, A>, &'a T, Iter<'a, T>, iter);
borrowed!(['a, T, A: Allocator] &'a mut HashTable<T, A>, &'a mut T, IterMut<'a, T>, iter_mut);
