//! Growth: an entry of the directory more, and a block in two.
//!
//! A block is split when it is full, and no earlier unless it lags too far behind the directory.
//! First all of its keys are hashed, which is user code and may panic; then all memory is had,
//! which may be refused; then entries move, and nothing can go wrong.

use super::header::{Header, LAG};
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::BucketPtr;
use crate::memory::hash_key::HashKey;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::Had;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::tags::Tag;
use core::mem;

/// The entries of a block that go to the side of the ones: a bit for each slot.
///
/// # Safety
/// It is a block of the map.
unsafe fn ones_of<T: MapType>(block: BucketPtr<T>, bit: u32, hasher: impl HashKey) -> u32 {
    let mut ones = 0;
    // SAFETY: The caller's promise; slots below the number of entries are live.
    unsafe {
        for slot in 0..block.about().len() {
            let hash = hasher.hash(block.key(slot));
            ones |= u32::from(hash.has_bit(bit)) << slot;
        }
    }
    ones
}

/// A chain whose blocks have noted, in place of their owner, which of their entries go to the side
/// of the ones. Dropped, they know their owner again.
struct Plan<T: MapType> {
    head: BucketPtr<T>,
    owner: u32,
    all: usize,
    ones: usize,
}

impl<T: MapType> Plan<T> {
    /// # Safety
    /// It is a chain of the map.
    unsafe fn of(head: BucketPtr<T>, bit: u32, hasher: impl HashKey) -> Self {
        // SAFETY: The caller's promise.
        let owner = unsafe { head.about() }.owner;
        let mut plan = Self {
            head,
            owner,
            all: 0,
            ones: 0,
        };
        // SAFETY: As above.
        for block in unsafe { head.blocks() } {
            // SAFETY: As above.
            unsafe {
                let ones = ones_of(block, bit, hasher);
                let about = block.about();
                plan.all += about.len();
                plan.ones += ones.count_ones() as usize;
                block.set_place(ones, about.depth, about.kind);
            }
        }
        plan
    }
}

impl<T: MapType> Drop for Plan<T> {
    fn drop(&mut self) {
        // SAFETY: It is a chain of the map.
        for block in unsafe { self.head.blocks() } {
            // SAFETY: As above.
            unsafe {
                let about = block.about();
                block.set_place(self.owner, about.depth, about.kind);
            }
        }
    }
}

/// Two chains that are made, and that nothing leads to yet. Dropped, they are given back.
struct FreshChains<'a, T: MapType> {
    header: &'a mut Header,
    first: Option<BucketPtr<T>>,
    second: Option<BucketPtr<T>>,
}

impl<T: MapType> Drop for FreshChains<'_, T> {
    fn drop(&mut self) {
        // The last first: so the one that is left is the last of all classes.
        for chain in [self.second, self.first].into_iter().flatten() {
            // SAFETY: They are empty.
            unsafe { self.header.dispose(chain) };
        }
    }
}

/// Adds blocks for so many entries, from the last one on, to a chain that has none.
fn add_chain<H: Heap>(
    header: &mut Header,
    heap: H,
    entries: usize,
    chain: &mut Option<BucketPtr<H::Of>>,
) -> Had<()> {
    let of = heap.of();
    let slots = <H::Of as MapType>::Policy::SLOTS;
    let linked = entries.saturating_sub(1) / slots;
    let class = Class::fit(of, entries - linked * slots);
    *chain = Some(header.new_block(of, Some(heap), class)?);
    for _ in 0..linked {
        let block = header.new_block(of, Some(heap), Class::linked(of))?;
        // SAFETY: A new block with a link.
        unsafe { block.set_link(chain.replace(block)) };
    }
    Ok(())
}

impl Header {
    /// Makes the directory one larger, and splits what lags behind too far. If that is refused it
    /// is put off.
    #[cold]
    #[inline(never)]
    pub(super) fn expand<H: Heap>(&mut self, heap: H, hasher: impl HashKey) {
        let of = heap.of();
        let index = (self.buckets as usize).saturating_sub(1 << self.level());
        let head = self.entry(of, index);
        // SAFETY: A chain of the map, or nothing.
        let depth = unsafe { head.about() }.depth();
        let is_late = !head.is_nothing() && depth + LAG <= self.entry_depth(index);
        if is_late && self.split(heap, head, hasher).is_err() {
            return self.put_off();
        }
        if self.push(heap).is_err() {
            return self.put_off();
        }
        let head = self.entry(of, index);
        // SAFETY: As above.
        let (is_linked, about) = unsafe { (head.is_linked(), head.about()) };
        if is_linked && about.depth() < self.entry_depth(index) {
            // If it is refused the chain stays as it is.
            self.split(heap, head, hasher).ok();
        }
    }

    /// Divides the entries of a chain by the next bit of their hashes. After an error it is as it
    /// was. The chain lags behind the directory.
    pub(super) fn split<H: Heap>(
        &mut self,
        heap: H,
        head: BucketPtr<H::Of>,
        hasher: impl HashKey,
    ) -> Had<()> {
        // SAFETY: A chain of the map, and a block.
        unsafe {
            if head.is_linked() {
                return self.split_chain(heap, head, hasher);
            }
            let about = head.about();
            let ones = ones_of(head, about.depth(), hasher);
            let count = ones.count_ones() as usize;
            if count == 0 || count == about.len() {
                self.go_to_one_side(head, count > 0);
                return Ok(());
            }
            self.split_block(heap, head, ones)
        }
    }

