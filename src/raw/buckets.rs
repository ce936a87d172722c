//! Where buckets come from: arrays of 2^B with spare overflow buckets behind
//! them, chunks of further overflow buckets, and the list of those that are free.
//!
//! ```text
//! array   │ bucket 0 │ 1 │ … │ 2^B − 1 │ spare │ spare │ …   one allocation
//! chunk   │ next chunk, its length │ bucket │ bucket │ …     one allocation
//! free    first run ──► run ──► run      a run is n free buckets in a row
//! ```
//!
//! A chain may take its overflow buckets from both. Nothing says which bucket
//! came from where: the blocks of an array's generation are given back together,
//! when the next growth has moved every chain out of them, but for chunks whose buckets
//! that growth has used again. A single allocator
//! call for every overflow bucket, as in Go, is what this avoids; it costs an
//! insert a walk through the allocator's holes each time.
//!
//! An array whose growth is over is a block among the chunks of its generation: it is given
//! back with them, by a call that may call the allocator, which need not be the one that
//! moved the last chain.
//!
//! # Invariants of the memory
//!
//! * **A1** The array is one allocation of exactly `Shape::layout(0, 2^B + spares)`
//!   from the map's allocator, or one bucket (B = 0): with fewer slots, where the policy
//!   has such, or the caller's, which the map never frees.
//! * **A2** Each overflow bucket of the current generation hangs in exactly one chain, or is
//!   in the free list; chains end. Where some are in neither, `longest` is at least
//!   `NOT_KNOWN`, or `noverflow` and the free ones are 2^32 − 1 or more together.
//! * **A3** The free list and the chains of the current array lie in blocks of the
//!   current generation, or in chunks of the old one that are in use again; chains of the
//!   old array in blocks of the old one.

use super::bmap::{BucketPtr, Shape};
use crate::alloc::{Allocator, Layout, allocate};
use crate::error::TryReserveError;
use crate::policy::Policy;
use crate::sizing::{BucketBits, SLOTS, round_up};
use core::marker::PhantomData;
use core::mem::{self, ManuallyDrop};
use core::ptr::NonNull;

/// A fresh array and its spare overflow buckets.
struct BucketArray<K, V, P> {
    /// Bucket 0. None of the buckets is initialised.
    base: BucketPtr<K, V, P>,
    /// The spares, as a free list.
    spares: FreeList<K, V, P>,
}

/// Allocates an array of 2^B buckets with its spares. Nothing is initialised:
/// the work does not depend on B.
///
/// If the allocator hands out more than was asked for, what is left over becomes
/// further spares.
///
/// Go: `makeBucketArray`.
fn make_bucket_array<K, V, P: Policy, A: Allocator>(
    alloc: &A,
    bits: BucketBits,
) -> Result<BucketArray<K, V, P>, TryReserveError> {
    let layout = array_layout::<K, V, P>(bits).ok_or(TryReserveError::CapacityOverflow)?;
    let block = allocate(alloc, layout)?;
    // SAFETY: The block has the layout of so many buckets.
    let base = unsafe { BucketPtr::first_of(block.cast(), SLOTS) };
    let mut spares = FreeList::EMPTY;
    // Go looks for an excess from B = 4 on only, where it asks for spares at all.
    if bits.spares() > 0 {
        let buckets = block.len() / Shape::<K, V, P>::SIZE;
        let first = bits.count();
        let left = u32::try_from(buckets.saturating_sub(first)).unwrap_or(u32::MAX);
        // SAFETY: The block has `first + left` buckets; A3: it is the new
        // generation's. `left` is at least the number of spares asked for; the list is empty.
        unsafe { spares.push_run(base.nth(first), left) };
    }
    Ok(BucketArray { base, spares })
}

/// A new array and the free overflow buckets to go with it. Dropped before it is part
/// of a map, it gives its memory back; entries in it are not dropped.
pub(crate) struct Generation<'a, K, V, P: Policy, A: Allocator> {
    alloc: &'a A,
    pub(crate) bits: BucketBits,
    pub(crate) blocks: Blocks<K, V, P>,
}

/// What a generation consists of.
pub(crate) struct Blocks<K, V, P> {
    /// Bucket 0 of the array.
    pub(crate) base: BucketPtr<K, V, P>,
    pub(crate) overflow: ChunkList,
    pub(crate) free: FreeList<K, V, P>,
}

