//! What a map looks like inside: its memory by purpose, its chains, and, for
//! tests, each slot of each bucket.

use crate::go::arrays::Arrays;
use crate::go::header::Home;
use crate::memory::array::{Array, array_layout};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::shape::{MapType, Types};
use crate::numbers::alloc::{Allocator, Layout};
use crate::numbers::sizing::{BucketBits, SLOTS};
use crate::numbers::tophash::TopHash;
use crate::table::map::RawHmap;
use crate::table::policy::OfArrays;

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
    /// Overflow buckets that are free or in chains that wait to be moved, the headers of their
    /// chunks, and what the map keeps in front of its array.
    pub spare: usize,
    /// The array that entries are moved out of, or were and that is still to be given back,
    /// and chunks of overflow buckets that are.
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

impl<K, V, A: Allocator, P: OfArrays> RawHmap<K, V, A, P> {
    /// What the memory is used for; the header is the face's to fill in.
    pub(crate) fn footprint(&self) -> Footprint {
        let shape = Types::<K, V, P>::SHAPE;
        let bytes = |layout: Option<Layout>| layout.map_or(0, |layout| layout.size());
        let header = self.header();
        let mut footprint = Footprint {
            // H8: there are cells for all that is reserved, and no more.
            cells: (self.len() + self.reserved()) * Types::<K, V, P>::HERE.cells().bytes(),
            ..Footprint::default()
        };
        let mut others = 0;
        if let Some(Array { bits, .. }) = header.array() {
            match header.home() {
                Home::Lent => footprint.first_bucket = shape.size().get(),
                Home::Two | Home::Four => {
                    let layout = shape.first_bucket_layout(header.home().slots());
                    footprint.buckets = bytes(layout);
                }
                Home::Owned => {
                    footprint.buckets = bits.count() * shape.size().get();
                    others += bytes(array_layout(shape, bits)) - footprint.buckets;
                }
            }
        }
        let extra = header.extra();
        match extra.growth {
            Some(_) if header.is_old_lent() => footprint.first_bucket = shape.size().get(),
            Some(growth) => footprint.old = bytes(array_layout(shape, growth.old.bits)),
            None => {}
        }
        let chunks = extra.pool.totals(shape);
        footprint.old += chunks.leaving;
        others += chunks.bytes;
        // What the allocator handed out beyond what it was asked for may be in use as well,
        // and is not counted.
        footprint.overflow = usize::min(header.noverflow() as usize * shape.size().get(), others);
        footprint.spare = others - footprint.overflow;
        footprint
    }

    /// Walks all chains.
    pub(crate) fn chain_stats(&self) -> ChainStats {
        let mut stats = ChainStats {
            entries: self.len(),
            ..ChainStats::default()
        };
        let arrays = self.header().arrays(Types::<K, V, P>::HERE);
        for (_, head) in arrays.into_iter().flat_map(Arrays::all) {
            let (mut length, mut live) = (0, 0);
            // SAFETY: A chain that owns entries is initialised (M5).
            for bucket in unsafe { head.chain() } {
                length += 1;
                // SAFETY: As above.
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
        let header = self.header();
        State {
            count: header.count(),
            bits: header.bits().get(),
            growing: header.is_growing(),
            same_size: header.is_same_size_growth(),
            noverflow: header.noverflow(),
            nevacuate: header.growth().map_or(0, |growth| growth.nevacuate),
            array_spares: header.array().map_or(0, |array| array.spares as usize),
            has_buckets: header.has_buckets(),
        }
    }

    /// The buckets of a chain of the current array, if there is such a chain and
    /// it is initialised.
    pub(crate) fn chain_view(
        &self,
        number: usize,
    ) -> Option<impl Iterator<Item = [SlotView<'_, K, V>; SLOTS]>> {
        let head = self.header().arrays(Types::HERE)?.initialised(number)?;
        // SAFETY: The chain is initialised; the map is borrowed for as long as it is viewed.
        Some(unsafe { head.chain() }.map(|bucket| self.bucket_view(bucket)))
    }

    /// A chain of the old array, if there is one.
    pub(crate) fn old_chain_view(
        &self,
        number: usize,
    ) -> Option<OldChain<impl Iterator<Item = [SlotView<'_, K, V>; SLOTS]>>> {
        let head = self.header().arrays(Types::HERE)?.old(number)?;
        // SAFETY: Heads of the old array are initialised.
        let tops = unsafe { head.tops() };
        if !tops.get(0).is_evacuated() {
            // SAFETY: It waits to be moved, so all of it is initialised.
            let chain = unsafe { head.chain() };
            return Some(OldChain::Here(chain.map(|bucket| self.bucket_view(bucket))));
        }
        Some(OldChain::Moved(core::array::from_fn(|slot| {
            match tops.get(slot) {
                TopHash::EVACUATED_X => Some(false),
                TopHash::EVACUATED_Y => Some(true),
                _ => None,
            }
        })))
    }

    fn bucket_view(&self, bucket: BucketPtr<Types<K, V, P>>) -> [SlotView<'_, K, V>; SLOTS] {
        // SAFETY: The callers give buckets of initialised chains (M5).
        let tops = unsafe { bucket.tops() };
        core::array::from_fn(|index| match tops.get(index) {
            TopHash::EMPTY_REST => SlotView::EmptyRest,
            top if !top.is_live() => SlotView::EmptyOne,
            _ => {
                // SAFETY: The slot is live, borrowed as the map is.
                let (key, elem) = unsafe { Slot { bucket, index }.entry() };
                SlotView::Live(key, elem)
            }
        })
    }
}

/// The bytes of an array of 2^`bits` buckets as the map asks for them, of what is before its
/// first bucket, and of one bucket; for tests.
pub(crate) fn array_bytes<K, V, P: OfArrays>(bits: u8) -> Option<(usize, usize, usize)> {
    let (bits, shape) = (BucketBits::new(bits)?, Types::<K, V, P>::SHAPE);
    let asked = array_layout(shape, bits)?.size();
    let front = asked - (bits.count() + bits.spares()) * shape.size().get();
    Some((asked, front, shape.size().get()))
}
