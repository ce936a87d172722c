//! Cells: keys and elems that are too large for a bucket, one allocation each.
//!
//! Cells are had before anything changes and become part of the map when the
//! entry does. A growth moves the pointer to a cell and never the cell.

use super::bmap::Shape;
use crate::alloc::{Allocator, Layout, allocate};
use crate::error::TryReserveError;
use crate::policy::Policy;
use core::ptr::NonNull;

/// The cells of one entry to be: none where the bucket has room.
pub(crate) struct Cells<K, V> {
    pub(crate) key: Option<NonNull<K>>,
    pub(crate) elem: Option<NonNull<V>>,
}

impl<K, V> Cells<K, V> {
    /// Allocates what an entry needs under the policy, or nothing.
    #[inline]
    pub(crate) fn allocate<P: Policy, A: Allocator>(alloc: &A) -> Result<Self, TryReserveError> {
        let mut cells = Self {
            key: None,
            elem: None,
        };
        if Shape::<K, V, P>::KEY_IN_CELL {
            cells.key = Some(allocate(alloc, Layout::new::<K>())?.cast());
        }
        if Shape::<K, V, P>::ELEM_IN_CELL {
            match allocate(alloc, Layout::new::<V>()) {
                Ok(block) => cells.elem = Some(block.cast()),
                Err(error) => {
                    // SAFETY: The key's cell was allocated just above.
                    unsafe { cells.free(alloc) };
                    return Err(error);
                }
            }
        }
        Ok(cells)
    }

    /// Gives the cells back; what is in them is not dropped.
    ///
    /// # Safety
    /// The cells came from this allocator and are used no more.
    #[inline]
    pub(crate) unsafe fn free<A: Allocator>(self, alloc: &A) {
        if let Some(cell) = self.key {
            // SAFETY: It was allocated with this layout.
            unsafe { alloc.deallocate(cell.cast(), Layout::new::<K>()) }
        }
        if let Some(cell) = self.elem {
            // SAFETY: It was allocated with this layout.
            unsafe { alloc.deallocate(cell.cast(), Layout::new::<V>()) }
        }
    }

    /// Bytes asked for by the cells of one entry.
    pub(crate) const fn bytes<P: Policy>() -> usize {
        let key = if Shape::<K, V, P>::KEY_IN_CELL {
            size_of::<K>()
        } else {
            0
        };
        let elem = if Shape::<K, V, P>::ELEM_IN_CELL {
            size_of::<V>()
        } else {
            0
        };
        key + elem
    }
}
