//! Contraction: memory follows the entries down. Nothing is ever allocated for it: blocks get
//! smaller where slabs at hand have room for that, two join where one of them has room for both,
//! or there is one at hand, and the directory loses an entry where the chains that it parts can
//! join.

use super::blocks::FEW;
use super::header::{Header, LAG};
use crate::memory::block::{About, Class, Kind};
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::policy::{Density, Tradeoffs};
use core::iter;

/// Entries that the directory of a map without entries loses at a time.
const FADING: u32 = 16;

/// When blocks of a map get smaller.
const fn density<T: MapType>(_: T) -> Density {
    T::Policy::DENSITY
}

/// The blocks of a chain that matter where it joins another one.
#[derive(Clone, Copy)]
struct Ends<T: MapType> {
    head: BucketPtr<T>,
    /// The one before the last.
    before: Option<BucketPtr<T>>,
    last: BucketPtr<T>,
}

/// Two blocks, each all of its chain, that can be one, and the entries of the directory that lead
/// there: the lower one first.
pub(super) struct Pair<T: MapType> {
    pub(super) at: [usize; 2],
    pub(super) blocks: [BucketPtr<T>; 2],
}

impl<T: MapType> Pair<T> {
    /// Whether one of them has room for the entries of both.
    pub(super) fn has_room(&self) -> bool {
        // SAFETY: Blocks of the map.
        let [one, other] = self.blocks.map(|block| unsafe { block.about() });
        usize::max(one.slots(), other.slots()) >= one.len() + other.len()
    }
}

/// Whether one of the last blocks of two chains has room for what is in both.
enum RoomToJoin {
    There,
    /// It has, now that one of them is larger. Blocks have moved.
    Made,
    None,
}

impl<T: MapType> Ends<T> {
    /// # Safety
    /// It is a chain of the map.
    unsafe fn of(head: BucketPtr<T>) -> Self {
        let (mut before, mut last) = (None, head);
        // SAFETY: The caller's promise.
        for block in unsafe { head.blocks() }.skip(1) {
            before = Some(last);
            last = block;
        }
        Self { head, before, last }
    }
}

impl Header {
    /// Sets free what a chain does not need. Blocks may move.
    pub(super) fn tighten<T: MapType>(&mut self, head: BucketPtr<T>) {
        if self.is_alone() || head.is_nothing() {
            return;
        }
        // SAFETY: A chain of the map, as what is asked of it.
        unsafe {
            let Some(last) = self.cut(head) else {
                return;
            };
            let about = last.about();
            let density = density(last.of());
            if about.free() < density.shrink {
                return;
            }
            let may_join = about.kind == Kind::First;
            if !(may_join && self.join_buddy(last, density.join)) {
                self.shrink(last);
            }
        }
    }

    /// Gives the blocks of a chain back that have no entry. The last one that is left has no other
    /// behind it: it is given, where it is now.
    ///
    /// # Safety
    /// It is a chain of the map.
    unsafe fn cut<T: MapType>(&mut self, head: BucketPtr<T>) -> Option<BucketPtr<T>> {
        // SAFETY: The caller's promise.
        unsafe {
            let about = head.about();
            let last = head.blocks().filter(|block| block.about().len() > 0).last();
            let Some(last) = last else {
                self.point(about.owner(), about.depth(), BucketPtr::nothing(head.of()));
                self.dispose(head);
                return None;
            };
            let Some(empty) = last.next_block() else {
                return Some(last);
            };
            last.set_link(None);
            self.dispose(empty);
            self.entry(head.of(), about.owner()).blocks().last()
        }
    }

