//! What a map looks like inside: its memory by purpose, its chains, and, for
//! tests, each slot of each bucket.

use super::bmap::{BucketPtr, Shape};
use super::buckets::array_layout;
use super::cells::Cells;
use super::grow::{CHUNKS_REUSED, NOT_KNOWN};
use super::{Flags, RawHmap};
use crate::alloc::Allocator;
use crate::policy::Policy;
use crate::sizing::{BucketBits, SLOTS};
use crate::tophash::TopHash;
use core::iter;

/// What a map's memory is used for, in bytes; see
/// [`Hmap::footprint`](crate::Hmap::footprint).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Footprint {
    /// The map's own value, with its hash builder and allocator.
    pub header: usize,
    /// The caller's first bucket, as long as the map uses it.
    pub first_bucket: usize,
    /// The 2^B buckets of the current array.
    pub buckets: usize,
    /// Overflow buckets in chains of the current array.
    pub overflow: usize,
    /// Overflow buckets that are free, and the headers of their chunks.
    pub spare: usize,
    /// The array that entries are moved out of, or were and that is still to be given back,
    /// and the chunks of its overflow buckets.
    pub old: usize,
    /// Keys and values that are stored in an allocation of their own, and cells
    /// reserved for more.
    pub cells: usize,
}

impl Footprint {
    /// Bytes from the allocator: all but the header and the caller's bucket.
    pub const fn heap(&self) -> usize {
        self.buckets + self.overflow + self.spare + self.old + self.cells
    }
}

/// How long the chains are; see [`Hmap::chain_stats`](crate::Hmap::chain_stats).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct ChainStats {
    /// Chains that hold the entries: 2^B, or in the middle of a growth the old
    /// ones that are not moved and the new ones of those that are.
    pub chains: usize,
    /// Chains without an entry.
    pub empty: usize,
    /// Buckets of the longest chain. With a good hash 1 to 3.
    pub longest: usize,
    /// Overflow buckets in all chains. With a good hash a fifth of the chains
    /// has one when the map is about to grow.
    pub overflow_buckets: usize,
    /// Entries in all chains; eight slots a bucket are room for more.
    pub entries: usize,
}

/// The numbers of the header; for tests.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    pub count: usize,
    /// Go's B.
    pub bits: u8,
    pub growing: bool,
    pub same_size: bool,
    pub noverflow: u32,
    pub nevacuate: u32,
    /// Spare overflow buckets that the current array was made with.
    pub array_spares: usize,
    /// Whether there is a current array.
    pub has_buckets: bool,
}

/// One slot; for tests.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotView<'a, K, V> {
    EmptyRest,
    EmptyOne,
    Live(&'a K, &'a V),
}

/// A chain of the old array; for tests.
#[doc(hidden)]
pub enum OldChain<B> {
    /// It was moved. For each slot of its head: whether an entry was there, and
    /// whether it went to Y.
    Moved([Option<bool>; SLOTS]),
    /// It was not. Its buckets.
    Here(B),
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// What the memory is used for; the header is the face's to fill in.
    pub(crate) fn footprint(&self) -> Footprint {
        let size = Shape::<K, V, P>::SIZE;
        let array = |bits| array_layout::<K, V, P>(bits).map_or(0, |layout| layout.size());
        let old_blocks = self.oldoverflow.totals::<K, V, P>();
        let mut current = self.overflow.totals::<K, V, P>().chunks;
        let mut old = old_blocks.array;
        if self.longest == CHUNKS_REUSED && !self.is_growing() {
            // These chunks are as good as this generation's, to which they pass by and by.
            current += old_blocks.chunks;
        } else {
            old += old_blocks.chunks;
        }
        let mut footprint = Footprint {
            old,
            // H8: there are cells for all that is reserved, and no more.
            cells: (self.count + self.reserved as usize) * Cells::<K, V>::bytes::<P>(),
            ..Footprint::default()
        };
        if self.oldbuckets.is_some() && !self.flags.has(Flags::OLD_CALLERS_BUCKET) {
            footprint.old += array(self.old_bits());
        }
        if self.oldbuckets.is_some() && self.flags.has(Flags::OLD_CALLERS_BUCKET) {
            footprint.first_bucket = size;
        }
        if self.buckets.is_some() && self.flags.has(Flags::CALLERS_BUCKET) {
            footprint.first_bucket = size;
        } else if self.buckets.is_some() {
            footprint.buckets = self.bits.count() * size;
            current += array(self.bits) - footprint.buckets;
            if self.is_small() {
                let layout = Shape::<K, V, P>::first_bucket_layout(self.slots.into());
                footprint.buckets = layout.map_or(0, |layout| layout.size());
            }
        }
        // What the allocator handed out beyond what it was asked for may be in use as well,
        // and is not counted; buckets of old chunks are counted with those.
        footprint.overflow = usize::min(self.noverflow as usize * size, current);
        footprint.spare = current - footprint.overflow;
        footprint
    }

