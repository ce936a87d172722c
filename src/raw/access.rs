//! Looking a key up. Nothing is moved and nothing is counted: Go's map, too,
//! only grows when it is written to.

use super::bmap::BucketPtr;
use super::{RawHmap, Slot};
use crate::alloc::Allocator;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::tophash::TopHash;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// The entry whose key has this hash and satisfies `eq`.
    ///
    /// Go: `mapaccessK`.
    #[inline]
    pub(crate) fn get(&self, hash: HashValue, eq: impl FnMut(&K) -> bool) -> Option<(&K, &V)> {
        let Slot { bucket, index } = self.find(hash, eq)?;
        // SAFETY: `find` gives live slots (M1), borrowed as the map is.
        unsafe { Some((bucket.key(index).as_ref(), bucket.elem(index).as_ref())) }
    }

    /// As [`get`](Self::get), to change; a key only to an equal one.
    #[inline]
    pub(crate) fn get_mut(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
    ) -> Option<(&mut K, &mut V)> {
        let Slot { bucket, index } = self.find(hash, eq)?;
        // SAFETY: `find` gives live slots (M1), borrowed as the map is: alone.
        unsafe { Some((bucket.key(index).as_mut(), bucket.elem(index).as_mut())) }
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
        Some(slots.map(|slot| {
            let Slot { bucket, index } = slot?;
            // SAFETY: `find` gives live slots (M1), borrowed as the map is: alone; and
            // no two of them are the same.
            unsafe { Some((bucket.key(index).as_mut(), bucket.elem(index).as_mut())) }
        }))
    }

    /// The slot of the key that has this hash and satisfies `eq`.
    #[inline]
    pub(super) fn find(
        &self,
        hash: HashValue,
        mut eq: impl FnMut(&K) -> bool,
    ) -> Option<Slot<K, V, P>> {
        if self.count == 0 {
            return None;
        }
        let top = TopHash::of(hash);
        let mut next = self.chain(hash);
        while let Some(bucket) = next {
            // SAFETY: Buckets of a chain that owns a hash are initialised (M5).
            let tops = unsafe { bucket.tops() };
            for index in tops.matching(top) {
                // SAFETY: A match is a live slot, so its key is there (M1).
                let key = unsafe { bucket.key(index).as_ref() };
                if eq(key) {
                    return Some(Slot { bucket, index });
                }
            }
            if tops.ends_chain() {
                return None;
            }
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
        }
        None
    }

    /// The head of the chain that owns a hash (H2); none before the first insert.
    #[inline]
    pub(super) fn chain(&self, hash: HashValue) -> Option<BucketPtr<K, V, P>> {
        if let Some(old) = self.oldbuckets {
            // SAFETY: The bucket number is below the old array's count.
            let old = unsafe { old.nth(hash.bucket(self.old_bits())) };
            // SAFETY: Heads of the old array are initialised.
            if !unsafe { old.is_evacuated() } {
                return Some(old);
            }
        }
        // SAFETY: The bucket number is below 2^B.
        self.buckets
            .map(|base| unsafe { base.nth(hash.bucket(self.bits)) })
    }
}
