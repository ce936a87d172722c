//! What the faces with hashbrown's interface ask of the core beside what [`Hmap`] does:
//! entries that give their map back, inserting without a hasher, entries of a hash.
//!
//! [`Hmap`]: crate::Hmap

use super::assign::Supply;
use super::bmap::BucketPtr;
use super::entry::{Face, RawOccupied, RawVacant, fill};
use super::iter::{Iter, RawIter};
use super::{RawHmap, Slot};
use crate::alloc::Allocator;
use crate::error::InsertError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::tophash::{Slots, TopHash};
use core::marker::PhantomData;
use core::mem;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Does the growth work that is due before an entry of this hash is looked for.
    pub(crate) fn prepare(&mut self, hash: HashValue, hasher: &impl Fn(&K) -> HashValue) {
        self.growth_work(hash, hasher);
    }

    /// Removes what is left of an entry that was moved out: its slot and its cells.
    ///
    /// # Safety
    /// The slot is live, in the chain that begins with `head`; the entry that was in it
    /// is the caller's.
    unsafe fn remove_moved(&mut self, head: BucketPtr<K, V, P>, slot: Slot<K, V, P>) {
        // SAFETY: The slot is live (M1).
        let (key, elem) = unsafe { (slot.bucket.key(slot.index), slot.bucket.elem(slot.index)) };
        // SAFETY: The caller's promise.
        unsafe { self.clear_slot(head, slot) };
        // SAFETY: The cells, if there are any, are empty.
        unsafe { self.free_cells(key, elem) };
    }

    /// All keys, to change; their hashes and what they are equal to must stay.
    pub(crate) fn keys_mut(&mut self) -> KeysMut<'_, K, V, P> {
        KeysMut {
            slots: self.slots(),
            keys: PhantomData,
        }
    }

    /// The entries whose tophash is this hash's, in the chain that owns it.
    pub(crate) fn iter_hash(&self, hash: HashValue) -> IterHash<'_, K, V, P> {
        IterHash {
            slots: self.slots_of(hash),
            entries: PhantomData,
        }
    }

    /// The keys of these entries, to change; their hashes and what they are equal to must
    /// stay.
    pub(crate) fn iter_hash_mut(&mut self, hash: HashValue) -> IterHashMut<'_, K, V, P> {
        IterHashMut {
            slots: self.slots_of(hash),
            keys: PhantomData,
        }
    }

    fn slots_of(&self, hash: HashValue) -> SlotsOfHash<K, V, P> {
        SlotsOfHash {
            top: TopHash::of(hash),
            next: self.chain(hash).filter(|_| self.count > 0),
            ..SlotsOfHash::default()
        }
    }
}

impl<'a, M: Face> RawOccupied<'a, M> {
    /// The key, to change to an equal one, and the elem.
    pub(crate) fn into_muts(self) -> (&'a mut M::Key, &'a mut M::Elem) {
        let Slot { bucket, index } = self.slot;
        // SAFETY: The slot is live (M1): the map was not changed since it was found, and
        // is borrowed alone for 'a.
        unsafe { (bucket.key(index).as_mut(), bucket.elem(index).as_mut()) }
    }

