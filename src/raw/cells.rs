//! Cells: keys and elems that are too large for a bucket, one allocation each.
//!
//! Cells are had before anything changes and become part of the map when the
//! entry does. A growth moves the pointer to a cell and never the cell. A
//! reservation holds the cells of entries to come.

use crate::alloc::{Allocator, Layout, allocate};
use crate::error::TryReserveError;
use crate::policy::Policy;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

/// Whether the policy keeps keys or elems of this type in cells.
pub(crate) const fn is_in_cell<T, P: Policy>() -> bool {
    size_of::<T>() > P::INLINE_LIMIT
}

/// The cells of one entry to be: none where the bucket has room.
pub(crate) struct Cells<K, V> {
    pub(crate) key: Option<NonNull<K>>,
    pub(crate) elem: Option<NonNull<V>>,
}

impl<K, V> Cells<K, V> {
    pub(crate) const NONE: Self = Self {
        key: None,
        elem: None,
    };

    /// Allocates what an entry needs under the policy, or nothing.
    #[inline]
    pub(crate) fn allocate<P: Policy, A: Allocator>(alloc: &A) -> Result<Self, TryReserveError> {
        let mut made = Unfinished {
            cells: Self::NONE,
            alloc,
        };
        if is_in_cell::<K, P>() {
            made.cells.key = Some(allocate(alloc, Layout::new::<K>())?.cast());
        }
        if is_in_cell::<V, P>() {
            made.cells.elem = Some(allocate(alloc, Layout::new::<V>())?.cast());
        }
        Ok(made.finish())
    }

    /// Gives the cells back; what is in them is not dropped.
    ///
    /// # Safety
    /// The cells came from this allocator and are used no more.
    #[inline]
    pub(crate) unsafe fn free<A: Allocator>(self, alloc: &A) {
        /// The elem's cell, given back last: also if the allocator panics with the key's.
        struct Elem<'a, V, A: Allocator>(Option<NonNull<V>>, &'a A);

        impl<V, A: Allocator> Drop for Elem<'_, V, A> {
            fn drop(&mut self) {
                if let Some(cell) = self.0 {
                    // SAFETY: It was allocated with this layout.
                    unsafe { self.1.deallocate(cell.cast(), Layout::new::<V>()) }
                }
            }
        }

        let _elem = Elem(self.elem, alloc);
        if let Some(cell) = self.key {
            // SAFETY: It was allocated with this layout.
            unsafe { alloc.deallocate(cell.cast(), Layout::new::<K>()) }
        }
    }

    /// The cells of an entry whose key and elem are there.
    pub(crate) fn of_entry<P: Policy>(key: NonNull<K>, elem: NonNull<V>) -> Self {
        Self {
            key: is_in_cell::<K, P>().then_some(key),
            elem: is_in_cell::<V, P>().then_some(elem),
        }
    }

    /// Whether entries have cells at all.
    pub(crate) const fn are_used<P: Policy>() -> bool {
        is_in_cell::<K, P>() || is_in_cell::<V, P>()
    }

    /// Bytes asked for by the cells of one entry.
    pub(crate) const fn bytes<P: Policy>() -> usize {
        let key = if is_in_cell::<K, P>() {
            size_of::<K>()
        } else {
            0
        };
        let elem = if is_in_cell::<V, P>() {
            size_of::<V>()
        } else {
            0
        };
        key + elem
    }
}

/// Cells of an entry that are being allocated. Dropped before the last of them is, it
/// gives them back: if the elem's is refused, or the allocator panics.
struct Unfinished<'a, K, V, A: Allocator> {
    cells: Cells<K, V>,
    alloc: &'a A,
}

impl<K, V, A: Allocator> Unfinished<'_, K, V, A> {
    fn finish(mut self) -> Cells<K, V> {
        self.take()
    }

    fn take(&mut self) -> Cells<K, V> {
        Cells {
            key: self.cells.key.take(),
            elem: self.cells.elem.take(),
        }
    }
}

impl<K, V, A: Allocator> Drop for Unfinished<'_, K, V, A> {
    fn drop(&mut self) {
        // SAFETY: They were allocated with this allocator, and nobody has them.
        unsafe { self.take().free(self.alloc) }
    }
}

