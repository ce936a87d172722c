//! Iterators over all entries, and their halves.

use super::Hmap;
use super::around::{borrowed, cloned, counted, empty, left};
use crate::inspect::go_order::GoOrder;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Go;
use crate::table::iter::{RawIntoIter, RawIter, RawIterMut};
use crate::table::policy::OfArrays;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::iter::FusedIterator;

impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// All entries, in the order of the buckets. Keys are not hashed.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration; one call of
    /// `next` passes over as many empty buckets as there are in a row.
    /// Go: `mapiternext`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.insert(1, 10)?;
    /// map.insert(2, 20)?;
    /// assert_eq!(map.iter().map(|(key, value)| key + value).sum::<i32>(), 33);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, i32>>(())
    /// ```
    pub fn iter(&self) -> Iter<'_, K, V, P> {
        Iter(self.keyed.raw().iter())
    }

    /// All entries, with values to change; as [`iter`](Self::iter) otherwise.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.insert("a", 1)?;
    /// for (_, value) in map.iter_mut() {
    ///     *value += 1;
    /// }
    /// assert_eq!(map.get("a"), Some(&2));
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V, P> {
        IterMut(self.keyed.raw_mut().iter_mut())
    }

    /// All keys, in the order of [`iter`](Self::iter).
    pub fn keys(&self) -> Keys<'_, K, V, P> {
        Keys(self.iter())
    }

    /// All values, in the order of [`iter`](Self::iter).
    pub fn values(&self) -> Values<'_, K, V, P> {
        Values(self.iter())
    }

    /// All values, to change, in the order of [`iter`](Self::iter).
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V, P> {
        ValuesMut(self.iter_mut())
    }

    /// All keys by value; the values are dropped.
    pub fn into_keys(self) -> IntoKeys<K, V, A, P> {
        IntoKeys(self.into_iter())
    }

    /// All values by value; the keys are dropped.
    pub fn into_values(self) -> IntoValues<K, V, A, P> {
        IntoValues(self.into_iter())
    }
}

impl<K: Hash, V, S: BuildHasher, A: Allocator, P: Policy + OfArrays> Hmap<K, V, S, A, P> {
    /// All entries in exactly the order of Go's `range`, which begins at a bucket and
    /// a slot drawn by chance; here they are the caller's choice, modulo the number of
    /// buckets and modulo eight.
    ///
    /// In the middle of a doubling the keys of chains that are not moved yet are
    /// hashed, twice each; [`iter`](Self::iter) never hashes.
    ///
    /// **Work:** all buckets and entries; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration. **Memory:** none.
    /// Go: `mapiterinit`, `mapiternext`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..4 {
    ///     map.insert(n, ())?;
    /// }
    /// let order: Vec<_> = map.iter_from(0, 2).map(|(n, ())| *n).collect();
    /// assert_eq!(order, [2, 3, 0, 1]);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn iter_from(&self, bucket: usize, offset: usize) -> IterFrom<'_, K, V, S, P> {
        IterFrom {
            order: self.keyed.raw().iter_from(bucket, offset),
            hash_builder: self.keyed.hash_builder(),
        }
    }
}

/// The entries of a map in Go's order; see [`Hmap::iter_from`].
pub struct IterFrom<'a, K, V, S, P: OfArrays = Go> {
    order: GoOrder<'a, K, V, P>,
    hash_builder: &'a S,
}

impl<K, V, S, P: OfArrays> Clone for IterFrom<'_, K, V, S, P> {
    fn clone(&self) -> Self {
        Self {
            order: self.order.clone(),
            hash_builder: self.hash_builder,
        }
    }
}

impl<'a, K: Hash, V, S: BuildHasher, P: OfArrays> Iterator for IterFrom<'a, K, V, S, P> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let Self {
            order,
            hash_builder,
        } = self;
        order.next(|key| HashValue::new(hash_builder.hash_one(key)))
    }
}

impl<K: Hash, V, S: BuildHasher, P: OfArrays> FusedIterator for IterFrom<'_, K, V, S, P> {}

impl<K: Hash + fmt::Debug, V: fmt::Debug, S: BuildHasher, P: OfArrays> fmt::Debug
    for IterFrom<'_, K, V, S, P>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K, V, S, A: Allocator, P: Policy> IntoIterator for Hmap<K, V, S, A, P> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V, A, P>;

    /// All entries by value. Its memory is given back when the iterator is dropped,
    /// and what was not taken out is dropped then, as by [`clear`](Hmap::clear).
    fn into_iter(self) -> IntoIter<K, V, A, P> {
        IntoIter(self.keyed.into_raw().into_entries())
    }
}

