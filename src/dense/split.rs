//! Growth: an entry of the directory more, and a block in two.
//!
//! A block is split when it is full, and no earlier unless it lags too far behind the directory.
//! First all of its keys are hashed, which is user code and may panic; then all memory is had,
//! which may be refused; then entries move, and nothing can go wrong.

use super::header::{Header, LAG};
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::hash_key::HashKey;
use crate::memory::heap::Heap;
use crate::memory::page::PAGE;
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::policy::Tradeoffs;
use crate::numbers::tags::Tag;

/// Entries that the directory gets at a time: the insert that it grows in takes the long way.
const FEW_ENTRIES: u32 = 4;

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

/// Where the blocks for a split come from.
#[derive(Clone, Copy)]
pub(super) enum Source<H> {
    /// The map's heap.
    Heap(H),
    /// A heap of what the caller has brought: one whole block at most.
    Brought(H),
    /// The slabs at hand: one whole block at most.
    AtHand,
}

impl Header {
    /// A whole block from the slabs at hand or, where there is one, a heap.
    pub(super) fn whole_block<H: Heap>(
        &mut self,
        of: H::Of,
        source: Source<H>,
    ) -> Had<BucketPtr<H::Of>> {
        let whole = Class::whole(of);
        let at_hand = match source {
            // What is there is for the keys that are promised.
            Source::Heap(_) | Source::Brought(_) if self.reserved() > 0 => None,
            _ => self.whole_at_hand(of),
        };
        match (at_hand, source) {
            (Some(block), _) => Ok(block),
            (None, Source::Heap(heap) | Source::Brought(heap)) => self.new_block(heap, whole),
            (None, Source::AtHand) => Err(TryReserveError::CapacityOverflow),
        }
    }

    /// Makes the directory larger: by a few entries if these take neither memory nor a split, else
    /// by one. If that is refused it is put off.
    #[cold]
    #[inline(never)]
    pub(super) fn expand<H: Heap>(&mut self, heap: H, hasher: impl HashKey) {
        let most = (self.buckets / 8).clamp(1, FEW_ENTRIES);
        let mut pushed = 0;
        while pushed < most && self.is_easy_to_push(heap.of()) && self.push(heap).is_ok() {
            pushed += 1;
        }
        if pushed == 0 && self.try_expand(heap, Source::Heap(heap), hasher).is_err() {
            self.put_off();
        }
    }

    /// Whether one entry more of the directory takes no memory and splits nothing.
    fn is_easy_to_push<T: MapType>(&self, of: T) -> bool {
        let index = self.next_to_split();
        let head = self.entry(of, index);
        // SAFETY: D3: a chain of the map, or nothing.
        let is_long = unsafe { head.next_block() }.is_some();
        let takes_page = self.buckets > self.mask || self.buckets as usize % PAGE == 0;
        !takes_page && !is_long && !self.is_late(head, index)
    }

    /// Makes the directory one larger, and splits what lags behind too far.
    /// It takes one block of the source at most unless that is the map's heap.
    pub(super) fn try_expand<H: Heap>(
        &mut self,
        heap: H,
        source: Source<H>,
        hasher: impl HashKey,
    ) -> Had<()> {
        let of = heap.of();
        let index = self.next_to_split();
        let head = self.entry(of, index);
        let is_late = self.is_late(head, index);
        if is_late {
            self.split(of, source, head, hasher)?;
        }
        self.push(heap)?;
        if is_late && !matches!(source, Source::Heap(_)) {
            return Ok(());
        }
        let head = self.entry(of, index);
        // SAFETY: D3: a chain of the map, or nothing.
        let (is_long, about) = unsafe { (head.next_block().is_some(), head.about()) };
        if is_long && about.depth() < self.entry_depth(index) {
            // If it is refused the chain stays as it is.
            self.split(of, source, head, hasher).ok();
        }
        Ok(())
    }

    /// The entry that the next one is split from.
    pub(super) fn next_to_split(&self) -> usize {
        (self.buckets as usize).saturating_sub(1 << self.level())
    }

    /// Whether a chain is to be split before the directory has another entry for it.
    pub(super) fn is_late<T: MapType>(&self, head: BucketPtr<T>, index: usize) -> bool {
        // SAFETY: D3: a chain of the map, or nothing.
        let about = unsafe { head.about() };
        !head.is_nothing() && about.depth() + LAG <= self.entry_depth(index)
    }

