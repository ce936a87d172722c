//! Go's arrays as a [`Table`].

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
use crate::numbers::sizing::BucketBits;
use crate::seam::{self, Constant, Glance, Placed, Supply, Table};
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

    fn alone<T: MapType>(self, of: T) -> Self {
        self.alone(of)
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
        self.count()
    }

    fn forget_entries(&mut self) {
        self.forget_entries();
    }

    fn capacity<T: MapType>(&self, _: T) -> usize {
        self.capacity()
    }

    #[inline]
    fn reserved(&self) -> u32 {
        self.reserved()
    }

    #[inline]
    fn is_growing(&self) -> bool {
        self.is_growing()
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
        // SAFETY: There are entries, so there is an array (A1).
        unsafe { self.owner(of, hash) }
    }

    #[inline]
    unsafe fn settled_owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        // SAFETY: As above, and no other.
        unsafe { self.current_chain(of, hash) }
    }

    #[inline]
    unsafe fn find<T: MapType>(
        head: BucketPtr<T>,
        hash: HashValue,
        key: impl EqKey,
    ) -> Option<Slot<T>> {
        // SAFETY: The chain owns the hash, so it is initialised (M5).
        unsafe { find::find_in_chain(head, hash, key) }
    }

    fn walk<T: MapType>(&self, of: T) -> Walk {
        self.walk(of)
    }

    fn walk_at<T: MapType>(&self, of: T, position: Position) -> Option<(Walk, Range<Position>)> {
        let (head, interval) = self.arrays(of)?.at(position);
        // SAFETY: The chain owns entries, so it is initialised (M5).
        Some((unsafe { Walk::of_chain(head) }, interval))
    }

    fn past_empty<T: MapType>(&self, of: T, position: Position) -> Position {
        self.past_empty(of, position)
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

    fn growth_work<T: MapType>(&mut self, of: T, hash: HashValue, hasher: impl HashKey) {
        self.growth_work(of, hash, hasher);
    }

    #[inline]
    unsafe fn find_to_change<T: MapType>(
        &mut self,
        of: T,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>> {
        // SAFETY: The caller's promise.
        unsafe { self.find_to_change(of, hash, hasher, key) }
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
    fn grow_ahead<H: Heap>(&mut self, heap: H, hash: HashValue, hasher: impl HashKey) {
        self.grow_ahead(heap, hash, hasher);
    }

    #[inline]
    unsafe fn unlink_key<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>> {
        // SAFETY: There are entries, so there is an array (A1); the caller's promise.
        unsafe { self.unlink_key(heap, hash, hasher, key) }
    }

    #[inline]
    unsafe fn unlink<T: MapType>(&mut self, hash: HashValue, slot: Slot<T>) -> Slot<T> {
        // SAFETY: There are entries, so there is an array (A1); the caller's promise.
        unsafe {
            let head = self.owner(slot.bucket.of(), hash);
            self.clear_slot(head, slot);
        }
        slot
    }

    #[inline]
    unsafe fn unlink_in_walk<T: MapType>(
        &mut self,
        of: T,
        walk: &mut Walk,
        slot: Slot<()>,
    ) -> Slot<()> {
        let head = walk.head().unwrap_or(slot.bucket);
        if self.may_have_bits() {
            self.begin_walks_at(of.shape().spacing(), head);
        }
        // SAFETY: The caller's promise; the slot is in the chain that the walk is in. The walk
        // has read this bucket's tophashes before; what it still has to give of them does not
        // change.
        unsafe { self.clear_slot(head.of_types(of), slot.of_types(of)) };
        slot
    }

    #[inline]
    unsafe fn close_gap<H: Heap>(&mut self, _: H, hash: HashValue, gap: Slot<H::Of>) {
        // SAFETY: The caller's promise.
        unsafe { self.close_gap(hash, gap) };
    }

    /// It is left to removals and to growth.
    fn close_gaps_behind<H: Heap>(&mut self, _: H, _: &Walk) {}

    fn close_all_gaps<H: Heap>(&mut self, heap: H) {
        self.cut_all_off(heap.of());
    }

    fn reset<H: Heap>(&mut self, heap: H) {
        self.reset(heap);
    }

    unsafe fn give_all_back<H: Heap>(&mut self, heap: H) {
        // SAFETY: The caller's promise.
        unsafe { self.give_all_back(heap) };
    }

    fn make_room<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()> {
        let bits = BucketBits::for_entries(entries).ok_or(TryReserveError::CapacityOverflow)?;
        // One bucket is made by the first insert, as in Go.
        if bits > BucketBits::ONE_BUCKET {
            self.install_empty_array(heap, bits, entries)?;
            self.settle();
        }
        Ok(())
    }

    fn try_reserve<H: Heap>(&mut self, heap: H, n: usize, hasher: impl HashKey) -> Had<()> {
        self.try_reserve(heap, n, hasher)
    }

    fn try_presize<H: Heap>(&mut self, heap: H, entries: usize, hasher: impl HashKey) -> Had<()> {
        self.try_presize(heap, entries, hasher)
    }

    fn shrink_to<H: Heap>(&mut self, heap: H, entries: usize, hasher: impl HashKey) -> Had<()> {
        self.shrink_to(heap, entries, hasher)
    }

    fn grow_step<H: Heap>(&mut self, heap: H, steps: usize, hasher: impl HashKey) -> bool {
        self.grow_step(heap, steps, hasher)
    }

    fn finish_growth<H: Heap>(&mut self, heap: H, hasher: impl HashKey) {
        self.finish_growth(heap, hasher);
    }

    fn copy_from<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        copy: impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()>,
    ) -> Had<()> {
        self.copy_from(heap, original, copy)
    }

    fn hold_for_copy<H: Heap>(&mut self, heap: H, original: &Self) -> Had<bool> {
        self.hold_for_copy(heap, original)
    }

    fn take_all_reserved(&mut self, cells: &mut CellPool) {
        self.take_all_reserved(cells);
    }

    fn refill<T: MapType>(
        &mut self,
        of: T,
        original: &Self,
        mut copy: impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()> {
        self.copy_chains(of, original, &mut copy)?;
        self.settle();
        Ok(())
    }

    fn want<T: MapType>(&self, of: T, n: u32, stock: &mut Stock) {
        self.want(of, n, stock);
    }

    fn want_growth<T: MapType>(&self, of: T, stock: &mut Stock) -> bool {
        stock.want_nothing();
        let due = self.growth_due().filter(|_| self.reserved() == 0);
        if let Some(bits) = due {
            self.want_growth(of, bits, stock);
        }
        due.is_some()
    }

    fn grow_with<H: Heap>(&mut self, heap: H) -> bool {
        self.reserved() == 0 && self.grow_with(heap, 0)
    }

    #[inline]
    unsafe fn place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> Placed {
        // SAFETY: The caller's promise.
        unsafe { self.place_with(heap, hash, hasher) }
    }

    #[inline]
    unsafe fn find_or_place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Placed {
        // SAFETY: The caller's promise.
        unsafe { self.find_or_place_with(heap, hash, hasher, key) }
    }
}