    /// Walks all chains.
    pub(crate) fn chain_stats(&self) -> ChainStats {
        let mut stats = ChainStats {
            entries: self.count,
            ..ChainStats::default()
        };
        for head in self.chains() {
            let (mut length, mut live) = (0, 0);
            for bucket in buckets(head) {
                length += 1;
                // SAFETY: A chain that owns entries is initialised (M5).
                live += unsafe { bucket.tops() }.live().len();
            }
            stats.chains += 1;
            stats.empty += usize::from(live == 0);
            stats.longest = stats.longest.max(length);
            stats.overflow_buckets += length - 1;
        }
        stats
    }

    pub(crate) fn state(&self) -> State {
        State {
            count: self.count,
            bits: self.bits.get(),
            growing: self.is_growing(),
            same_size: self.is_same_size_growth(),
            noverflow: self.noverflow,
            nevacuate: self.nevacuate,
            array_spares: self.array_spares(),
            has_buckets: self.buckets.is_some(),
        }
    }

    /// Spare overflow buckets of the current array: each is in a chain or free (A2).
    fn array_spares(&self) -> usize {
        if self.longest < NOT_KNOWN {
            // No bucket of a chunk is lost, so those in none are the rest.
            let used = self.noverflow as usize + self.free.len() as usize;
            return used.saturating_sub(self.overflow.totals::<K, V, P>().buckets);
        }
        self.outside_of_chunks().map(|(_, buckets)| buckets).sum()
    }

    /// The overflow buckets in chains of the current array or free that are in no chunk, as
    /// runs of so many: a walk through all.
    pub(super) fn outside_of_chunks(&self) -> impl Iterator<Item = (BucketPtr<K, V, P>, usize)> {
        let count = self.buckets.map_or(0, |_| self.bits.count());
        let in_chains = (0..count)
            .filter(|number| self.is_initialised(*number))
            // SAFETY: The number is below 2^B.
            .filter_map(|number| self.buckets.map(|base| unsafe { base.nth(number) }))
            // SAFETY: The chain is initialised (M5).
            .flat_map(|head| unsafe { head.behind() })
            .map(|bucket| (bucket, 1));
        let free = self.free.runs();
        free.map(|(first, buckets)| (first, buckets as usize))
            .chain(in_chains)
            .filter(|(first, _)| {
                !self.overflow.contains(*first) && !self.oldoverflow.contains(*first)
            })
    }

    /// The buckets of a chain of the current array, if there is such a chain and
    /// it is initialised.
    pub(crate) fn chain_view(
        &self,
        number: usize,
    ) -> Option<impl Iterator<Item = [SlotView<'_, K, V>; SLOTS]>> {
        let base = self.buckets?;
        if number >= self.bits.count() || !self.is_initialised(number) {
            return None;
        }
        // SAFETY: The number is below 2^B.
        let head = unsafe { base.nth(number) };
        Some(buckets(head).map(|bucket| self.bucket_view(bucket)))
    }

    /// A chain of the old array, if there is one.
    pub(crate) fn old_chain_view(
        &self,
        number: usize,
    ) -> Option<OldChain<impl Iterator<Item = [SlotView<'_, K, V>; SLOTS]>>> {
        let base = self.oldbuckets?;
        if number >= self.old_bits().count() {
            return None;
        }
        // SAFETY: The number is below the old array's count.
        let head = unsafe { base.nth(number) };
        // SAFETY: Heads of the old array are initialised.
        let tops = unsafe { head.tops() };
        if !tops.get(0).is_evacuated() {
            return Some(OldChain::Here(
                buckets(head).map(|bucket| self.bucket_view(bucket)),
            ));
        }
        Some(OldChain::Moved(core::array::from_fn(|slot| {
            match tops.get(slot) {
                TopHash::EVACUATED_X => Some(false),
                TopHash::EVACUATED_Y => Some(true),
                _ => None,
            }
        })))
    }

    fn bucket_view(&self, bucket: BucketPtr<K, V, P>) -> [SlotView<'_, K, V>; SLOTS] {
        // SAFETY: The callers give buckets of initialised chains (M5).
        let tops = unsafe { bucket.tops() };
        core::array::from_fn(|slot| match tops.get(slot) {
            TopHash::EMPTY_REST => SlotView::EmptyRest,
            top if !top.is_live() => SlotView::EmptyOne,
            // SAFETY: The slot is live (M1), borrowed as the map is.
            _ => unsafe { SlotView::Live(bucket.key(slot).as_ref(), bucket.elem(slot).as_ref()) },
        })
    }
}

/// The bytes of an array of 2^`bits` buckets as the map asks for them, and of one
/// bucket; for tests.
pub(crate) fn array_bytes<K, V, P: Policy>(bits: u8) -> Option<(usize, usize)> {
    let bits = BucketBits::new(bits)?;
    Some((
        array_layout::<K, V, P>(bits)?.size(),
        Shape::<K, V, P>::SIZE,
    ))
}

/// The buckets of an initialised chain, from `head` on.
fn buckets<K, V, P: Policy>(head: BucketPtr<K, V, P>) -> impl Iterator<Item = BucketPtr<K, V, P>> {
    // SAFETY: The chain is initialised; the callers hold the map while they walk it.
    iter::once(head).chain(unsafe { head.behind() })
}
