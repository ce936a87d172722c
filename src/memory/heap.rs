//! A map's heap: its blocks, and the cells of its entries.
//!
//! What has to do with cells is asked of the heap, so that where types are described code for
//! cells is in an image only if a map of it has some.

use super::blocks::Blocks;
use super::cells::{CellFields, CellPool, Cells};
use super::shape::MapType;
use crate::numbers::error::Had;

/// Where a map's buckets and cells come from and go back to.
pub(crate) trait Heap: Blocks {
    /// Gives a slot the cells of its entry to be, which has some: reserved ones, and if there are
    /// none, and that is allowed, new ones.
    ///
    /// # Safety
    /// The fields are those of a free slot.
    unsafe fn give_cells(
        self,
        reserved: Option<&mut CellPool>,
        may_allocate: bool,
        fields: CellFields,
    ) -> Had<()>;

    /// New cells for so many entries, which have some.
    fn allocate_cells(self, entries: u32) -> Had<CellPool>;

    /// Gives the cells of an entry back: the elem's also if the allocator panics with the key's.
    /// What is in them is not dropped.
    ///
    /// # Safety
    /// They came from this heap and are used no more.
    unsafe fn free_cells(self, cells: Cells);

    /// Gives all of these back: also if the allocator panics with some.
    ///
    /// # Safety
    /// They came from this heap and are used no more.
    unsafe fn free_all_cells(self, pool: CellPool);
}

/// Cells that are not the map's: not yet, or no more. Dropped, they are given back.
pub(crate) struct NewCells<H: Heap> {
    heap: H,
    pool: CellPool,
}

impl<H: Heap> NewCells<H> {
    pub(crate) const fn none(heap: H) -> Self {
        Self {
            heap,
            pool: CellPool::EMPTY,
        }
    }

    /// Allocates the cells of so many entries; none if entries have none.
    pub(crate) fn allocate(heap: H, entries: u32) -> Had<Self> {
        let mut cells = Self::none(heap);
        cells.get(entries)?;
        Ok(cells)
    }

    /// The same, where there are none.
    pub(crate) fn get(&mut self, entries: u32) -> Had<()> {
        if entries > 0 && self.heap.of().shape().has_cells() {
            self.pool = self.heap.allocate_cells(entries)?;
        }
        Ok(())
    }

    /// Cells that a map has forgotten.
    ///
    /// # Safety
    /// They came from this heap and are used no more.
    pub(crate) unsafe fn of_map(heap: H, pool: CellPool) -> Self {
        Self { heap, pool }
    }

    /// Makes them the map's, before those that it has.
    pub(crate) fn join(mut self, pool: &mut CellPool) {
        self.pool.take_all().join(pool);
    }
}

impl<H: Heap> Drop for NewCells<H> {
    fn drop(&mut self) {
        if !self.pool.is_empty() {
            // SAFETY: They are nobody's.
            unsafe { self.heap.free_all_cells(self.pool.take_all()) };
        }
    }
}