    /// Divides the entries of a chain by the next bit of their hashes. After an error it is as it
    /// was. The chain lags behind the directory.
    pub(super) fn split<H: Heap>(
        &mut self,
        of: H::Of,
        source: Source<H>,
        head: BucketPtr<H::Of>,
        hasher: impl HashKey,
    ) -> Had<()> {
        // SAFETY: A chain of the map, and a block.
        unsafe {
            if head.next_block().is_some() {
                return self.split_chain(of, source, head, hasher);
            }
            let about = head.about();
            let ones = ones_of(head, about.depth(), hasher);
            let count = ones.count_ones() as usize;
            if count == 0 || count == about.len() {
                self.go_to_one_side(head, count > 0);
                return Ok(());
            }
            self.split_block(of, source, head, ones)
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
        of: H::Of,
        source: Source<H>,
        block: BucketPtr<H::Of>,
        ones: u32,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        let about = unsafe { block.about() };
        let count = ones.count_ones() as usize;
        let (high, low) = match source {
            Source::Heap(heap) => {
                let low_class = Class::fit(of, about.len() - count + 1);
                let grain = <H::Of as MapType>::Policy::DENSITY.grain;
                let is_to_stay = low_class.slots() + 2 * grain > about.slots();
                let low_class = (!is_to_stay).then_some(low_class);
                self.two_blocks(heap, (Class::fit(of, count + 1), low_class))?
            }
            _ => (self.whole_block(of, source)?, None),
        };
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
        of: H::Of,
        source: Source<H>,
        head: BucketPtr<H::Of>,
        hasher: impl HashKey,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        let about = unsafe { head.about() };
        let (owner, depth) = (about.owner(), about.depth());
        // SAFETY: As above.
        let plan = unsafe { Plan::of(head, depth, hasher) };
        let (all, ones) = (plan.all, plan.ones);
        if ones == 0 || ones == all {
            drop(plan);
            // SAFETY: As above.
            unsafe { self.go_to_one_side(head, ones > 0) };
            return Ok(());
        }
        // The allocator may panic: the plan is dropped then.
        let new = self.whole_block(of, source)?;
        // SAFETY: As above; all that follows is moves, and frees what nothing leads to. The new
        // block is the last of its class.
        unsafe {
            partition(head);
            drop(plan);
            let cut = cut(head, all - ones, new);
            self.place_chain(head, owner, depth + 1);
            self.place_chain(cut.high, owner | 1 << depth, depth + 1);
            if new.about().kind == Kind::Leaving {
                self.free_block(new);
            }
            if let Some(empty) = cut.empty {
                self.dispose(empty);
            }
        }
        if let Source::Heap(heap) = source {
            self.narrow(heap, owner, 1);
            self.narrow(heap, owner | 1 << depth, 1);
        }
        Ok(())
    }

    /// Gives a chain of one block a smaller one, if one that has room for so many entries more is
    /// to be had.
    pub(super) fn narrow<H: Heap>(&mut self, heap: H, index: usize, more: usize) {
        let head = self.entry(heap.of(), index);
        // SAFETY: D3: a chain of the map, or nothing.
        let (is_long, about) = unsafe { (head.next_block().is_some(), head.about()) };
        let class = Class::fit(heap.of(), about.len() + more);
        if is_long || class.slots() >= about.slots() {
            return;
        }
        if let Ok(new) = self.new_block(heap, class) {
            // SAFETY: A block of the map, and a new one with room for it.
            unsafe { self.move_block(head, new) };
        }
    }
}

/// Moves the entries of a block to two others, of which the first may be the same.
///
/// # Safety
/// Both have room for the entries of their side, and are empty but for the block itself.
unsafe fn divide<T: MapType>(block: BucketPtr<T>, to: [BucketPtr<T>; 2], ones: u32) {
    let [low, high] = to;
    // SAFETY: The caller's promise.
    unsafe {
        let len = block.about().len();
        let zeros = ((1_u32 << len) - 1) & !ones;
        block.copy_some(ones, high);
        block.copy_some(zeros, low);
        if low == block {
            for slot in low.about().len()..len {
                block.set_tag(slot, Tag::FREE);
            }
        }
    }
}

/// All slots of a chain that are live, in order, which are written meanwhile.
///
/// # Safety
/// It is a chain of the map.
unsafe fn slots_of<T: MapType>(head: BucketPtr<T>) -> impl Iterator<Item = Slot<T>> {
    // SAFETY: The caller's promise.
    let blocks = unsafe { head.blocks() };
    blocks.flat_map(|bucket| {
        // SAFETY: As above.
        let len = unsafe { bucket.about() }.len();
        (0..len).map(move |index| Slot { bucket, index })
    })
}

/// Moves the entries of the side of the zeros before the others, as the blocks have noted.
///
/// # Safety
/// It is a chain of the map with a [`Plan`].
unsafe fn partition<T: MapType>(head: BucketPtr<T>) {
    // SAFETY: The caller's promise. What is behind `low` up to `slot` is of the ones.
    unsafe {
        let mut lows = slots_of(head);
        for slot in slots_of(head) {
            let is_one = slot.bucket.about().owner >> slot.index & 1 != 0;
            if is_one {
                continue;
            }
            if let Some(low) = lows.next().filter(|low| *low != slot) {
                let tags = [low, slot].map(|slot| slot.bucket.tag(slot.index));
                low.swap_fields(slot);
                low.bucket.set_tag(low.index, tags[1]);
                slot.bucket.set_tag(slot.index, tags[0]);
            }
        }
    }
}

/// What is cut off a chain.
struct Cut<T: MapType> {
    /// The chain of the entries behind the cut.
    high: BucketPtr<T>,
    /// Blocks without entries that nothing leads to.
    empty: Option<BucketPtr<T>>,
}

/// Cuts a chain behind so many entries, one at least. Those that share a block with the last of
/// these go to others: a new block takes them if there is no room.
///
/// # Safety
/// It is a chain of the map with more entries than that, and the other one is whole, and new.
unsafe fn cut<T: MapType>(head: BucketPtr<T>, entries: usize, new: BucketPtr<T>) -> Cut<T> {
    let before = (entries - 1) / T::Policy::SLOTS;
    let stay = entries - before * T::Policy::SLOTS;
    // SAFETY: The caller's promise. A block with another one behind it is whole.
    unsafe {
        let last = head.blocks().nth(before).unwrap_or(head);
        let rest = last.next_block();
        let mut high = rest.unwrap_or(new);
        let mut empty = None;
        if let Some(rest) = rest {
            last.set_link(None);
            let goes = last.about().len() - stay;
            let room = rest.blocks().find(|block| block.about().free() > 0);
            if goes > 0 && room.is_none_or(|room| room.about().free() < goes) {
                high = new;
            } else if goes > 0 {
                last.move_end(stay, room.unwrap_or(rest));
            }
        }
        if high == new {
            last.move_end(stay, new);
            empty = rest.filter(|rest| !fill_from_end(new, *rest));
            new.set_link(rest.filter(|_| empty.is_none()));
        }
        Cut { high, empty }
    }
}

/// Fills a block up with the last entries of a chain that is to be behind it: false if none are
/// left there.
///
/// # Safety
/// They are a block and a chain of the map.
unsafe fn fill_from_end<T: MapType>(block: BucketPtr<T>, chain: BucketPtr<T>) -> bool {
    // SAFETY: The caller's promise.
    unsafe {
        loop {
            let with_entries = chain.blocks().filter(|block| block.about().len() > 0);
            let Some(last) = with_entries.last() else {
                return false;
            };
            let (len, free) = (last.about().len(), block.about().free());
            if free == 0 {
                return true;
            }
            last.move_end(len.saturating_sub(free), block);
        }
    }
}

impl Header {
    /// Hangs a new block behind the last one of a chain that is full.
    ///
    /// # Safety
    /// They are of the map, and that one is whole.
    pub(super) unsafe fn hang_behind<T: MapType>(&mut self, last: BucketPtr<T>, new: BucketPtr<T>) {
        // SAFETY: The caller's promise.
        unsafe {
            let about = last.about();
            new.set_place(about.owner, about.depth, Kind::Behind);
            last.set_link(Some(new));
        }
    }
}
