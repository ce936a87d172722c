//! [`HashMap`]: the map under hashbrown's names, with hashbrown's signatures, for code
//! that is written for it.
//!
//! It is [`Hmap`] of the policy `Go`, and converts to and from it at no cost. What it
//! adds is what to do when memory is refused: what the collections of `alloc` do, which
//! is to end the program (`handle_alloc_error`). Overwriting and removing never come to
//! that. A kernel that cannot end uses [`Hmap`].
//!
//! Four things differ from hashbrown:
//!
//! * Growth is spread over the inserts and removals that follow it, so none of them
//!   takes long.
//! * [`HashMap::reserve`] holds memory for the worst hashes, an overflow bucket for every
//!   eight keys: what it reserves goes in without the allocator, as in hashbrown.
//! * [`HashMap::capacity`] is how many entries fit without growth. Where nothing is reserved
//!   chains that come out longer than eight entries still take overflow buckets from the
//!   allocator.
//! * There are no raw entries, and no `rayon`.

mod bulk;
mod disjoint;
mod entry;
mod entry_ref;

pub use crate::hmap::{
    Drain, ExtractIf, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut,
};
/// Under this path, too, for code that is written for hashbrown up to 0.14.
#[doc(no_inline)]
pub use crate::numbers::seed::DefaultHashBuilder;
pub use entry::{Entry, OccupiedEntry, OccupiedError, VacantEntry};
pub use entry_ref::{EntryRef, VacantEntryRef};

use crate::compat::infallible::{had, made, placed, same_as, sized};
use crate::hmap::Hmap;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::error::TryReserveError;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Go;
use crate::table::entry::{Face, HashingFace};
use crate::table::map::RawHmap;
use core::hash::{BuildHasher, Hash};
use core::ops::Index;
use equivalent::Equivalent;

/// A hash map with hashbrown's interface; see the [module](self).
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use hmap::HashMap;
///
/// let mut drivers = HashMap::new();
/// drivers.insert(0x1af4_1000_u32, "virtio-net");
/// *drivers.entry(0x8086_100e).or_insert("") = "e1000";
/// assert_eq!(drivers[&0x8086_100e], "e1000");
/// assert_eq!(drivers.len(), 2);
/// # }
/// ```
pub struct HashMap<K, V, S = DefaultHashBuilder, A: Allocator = Global> {
    map: Hmap<K, V, S, A>,
}

made!(
    ///
    /// ```
    /// let map: hmap::HashMap<u32, u32> = hmap::HashMap::with_capacity(100);
    /// assert!(map.capacity() >= 100);
    /// ```
    HashMap<K, V>, map: Hmap, "map" of "entries"
);

sized!(
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut sessions = hmap::HashMap::new();
    /// for id in 0..1_000_u32 {
    ///     if sessions.try_reserve(1).is_err() {
    ///         break; // out of memory, and nothing has changed
    ///     }
    ///     sessions.insert(id, "cannot fail");
    /// }
    /// # }
    /// ```
    HashMap<K, V>, map: Hmap, "map" of "entries"
);

same_as!(HashMap<K, V>, map: Hmap, "map" of "entries");

impl<K, V, S, A: Allocator> HashMap<K, V, S, A> {
    /// An empty map, given room.
    pub(super) fn roomy(mut self, capacity: usize) -> Self {
        // It holds no key, so there is none to hash.
        had(self
            .map
            .core_mut()
            .try_presize(capacity, |_| HashValue::new(0)));
        self
    }

    /// The same map with its fallible face, by reference.
    pub const fn as_hmap(&self) -> &Hmap<K, V, S, A> {
        &self.map
    }

    /// The same map with its fallible face, by reference: for an insert that may fail in
    /// code that is written for hashbrown otherwise.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = hmap::HashMap::new();
    /// map.as_hmap_mut().try_reserve(10)?;
    /// map.insert(1, "cannot fail");
    /// # }
    /// # Ok::<(), hmap::TryReserveError>(())
    /// ```
    pub const fn as_hmap_mut(&mut self) -> &mut Hmap<K, V, S, A> {
        &mut self.map
    }

