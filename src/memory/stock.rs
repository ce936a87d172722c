//! Blocks of memory that are had before they are needed, and blocks that are not needed any
//! more: an allocator that calls no other, and so can serve a map under any lock.
//!
//! It hands out a block of exactly the layout that is asked for, if it has one, and refuses
//! everything else. What it is given back it keeps, for the next that asks or to be freed with
//! the rest. The blocks are those of one heap, which whoever has the stock knows.
//!
//! A block that lies here holds where the next one is. So there is no bound but memory, and
//! nothing here allocates.

use crate::numbers::alloc::{AllocError, Allocator, Layout, SameHeap};
use crate::numbers::error::{Had, TryReserveError};
use core::cell::Cell;
use core::ptr::NonNull;

/// Kinds of blocks that a map asks for one by one: two cells, two chunks of one bucket, three
/// first buckets, one array.
const KINDS: usize = 8;

/// Blocks of one layout.
struct Kind {
    layout: Cell<Option<Layout>>,
    first: Cell<Option<NonNull<u8>>>,
    /// How many there are.
    held: Cell<u32>,
    /// How many there should be; none if blocks of this layout are not asked for any more.
    wanted: Cell<Option<u32>>,
}

pub(crate) struct Stock {
    kinds: [Kind; KINDS],
    /// Blocks of other layouts, that nobody asks for again.
    spent: Cell<Option<NonNull<u8>>>,
}

impl Kind {
    /// Of no layout.
    const fn none() -> Self {
        Self {
            layout: Cell::new(None),
            first: Cell::new(None),
            held: Cell::new(0),
            wanted: Cell::new(None),
        }
    }

    fn is_of(&self, layout: Layout) -> bool {
        self.layout.get() == Some(layout)
    }

    fn missing(&self) -> u32 {
        let wanted = self.wanted.get().unwrap_or(0);
        wanted.saturating_sub(self.held.get())
    }

    /// Adds a block.
    ///
    /// # Safety
    /// It is of this kind's layout, and nobody else's.
    unsafe fn push(&self, block: NonNull<u8>) {
        // SAFETY: The caller's promise; a block has room for a pointer, aligned or not.
        unsafe { block.cast().write_unaligned(self.first.get()) };
        self.first.set(Some(block));
        self.held.set(self.held.get().saturating_add(1));
    }

    fn pop(&self) -> Option<NonNull<u8>> {
        let block = self.first.get()?;
        // SAFETY: `push` wrote it there.
        self.first.set(unsafe { block.cast().read_unaligned() });
        self.held.set(self.held.get().saturating_sub(1));
        Some(block)
    }
}

/// What a spent block begins with, aligned or not: no more than the smallest bucket has room for.
#[derive(Clone, Copy)]
#[repr(C)]
struct Spent {
    next: Option<NonNull<u8>>,
    size: usize,
    #[cfg(target_pointer_width = "32")]
    log_align: usize,
}

/// The smallest blocks that a map gives back: a page of four pointers, a bucket of two slots.
const _: () = assert!(size_of::<Spent>() <= 4 * size_of::<usize>());

impl Spent {
    /// On 64 bits both are in one word: no machine has blocks of 2^58 bytes.
    #[cfg(target_pointer_width = "64")]
    const fn new(next: Option<NonNull<u8>>, layout: Layout) -> Self {
        let log_align = layout.align().trailing_zeros() as usize;
        let size = layout.size() | log_align << 58;
        Self { next, size }
    }

    #[cfg(target_pointer_width = "64")]
    const fn layout(self) -> Layout {
        let (size, align) = (self.size & ((1 << 58) - 1), 1 << (self.size >> 58));
        // SAFETY: They are a layout's.
        unsafe { Layout::from_size_align_unchecked(size, align) }
    }

    #[cfg(target_pointer_width = "32")]
    const fn new(next: Option<NonNull<u8>>, layout: Layout) -> Self {
        Self {
            next,
            size: layout.size(),
            log_align: layout.align().trailing_zeros() as usize,
        }
    }

    #[cfg(target_pointer_width = "32")]
    const fn layout(self) -> Layout {
        // SAFETY: They are a layout's.
        unsafe { Layout::from_size_align_unchecked(self.size, 1 << self.log_align) }
    }
}

