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
        // SAFETY: The blocks were allocated here, and are handed over to nobody.
        unsafe {
            self.blocks
                .overflow
                .free::<K, V, P, A>(self.alloc, usize::MAX);
            free_bucket_array(self.alloc, self.blocks.base, self.bits);
        }
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
    /// The `buckets` buckets from `first` on lie in one block of the current
    /// generation (A3) and are in no use (A2). The count has room for them.
    pub(crate) unsafe fn push_run(&mut self, first: BucketPtr<K, V, P>, buckets: u32) {
        if buckets == 0 {
            return;
        }
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

/// What a chunk begins with.
struct Chunk {
    next: Option<NonNull<Chunk>>,
    buckets: u32,
}

/// The chunks of one generation.
///
/// Go: `overflow` and `oldoverflow` in its `mapextra`, which keep overflow
/// buckets alive for the garbage collector; here they keep them for the allocator.
pub(crate) struct ChunkList {
    first: Option<NonNull<Chunk>>,
}

/// Which chunk was the newest.
#[derive(Clone, Copy)]
pub(crate) struct ChunkMark(Option<NonNull<Chunk>>);

impl ChunkList {
    pub(crate) const EMPTY: Self = Self { first: None };

    pub(crate) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Bytes before the first bucket of a chunk.
    const fn header<K, V, P: Policy>() -> usize {
        round_up(size_of::<Chunk>(), Shape::<K, V, P>::ALIGN)
    }

    fn layout<K, V, P: Policy>(buckets: u32) -> Option<Layout> {
        const { assert!(Shape::<K, V, P>::ALIGN >= align_of::<Chunk>()) };
        Shape::<K, V, P>::layout(Self::header::<K, V, P>(), buckets as usize)
    }

    /// Allocates a chunk and adds its buckets to `free`.
    pub(crate) fn add<K, V, P: Policy, A: Allocator>(
        &mut self,
        alloc: &A,
        buckets: u32,
        free: &mut FreeList<K, V, P>,
    ) -> Result<(), TryReserveError> {
        let layout = Self::layout::<K, V, P>(buckets).ok_or(TryReserveError::CapacityOverflow)?;
        if free.len().checked_add(buckets).is_none() {
            return Err(TryReserveError::CapacityOverflow);
        }
        let block: NonNull<u8> = allocate(alloc, layout)?.cast();
        let chunk = block.cast::<Chunk>();
        // SAFETY: The block begins with room for the header, aligned for it.
        unsafe {
            chunk.write(Chunk {
                next: self.first,
                buckets,
            })
        };
        self.first = Some(chunk);
        // SAFETY: The buckets begin behind the header, within the block.
        let first = unsafe { BucketPtr::first_of(block.add(Self::header::<K, V, P>()), SLOTS) };
        // SAFETY: `buckets` buckets of a new block; they fit.
        unsafe { free.push_run(first, buckets) };
        Ok(())
    }

    /// Takes the first chunk of another list over; its buckets stay what they are.
    pub(crate) fn take_first(&mut self, other: &mut Self) {
        let Some(mut chunk) = other.first else { return };
        // SAFETY: The list links initialised headers, each in one list.
        let header = unsafe { chunk.as_mut() };
        other.first = mem::replace(&mut header.next, self.first);
        self.first = Some(chunk);
    }

    /// Takes all chunks of another list over, and adds their buckets to `free`, as far as
    /// it can count: one step a chunk.
    ///
    /// # Safety
    /// No bucket of those chunks is in use; `free` is the list of the generation that
    /// this one is of.
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
            let buckets = u32::min(header.buckets, u32::MAX - free.len());
            // SAFETY: The buckets begin behind the header, within the block.
            let first = unsafe {
                let behind = chunk.cast::<u8>().add(Self::header::<K, V, P>());
                BucketPtr::first_of(behind, SLOTS)
            };
            // SAFETY: The caller's promise; they fit.
            unsafe { free.push_run(first, buckets) };
        }
    }

    /// Whether a bucket is in one of the chunks.
    pub(crate) fn contains<K, V, P: Policy>(&self, bucket: BucketPtr<K, V, P>) -> bool {
        let mut rest = self.first;
        while let Some(chunk) = rest {
            // SAFETY: The list links initialised headers.
            let Chunk { next, buckets } = unsafe { chunk.read() };
            // SAFETY: The buckets begin behind the header, within the block.
            let first = unsafe {
                let behind = chunk.cast::<u8>().add(Self::header::<K, V, P>());
                BucketPtr::first_of(behind, SLOTS)
            };
            if bucket.is_within(first, buckets as usize) {
                return true;
            }
            rest = next;
        }
        false
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

    /// Gives up to `blocks` chunks back.
    ///
    /// # Safety
    /// The chunks came from [`add`](Self::add) with this allocator and these
    /// types, and no bucket in them is used again.
    pub(crate) unsafe fn free<K, V, P: Policy, A: Allocator>(&mut self, alloc: &A, blocks: usize) {
        for _ in 0..blocks {
            let Some(chunk) = self.first else { return };
            // SAFETY: The list links initialised headers.
            let Chunk { next, buckets } = unsafe { chunk.read() };
            self.first = next;
            if let Some(layout) = Self::layout::<K, V, P>(buckets) {
                // SAFETY: It was allocated with this layout.
                unsafe { alloc.deallocate(chunk.cast(), layout) }
            }
        }
    }

    /// Buckets in all chunks, as far as a `u32` can count, if there are no more chunks than
    /// that; looks at no more.
    #[inline(never)]
    pub(crate) fn buckets_of(&self, chunks: usize) -> Option<u32> {
        let (mut rest, mut buckets) = (self.first, 0_u32);
        for _ in 0..chunks {
            let Some(chunk) = rest else { break };
            // SAFETY: The list links initialised headers.
            let header = unsafe { chunk.read() };
            buckets = buckets.saturating_add(header.buckets);
            rest = header.next;
        }
        rest.is_none().then_some(buckets)
    }

    /// Bytes asked for and buckets in all chunks.
    pub(crate) fn totals<K, V, P: Policy>(&self) -> (usize, usize) {
        let (mut bytes, mut total) = (0, 0);
        let mut rest = self.first;
        while let Some(chunk) = rest {
            // SAFETY: The list links initialised headers.
            let Chunk { next, buckets } = unsafe { chunk.read() };
            bytes += Self::layout::<K, V, P>(buckets).map_or(0, |layout| layout.size());
            total += buckets as usize;
            rest = next;
        }
        (bytes, total)
    }
}
