//! A key's place, found once: its slot if it is there, and where it would go if not.
//!
//! Finding the place does the growth work that is due, as an insert does; what is done
//! with an entry that is there moves no bucket.

use super::lookup::eq_at;
use super::map::RawHmap;
use super::policy::Tabled;
use crate::memory::blocks::Blocks;
use crate::memory::bucket::Slot;
use crate::memory::compiled::{eq_key, hash_key};
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{Had, InsertError};
use crate::numbers::hash::HashValue;
use crate::seam::{self, Supply, Table, Target};
use core::mem;

/// A map around the core's: an entry borrows it whole, so that it can be given back
/// whole.
///
/// Both functions give the same core map at every call.
pub(crate) trait Face {
    type Key;
    type Elem;
    type Alloc: Allocator;
    type Policy: Tabled;

    fn core(&self) -> &RawHmap<Self::Key, Self::Elem, Self::Alloc, Self::Policy>;
    fn core_mut(&mut self) -> &mut RawHmap<Self::Key, Self::Elem, Self::Alloc, Self::Policy>;
}

/// A face that can hash: what growth needs.
pub(crate) trait HashingFace: Face {
    /// The core's map, and how its keys are hashed.
    #[expect(clippy::type_complexity, reason = "a map, and a function")]
    fn split(
        &mut self,
    ) -> (
        &mut RawHmap<Self::Key, Self::Elem, Self::Alloc, Self::Policy>,
        impl Fn(&Self::Key) -> HashValue + Copy,
    );

    /// Draws a seed for the map, which is empty, unless the seed is the caller's.
    fn renew_seed(&mut self);
}

/// What the entries of a face's map are.
pub(super) type TypesOf<M> = Types<<M as Face>::Key, <M as Face>::Elem, <M as Face>::Policy>;

/// The place of a key.
pub(crate) enum RawEntry<'a, M: Face> {
    Occupied(RawOccupied<'a, M>),
    Vacant(RawVacant<'a, M>),
}

/// An entry that is in the map, and stays there while this is.
pub(crate) struct RawOccupied<'a, M: Face> {
    pub(super) map: &'a mut M,
    pub(super) hash: HashValue,
    pub(super) slot: Slot<TypesOf<M>>,
}

/// The hash of a key that is not in the map, once the growth work that is due for it is done; of
/// an empty map nothing yet.
pub(crate) struct RawVacant<'a, M: Face> {
    pub(super) map: &'a mut M,
    pub(super) hash: HashValue,
}

// SAFETY: They borrow the map alone, and have pointers into that map only.
unsafe impl<M: Face + Send> Send for RawOccupied<'_, M> {}
// SAFETY: Through a shared reference entries are only read.
unsafe impl<M: Face + Sync> Sync for RawOccupied<'_, M> {}

impl<'a, M: HashingFace> RawEntry<'a, M> {
    /// The place of the key that has this hash and satisfies `eq`, once the growth work
    /// that is due is done. In an empty map nothing is hashed: that has no seed before an entry
    /// goes in.
    pub(crate) fn find(
        map: &'a mut M,
        hash: impl FnOnce(&M) -> HashValue,
        eq: impl FnMut(&M::Key) -> bool,
    ) -> Self {
        if map.core().len() == 0 {
            let hash = HashValue::new(0);
            return Self::Vacant(RawVacant { map, hash });
        }
        let hash = hash(map);
        let (raw, hasher) = map.split();
        let (header, heap) = raw.parts();
        let mut eq = eq_at::<M::Key, M::Elem, M::Policy>(eq);
        let (hasher, key) = (hash_key(&hasher), eq_key(&mut eq));
        // SAFETY: It is the key's hash.
        let found = unsafe { header.find_to_change(heap.of(), hash, hasher, key) };
        Self::of_found(map, hash, found)
    }
}

