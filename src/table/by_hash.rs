//! What the faces with hashbrown's interface ask of the core beside what [`Hmap`] does:
//! entries that give their map back, inserting without a hasher, entries of a hash.
//!
//! [`Hmap`]: crate::Hmap

use super::entry::{Face, RawEntry, RawOccupied, RawVacant, fill};
use super::iter::{Lent, Loan};
use super::live::Live;
use super::map::{RawHmap, free_cells};
use super::policy::{OfArrays, Tabled};
use crate::memory::blocks::Blocks;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::compiled::{compiled_for, hash_key};
use crate::memory::shape::{MapType, Types};
use crate::numbers::alloc::Allocator;
use crate::numbers::error::InsertError;
use crate::numbers::hash::HashValue;
use crate::numbers::tophash::{Slots, TopHash};
use crate::seam::{self, Supply, Table};
use core::mem;

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// Removes what is left of an entry that was moved out: its slot and its cells.
    ///
    /// # Safety
    /// The slot is live, of a key with this hash; the entry that was in it
    /// is the caller's.
    unsafe fn remove_moved(&mut self, hash: HashValue, slot: Slot<Types<K, V, P>>) {
        let (header, heap) = self.parts();
        // SAFETY: The caller's promise; its cells, if there are any, are empty.
        unsafe {
            let freed = header.unlink(hash, slot.of_types(heap.of()));
            free_cells(freed.of_types(Types::<K, V, P>::HERE), heap);
            header.close_gap(heap, hash, freed);
        }
    }

    /// The head that owns a hash, if there are entries.
    fn owner(&self, hash: HashValue) -> Option<BucketPtr<compiled_for!(K, V, P)>> {
        // SAFETY: There are entries.
        (self.len() > 0).then(|| unsafe { self.owner_of_entry(hash) })
    }

    /// Does the growth work that is due before an entry of this hash is looked for.
    pub(crate) fn prepare(&mut self, hash: HashValue, hasher: impl Fn(&K) -> HashValue + Copy) {
        let (header, heap) = self.parts();
        header.growth_work(heap.of(), hash, hash_key(&hasher));
    }

    /// Inserts an entry whose key is not there, with the memory at hand; the pair comes back if
    /// that has no room.
    pub(crate) fn insert_new_at_hand(
        &mut self,
        hash: HashValue,
        key: K,
        elem: V,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Result<(), (K, V)> {
        let (header, heap) = self.parts();
        let hasher = hash_key(&hasher);
        header.growth_work(heap.of(), hash, hasher);
        // SAFETY: The work is done; the slot is written below.
        let placed = unsafe { header.place(heap, hash, hasher, Supply::AtHand) };
        let Ok(new) = seam::target!(placed) else {
            return Err((key, elem));
        };
        // SAFETY: As it was got above.
        let slot = unsafe { new.of_types(Types::<K, V, P>::HERE).new_slot() };
        slot.write(key, elem);
        Ok(())
    }
}

impl<K, A: Allocator, P: OfArrays> RawHmap<K, (), A, P> {
    /// All keys, to change; their hashes and what they are equal to must stay.
    pub(crate) fn keys_mut(&mut self) -> KeysMut<'_, K, P> {
        // SAFETY: Live slots (M1), each once, of a map that is borrowed alone.
        unsafe { Lent::of(self.walk()) }
    }

    /// The entries whose tophash is this hash's, in the chain that owns it.
    pub(crate) fn iter_hash(&self, hash: HashValue) -> IterHash<'_, K, P> {
        // SAFETY: A match is a live slot; the map is borrowed.
        unsafe { Lent::of(self.slots_of(hash)) }
    }

    /// The keys of these entries, to change; their hashes and what they are equal to must
    /// stay.
    pub(crate) fn iter_hash_mut(&mut self, hash: HashValue) -> IterHashMut<'_, K, P> {
        // SAFETY: As above, each once; the map is borrowed alone.
        unsafe { Lent::of(self.slots_of(hash)) }
    }

    fn slots_of(&self, hash: HashValue) -> SlotsOfHash<Types<K, (), P>> {
        let chain = self.owner(hash).map(|head| head.of_types(Types::HERE));
        SlotsOfHash {
            top: TopHash::of(hash),
            next: chain,
            ..SlotsOfHash::default()
        }
    }
}