/// Cells that are reserved: a list of what entries need, each linked to the next
/// through its own memory.
pub(crate) struct CellPool<K, V> {
    first: Option<NonNull<Link>>,
    cells: PhantomData<Cells<K, V>>,
}

/// What lies in the first cell of a free pair: the key's cell if there is one.
struct Link {
    next: Option<NonNull<Link>>,
    /// The elem's cell, if the key has one too.
    elem: Option<NonNull<u8>>,
}

impl<K, V> CellPool<K, V> {
    pub(crate) const EMPTY: Self = Self {
        first: None,
        cells: PhantomData,
    };

    /// Takes the cells of one entry.
    pub(crate) fn take<P: Policy>(&mut self) -> Option<Cells<K, V>> {
        let first = self.first?;
        // SAFETY: `put` wrote a link there; a cell's alignment may be less than its.
        let Link { next, elem } = unsafe { first.read_unaligned() };
        self.first = next;
        Some(if is_in_cell::<K, P>() {
            Cells {
                key: Some(first.cast()),
                elem: elem.map(NonNull::cast),
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
    pub(crate) unsafe fn put<P: Policy>(&mut self, cells: Cells<K, V>) {
        const {
            assert!(
                P::INLINE_LIMIT >= size_of::<Link>(),
                "a link fits every cell"
            )
        };
        let (first, elem) = match cells {
            Cells {
                key: Some(key),
                elem,
            } => (key.cast::<Link>(), elem.map(NonNull::cast)),
            Cells {
                key: None,
                elem: Some(elem),
            } => (elem.cast::<Link>(), None),
            Cells {
                key: None,
                elem: None,
            } => return,
        };
        // SAFETY: A cell is larger than the limit, so a link fits.
        unsafe {
            first.write_unaligned(Link {
                next: self.first,
                elem,
            })
        };
        self.first = Some(first);
    }

    /// Gives all of them back: also if the allocator panics with some.
    ///
    /// # Safety
    /// They came from this allocator.
    pub(crate) unsafe fn free<P: Policy, A: Allocator>(self, alloc: &A) {
        drop(NewCells::<K, V, P, A> {
            alloc,
            pool: self,
            last: None,
            policy: PhantomData,
        });
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
pub(crate) struct NewCells<'a, K, V, P: Policy, A: Allocator> {
    alloc: &'a A,
    pool: CellPool<K, V>,
    /// Where the pool ends.
    last: Option<NonNull<Link>>,
    policy: PhantomData<P>,
}

impl<'a, K, V, P: Policy, A: Allocator> NewCells<'a, K, V, P, A> {
    /// Allocates the cells of so many entries; none if entries have none.
    pub(crate) fn allocate(alloc: &'a A, entries: u32) -> Result<Self, TryReserveError> {
        let mut made = Self {
            alloc,
            pool: CellPool::EMPTY,
            last: None,
            policy: PhantomData,
        };
        if Cells::<K, V>::are_used::<P>() {
            for _ in 0..entries {
                let cells = Cells::allocate::<P, A>(alloc)?;
                // SAFETY: The cells are new.
                unsafe { made.pool.put::<P>(cells) };
                made.last = made.last.or(made.pool.first);
            }
        }
        Ok(made)
    }

    /// Makes them the map's, before those that it has.
    pub(crate) fn join(self, pool: &mut CellPool<K, V>) {
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

impl<K, V, P: Policy, A: Allocator> Drop for NewCells<'_, K, V, P, A> {
    fn drop(&mut self) {
        /// What is left to be given back, also after the allocator has panicked.
        struct Rest<'c, 'a, K, V, P: Policy, A: Allocator>(&'c mut NewCells<'a, K, V, P, A>);

        impl<K, V, P: Policy, A: Allocator> Rest<'_, '_, K, V, P, A> {
            fn free(&mut self) {
                while let Some(cells) = self.0.pool.take::<P>() {
                    // SAFETY: They came from this allocator and hold nothing.
                    unsafe { cells.free(self.0.alloc) };
                }
            }
        }

        impl<K, V, P: Policy, A: Allocator> Drop for Rest<'_, '_, K, V, P, A> {
            fn drop(&mut self) {
                self.free();
            }
        }

        Rest(self).free();
    }
}