impl<'a, K, V, P: Policy, A: Allocator> Generation<'a, K, V, P, A> {
    /// Allocates an array of 2^B buckets with at least `overflow` free overflow
    /// buckets: its spares, and a chunk where they are too few. Nothing is initialised:
    /// the work does not depend on B.
    pub(crate) fn make(
        alloc: &'a A,
        bits: BucketBits,
        overflow: u32,
    ) -> Result<Self, TryReserveError> {
        let BucketArray { base, spares } = make_bucket_array(alloc, bits)?;
        let blocks = Blocks {
            base,
            overflow: ChunkList::EMPTY,
            free: spares,
        };
        let mut made = Self {
            alloc,
            bits,
            blocks,
        };
        let short = overflow.saturating_sub(made.blocks.free.len());
        if short > 0 {
            made.add_chunk(short)?;
        }
        Ok(made)
    }

    pub(crate) fn add_chunk(&mut self, buckets: u32) -> Result<(), TryReserveError> {
        let Blocks { overflow, free, .. } = &mut self.blocks;
        overflow.add(self.alloc, buckets, free)
    }

    /// Adds a chunk of so many buckets, if it is not none, whose buckets are in a list of
    /// their own.
    pub(crate) fn chunk_apart(
        &mut self,
        buckets: u32,
    ) -> Result<FreeList<K, V, P>, TryReserveError> {
        let mut apart = FreeList::EMPTY;
        if buckets > 0 {
            let overflow = &mut self.blocks.overflow;
            overflow.add(self.alloc, buckets, &mut apart)?;
        }
        Ok(apart)
    }

    /// Makes sure that so many overflow buckets are free.
    pub(crate) fn hold(&mut self, buckets: u32) -> Result<(), TryReserveError> {
        let Blocks { overflow, free, .. } = &mut self.blocks;
        overflow.hold(self.alloc, buckets, self.bits.chunk(), free)
    }

    /// Makes all buckets of the array empty: one store each.
    pub(crate) fn initialised(self) -> Self {
        for n in 0..self.bits.count() {
            // SAFETY: The array has 2^B buckets.
            let bucket = unsafe { self.blocks.base.nth(n) };
            // SAFETY: The bucket is in a new block.
            unsafe { bucket.init() };
        }
        self
    }

    /// Hands the memory over.
    pub(crate) fn into_blocks(self) -> Blocks<K, V, P> {
        let made = ManuallyDrop::new(self);
        // SAFETY: `made` is not used again, and not dropped.
        unsafe { core::ptr::read(&raw const made.blocks) }
    }
}

impl<K, V, P: Policy, A: Allocator> Drop for Generation<'_, K, V, P, A> {
    fn drop(&mut self) {
        /// The array, given back last: also if the allocator panics with a chunk.
        struct Array<'a, K, V, P: Policy, A: Allocator>(&'a A, BucketPtr<K, V, P>, BucketBits);

        impl<K, V, P: Policy, A: Allocator> Drop for Array<'_, K, V, P, A> {
            fn drop(&mut self) {
                // SAFETY: It was allocated with this B, and is handed over to nobody.
                unsafe { free_bucket_array(self.0, self.1, self.2) }
            }
        }

        let _array = Array(self.alloc, self.blocks.base, self.bits);
        // SAFETY: The chunks were allocated here, and are handed over to nobody.
        unsafe { self.blocks.overflow.free_all::<K, V, P, A>(self.alloc) };
    }
}

/// The layout of an array of 2^B buckets and its spares.
pub(crate) const fn array_layout<K, V, P: Policy>(bits: BucketBits) -> Option<Layout> {
    // B is at most 31 and the spares are a sixteenth: no overflow on 64 bits,
    // and on 32 bits 2^31 + 2^27 still fits.
    Shape::<K, V, P>::layout(0, bits.count() + bits.spares())
}

/// Gives an array back.
///
/// # Safety
/// The array was made by [`make_bucket_array`] with this allocator and this B,
/// and nothing in it is used again.
pub(crate) unsafe fn free_bucket_array<K, V, P: Policy, A: Allocator>(
    alloc: &A,
    base: BucketPtr<K, V, P>,
    bits: BucketBits,
) {
    if let Some(layout) = array_layout::<K, V, P>(bits) {
        // SAFETY: A1: it begins with bucket 0, and was allocated with this layout.
        unsafe { alloc.deallocate(base.block(SLOTS), layout) }
    }
}

