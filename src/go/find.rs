//! Finding a key in a chain: bucket by bucket, eight tophashes at a time.

use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::tophash::{TopHash, TopHashes};
use crate::seam::Glance;

/// The slot in a chain that has this tophash and satisfies `eq`.
///
/// # Safety
/// The chain is initialised.
#[inline]
pub(super) unsafe fn find_in_chain<T: MapType>(
    head: BucketPtr<T>,
    hash: HashValue,
    mut eq: impl FnMut(Slot<T>) -> bool,
) -> Option<Slot<T>> {
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
    let matching = tops.matching(top).map(|index| Slot { bucket, index });
    matching.into_iter().find(|slot| eq(*slot))
}
