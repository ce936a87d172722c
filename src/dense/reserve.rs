//! Room ahead of time, so that inserts to come cannot fail, or need no growth.
//!
//! # What the worst hashes need
//!
//! A key for which memory is reserved takes one whole block from the slabs at hand at most. A chain
//! that ends in a smaller block gets a whole one in its place; one that ends in a full one, another
//! behind it, or if it is one block it is split, by which one side stays where it is. While keys
//! are promised blocks do not get smaller, nor do they join, and the directory does not change.
//!
//! So with N entries of the directory the blocks that are the first of their chain take N whole
//! blocks at most, however often they are split, and a chain that has others has sixteen entries
//! for each: n keys take no more than N + (count + n − 1) / 16, and n. Where there is one chain
//! only, it has (count + n) / 16 whole blocks in the end, rounded up.
//!
//! # Memory that a caller brings
//!
//! He has two whole blocks a key: one for the key, and one for what is split when the directory
//! grows by an entry; beside that, what makes a map of one block one of many, and the next pages of
//! the directory.

use super::alone::layout_alone;
use super::blocks::EXTRA;
use super::directory::MOST_BUCKETS;
use super::header::{Header, LOAD};
use super::place::Means;
use super::split::Source;
use crate::memory::block::Class;
use crate::memory::bucket::Entered;
use crate::memory::hash_key::HashKey;
use crate::memory::heap::{Heap, NewCells};
use crate::memory::shape::MapType;
use crate::memory::slab::{Slabs, layout_for};
use crate::memory::stock::Stock;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;

const OVERFLOW: TryReserveError = TryReserveError::CapacityOverflow;

/// Slabs that are not yet the map's. Dropped before they are, they are given back.
struct Held<H: Heap> {
    heap: H,
    slabs: Slabs,
}

impl<H: Heap> Drop for Held<H> {
    fn drop(&mut self) {
        // SAFETY: Nothing is in them.
        unsafe { self.slabs.give_all_back(self.heap) };
    }
}

/// Entries of a directory for so many entries of the map.
const fn buckets_for(entries: usize) -> usize {
    if entries == 0 {
        1
    } else {
        entries.div_ceil(LOAD)
    }
}

impl Header {
    /// Whole blocks that so many new keys can need in a directory of so many entries.
    fn whole_blocks_for<T: MapType>(&self, of: T, keys: usize, buckets: usize) -> usize {
        let slots = T::Policy::SLOTS;
        let entries = self.count.saturating_add(keys);
        if buckets > 1 {
            return keys.min(buckets + entries.saturating_sub(1) / slots);
        }
        // SAFETY: D3: the chain of the map, or nothing.
        let whole = unsafe { self.entry(of, 0).blocks().filter(|block| block.is_whole()) };
        entries.div_ceil(slots).saturating_sub(whole.count())
    }

    /// Promises that the next `n` new keys go in without a call of the allocator: work in
    /// proportion to n, and to the entries if the directory grows by many. After an error the map
    /// is as it was.
    pub(super) fn try_reserve<H: Heap>(
        &mut self,
        heap: H,
        n: usize,
        hasher: impl HashKey,
    ) -> Had<()> {
        let keys = i32::try_from(n).map_err(|_| OVERFLOW)?;
        let entries = self.count.checked_add(n).ok_or(OVERFLOW)?;
        if keys as u32 <= self.reserved() {
            return Ok(());
        }
        let of = heap.of();
        let cells = NewCells::allocate(heap, keys as u32 - self.reserved())?;
        if self.may_be_alone(of, entries) && !of.shape().has_cells() {
            self.widen_alone(heap, entries)?;
            self.set_reserved(keys);
            return Ok(());
        }
        self.hold_room(heap, n, buckets_for(entries))?;
        if let Some(extra) = self.extra_mut() {
            cells.join(&mut extra.cells);
        }
        self.set_reserved(keys);
        while self.limit() < entries {
            if self.try_expand(heap, Source::Heap(heap), hasher).is_err() {
                // The chains are longer then.
                break;
            }
        }
        let places = self.whole_blocks_for(of, n, self.buckets as usize);
        if let Some(extra) = self.extra_mut() {
            extra.slabs.give_back(heap, places, usize::MAX);
        }
        Ok(())
    }

