//! Making slots free again: one, or all; and giving all memory back.

use super::find::find_key;
use super::header::{Header, Home};
use crate::memory::array::{NewArray, free_first_bucket};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::hash_key::{EqKey, HashKey};
use crate::memory::heap::{Heap, NewCells};
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::sizing::SLOTS;
use crate::numbers::tophash::{TopHash, TopHashes};
use core::ptr::NonNull;

impl Header {
    /// Does the growth work that a removal owes, and marks the slot of a key free, if it is
    /// there; the entry in it is the caller's.
    ///
    /// # Safety
    /// There is an array. It is the hash of the key, which is of the map's type.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(crate) unsafe fn unlink_key<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>> {
        // SAFETY: The caller's promise; the chain owns the hash, so it is initialised (M5).
        unsafe {
            let head = self.chain_to_remove_from(heap, hash, hasher);
            let slot = find_key(head, hash, key)?;
            self.clear_slot(head, slot.of_types(heap.of()));
            Some(slot)
        }
    }

    /// Marks a slot free; the entry in it is the caller's.
    ///
    /// # Safety
    /// The slot is live, in the chain that begins with `head`.
    pub(crate) unsafe fn clear_slot<T: MapType>(
        &mut self,
        head: BucketPtr<T>,
        Slot { bucket, index }: Slot<T>,
    ) {
        self.count_removed();
        // A bucket's last slot says whether the chain ends there (M3). Where that is the slot which
        // becomes free, the next bucket says what it is to be.
        // SAFETY: The bucket is in a chain that owns entries (M5).
        let is_last = index + 1 == SLOTS && !unsafe { goes_on(bucket) };
        let freed = match is_last {
            true => TopHash::EMPTY_REST,
            false => TopHash::EMPTY_ONE,
        };
        // SAFETY: As above; the slot is free by the caller's promise (M2). `None`: no slot of the
        // bucket is live and its last one is emptyRest, so nothing lives behind it either (M3).
        unsafe {
            match bucket.tops().with(index, freed).trimmed_at_end() {
                Some(left) => bucket.set_tops(left),
                None => self.end_chain_before(head, bucket),
            }
        }
    }

    /// Restores emptyRest in a chain in which nothing lives from `end` on, and notes that it has lost
    /// what was in that bucket, perhaps its last entry.
    ///
    /// # Safety
    /// `end` is in the chain that begins with `head`, which owns its entries, if it has any left; no
    /// slot of `end` or after it is live, and all after it are emptyRest.
    #[inline(never)]
    unsafe fn end_chain_before<T: MapType>(&mut self, head: BucketPtr<T>, end: BucketPtr<T>) {
        // SAFETY: The caller's promise, for all of it (M2, M5).
        unsafe {
            end.set_tops(TopHashes::ALL_EMPTY_REST);
            if end != head {
                trim_chain(head, end);
            }
            if self.is_to_note(head) {
                self.note_emptied(head.of().shape().spacing(), head.of_types(()));
            }
        }
    }

    /// Makes all slots free, and all overflow buckets; what is in them is not dropped. A
    /// growth that runs is over, and its old array is given back.
    pub(crate) fn reset<H: Heap>(&mut self, heap: H) {
        let of = heap.of();
        let Some(array) = self.array() else { return };
        for head in self.used_heads(of) {
            // SAFETY: The bucket is the map's, and its entries are not needed. All others are
            // empty, and end in their first buckets (H12).
            unsafe { head.init() };
        }
        if let Some(extra) = self.extra_mut() {
            extra.noverflow = 0;
            extra.longest = 0;
            // SAFETY: The chains of the current array end in their first buckets now, and
            // those of an old one are given up with it below.
            unsafe { extra.pool.put_all_back(of, array) };
        }
        self.count = 0;
        self.put_off = 0;
        self.end_growth();
        self.clear_bits(of.shape().spacing(), 0);
        while self.give_back(heap) {}
        self.settle();
    }

    /// Makes the map one without memory, and gives back what it had.
    ///
    /// # Safety
    /// As [`free_memory`](Self::free_memory).
    #[inline(never)]
    pub(crate) unsafe fn give_all_back<H: Heap>(&mut self, heap: H) {
        // SAFETY: The caller's promise.
        unsafe { self.take().free_memory(heap) }
    }

    /// Gives the memory back of what was a map, but for a caller's bucket: all of it, also if
    /// the allocator panics with some. Entries are not dropped, nor the cells that they have.
    ///
    /// # Safety
    /// It came from this heap, and nothing in it is used again.
    pub(crate) unsafe fn free_memory<H: Heap>(mut self, heap: H) {
        let is_ours = self.home == Home::Owned;
        let array = self.array().filter(|_| is_ours);
        let small = self
            .bucket_0(heap.of())
            .filter(|_| self.is_small(heap.of()));
        let slots = self.home.slots();
        let is_old_lent = self.is_old_lent();
        let extra = self.extra_mut().map(|extra| {
            // SAFETY: It is not used again where it is, in a block that goes back.
            unsafe { NonNull::from(extra).read() }
        });
        // SAFETY: The caller's promise. A guard gives its block back when it is dropped.
        let _array = array.map(|array| unsafe { NewArray::of_map(heap, array) });
        if let Some(bucket) = small {
            // SAFETY: As above; H10: it is all there is.
            unsafe { free_first_bucket(heap, bucket, slots) };
        }
        let Some(mut extra) = extra else { return };
        let old = extra.growth.filter(|_| !is_old_lent);
        // SAFETY: As above.
        let _old = old.map(|growth| unsafe { NewArray::of_map(heap, growth.old) });
        // SAFETY: As above.
        let _cells = unsafe { NewCells::of_map(heap, extra.cells.take_all()) };
        // SAFETY: As above.
        unsafe { extra.pool.free_all(heap) };
    }
}

/// Whether something lives behind a bucket: then the first slot of the next one is not emptyRest
/// (M3).
///
/// # Safety
/// The bucket is in a chain that owns entries.
unsafe fn goes_on<T: MapType>(bucket: BucketPtr<T>) -> bool {
    // SAFETY: The caller's promise, for this bucket and the next.
    unsafe {
        let next = bucket.overflow();
        next.is_some_and(|next| next.tops().get(0) != TopHash::EMPTY_REST)
    }
}

/// Restores emptyRest before `end`, from where on all of the chain is emptyRest.
///
/// Go walks backwards and finds each previous bucket from the head anew; one
/// pass to the last live slot and one from there do the same in a chain of any
/// length.
///
/// # Safety
/// `end` is in the chain that begins with `head`, which owns its entries, and
/// no slot of `end` or after it is live.
#[cold]
#[inline(never)]
unsafe fn trim_chain<T: MapType>(head: BucketPtr<T>, end: BucketPtr<T>) {
    let mut last = head;
    let mut next = Some(head);
    while let Some(bucket) = next.filter(|bucket| *bucket != end) {
        // SAFETY: The bucket is in the chain (M5).
        if !unsafe { bucket.tops() }.live().is_empty() {
            last = bucket;
        }
        // SAFETY: As above.
        next = unsafe { bucket.overflow() };
    }
    // SAFETY: As above; free slots are made no less free (M2).
    unsafe { last.set_tops(last.tops().trimmed()) };
    // SAFETY: As above.
    next = unsafe { last.overflow() };
    while let Some(bucket) = next.filter(|bucket| *bucket != end) {
        // SAFETY: As above; `last` was the last bucket with a live slot.
        unsafe { bucket.set_tops(TopHashes::ALL_EMPTY_REST) };
        // SAFETY: As above.
        next = unsafe { bucket.overflow() };
    }
}
