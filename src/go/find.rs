//! Finding a key in a chain: bucket by bucket, eight tophashes at a time.

use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::hash_key::EqKey;
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::tophash::{TopHash, TopHashes};
use crate::seam::Glance;

/// The slot of a key of this hash in a chain.
///
/// # Safety
/// The chain is initialised; the key is of the map's type.
#[inline]
pub(super) unsafe fn find_in_chain<T: MapType>(
    head: BucketPtr<T>,
    hash: HashValue,
    mut key: impl EqKey,
) -> Option<Slot<T>> {
    // SAFETY: It is asked of live slots (M1).
    let mut eq = |slot: Slot<T>| unsafe { key.is(slot.bucket.address(), slot.index) };
    let top = TopHash::of(hash);
    let mut bucket = head;
    loop {
        // SAFETY: The bucket is in the chain.
        let tops = unsafe { bucket.tops() };
        let found = find_in_bucket(bucket, tops, top, &mut eq);
        if found.is_some() {
            return found;
        }
        if tops.ends_chain() {
            return None;
        }
        // SAFETY: As above.
        bucket = unsafe { bucket.overflow() }?;
    }
}

/// The same, for what changes the map.
///
/// # Safety
/// As [`find_in_chain`].
#[inline]
pub(super) unsafe fn find_key<T: MapType>(
    head: BucketPtr<T>,
    hash: HashValue,
    key: impl EqKey,
) -> Option<Slot<()>> {
    // SAFETY: The caller's promise.
    let slot = unsafe { find_in_chain(head, hash, key) }?;
    Some(slot.of_types(()))
}

/// What the first bucket of a chain has for an insert: the entry, or a free slot if the chain
/// ends there.
///
/// # Safety
/// The chain is initialised.
#[inline]
pub(super) unsafe fn glance<T: MapType>(
    head: BucketPtr<T>,
    hash: HashValue,
    mut eq: impl FnMut(Slot<T>) -> bool,
) -> Glance<T> {
    // SAFETY: The caller's promise.
    let tops = unsafe { head.tops() };
    if let Some(slot) = find_in_bucket(head, tops, TopHash::of(hash), &mut eq) {
        return Glance::Entry(slot);
    }
    match tops.free_at_end() {
        Some(index) => Glance::Free(Slot {
            bucket: head,
            index,
        }),
        None => Glance::Nothing,
    }
}

/// The slot in a bucket with these tophashes that has this one and satisfies `eq`.
#[inline]
fn find_in_bucket<T: MapType>(
    bucket: BucketPtr<T>,
    tops: TopHashes,
    top: TopHash,
    eq: &mut impl FnMut(Slot<T>) -> bool,
) -> Option<Slot<T>> {
    let mut matching = tops.matching(top);
    while let Some(index) = matching.first() {
        let slot = Slot { bucket, index };
        if eq(slot) {
            return Some(slot);
        }
        // Behind the comparison, which most often is the last thing to be done.
        matching.drop_first();
    }
    None
}