    /// Sees to it that there are whole blocks for so many new keys, in a directory that will have
    /// so many entries at least. After an error the map is as it was.
    fn hold_room<H: Heap>(&mut self, heap: H, keys: usize, buckets: usize) -> Had<()> {
        let of = heap.of();
        let buckets = buckets.max(self.buckets as usize);
        let needed = self.whole_blocks_for(of, keys, buckets);
        let (there, usual) = match self.extra() {
            Some(extra) => (
                extra.slabs.places(of),
                extra.slabs.share(of, Class::whole(of)),
            ),
            None => (0, 1),
        };
        let mut held = Held {
            heap,
            slabs: Slabs::EMPTY,
        };
        held.slabs.hold(heap, needed.saturating_sub(there), usual)?;
        self.have_extra(heap)?;
        if let Some(extra) = self.extra_mut() {
            extra.slabs.join(of, &mut held.slabs);
        }
        Ok(())
    }

    /// Sees to it that there is an `Extra`, and so a directory. After an error the map is as it
    /// was.
    fn have_extra<H: Heap>(&mut self, heap: H) -> Had<()> {
        match (self.has_memory(), self.extra()) {
            (_, Some(_)) => Ok(()),
            (false, None) => self.begin_directory(heap),
            (true, None) => self.leave_alone(heap),
        }
    }

    /// Makes the directory large enough for so many entries of an even spread. After an error the
    /// map has the entries that it had, and a directory that may have grown.
    pub(super) fn try_presize<H: Heap>(
        &mut self,
        heap: H,
        entries: usize,
        hasher: impl HashKey,
    ) -> Had<()> {
        if self.may_be_alone(heap.of(), entries) && self.reserved() == 0 {
            return self.widen_alone(heap, entries.max(self.count));
        }
        if self.extra().is_some() && entries <= self.limit() {
            return Ok(());
        }
        if buckets_for(entries) > MOST_BUCKETS as usize {
            return Err(OVERFLOW);
        }
        if !self.has_memory() {
            return self.make_room(heap, entries);
        }
        self.hold_room(heap, self.reserved() as usize, buckets_for(entries))?;
        while self.limit() < entries {
            if let Err(error) = self.try_expand(heap, Source::Heap(heap), hasher) {
                self.settle();
                self.give_back(heap, 0, usize::MAX);
                return Err(error);
            }
        }
        self.give_back(heap, 0, usize::MAX);
        let filled = self.fill_gaps(heap);
        if filled.is_err() {
            self.forget_last(heap);
        }
        filled
    }

    /// Makes the directory one smaller if its last entry has no chain of its own, as is so of nearly
    /// all that are new. Whoever asks for as much room once more is not told then that it is there.
    fn forget_last<H: Heap>(&mut self, heap: H) {
        let last = (self.buckets as usize).saturating_sub(1);
        let Some(level) = last.checked_ilog2() else {
            return;
        };
        if self.entry(heap.of(), last) == self.entry(heap.of(), last ^ 1 << level) {
            self.pop(heap);
        }
    }

    /// The same of a map without memory. After an error it has none.
    pub(super) fn make_room<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()> {
        if entries == 0 {
            return Ok(());
        }
        if self.may_be_alone(heap.of(), entries) {
            return self.widen_alone(heap, entries);
        }
        if buckets_for(entries) > MOST_BUCKETS as usize {
            return Err(OVERFLOW);
        }
        self.begin_directory(heap)?;
        let mut made = Ok(());
        while made.is_ok() && self.limit() < entries {
            made = self.push(heap);
        }
        let made = made.and_then(|()| self.fill_gaps(heap));
        if made.is_err() {
            // SAFETY: There is no entry.
            unsafe { self.give_all_back(heap) };
        }
        made
    }

    /// Makes the first block of all hashes that have none. It has room for most of the entries that
    /// the directory is for: as many as the mean, and its root.
    fn fill_gaps<H: Heap>(&mut self, heap: H) -> Had<()> {
        let (of, level) = (heap.of(), self.level());
        let mean = self.limit() >> level;
        let class = Class::fit(of, mean + mean.isqrt() + 1);
        let all = 1_usize << level;
        // Slabs of a few in all: larger ones would hardly ever be empty when the map gets smaller.
        let usual = all.isqrt();
        // Entries above have no block of their own.
        self.begin_walks_at(all - 1);
        // Where there are entries, nearly all hashes have a block.
        let mut left = if self.count == 0 { all } else { 0 };
        for owner in 0..all {
            if self.is_gap(of, owner) {
                let block = match left {
                    0 => self.new_block(heap, class),
                    _ => self.new_block_of(heap, class, left.min(usual)),
                }?;
                left = left.saturating_sub(1);
                // SAFETY: A new block; there is nothing of these hashes.
                unsafe { self.place_chain(block, owner, level) };
            }
        }
        Ok(())
    }