impl Stock {
    const fn empty() -> Self {
        Self {
            kinds: [const { Kind::none() }; KINDS],
            spent: Cell::new(None),
        }
    }

    /// Forgets what is wanted; what is held stays.
    pub(crate) fn want_nothing(&mut self) {
        for kind in &self.kinds {
            kind.wanted.set(None);
        }
    }

    /// Notes that so many blocks of this layout are wanted, more than before. If they are none,
    /// those that come back are kept for whoever asks all the same. A layout that cannot be
    /// expressed no allocator has.
    pub(crate) fn want(&mut self, layout: Option<Layout>, blocks: u32) {
        let Some(layout) = layout else { return };
        let is_free = |kind: &&Kind| kind.wanted.get().is_none();
        let known = self.kinds.iter().find(|kind| kind.is_of(layout));
        let unused = || {
            self.kinds
                .iter()
                .filter(is_free)
                .min_by_key(|kind| kind.held.get())
        };
        let Some(kind) = known.or_else(unused) else {
            debug_assert!(
                false,
                "there are as many kinds as layouts that a map asks for"
            );
            return;
        };
        if !kind.is_of(layout) {
            // Blocks of a layout that is not wanted any more.
            if let Some(other) = kind.layout.replace(Some(layout)) {
                while let Some(block) = kind.pop() {
                    // SAFETY: It is of that layout, and nobody else's.
                    unsafe { self.put_away(block, other) };
                }
            }
        }
        let before = kind.wanted.get().unwrap_or(0);
        kind.wanted.set(Some(before.saturating_add(blocks)));
    }

    /// Whether it has no memory at all.
    pub(crate) fn is_empty(&self) -> bool {
        let holds_nothing = self.kinds.iter().all(|kind| kind.first.get().is_none());
        holds_nothing && self.spent.get().is_none()
    }

    /// Whether all is held that is wanted.
    pub(crate) fn is_complete(&self) -> bool {
        self.kinds.iter().all(|kind| kind.missing() == 0)
    }

    /// Bytes of what is wanted and not held.
    pub(crate) fn missing(&self) -> usize {
        self.bytes(Kind::missing)
    }

    /// Bytes of what is held for those that ask.
    pub(crate) fn held(&self) -> usize {
        self.bytes(|kind| kind.held.get())
    }

    fn bytes(&self, blocks: impl Fn(&Kind) -> u32) -> usize {
        let bytes = |kind: &Kind| {
            let size = kind.layout.get().map_or(0, |layout| layout.size());
            size.saturating_mul(blocks(kind) as usize)
        };
        self.kinds.iter().map(bytes).fold(0, usize::saturating_add)
    }

    /// Gets what is wanted and not held. After an error what was had is held.
    pub(crate) fn fill(&mut self, alloc: &impl Allocator) -> Had<()> {
        for kind in &self.kinds {
            while let Some(layout) = kind.layout.get().filter(|_| kind.missing() > 0) {
                let block = alloc
                    .allocate(layout)
                    .map_err(|AllocError| TryReserveError::AllocError { layout })?;
                // SAFETY: It is new.
                unsafe { kind.push(block.cast()) };
            }
        }
        Ok(())
    }

    /// Gives back what is spent: one block, if there is one.
    ///
    /// # Safety
    /// The blocks are this allocator's.
    pub(crate) unsafe fn free_spent(&mut self, alloc: &impl Allocator) -> bool {
        let Some(block) = self.spent.get() else {
            return false;
        };
        // SAFETY: `put_away` wrote it there.
        let spent: Spent = unsafe { block.cast().read_unaligned() };
        self.spent.set(spent.next);
        // SAFETY: It came with this layout, and is in no list now.
        unsafe { alloc.deallocate(block, spent.layout()) };
        true
    }

    /// Gives back one block that is held, if there is one.
    ///
    /// # Safety
    /// The blocks are this allocator's.
    pub(crate) unsafe fn free_held(&mut self, alloc: &impl Allocator) -> bool {
        for kind in &self.kinds {
            if let (Some(layout), Some(block)) = (kind.layout.get(), kind.pop()) {
                // SAFETY: It came with this layout, and is in no list now.
                unsafe { alloc.deallocate(block, layout) };
                return true;
            }
        }
        false
    }

