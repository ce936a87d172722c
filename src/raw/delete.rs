//! Removing one entry, some, or all. Nothing is ever allocated for it.

use super::access::find_in_chain;
use super::bmap::BucketPtr;
use super::iter::RawIter;
use super::{RawHmap, Slot};
use crate::alloc::Allocator;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::SLOTS;
use crate::tophash::{TopHash, TopHashes};

/// A slot, and the head of the chain that it is in.
struct InChain<K, V, P> {
    head: BucketPtr<K, V, P>,
    slot: Slot<K, V, P>,
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Removes the entry whose key has this hash and satisfies `eq`. Growth work
    /// is done also if there is none, unless the map is empty.
    ///
    /// Go: `mapdelete`.
    #[inline]
    pub(crate) fn remove(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<(K, V)> {
        let place = self.find_to_remove(hash, eq, hasher)?;
        // SAFETY: A live slot of that chain.
        Some(unsafe { self.take_out(place.head, place.slot) })
    }

    /// Removes an entry as [`remove`](Self::remove) does and drops it where it is; false
    /// if it was not there. It is out of the map before it is dropped.
    #[inline]
    pub(crate) fn delete(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> bool {
        let Some(InChain { head, slot }) = self.find_to_remove(hash, eq, hasher) else {
            return false;
        };
        // SAFETY: A live slot of that chain, which is free when its entry is dropped.
        unsafe {
            self.clear_slot(head, slot);
            self.drop_entry(slot);
            self.close_gap(head, slot);
        }
        true
    }

    /// The slot of a key, and the head of its chain, after the growth work that a removal
    /// owes.
    #[inline]
    fn find_to_remove(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<InChain<K, V, P>> {
        if self.count == 0 {
            return None;
        }
        if self.quiet == 0 {
            self.work_of_removal(hash, &hasher);
        }
        // SAFETY: There are entries, so there is an array (A1).
        let head = unsafe { self.owner(hash) };
        // SAFETY: The chain owns the hash, so it is initialised.
        let slot = unsafe { find_in_chain(head, TopHash::of(hash), eq) }?;
        Some(InChain { head, slot })
    }

    /// Removes the entries that `keep` is false for. Growth does not go on.
    ///
    /// Each entry is out of the map before it is dropped, so that a panic in
    /// `keep` or in a `Drop` leaves the map with those that are not yet removed.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&mut K, &mut V) -> bool) {
        let mut slots = self.slots();
        while let Some(slot) = self.unlink_next(&mut slots, |key, elem| !keep(key, elem)) {
            // SAFETY: The slot was live, and is free now.
            unsafe { self.drop_entry(slot) };
        }
        self.cut_all_off();
    }

    /// Goes on to the next entry that `remove` is true for and makes its slot free;
    /// the entry in it is the caller's. `slots` is over this map, which was changed
    /// by nothing else since.
    pub(super) fn unlink_next(
        &mut self,
        slots: &mut RawIter<K, V, P>,
        mut remove: impl FnMut(&mut K, &mut V) -> bool,
    ) -> Option<Slot<K, V, P>> {
        loop {
            let slot = slots.next()?;
            let Slot { bucket, index } = slot;
            // SAFETY: A live slot (M1) of a map that is borrowed alone.
            let (key, elem) = unsafe { (bucket.key(index).as_mut(), bucket.elem(index).as_mut()) };
            if remove(key, elem) {
                let head = slots.chain()?;
                // SAFETY: A live slot, and the head of the chain that it is in.
                // `slots` has read this bucket's tophashes before; what it still has
                // to give of them does not change.
                unsafe { self.clear_slot(head, slot) };
                return Some(slot);
            }
        }
    }

    /// Removes the entry of a slot.
    ///
    /// # Safety
    /// The slot is live, in the chain that begins with `head`.
    pub(super) unsafe fn take_out(
        &mut self,
        head: BucketPtr<K, V, P>,
        slot: Slot<K, V, P>,
    ) -> (K, V) {
        // SAFETY: The caller's promise.
        unsafe { self.clear_slot(head, slot) };
        // SAFETY: The slot was live, and is free now.
        let entry = unsafe { self.read_entry(slot) };
        // SAFETY: As above.
        unsafe { self.close_gap(head, slot) };
        entry
    }

    /// Marks a slot free; the entry in it is the caller's.
    ///
    /// # Safety
    /// The slot is live, in the chain that begins with `head`.
    pub(super) unsafe fn clear_slot(
        &mut self,
        head: BucketPtr<K, V, P>,
        Slot { bucket, index }: Slot<K, V, P>,
    ) {
        // SAFETY: The bucket is in a chain that owns entries (M5).
        let tops = unsafe { bucket.tops() };
        let freed = tops.with(index, TopHash::EMPTY_ONE);
        self.count -= 1;
        // Where the chain does not end in this bucket no slot of it is emptyRest, and
        // only the last slot can have nothing behind it.
        // SAFETY: As above.
        let keeps_on = !tops.ends_chain() && (index + 1 < SLOTS || unsafe { goes_on(bucket) });
        if keeps_on {
            // SAFETY: The slot is free by the caller's promise (M2).
            unsafe { bucket.set_tops(freed) };
            return;
        }
        // Nothing lives behind this bucket: emptyRest reaches back to the last live
        // slot (M3).
        // SAFETY: As above.
        unsafe { bucket.set_tops(freed.trimmed()) };
        if freed.live().is_empty() && bucket != head {
            // SAFETY: The chain's last entries are before `bucket`.
            unsafe { trim_chain(head, bucket) };
        }
    }

    /// Removes all entries and keeps the array: the one that a growth leads to.
    ///
    /// Go: `mapclear`; nothing at all happens to an empty map.
    /// *Differs from Go:* chunks of overflow buckets are kept for reuse.
    pub(crate) fn clear(&mut self) {
        /// Leaves the map empty and whole also if an entry's `Drop` panics.
        struct Reset<'a, K, V, A: Allocator, P: Policy>(&'a mut RawHmap<K, V, A, P>);

        impl<K, V, A: Allocator, P: Policy> Drop for Reset<'_, K, V, A, P> {
            fn drop(&mut self) {
                self.0.reset();
            }
        }

        if self.count == 0 {
            return;
        }
        let reset = Reset(self);
        // SAFETY: `reset` makes all slots free.
        unsafe { reset.0.drop_entries() }
    }

