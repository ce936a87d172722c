//! The table of blocks as a [`Table`].
//!
//! It works step by step with each insert and each removal, so that no growth is ever under way.

#![allow(
    private_bounds,
    private_interfaces,
    reason = "nobody outside can name what is here; only a policy says which it has"
)]

use super::find;
use super::header::Header;
use super::walk::Walk;
use crate::memory::bucket::{BucketPtr, Entered, Slot};
use crate::memory::cells::CellPool;
use crate::memory::hash_key::{EqKey, HashKey};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::memory::stock::Stock;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::position::Position;
use crate::numbers::seed::{Renewal, RenewalOf};
use crate::seam::{self, Constant, Glance, Placed, Supply, Table, Target, placed};
use core::marker::PhantomData;
use core::ops::Range;

/// A header without memory.
pub struct Empty<R>(PhantomData<R>);

impl<R: RenewalOf> Constant<Header> for Empty<R> {
    const VALUE: Header = Header::empty(R::RENEWAL);
}

impl seam::Walk for Walk {
    #[inline]
    fn next<T: MapType>(&mut self, of: T) -> Option<Slot<T>> {
        self.next(of)
    }

    fn left(&self) -> Option<usize> {
        self.left()
    }

    fn alone<T: MapType>(self, _: T) -> Self {
        self.alone()
    }

    fn number<T: MapType>(&self, slot: Slot<T>) -> usize {
        self.number(slot)
    }
}

impl Table for Header {
    type Empty<R: RenewalOf> = Empty<R>;
    type Walk = Walk;

    #[inline]
    fn count(&self) -> usize {
        self.count
    }

    fn forget_entries(&mut self) {
        self.count = 0;
    }

    fn capacity<T: MapType>(&self, of: T) -> usize {
        self.capacity(of)
    }

    #[inline]
    fn reserved(&self) -> u32 {
        self.reserved()
    }

    #[inline]
    fn is_growing(&self) -> bool {
        false
    }

    fn is_put_off(&self) -> bool {
        self.is_put_off()
    }

    fn renewal(&self) -> Option<Renewal> {
        self.renewal()
    }

    fn set_renewal(&mut self, renewal: Option<Renewal>) {
        self.set_renewal(renewal);
    }

    fn take(&mut self) -> Self {
        self.take()
    }

