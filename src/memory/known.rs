//! A map's types, allocator and hasher, known to the compiler: it folds them into the code of
//! each map.

use super::blocks::Blocks;
use super::cells::{CellFields, CellPool, Cells};
use super::hash_key::{EqBy, HashKey};
use super::heap::Heap;
use super::shape::{MapType, Types};
use crate::numbers::alloc::{AllocError, Allocator, Layout};
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;
use core::marker::PhantomData;
use core::ptr::NonNull;

macro_rules! compiled_for {
    ($key:ty, $elem:ty, $policy:ty) => {
        $crate::memory::shape::Types<$key, $elem, $policy>
    };
}
pub(crate) use compiled_for;

/// What the core is told of a map's types.
#[expect(
    clippy::extra_unused_type_parameters,
    reason = "described types have it"
)]
pub(crate) const fn types<K, V, A, P: Tradeoffs>() -> Types<K, V, P> {
    Types::HERE
}

/// What it is told of the map's memory.
#[inline]
pub(crate) const fn heap<K, V, A: Allocator, P: Tradeoffs>(
    alloc: &A,
) -> HeapOf<'_, Types<K, V, P>, A> {
    HeapOf::new(Types::HERE, alloc)
}

/// How it is to hash keys.
#[inline]
pub(crate) const fn hash_key<K, F: Fn(&K) -> HashValue + Copy>(hasher: &F) -> HashBy<K, F> {
    HashBy::new(*hasher)
}

/// How it is to tell a key from others.
#[inline]
pub(crate) const fn eq_key<F: FnMut(NonNull<u8>, usize) -> bool>(eq: &mut F) -> EqBy<'_, F> {
    EqBy::new(eq)
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

impl<T: MapType, A: Allocator> Blocks for HeapOf<'_, T, A> {
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

impl<T: MapType, A: Allocator> Heap for HeapOf<'_, T, A> {
    #[inline]
    unsafe fn give_cells(
        self,
        reserved: Option<&mut CellPool>,
        may_allocate: bool,
        fields: CellFields,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        unsafe { Cells::give(self, reserved, may_allocate, fields) }
    }

    fn allocate_cells(self, entries: u32) -> Had<CellPool> {
        CellPool::allocate(self, entries)
    }

    #[inline]
    unsafe fn free_cells(self, cells: Cells) {
        // SAFETY: The caller's promise.
        unsafe { cells.free(self) }
    }

    unsafe fn free_all_cells(self, pool: CellPool) {
        // SAFETY: The caller's promise.
        unsafe { pool.free(self) }
    }
}

/// A function that hashes keys of type `K`.
pub(crate) struct HashBy<K, F>(F, PhantomData<fn(&K)>);

impl<K, F: Copy> Clone for HashBy<K, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, F: Copy> Copy for HashBy<K, F> {}

impl<K, F: Fn(&K) -> HashValue> HashBy<K, F> {
    #[inline]
    pub(crate) const fn new(function: F) -> Self {
        Self(function, PhantomData)
    }
}

impl<K, F: Fn(&K) -> HashValue + Copy> HashKey for HashBy<K, F> {
    #[inline]
    unsafe fn hash(self, key: NonNull<u8>) -> HashValue {
        // SAFETY: The caller's promise.
        (self.0)(unsafe { key.cast().as_ref() })
    }
}
