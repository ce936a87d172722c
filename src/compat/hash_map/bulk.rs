//! Many entries at once: collect, extend, and going over all of them.

use super::{HashMap, IntoIter, Iter, IterMut};
use crate::compat::infallible::placed;
use crate::hmap::around::borrowed;
use crate::numbers::alloc::Allocator;
#[cfg(feature = "default-hasher")]
use crate::numbers::alloc::Global;
#[cfg(feature = "default-hasher")]
use crate::numbers::seed::DefaultHashBuilder;
use core::hash::{BuildHasher, Hash};

impl<K: Eq + Hash, V, S: BuildHasher + Default, A: Allocator + Default> FromIterator<(K, V)>
    for HashMap<K, V, S, A>
{
    fn from_iter<T: IntoIterator<Item = (K, V)>>(iter: T) -> Self {
        let mut map = Self::default();
        map.extend(iter);
        map
    }
}

#[cfg(feature = "default-hasher")]
impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]>
    for HashMap<K, V, DefaultHashBuilder, Global>
{
    /// ```
    /// let map = hmap::HashMap::from([("a", 1), ("b", 2)]);
    /// assert_eq!(map["b"], 2);
    /// ```
    fn from(entries: [(K, V); N]) -> Self {
        Self::from_iter(entries)
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> Extend<(K, V)> for HashMap<K, V, S, A> {
    /// Inserts all entries. Room is made at once for as many as the iterator says that it has at
    /// least, if it is to be had; see [`Hmap::try_extend`](crate::Hmap::try_extend). Unlike
    /// hashbrown's it does not end the program where that room is refused, or more than a map can
    /// have, but with the first entry that finds none.
    fn extend<T: IntoIterator<Item = (K, V)>>(&mut self, iter: T) {
        placed(self.map.try_extend(iter));
    }
}

impl<'a, K: Eq + Hash + Copy, V: Copy, S: BuildHasher, A: Allocator> Extend<(&'a K, &'a V)>
    for HashMap<K, V, S, A>
{
    fn extend<T: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, iter: T) {
        self.extend(iter.into_iter().map(|(key, value)| (*key, *value)));
    }
}

impl<'a, K: Eq + Hash + Copy, V: Copy, S: BuildHasher, A: Allocator> Extend<&'a (K, V)>
    for HashMap<K, V, S, A>
{
    fn extend<T: IntoIterator<Item = &'a (K, V)>>(&mut self, iter: T) {
        self.extend(iter.into_iter().copied());
    }
}

impl<K, V, S, A: Allocator> IntoIterator for HashMap<K, V, S, A> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V, A>;

    fn into_iter(self) -> IntoIter<K, V, A> {
        self.map.into_iter()
    }
}

borrowed!(['a, K, V, S, A: Allocator] &'a HashMap<K, V, S, A>,
    (&'a K, &'a V), Iter<'a, K, V>, iter);
borrowed!(['a, K, V, S, A: Allocator] &'a mut HashMap<K, V, S, A>,
    (&'a K, &'a mut V), IterMut<'a, K, V>, iter_mut);
