//! Cloning a map: bucket by bucket, slot by slot, without hashing. A clone taken in the
//! middle of a growth is in the middle of the same growth, and no larger than the original.
//!
//! A map that is cloned into, and has an array of the same size, is filled where it is: its
//! array, its overflow buckets and its cells are used again.

use super::map::{RawHmap, drop_pair};
use super::policy::Tabled;
use crate::memory::blocks::Blocks;
use crate::memory::bucket::Slot;
use crate::memory::cells::{CellPool, Cells};
use crate::memory::heap::{Heap, NewCells};
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{Had, TryReserveError};
use crate::seam::Table;

impl<K: Clone, V: Clone, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// A map with clones of all entries in the same slots. What is reserved is not
    /// part of it.
    ///
    /// The copy can be dropped after every slot, so that an error, or a `Clone` that panics, drops
    /// what was made so far.
    pub(crate) fn try_clone_in(&self, alloc: A) -> Had<Self> {
        let mut copy = Self::new_in(alloc);
        copy.set_renewal(self.renewal());
        let mut cells = CellPool::EMPTY;
        let (header, heap) = copy.parts();
        header.copy_from(heap, &self.header, copying::<K, V, P, _>(heap, &mut cells))?;
        Ok(copy)
    }

    /// Replaces all entries by clones of another map's, in the memory that is there; false,
    /// with nothing changed, if that is not for a map of the other's size, or if the other
    /// grows. What was reserved is so no longer.
    ///
    /// After an error the map is as it was, but for free memory that it may have more. If a
    /// `Clone` or a `Drop` panics it is empty.
    pub(crate) fn try_clone_in_place(&mut self, source: &Self) -> Had<bool> {
        let held = self.len().saturating_add(self.reserved());
        let more = u32::try_from(source.len().saturating_sub(held));
        let more = more.map_err(|_| TryReserveError::CapacityOverflow)?;
        // Memory first.
        let (header, heap) = self.parts();
        if !header.hold_for_copy(heap, &source.header)? {
            return Ok(false);
        }
        let mut cells = CellPool::EMPTY;
        NewCells::allocate(heap, more)?.join(&mut cells);

        let mut refill = Refill {
            map: self,
            cells,
            is_filled: false,
        };
        refill.clear();
        let Refill { map, cells, .. } = &mut refill;
        let (header, heap) = map.parts();
        let copy = copying::<K, V, P, _>(heap, cells);
        header.refill(heap.of(), &source.header, copy)?;
        // SAFETY: They came from this heap.
        unsafe { heap.free_all_cells(cells.take_all()) };
        refill.is_filled = true;
        Ok(true)
    }
}

/// Writes clones of entries into free slots, in these cells as far as they go.
fn copying<K: Clone, V: Clone, P: Tabled, H: Heap>(
    heap: H,
    cells: &mut CellPool,
) -> impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()> {
    move |from, to| {
        // SAFETY: A live slot of a map of these types, which is borrowed.
        let (key, elem) = unsafe { from.of_types(Types::<K, V, P>::HERE).entry() };
        let (key, elem) = (key.clone(), elem.clone());
        // SAFETY: The slot is free, of the same types, and its cells are its own.
        unsafe {
            if Types::<K, V, P>::SHAPE.has_cells() {
                heap.give_cells(Some(cells), true, to.cell_fields())?;
            }
            to.of_types(Types::<K, V, P>::HERE).write(key, elem);
        }
        Ok(())
    }
}

/// A map whose entries are replaced by clones, and cells for these. Dropped before it is
/// filled, the map is empty and whole.
struct Refill<'a, K, V, A: Allocator, P: Tabled> {
    map: &'a mut RawHmap<K, V, A, P>,
    cells: CellPool,
    is_filled: bool,
}

impl<K, V, A: Allocator, P: Tabled> Refill<'_, K, V, A, P> {
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
        self.map.empty_all();
    }

    /// Drops an entry where it is, and keeps its cells: all of it, also if the `Drop` of its
    /// key or of its elem panics.
    ///
    /// # Safety
    /// The slot was live in the map a moment ago, and nobody reads it again.
    unsafe fn drop_entry(&mut self, slot: Slot<Types<K, V, P>>) {
        /// The cells of an entry that is dropped first.
        struct Emptied<'a, K, V, P: Tabled>(&'a mut CellPool, Cells, Types<K, V, P>);

        impl<K, V, P: Tabled> Drop for Emptied<'_, K, V, P> {
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

impl<K, V, A: Allocator, P: Tabled> Drop for Refill<'_, K, V, A, P> {
    fn drop(&mut self) {
        let cells = self.cells.take_all();
        if !self.is_filled {
            self.map.empty_all();
        }
        // SAFETY: They came from this heap.
        unsafe { self.map.heap().free_all_cells(cells) };
    }
}
