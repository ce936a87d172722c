//! Where a map's blocks come from and go back to: its allocator, and its types, which say
//! how large they are.

use super::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::Had;
use core::ptr::NonNull;

/// A map's allocator, and what the map is of.
pub(crate) trait Blocks: Copy {
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

/// A block of so many buckets behind `before` bytes.
#[cfg_attr(feature = "small-code", inline(never))]
#[cfg_attr(not(feature = "small-code"), inline)]
pub(super) fn allocate_buckets<B: Blocks>(
    heap: B,
    before: usize,
    buckets: usize,
) -> Had<NonNull<[u8]>> {
    heap.allocate(heap.of().shape().layout(before, buckets))
}

/// Gives such a block back.
///
/// # Safety
/// It came from [`allocate_buckets`] of this heap with these numbers, and is used no more.
#[cfg_attr(feature = "small-code", inline(never))]
#[cfg_attr(not(feature = "small-code"), inline)]
pub(super) unsafe fn free_buckets<B: Blocks>(
    heap: B,
    block: NonNull<u8>,
    before: usize,
    buckets: usize,
) {
    // SAFETY: The caller's promise.
    unsafe { heap.deallocate(block, heap.of().shape().layout(before, buckets)) }
}