    /// Keeps a block that nobody asks for.
    ///
    /// # Safety
    /// It has this layout, and is nobody else's.
    unsafe fn put_away(&self, block: NonNull<u8>, layout: Layout) {
        debug_assert!(layout.size() >= size_of::<Spent>());
        let spent = Spent::new(self.spent.get(), layout);
        // SAFETY: The caller's promise; what a map gives back is a bucket at least.
        unsafe { block.cast().write_unaligned(spent) };
        self.spent.set(Some(block));
    }
}

// SAFETY: A block is handed out once, and not again before it is given back.
unsafe impl Allocator for Stock {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let kind = self.kinds.iter().find(|kind| kind.is_of(layout));
        let kind = kind.ok_or(AllocError)?;
        let block = kind.pop().ok_or(AllocError)?;
        // What was wanted has found its use.
        let wanted = kind.wanted.get();
        kind.wanted
            .set(wanted.map(|wanted| wanted.saturating_sub(1)));
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        // SAFETY: The caller's promise.
        unsafe {
            match self.kinds.iter().find(|kind| kind.is_of(layout)) {
                Some(kind) => kind.push(block),
                None => self.put_away(block, layout),
            }
        }
    }
}

/// A stock, and the allocator that its blocks come from and go back to.
pub(crate) struct StockOf<A: Allocator> {
    stock: Stock,
    alloc: A,
    /// The allocator of a map that it was used with, which is of another heap. What there is
    /// goes back before that one is taken.
    next_alloc: Option<A>,
}

// SAFETY: It has blocks of memory without entries, which it shares with nobody, and allocators.
unsafe impl<A: Allocator + Send> Send for StockOf<A> {}

impl<A: Allocator> StockOf<A> {
    /// Without memory, and nothing wanted.
    pub(crate) const fn new(alloc: A) -> Self {
        Self {
            stock: Stock::empty(),
            alloc,
            next_alloc: None,
        }
    }

    /// The stock, to want blocks of, and to be asked for them.
    pub(crate) const fn stock(&mut self) -> &mut Stock {
        &mut self.stock
    }

    /// Gets what is wanted and not held, after what is spent was freed. After an error what was
    /// had is held.
    pub(crate) fn fill(&mut self) -> Had<()> {
        if let Some(alloc) = self.next_alloc.take() {
            self.free();
            self.alloc = alloc;
        }
        // SAFETY: The blocks are this allocator's.
        while unsafe { self.stock.free_spent(&self.alloc) } {}
        self.stock.fill(&self.alloc)
    }

    /// Whether all is held that is wanted.
    pub(crate) fn is_complete(&self) -> bool {
        self.stock.is_complete() && self.next_alloc.is_none()
    }

    /// Bytes of what is wanted and not held.
    pub(crate) fn missing(&self) -> usize {
        self.stock.missing()
    }

    /// Bytes of what is held for those that ask.
    pub(crate) fn held(&self) -> usize {
        self.stock.held()
    }

    /// Frees all memory: also if the allocator panics with some.
    pub(crate) fn free(&mut self) {
        /// What is left, also after the allocator has panicked.
        struct Rest<'a, A: Allocator>(&'a mut Stock, &'a A);

        impl<A: Allocator> Rest<'_, A> {
            fn free(&mut self) {
                // SAFETY: The blocks are this allocator's.
                while unsafe { self.0.free_spent(self.1) || self.0.free_held(self.1) } {}
            }
        }

        impl<A: Allocator> Drop for Rest<'_, A> {
            fn drop(&mut self) {
                self.free();
            }
        }

        Rest(&mut self.stock, &self.alloc).free();
    }
}

impl<A: SameHeap> StockOf<A> {
    /// Whether it is of this allocator's heap. If it is empty it becomes so, and if not it will,
    /// when it is filled.
    pub(crate) fn fits(&mut self, alloc: &A) -> bool {
        let is_same = alloc.is_same_heap(&self.alloc);
        if is_same {
            self.next_alloc = None;
        } else if self.stock.is_empty() {
            self.alloc = alloc.clone();
            self.next_alloc = None;
        } else {
            self.next_alloc = Some(alloc.clone());
            return false;
        }
        true
    }
}

impl<A: Allocator> Drop for StockOf<A> {
    fn drop(&mut self) {
        self.free();
    }
}
