//! Pages of the directory of a dense table: pointers to blocks, or to other pages.

use super::heap::Heap;
use crate::numbers::alloc::Layout;
use crate::numbers::error::Had;
use core::ptr::NonNull;

/// The logarithm of the pointers of a whole page.
pub(crate) const PAGE_BITS: u32 = 9;
/// Pointers of a whole page.
pub(crate) const PAGE: usize = 1 << PAGE_BITS;

/// What an entry of a directory, or of a page above it, leads to.
pub(crate) type Target = NonNull<u8>;

/// A page. It is a pointer and no more: whoever has it knows how many pointers are there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page(NonNull<Target>);

impl Page {
    /// Bytes of so many pointers.
    pub(crate) const fn bytes(pointers: usize) -> usize {
        pointers * size_of::<Target>()
    }

    pub(crate) const fn from_target(target: Target) -> Self {
        Self(target.cast())
    }

    pub(crate) const fn as_target(self) -> Target {
        self.0.cast()
    }

    /// A page of so many pointers, not initialised.
    pub(crate) fn allocate<H: Heap>(heap: H, pointers: usize) -> Had<Self> {
        let page = heap.allocate(Layout::array::<Target>(pointers).ok())?;
        Ok(Self(page.cast()))
    }

    /// # Safety
    /// It came from this heap with so many pointers, and is used no more.
    pub(crate) unsafe fn free<H: Heap>(self, heap: H, pointers: usize) {
        let layout = Layout::array::<Target>(pointers).ok();
        // SAFETY: The caller's promise.
        unsafe { heap.deallocate(self.as_target(), layout) };
    }

    /// # Safety
    /// Pointer `n` is there, and initialised.
    #[inline]
    pub(crate) unsafe fn get(self, n: usize) -> Target {
        // SAFETY: The caller's promise.
        unsafe { self.0.add(n).read() }
    }

    /// # Safety
    /// Pointer `n` is there.
    #[inline]
    pub(crate) unsafe fn set(self, n: usize, target: Target) {
        // SAFETY: The caller's promise.
        unsafe { self.0.add(n).write(target) };
    }

    /// Copies so many pointers of another page to pointer `at` and behind.
    ///
    /// # Safety
    /// They are there in both, initialised in the other one, and not the same.
    pub(crate) unsafe fn copy_from(self, from: Self, at: usize, pointers: usize) {
        // SAFETY: The caller's promise.
        unsafe { from.0.copy_to_nonoverlapping(self.0.add(at), pointers) };
    }
}

/// What an entry of a directory leads to, below so many levels of pages.
///
/// # Safety
/// The directory has this entry, and so many levels.
#[inline]
pub(crate) unsafe fn entry_of(root: Target, height: u8, index: usize) -> Target {
    let mut target = root;
    let mut shift = u32::from(height) * PAGE_BITS;
    while shift > 0 {
        shift -= PAGE_BITS;
        // SAFETY: The caller's promise; the root has no more pointers than it needs bits for.
        target = unsafe { Page::from_target(target).get(index >> shift & (PAGE - 1)) };
    }
    target
}