borrowed!(['a, K, V, S, A: Allocator, P: Policy] &'a Hmap<K, V, S, A, P>,
    (&'a K, &'a V), Iter<'a, K, V, P>, iter);
borrowed!(['a, K, V, S, A: Allocator, P: Policy] &'a mut Hmap<K, V, S, A, P>,
    (&'a K, &'a mut V), IterMut<'a, K, V, P>, iter_mut);

/// The entries of a map, by reference; see [`Hmap::iter`].
pub struct Iter<'a, K, V, P: Policy = Go>(pub(super) RawIter<'a, K, V, P>);

/// The entries of a map, with values to change; see [`Hmap::iter_mut`].
pub struct IterMut<'a, K, V, P: Policy = Go>(RawIterMut<'a, K, V, P>);

/// The entries of a map that is taken apart; see
/// [`Hmap::into_iter`](Hmap#method.into_iter).
pub struct IntoIter<K, V, A: Allocator = Global, P: Policy = Go>(RawIntoIter<K, V, A, P>);

/// Keys of a map; see [`Hmap::keys`].
pub struct Keys<'a, K, V, P: Policy = Go>(Iter<'a, K, V, P>);

/// Values of a map; see [`Hmap::values`].
pub struct Values<'a, K, V, P: Policy = Go>(Iter<'a, K, V, P>);

/// Values of a map, to change; see [`Hmap::values_mut`].
pub struct ValuesMut<'a, K, V, P: Policy = Go>(IterMut<'a, K, V, P>);

/// Keys of a map that is taken apart; see [`Hmap::into_keys`].
pub struct IntoKeys<K, V, A: Allocator = Global, P: Policy = Go>(IntoIter<K, V, A, P>);

/// Values of a map that is taken apart; see [`Hmap::into_values`].
pub struct IntoValues<K, V, A: Allocator = Global, P: Policy = Go>(IntoIter<K, V, A, P>);

left!([K, V, P: Policy] IterMut<'_, K, V, P>, pub(crate) Iter<K, V, P>);
left!([K, V, A: Allocator, P: Policy] IntoIter<K, V, A, P>, pub(crate) Iter<K, V, P>);

counted!(['a, K, V, P: Policy] Iter<'a, K, V, P>, (&'a K, &'a V), clone: K, V);
counted!(['a, K, V, P: Policy] IterMut<'a, K, V, P>, (&'a K, &'a mut V), iter: K, V);
counted!([K, V, A: Allocator, P: Policy] IntoIter<K, V, A, P>, (K, V), iter: K, V);
counted!(['a, K, V, P: Policy] Keys<'a, K, V, P>, &'a K, clone: K; |(key, _)| key);
counted!(['a, K, V, P: Policy] Values<'a, K, V, P>, &'a V, clone: V; |(_, value)| value);
counted!(['a, K, V, P: Policy] ValuesMut<'a, K, V, P>, &'a mut V, iter: V; |(_, value)| value);
counted!([K, V, A: Allocator, P: Policy] IntoKeys<K, V, A, P>, K, iter: K; |(key, _)| key);
counted!([K, V, A: Allocator, P: Policy] IntoValues<K, V, A, P>, V, iter: V; |(_, value)| value);

cloned!([K, V, P: Policy] Iter<'_, K, V, P>);
cloned!([K, V, P: Policy] Keys<'_, K, V, P>);
cloned!([K, V, P: Policy] Values<'_, K, V, P>);

empty!([K, V, P: Policy] Iter<'_, K, V, P>);
empty!([K, V, P: Policy] IterMut<'_, K, V, P>);
empty!([K, V, A: Allocator + Default, P: Policy] IntoIter<K, V, A, P>);
empty!([K, V, P: Policy] Keys<'_, K, V, P>);
empty!([K, V, P: Policy] Values<'_, K, V, P>);
empty!([K, V, P: Policy] ValuesMut<'_, K, V, P>);
empty!([K, V, A: Allocator + Default, P: Policy] IntoKeys<K, V, A, P>);
empty!([K, V, A: Allocator + Default, P: Policy] IntoValues<K, V, A, P>);
