//! Removing entries while going over them: `drain` and `extract_if`.

use super::Hmap;
use super::around::{choosing, counted, left};
use super::iter::Iter;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::policy::Go;
use crate::table::extract::{RawDrain, RawExtract};
use core::fmt;

impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// Removes an entry and gives it by value: whichever is found first; `None` if there is none.
    /// So a map is a set of things to do, to which more come while one is done.
    ///
    /// A growth that runs does not go on. With the policy [`Compact`](crate::Compact) overflow
    /// buckets of the chain stay until one of its keys is removed.
    ///
    /// **Work:** constant, on the mean of a loop that takes all entries; a call looks at one bit
    /// for each empty bucket before the entry's, or with [`Dense`](crate::Dense) and
    /// [`Paged`](crate::Paged) at one pointer. While a growth runs, as none does with these two, it
    /// goes over the buckets that were emptied since it began. **Memory:** never allocates.
    ///
    /// Go has no such function; a `for range` loop that ends at once comes next to it.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut to_visit = hmap::Hmap::new();
    /// to_visit.insert(1, "the root")?;
    /// let mut visited = 0;
    /// while let Some((node, _)) = to_visit.pop_any() {
    ///     visited += 1;
    ///     for child in [2 * node, 2 * node + 1].into_iter().filter(|child| *child < 100) {
    ///         to_visit.insert(child, "a child")?;
    ///     }
    /// }
    /// assert_eq!(visited, 99);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, &str>>(())
    /// ```
    pub fn pop_any(&mut self) -> Option<(K, V)> {
        self.keyed.raw_mut().pop_any()
    }

    /// Removes all entries and gives them by value. The array is kept. What is not
    /// taken out is dropped with the iterator, as by [`clear`](Self::clear); if that is
    /// forgotten, it stays.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration. **Memory:** never
    /// allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.insert("a", 1)?;
    /// assert_eq!(map.drain().collect::<Vec<_>>(), [("a", 1)]);
    /// assert!(map.is_empty());
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn drain(&mut self) -> Drain<'_, K, V, A, P> {
        Drain(self.keyed.raw_mut().drain())
    }

    /// Removes the entries that `predicate` returns true for and gives them by value.
    /// What the iterator has not come to when it is dropped stays.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration. **Memory:** never
    /// allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..10 {
    ///     map.insert(n, ())?;
    /// }
    /// assert_eq!(map.extract_if(|n, ()| n % 2 == 0).count(), 5);
    /// assert_eq!(map.len(), 5);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn extract_if<F>(&mut self, predicate: F) -> ExtractIf<'_, K, V, F, A, P>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        ExtractIf {
            entries: self.keyed.raw_mut().extract(),
            predicate,
        }
    }
}

/// The entries of a map, which is empty in the end; see [`Hmap::drain`].
pub struct Drain<'a, K, V, A: Allocator = Global, P: Policy = Go>(RawDrain<'a, K, V, A, P>);

/// The entries of a map that a predicate chooses; see [`Hmap::extract_if`].
pub struct ExtractIf<'a, K, V, F, A: Allocator = Global, P: Policy = Go> {
    entries: RawExtract<'a, K, V, A, P>,
    predicate: F,
}

counted!(['a, K, V, A: Allocator, P: Policy] Drain<'a, K, V, A, P>, (K, V), iter: K, V);

// What is left to give is what is left in the map.
left!([K, V, A: Allocator, P: Policy] Drain<'_, K, V, A, P>, pub(crate) Iter<K, V, P>);

choosing!([K, V, F: FnMut(&K, &mut V) -> bool, A: Allocator, P: Policy]
    ExtractIf<'_, K, V, F, A, P>, (K, V),
    |entries, predicate| entries.next(|key, value| predicate(key, value)));

impl<K, V, F, A: Allocator, P: Policy> fmt::Debug for ExtractIf<'_, K, V, F, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
