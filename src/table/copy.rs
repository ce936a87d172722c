//! Cloning a map: bucket by bucket, slot by slot, without hashing. A clone taken in the
//! middle of a growth is in the middle of the same growth, and no larger than the original.
//!
//! A map that is cloned into, and has an array of the same size, is filled where it is: its
//! array, its overflow buckets and its cells are used again.

use super::map::{RawHmap, drop_pair};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::cells::{CellPool, Cells};
use crate::memory::compiled::compiled_for;
use crate::memory::heap::{Heap, NewCells};
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::policy::Policy;

impl<K: Clone, V: Clone, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// A map with clones of all entries in the same slots. What is reserved is not
    /// part of it.
    ///
    /// The copy is a whole map after every slot, so that an error, or a `Clone` that
    /// panics, drops what was made so far.
    pub(crate) fn try_clone_in(&self, alloc: A) -> Had<Self> {
        let mut copy = Self::new_in(alloc);
        copy.set_renewal(self.renewal());
        if !self.header.has_buckets() {
            return Ok(copy);
        }
        let (header, heap) = copy.parts();
        let mut old_spares = header.copy_arrays(heap, &self.header)?;
        let mut cells = CellPool::EMPTY;
        copy.copy_chains(self, &mut cells)?;
        let arrays = self.header.arrays(Self::TOLD);
        let copied = copy.header.arrays(Self::TOLD);
        if let (Some(arrays), Some(copied)) = (arrays, copied) {
            for (n, from) in arrays.all_waiting() {
                let to = copied.old(n).ok_or(TryReserveError::CapacityOverflow)?;
                // SAFETY: Chains of both old arrays that are initialised; the copy's is empty.
                unsafe {
                    copy.copy_chain(from, to, &mut cells, |copy, from, last| {
                        let next = copy.header.take_for_old(from, &mut old_spares)?;
                        last.set_overflow(Some(next));
                        Some(next)
                    })?;
                }
            }
        }
        copy.header.settle();
        Ok(copy)
    }

    /// Replaces all entries by clones of another map's, in the memory that is there; false,
    /// with nothing changed, if that is not for a map of the other's size, or if the other
    /// grows. What was reserved is so no longer.
    ///
    /// After an error the map is as it was, but for free memory that it may have more. If a
    /// `Clone` or a `Drop` panics it is empty.
    pub(crate) fn try_clone_in_place(&mut self, source: &Self) -> Had<bool> {
        let (ours, theirs) = (&self.header, &source.header);
        let slots = [ours.home().slots(), theirs.home().slots()];
        let is_alike = ours.bits() == theirs.bits() && slots[0] == slots[1];
        if !ours.has_buckets() || !is_alike || theirs.is_growing() {
            return Ok(false);
        }
        // Memory first. Overflow buckets that hang in chains now are free when those are empty.
        let buckets = theirs.noverflow().saturating_sub(ours.noverflow());
        let held = self.len().saturating_add(self.reserved());
        let more = u32::try_from(source.len().saturating_sub(held));
        let (header, heap) = self.parts();
        header.hold_buckets(heap, buckets)?;
        let more = more.map_err(|_| TryReserveError::CapacityOverflow)?;
        let mut cells = CellPool::EMPTY;
        NewCells::allocate(heap, more)?.join(&mut cells);

        let mut refill = Refill {
            map: self,
            cells,
            is_filled: false,
        };
        refill.clear();
        refill.map.copy_chains(source, &mut refill.cells)?;
        // SAFETY: They came from this heap.
        unsafe { refill.map.heap().free_all_cells(refill.cells.take_all()) };
        refill.map.header.settle();
        refill.is_filled = true;
        Ok(true)
    }

    /// Clones the entries of all current chains into the same chains of this map, which are
    /// empty.
    fn copy_chains(&mut self, source: &Self, cells: &mut CellPool) -> Had<()> {
        let (arrays, base) = (
            source.header.arrays(Self::TOLD),
            self.header.bucket_0(Self::TOLD),
        );
        let (Some(arrays), Some(base)) = (arrays, base) else {
            return Ok(());
        };
        for n in 0..arrays.bits().count() {
            let Some(from) = arrays.initialised(n) else {
                continue;
            };
            let mut overflow = 0;
            // SAFETY: The number is below 2^B of both arrays, both chains are initialised, and
            // the copy's is empty.
            unsafe {
                self.copy_chain(from, base.nth(n), cells, |copy, _, last| {
                    let next = copy.header.extend_chain(last, overflow)?;
                    overflow += 1;
                    Some(next)
                })?;
            }
        }
        Ok(())
    }

    /// Clones the entries of a chain into an empty one, slot for slot, in these cells as far as
    /// they go. `link` hangs the overflow bucket that stands for one of the original's behind
    /// the last one.
    ///
    /// # Safety
    /// `from` is the head of a chain of another map that owns its entries, `to` of an
    /// empty chain of this map that owns the same hashes.
    unsafe fn copy_chain(
        &mut self,
        from: BucketPtr<compiled_for!(K, V, P)>,
        to: BucketPtr<compiled_for!(K, V, P)>,
        cells: &mut CellPool,
        mut link: impl FnMut(
            &mut Self,
            BucketPtr<compiled_for!(K, V, P)>,
            BucketPtr<compiled_for!(K, V, P)>,
        ) -> Option<BucketPtr<compiled_for!(K, V, P)>>,
    ) -> Had<()> {
        let (mut from, mut to) = (from, to);
        loop {
            // SAFETY: The caller's promise.
            unsafe { self.copy_bucket(from, to, cells)? };
            // SAFETY: As above.
            let Some(next) = (unsafe { from.overflow() }) else {
                return Ok(());
            };
            to = link(self, next, to).ok_or(TryReserveError::CapacityOverflow)?;
            from = next;
        }
    }

    /// # Safety
    /// As [`copy_chain`](Self::copy_chain), of one bucket.
    unsafe fn copy_bucket(
        &mut self,
        from: BucketPtr<compiled_for!(K, V, P)>,
        to: BucketPtr<compiled_for!(K, V, P)>,
        cells: &mut CellPool,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        let tops = unsafe { from.tops() };
        for index in tops.live() {
            let bucket = from.of_types(Types::<K, V, P>::HERE);
            // SAFETY: The slot is live.
            let (key, elem) = unsafe { Slot { bucket, index }.entry() };
            let (key, elem) = (key.clone(), elem.clone());
            // SAFETY: The slot is free, and its cells are its own; M1 is true of it when its
            // tophash is set.
            unsafe {
                let bucket = to.of_types(Types::<K, V, P>::HERE);
                let slot = Slot { bucket, index };
                if Types::<K, V, P>::SHAPE.has_cells() {
                    let fields = slot.cell_fields();
                    self.heap().give_cells(Some(cells), true, fields)?;
                }
                slot.write(key, elem);
                to.set_top(index, tops.get(index));
            }
            self.header.count_inserted();
        }
        // The tombstones, too.
        // SAFETY: The live slots are those that were filled.
        unsafe { to.set_tops(tops) };
        Ok(())
    }
}

