//! A place for one entry more, and all that it needs beside what there is.
//!
//! Getting it can fail, and when it does the map holds what it held.

use super::find::free_slot;
use super::header::Header;
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::{BucketPtr, Entered, Slot};
use crate::memory::compiled::FOR_SPEED;
use crate::memory::hash_key::{FindKey, HashKey};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::tags::Tag;
use crate::seam::{Supply, Target};

impl Header {
    /// Makes a free slot live.
    ///
    /// # Safety
    /// It is the first free one of a chain that owns the hash, has what the entry needs beside,
    /// and is written before anything else is done with the map (M1).
    #[inline]
    pub(super) unsafe fn enter<T: MapType>(
        &mut self,
        slot: Slot<T>,
        hash: HashValue,
    ) -> Entered<T> {
        self.count += 1;
        // SAFETY: The caller's promise.
        unsafe {
            slot.bucket.push_tag(Tag::of(hash));
            Entered::new(slot)
        }
    }

    /// The same if a free slot and cells are all that a new entry takes.
    ///
    /// # Safety
    /// The chain owns the hash, and its key is not in it. The slot is written before anything
    /// else is done with the map (M1).
    pub(super) unsafe fn enter_if_free<H: Heap>(
        &mut self,
        heap: H,
        head: BucketPtr<H::Of>,
        hash: HashValue,
        supply: Supply,
    ) -> Had<Option<Entered<()>>> {
        if supply == Supply::Allocator && self.is_due() {
            return Ok(None);
        }
        // SAFETY: The caller's promise.
        let Some(slot) = (unsafe { free_slot(head) }) else {
            return Ok(None);
        };
        if FOR_SPEED && heap.of().shape().has_cells() {
            // SAFETY: The slot is free.
            unsafe { give_cells(heap, slot, supply) }?;
        }
        // SAFETY: The slot is free, and has all that is needed; the caller's promise.
        Ok(Some(unsafe { self.enter(slot, hash) }.of_types(())))
    }

