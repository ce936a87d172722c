//! Looking a key up. Nothing is moved and nothing is counted: Go's map, too,
//! only grows when it is written to.

use super::bmap::BucketPtr;
use super::{RawHmap, Slot};
use crate::alloc::Allocator;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::tophash::{TopHash, TopHashes};

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
        eq: impl FnMut(&K) -> bool,
    ) -> Option<Slot<K, V, P>> {
        if self.count == 0 {
            return None;
        }
        // SAFETY: There are entries, so there is an array (A1).
        let head = unsafe { self.owner(hash) };
        // SAFETY: The chain owns the hash, so it is initialised (M5).
        unsafe { find_in_chain(head, TopHash::of(hash), eq) }
    }

    /// The head of the chain that owns a hash (H2); none before the first insert.
    #[inline]
    pub(super) fn chain(&self, hash: HashValue) -> Option<BucketPtr<K, V, P>> {
        // SAFETY: There is an array.
        self.buckets.map(|_| unsafe { self.owner(hash) })
    }

    /// The same, where there is an array.
    ///
    /// # Safety
    /// There is one.
    #[inline]
    pub(super) unsafe fn owner(&self, hash: HashValue) -> BucketPtr<K, V, P> {
        if let Some(old) = self.oldbuckets {
            if let Some(old) = self.chain_to_move(old, hash) {
                return old;
            }
        }
        // SAFETY: The caller's promise; if a growth runs, the chain is moved.
        unsafe { self.current_chain(hash) }
    }

    /// The chain of a hash in the current array.
    ///
    /// # Safety
    /// There is an array.
    #[inline]
    pub(super) unsafe fn current_chain(&self, hash: HashValue) -> BucketPtr<K, V, P> {
        // SAFETY: The caller's promise; the bucket number is below 2^B.
        unsafe { self.buckets.unwrap_unchecked().nth(hash.bucket(self.bits)) }
    }

    /// The chain of the old array that owns a hash, if it is not moved yet. Out of
    /// line: most of the time there is no old array.
    #[cold]
    #[inline(never)]
    fn chain_to_move(
        &self,
        old_base: BucketPtr<K, V, P>,
        hash: HashValue,
    ) -> Option<BucketPtr<K, V, P>> {
        // SAFETY: The bucket number is below the old array's count.
        let old = unsafe { old_base.nth(hash.bucket(self.old_bits())) };
        // SAFETY: Heads of the old array are initialised.
        let is_evacuated = unsafe { old.is_evacuated() };
        (!is_evacuated).then_some(old)
    }
}

/// The slot in a chain of the key that has this tophash and satisfies `eq`.
///
/// # Safety
/// The chain is initialised.
#[inline]
pub(super) unsafe fn find_in_chain<K, V, P: Policy>(
    head: BucketPtr<K, V, P>,
    top: TopHash,
    mut eq: impl FnMut(&K) -> bool,
) -> Option<Slot<K, V, P>> {
    let mut bucket = head;
    loop {
        // SAFETY: The bucket is in the chain.
        let tops = unsafe { bucket.tops() };
        // SAFETY: They are the bucket's.
        if let Some(index) = unsafe { find_in_bucket(bucket, tops, top, &mut eq) } {
            return Some(Slot { bucket, index });
        }
        if tops.ends_chain() {
            return None;
        }
        // SAFETY: As above.
        bucket = unsafe { bucket.overflow() }?;
    }
}

/// The slot in a bucket of the key that has this tophash and satisfies `eq`.
///
/// # Safety
/// The bucket is initialised, and these are its tophashes.
#[inline]
pub(super) unsafe fn find_in_bucket<K, V, P: Policy>(
    bucket: BucketPtr<K, V, P>,
    tops: TopHashes,
    top: TopHash,
    eq: &mut impl FnMut(&K) -> bool,
) -> Option<usize> {
    tops.matching(top).find(|index| {
        // SAFETY: A match is a live slot, so its key is there (M1).
        eq(unsafe { bucket.key(*index).as_ref() })
    })
}