impl<'a, M: Face> RawEntry<'a, M> {
    /// The place of the key that has this hash and satisfies `eq`. Nothing is moved.
    pub(crate) fn find_as_it_is(
        map: &'a mut M,
        hash: HashValue,
        eq: impl FnMut(&M::Key) -> bool,
    ) -> Self {
        let found = map.core().find(hash, eq);
        Self::of_found(map, hash, found.map(|slot| slot.of_types(())))
    }
}

impl<'a, M: Face> RawOccupied<'a, M> {
    /// The key, to change to an equal one, and the elem.
    pub(crate) fn into_muts(self) -> (&'a mut M::Key, &'a mut M::Elem) {
        // SAFETY: The slot is live: the map was not changed since it was found, and is
        // borrowed alone for 'a.
        unsafe { self.slot.entry_mut() }
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
                let RawOccupied { map, hash, slot } = &mut *self.0;
                // SAFETY: The slot is live, was found by the hash, and its entry was moved out.
                unsafe { map.core_mut().remove_moved(*hash, *slot) }
            }
        }

        // SAFETY: The slot is live: the map was not changed since it was found.
        let (key_at, elem_at) = unsafe { self.slot.pair() };
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
                Err((instead, RawVacant { map, hash }))
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
    pub(crate) fn prepare(self, hasher: impl Fn(&M::Key) -> HashValue + Copy) -> Self {
        let (header, heap) = self.map.core_mut().parts();
        header.grow_ahead(heap, self.hash, hash_key(&hasher));
        self
    }

    /// Puts an entry there; no growth starts, as there is nobody to hash.
    pub(crate) fn insert_as_it_is(
        self,
        key: M::Key,
        elem: M::Elem,
    ) -> Result<RawOccupied<'a, M>, InsertError<M::Key, M::Elem>> {
        let Self { map, hash } = self;
        let (header, heap) = map.core_mut().parts();
        // Without growth no key is hashed.
        let no_hasher = |_: &M::Key| hash;
        let hasher = hash_key(&no_hasher);
        // SAFETY: The map was not changed since the key was looked for; `fill` writes the slot.
        unsafe {
            let new = seam::target!(header.place(heap, hash, hasher, Supply::NoGrowth));
            fill(map, hash, new, key, elem)
        }
    }

    pub(crate) fn into_map(self) -> &'a mut M {
        self.map
    }
}

/// The keys of a map without elems, to change.
///
/// Not a `RawIterMut`: that one gives keys by shared reference, so that it may stand for
/// one of keys of a shorter lifetime, and be sent where its keys may only be shared.
pub(crate) type KeysMut<'a, K, P> = Lent<Live<K, (), P>, &'a mut K>;

/// The entries that may have a hash.
pub(crate) type IterHash<'a, K, P> = Lent<SlotsOfHash<Types<K, (), P>>, (&'a K, &'a ())>;

/// Keys that may have a hash, to change.
pub(crate) type IterHashMut<'a, K, P> = Lent<SlotsOfHash<Types<K, (), P>>, &'a mut K>;

impl<K, P: Tabled> Loan<Types<K, (), P>> for &mut K {
    #[inline]
    unsafe fn of(slot: Slot<Types<K, (), P>>) -> Self {
        // SAFETY: The caller's promise.
        unsafe { slot.pair().0.as_mut() }
    }
}

/// The slots whose tophash is a hash's, in the chain that owns it. It is used while the map
/// stays as it is.
#[derive(Clone)]
pub(crate) struct SlotsOfHash<T> {
    top: TopHash,
    slots: Slots,
    bucket: Option<BucketPtr<T>>,
    next: Option<BucketPtr<T>>,
}

/// Without slots.
impl<T> Default for SlotsOfHash<T> {
    fn default() -> Self {
        Self {
            top: TopHash::of(HashValue::new(0)),
            slots: Slots::NONE,
            bucket: None,
            next: None,
        }
    }
}

impl<T: MapType> Iterator for SlotsOfHash<T> {
    type Item = Slot<T>;

    fn next(&mut self) -> Option<Slot<T>> {
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