/// A first bucket of so many slots, empty.
pub(crate) fn make_first_bucket<K, V, P: Policy, A: Allocator>(
    alloc: &A,
    slots: usize,
) -> Result<BucketPtr<K, V, P>, TryReserveError> {
    let layout = Shape::<K, V, P>::first_bucket_layout(slots);
    let block = allocate(alloc, layout.ok_or(TryReserveError::CapacityOverflow)?)?;
    // SAFETY: The block has the layout of such a bucket, and is new.
    unsafe {
        let bucket = BucketPtr::first_of(block.cast(), slots);
        bucket.init();
        Ok(bucket)
    }
}

/// Gives a first bucket back.
///
/// # Safety
/// It was made by [`make_first_bucket`] with this allocator and so many slots, and is not
/// used again.
pub(crate) unsafe fn free_first_bucket<K, V, P: Policy, A: Allocator>(
    alloc: &A,
    bucket: BucketPtr<K, V, P>,
    slots: usize,
) {
    if let Some(layout) = Shape::<K, V, P>::first_bucket_layout(slots) {
        // SAFETY: It is all of its block, which was allocated with this layout.
        unsafe { alloc.deallocate(bucket.block(slots), layout) }
    }
}

/// The free overflow buckets of the current generation: a list of runs, each of
/// which is described in its own first bucket. Taking and returning one is a
/// few instructions, whatever its origin.
///
/// Go: `nextOverflow`, which knows one run only.
pub(crate) struct FreeList<K, V, P> {
    first: Option<BucketPtr<K, V, P>>,
    buckets: u32,
    /// How many of them are for the moves of the growth that runs (H6).
    set_aside: u32,
}

impl<K, V, P: Policy> FreeList<K, V, P> {
    pub(crate) const EMPTY: Self = Self {
        first: None,
        buckets: 0,
        set_aside: 0,
    };

    /// How many buckets are free.
    #[inline]
    pub(crate) const fn len(&self) -> u32 {
        self.buckets
    }

    /// How many buckets are set aside for moves.
    #[inline]
    pub(crate) const fn set_aside(&self) -> u32 {
        self.set_aside
    }

    /// Sets so many buckets aside, instead of as many as were before.
    pub(crate) fn keep_aside(&mut self, buckets: u32) {
        self.set_aside = buckets;
    }

    /// Makes one that is set aside free for all if no other is.
    pub(crate) fn make_one_spare(&mut self) {
        if !self.has_spare() {
            self.set_aside = self.set_aside.saturating_sub(1);
        }
    }

    /// Whether a bucket is free that is not set aside.
    pub(crate) const fn has_spare(&self) -> bool {
        self.buckets > self.set_aside
    }

    /// Takes a bucket, whether it is set aside or not; it is not initialised.
    pub(crate) fn take(&mut self) -> Option<BucketPtr<K, V, P>> {
        let taken = self.first?;
        // SAFETY: The list's `first` always begins a run.
        let (in_run, next) = unsafe { taken.read_free_run() };
        self.first = if in_run > 1 {
            // SAFETY: The run has more than one bucket.
            let rest = unsafe { taken.nth(1) };
            // SAFETY: That bucket is free: it was in the run.
            unsafe { rest.write_free_run(in_run - 1, next) };
            Some(rest)
        } else {
            next
        };
        self.buckets -= 1;
        Some(taken)
    }

    /// Adds a run of free buckets.
    ///
    /// # Safety
    /// The `buckets` buckets from `first` on, one at least, lie in one block of the current
    /// generation (A3) and are in no use (A2). The count has room for them.
    pub(crate) unsafe fn push_run(&mut self, first: BucketPtr<K, V, P>, buckets: u32) {
        debug_assert!(buckets > 0);
        // SAFETY: The first bucket of the run is free.
        unsafe { first.write_free_run(u64::from(buckets), self.first) };
        self.first = Some(first);
        self.buckets += buckets;
    }

    /// The list as it is, to be [restored](Self::restore).
    pub(crate) const fn snapshot(&self) -> Self {
        Self { ..*self }
    }

    /// Forgets the runs that were pushed since a snapshot.
    ///
    /// # Safety
    /// No bucket was taken since.
    pub(crate) unsafe fn restore(&mut self, snapshot: Self) {
        *self = snapshot;
    }

