//! The directory: it gets an entry more or less at a time.
//!
//! A look-up takes as many bits of a hash as N needs. So entries from N on are there too, up to a
//! power of two, and alias those that their hashes belong to. Up to 512 they are filled in. Above,
//! they are so to the end of the page that N is in, and the pages behind it are the same pages as
//! in the lower half, until N gets to them.

use super::header::Header;
use crate::memory::heap::Heap;
use crate::memory::page::{MOST_LEVELS, PAGE, PAGE_BITS, Page, Target};
use crate::memory::stock::Stock;
use crate::numbers::alloc::Layout;
use crate::numbers::error::{Had, TryReserveError};
use core::mem;

/// Entries at most: with more than these have room for, chains get longer.
pub(super) const MOST_BUCKETS: u32 = 1 << (MOST_LEVELS as u32 * PAGE_BITS);
/// The logarithm of the pointers that a new root has room for.
const FIRST_ROOT_BITS: u8 = 2;

/// A whole page that nothing leads to. Dropped, it is given back, also where the allocator panics
/// with another one.
struct Unused<H: Heap>(Page, H);

impl<H: Heap> Unused<H> {
    fn allocate(heap: H) -> Had<Self> {
        Ok(Self(Page::allocate(heap, PAGE)?, heap))
    }

    /// Takes it in use.
    fn used(self) -> Page {
        let page = self.0;
        mem::forget(self);
        page
    }
}

impl<H: Heap> Drop for Unused<H> {
    fn drop(&mut self) {
        let Self(page, heap) = *self;
        // SAFETY: A page of this heap, which nothing leads to.
        unsafe { page.free(heap, PAGE) };
    }
}

impl Header {
    /// Pointers of the root that are in use, if it is a page.
    fn root_len(&self) -> usize {
        let below = u32::from(self.height.saturating_sub(1)) * PAGE_BITS;
        (self.mask as usize + 1) >> below
    }

    /// Makes N one more; entry N is an alias of what it will be split from.
    pub(super) fn push<H: Heap>(&mut self, heap: H) -> Had<()> {
        if self.buckets >= MOST_BUCKETS {
            return Err(TryReserveError::CapacityOverflow);
        }
        if self.buckets > self.mask {
            self.double(heap)?;
        }
        if self.height >= 2 && self.buckets as usize % PAGE == 0 {
            self.unshare(heap, self.buckets as usize)?;
        }
        self.buckets += 1;
        self.settle();
        Ok(())
    }

    /// Notes the pages that [`push`](Self::push) needs next, each so many times.
    pub(super) fn want_pages(&self, stock: &mut Stock, times: u32) {
        let mut want = |pointers| stock.want(Layout::array::<Target>(pointers).ok(), times);
        let (len, index) = (self.root_len(), self.buckets as usize);
        let is_root_whole = self.height == 0 || len == PAGE;
        let doubles = self.buckets > self.mask;
        if doubles && is_root_whole {
            want(1 << FIRST_ROOT_BITS);
        } else if doubles && 2 * len > 1 << self.root_bits {
            want(2 * len);
        }
        let height = self.height + u8::from(doubles && is_root_whole);
        if height >= 2 && index % PAGE == 0 {
            want(PAGE);
        }
        if height >= 3 && index % (PAGE * PAGE) == 0 {
            want(PAGE);
        }
    }

    /// Makes room for twice as many entries, the upper half like the lower.
    #[cold]
    fn double<H: Heap>(&mut self, heap: H) -> Had<()> {
        let Some(root) = self.root else {
            return Err(TryReserveError::CapacityOverflow);
        };
        let len = self.root_len();
        if self.height == 0 || len == PAGE {
            // The first page doubles at once nearly always; and no block of a map is smaller than
            // what a stock notes in one.
            let bits = FIRST_ROOT_BITS;
            let page = Page::allocate(heap, 1 << bits)?;
            // SAFETY: It has four pointers.
            unsafe {
                page.set(0, root);
                page.set(1, root);
            }
            self.root = Some(page.as_target());
            self.height += 1;
            self.root_bits = bits;
        } else {
            self.double_root(heap, Page::from_target(root), len)?;
        }
        self.mask = self.mask << 1 | 1;
        Ok(())
    }

    /// The same of a root of fewer pointers than a page has.
    fn double_root<H: Heap>(&mut self, heap: H, root: Page, len: usize) -> Had<()> {
        let room = 1 << self.root_bits;
        if 2 * len <= room {
            // SAFETY: The root has room for twice as many.
            unsafe { root.copy_from(root, len, len) };
            return Ok(());
        }
        let page = Page::allocate(heap, 2 * len)?;
        // SAFETY: It has twice as many, and is new.
        unsafe {
            page.copy_from(root, 0, len);
            page.copy_from(root, len, len);
        }
        self.root = Some(page.as_target());
        self.root_bits += 1;
        // SAFETY: It was the root, of so many pointers.
        unsafe { root.free(heap, room) };
        Ok(())
    }

