//! Going over all values: by reference, by value, and while they are removed.

use super::HmapSet;
use crate::hmap;
use crate::hmap::around::{borrowed, choosing, cloned, counted, empty};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::policy::Go;
use crate::table::entry::Face;
use crate::table::extract::RawExtract;
use core::fmt;

impl<T, S, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// All values, in the order of the buckets. They are not hashed.
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration; one call of `next`
    /// passes over as many empty buckets as there are in a row. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter([1, 2, 3])?;
    /// assert_eq!(set.iter().sum::<i32>(), 6);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn iter(&self) -> Iter<'_, T, P> {
        Iter(self.map.iter())
    }

    /// Removes a value and gives it: whichever is found first; `None` if there is none. See
    /// [`Hmap::pop_any`](crate::Hmap::pop_any).
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut ready = hmap::HmapSet::new();
    /// ready.insert("a task")?;
    /// assert_eq!(ready.pop_any(), Some("a task"));
    /// assert_eq!(ready.pop_any(), None);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<&str>>(())
    /// ```
    pub fn pop_any(&mut self) -> Option<T> {
        let (value, ()) = self.map.pop_any()?;
        Some(value)
    }

    /// Removes all values and gives them. The array is kept. What is not taken out is
    /// dropped with the iterator; if that is forgotten, it stays.
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration. **Memory:** never
    /// allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter([7])?;
    /// assert_eq!(set.drain().collect::<Vec<_>>(), [7]);
    /// assert!(set.is_empty());
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn drain(&mut self) -> Drain<'_, T, A, P> {
        Drain(self.map.drain())
    }

    /// Removes the values that the predicate returns true for and gives them, as the
    /// iterator comes to them. What it has not come to when it is dropped stays.
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration. **Memory:** never
    /// allocates.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter(0..8)?;
    /// assert_eq!(set.extract_if(|n| n % 2 == 0).count(), 4);
    /// assert!(set.iter().all(|n| n % 2 == 1));
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn extract_if<F>(&mut self, predicate: F) -> ExtractIf<'_, T, F, A, P>
    where
        F: FnMut(&T) -> bool,
    {
        ExtractIf {
            entries: self.map.core_mut().extract(),
            predicate,
        }
    }
}

/// The values of a set, by reference; see [`HmapSet::iter`].
pub struct Iter<'a, K, P: Policy = Go>(hmap::Iter<'a, K, (), P>);

/// The values of a set that is taken apart; see `HmapSet::into_iter`.
pub struct IntoIter<K, A: Allocator = Global, P: Policy = Go>(hmap::IntoIter<K, (), A, P>);

/// The values of a set, which is empty in the end; see [`HmapSet::drain`].
pub struct Drain<'a, K, A: Allocator = Global, P: Policy = Go>(hmap::Drain<'a, K, (), A, P>);

/// The values of a set that a predicate chooses; see [`HmapSet::extract_if`].
#[must_use = "values are removed as the iterator comes to them"]
pub struct ExtractIf<'a, K, F, A: Allocator = Global, P: Policy = Go> {
    entries: RawExtract<'a, K, (), A, P>,
    predicate: F,
}

impl<T, S, A: Allocator, P: Policy> IntoIterator for HmapSet<T, S, A, P> {
    type Item = T;
    type IntoIter = IntoIter<T, A, P>;

    /// All values. The memory is given back when the iterator is dropped, and what was
    /// not taken out is dropped then.
    fn into_iter(self) -> IntoIter<T, A, P> {
        IntoIter(self.map.into_iter())
    }
}

borrowed!(['a, T, S, A: Allocator, P: Policy] &'a HmapSet<T, S, A, P>,
    &'a T, Iter<'a, T, P>, iter);

counted!(['a, K, P: Policy] Iter<'a, K, P>, &'a K, clone: K; |(value, ())| value);
counted!([K, A: Allocator, P: Policy] IntoIter<K, A, P>, K, iter: K; |(value, ())| value);
counted!(['a, K, A: Allocator, P: Policy] Drain<'a, K, A, P>, K, iter: K; |(value, ())| value);

cloned!([K, P: Policy] Iter<'_, K, P>);

empty!([K, P: Policy] Iter<'_, K, P>);
empty!([K, A: Allocator + Default, P: Policy] IntoIter<K, A, P>);

choosing!([K, F: FnMut(&K) -> bool, A: Allocator, P: Policy] ExtractIf<'_, K, F, A, P>, K,
    |entries, predicate| entries.next(|value, ()| predicate(value)).map(|(value, ())| value));

impl<K, F, A: Allocator, P: Policy> fmt::Debug for ExtractIf<'_, K, F, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