impl<'a, M: Face> RawEntry<'a, M> {
    /// The place of a key of this hash, which was found in that slot.
    #[inline]
    pub(super) fn of_found(map: &'a mut M, hash: HashValue, found: Option<Slot<()>>) -> Self {
        match found.map(|slot| slot.of_types(Types::HERE)) {
            Some(slot) => Self::Occupied(RawOccupied { map, hash, slot }),
            None => Self::Vacant(RawVacant { map, hash }),
        }
    }
}

impl<'a, M: Face> RawOccupied<'a, M> {
    pub(crate) fn get(&self) -> (&M::Key, &M::Elem) {
        // SAFETY: The slot is live: the map was not changed since it was found.
        unsafe { self.slot.entry() }
    }

    pub(crate) fn get_mut(&mut self) -> (&mut M::Key, &mut M::Elem) {
        // SAFETY: As above; the map is borrowed alone.
        unsafe { self.slot.entry_mut() }
    }

    pub(crate) fn into_refs(self) -> (&'a M::Key, &'a mut M::Elem) {
        // SAFETY: As above, and for as long as the map is borrowed.
        let (key, elem) = unsafe { self.slot.entry_mut() };
        (key, elem)
    }

    pub(crate) fn insert(&mut self, elem: M::Elem) -> M::Elem {
        mem::replace(self.get_mut().1, elem)
    }

    /// Removes the entry; an equal key can be put in its place.
    pub(crate) fn remove(self) -> ((M::Key, M::Elem), RawVacant<'a, M>) {
        let Self { map, hash, slot } = self;
        // SAFETY: The slot is live, of a key with this hash.
        let entry = unsafe { map.core_mut().removal().take_out(hash, slot) };
        (entry, RawVacant { map, hash })
    }
}

impl<'a, M: HashingFace> RawVacant<'a, M> {
    /// Puts an entry there.
    pub(crate) fn insert(
        self,
        key: M::Key,
        elem: M::Elem,
    ) -> Result<RawOccupied<'a, M>, InsertError<M::Key, M::Elem>> {
        self.insert_from(key, elem, Supply::Allocator)
    }

    /// The same place, for this key: in an empty map it is hashed here, with a new seed. Growth
    /// work is left to later inserts: all chains have free slots.
    pub(super) fn hashed(self, key: &M::Key) -> Self {
        let Self { map, mut hash } = self;
        if map.core().len() == 0 {
            map.renew_seed();
            hash = map.split().1(key);
        }
        Self { map, hash }
    }

    /// Puts an entry there, with the memory that the map has.
    pub(crate) fn insert_at_hand(
        self,
        key: M::Key,
        elem: M::Elem,
    ) -> Result<RawOccupied<'a, M>, InsertError<M::Key, M::Elem>> {
        self.insert_from(key, elem, Supply::AtHand)
    }

    #[inline]
    fn insert_from(
        self,
        key: M::Key,
        elem: M::Elem,
        supply: Supply,
    ) -> Result<RawOccupied<'a, M>, InsertError<M::Key, M::Elem>> {
        let Self { map, hash } = self.hashed(&key);
        let (raw, hasher) = map.split();
        let (header, heap) = raw.parts();
        let hasher = hash_key(&hasher);
        // SAFETY: The map was not changed since the key was looked for, and the work that was due
        // for it done; or it has no entries. `fill` writes the slot.
        unsafe {
            let new = seam::target!(header.place(heap, hash, hasher, supply));
            fill(map, hash, new, key, elem)
        }
    }
}

/// Writes the entry, if there is a slot for it.
///
/// # Safety
/// It is a new one of this map.
pub(super) unsafe fn fill<'a, M: Face>(
    map: &'a mut M,
    hash: HashValue,
    new: Had<Target<()>>,
    key: M::Key,
    elem: M::Elem,
) -> Result<RawOccupied<'a, M>, InsertError<M::Key, M::Elem>> {
    match new {
        Ok(new) => {
            // SAFETY: The caller's promise.
            let new = unsafe { new.of_types(Types::HERE).new_slot() };
            let slot = new.write(key, elem);
            Ok(RawOccupied { map, hash, slot })
        }
        Err(reason) => Err(InsertError {
            key,
            value: elem,
            reason,
        }),
    }
}