    /// Replaces the entry by what the function makes of it, which has the same hash, in
    /// the same slot and cells; or removes it, and gives what the function gave instead.
    ///
    /// If the function panics the entry is removed.
    pub(crate) fn replace_with<R>(
        mut self,
        replace: impl FnOnce(M::Key, M::Elem) -> Result<(M::Key, M::Elem), R>,
    ) -> Result<Self, (R, RawVacant<'a, M>)> {
        /// An entry that was moved out, and is removed unless there is another for its
        /// slot. Until then the map is borrowed, so that nobody reads it.
        struct MovedOut<'m, 'a, M: Face>(&'m mut RawOccupied<'a, M>);

        impl<M: Face> Drop for MovedOut<'_, '_, M> {
            fn drop(&mut self) {
                let RawOccupied {
                    map, head, slot, ..
                } = &mut *self.0;
                // SAFETY: The slot is live, in the chain that was found with it, and the
                // entry was moved out.
                unsafe { map.core_mut().remove_moved(*head, *slot) }
            }
        }

        let Slot { bucket, index } = self.slot;
        // SAFETY: The slot is live (M1): the map was not changed since it was found.
        let (key_at, elem_at) = unsafe { (bucket.key(index), bucket.elem(index)) };
        let moved_out = MovedOut(&mut self);
        // SAFETY: M1; the copies are the entry from here on.
        let (key, elem) = unsafe { (key_at.read(), elem_at.read()) };
        match replace(key, elem) {
            Ok((key, elem)) => {
                mem::forget(moved_out);
                // SAFETY: Both are moved out, and the slot is live still: this makes M1
                // true of it again.
                unsafe {
                    key_at.write(key);
                    elem_at.write(elem);
                }
                Ok(self)
            }
            Err(instead) => {
                drop(moved_out);
                let Self { map, hash, .. } = self;
                let vacancy = map.core().vacancy(hash);
                Err((instead, RawVacant { map, hash, vacancy }))
            }
        }
    }

    pub(crate) fn into_map(self) -> &'a mut M {
        self.map
    }
}

impl<'a, M: Face> RawVacant<'a, M> {
    /// Does all else that may have to hash before an entry is put there: a growth that
    /// one entry more calls for is begun, whether or not it will come.
    pub(crate) fn prepare(self, hasher: &impl Fn(&M::Key) -> HashValue) -> Self {
        let Self {
            map,
            hash,
            mut vacancy,
        } = self;
        let raw = map.core_mut();
        raw.give_back_unless_reserved();
        if raw.buckets.is_some() && raw.grow_if_due() {
            raw.growth_work(hash, hasher);
            vacancy = raw.vacancy_again(hash, &vacancy);
        }
        Self { map, hash, vacancy }
    }

    /// Puts an entry there; no growth starts, as there is nobody to hash.
    pub(crate) fn insert_as_it_is(
        self,
        key: M::Key,
        elem: M::Elem,
    ) -> Result<RawOccupied<'a, M>, InsertError<M::Key, M::Elem>> {
        let Self { map, hash, vacancy } = self;
        // Without growth no key is hashed.
        let place = map
            .core_mut()
            .reserve_place(hash, vacancy, &|_| hash, Supply::NoGrowth);
        fill(map, hash, place, key, elem)
    }

    pub(crate) fn into_map(self) -> &'a mut M {
        self.map
    }
}

/// The keys of a map, to change; see [`RawHmap::keys_mut`].
///
/// Not an `IterMut`: that one gives keys by shared reference, so that it may stand for
/// one of keys of a shorter lifetime, and be sent where its keys may only be shared.
pub(crate) struct KeysMut<'a, K, V, P> {
    slots: RawIter<K, V, P>,
    keys: PhantomData<&'a mut K>,
}

// SAFETY: It gives unique references to keys, and nothing of the elems.
unsafe impl<K: Send, V, P: Policy> Send for KeysMut<'_, K, V, P> {}
// SAFETY: Through `&KeysMut` nothing but shared references to keys is had.
unsafe impl<K: Sync, V, P: Policy> Sync for KeysMut<'_, K, V, P> {}

impl<K, P: Policy> KeysMut<'_, K, (), P> {
    /// The keys that are left, by shared reference.
    pub(crate) fn iter(&self) -> Iter<'_, K, (), P> {
        // SAFETY: Live slots (M1), not given yet, of a map that is borrowed alone.
        unsafe { Iter::of_slots(self.slots.clone()) }
    }
}

impl<'a, K, V, P: Policy> Iterator for KeysMut<'a, K, V, P> {
    type Item = &'a mut K;

    #[inline]
    fn next(&mut self) -> Option<&'a mut K> {
        let Slot { bucket, index } = self.slots.next()?;
        // SAFETY: A live slot (M1), given once, of a map that is borrowed alone for 'a.
        Some(unsafe { bucket.key(index).as_mut() })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.slots.left, Some(self.slots.left))
    }
}

