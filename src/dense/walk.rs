//! Going over all entries, down the directory, without ever hashing a key.
//!
//! A walk begins with any entry of the directory, and goes from the first on to the last. Where
//! removals have emptied what walks would begin with they begin behind it. So a loop that takes out
//! whatever a walk finds first goes down the directory once, and as chains that join do so at the
//! lower one of their entries, it still has before it what contraction moves.

use super::header::Header;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::page::{Target, entry_of};
use crate::memory::shape::MapType;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::position::Position;
use crate::numbers::sizing::BucketBits;
use core::ops::Range;

/// How many entries of the directory ahead a block is fetched.
const AHEAD: usize = 4;

/// Entries of the directory that lead to no entry of the map, and that one removal passes.
const PASSED: usize = 64;

/// All live slots of a map, or of a chain. It does not know of which types.
#[derive(Clone)]
pub struct Walk {
    root: Option<Target>,
    height: u8,
    /// The entry of the directory that is looked at next, how many are still to be looked at, and
    /// how many there are.
    next: u32,
    unseen: u32,
    buckets: u32,
    /// The chain and the block that the last slot given is in.
    head: Option<BucketPtr<()>>,
    block: Option<BucketPtr<()>>,
    /// The slot there that is given next.
    index: u8,
    /// What is still to be given of the map.
    left: usize,
}

/// Without slots.
impl Default for Walk {
    fn default() -> Self {
        Self {
            root: None,
            height: 0,
            next: 0,
            unseen: 0,
            buckets: 0,
            head: None,
            block: None,
            index: 0,
            left: 0,
        }
    }
}

impl Walk {
    /// More slots than there can be, by far: a walk of one chain ends before it has gone that far
    /// down.
    const NOT_KNOWN: usize = usize::MAX;

    /// The slots of one chain.
    fn of_chain<T: MapType>(head: BucketPtr<T>) -> Self {
        let head = Some(head.of_types(()));
        Self {
            head,
            block: head,
            left: Self::NOT_KNOWN,
            ..Self::default()
        }
    }

    /// The head of the chain that the last slot given is in.
    pub(super) fn head<T: MapType>(&self, of: T) -> Option<BucketPtr<T>> {
        self.head.map(|head| head.of_types(of))
    }

    /// Whether it has looked at all entries of the directory.
    pub(super) const fn has_seen_all(&self) -> bool {
        self.unseen == 0
    }

    /// The entries of the directory that it has looked at, the last one first.
    pub(super) fn seen(&self) -> impl Iterator<Item = usize> + use<> {
        let buckets = self.buckets as usize;
        let from = self.next as usize + 1;
        let seen = buckets.saturating_sub(self.unseen as usize);
        (from..from + seen).map(move |index| match index.checked_sub(buckets) {
            Some(index) => index,
            None => index,
        })
    }

    /// Gives the slot that was given last again, whose entry is another one now.
    pub(super) const fn look_again(&mut self) {
        self.index = self.index.saturating_sub(1);
    }

    /// Goes on to the next block, of this chain or of the next.
    fn next_block<T: MapType>(&mut self, of: T) -> Option<()> {
        self.index = 0;
        let behind = self.block.and_then(|block| {
            // SAFETY: D3: a block of the map.
            unsafe { block.of_types(of).next_block() }
        });
        if let Some(next) = behind {
            self.block = Some(next.of_types(()));
            return Some(());
        }
        let root = self.root?;
        while self.unseen > 0 {
            let index = self.next as usize;
            self.next = following(self.next, self.buckets);
            self.unseen -= 1;
            // SAFETY: D1: an entry below N; a block, or nothing.
            let leads_to = |index| unsafe { entry_of(root, self.height, index) };
            let head = BucketPtr::at(of, leads_to(index));
            // One that leads to the block of a lower entry does as it does without its top bit (D2).
            let is_own = index == 0 || leads_to(index ^ 1 << index.ilog2()) != head.address();
            if is_own && !head.is_nothing() {
                self.head = Some(head.of_types(()));
                self.block = self.head;
                let ahead = index.saturating_sub(AHEAD);
                BucketPtr::at(of, leads_to(ahead)).prefetch_block();
                return Some(());
            }
        }
        (self.head, self.block) = (None, None);
        None
    }
}

