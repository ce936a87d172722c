//! Cells: keys and elems that are too large for a bucket, one allocation each.
//!
//! Cells are had before anything changes and become part of the map when the
//! entry does. A growth moves the pointer to a cell and never the cell. A
//! reservation holds the cells of entries to come.

use super::blocks::Blocks;
use super::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::policy::Tradeoffs;
use core::mem::{self, ManuallyDrop};
use core::ptr::NonNull;

/// The cells of one entry: none where the bucket has room.
#[derive(Clone, Copy)]
pub(crate) struct Cells {
    pub(super) key: Option<NonNull<u8>>,
    pub(super) elem: Option<NonNull<u8>>,
}

impl Cells {
    /// Allocates what an entry needs, or nothing.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(super) fn allocate<B: Blocks>(heap: B) -> Had<Self> {
        let layouts = heap.of().cells();
        let cell = |layout: Option<Layout>| match layout {
            Some(_) => heap.allocate(layout).map(|cell| Some(cell.cast())),
            None => Ok(None),
        };
        // In case that the elem's is refused, or the allocator panics.
        let key = OneCell::new(cell(layouts.key)?, layouts.key, heap);
        let elem = cell(layouts.elem)?;
        let key = ManuallyDrop::new(key).at;
        Ok(Self { key, elem })
    }

    /// Gives a slot the cells of its entry to be: reserved ones, if there are any, and new ones
    /// if there are none and that is allowed.
    ///
    /// # Safety
    /// The fields are those of a free slot.
    #[inline]
    pub(super) unsafe fn give<B: Blocks>(
        heap: B,
        reserved: Option<&mut CellPool>,
        may_allocate: bool,
        fields: CellFields,
    ) -> Had<()> {
        let Self { key, elem } = match reserved.and_then(|pool| pool.take(heap.of())) {
            Some(cells) => cells,
            None if may_allocate => Self::allocate(heap)?,
            None => return Err(TryReserveError::CapacityOverflow),
        };
        for (cell, field) in [(key, fields.key), (elem, fields.elem)] {
            if let Some(cell) = cell {
                // SAFETY: What has a cell has a field for a pointer to it.
                unsafe { field.cast::<NonNull<u8>>().write(cell) };
            }
        }
        Ok(())
    }

    /// Gives the cells back: the elem's also if the allocator panics with the key's. What is
    /// in them is not dropped.
    ///
    /// # Safety
    /// They came from this heap and are used no more.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(super) unsafe fn free<B: Blocks>(self, heap: B) {
        let layouts = heap.of().cells();
        let _elem = OneCell::new(self.elem, layouts.elem, heap);
        let _key = OneCell::new(self.key, layouts.key, heap);
    }
}

/// Where a slot has the pointers to its cells.
#[derive(Clone, Copy)]
pub(crate) struct CellFields {
    pub(super) key: NonNull<u8>,
    pub(super) elem: NonNull<u8>,
}

/// A cell that is nobody's. Dropped, it is given back.
struct OneCell<B: Blocks> {
    at: Option<NonNull<u8>>,
    layout: Option<Layout>,
    heap: B,
}

impl<B: Blocks> OneCell<B> {
    #[inline]
    fn new(at: Option<NonNull<u8>>, layout: Option<Layout>, heap: B) -> Self {
        Self { at, layout, heap }
    }
}

impl<B: Blocks> Drop for OneCell<B> {
    #[inline]
    fn drop(&mut self) {
        if let (Some(cell), Some(_)) = (self.at, self.layout) {
            // SAFETY: It was allocated with this layout, and nobody has it.
            unsafe { self.heap.deallocate(cell, self.layout) }
        }
    }
}

/// Cells that are reserved: a list of what entries need, each linked to the next
/// through its own memory.
pub(crate) struct CellPool {
    first: Option<NonNull<Link>>,
}

