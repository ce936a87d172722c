//! Finding a key in a chain: block by block, sixteen tags at a time.

use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::hash_key::EqKey;
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::tags::Tag;
use crate::seam::Glance;

/// The slot of a key of this hash in a chain.
///
/// # Safety
/// It is a chain of the map, or nothing; the key is of the map's type.
#[inline]
pub(super) unsafe fn find_in_chain<T: MapType>(
    head: BucketPtr<T>,
    hash: HashValue,
    mut key: impl EqKey,
) -> Option<Slot<T>> {
    // SAFETY: It is asked of live slots (M1).
    let mut eq = |slot: Slot<T>| unsafe { key.is(slot.bucket.address(), slot.index) };
    let mut bucket = head;
    loop {
        // SAFETY: The caller's promise.
        let found = unsafe { find_in_block(bucket, hash, &mut eq) };
        if found.is_some() {
            return found;
        }
        // SAFETY: As above.
        bucket = unsafe { bucket.next_block() }?;
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

/// What the first block of a chain has for an insert: the entry, or a free slot.
///
/// # Safety
/// As [`find_in_chain`].
#[inline]
pub(super) unsafe fn glance<T: MapType>(
    head: BucketPtr<T>,
    hash: HashValue,
    mut eq: impl FnMut(Slot<T>) -> bool,
) -> Glance<T> {
    // SAFETY: The caller's promise.
    unsafe {
        if let Some(slot) = find_in_block(head, hash, &mut eq) {
            return Glance::Entry(slot);
        }
        let about = head.about();
        if about.free() == 0 {
            return match head.next_block() {
                Some(_) => Glance::Nothing,
                None => Glance::Full,
            };
        }
        // Nothing is behind a block that is not full (D6).
        let index = about.len();
        Glance::Free(Slot {
            bucket: head,
            index,
        })
    }
}

/// The first free slot of a chain.
///
/// # Safety
/// As [`find_in_chain`].
pub(super) unsafe fn free_slot<T: MapType>(head: BucketPtr<T>) -> Option<Slot<T>> {
    // SAFETY: The caller's promise.
    let mut blocks = unsafe { head.blocks() };
    blocks.find_map(|bucket| {
        // SAFETY: As above.
        let about = unsafe { bucket.about() };
        let index = about.len();
        (about.free() > 0).then_some(Slot { bucket, index })
    })
}

/// # Safety
/// As [`find_in_chain`], of one block.
#[inline]
unsafe fn find_in_block<T: MapType>(
    bucket: BucketPtr<T>,
    hash: HashValue,
    eq: &mut impl FnMut(Slot<T>) -> bool,
) -> Option<Slot<T>> {
    // SAFETY: The caller's promise.
    let mut matching = unsafe { bucket.slots_with(Tag::of(hash)) };
    while let Some(index) = matching.first() {
        let slot = Slot { bucket, index };
        if eq(slot) {
            return Some(slot);
        }
        matching = matching.behind_first();
    }
    None
}