    /// All entries of a chain are of one side.
    ///
    /// # Safety
    /// It is a chain of the map.
    unsafe fn go_to_one_side<T: MapType>(&mut self, head: BucketPtr<T>, is_high: bool) {
        // SAFETY: The caller's promise.
        let about = unsafe { head.about() };
        let (low, high) = (about.owner(), about.owner() | 1 << about.depth());
        let (own, other) = if is_high { (high, low) } else { (low, high) };
        self.point(other, about.depth() + 1, BucketPtr::nothing(head.of()));
        // SAFETY: As above.
        unsafe { self.place_chain(head, own, about.depth() + 1) };
    }

    /// # Safety
    /// It is a block of the map, and there are entries of both sides.
    unsafe fn split_block<H: Heap>(
        &mut self,
        heap: H,
        block: BucketPtr<H::Of>,
        ones: u32,
    ) -> Had<()> {
        let of = heap.of();
        // SAFETY: The caller's promise.
        let about = unsafe { block.about() };
        let count = ones.count_ones() as usize;
        let low_class = Class::fit(of, about.len() - count + 1);
        let grain = <H::Of as MapType>::Policy::DENSITY.grain;
        let is_to_stay = low_class.slots(of) + 2 * grain > about.slots();
        let classes = (
            Class::fit(of, count + 1),
            (!is_to_stay).then_some(low_class),
        );
        let (high, low) = self.two_blocks(heap, classes)?;
        let low = low.unwrap_or(block);
        let (owner, depth) = (about.owner(), about.depth());
        // SAFETY: Both have room for their entries. Entries of both are nowhere else then.
        unsafe {
            divide(block, [low, high], ones);
            self.place_chain(low, owner, depth + 1);
            self.place_chain(high, owner | 1 << depth, depth + 1);
            if low != block {
                self.free_block(block);
            }
        }
        Ok(())
    }

    /// # Safety
    /// It is a chain of the map.
    unsafe fn split_chain<H: Heap>(
        &mut self,
        heap: H,
        head: BucketPtr<H::Of>,
        hasher: impl HashKey,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        let about = unsafe { head.about() };
        let (owner, depth) = (about.owner(), about.depth());
        // SAFETY: As above.
        let plan = unsafe { Plan::of(head, depth, hasher) };
        if plan.ones == 0 || plan.ones == plan.all {
            let is_high = plan.ones > 0;
            drop(plan);
            // SAFETY: As above.
            unsafe { self.go_to_one_side(head, is_high) };
            return Ok(());
        }
        let mut fresh = FreshChains {
            header: self,
            first: None,
            second: None,
        };
        let FreshChains {
            header,
            first,
            second,
        } = &mut fresh;
        add_chain(header, heap, plan.all - plan.ones, first)?;
        add_chain(header, heap, plan.ones, second)?;
        let (low, high) = (fresh.first, fresh.second);
        mem::forget(fresh);
        mem::forget(plan);
        if let (Some(low), Some(high)) = (low, high) {
            // SAFETY: As above; the new chains have room for all, and each entry is in one of
            // them then, and in the old one no more.
            unsafe {
                fill(head, [low, high]);
                self.place_chain(low, owner, depth + 1);
                self.place_chain(high, owner | 1 << depth, depth + 1);
                self.dispose(head);
            }
        }
        Ok(())
    }
}

/// Moves the entries of a block to two others, of which the first may be the same.
///
/// # Safety
/// Both have room for the entries of their side, and are empty but for the block itself.
unsafe fn divide<T: MapType>(block: BucketPtr<T>, to: [BucketPtr<T>; 2], ones: u32) {
    let [low, high] = to;
    let (mut lows, mut highs) = (0, 0);
    // SAFETY: The caller's promise. In place a slot is written after it was read, as no side has
    // more entries than slots were looked at.
    unsafe {
        let len = block.about().len();
        for slot in 0..len {
            let tag = block.tag(slot);
            let (to, at) = match ones >> slot & 1 {
                0 => (low, &mut lows),
                _ => (high, &mut highs),
            };
            if to != block || *at != slot {
                block.copy_slot(slot, to, *at);
                to.set_tag(*at, tag);
            }
            *at += 1;
        }
        if low == block {
            for slot in lows..len {
                block.set_tag(slot, Tag::FREE);
            }
        }
        low.set_len(lows);
        high.set_len(highs);
    }
}

/// Copies the entries of a chain to two others, as its blocks have noted.
///
/// # Safety
/// The two are new and have room.
unsafe fn fill<T: MapType>(head: BucketPtr<T>, to: [BucketPtr<T>; 2]) {
    let [mut low, mut high] = to;
    // SAFETY: The caller's promise.
    for block in unsafe { head.blocks() } {
        // SAFETY: As above.
        unsafe {
            let about = block.about();
            for slot in 0..about.len() {
                let to = match about.owner >> slot & 1 {
                    0 => &mut low,
                    _ => &mut high,
                };
                if to.about().free() == 0 {
                    *to = to.next_block().unwrap_or(*to);
                }
                block.copy_entry(slot, *to);
            }
        }
    }
}

impl Header {
    /// Hangs a block behind the last one of a chain that is full.
    pub(super) fn add_behind<H: Heap>(
        &mut self,
        of: H::Of,
        heap: Option<H>,
        index: usize,
    ) -> Had<()> {
        let head = self.entry(of, index);
        // SAFETY: D3: a chain of the map.
        let Some(mut last) = unsafe { head.blocks() }.last() else {
            return Ok(());
        };
        // SAFETY: As above.
        unsafe {
            if !last.is_linked() {
                let linked = self.new_block(of, heap, Class::linked(of))?;
                self.move_block(last, linked);
                // Blocks without links have moved, if any.
                last = linked;
            }
            let about = last.about();
            let block = self.new_block(of, heap, Class::fit(of, 1))?;
            block.set_place(about.owner, about.depth, Kind::Behind);
            last.set_link(Some(block));
        }
        Ok(())
    }
}
