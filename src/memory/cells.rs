//! Cells: keys and elems that are too large for a bucket, one allocation each.
//!
//! Cells are had before anything changes and become part of the map when the
//! entry does. A growth moves the pointer to a cell and never the cell. A
//! reservation holds the cells of entries to come.

use super::heap::Heap;
use super::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::Had;
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
    pub(crate) const NONE: Self = Self {
        key: None,
        elem: None,
    };

    /// Allocates what an entry needs, or nothing.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(crate) fn allocate<H: Heap>(heap: H) -> Had<Self> {
        let shape = heap.of().shape();
        let cell = |layout: Option<Layout>| match layout {
            Some(_) => heap.allocate(layout).map(|cell| Some(cell.cast())),
            None => Ok(None),
        };
        // In case that the elem's is refused, or the allocator panics.
        let key = OneCell::new(cell(shape.key.cell())?, shape.key.cell(), heap);
        let elem = cell(shape.elem.cell())?;
        let key = ManuallyDrop::new(key).at;
        Ok(Self { key, elem })
    }

    /// Gives the cells back: the elem's also if the allocator panics with the key's. What is
    /// in them is not dropped.
    ///
    /// # Safety
    /// They came from this heap and are used no more.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(crate) unsafe fn free<H: Heap>(self, heap: H) {
        let shape = heap.of().shape();
        let _elem = OneCell::new(self.elem, shape.elem.cell(), heap);
        let _key = OneCell::new(self.key, shape.key.cell(), heap);
    }
}

/// A cell that is nobody's. Dropped, it is given back.
struct OneCell<H: Heap> {
    at: Option<NonNull<u8>>,
    layout: Option<Layout>,
    heap: H,
}

impl<H: Heap> OneCell<H> {
    #[inline]
    fn new(at: Option<NonNull<u8>>, layout: Option<Layout>, heap: H) -> Self {
        Self { at, layout, heap }
    }
}

impl<H: Heap> Drop for OneCell<H> {
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

    /// Adds all of them to another pool of the map, one by one.
    pub(crate) fn join<T: MapType>(mut self, of: T, pool: &mut Self) {
        while let Some(cells) = self.take(of) {
            // SAFETY: They are the map's, and in no pool now.
            unsafe { pool.put(of, cells) };
        }
    }

    /// Gives all of them back: also if the allocator panics with some.
    ///
    /// # Safety
    /// They came from this heap.
    pub(crate) unsafe fn free<H: Heap>(&mut self, heap: H) {
        let pool = mem::replace(self, Self::EMPTY);
        // SAFETY: The caller's promise.
        drop(unsafe { pool.into_guard(heap) });
    }

    /// Gives all of them back when what this returns is dropped.
    ///
    /// # Safety
    /// They came from this heap.
    pub(crate) unsafe fn into_guard<H: Heap>(self, heap: H) -> NewCells<H> {
        NewCells {
            heap,
            pool: self,
            last: None,
        }
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

/// Cells that are allocated and not yet the map's. Dropped before they are, they are given
/// back.
pub(crate) struct NewCells<H: Heap> {
    heap: H,
    pool: CellPool,
    /// Where the pool ends.
    last: Option<NonNull<Link>>,
}

impl<H: Heap> NewCells<H> {
    /// Allocates the cells of so many entries; none if entries have none.
    pub(crate) fn allocate(heap: H, entries: u32) -> Had<Self> {
        let mut made = Self {
            heap,
            pool: CellPool::EMPTY,
            last: None,
        };
        if heap.of().shape().has_cells() {
            for _ in 0..entries {
                let cells = Cells::allocate(heap)?;
                // SAFETY: The cells are new.
                unsafe { made.pool.put(heap.of(), cells) };
                made.last = made.last.or(made.pool.first);
            }
        }
        Ok(made)
    }

    /// Makes them the map's, before those that it has.
    pub(crate) fn join(self, pool: &mut CellPool) {
        let made = ManuallyDrop::new(self);
        let Some(last) = made.last else { return };
        // SAFETY: As in `take`; the link was written by `put`.
        unsafe {
            let link = last.read_unaligned();
            let next = pool.first;
            last.write_unaligned(Link { next, ..link });
        }
        pool.first = made.pool.first;
    }
}

impl<H: Heap> Drop for NewCells<H> {
    fn drop(&mut self) {
        /// What is left to be given back, also after the allocator has panicked.
        struct Rest<'a, H: Heap>(&'a mut NewCells<H>);

        impl<H: Heap> Rest<'_, H> {
            fn free(&mut self) {
                while let Some(cells) = self.0.pool.take(self.0.heap.of()) {
                    // SAFETY: They came from this heap and hold nothing.
                    unsafe { cells.free(self.0.heap) };
                }
            }
        }

        impl<H: Heap> Drop for Rest<'_, H> {
            fn drop(&mut self) {
                self.free();
            }
        }

        if self.pool.first.is_some() {
            Rest(self).free();
        }
    }
}
