//! Cloning a map: bucket by bucket, slot by slot, without hashing. A clone taken in the
//! middle of a growth is in the middle of the same growth, and no larger than the original.
//!
//! A map that is cloned into, and has an array of the same size, is filled where it is: its
//! array, its overflow buckets and its cells are used again.

use super::bmap::BucketPtr;
use super::buckets::{Blocks, FreeList, Generation, make_first_bucket};
use super::cells::{Cells, NewCells};
use super::{Flags, RawHmap};
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::policy::Policy;
use core::mem;

/// Overflow buckets of the old chains of a copy to be: where those lie in the array's block
/// that do in the original's, and in a chunk where those do. So the moves need no more than
/// the original's (H6).
struct OldFree<K, V, P> {
    spares: FreeList<K, V, P>,
    in_chunk: FreeList<K, V, P>,
}

impl<K, V, P: Policy> OldFree<K, V, P> {
    const NONE: Self = Self {
        spares: FreeList::EMPTY,
        in_chunk: FreeList::EMPTY,
    };
}

impl<K: Clone, V: Clone, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// A map with clones of all entries in the same slots. What is reserved is not
    /// part of it.
    ///
    /// The copy is a whole map after every slot, so that an error, or a `Clone` that
    /// panics, drops what was made so far.
    pub(crate) fn try_clone_in(&self, alloc: A) -> Result<Self, TryReserveError> {
        let mut copy = Self::new_in(alloc);
        if self.buckets.is_none() {
            return Ok(copy);
        }
        if self.is_small() {
            let slots = usize::from(self.slots);
            copy.buckets = Some(make_first_bucket(&copy.alloc, slots)?);
            copy.slots = self.slots;
        } else {
            let overflow = self.noverflow.checked_add(self.free.set_aside());
            let overflow = overflow.ok_or(TryReserveError::CapacityOverflow)?;
            copy.install_empty_array(self.bits, overflow)?;
        }
        let old_free = self.copy_growth(&mut copy)?;
        copy.free.keep_aside(self.free.set_aside());
        copy.copy_chains(self)?;
        copy.copy_old_chains(self, old_free)?;
        Ok(copy)
    }

    /// Replaces all entries by clones of another map's, in the memory that is there; false,
    /// with nothing changed, if that is not for a map of the other's size, or if the other
    /// grows. What was reserved is so no longer.
    ///
    /// After an error the map is as it was, but for free memory that it may have more. If a
    /// `Clone` or a `Drop` panics it is empty.
    pub(crate) fn try_clone_in_place(&mut self, source: &Self) -> Result<bool, TryReserveError> {
        /// Leaves the map empty and whole if a `Clone` or a `Drop` panics.
        struct Emptied<'a, K, V, A: Allocator, P: Policy>(&'a mut RawHmap<K, V, A, P>);

        impl<K, V, A: Allocator, P: Policy> Drop for Emptied<'_, K, V, A, P> {
            fn drop(&mut self) {
                self.0.empty_all_chains();
                self.0.void_reservation();
            }
        }

        let is_alike = self.buckets.is_some() && self.bits == source.bits;
        if !is_alike || self.slots != source.slots || source.is_growing() {
            return Ok(false);
        }
        // Memory first. Overflow buckets that hang in chains now are free when those are empty.
        let Self { overflow, free, .. } = self;
        let buckets = source.noverflow.saturating_sub(self.noverflow);
        overflow.hold(&self.alloc, buckets, 0, free)?;
        self.reserve_cells_for(source.count)?;

        let emptied = Emptied(self);
        emptied.0.clear_keeping_cells();
        emptied.0.copy_chains(source)?;
        emptied.0.void_reservation();
        mem::forget(emptied);
        self.settle();
        Ok(true)
    }

    /// Gets cells for so many entries, of which those that are there have some; they are
    /// reserved until they are used.
    fn reserve_cells_for(&mut self, entries: usize) -> Result<(), TryReserveError> {
        let held = self.count.saturating_add(self.reserved as usize);
        let more = u32::try_from(entries.saturating_sub(held));
        let more = more.map_err(|_| TryReserveError::CapacityOverflow)?;
        if Cells::<K, V>::are_used::<P>() && more > 0 {
            let reserved = self.reserved.checked_add(more);
            let reserved = reserved.ok_or(TryReserveError::CapacityOverflow)?;
            let cells = NewCells::<K, V, P, A>::allocate(&self.alloc, more)?;
            cells.join(&mut self.cells);
            self.reserved = reserved;
        }
        Ok(())
    }

    /// Removes all entries. What they have beside their slots is kept: overflow buckets, and
    /// cells, as if they were reserved.
    fn clear_keeping_cells(&mut self) {
        if Cells::<K, V>::are_used::<P>() {
            let mut slots = self.slots();
            while let Some(slot) = self.unlink_next(&mut slots, |_, _| true) {
                // SAFETY: The slot was live, and is free now.
                unsafe { self.drop_entry_keeping_cells(slot) };
            }
        }
        self.empty_all_chains();
    }

    /// Clones the entries of all current chains into the same chains of this map, which are
    /// empty.
    fn copy_chains(&mut self, source: &Self) -> Result<(), TryReserveError> {
        let (Some(base), Some(copy_base)) = (source.buckets, self.buckets) else {
            return Ok(());
        };
        for n in (0..self.bits.count()).filter(|n| source.is_initialised(*n)) {
            // SAFETY: The number is below 2^B of both arrays.
            let (from, to) = unsafe { (base.nth(n), copy_base.nth(n)) };
            // SAFETY: Both chains are initialised; the copy's is empty.
            let taken = unsafe { self.copy_chain(from, to, |copy, _| copy.free.take())? };
            self.noverflow += taken;
            self.note_length(taken);
        }
        Ok(())
    }

    /// The same of the old chains that are not moved.
    fn copy_old_chains(
        &mut self,
        source: &Self,
        mut free: OldFree<K, V, P>,
    ) -> Result<(), TryReserveError> {
        let (Some(old), Some(copy_old)) = (source.oldbuckets, self.oldbuckets) else {
            return Ok(());
        };
        let mut take = |from: BucketPtr<K, V, P>| {
            if source.old_block > 0 && !from.is_within(old, source.old_block as usize) {
                return free.in_chunk.take();
            }
            free.spares.take().or_else(|| free.in_chunk.take())
        };
        for n in 0..source.old_bits().count() {
            // SAFETY: The number is below the count of both old arrays.
            let (from, to) = unsafe { (old.nth(n), copy_old.nth(n)) };
            // SAFETY: Heads of an old array are initialised, and the copy's are empty.
            unsafe {
                if !from.is_evacuated() {
                    self.copy_chain(from, to, |_, from| take(from))?;
                }
            }
        }
        Ok(())
    }

    /// Overflow buckets of the chains that are not moved: in the old array's block, as far as
    /// its length is known, and elsewhere.
    fn old_overflow(&self) -> Option<(u32, u32)> {
        let old = self.oldbuckets?;
        let (mut spares, mut in_chunks) = (0_u32, 0_u32);
        for n in 0..self.old_bits().count() {
            // SAFETY: The number is below the old array's count.
            let head = unsafe { old.nth(n) };
            // SAFETY: Heads of an old array are initialised.
            if unsafe { head.is_evacuated() } {
                continue;
            }
            // SAFETY: The chain is not moved, so it is whole.
            for bucket in unsafe { head.behind() } {
                let counted = match bucket.is_within(old, self.old_block as usize) {
                    true => &mut spares,
                    false => &mut in_chunks,
                };
                *counted = counted.checked_add(1)?;
            }
        }
        Some((spares, in_chunks))
    }

    /// Makes an old array for the copy, marked as this map's, and as many overflow
    /// buckets for it as this map's old chains have.
    fn copy_growth(&self, copy: &mut Self) -> Result<OldFree<K, V, P>, TryReserveError> {
        let Some(old) = self.oldbuckets else {
            return Ok(OldFree::NONE);
        };
        let bits = self.old_bits();
        let overflow = TryReserveError::CapacityOverflow;
        let (spares, in_chunks) = self.old_overflow().ok_or(overflow)?;
        let all = spares.checked_add(in_chunks).ok_or(overflow)?;
        let mut made = Generation::<K, V, P, A>::make(&copy.alloc, bits, 0)?;
        let there = made.blocks.free.len();
        let by_spares = self.old_block > 0;
        let in_block = u32::min(there, if by_spares { spares } else { all });
        let in_chunk = made.chunk_apart(all - in_block)?;
        let Blocks {
            base,
            overflow,
            free,
        } = made.into_blocks();
        for n in 0..bits.count() {
            // SAFETY: The number is below the count of both arrays.
            let (from, to) = unsafe { (old.nth(n), base.nth(n)) };
            // SAFETY: The bucket is in a new block; heads of an old array are
            // initialised, and an evacuated one's tophashes stand for themselves (M4).
            unsafe {
                to.init();
                if from.is_evacuated() {
                    to.set_tops(from.tops());
                }
            }
        }
        copy.oldbuckets = Some(base);
        copy.oldoverflow = overflow;
        copy.nevacuate = self.nevacuate;
        if by_spares {
            copy.old_block = (bits.count() as u32).saturating_add(there);
        }
        if self.is_same_size_growth() {
            copy.flags = copy.flags.with(Flags::SAME_SIZE_GROW);
        }
        Ok(OldFree {
            spares: free,
            in_chunk,
        })
    }

    /// Clones the entries of a chain into an empty one, slot for slot. `take` gives the
    /// overflow bucket that stands for one of the original's; their number is returned.
    ///
    /// # Safety
    /// `from` is the head of a chain of another map that owns its entries, `to` of an
    /// empty chain of this map that owns the same hashes.
    unsafe fn copy_chain(
        &mut self,
        from: BucketPtr<K, V, P>,
        to: BucketPtr<K, V, P>,
        mut take: impl FnMut(&mut Self, BucketPtr<K, V, P>) -> Option<BucketPtr<K, V, P>>,
    ) -> Result<u32, TryReserveError> {
        let (mut from, mut to, mut taken) = (from, to, 0);
        loop {
            // SAFETY: The caller's promise.
            unsafe { self.copy_bucket(from, to)? };
            // SAFETY: As above.
            let Some(next) = (unsafe { from.overflow() }) else {
                return Ok(taken);
            };
            let bucket = take(self, next).ok_or(TryReserveError::CapacityOverflow)?;
            // SAFETY: A free bucket, and the last one of a chain (A2).
            unsafe {
                bucket.init();
                to.set_overflow(Some(bucket));
            }
            taken += 1;
            (from, to) = (next, bucket);
        }
    }

    /// # Safety
    /// As [`copy_chain`](Self::copy_chain), of one bucket.
    unsafe fn copy_bucket(
        &mut self,
        from: BucketPtr<K, V, P>,
        to: BucketPtr<K, V, P>,
    ) -> Result<(), TryReserveError> {
        // SAFETY: The caller's promise.
        let tops = unsafe { from.tops() };
        for index in tops.live() {
            // SAFETY: The slot is live (M1).
            let (key, elem) = unsafe { (from.key(index).as_ref(), from.elem(index).as_ref()) };
            let (key, elem) = (key.clone(), elem.clone());
            let cells = match self.cells.take::<P>() {
                Some(cells) => {
                    self.reserved -= 1;
                    cells
                }
                None => Cells::allocate::<P, A>(&self.alloc)?,
            };
            // SAFETY: The slot is free, and the cells are its own; M1 is true of it
            // when its tophash is set.
            unsafe {
                to.fill_slot(index, cells, key, elem);
                to.set_top(index, tops.get(index));
            }
            self.count += 1;
        }
        // The tombstones, too.
        // SAFETY: The live slots are those that were filled.
        unsafe { to.set_tops(tops) };
        Ok(())
    }
}