/// Without keys.
impl<K, V, P: Policy> Default for KeysMut<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: RawIter::empty(),
            keys: PhantomData,
        }
    }
}

/// The slots whose tophash is a hash's, in the chain that owns it. It is used while the map
/// stays as it is.
struct SlotsOfHash<K, V, P> {
    top: TopHash,
    slots: Slots,
    bucket: Option<BucketPtr<K, V, P>>,
    next: Option<BucketPtr<K, V, P>>,
}

impl<K, V, P> Clone for SlotsOfHash<K, V, P> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

/// No slots.
impl<K, V, P> Default for SlotsOfHash<K, V, P> {
    fn default() -> Self {
        Self {
            top: TopHash::of(HashValue::new(0)),
            slots: Slots::NONE,
            bucket: None,
            next: None,
        }
    }
}

impl<K, V, P: Policy> SlotsOfHash<K, V, P> {
    fn next(&mut self) -> Option<Slot<K, V, P>> {
        loop {
            if let (Some(index), Some(bucket)) = (self.slots.next(), self.bucket) {
                return Some(Slot { bucket, index });
            }
            let bucket = self.next?;
            // SAFETY: Buckets of a chain that owns a hash are initialised (M5).
            let (tops, overflow) = unsafe { (bucket.tops(), bucket.overflow()) };
            self.slots = tops.matching(self.top);
            self.bucket = Some(bucket);
            self.next = overflow;
        }
    }
}

/// Entries that may have a hash; see [`RawHmap::iter_hash`].
pub(crate) struct IterHash<'a, K, V, P> {
    slots: SlotsOfHash<K, V, P>,
    entries: PhantomData<(&'a K, &'a V)>,
}

// SAFETY: It gives shared references and no more.
unsafe impl<K: Sync, V: Sync, P: Policy> Send for IterHash<'_, K, V, P> {}
// SAFETY: As above.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for IterHash<'_, K, V, P> {}

impl<K, V, P> Clone for IterHash<'_, K, V, P> {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            ..*self
        }
    }
}

/// Without entries.
impl<K, V, P> Default for IterHash<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: SlotsOfHash::default(),
            entries: PhantomData,
        }
    }
}

impl<'a, K, V, P: Policy> Iterator for IterHash<'a, K, V, P> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let Slot { bucket, index } = self.slots.next()?;
        // SAFETY: A match is a live slot (M1), borrowed as the map is.
        unsafe { Some((bucket.key(index).as_ref(), bucket.elem(index).as_ref())) }
    }
}

/// Keys that may have a hash, to change; see [`RawHmap::iter_hash_mut`].
pub(crate) struct IterHashMut<'a, K, V, P> {
    slots: SlotsOfHash<K, V, P>,
    keys: PhantomData<&'a mut K>,
}

// SAFETY: It gives unique references to keys, and nothing of the elems.
unsafe impl<K: Send, V, P: Policy> Send for IterHashMut<'_, K, V, P> {}
// SAFETY: Through `&IterHashMut` nothing but shared references to keys is had.
unsafe impl<K: Sync, V, P: Policy> Sync for IterHashMut<'_, K, V, P> {}

impl<K, P: Policy> IterHashMut<'_, K, (), P> {
    /// The keys that are left, by shared reference.
    pub(crate) fn iter(&self) -> IterHash<'_, K, (), P> {
        IterHash {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

/// Without keys.
impl<K, V, P> Default for IterHashMut<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: SlotsOfHash::default(),
            keys: PhantomData,
        }
    }
}

impl<'a, K, V, P: Policy> Iterator for IterHashMut<'a, K, V, P> {
    type Item = &'a mut K;

    fn next(&mut self) -> Option<&'a mut K> {
        let Slot { bucket, index } = self.slots.next()?;
        // SAFETY: A live slot (M1), given once, of a map that is borrowed alone for 'a.
        Some(unsafe { bucket.key(index).as_mut() })
    }
}