/// What lies in the first cell of a free pair: the key's cell if there is one.
struct Link {
    next: Option<NonNull<Link>>,
    /// The elem's cell, if the key has one too.
    elem: Option<NonNull<u8>>,
}

impl CellPool {
    pub(crate) const EMPTY: Self = Self { first: None };

    /// Takes the cells of one entry.
    pub(crate) fn take<T: MapType>(&mut self, of: T) -> Option<Cells> {
        let first = self.first?;
        // SAFETY: `put` wrote a link there; a cell's alignment may be less than its.
        let Link { next, elem } = unsafe { first.read_unaligned() };
        self.first = next;
        Some(if of.shape().key.has_cell() {
            Cells {
                key: Some(first.cast()),
                elem,
            }
        } else {
            Cells {
                key: None,
                elem: Some(first.cast()),
            }
        })
    }

    /// Adds the cells of one entry; does nothing if entries have none.
    ///
    /// # Safety
    /// The cells are the map's, and nobody else's.
    pub(crate) unsafe fn put<T: MapType>(&mut self, _of: T, cells: Cells) {
        const {
            assert!(
                <T::Policy as Tradeoffs>::INLINE_LIMIT >= size_of::<Link>(),
                "a link fits every cell"
            )
        };
        let (Some(first), elem) = (match cells.key {
            Some(_) => (cells.key, cells.elem),
            None => (cells.elem, None),
        }) else {
            return;
        };
        let (first, next) = (first.cast::<Link>(), self.first);
        // SAFETY: A cell is larger than the limit, so a link fits.
        unsafe { first.write_unaligned(Link { next, elem }) };
        self.first = Some(first);
    }

    /// Adds all of them to another pool of the map, before those that it has: a walk through
    /// these.
    pub(crate) fn join(self, pool: &mut Self) {
        let Some(first) = self.first else { return };
        let mut last = first;
        loop {
            // SAFETY: As in `take`.
            let link = unsafe { last.read_unaligned() };
            let Some(next) = link.next else {
                let next = pool.first;
                // SAFETY: The link was written by `put`.
                unsafe { last.write_unaligned(Link { next, ..link }) };
                break;
            };
            last = next;
        }
        pool.first = Some(first);
    }

    /// Allocates the cells of so many entries, which have some.
    pub(super) fn allocate<B: Blocks>(heap: B, entries: u32) -> Had<Self> {
        let mut made = Freed {
            heap,
            pool: Self::EMPTY,
        };
        for _ in 0..entries {
            let cells = Cells::allocate(heap)?;
            // SAFETY: The cells are new.
            unsafe { made.pool.put(heap.of(), cells) };
        }
        Ok(made.pool.take_all())
    }

    /// Gives all of them back: also if the allocator panics with some.
    ///
    /// # Safety
    /// They came from this heap.
    pub(super) unsafe fn free<B: Blocks>(self, heap: B) {
        let mut all = Freed { heap, pool: self };
        all.free();
    }

    /// All of them; none are left.
    pub(crate) fn take_all(&mut self) -> Self {
        mem::replace(self, Self::EMPTY)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// How many entries there are cells for, by a walk through all.
    pub(crate) fn len(&self) -> usize {
        let (mut len, mut rest) = (0, self.first);
        while let Some(link) = rest {
            // SAFETY: As in `take`.
            rest = unsafe { link.read_unaligned() }.next;
            len += 1;
        }
        len
    }
}

/// Cells that are given back when this is dropped, also after the allocator has panicked with
/// some.
struct Freed<B: Blocks> {
    heap: B,
    pool: CellPool,
}

impl<B: Blocks> Freed<B> {
    fn free(&mut self) {
        while let Some(cells) = self.pool.take(self.heap.of()) {
            // SAFETY: They came from this heap and hold nothing.
            unsafe { cells.free(self.heap) };
        }
    }
}

impl<B: Blocks> Drop for Freed<B> {
    fn drop(&mut self) {
        self.free();
    }
}