    #[inline]
    unsafe fn owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        // SAFETY: The caller's promise.
        unsafe { self.owner_among(of, hash) }
    }

    #[inline]
    unsafe fn settled_owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        // SAFETY: The caller's promise.
        unsafe { self.owner_among(of, hash) }
    }

    #[inline]
    unsafe fn find<T: MapType>(
        head: BucketPtr<T>,
        hash: HashValue,
        key: impl EqKey,
    ) -> Option<Slot<T>> {
        // SAFETY: D3: the head of a chain, or nothing.
        unsafe { find::find_in_chain(head, hash, key) }
    }

    fn walk<T: MapType>(&self, _: T) -> Walk {
        self.walk()
    }

    fn walk_at<T: MapType>(&self, of: T, position: Position) -> Option<(Walk, Range<Position>)> {
        self.walk_at(of, position)
    }

    /// A batch is a block, and few blocks hold nothing.
    fn past_empty<T: MapType>(&self, _: T, position: Position) -> Position {
        position
    }

    #[inline]
    fn is_quiet(&self) -> bool {
        self.is_quiet()
    }

    #[inline]
    unsafe fn glance<T: MapType>(
        head: BucketPtr<T>,
        hash: HashValue,
        eq: impl FnMut(Slot<T>) -> bool,
    ) -> Glance<T> {
        // SAFETY: As in `find`.
        unsafe { find::glance(head, hash, eq) }
    }

    #[inline]
    unsafe fn enter<T: MapType>(&mut self, slot: Slot<T>, hash: HashValue) -> Entered<T> {
        // SAFETY: The caller's promise.
        unsafe { self.enter(slot, hash) }
    }

    fn growth_work<T: MapType>(&mut self, _: T, _: HashValue, _: impl HashKey) {}

    #[inline]
    unsafe fn find_to_change<T: MapType>(
        &mut self,
        of: T,
        hash: HashValue,
        _: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>> {
        // SAFETY: It owns the hash; the caller's promise.
        unsafe { find::find_key(self.owner(of, hash), hash, key) }
    }

    #[inline]
    unsafe fn find_or_place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
        supply: Supply,
    ) -> Placed {
        // SAFETY: The caller's promise.
        unsafe { self.find_or_place(heap, hash, hasher, key, supply) }
    }

    #[inline]
    unsafe fn place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Placed {
        // SAFETY: The caller's promise.
        unsafe { self.place(heap, hash, hasher, supply) }
    }

    #[cfg(feature = "infallible")]
    fn grow_ahead<H: Heap>(&mut self, heap: H, _: HashValue, hasher: impl HashKey) {
        if self.is_due() {
            self.expand(heap, hasher);
        }
    }

    #[inline]
    unsafe fn unlink_key<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        _: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>> {
        let head = self.owner(heap.of(), hash);
        // SAFETY: It owns the hash; the caller's promise.
        unsafe {
            let slot = find::find_key(head, hash, key)?.of_types(heap.of());
            Some(self.unlink(head, slot).of_types(()))
        }
    }

    #[inline]
    unsafe fn unlink<T: MapType>(&mut self, hash: HashValue, slot: Slot<T>) -> Slot<T> {
        let head = self.owner(slot.bucket.of(), hash);
        // SAFETY: The caller's promise.
        unsafe { self.unlink(head, slot) }
    }

    unsafe fn unlink_in_walk<T: MapType>(
        &mut self,
        of: T,
        walk: &mut Walk,
        slot: Slot<()>,
    ) -> Slot<()> {
        // SAFETY: The caller's promise.
        unsafe { self.unlink_in_walk(walk, slot.of_types(of)) }.of_types(())
    }

    #[inline]
    unsafe fn close_gap<H: Heap>(&mut self, heap: H, hash: HashValue, gap: Slot<H::Of>) {
        // SAFETY: The caller's promise.
        unsafe { self.close_gap(heap, hash, gap.bucket) };
    }

    fn close_gaps_behind<H: Heap>(&mut self, heap: H, walk: &Walk) {
        self.close_gaps_behind(heap, walk);
    }

    fn close_all_gaps<H: Heap>(&mut self, heap: H) {
        self.close_all_gaps(heap);
    }

    fn reset<H: Heap>(&mut self, heap: H) {
        self.reset(heap);
    }

    unsafe fn give_all_back<H: Heap>(&mut self, heap: H) {
        // SAFETY: The caller's promise.
        unsafe { self.give_all_back(heap) };
    }

    fn make_room<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()> {
        self.make_room(heap, entries)
    }

    fn try_reserve<H: Heap>(&mut self, heap: H, n: usize, hasher: impl HashKey) -> Had<()> {
        self.try_reserve(heap, n, hasher)
    }

    fn try_presize<H: Heap>(&mut self, heap: H, entries: usize, hasher: impl HashKey) -> Had<()> {
        self.try_presize(heap, entries, hasher)
    }

    fn shrink_to<H: Heap>(&mut self, heap: H, entries: usize, _: impl HashKey) -> Had<()> {
        self.shrink_to(heap, entries)
    }

    fn grow_step<H: Heap>(&mut self, _: H, _: usize, _: impl HashKey) -> bool {
        false
    }

    fn finish_growth<H: Heap>(&mut self, _: H, _: impl HashKey) {}

    fn copy_from<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        copy: impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()>,
    ) -> Had<()> {
        self.copy_from(heap, original, copy)
    }

    /// It is for nothing: a copy has memory of its own.
    fn hold_for_copy<H: Heap>(&mut self, _: H, _: &Self) -> Had<bool> {
        Ok(false)
    }

    fn take_all_reserved(&mut self, cells: &mut CellPool) {
        if let Some(extra) = self.extra_mut() {
            extra.cells.take_all().join(cells);
        }
        self.set_reserved(0);
    }

    /// Not called, as nothing is held for it.
    fn refill<T: MapType>(
        &mut self,
        _: T,
        _: &Self,
        _: impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()> {
        Err(TryReserveError::CapacityOverflow)
    }

    fn want<T: MapType>(&self, of: T, n: u32, stock: &mut Stock) {
        self.want(of, n, stock);
    }

    fn want_growth<T: MapType>(&self, of: T, stock: &mut Stock) -> bool {
        self.want_growth(of, stock)
    }

    fn grow_with<H: Heap>(&mut self, heap: H) -> bool {
        self.grow_with(heap)
    }

    #[inline]
    unsafe fn place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> Placed {
        // SAFETY: The caller's promise.
        let slot = unsafe { self.place_with(heap, hash, hasher) };
        placed!(slot.map(|slot| Target::New(slot.of_types(()))))
    }

    #[inline]
    unsafe fn find_or_place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Placed {
        let head = self.owner(heap.of(), hash);
        // SAFETY: It owns the hash; the caller's promise.
        unsafe {
            match find::find_key(head, hash, key) {
                Some(slot) => placed!(Ok(Target::Entry(slot))),
                None => Table::place_with(self, heap, hash, hasher),
            }
        }
    }
}
