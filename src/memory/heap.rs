//! Where a map's blocks come from and go back to: its allocator, and its types, which say
//! how large they are.

use super::shape::MapType;
use crate::numbers::alloc::{AllocError, Allocator, Layout};
use crate::numbers::error::{Had, TryReserveError};
use core::ptr::NonNull;

/// A map's allocator, and what the map is of.
pub(crate) trait Heap: Copy {
    type Of: MapType;

    /// What the map is of.
    fn of(self) -> Self::Of;

    /// A block of this layout, which is `None` if it cannot be expressed.
    fn allocate(self, layout: Option<Layout>) -> Had<NonNull<[u8]>>;

    /// Gives a block back.
    ///
    /// # Safety
    /// It came from [`allocate`](Self::allocate) of this heap with this layout, and is used no
    /// more.
    unsafe fn deallocate(self, block: NonNull<u8>, layout: Option<Layout>);
}

/// The heap of a map whose allocator the compiler knows.
pub(crate) struct HeapOf<'a, T, A> {
    of: T,
    alloc: &'a A,
}

impl<T: Copy, A> Clone for HeapOf<'_, T, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Copy, A> Copy for HeapOf<'_, T, A> {}

impl<'a, T, A> HeapOf<'a, T, A> {
    #[inline]
    pub(crate) const fn new(of: T, alloc: &'a A) -> Self {
        Self { of, alloc }
    }
}

impl<T: MapType, A: Allocator> Heap for HeapOf<'_, T, A> {
    type Of = T;

    #[inline]
    fn of(self) -> T {
        self.of
    }

    fn allocate(self, layout: Option<Layout>) -> Had<NonNull<[u8]>> {
        let layout = layout.ok_or(TryReserveError::CapacityOverflow)?;
        self.alloc
            .allocate(layout)
            .map_err(|AllocError| TryReserveError::AllocError { layout })
    }

    unsafe fn deallocate(self, block: NonNull<u8>, layout: Option<Layout>) {
        if let Some(layout) = layout {
            // SAFETY: The caller's promise.
            unsafe { self.alloc.deallocate(block, layout) }
        }
    }
}