    /// Adds single buckets, up to the first that the count has no room for.
    ///
    /// # Safety
    /// As [`push_run`](Self::push_run), of each when it is given.
    #[inline]
    pub(crate) unsafe fn push_each(&mut self, buckets: impl Iterator<Item = BucketPtr<K, V, P>>) {
        for bucket in buckets {
            let Some(sum) = self.buckets.checked_add(1) else {
                return;
            };
            // SAFETY: The bucket is free.
            unsafe { bucket.write_free_run(1, self.first) };
            self.first = Some(bucket);
            self.buckets = sum;
        }
    }

    /// The first bucket of each run, and how many there are in it.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (BucketPtr<K, V, P>, u64)> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let first = next?;
            // SAFETY: The list links the first buckets of its runs; it is borrowed.
            let (buckets, after) = unsafe { first.read_free_run() };
            next = after;
            Some((first, buckets))
        })
    }

    /// Whether the runs have as many buckets as the list counts.
    pub(crate) fn is_counted(&self) -> bool {
        let mut left = Some(u64::from(self.buckets));
        for (_, buckets) in self.runs() {
            left = left.and_then(|left| left.checked_sub(buckets));
            if left.is_none() {
                return false;
            }
        }
        left == Some(0)
    }
}

/// What a chunk begins with, and an array once nothing in it is used any more.
struct Chunk {
    next: Option<NonNull<Chunk>>,
    extent: Extent,
}

/// How much memory a block of a [`ChunkList`] is. In one word: on 32 bits a second would
/// make each chunk larger.
#[derive(Clone, Copy)]
struct Extent(u32);

impl Extent {
    /// What tells an array's extent from a chunk's.
    const OF_ARRAY: u32 = 1 << 31;

    /// A chunk of so many buckets behind its header; `None` if a block cannot have so many.
    const fn chunk(buckets: u32) -> Option<Self> {
        if buckets < Self::OF_ARRAY {
            Some(Self(buckets))
        } else {
            None
        }
    }

    /// An array of 2^`bits` buckets and its spares.
    const fn array(bits: BucketBits) -> Self {
        // The mask has 31 bits at most.
        Self(Self::OF_ARRAY | bits.mask() as u32)
    }

    const fn is_array(self) -> bool {
        self.0 & Self::OF_ARRAY != 0
    }

    /// Overflow buckets in a chunk, which this is.
    const fn buckets(self) -> u32 {
        debug_assert!(!self.is_array());
        self.0
    }

    /// The layout of the block.
    #[inline]
    fn layout<K, V, P: Policy>(self) -> Option<Layout> {
        if self.is_array() {
            return array_layout::<K, V, P>(BucketBits::of_mask(self.0 & !Self::OF_ARRAY));
        }
        chunk_layout::<K, V, P>(self.0)
    }
}

/// Bytes before the first bucket of a chunk.
const fn chunk_header<K, V, P: Policy>() -> usize {
    round_up(size_of::<Chunk>(), Shape::<K, V, P>::ALIGN)
}

/// The layout of a chunk of so many buckets.
pub(crate) const fn chunk_layout<K, V, P: Policy>(buckets: u32) -> Option<Layout> {
    const { assert!(Shape::<K, V, P>::ALIGN >= align_of::<Chunk>()) };
    Shape::<K, V, P>::layout(chunk_header::<K, V, P>(), buckets as usize)
}

/// The chunks of one generation, and its array once that is to be given back.
///
/// Go: `overflow` and `oldoverflow` in its `mapextra`, which keep overflow
/// buckets alive for the garbage collector; here they keep them for the allocator.
pub(crate) struct ChunkList {
    first: Option<NonNull<Chunk>>,
}

/// What the blocks of a list are, in sum.
#[derive(Default)]
pub(crate) struct Totals {
    /// Bytes of the array that is to be given back.
    pub(crate) array: usize,
    /// Bytes of the chunks, their headers included.
    pub(crate) chunks: usize,
    /// Buckets in the chunks.
    pub(crate) buckets: usize,
}

/// Which chunk was the newest.
#[derive(Clone, Copy)]
pub(crate) struct ChunkMark(Option<NonNull<Chunk>>);

impl ChunkList {
    pub(crate) const EMPTY: Self = Self { first: None };

    pub(crate) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Whether the newest block is an array that is to be given back.
    #[inline]
    pub(crate) fn begins_with_array(&self) -> bool {
        let newest = self.blocks().next();
        newest.is_some_and(|(_, extent)| extent.is_array())
    }

