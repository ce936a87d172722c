//! Several values at once, each to change.

use super::HashMap;
use crate::numbers::alloc::Allocator;
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// The values of several keys, each to change.
    ///
    /// # Panics
    /// If two of the keys are equal and there.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = hmap::HashMap::from([("a", 1), ("b", 2)]);
    /// if let [Some(a), Some(b), None] = map.get_disjoint_mut(["a", "b", "c"]) {
    ///     core::mem::swap(a, b);
    /// }
    /// assert_eq!(map["a"], 2);
    /// # }
    /// ```
    pub fn get_disjoint_mut<Q, const N: usize>(&mut self, ks: [&Q; N]) -> [Option<&'_ mut V>; N]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get_disjoint_key_value_mut(ks)
            .map(|entry| entry.map(|(_, value)| value))
    }

    /// The entries of several keys, with values to change.
    ///
    /// # Panics
    /// If two of the keys are equal and there.
    #[expect(clippy::expect_used, reason = "hashbrown's contract")]
    pub fn get_disjoint_key_value_mut<Q, const N: usize>(
        &mut self,
        ks: [&Q; N],
    ) -> [Option<(&'_ K, &'_ mut V)>; N]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map
            .get_disjoint_key_value_mut(ks)
            .expect("duplicate keys found")
    }

    /// As [`get_disjoint_mut`](Self::get_disjoint_mut), for keys that are known to
    /// differ.
    ///
    /// # Safety
    /// No two of the keys are equal and there. (If two are, none is given; nothing
    /// worse happens here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn get_disjoint_unchecked_mut<Q, const N: usize>(
        &mut self,
        ks: [&Q; N],
    ) -> [Option<&'_ mut V>; N]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let entries = self.map.get_disjoint_mut(ks);
        entries.unwrap_or([const { None }; N])
    }

    /// As [`get_disjoint_key_value_mut`](Self::get_disjoint_key_value_mut), for keys
    /// that are known to differ.
    ///
    /// # Safety
    /// No two of the keys are equal and there. (If two are, none is given; nothing
    /// worse happens here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn get_disjoint_key_value_unchecked_mut<Q, const N: usize>(
        &mut self,
        ks: [&Q; N],
    ) -> [Option<(&'_ K, &'_ mut V)>; N]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let entries = self.map.get_disjoint_key_value_mut(ks);
        entries.unwrap_or([const { None }; N])
    }
}
