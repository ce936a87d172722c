//! A key's place, found once: its slot if it is there, and where it would go if not.
//!
//! Finding the place does the growth work that is due, as an insert does; what is done
//! with an entry that is there moves no bucket.

use super::assign::{Found, Supply, Vacancy};
use super::bmap::BucketPtr;
use super::{RawHmap, Slot};
use crate::alloc::Allocator;
use crate::error::InsertError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::tophash::TopHash;
use core::mem;

/// The place of a key.
pub(crate) enum RawEntry<'a, K, V, A: Allocator, P: Policy> {
    Occupied(RawOccupied<'a, K, V, A, P>),
    Vacant(RawVacant<'a, K, V, A, P>),
}

/// An entry that is in the map, and stays there while this is.
pub(crate) struct RawOccupied<'a, K, V, A: Allocator, P: Policy> {
    map: &'a mut RawHmap<K, V, A, P>,
    /// The head of the chain that the slot is in.
    head: BucketPtr<K, V, P>,
    slot: Slot<K, V, P>,
}

/// Where a key that is not in the map would go.
pub(crate) struct RawVacant<'a, K, V, A: Allocator, P: Policy> {
    map: &'a mut RawHmap<K, V, A, P>,
    hash: HashValue,
    vacancy: Vacancy<K, V, P>,
}

// SAFETY: They borrow the map alone, and have pointers into that map only.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for RawOccupied<'_, K, V, A, P> {}
// SAFETY: Through a shared reference entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for RawOccupied<'_, K, V, A, P> {}
// SAFETY: As for `RawOccupied`.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for RawVacant<'_, K, V, A, P> {}
// SAFETY: As above.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for RawVacant<'_, K, V, A, P> {}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// The place of the key that has this hash and satisfies `eq`.
    pub(crate) fn entry(
        &mut self,
        hash: HashValue,
        eq: impl Fn(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> RawEntry<'_, K, V, A, P> {
        self.growth_work(hash, &hasher);
        match self.search(hash, eq) {
            Found::Entry(slot) => RawEntry::Occupied(RawOccupied::new(self, hash, slot)),
            Found::Vacancy(vacancy) => RawEntry::Vacant(RawVacant {
                map: self,
                hash,
                vacancy,
            }),
        }
    }
}

impl<'a, K, V, A: Allocator, P: Policy> RawOccupied<'a, K, V, A, P> {
    fn new(map: &'a mut RawHmap<K, V, A, P>, hash: HashValue, slot: Slot<K, V, P>) -> Self {
        // There is a chain: the slot is in it.
        let head = map.chain(hash).unwrap_or(slot.bucket);
        Self { map, head, slot }
    }

    pub(crate) fn get(&self) -> (&K, &V) {
        let Slot { bucket, index } = self.slot;
        // SAFETY: The slot is live (M1): the map was not changed since it was found.
        unsafe { (bucket.key(index).as_ref(), bucket.elem(index).as_ref()) }
    }

    pub(crate) fn get_mut(&mut self) -> &mut V {
        let Slot { bucket, index } = self.slot;
        // SAFETY: As above; the map is borrowed alone.
        unsafe { bucket.elem(index).as_mut() }
    }

    pub(crate) fn into_mut(self) -> &'a mut V {
        let Slot { bucket, index } = self.slot;
        // SAFETY: As above, and for as long as the map is borrowed.
        unsafe { bucket.elem(index).as_mut() }
    }

    pub(crate) fn insert(&mut self, elem: V) -> V {
        mem::replace(self.get_mut(), elem)
    }

    pub(crate) fn remove(self) -> (K, V) {
        let Self { map, head, slot } = self;
        // SAFETY: The slot is live, in the chain that was found with it.
        unsafe { map.take_out(head, slot) }
    }
}

impl<'a, K, V, A: Allocator, P: Policy> RawVacant<'a, K, V, A, P> {
    /// Puts an entry there.
    pub(crate) fn insert(
        self,
        key: K,
        elem: V,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Result<RawOccupied<'a, K, V, A, P>, InsertError<K, V>> {
        let Self { map, hash, vacancy } = self;
        match map.reserve_place(hash, vacancy, &hasher, Supply::Allocator) {
            Ok(place) => {
                let slot = place.slot;
                map.commit(place, TopHash::of(hash), key, elem);
                Ok(RawOccupied::new(map, hash, slot))
            }
            Err(reason) => Err(InsertError {
                key,
                value: elem,
                reason,
            }),
        }
    }
}