/// A map whose entries are replaced by clones, and cells for these. Dropped before it is
/// filled, the map is empty and whole.
struct Refill<'a, K, V, A: Allocator, P: Policy> {
    map: &'a mut RawHmap<K, V, A, P>,
    cells: CellPool,
    is_filled: bool,
}

impl<K, V, A: Allocator, P: Policy> Refill<'_, K, V, A, P> {
    /// Removes all entries. What they have beside their slots is kept: overflow buckets, and
    /// cells, also those that were reserved.
    fn clear(&mut self) {
        let (header, _) = self.map.parts();
        header.take_all_reserved(&mut self.cells);
        if Types::<K, V, P>::SHAPE.has_cells() {
            let mut slots = self.map.walk();
            while let Some(slot) = self.map.unlink_next(&mut slots, |_, _| true) {
                // SAFETY: The slot was live, and is free now.
                unsafe { self.drop_entry(slot) };
            }
        }
        self.map.empty_all_chains();
    }

    /// Drops an entry where it is, and keeps its cells: all of it, also if the `Drop` of its
    /// key or of its elem panics.
    ///
    /// # Safety
    /// The slot was live in the map a moment ago, and nobody reads it again.
    unsafe fn drop_entry(&mut self, slot: Slot<Types<K, V, P>>) {
        /// The cells of an entry that is dropped first.
        struct Emptied<'a, K, V, P: Policy>(&'a mut CellPool, Cells, Types<K, V, P>);

        impl<K, V, P: Policy> Drop for Emptied<'_, K, V, P> {
            fn drop(&mut self) {
                // SAFETY: The cells are the map's, and empty now.
                unsafe { self.0.put(self.2, self.1) };
            }
        }

        // SAFETY: The caller's promise; M1.
        let (pair, cells) = unsafe { (slot.pair(), slot.cells()) };
        let _cells = Emptied(&mut self.cells, cells, Types::<K, V, P>::HERE);
        // SAFETY: M1, and nobody reads them again.
        unsafe { drop_pair(pair.0, pair.1) };
    }
}

impl<K, V, A: Allocator, P: Policy> Drop for Refill<'_, K, V, A, P> {
    fn drop(&mut self) {
        let cells = self.cells.take_all();
        if !self.is_filled {
            self.map.empty_all_chains();
        }
        // SAFETY: They came from this heap.
        unsafe { self.map.heap().free_all_cells(cells) };
    }
}
