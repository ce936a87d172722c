//! Going over all values: by reference, by value, and while they are removed.

use super::HashSet;
use crate::alloc::{Allocator, Global};
use crate::hash_map::{self, Keys};
use crate::raw::entry::Face;
use crate::raw::extract::RawExtract;
use core::fmt;
use core::iter::FusedIterator;

impl<T, S, A: Allocator> HashSet<T, S, A> {
    /// All values, in arbitrary order.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter {
            keys: self.map.keys(),
        }
    }

    /// Removes all values and gives them; the memory is kept.
    pub fn drain(&mut self) -> Drain<'_, T, A> {
        Drain {
            entries: self.map.drain(),
        }
    }

    /// Removes the values that `f` returns true for and gives them, as the iterator
    /// comes to them. What it has not come to when it is dropped stays.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set: hmap::HashSet<i32> = (0..8).collect();
    /// assert_eq!(set.extract_if(|n| n % 2 == 0).count(), 4);
    /// assert!(set.iter().all(|n| n % 2 == 1));
    /// # }
    /// ```
    pub fn extract_if<F>(&mut self, f: F) -> ExtractIf<'_, T, F, A>
    where
        F: FnMut(&T) -> bool,
    {
        ExtractIf {
            entries: self.map.core_mut().extract(),
            predicate: f,
        }
    }
}

/// The values of a set, by reference; see [`HashSet::iter`].
pub struct Iter<'a, K> {
    keys: Keys<'a, K, ()>,
}

/// The values of a set that is taken apart; see `HashSet::into_iter`.
pub struct IntoIter<K, A: Allocator = Global> {
    entries: hash_map::IntoIter<K, (), A>,
}

/// The values of a set, which is empty in the end; see [`HashSet::drain`].
pub struct Drain<'a, K, A: Allocator = Global> {
    entries: hash_map::Drain<'a, K, (), A>,
}

/// The values of a set that a predicate chooses; see [`HashSet::extract_if`].
#[must_use = "values are removed as the iterator comes to them"]
pub struct ExtractIf<'a, K, F, A: Allocator = Global> {
    entries: RawExtract<'a, K, (), A>,
    predicate: F,
}

impl<T, S, A: Allocator> IntoIterator for HashSet<T, S, A> {
    type Item = T;
    type IntoIter = IntoIter<T, A>;

    fn into_iter(self) -> IntoIter<T, A> {
        IntoIter {
            entries: self.map.into_iter(),
        }
    }
}

impl<'a, T, S, A: Allocator> IntoIterator for &'a HashSet<T, S, A> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<'a, K> Iterator for Iter<'a, K> {
    type Item = &'a K;

    #[inline]
    fn next(&mut self) -> Option<&'a K> {
        self.keys.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.keys.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, &'a K) -> B>(self, init: B, f: F) -> B {
        self.keys.fold(init, f)
    }
}

impl<K, A: Allocator> Iterator for IntoIter<K, A> {
    type Item = K;

    #[inline]
    fn next(&mut self) -> Option<K> {
        self.entries.next().map(|(value, ())| value)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, K) -> B>(self, init: B, mut f: F) -> B {
        self.entries
            .fold(init, |folded, (value, ())| f(folded, value))
    }
}

impl<K, A: Allocator> Iterator for Drain<'_, K, A> {
    type Item = K;

    #[inline]
    fn next(&mut self) -> Option<K> {
        self.entries.next().map(|(value, ())| value)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    #[inline]
    fn fold<B, F: FnMut(B, K) -> B>(self, init: B, mut f: F) -> B {
        self.entries
            .fold(init, |folded, (value, ())| f(folded, value))
    }
}

impl<K, F, A> Iterator for ExtractIf<'_, K, F, A>
where
    F: FnMut(&K) -> bool,
    A: Allocator,
{
    type Item = K;

    fn next(&mut self) -> Option<K> {
        let predicate = &mut self.predicate;
        let chosen = self.entries.next(|value, ()| predicate(value));
        chosen.map(|(value, ())| value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K> ExactSizeIterator for Iter<'_, K> {}
impl<K, A: Allocator> ExactSizeIterator for IntoIter<K, A> {}
impl<K, A: Allocator> ExactSizeIterator for Drain<'_, K, A> {}
impl<K> FusedIterator for Iter<'_, K> {}
impl<K, A: Allocator> FusedIterator for IntoIter<K, A> {}
impl<K, A: Allocator> FusedIterator for Drain<'_, K, A> {}
impl<K, F: FnMut(&K) -> bool, A: Allocator> FusedIterator for ExtractIf<'_, K, F, A> {}

impl<K> Clone for Iter<'_, K> {
    fn clone(&self) -> Self {
        Self {
            keys: self.keys.clone(),
        }
    }
}

/// Without values.
impl<K> Default for Iter<'_, K> {
    fn default() -> Self {
        Self {
            keys: Keys::default(),
        }
    }
}

/// Without values.
impl<K, A: Allocator + Default> Default for IntoIter<K, A> {
    fn default() -> Self {
        Self {
            entries: hash_map::IntoIter::default(),
        }
    }
}

impl<K: fmt::Debug> fmt::Debug for Iter<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys.fmt(f)
    }
}

impl<K: fmt::Debug, A: Allocator> fmt::Debug for IntoIter<K, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.entries.iter().map(|(value, ())| value);
        f.debug_list().entries(values).finish()
    }
}

impl<K: fmt::Debug, A: Allocator> fmt::Debug for Drain<'_, K, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.entries.iter().map(|(value, ())| value);
        f.debug_list().entries(values).finish()
    }
}

impl<K, F, A: Allocator> fmt::Debug for ExtractIf<'_, K, F, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}

/// Compiles if the types that hold or lend values can stand for those of shorter
/// lifetimes.
#[expect(dead_code, reason = "compiled, not called")]
fn assert_covariance() {
    fn set<'a>(of: HashSet<&'static str>) -> HashSet<&'a str> {
        of
    }
    fn iter<'a, 'b>(of: Iter<'a, &'static str>) -> Iter<'a, &'b str> {
        of
    }
    fn into_iter<'a, A: Allocator>(of: IntoIter<&'static str, A>) -> IntoIter<&'a str, A> {
        of
    }
    fn drain<'a, A: Allocator>(of: Drain<'static, &'static str, A>) -> Drain<'a, &'static str, A> {
        of
    }
}
