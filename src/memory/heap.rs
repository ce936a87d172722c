//! Where a map's blocks come from and go back to: its allocator, and its types, which say
//! how large they are.

use super::shape::MapType;
use crate::numbers::alloc::{AllocError, Allocator, Layout};
use crate::numbers::error::TryReserveError;
use core::ptr::NonNull;

/// A map's allocator, and what the map is of.
pub(crate) struct Heap<'a, T, A> {
    pub(crate) of: T,
    alloc: &'a A,
}

impl<T: Copy, A> Clone for Heap<'_, T, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Copy, A> Copy for Heap<'_, T, A> {}

impl<'a, T: MapType, A: Allocator> Heap<'a, T, A> {
    #[inline]
    pub(crate) const fn new(of: T, alloc: &'a A) -> Self {
        Self { of, alloc }
    }

    /// A block of this layout, which is `None` if it cannot be expressed.
    pub(super) fn allocate(self, layout: Option<Layout>) -> Result<NonNull<[u8]>, TryReserveError> {
        let layout = layout.ok_or(TryReserveError::CapacityOverflow)?;
        self.alloc
            .allocate(layout)
            .map_err(|AllocError| TryReserveError::AllocError { layout })
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// It came from [`allocate`](Self::allocate) of this allocator with this layout, and is
    /// used no more.
    pub(super) unsafe fn deallocate(self, block: NonNull<u8>, layout: Option<Layout>) {
        if let Some(layout) = layout {
            // SAFETY: The caller's promise.
            unsafe { self.alloc.deallocate(block, layout) }
        }
    }
}