    /// All of an insert but to write the entry.
    ///
    /// # Safety
    /// It is the hash of the key, which is of the map's type. A new slot is written before
    /// anything else is done with the map (M1).
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(super) unsafe fn find_or_place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl FindKey,
        supply: Supply,
    ) -> Had<Target<()>> {
        let head = self.owner(heap.of(), hash);
        // SAFETY: It owns the hash.
        if let Some(slot) = unsafe { head.find(hash, key) } {
            return Ok(Target::Entry(slot.of_types(())));
        }
        if FOR_SPEED || !heap.of().shape().has_cells() {
            // SAFETY: As above; the caller's promise.
            let free = unsafe { self.enter_if_free(heap, head, hash, supply) }?;
            if let Some(slot) = free {
                return Ok(Target::New(slot));
            }
        }
        // SAFETY: The caller's promise.
        let slot = unsafe { self.place(heap, hash, hasher, supply) }?;
        Ok(Target::New(slot.of_types(())))
    }

    /// Makes a slot live for a key that is not there, with all that the entry needs beside. After
    /// an error the map may have grown or hold more free memory, and is otherwise as it was.
    ///
    /// # Safety
    /// It is the hash of a key that is not there. The slot is written before anything else is
    /// done with the map (M1).
    #[inline(never)]
    pub(super) unsafe fn place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Entered<H::Of>> {
        if supply == Supply::Allocator && self.is_due() {
            self.expand(heap, hasher);
        }
        let placed = self.place_without_growth(heap, hash, hasher, supply);
        if placed.is_err() {
            if self.count == 0 {
                // SAFETY: There is no entry.
                unsafe { self.give_all_back(heap) };
            }
            self.give_back(heap);
        }
        placed
    }

    fn place_without_growth<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<Entered<H::Of>> {
        let slot = loop {
            let index = self.index_of(hash);
            // SAFETY: D3: a chain of the map, or nothing.
            if let Some(slot) = unsafe { free_slot(self.entry(heap.of(), index)) } {
                break slot;
            }
            self.make_room_at(heap, index, hasher, supply)?;
        };
        // Before the slot is live, as the allocator may panic.
        self.give_back(heap);
        if heap.of().shape().has_cells() {
            // SAFETY: The slot is free.
            unsafe { give_cells(heap, slot, supply) }?;
        }
        // SAFETY: The slot is the first free one of the chain, and has all that is needed. M1 is
        // left to the caller of `place`.
        Ok(unsafe { self.enter(slot, hash) })
    }

    /// Gives slabs back that are not needed.
    pub(super) fn give_back<H: Heap>(&mut self, heap: H) {
        if let Some(extra) = self.extra_mut() {
            extra.slabs.give_back(heap);
        }
    }

    /// Does one thing by which a chain that is full gets nearer to having room.
    fn make_room_at<H: Heap>(
        &mut self,
        heap: H,
        index: usize,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Had<()> {
        let of = heap.of();
        let source = (supply != Supply::AtHand).then_some(heap);
        let head = self.entry(of, index);
        if head.is_nothing() {
            return self.add_first(of, source, index);
        }
        // SAFETY: D3: a chain of the map.
        let (about, last) = unsafe { (head.about(), head.blocks().last().unwrap_or(head)) };
        // SAFETY: As above.
        let slots = unsafe { last.about() }.slots();
        if slots < <H::Of as MapType>::Policy::SLOTS {
            return self.widen(of, source, last);
        }
        if self.is_alone() {
            let heap = source.ok_or(TryReserveError::CapacityOverflow)?;
            self.leave_alone(heap)?;
            // As many as there would be if it had grown all the time.
            while supply == Supply::Allocator && self.is_due() && self.push(heap).is_ok() {}
            return Ok(());
        }
        let may_split = supply == Supply::Allocator && about.depth() < self.entry_depth(index);
        if may_split && self.split(heap, head, hasher).is_ok() {
            return Ok(());
        }
        self.add_behind(of, source, index)
    }

    /// The first block of an entry of the directory, and of its buddy if that has none either.
    fn add_first<H: Heap>(&mut self, of: H::Of, heap: Option<H>, index: usize) -> Had<()> {
        let class = Class::fit(of, 1);
        if !self.has_memory() {
            return self.begin(heap.ok_or(TryReserveError::CapacityOverflow)?, class);
        }
        let mut depth = self.entry_depth(index);
        if depth > self.level() && self.entry(of, index ^ 1 << (depth - 1)).is_nothing() {
            depth -= 1;
        }
        let owner = index & ((1 << depth) - 1);
        let block = self.new_block(of, heap, class)?;
        // SAFETY: A new block; there is nothing of these hashes.
        unsafe {
            block.set_place(owner as u32, depth as u8, Kind::First);
            self.place_chain(block, owner, depth);
        }
        Ok(())
    }

    /// Gives the last block of a chain more slots: as many as it should get, or one at least.
    fn widen<H: Heap>(&mut self, of: H::Of, heap: Option<H>, block: BucketPtr<H::Of>) -> Had<()> {
        // SAFETY: A block of the map.
        let slots = unsafe { block.about() }.slots();
        let step = <H::Of as MapType>::Policy::DENSITY.step;
        let [wide, narrow] = [step, 1].map(|more| Class::fit(of, slots + more));
        if self.is_alone() {
            let heap = heap.ok_or(TryReserveError::CapacityOverflow)?;
            return match self.widen_alone(heap, wide) {
                Err(_) if narrow != wide => self.widen_alone(heap, narrow),
                widened => widened,
            };
        }
        let new = match self.new_block(of, heap, wide) {
            Err(_) if narrow != wide => self.new_block(of, heap, narrow),
            new => new,
        }?;
        // SAFETY: A block of the map, and a new one with more slots.
        unsafe { self.move_block(block, new) };
        Ok(())
    }
}

/// Gives a free slot the cells of a new entry.
///
/// # Safety
/// It is free.
unsafe fn give_cells<H: Heap>(heap: H, slot: Slot<H::Of>, supply: Supply) -> Had<()> {
    // SAFETY: The caller's promise.
    unsafe { heap.give_cells(None, supply != Supply::AtHand, slot.cell_fields()) }
}
