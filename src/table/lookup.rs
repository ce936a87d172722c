//! Looking a key up. Nothing is moved and nothing is counted: Go's map, too,
//! only grows when it is written to.

use super::map::RawHmap;
use super::policy::Tabled;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::compiled::compiled_for;
use crate::memory::hash_key::EqBy;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::seam::Table;
use core::ptr::NonNull;
use equivalent::Equivalent;

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// The entry whose key has this hash and satisfies `eq`.
    ///
    /// Go: `mapaccessK`.
    #[inline]
    pub(crate) fn get(&self, hash: HashValue, eq: impl FnMut(&K) -> bool) -> Option<(&K, &V)> {
        let slot = self.find(hash, eq)?;
        // SAFETY: `find` gives live slots, borrowed as the map is.
        Some(unsafe { slot.entry() })
    }

    /// As [`get`](Self::get), to change; a key only to an equal one.
    #[inline]
    pub(crate) fn get_mut(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
    ) -> Option<(&mut K, &mut V)> {
        let slot = self.find(hash, eq)?;
        // SAFETY: `find` gives live slots, borrowed as the map is: alone.
        Some(unsafe { slot.entry_mut() })
    }

    /// Several entries at once, each to change: key number i has the i-th hash and
    /// satisfies `eq(i, ..)`. `None` if two of them are the same entry.
    pub(crate) fn get_disjoint_mut<const N: usize>(
        &mut self,
        hashes: [HashValue; N],
        mut eq: impl FnMut(usize, &K) -> bool,
    ) -> Option<[Option<(&mut K, &mut V)>; N]> {
        let mut number = 0;
        let slots = hashes.map(|hash| {
            let slot = self.find(hash, |stored| eq(number, stored));
            number += 1;
            slot
        });
        for (number, slot) in slots.iter().enumerate() {
            if slot.is_some() && slots.iter().skip(number + 1).any(|other| other == slot) {
                return None;
            }
        }
        // SAFETY: `find` gives live slots, borrowed as the map is: alone; and no two of them
        // are the same.
        Some(slots.map(|slot| slot.map(|slot| unsafe { slot.entry_mut() })))
    }

    /// The head that owns the hash of an entry.
    ///
    /// # Safety
    /// There are entries.
    pub(super) unsafe fn owner_of_entry(
        &self,
        hash: HashValue,
    ) -> BucketPtr<compiled_for!(K, V, P)> {
        // SAFETY: The caller's promise.
        unsafe { self.header.owner(Self::TOLD, hash) }
    }

    /// The slot of the key that has this hash and satisfies `eq`.
    #[inline]
    pub(crate) fn find(
        &self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
    ) -> Option<Slot<Types<K, V, P>>> {
        if self.len() == 0 {
            return None;
        }
        // SAFETY: There are entries.
        let head = unsafe {
            if self.is_growing() {
                self.owner_of_entry(hash).of_types(Types::HERE)
            } else {
                self.header.settled_owner(Types::HERE, hash)
            }
        };
        let mut eq = eq_at::<K, V, P>(eq);
        // SAFETY: It owns the hash.
        unsafe { P::Table::find(head, hash, EqBy::new(&mut eq)) }
    }
}

/// Whether a stored key is this one. Whoever asks that asks it here: so it is one type, and what
/// is compiled for it is compiled once.
#[inline]
pub(crate) fn equal_to<K, Q: Equivalent<K> + ?Sized>(key: &Q) -> impl Fn(&K) -> bool + Copy {
    |stored| key.equivalent(stored)
}

/// The same for code that is told where a bucket is, of a map of these types: of live slots.
#[inline]
pub(super) fn eq_at<K, V, P: Tabled>(
    mut eq: impl FnMut(&K) -> bool,
) -> impl FnMut(NonNull<u8>, usize) -> bool {
    move |head, index| {
        let bucket = BucketPtr::at(Types::<K, V, P>::HERE, head);
        // SAFETY: It is asked of live slots of such a map.
        eq(unsafe { Slot { bucket, index }.key() })
    }
}