    /// As [`clear`](Self::clear), and if there are no entries too: then chains may still have
    /// overflow buckets, and slots that were in use.
    pub(super) fn empty_all_chains(&mut self) {
        if self.count > 0 {
            self.clear();
        } else {
            self.reset();
        }
    }

    /// Makes all slots free; what is in them is not dropped.
    pub(super) fn reset(&mut self) {
        let Some(base) = self.buckets else { return };
        for n in 0..self.bits.count() {
            // SAFETY: The array has 2^B buckets.
            let head = unsafe { base.nth(n) };
            if self.is_initialised(n) {
                // SAFETY: The head is initialised, and its chain is of the
                // current generation and is cut off below.
                unsafe { self.free.push_each(head.behind()) };
            }
            // SAFETY: The bucket is the map's, and its entries are not needed.
            unsafe { head.init() };
        }
        self.count = 0;
        self.noverflow = 0;
        self.back_off = 0;
        self.end_growth();
        // SAFETY: The old chains are gone with their array.
        unsafe { self.let_go_of_old_blocks(usize::MAX) };
        self.settle();
    }
}

/// Whether there are entries, or slots to come back to, behind a bucket.
///
/// # Safety
/// The bucket is in a chain that owns entries.
unsafe fn goes_on<K, V, P: Policy>(bucket: BucketPtr<K, V, P>) -> bool {
    // SAFETY: The caller's promise, for this bucket and the next.
    unsafe {
        let next = bucket.overflow();
        next.is_some_and(|next| next.tops().get(0) != TopHash::EMPTY_REST)
    }
}

/// Restores emptyRest in a chain in which nothing lives from `end` on.
///
/// Go walks backwards and finds each previous bucket from the head anew; one
/// pass to the last live slot and one from there do the same in a chain of any
/// length.
///
/// # Safety
/// `end` is in the chain that begins with `head`, which owns its entries, and
/// no slot of `end` or after it is live.
unsafe fn trim_chain<K, V, P: Policy>(head: BucketPtr<K, V, P>, end: BucketPtr<K, V, P>) {
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