    /// Moves the last block of a chain to the smallest at hand, if it is smaller.
    ///
    /// # Safety
    /// It is a block of the map, and no other is behind it.
    unsafe fn shrink<T: MapType>(&mut self, block: BucketPtr<T>) {
        let of = block.of();
        // SAFETY: The caller's promise.
        unsafe {
            let own = block.class();
            let class = Class::fit(of, block.about().len() + density(of).keep);
            let mut classes = iter::once(class).chain(class.wider(of));
            let smaller = classes
                .by_ref()
                .take_while(|class| *class < own)
                .find_map(|class| self.block_at_hand(of, class));
            if let Some(smaller) = smaller {
                self.move_block(block, smaller);
            }
        }
    }

    /// Makes one of a block and the one that it was split from, or would be split into, if both
    /// have no more than so many entries.
    ///
    /// # Safety
    /// It is all of a chain of the map, and has entries.
    pub(super) unsafe fn join_buddy<T: MapType>(
        &mut self,
        block: BucketPtr<T>,
        most: usize,
    ) -> bool {
        let of = block.of();
        // SAFETY: The caller's promise.
        let about = unsafe { block.about() };
        let Some((at, depth)) = self.buddy_of(about) else {
            return false;
        };
        let [owner, _] = at;
        let buddy = about.owner() ^ 1 << depth;
        let mut all = (buddy..self.filled()).step_by(2 << depth);
        if all.all(|at| self.entry(of, at).is_nothing()) {
            // SAFETY: As above; it is all that is there of these hashes.
            unsafe { self.place_chain(block, owner, depth) };
            return true;
        }
        // SAFETY: As above.
        unsafe { self.pair_of(block, most) }.is_some() && self.join(of, at, depth)
    }

    /// The entries of the directory that lead to a block and to its buddy, the lower one first, and
    /// how many bits the hashes of both agree in. None if the block may not lag behind by one more.
    fn buddy_of(&self, about: About) -> Option<([usize; 2], u32)> {
        let depth = about.depth().checked_sub(1)?;
        let low = about.owner() & !(1 << depth);
        (depth + LAG > self.level()).then_some(([low, low | 1 << depth], depth))
    }

    /// A block and its buddy, if they can be one block of so many entries at most.
    ///
    /// # Safety
    /// It is the first block of a chain of the map.
    pub(super) unsafe fn pair_of<T: MapType>(
        &self,
        block: BucketPtr<T>,
        most: usize,
    ) -> Option<Pair<T>> {
        // SAFETY: The caller's promise.
        let about = unsafe { block.about() };
        let (at, _) = self.buddy_of(about)?;
        let blocks = at.map(|at| self.entry(block.of(), at));
        // SAFETY: D3: chains, or nothing.
        let can_be_one = unsafe {
            let abouts = blocks.map(|block| block.about());
            let entries: usize = abouts.iter().map(|about| about.len()).sum();
            blocks
                .iter()
                .all(|block| !block.is_nothing() && block.next_block().is_none())
                && abouts.iter().all(|other| other.depth() == about.depth())
                && entries <= most
        };
        can_be_one.then_some(Pair { at, blocks })
    }

    /// Makes one chain of two that differ in bit `depth` only, if there is room for that at hand.
    fn join<T: MapType>(&mut self, of: T, at: [usize; 2], depth: u32) -> bool {
        // SAFETY: D3: chains of the map.
        let ends_of = |header: &Self| at.map(|at| unsafe { Ends::of(header.entry(of, at)) });
        let mut chains = ends_of(self);
        match self.room_to_join(chains) {
            RoomToJoin::There => {}
            RoomToJoin::Made => chains = ends_of(self),
            RoomToJoin::None => return false,
        }
        let [first, second] = chains;
        // SAFETY: As above; all blocks of both are full but the last ones (D6). Of these the
        // larger one has room for the entries of both, or is whole.
        unsafe {
            let [one, other] = chains.map(|chain| chain.last.about().slots());
            let (large, small) = match one < other {
                true => (second, first),
                false => (first, second),
            };
            pour(small.last, large.last);
            let is_emptied = small.last.about().len() == 0;
            let head = match small.before.filter(|_| is_emptied) {
                Some(before) => {
                    before.set_link(Some(large.head));
                    small.head
                }
                None if is_emptied => large.head,
                None => {
                    large.last.set_link(Some(small.head));
                    large.head
                }
            };
            let [first, second] = at;
            self.place_chain(head, usize::min(first, second), depth);
            if is_emptied {
                self.free_block(small.last);
            }
        }
        true
    }