    /// Whether there is no block of the hashes that agree in L bits with an entry of the directory.
    fn is_gap<T: MapType>(&self, of: T, owner: usize) -> bool {
        let other = (owner | 1 << self.level()) & self.mask as usize;
        self.entry(of, owner).is_nothing() && self.entry(of, other).is_nothing()
    }

    /// Entries that there is room for before a growth is due, with those that are promised.
    pub(crate) fn capacity<T: MapType>(&self, of: T) -> usize {
        let room = match self.is_alone() {
            true => self.slots_alone(of),
            false => self.limit(),
        };
        let promised = self.count.saturating_add(self.reserved() as usize);
        room.max(promised)
    }

    /// Forgets what was promised, and gives its cells back.
    pub(super) fn void_reservation<H: Heap>(&mut self, heap: H) {
        self.set_reserved(0);
        if let Some(extra) = self.extra_mut() {
            // SAFETY: They came from this heap and are nobody's.
            drop(unsafe { NewCells::of_map(heap, extra.cells.take_all()) });
        }
    }
}

/// What a caller brings.
impl Header {
    /// Notes what the next `n` new keys can need, whatever their hashes.
    pub(super) fn want<T: MapType>(&self, of: T, n: u32, stock: &mut Stock) {
        stock.want_nothing();
        let cells = of.cells();
        for cell in [cells.key, cells.elem] {
            stock.want(cell, n);
        }
        let whole = layout_for(of, Class::whole(of), 1);
        stock.want(whole, n.saturating_mul(2));
        if self.extra().is_some() {
            return self.want_pages(stock, n.min(1));
        }
        stock.want(Some(EXTRA), n.min(1));
        let class = Class::fit_alone(of, self.count + 1);
        if !class.is_whole(of) {
            stock.want(layout_alone(of, class), n.min(1));
        }
    }

    /// Notes what a growth needs that is due: false, with nothing noted, if none is.
    pub(super) fn want_growth<T: MapType>(&self, of: T, stock: &mut Stock) -> bool {
        stock.want_nothing();
        let is_due = self.extra().is_some() && self.count >= self.limit() && self.reserved() == 0;
        if is_due {
            stock.want(layout_for(of, Class::whole(of), 1), 1);
            self.want_pages(stock, 1);
        }
        is_due
    }

    /// Makes the directory one larger, without a hasher: so only where nothing lags behind too
    /// far. If that is refused it is not put off: others may have memory for it.
    pub(super) fn grow_with<H: Heap>(&mut self, heap: H) -> bool {
        let index = self.next_to_split();
        let is_due = self.extra().is_some() && self.count >= self.limit() && self.reserved() == 0;
        let is_late = self.is_late(self.entry(heap.of(), index), index);
        is_due && !is_late && self.push(heap).is_ok()
    }

    /// As [`place`](Self::place), of a heap of what the caller has brought: what is reserved stays
    /// so for others.
    ///
    /// # Safety
    /// As [`place`](Self::place).
    pub(super) unsafe fn place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> Had<Entered<H::Of>> {
        let mut source = Source::Brought(heap);
        if self.reserved() > 0 {
            self.reserve_one_more(heap)?;
            source = Source::AtHand;
        } else if self.is_due() {
            // If it is refused it is due again: others may have memory for it.
            self.try_expand(heap, source, hasher).ok();
        }
        let means = Means {
            source,
            may_split: true,
        };
        // SAFETY: The caller's promise.
        unsafe { self.place_by(heap, hash, hasher, means) }
    }

    /// Adds to what is reserved what one new key needs, so that it takes nothing of what was
    /// reserved before it came.
    fn reserve_one_more<H: Heap>(&mut self, heap: H) -> Had<()> {
        let keys = self.reserved() as usize + 1;
        let promised = i32::try_from(keys).map_err(|_| OVERFLOW)?;
        let entries = self.count.saturating_add(keys);
        let cells = NewCells::allocate(heap, 1)?;
        if self.may_be_alone(heap.of(), entries) {
            if self.slots_alone(heap.of()) < entries {
                let whole = entries.next_multiple_of(<H::Of as MapType>::Policy::SLOTS);
                self.widen_alone(heap, whole)?;
            }
        } else {
            self.hold_room(heap, keys, 1)?;
        }
        if let Some(extra) = self.extra_mut() {
            cells.join(&mut extra.cells);
        }
        self.set_reserved(promised);
        Ok(())
    }
}
