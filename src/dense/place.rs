//! A place for one entry more, and all that it needs beside what there is.
//!
//! Getting it can fail, and when it does the map holds what it held.

use super::blocks::FEW;
use super::find::find_key;
use super::find::free_slot;
use super::header::Header;
use super::split::Source;
use crate::memory::block::Class;
use crate::memory::bucket::{BucketPtr, Entered, Slot};
use crate::memory::compiled::FOR_SPEED;
use crate::memory::hash_key::{EqKey, HashKey};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::tags::Tag;
use crate::seam::{Placed, Supply, Target, placed};

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
        if self.reserved() > 0 || (supply == Supply::Allocator && self.is_due()) {
            return Ok(None);
        }
        // SAFETY: The caller's promise.
        let Some(slot) = (unsafe { free_slot(head) }) else {
            return Ok(None);
        };
        if FOR_SPEED && heap.of().shape().has_cells() {
            self.give_cells(heap, slot, supply != Supply::AtHand)?;
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
        key: impl EqKey,
        supply: Supply,
    ) -> Placed {
        let head = self.owner(heap.of(), hash);
        // SAFETY: It owns the hash.
        if let Some(slot) = unsafe { find_key(head, hash, key) } {
            return placed!(Ok(Target::Entry(slot)));
        }
        if FOR_SPEED || !heap.of().shape().has_cells() {
            // SAFETY: As above; the caller's promise.
            match unsafe { self.enter_if_free(heap, head, hash, supply) } {
                Ok(Some(slot)) => return placed!(Ok(Target::New(slot))),
                Ok(None) => {}
                Err(reason) => return placed!(Err(reason)),
            }
        }
        // SAFETY: The caller's promise.
        unsafe { self.place(heap, hash, hasher, supply) }
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
    ) -> Placed {
        if supply == Supply::Allocator && self.is_due() {
            self.expand(heap, hasher);
        }
        let means = Means {
            source: match supply {
                _ if self.reserved() > 0 => Source::AtHand,
                Supply::AtHand => Source::AtHand,
                _ => Source::Heap(heap),
            },
            may_split: supply != Supply::NoGrowth,
        };
        // SAFETY: The caller's promise.
        let slot = unsafe { self.place_by(heap, hash, hasher, means) };
        placed!(slot.map(|slot| Target::New(slot.of_types(()))))
    }

    /// The same, without a growth of the directory.
    ///
    /// # Safety
    /// As [`place`](Self::place).
    pub(super) unsafe fn place_by<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        means: Means<H>,
    ) -> Had<Entered<H::Of>> {
        let may_allocate = !matches!(means.source, Source::AtHand);
        let of = heap.of();
        if !may_allocate && of.shape().has_cells() && !self.has_reserved_cells() {
            return Err(TryReserveError::CapacityOverflow);
        }
        let slot = loop {
            let head = self.owner(of, hash);
            // SAFETY: D3: a chain of the map, or nothing.
            if let Some(slot) = unsafe { free_slot(head) } {
                break slot;
            }
            if let Err(error) = self.make_room_in(head, hash, hasher, means) {
                if may_allocate {
                    self.give_back(heap, 0, FEW);
                }
                return Err(error);
            }
        };
        if may_allocate {
            // Before the slot is live, as the allocator may panic.
            self.give_back(heap, 0, FEW);
        }
        if of.shape().has_cells() {
            self.give_cells(heap, slot, may_allocate)?;
        }
        self.count_reserved();
        // SAFETY: The slot is the first free one of the chain, and has all that is needed. M1 is
        // left to the caller.
        Ok(unsafe { self.enter(slot, hash) })
    }

    /// Gives a free slot the cells of a new entry: reserved ones first.
    fn give_cells<H: Heap>(&mut self, heap: H, slot: Slot<H::Of>, may_allocate: bool) -> Had<()> {
        let reserved = self.extra_mut().map(|extra| &mut extra.cells);
        // SAFETY: The slot is free.
        unsafe { heap.give_cells(reserved, may_allocate, slot.cell_fields()) }
    }

    /// Does one thing by which a chain that is full, and owns a hash, gets nearer to having room.
    fn make_room_in<H: Heap>(
        &mut self,
        head: BucketPtr<H::Of>,
        hash: HashValue,
        hasher: impl HashKey,
        means: Means<H>,
    ) -> Had<()> {
        let source = means.source;
        if self.extra().is_none() {
            return self.make_room_alone(source);
        }
        if head.is_nothing() {
            return self.add_first(head.of(), source, self.index_of(hash));
        }
        // SAFETY: D3: a chain of the map.
        unsafe {
            let last = head.last_block();
            if last.is_whole() {
                self.make_room_behind(head, last, hasher, means)
            } else {
                self.widen(head.of(), source, last)
            }
        }
    }

    /// Makes room in a small map, or makes it one that is not small.
    #[cold]
    #[inline(never)]
    fn make_room_alone<H: Heap>(&mut self, source: Source<H>) -> Had<()> {
        match source {
            Source::AtHand => Err(TryReserveError::CapacityOverflow),
            Source::Heap(heap) | Source::Brought(heap) => {
                match self.may_be_alone(heap.of(), self.count + 1) {
                    true => self.widen_alone_by_one(heap),
                    false => self.leave_alone(heap),
                }
            }
        }
    }

    /// Splits a chain, or if that is not to be makes it longer.
    ///
    /// # Safety
    /// It is a chain of the map, and its last block is whole.
    unsafe fn make_room_behind<H: Heap>(
        &mut self,
        head: BucketPtr<H::Of>,
        last: BucketPtr<H::Of>,
        hasher: impl HashKey,
        means: Means<H>,
    ) -> Had<()> {
        let (of, source) = (head.of(), means.source);
        // SAFETY: The caller's promise.
        let about = unsafe { head.about() };
        let is_long = last != head && !matches!(source, Source::Heap(_));
        let is_behind = about.depth() < self.entry_depth(about.owner());
        if means.may_split && !is_long && is_behind && self.split(of, source, head, hasher).is_ok()
        {
            return Ok(());
        }
        let new = match source {
            Source::Heap(heap) => self.new_block(heap, Class::fit(of, 1)),
            _ => self.whole_block(of, source),
        }?;
        // SAFETY: Blocks of the map; the first one is whole.
        unsafe { self.hang_behind(last, new) };
        Ok(())
    }

    /// The first block of an entry of the directory, and of its buddy if that has none either.
    fn add_first<H: Heap>(&mut self, of: H::Of, source: Source<H>, index: usize) -> Had<()> {
        let mut depth = self.entry_depth(index);
        if depth > self.level() && self.entry(of, index ^ 1 << (depth - 1)).is_nothing() {
            depth -= 1;
        }
        let owner = index & ((1 << depth) - 1);
        let block = match source {
            Source::Heap(heap) => self.new_block(heap, Class::fit(of, 1)),
            _ => self.whole_block(of, source),
        }?;
        // SAFETY: A new block; there is nothing of these hashes.
        unsafe { self.place_chain(block, owner, depth) };
        Ok(())
    }

    /// Gives the last block of a chain more slots: as many as it should get, or one at least.
    fn widen<H: Heap>(&mut self, of: H::Of, source: Source<H>, block: BucketPtr<H::Of>) -> Had<()> {
        // SAFETY: A block of the map.
        let slots = unsafe { block.about() }.slots();
        let wide = Class::fit(of, slots + <H::Of as MapType>::Policy::DENSITY.step);
        let new = match source {
            Source::Heap(heap) => {
                self.new_block(heap, wide)
                    .or_else(|refused| match Class::fit(of, slots + 1) {
                        narrow if narrow == wide => Err(refused),
                        narrow => self.new_block(heap, narrow),
                    })
            }
            _ => self.whole_block(of, source),
        }?;
        // SAFETY: A block of the map, and a new one with more slots.
        unsafe { self.move_block(block, new) };
        Ok(())
    }
}

/// How room is made for one entry.
#[derive(Clone, Copy)]
pub(super) struct Means<H> {
    pub(super) source: Source<H>,
    /// Whether a chain may be split: there is a hasher.
    pub(super) may_split: bool,
}
