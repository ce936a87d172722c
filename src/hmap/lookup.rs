//! Looking keys up: by reference, to change, several at once.

use super::Hmap;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::table::lookup::equal_to;
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// The value of a key.
    ///
    /// The key is given in any form that compares with the stored one, as `&str`
    /// does with `String`: see [`Equivalent`].
    ///
    /// **Work:** the chain of the key. Go: `mapaccess1`.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// The key as it is stored, and its value.
    ///
    /// **Work:** the chain of the key.
    #[inline]
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(&K, &V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return None;
        }
        self.keyed.raw().get(self.hash(key), equal_to(key))
    }

    /// The value of a key, to change. Nothing is moved.
    ///
    /// **Work:** the chain of the key.
    #[inline]
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get_key_value_mut(key).map(|(_, value)| value)
    }

    /// The key as it is stored, and its value, to change.
    ///
    /// **Work:** the chain of the key.
    #[inline]
    pub fn get_key_value_mut<Q>(&mut self, key: &Q) -> Option<(&K, &mut V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() {
            return None;
        }
        let hash = self.hash(key);
        let (key, value) = self.keyed.raw_mut().get_mut(hash, equal_to(key))?;
        Some((key, value))
    }

    /// The values of several keys, each to change; `None` for a key that is not there.
    /// `None` for all if two of the keys are the same entry.
    ///
    /// **Work:** the chains of the keys, and N² comparisons of places. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.try_extend([("a", 1), ("b", 2)])?;
    /// if let Some([Some(a), Some(b)]) = map.get_disjoint_mut(["a", "b"]) {
    ///     core::mem::swap(a, b);
    /// }
    /// assert_eq!(map.get("a"), Some(&2));
    /// assert_eq!(map.get_disjoint_mut(["a", "a"]), None);
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn get_disjoint_mut<Q, const N: usize>(
        &mut self,
        keys: [&Q; N],
    ) -> Option<[Option<&mut V>; N]>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let entries = self.get_disjoint_key_value_mut(keys)?;
        Some(entries.map(|entry| entry.map(|(_, value)| value)))
    }

    /// As [`get_disjoint_mut`](Self::get_disjoint_mut), with the keys as they are stored.
    pub fn get_disjoint_key_value_mut<Q, const N: usize>(
        &mut self,
        keys: [&Q; N],
    ) -> Option<[Option<(&K, &mut V)>; N]>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hashes = keys.map(|key| self.hash(key));
        let same = |number: usize, stored: &K| {
            let key = keys.get(number);
            key.is_some_and(|key| key.equivalent(stored))
        };
        let entries = self.keyed.raw_mut().get_disjoint_mut(hashes, same)?;
        Some(entries.map(|entry| entry.map(|(key, value)| (&*key, value))))
    }

    /// Whether the key is there.
    ///
    /// **Work:** the chain of the key. Go: `mapaccess2`.
    #[inline]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get_key_value(key).is_some()
    }
}
