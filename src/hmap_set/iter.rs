//! Going over all values: by reference, by value, and while they are removed.

use super::HmapSet;
use crate::hmap;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::policy::{Go, Policy};
use crate::table::entry::Face;
use crate::table::extract::RawExtract;
use core::fmt;
use core::iter::FusedIterator;

impl<T, S, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// All values, in the order of the buckets. They are not hashed.
    ///
    /// **Work:** all buckets and values, over the whole iteration; one call of `next`
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
        Iter {
            entries: self.map.iter(),
        }
    }

    /// Removes all values and gives them. The array is kept. What is not taken out is
    /// dropped with the iterator; if that is forgotten, it stays.
    ///
    /// **Work:** all buckets and values, over the whole iteration. **Memory:** never
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
        Drain {
            entries: self.map.drain(),
        }
    }

    /// Removes the values that the predicate returns true for and gives them, as the
    /// iterator comes to them. What it has not come to when it is dropped stays.
    ///
    /// **Work:** all buckets and values, over the whole iteration. **Memory:** never
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
pub struct Iter<'a, K, P: Policy = Go> {
    entries: hmap::Iter<'a, K, (), P>,
}

/// The values of a set that is taken apart; see `HmapSet::into_iter`.
pub struct IntoIter<K, A: Allocator = Global, P: Policy = Go> {
    entries: hmap::IntoIter<K, (), A, P>,
}

/// The values of a set, which is empty in the end; see [`HmapSet::drain`].
pub struct Drain<'a, K, A: Allocator = Global, P: Policy = Go> {
    entries: hmap::Drain<'a, K, (), A, P>,
}

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
        IntoIter {
            entries: self.map.into_iter(),
        }
    }
}

impl<'a, T, S, A: Allocator, P: Policy> IntoIterator for &'a HmapSet<T, S, A, P> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T, P>;

    fn into_iter(self) -> Iter<'a, T, P> {
        self.iter()
    }
}

/// The iterator traits of the values that are the keys of entries. An invocation says in
/// which field the entries are, what is given, and how those that are left are looked at.
macro_rules! values {
    ([$($generics:tt)*] $type:ty, $entries:tt: $item:ty, $left:ident: $value:ident) => {
        impl<$($generics)*> Iterator for $type {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.$entries.next().map(|(value, ())| value)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.$entries.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, f: F) -> B {
                self.$entries.map(|(value, ())| value).fold(init, f)
            }
        }

        impl<$($generics)*> ExactSizeIterator for $type {}
        impl<$($generics)*> FusedIterator for $type {}

        impl<$($generics)*> fmt::Debug for $type
        where
            $value: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let left = self.$entries.$left().map(|(value, ())| value);
                f.debug_list().entries(left).finish()
            }
        }
    };
}

/// `Default` of an iterator that has another one in a field.
macro_rules! empty {
    ([$($generics:tt)*] $type:ty, $field:tt) => {
        /// Without values.
        impl<$($generics)*> Default for $type {
            fn default() -> Self {
                Self { $field: Default::default() }
            }
        }
    };
}

#[cfg(feature = "infallible")]
pub(crate) use {empty, values};

values!(['a, K, P: Policy] Iter<'a, K, P>, entries: &'a K, clone: K);
values!([K, A: Allocator, P: Policy] IntoIter<K, A, P>, entries: K, iter: K);
values!(['a, K, A: Allocator, P: Policy] Drain<'a, K, A, P>, entries: K, iter: K);

empty!([K, P: Policy] Iter<'_, K, P>, entries);
empty!([K, A: Allocator + Default, P: Policy] IntoIter<K, A, P>, entries);

impl<K, F: FnMut(&K) -> bool, A: Allocator, P: Policy> Iterator for ExtractIf<'_, K, F, A, P> {
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

impl<K, F: FnMut(&K) -> bool, A: Allocator, P: Policy> FusedIterator for ExtractIf<'_, K, F, A, P> {}

impl<K, P: Policy> Clone for Iter<'_, K, P> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
        }
    }
}

impl<K, F, A: Allocator, P: Policy> fmt::Debug for ExtractIf<'_, K, F, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}

/// Compiles if the types that hold or lend values can stand for those of shorter
/// lifetimes.
#[expect(dead_code, reason = "compiled, not called")]
fn assert_covariance() {
    fn set<'a, S, A: Allocator, P: Policy>(
        of: HmapSet<&'static str, S, A, P>,
    ) -> HmapSet<&'a str, S, A, P> {
        of
    }
    fn iter<'a, 'b, P: Policy>(of: Iter<'a, &'static str, P>) -> Iter<'a, &'b str, P> {
        of
    }
    fn into_iter<'a, A: Allocator>(of: IntoIter<&'static str, A>) -> IntoIter<&'a str, A> {
        of
    }
    fn drain<'a, A: Allocator>(of: Drain<'static, &'static str, A>) -> Drain<'a, &'static str, A> {
        of
    }
}