    /// Allocates a chunk and adds its buckets to `free`.
    pub(crate) fn add<K, V, P: Policy, A: Allocator>(
        &mut self,
        alloc: &A,
        buckets: u32,
        free: &mut FreeList<K, V, P>,
    ) -> Result<(), TryReserveError> {
        let overflow = TryReserveError::CapacityOverflow;
        let extent = Extent::chunk(buckets).ok_or(overflow)?;
        let layout = chunk_layout::<K, V, P>(buckets).ok_or(overflow)?;
        if free.len().checked_add(buckets).is_none() {
            return Err(overflow);
        }
        let chunk = allocate(alloc, layout)?.cast();
        // SAFETY: The block begins with room for the header, aligned for it.
        unsafe { self.link(chunk, extent) };
        // SAFETY: The chunk has `buckets` buckets, which are new; the sum fits.
        unsafe { free.push_run(first_in::<K, V, P>(chunk), buckets) };
        Ok(())
    }

    /// Makes a block the newest of the list.
    ///
    /// # Safety
    /// It begins with room for the header, aligned for it and in no use.
    unsafe fn link(&mut self, chunk: NonNull<Chunk>, extent: Extent) {
        let next = self.first.replace(chunk);
        // SAFETY: The caller's promise.
        unsafe { chunk.write(Chunk { next, extent }) };
    }

    /// Adds an array of 2^`bits` buckets, to be given back with the chunks.
    ///
    /// # Safety
    /// The array was made by [`make_bucket_array`] with this B, or is a first bucket of
    /// eight slots (A1), and nothing in it is used again.
    #[inline]
    pub(crate) unsafe fn add_array<K, V, P: Policy>(
        &mut self,
        base: BucketPtr<K, V, P>,
        bits: BucketBits,
    ) {
        const { assert!(Shape::<K, V, P>::SIZE >= size_of::<Chunk>()) };
        // SAFETY: The array begins with bucket 0, which is no smaller than a header and no
        // less aligned (`chunk_layout`).
        unsafe { self.link(base.block(SLOTS).cast(), Extent::array(bits)) };
    }

    /// Takes the newest chunk of another list over; its buckets stay what they are.
    pub(crate) fn take_first(&mut self, other: &mut Self) {
        let Some(mut chunk) = other.first else { return };
        // SAFETY: The list links initialised headers, each in one list.
        let header = unsafe { chunk.as_mut() };
        other.first = mem::replace(&mut header.next, self.first);
        self.first = Some(chunk);
    }