    /// All keys, in arbitrary order.
    pub fn keys(&self) -> Keys<'_, K, V> {
        self.map.keys()
    }

    /// All values, in arbitrary order.
    pub fn values(&self) -> Values<'_, K, V> {
        self.map.values()
    }

    /// All values, to change, in arbitrary order.
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        self.map.values_mut()
    }

    /// All entries, in arbitrary order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.map.iter()
    }

    /// All entries, with values to change, in arbitrary order.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.map.iter_mut()
    }

    /// All keys by value.
    pub fn into_keys(self) -> IntoKeys<K, V, A> {
        self.map.into_keys()
    }

    /// All values by value.
    pub fn into_values(self) -> IntoValues<K, V, A> {
        self.map.into_values()
    }

    /// Removes an entry and gives it: whichever is found first; `None` if there is none. Not one of
    /// hashbrown's; see [`Hmap::pop_any`].
    pub fn pop_any(&mut self) -> Option<(K, V)> {
        self.map.pop_any()
    }

    /// Removes all entries and gives them by value; the memory is kept.
    pub fn drain(&mut self) -> Drain<'_, K, V, A> {
        self.map.drain()
    }

    /// Removes the entries that `f` returns false for.
    pub fn retain<F>(&mut self, f: F)
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.map.retain(f);
    }

    /// Removes the entries that `f` returns true for and gives them by value, as the
    /// iterator comes to them.
    pub fn extract_if<F>(&mut self, f: F) -> ExtractIf<'_, K, V, F, A>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.map.extract_if(f)
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// The value of a key.
    #[inline]
    pub fn get<Q>(&self, k: &Q) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get(k)
    }

    /// The key as it is stored, and its value.
    #[inline]
    pub fn get_key_value<Q>(&self, k: &Q) -> Option<(&K, &V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get_key_value(k)
    }

    /// The key as it is stored, and its value, to change.
    #[inline]
    pub fn get_key_value_mut<Q>(&mut self, k: &Q) -> Option<(&K, &mut V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get_key_value_mut(k)
    }

    /// Whether the key is there.
    #[inline]
    pub fn contains_key<Q>(&self, k: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.contains_key(k)
    }

    /// The value of a key, to change.
    #[inline]
    pub fn get_mut<Q>(&mut self, k: &Q) -> Option<&mut V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get_mut(k)
    }

    /// Inserts an entry. If the key is there its value is replaced and the old one
    /// returned; the key in the map stays.
    #[inline]
    pub fn insert(&mut self, k: K, v: V) -> Option<V> {
        placed(self.map.insert(k, v))
    }

    /// Inserts an entry if the key is not there.
    ///
    /// # Errors
    /// If the key is there: with its entry, and the value that was to be inserted.
    pub fn try_insert(
        &mut self,
        key: K,
        value: V,
    ) -> Result<&mut V, OccupiedError<'_, K, V, S, A>> {
        match self.entry(key) {
            Entry::Occupied(entry) => Err(OccupiedError { entry, value }),
            Entry::Vacant(entry) => Ok(entry.insert(value)),
        }
    }

    /// Inserts an entry whose key is known not to be there, without looking for it.
    ///
    /// # Safety
    /// The key is not in the map. (If it is, both entries are, and which one is found
    /// is not specified; nothing worse happens here.)
    #[expect(unsafe_code, reason = "hashbrown's signature")]
    pub unsafe fn insert_unique_unchecked(&mut self, k: K, v: V) -> (&K, &mut V) {
        placed(self.map.insert_unique(k, v))
    }

    /// Removes a key and returns its value.
    #[inline]
    pub fn remove<Q>(&mut self, k: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.remove(k)
    }

    /// Removes a key and returns it as it was stored, with its value.
    #[inline]
    pub fn remove_entry<Q>(&mut self, k: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.remove_entry(k)
    }
}

impl<K, V, S, A: Allocator> Face for HashMap<K, V, S, A> {
    type Key = K;
    type Elem = V;
    type Alloc = A;
    type Policy = Go;

    fn core(&self) -> &RawHmap<K, V, A, Go> {
        self.map.core()
    }

    fn core_mut(&mut self) -> &mut RawHmap<K, V, A, Go> {
        self.map.core_mut()
    }
}

impl<K: Hash, V, S: BuildHasher, A: Allocator> HashingFace for HashMap<K, V, S, A> {
    fn split(&mut self) -> (&mut RawHmap<K, V, A, Go>, impl Fn(&K) -> HashValue + Copy) {
        self.map.split()
    }

    fn renew_seed(&mut self) {
        self.map.renew_seed();
    }
}

impl<K, Q, V, S, A> Index<&Q> for HashMap<K, V, S, A>
where
    K: Eq + Hash,
    Q: Hash + Equivalent<K> + ?Sized,
    S: BuildHasher,
    A: Allocator,
{
    type Output = V;

    /// The value of a key.
    ///
    /// # Panics
    /// If the key is not there.
    #[expect(clippy::expect_used, reason = "the trait has no other way to say no")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}
