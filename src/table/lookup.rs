//! Looking a key up. Nothing is moved and nothing is counted: Go's map, too,
//! only grows when it is written to.

use super::map::RawHmap;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::compiled::compiled_for;
use crate::memory::hash_key::Found;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Policy;
use crate::numbers::tophash::{TopHash, TopHashes};
use core::ptr::NonNull;
use equivalent::Equivalent;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
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

    /// The head of the chain that owns the hash of an entry.
    ///
    /// # Safety
    /// There are entries.
    pub(super) unsafe fn chain_of_entry(
        &self,
        hash: HashValue,
    ) -> BucketPtr<compiled_for!(K, V, P)> {
        // SAFETY: There are entries, so there is an array (A1).
        unsafe { self.header.owner(Self::TOLD, hash) }
    }

    /// The slot of the key that has this hash and satisfies `eq`.
    #[inline]
    pub(crate) fn find(
        &self,
        hash: HashValue,
        mut eq: impl FnMut(&K) -> bool,
    ) -> Option<Slot<Types<K, V, P>>> {
        if self.len() == 0 {
            return None;
        }
        // SAFETY: There are entries, so there is an array (A1).
        let head = unsafe {
            if self.header.is_growing() {
                self.chain_of_entry(hash).of_types(Types::HERE)
            } else {
                self.header.current_chain(Types::HERE, hash)
            }
        };
        // SAFETY: The chain owns the hash, so it is initialised (M5).
        unsafe { find_in_chain(head, TopHash::of(hash), &mut eq) }
    }
}

/// Whether a stored key is this one. Whoever asks that asks it here: so it is one type, and what
/// is compiled for it is compiled once.
#[inline]
pub(crate) fn equal_to<K, Q: Equivalent<K> + ?Sized>(key: &Q) -> impl Fn(&K) -> bool + Copy {
    |stored| key.equivalent(stored)
}

/// The slot in a chain of the key that has this tophash and satisfies `eq`.
///
/// # Safety
/// The chain is initialised.
#[inline]
pub(super) unsafe fn find_in_chain<K, V, P: Policy>(
    head: BucketPtr<Types<K, V, P>>,
    top: TopHash,
    eq: &mut impl FnMut(&K) -> bool,
) -> Option<Slot<Types<K, V, P>>> {
    let mut bucket = head;
    loop {
        // SAFETY: The bucket is in the chain.
        let tops = unsafe { bucket.tops() };
        // SAFETY: They are the bucket's.
        if let Some(index) = unsafe { find_in_bucket(bucket, tops, top, eq) } {
            return Some(Slot { bucket, index });
        }
        if tops.ends_chain() {
            return None;
        }
        // SAFETY: As above.
        bucket = unsafe { bucket.overflow() }?;
    }
}

/// The same for code that is told where the chain begins, of a map of these types.
#[inline]
pub(super) fn find_by<K, V, P: Policy>(
    mut eq: impl FnMut(&K) -> bool,
) -> impl FnMut(NonNull<u8>, HashValue) -> Option<Found> {
    move |head, hash| {
        let head = BucketPtr::at(Types::<K, V, P>::HERE, head);
        // SAFETY: It is asked with chains of such a map that are initialised.
        let slot = unsafe { find_in_chain(head, TopHash::of(hash), &mut eq) }?;
        Some((slot.bucket.address(), slot.index))
    }
}

/// The slot in a bucket of the key that has this tophash and satisfies `eq`.
///
/// # Safety
/// The bucket is initialised, and these are its tophashes.
#[inline]
pub(super) unsafe fn find_in_bucket<K, V, P: Policy>(
    bucket: BucketPtr<Types<K, V, P>>,
    tops: TopHashes,
    top: TopHash,
    eq: &mut impl FnMut(&K) -> bool,
) -> Option<usize> {
    tops.matching(top).find(|index| {
        let slot = Slot {
            bucket,
            index: *index,
        };
        // SAFETY: A match is a live slot.
        eq(unsafe { slot.key() })
    })
}