    /// Gives the page that begins with this entry memory of its own, and with it the one above it
    /// that it is the first of.
    #[cold]
    fn unshare<H: Heap>(&mut self, heap: H, index: usize) -> Had<()> {
        let begins = |levels: u32| index & ((1 << (levels * PAGE_BITS)) - 1) == 0;
        let middle = match self.page_of(index, 2) {
            Some(above) if begins(2) => Some((above, Unused::allocate(heap)?)),
            _ => None,
        };
        let leaf = Unused::allocate(heap)?;
        if let Some((above, page)) = middle {
            self.give_own(above, page.used());
        }
        if let Some(above) = self.page_of(index, 1) {
            self.give_own(above, leaf.used());
        }
        Ok(())
    }

    /// Puts a page in place of the one that a pointer leads to, and all that is in that.
    fn give_own(&mut self, (above, n): (Page, usize), page: Page) {
        // SAFETY: The pointer is there and leads to a whole page; the other one is new.
        unsafe {
            page.copy_from(Page::from_target(above.get(n)), 0, PAGE);
            above.set(n, page.as_target());
        }
    }

    /// Makes N one less, if it is more than one; the last entry is an alias already.
    pub(super) fn pop<H: Heap>(&mut self, heap: H) {
        let Some(last) = self.buckets.checked_sub(1).filter(|last| *last > 0) else {
            return;
        };
        self.buckets = last;
        self.settle();
        let last = last as usize;
        if self.height >= 2 && last % PAGE == 0 {
            let lower = last & (self.mask >> 1) as usize;
            let is_first = last & ((1 << (2 * PAGE_BITS)) - 1) == 0;
            let unused = |page| Unused(page, heap);
            let _leaf = self.share_again(last, lower, 1).map(unused);
            let middle = is_first.then(|| self.share_again(last, lower, 2)).flatten();
            let _middle = middle.map(unused);
        }
        // If the allocator panicked with a page, this is left to the next time, as after a growth
        // that was refused when the upper half was there already: then it is done twice.
        while self.mask > 0 && 2 * last <= self.mask as usize + 1 {
            let (root, room) = self.halve();
            if let Some(root) = root {
                // SAFETY: As above; it has so many pointers.
                unsafe { root.free(heap, room) };
            }
        }
    }

    /// Makes the pointer to the page that an entry is in, so many levels up, the same as that of
    /// a lower one. What it led to is the caller's.
    fn share_again(&mut self, index: usize, lower: usize, levels: u8) -> Option<Page> {
        let (above, n) = self.page_of(index, levels)?;
        let (lower_above, lower_n) = self.page_of(lower, levels)?;
        // SAFETY: D1: both are there.
        unsafe {
            let page = above.get(n);
            above.set(n, lower_above.get(lower_n));
            Some(Page::from_target(page))
        }
    }

    /// Forgets the upper half, which is like the lower one. The root stays as large as it is, but
    /// for one that has one pointer left: that one is the caller's, of so many pointers.
    fn halve(&mut self) -> (Option<Page>, usize) {
        let is_last = self.height > 0 && self.root_len() == 2;
        self.mask >>= 1;
        let Some(root) = self.root.filter(|_| is_last) else {
            return (None, 0);
        };
        let root = Page::from_target(root);
        let room = 1 << self.root_bits;
        // SAFETY: D1: it has one pointer at least.
        self.root = Some(unsafe { root.get(0) });
        self.height -= 1;
        self.root_bits = PAGE_BITS as u8;
        (Some(root), room)
    }

    /// Exchanges the root for one of as many pointers as are in use, if that is to be had.
    pub(super) fn trim_root<H: Heap>(&mut self, heap: H) {
        let (len, room) = (self.root_len(), 1 << self.root_bits);
        let Some(root) = self.root.filter(|_| self.height > 0) else {
            return;
        };
        let bits = u8::max(FIRST_ROOT_BITS, len.ilog2() as u8);
        if bits >= self.root_bits {
            return;
        }
        let Ok(page) = Page::allocate(heap, 1 << bits) else {
            return;
        };
        let root = Page::from_target(root);
        // SAFETY: Both have so many pointers, and the one is new. Nothing leads to the other then.
        unsafe {
            page.copy_from(root, 0, len);
            self.root = Some(page.as_target());
            self.root_bits = bits;
            root.free(heap, room);
        }
    }

    /// Gives all pages back, so that there is one entry, which leads to the same as the first did.
    pub(super) fn drop_pages<H: Heap>(&mut self, heap: H) {
        while self.buckets > 1 {
            self.pop(heap);
        }
    }

    /// Bytes of all pages.
    pub(crate) fn page_bytes(&self) -> usize {
        let pages = |levels: u32| match u32::from(self.height) > levels {
            true => self.filled().div_ceil(1 << (levels * PAGE_BITS)),
            false => 0,
        };
        let root = match self.height {
            0 => 0,
            _ => 1 << self.root_bits,
        };
        let whole = pages(1) + pages(2);
        Page::bytes(root) + Page::bytes(PAGE).saturating_mul(whole)
    }
}