    /// Makes sure that so many buckets are free, in as few chunks as the allocator allows and
    /// no smaller ones than usual, if it has them. After an error more may be free than before.
    pub(crate) fn hold<K, V, P: Policy, A: Allocator>(
        &mut self,
        alloc: &A,
        buckets: u32,
        usual: u32,
        free: &mut FreeList<K, V, P>,
    ) -> Result<(), TryReserveError> {
        let mut largest = u32::MAX;
        while free.len() < buckets {
            let short = buckets - free.len();
            let chunk = u32::min(largest, u32::max(short, usual));
            match self.add(alloc, chunk, free) {
                Ok(()) => {}
                Err(_) if chunk > short => largest = short,
                Err(_) if chunk > 1 => largest = chunk / 2,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Takes all chunks of another list over, and adds their buckets to `free`, as far as
    /// it can count: one step a chunk.
    ///
    /// # Safety
    /// No bucket of those chunks is in use, and no array is among them; `free` is the list
    /// of the generation that this one is of.
    pub(crate) unsafe fn absorb<K, V, P: Policy>(
        &mut self,
        mut other: Self,
        free: &mut FreeList<K, V, P>,
    ) {
        while let Some(mut chunk) = other.first {
            // SAFETY: The list links initialised headers.
            let header = unsafe { chunk.as_mut() };
            other.first = mem::replace(&mut header.next, self.first);
            self.first = Some(chunk);
            let buckets = u32::min(header.extent.buckets(), u32::MAX - free.len());
            if buckets > 0 {
                // SAFETY: The caller's promise; they fit.
                unsafe { free.push_run(first_in::<K, V, P>(chunk), buckets) };
            }
        }
    }

    /// Whether a bucket is in one of the chunks.
    pub(crate) fn contains<K, V, P: Policy>(&self, bucket: BucketPtr<K, V, P>) -> bool {
        let mut chunks = self.blocks().filter(|(_, extent)| !extent.is_array());
        chunks.any(|(chunk, extent)| {
            // SAFETY: It is a chunk.
            let first = unsafe { first_in::<K, V, P>(chunk) };
            bucket.is_within(first, extent.buckets() as usize)
        })
    }

    /// The newest chunk, to go back to.
    pub(crate) const fn mark(&self) -> ChunkMark {
        ChunkMark(self.first)
    }

    /// Gives the chunks back that were added since a mark.
    ///
    /// # Safety
    /// As [`free`](Self::free), of those chunks; the mark is of this list.
    pub(crate) unsafe fn free_to<K, V, P: Policy, A: Allocator>(
        &mut self,
        alloc: &A,
        mark: ChunkMark,
    ) {
        while self.first.is_some() && self.first != mark.0 {
            // SAFETY: The caller's promise.
            unsafe { self.free::<K, V, P, A>(alloc, 1) };
        }
    }

    /// Gives up to `blocks` of them back.
    ///
    /// # Safety
    /// The chunks came from [`add`](Self::add) with this allocator and these
    /// types, and no bucket in them is used again.
    pub(crate) unsafe fn free<K, V, P: Policy, A: Allocator>(&mut self, alloc: &A, blocks: usize) {
        for _ in 0..blocks {
            let Some(chunk) = self.first else { return };
            // SAFETY: The list links initialised headers.
            let Chunk { next, extent } = unsafe { chunk.read() };
            self.first = next;
            if let Some(layout) = extent.layout::<K, V, P>() {
                // SAFETY: It was allocated with this layout.
                unsafe { alloc.deallocate(chunk.cast(), layout) }
            }
        }
    }

    /// Gives all of them back: also if the allocator panics with some.
    ///
    /// # Safety
    /// As [`free`](Self::free).
    pub(crate) unsafe fn free_all<K, V, P: Policy, A: Allocator>(&mut self, alloc: &A) {
        /// What is left to be given back, also after the allocator has panicked.
        struct Rest<'a, K, V, P: Policy, A: Allocator>(
            &'a mut ChunkList,
            &'a A,
            PhantomData<(K, V, P)>,
        );

        impl<K, V, P: Policy, A: Allocator> Drop for Rest<'_, K, V, P, A> {
            fn drop(&mut self) {
                // SAFETY: The caller's promise.
                unsafe { self.0.free::<K, V, P, A>(self.1, usize::MAX) };
            }
        }

        let rest = Rest::<K, V, P, A>(self, alloc, PhantomData);
        // SAFETY: The caller's promise.
        unsafe { rest.0.free::<K, V, P, A>(alloc, usize::MAX) };
        mem::forget(rest);
    }

    /// Buckets in all chunks, as far as a `u32` can count, if there are no more chunks than
    /// that; looks at no more.
    #[inline(never)]
    pub(crate) fn buckets_of(&self, chunks: usize) -> Option<u32> {
        let (mut buckets, mut left) = (0_u32, chunks);
        for (_, extent) in self.blocks().filter(|(_, extent)| !extent.is_array()) {
            left = left.checked_sub(1)?;
            buckets = buckets.saturating_add(extent.buckets());
        }
        Some(buckets)
    }

    /// Bytes asked for in all chunks, and buckets in them; and bytes of the array that is to be
    /// given back, if there is one.
    pub(crate) fn totals<K, V, P: Policy>(&self) -> Totals {
        let mut totals = Totals::default();
        for (_, extent) in self.blocks() {
            let layout = extent.layout::<K, V, P>();
            let bytes = layout.map_or(0, |layout| layout.size());
            if extent.is_array() {
                totals.array += bytes;
            } else {
                totals.chunks += bytes;
                totals.buckets += extent.buckets() as usize;
            }
        }
        totals
    }

    /// All blocks, the newest first.
    fn blocks(&self) -> impl Iterator<Item = (NonNull<Chunk>, Extent)> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let chunk = next?;
            // SAFETY: The list links initialised headers; it is borrowed.
            let header = unsafe { chunk.read() };
            next = header.next;
            Some((chunk, header.extent))
        })
    }
}

/// The first bucket of a chunk.
///
/// # Safety
/// It is a chunk, and no array.
unsafe fn first_in<K, V, P: Policy>(chunk: NonNull<Chunk>) -> BucketPtr<K, V, P> {
    // SAFETY: The buckets begin behind the header, within the block.
    unsafe {
        let behind = chunk.cast::<u8>().add(chunk_header::<K, V, P>());
        BucketPtr::first_of(behind, SLOTS)
    }
}
