//! Where a map's blocks come from and go back to: its allocator, and its types, which say
//! how large they are.

use super::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::Had;
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