    /// Sees to it that the last block of one of two chains has room for what is in those of both,
    /// or if that is too much for any is whole.
    fn room_to_join<T: MapType>(&mut self, ends: [Ends<T>; 2]) -> RoomToJoin {
        let [first, second] = ends.map(|chain| chain.last);
        let of = first.of();
        // SAFETY: D3: blocks of the map.
        unsafe {
            let (one, other) = (first.about(), second.about());
            let entries = one.len() + other.len();
            if usize::max(one.slots(), other.slots()) >= entries {
                return RoomToJoin::There;
            }
            let room = if entries <= T::Policy::SLOTS {
                self.room_at_hand(of, entries)
            } else {
                // Soon an entry of theirs may go: a chain is made no earlier than it has to be.
                let is_long = ends.iter().any(|chain| chain.before.is_some());
                if !is_long && self.count >= 2 * self.buckets as usize {
                    return RoomToJoin::None;
                }
                if first.is_whole() || second.is_whole() {
                    return RoomToJoin::There;
                }
                self.whole_at_hand(of)
            };
            let Some(room) = room else {
                return RoomToJoin::None;
            };
            self.move_block(first, room);
        }
        RoomToJoin::Made
    }

    /// Gives memory back of a map without entries. So few are left in the directory then that it is
    /// all; more are there only if a walk that has taken out most of the entries was forgotten. Of
    /// them a few go, and the others when the map is empty the next time.
    #[cold]
    #[inline(never)]
    pub(super) fn fade<H: Heap>(&mut self, heap: H) {
        let slabs = self.extra().map_or(0, |extra| extra.slabs.count());
        if self.buckets <= FADING && slabs <= FADING {
            // SAFETY: There is no entry.
            return unsafe { self.give_all_back(heap) };
        }
        for _ in 0..FADING {
            self.contract(heap);
        }
        self.give_back(heap, 0, FEW);
    }

    /// Makes the directory one smaller: false if it is to stay as it is.
    pub(super) fn contract<H: Heap>(&mut self, heap: H) -> bool {
        let of = heap.of();
        let Some(last) = (self.buckets as usize)
            .checked_sub(1)
            .filter(|last| *last > 0)
        else {
            return false;
        };
        let depth = last.ilog2();
        let index = last - (1 << depth);
        if self.entry(of, index) != self.entry(of, last) {
            for at in [index, last] {
                let head = self.entry(of, at);
                // SAFETY: D3: a chain of the map, or nothing.
                unsafe {
                    let is_single = head.about().len() > 0 && head.next_block().is_none();
                    if !is_single && !head.is_nothing() {
                        self.cut(head);
                    }
                }
            }
            let (low, high) = (self.entry(of, index), self.entry(of, last));
            if low.is_nothing() || high.is_nothing() {
                let head = if low.is_nothing() { high } else { low };
                // SAFETY: D3: it is all that is there of these hashes, or nothing is.
                unsafe { self.place_chain(head, index, depth) };
            } else if !self.join(of, [index, last], depth) {
                return false;
            }
        }
        self.pop(heap);
        true
    }
}

/// Moves entries from the end of a block to the end of another one, until that one is full or
/// this one empty.
///
/// # Safety
/// They are two blocks of the map.
unsafe fn pour<T: MapType>(from: BucketPtr<T>, to: BucketPtr<T>) {
    // SAFETY: The caller's promise.
    unsafe {
        let (len, free) = (from.about().len(), to.about().free());
        from.move_end(len.saturating_sub(free), to);
    }
}