impl Walk {
    /// The next slot.
    #[inline]
    pub(super) fn next<T: MapType>(&mut self, of: T) -> Option<Slot<T>> {
        if self.left == 0 {
            return None;
        }
        loop {
            if let Some(bucket) = self.block.map(|block| block.of_types(of)) {
                let index = self.index.into();
                // SAFETY: D3: a block of the map.
                if index < unsafe { bucket.about() }.len() {
                    self.index += 1;
                    self.left -= 1;
                    return Some(Slot { bucket, index });
                }
            }
            self.next_block(of)?;
        }
    }

    /// The next slot alone.
    pub(super) const fn alone(mut self) -> Self {
        self.left = 1;
        self
    }

    /// How many there still are, where that is known.
    pub(super) const fn left(&self) -> Option<usize> {
        match self.left {
            left if left > Self::NOT_KNOWN / 2 => None,
            left => Some(left),
        }
    }

    /// The number of a slot in its chain, which is the one that this is in.
    pub(super) fn number<T: MapType>(&self, slot: Slot<T>) -> usize {
        let Some(head) = self.head(slot.bucket.of()) else {
            return slot.index;
        };
        // SAFETY: D3: a chain of the map.
        let before = unsafe { head.blocks() }.take_while(|block| *block != slot.bucket);
        before.count() * T::Policy::SLOTS + slot.index
    }
}

/// The entry of the directory that comes after this one in a walk.
#[inline]
const fn following(index: u32, buckets: u32) -> u32 {
    match index.checked_sub(1) {
        Some(next) => next,
        None => buckets.saturating_sub(1),
    }
}

impl Header {
    /// The entry of the directory that a walk begins with.
    #[inline]
    pub(super) fn begin_of_walk(&self) -> u32 {
        let last = self.buckets.saturating_sub(1);
        match self.extra() {
            // It may be of a larger directory.
            Some(extra) if self.has_first => extra.first.min(last),
            _ => last,
        }
    }

    /// Has walks begin with this entry of the directory.
    pub(super) const fn begin_walks_at(&mut self, index: usize) {
        if let Some(extra) = self.extra_mut() {
            extra.first = index as u32;
            self.has_first = true;
        }
    }

    /// Has walks begin behind entries of the directory that they would pass, a few at most.
    pub(super) fn pass_empty<T: MapType>(&mut self, of: T) {
        let begin = self.begin_of_walk();
        let mut first = begin;
        for _ in 0..PASSED {
            let index = first as usize;
            let head = self.entry(of, index);
            // SAFETY: D3: a chain of the map, or nothing.
            let about = unsafe { head.about() };
            if about.len() > 0 && about.owner() == index {
                break;
            }
            first = following(first, self.buckets);
        }
        if first != begin {
            self.begin_walks_at(first as usize);
        }
    }

    /// All live slots.
    #[inline]
    pub(super) fn walk(&self) -> Walk {
        Walk {
            root: self.root,
            height: self.height,
            next: self.begin_of_walk(),
            unseen: self.buckets,
            buckets: self.buckets,
            left: self.count,
            ..Walk::default()
        }
    }

    /// The slots of the chain at a position, and its interval: that of as many bits as its hashes
    /// agree in.
    pub(super) fn walk_at<T: MapType>(
        &self,
        of: T,
        position: Position,
    ) -> Option<(Walk, Range<Position>)> {
        if !self.has_memory() {
            return None;
        }
        let index = self.below(position.bucket(BucketBits::MAX) & self.mask as usize);
        let head = self.entry(of, index);
        let (walk, depth) = if head.is_nothing() {
            (Walk::default(), self.entry_depth(index))
        } else {
            // SAFETY: D3: a chain of the map.
            (Walk::of_chain(head), unsafe { head.about() }.depth())
        };
        let bits = BucketBits::new(depth as u8).unwrap_or(BucketBits::MAX);
        Some((walk, position.of_bucket(bits)))
    }
}
