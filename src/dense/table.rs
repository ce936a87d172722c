//! The table of blocks as a [`Table`].
//!
//! What a map cannot do with it yet it refuses: to reserve memory for keys to come, by itself
//! ([`try_reserve`](Table::try_reserve)) or by its caller ([`want`](Table::want)), and to make
//! room ahead. It works step by step with each insert and each removal, so that no growth is ever
//! under way.

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
use crate::memory::hash_key::{FindKey, HashKey};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::memory::stock::Stock;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::position::Position;
use crate::numbers::seed::{Renewal, RenewalOf};
use crate::seam::{self, Constant, Glance, Supply, Table, Target};
use core::marker::PhantomData;

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

    fn number<T: MapType>(&self, slot: Slot<T>) -> usize {
        self.number(slot)
    }
}

/// What it says to be asked for that it does not do yet.
const NOT_YET: TryReserveError = TryReserveError::CapacityOverflow;

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

    /// No more than there are: what one entry more needs is not had before it comes.
    fn capacity(&self) -> usize {
        self.count
    }

    #[inline]
    fn reserved(&self) -> u32 {
        0
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
        self.owner(of, hash)
    }

    #[inline]
    unsafe fn settled_owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        self.owner(of, hash)
    }

    #[inline]
    unsafe fn find<T: MapType>(
        head: BucketPtr<T>,
        hash: HashValue,
        eq: impl FnMut(Slot<T>) -> bool,
    ) -> Option<Slot<T>> {
        // SAFETY: D3: the head of a chain, or nothing.
        unsafe { find::find_in_chain(head, hash, eq) }
    }

    fn walk<T: MapType>(&self, _: T) -> Walk {
        self.walk()
    }

    fn walk_at<T: MapType>(&self, of: T, position: Position) -> Option<(Walk, Position)> {
        self.walk_at(of, position)
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
        key: impl FindKey,
    ) -> Option<Slot<()>> {
        // SAFETY: It owns the hash; the caller's promise.
        let slot = unsafe { self.owner(of, hash).find(hash, key) }?;
        Some(slot.of_types(()))
    }

    #[inline]
    unsafe fn find_or_place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl FindKey,
        supply: Supply,
    ) -> Had<Target<()>> {
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
    ) -> Had<Target<()>> {
        // SAFETY: The caller's promise.
        let slot = unsafe { self.place(heap, hash, hasher, supply) }?;
        Ok(Target::New(slot.of_types(())))
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
        key: impl FindKey,
    ) -> Option<Slot<()>> {
        let head = self.owner(heap.of(), hash);
        // SAFETY: It owns the hash; the caller's promise.
        unsafe {
            let slot = head.find(hash, key)?;
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
    unsafe fn close_gap<H: Heap>(&mut self, heap: H, hash: HashValue, _: Slot<H::Of>) {
        self.close_gap(heap, hash);
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

    fn make_room<H: Heap>(&mut self, _: H, entries: usize) -> Had<()> {
        // Blocks ahead of their entries are not there yet.
        if entries == 0 { Ok(()) } else { Err(NOT_YET) }
    }

    fn try_reserve<H: Heap>(&mut self, _: H, n: usize, _: impl HashKey) -> Had<()> {
        // Nor is memory for keys of any hashes.
        if n == 0 { Ok(()) } else { Err(NOT_YET) }
    }

    fn try_presize<H: Heap>(&mut self, _: H, entries: usize, _: impl HashKey) -> Had<()> {
        // As in `make_room`.
        if entries <= self.count {
            Ok(())
        } else {
            Err(NOT_YET)
        }
    }

    fn shrink_to<H: Heap>(&mut self, heap: H, _: usize, _: impl HashKey) -> Had<()> {
        self.give_spare_back(heap);
        Ok(())
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

    fn take_all_reserved(&mut self, _: &mut CellPool) {}

    /// Not called, as nothing is held for it.
    fn refill<T: MapType>(
        &mut self,
        _: T,
        _: &Self,
        _: impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()> {
        Err(NOT_YET)
    }

    /// Nothing is asked for: which blocks an insert takes is not worked out beforehand yet. So
    /// one with memory of the caller's goes in where there is a free slot.
    fn want<T: MapType>(&self, _: T, _: u32, stock: &mut Stock) {
        stock.want_nothing();
    }

    fn want_growth<T: MapType>(&self, _: T, stock: &mut Stock) -> bool {
        stock.want_nothing();
        false
    }

    fn grow_with<H: Heap>(&mut self, _: H) -> bool {
        false
    }

    #[inline]
    unsafe fn place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> Had<Target<()>> {
        // SAFETY: The caller's promise.
        let slot = unsafe { self.place(heap, hash, hasher, Supply::Allocator) }?;
        Ok(Target::New(slot.of_types(())))
    }

    #[inline]
    unsafe fn find_or_place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl FindKey,
    ) -> Had<Target<()>> {
        // SAFETY: The caller's promise.
        unsafe { self.find_or_place(heap, hash, hasher, key, Supply::Allocator) }
    }
}
