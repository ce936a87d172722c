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

/// Levels of pages that a directory has at most.
pub(crate) const MOST_LEVELS: u8 = 3;

/// The page that the pointer of an entry is in, of a directory with one level of pages or more, and
/// which one it is there.
///
/// # Safety
/// The directory has this entry, and so many levels.
#[inline]
unsafe fn place_of(root: Target, height: u8, index: usize) -> (Page, usize) {
    let root = Page::from_target(root);
    // Written out, since every look-up goes through here: a loop takes twice as long.
    if height <= 1 {
        return (root, index);
    }
    let number = |levels: u32| index >> (levels * PAGE_BITS);
    // SAFETY: The caller's promise. All pages below the root are whole; the root has a pointer for
    // each number that is left of the index there.
    let leaf = unsafe {
        if height == 2 {
            root.get(number(1))
        } else {
            Page::from_target(root.get(number(2))).get(number(1) & (PAGE - 1))
        }
    };
    (Page::from_target(leaf), index & (PAGE - 1))
}

/// What an entry of a directory leads to, below so many levels of pages.
///
/// # Safety
/// The directory has this entry, and so many levels.
#[inline]
pub(crate) unsafe fn entry_of(root: Target, height: u8, index: usize) -> Target {
    if height == 0 {
        return root;
    }
    // SAFETY: The caller's promise.
    unsafe {
        let (page, n) = place_of(root, height, index);
        page.get(n)
    }
}

/// Makes an entry lead to something else, below one level of pages or more.
///
/// # Safety
/// The directory has this entry, and so many levels; the entry has memory of its own.
#[inline]
pub(crate) unsafe fn set_entry_of(root: Target, height: u8, index: usize, target: Target) {
    // SAFETY: The caller's promise.
    unsafe {
        let (page, n) = place_of(root, height, index);
        page.set(n, target);
    }
}
