//! Many values at once: collect, and extend.

use super::HashSet;
use crate::compat::infallible::{expected, had};
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
    /// Inserts all values. Room is made for all that the iterator claims to have, if
    /// the set is empty, and else for half: some of them will be there already.
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) {
        let iter = iter.into_iter();
        let claimed = iter.size_hint().0;
        had(self.set.try_presize(expected(self.len(), claimed)));
        iter.for_each(|value| {
            self.insert(value);
        });
    }
}

impl<'a, T: 'a + Eq + Hash + Copy, S: BuildHasher, A: Allocator> Extend<&'a T>
    for HashSet<T, S, A>
{
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) {
        self.extend(iter.into_iter().copied());
    }
}
