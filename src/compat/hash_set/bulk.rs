//! Many values at once: collect, and extend.

use super::{HashSet, put};
use crate::numbers::alloc::Allocator;
#[cfg(feature = "default-hasher")]
use crate::numbers::{alloc::Global, seed::DefaultHashBuilder};
use core::hash::{BuildHasher, Hash};

impl<T: Eq + Hash, S: BuildHasher + Default, A: Allocator + Default> FromIterator<T>
    for HashSet<T, S, A>
{
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        let mut set = Self::default();
        set.extend(iter);
        set
    }
}

#[cfg(feature = "default-hasher")]
impl<T: Eq + Hash, const N: usize> From<[T; N]> for HashSet<T, DefaultHashBuilder, Global> {
    /// ```
    /// let set = hmap::HashSet::from([1, 2, 2]);
    /// assert_eq!(set.len(), 2);
    /// ```
    fn from(values: [T; N]) -> Self {
        Self::from_iter(values)
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> Extend<T> for HashSet<T, S, A> {
    /// Inserts all values. Room is made at once for as many as the iterator says that it has at
    /// least, if it is to be had; see [`HashMap::extend`](crate::HashMap::extend).
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) {
        put(self.set.try_extend(iter));
    }
}

impl<'a, T: 'a + Eq + Hash + Copy, S: BuildHasher, A: Allocator> Extend<&'a T>
    for HashSet<T, S, A>
{
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) {
        self.extend(iter.into_iter().copied());
    }
}
