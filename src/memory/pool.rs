//! Where overflow buckets come from: the spares of the current array, and chunks, which stay
//! the map's when it changes its array.
//!
//! ```text
//! chunk   │ (front) │ next chunk, its length │ bucket │ bucket │ …   one allocation
//! free    first run ──► run ──► run    a run is n free buckets in a row
//! ```
//!
//! A chain may take its overflow buckets from both. A chain that is moved gives those of
//! chunks back to the pool at once; those that are spares of the old array go with it. Chunks
//! go back to the allocator with the map, when it is moved at once, and where a growth has
//! emptied them all. They are a sixteenth of the array each: a call of the allocator for each
//! bucket, as in Go, would cost an insert a walk through the allocator's holes every time.
//!
//! * **A2** Every overflow bucket, a spare of the current array, one of a chunk, or one of
//!   the old array in a chain that is not moved, is in exactly one chain or free; chains end.
//!   (Of more than 2^32 − 1 free ones some are not counted.)
//! * **A3** A spare belongs to its array's allocation: those of the current array are in its
//!   chains or among the free spares, those of the old one in chains that are not moved.

use super::array::Array;
use super::blocks::{Blocks, allocate_buckets, free_buckets};
use super::bucket::BucketPtr;

use super::shape::{MapType, Shape};
use crate::numbers::alloc::Layout;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::sizing::{SLOTS, round_up};
use core::mem::{self, ManuallyDrop};
use core::ptr::NonNull;

/// Free overflow buckets: a list of runs, each of which is described in its own first
/// bucket. Taking and returning one is a few instructions, whatever its origin.
///
/// Go: `nextOverflow`, which knows one run only.
struct FreeList {
    first: Option<NonNull<u8>>,
    buckets: u32,
}

impl FreeList {
    const EMPTY: Self = Self {
        first: None,
        buckets: 0,
    };

    /// Takes a bucket; it is not initialised.
    #[inline]
    fn take<T: MapType>(&mut self, of: T) -> Option<BucketPtr<T>> {
        let taken = BucketPtr::at(of, self.first?);
        // SAFETY: The list's `first` always begins a run.
        let (in_run, next) = unsafe { taken.read_free_run() };
        self.first = if in_run > 1 {
            // SAFETY: The run has more than one bucket.
            let rest = unsafe { taken.nth(1) };
            // SAFETY: That bucket is free: it was in the run.
            unsafe { rest.write_free_run(in_run - 1, next) };
            Some(rest.address())
        } else {
            next
        };
        self.buckets = self.buckets.saturating_sub(1);
        Some(taken)
    }

    /// Adds a run of free buckets, as far as they can be counted.
    ///
    /// # Safety
    /// The `buckets` buckets from `first` on, one at least, lie in one block, are the map's
    /// and in no use (A2).
    unsafe fn push_run<T: MapType>(&mut self, first: BucketPtr<T>, buckets: u32) {
        // SAFETY: The caller's promise.
        unsafe { self.link_run(first, buckets) };
        self.buckets = self.buckets.saturating_add(buckets);
    }

    /// The same; they are still to be counted.
    ///
    /// # Safety
    /// As [`push_run`](Self::push_run).
    #[inline]
    unsafe fn link_run<T: MapType>(&mut self, first: BucketPtr<T>, buckets: u32) {
        debug_assert!(buckets > 0);
        // SAFETY: The first bucket of the run is free.
        unsafe { first.write_free_run(buckets, self.first) };
        self.first = Some(first.address());
    }

    /// The first bucket of each run, and how many there are in it.
    fn runs<T: MapType>(&self, of: T) -> impl Iterator<Item = (BucketPtr<T>, u32)> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let first = BucketPtr::at(of, next?);
            // SAFETY: The list links the first buckets of its runs; it is borrowed.
            let (buckets, after) = unsafe { first.read_free_run() };
            next = after;
            Some((first, buckets))
        })
    }

    /// Whether the runs have as many buckets as the list counts.
    fn is_counted<T: MapType>(&self, of: T) -> bool {
        let mut left = Some(self.buckets);
        for (_, buckets) in self.runs(of) {
            left = left.and_then(|left| left.checked_sub(buckets));
        }
        left == Some(0)
    }
}

/// What a chunk's buckets come behind.
struct Chunk {
    next: Option<NonNull<Chunk>>,
    extent: Extent,
}

/// How long a chunk is, and whether it has a front, as arrays have. In one word: on 32 bits a
/// second would make each chunk larger.
#[derive(Clone, Copy)]
struct Extent(u32);

impl Extent {
    const HAS_FRONT: u32 = 1 << 31;

    /// `None` if a chunk cannot have so many buckets.
    const fn new(buckets: u32, has_front: bool) -> Option<Self> {
        if buckets >= Self::HAS_FRONT {
            return None;
        }
        Some(Self(buckets | if has_front { Self::HAS_FRONT } else { 0 }))
    }

    const fn buckets(self) -> u32 {
        self.0 & !Self::HAS_FRONT
    }

    /// Bytes before the chunk's header.
    #[inline(always)]
    const fn front(self, shape: Shape) -> usize {
        if self.0 & Self::HAS_FRONT != 0 {
            shape.front()
        } else {
            0
        }
    }

    /// Bytes before the first bucket.
    #[inline(always)]
    const fn before(self, shape: Shape) -> usize {
        self.front(shape) + header_size(shape)
    }

    /// The layout of the block.
    #[inline(always)]
    const fn layout(self, shape: Shape) -> Option<Layout> {
        shape.layout(self.before(shape), self.buckets() as usize)
    }
}

/// Bytes from the header of a chunk to its first bucket.
#[inline(always)]
const fn header_size(shape: Shape) -> usize {
    round_up(size_of::<Chunk>(), shape.align())
}

/// The layout of a chunk of so many buckets.
#[inline(always)]
pub(crate) const fn chunk_layout(shape: Shape, buckets: u32, has_front: bool) -> Option<Layout> {
    match Extent::new(buckets, has_front) {
        Some(extent) => extent.layout(shape),
        None => None,
    }
}

/// A chunk: where its header is, and how long it is.
#[derive(Clone, Copy)]
pub(crate) struct ChunkPtr {
    at: NonNull<Chunk>,
    extent: Extent,
}

impl ChunkPtr {
    /// Its first bucket.
    ///
    /// # Safety
    /// It is a chunk of such buckets.
    unsafe fn first_bucket<T: MapType>(self, of: T) -> BucketPtr<T> {
        // SAFETY: The buckets begin behind the header, within the block.
        unsafe { BucketPtr::first_of(of, self.at.cast(), header_size(of.shape()), SLOTS) }
    }
}

/// Allocates a chunk, and says where its front is.
pub(crate) fn make_chunk<H: Blocks>(
    heap: H,
    buckets: u32,
    has_front: bool,
) -> Had<(ChunkPtr, Option<NonNull<u8>>)> {
    let extent = Extent::new(buckets, has_front).ok_or(TryReserveError::CapacityOverflow)?;
    let shape = heap.of().shape();
    let block = allocate_buckets(heap, extent.before(shape), buckets as usize)?.cast::<u8>();
    // SAFETY: The header lies behind the front, aligned as a bucket is.
    let at = unsafe { block.add(extent.front(shape)) }.cast();
    Ok((ChunkPtr { at, extent }, has_front.then_some(block)))
}

/// Gives a chunk back.
///
/// # Safety
/// It came from this heap, and nothing in it is used again.
unsafe fn free_chunk<H: Blocks>(heap: H, ChunkPtr { at, extent }: ChunkPtr) {
    let shape = heap.of().shape();
    // SAFETY: The block begins with the front, and was allocated with this layout.
    unsafe {
        let block = at.cast::<u8>().sub(extent.front(shape));
        free_buckets(heap, block, extent.before(shape), extent.buckets() as usize);
    }
}

/// Chunks, the newest first.
///
/// Go: `overflow` in its `mapextra`, which keeps overflow buckets alive for the garbage
/// collector; here it keeps them for the allocator.
struct ChunkList {
    first: Option<NonNull<Chunk>>,
}

impl ChunkList {
    const EMPTY: Self = Self { first: None };

    /// Adds a chunk.
    ///
    /// # Safety
    /// It is in no list, and its header may be written.
    unsafe fn push(&mut self, ChunkPtr { at, extent }: ChunkPtr) {
        let next = self.first.replace(at);
        // SAFETY: The caller's promise.
        unsafe { at.write(Chunk { next, extent }) };
    }

    fn pop(&mut self) -> Option<ChunkPtr> {
        let at = self.first?;
        // SAFETY: The list links initialised headers.
        let Chunk { next, extent } = unsafe { at.read() };
        self.first = next;
        Some(ChunkPtr { at, extent })
    }

    /// All of them.
    fn iter(&self) -> impl Iterator<Item = ChunkPtr> {
        let mut rest = Self { first: self.first };
        core::iter::from_fn(move || rest.pop())
    }
}

/// Chunks that are not yet a map's. Dropped before they are, they are given back, also if the
/// allocator panics with some.
pub(crate) struct NewChunks<H: Blocks> {
    heap: H,
    chunks: ChunkList,
    buckets: u32,
    /// That of the first chunk, if it has one.
    front: Option<NonNull<u8>>,
}

impl<H: Blocks> NewChunks<H> {
    pub(crate) const fn none(heap: H) -> Self {
        Self::of(heap, ChunkList::EMPTY)
    }

    /// Chunks whose buckets are not counted.
    const fn of(heap: H, chunks: ChunkList) -> Self {
        Self {
            heap,
            chunks,
            buckets: 0,
            front: None,
        }
    }

    /// Allocates a chunk.
    pub(crate) fn add(&mut self, buckets: u32, has_front: bool) -> Had<()> {
        let (chunk, front) = make_chunk(self.heap, buckets, has_front)?;
        // SAFETY: The chunk is new.
        unsafe { self.chunks.push(chunk) };
        self.front = self.front.or(front);
        self.buckets = self.buckets.saturating_add(buckets);
        Ok(())
    }

    /// Makes sure that there are so many buckets, in as few chunks as the allocator allows, but
    /// no more than `most` if that is said, and no smaller ones than usual, if it has them. The
    /// first chunk may need a front.
    #[inline]
    pub(crate) fn hold(
        &mut self,
        buckets: u32,
        usual: u32,
        with_front: bool,
        mut most: Option<u32>,
    ) -> Had<()> {
        let mut largest = u32::MAX;
        while self.buckets < buckets {
            let short = buckets - self.buckets;
            let chunk = u32::min(largest, u32::max(short, usual));
            let may_be = |chunk: u32| most.is_none_or(|most| short.div_ceil(chunk) <= most);
            match self.add(chunk, with_front && self.chunks.first.is_none()) {
                Ok(()) => most = most.map(|most| most.saturating_sub(1)),
                Err(_) if chunk > short => largest = short,
                Err(_) if chunk > 1 && may_be(chunk / 2) => largest = chunk / 2,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The front of the first chunk, if it has one.
    pub(crate) const fn front(&self) -> Option<NonNull<u8>> {
        self.front
    }

    /// Makes them the map's, and their buckets free.
    pub(crate) fn join(self, pool: &mut Pool) {
        let mut made = ManuallyDrop::new(self);
        while let Some(chunk) = made.chunks.pop() {
            // SAFETY: The chunk is in no list now, and its buckets are new.
            unsafe { pool.adopt(made.heap.of(), chunk) };
        }
    }
}

impl<H: Blocks> Drop for NewChunks<H> {
    fn drop(&mut self) {
        /// What is left to be given back, also after the allocator has panicked.
        struct Rest<'a, H: Blocks>(&'a mut NewChunks<H>);

        impl<H: Blocks> Rest<'_, H> {
            fn free(&mut self) {
                let heap = self.0.heap;
                while let Some(chunk) = self.0.chunks.pop() {
                    // SAFETY: It came from this heap, and nothing in it is used again.
                    unsafe { free_chunk(heap, chunk) };
                }
            }
        }

        impl<H: Blocks> Drop for Rest<'_, H> {
            fn drop(&mut self) {
                self.free();
            }
        }

        if self.chunks.first.is_some() {
            Rest(self).free();
        }
    }
}

/// What the chunks are, in sum.
#[derive(Default)]
pub(crate) struct Totals {
    /// Bytes, their headers included.
    pub(crate) bytes: usize,
    pub(crate) buckets: usize,
    pub(crate) chunks: u32,
    /// Bytes of those that are to be given back.
    pub(crate) leaving: usize,
}

/// All overflow buckets of a map that are in no chain, and the chunks.
pub(crate) struct Pool {
    chunks: ChunkList,
    /// Chunks that are to be given back: their buckets are in no use, and not free.
    leaving: ChunkList,
    /// Free ones of chunks.
    free: FreeList,
    /// Free ones behind the current array.
    spares: FreeList,
}

impl Pool {
    pub(crate) const EMPTY: Self = Self {
        chunks: ChunkList::EMPTY,
        leaving: ChunkList::EMPTY,
        free: FreeList::EMPTY,
        spares: FreeList::EMPTY,
    };

    /// Adds a chunk, and makes its buckets free.
    ///
    /// # Safety
    /// It is of the map's heap, in no list, and its buckets are in no use.
    #[cfg_attr(feature = "small-code", inline(never))]
    pub(crate) unsafe fn adopt<T: MapType>(&mut self, of: T, chunk: ChunkPtr) {
        // SAFETY: The caller's promise.
        unsafe {
            self.chunks.push(chunk);
            let first = chunk.first_bucket(of);
            self.free.push_run(first, chunk.extent.buckets());
        }
    }

    /// How many buckets are free.
    pub(crate) const fn len(&self) -> u32 {
        self.free.buckets.saturating_add(self.spares.buckets)
    }

    /// Whether more than so many are.
    #[inline]
    pub(crate) const fn has_more_than(&self, buckets: u32) -> bool {
        self.len() > buckets
    }

    /// How many free buckets are in chunks.
    pub(crate) const fn in_chunks(&self) -> u32 {
        self.free.buckets
    }

    /// How many spares of the current array are free.
    pub(crate) const fn free_spares(&self) -> u32 {
        self.spares.buckets
    }

    /// Takes a bucket; it is not initialised.
    pub(crate) fn take<T: MapType>(&mut self, of: T) -> Option<BucketPtr<T>> {
        let list = if self.spares.first.is_some() {
            &mut self.spares
        } else {
            &mut self.free
        };
        list.take(of)
    }

    /// The same, of a chunk: for a chain of an array that is not the current one.
    pub(crate) fn take_of_chunks<T: MapType>(&mut self, of: T) -> Option<BucketPtr<T>> {
        self.free.take(of)
    }

    /// Adds buckets of chains that end here: spares of this array to those, and the others to
    /// those of chunks.
    ///
    /// # Safety
    /// Each is, when it is given, an overflow bucket of this map and in no use (A2), a spare of
    /// this array if it is in its block, which is the current one.
    pub(crate) unsafe fn put_back<T: MapType>(
        &mut self,
        of: T,
        array: Array,
        buckets: impl Iterator<Item = BucketPtr<T>>,
    ) {
        for bucket in buckets {
            let list = if array.contains(bucket, of) {
                &mut self.spares
            } else {
                &mut self.free
            };
            // SAFETY: The caller's promise.
            unsafe { list.push_run(bucket, 1) };
        }
    }

    /// Adds the buckets of chains of an array that is left, but for its own spares; how many.
    ///
    /// # Safety
    /// Each is, when it is given, an overflow bucket of this map and in no use (A2), and lies
    /// in a chunk if it is not in the block of that array.
    #[inline]
    pub(crate) unsafe fn put_back_of_left<T: MapType>(
        &mut self,
        of: T,
        left: Array,
        buckets: impl Iterator<Item = BucketPtr<T>>,
    ) -> u32 {
        let mut put_back = 0_u32;
        for bucket in buckets.filter(|bucket| !left.contains(*bucket, of)) {
            // SAFETY: The bucket is free from here on.
            unsafe { self.free.link_run(bucket, 1) };
            put_back += 1;
        }
        self.free.buckets = self.free.buckets.saturating_add(put_back);
        put_back
    }

    /// Goes on with the spares of another array; those of the one before are left to it.
    ///
    /// # Safety
    /// None of its spares is in use.
    pub(crate) unsafe fn change_array<T: MapType>(&mut self, of: T, array: Array) {
        self.spares = FreeList::EMPTY;
        if array.spares > 0 {
            // SAFETY: The caller's promise; the list is empty.
            unsafe { self.spares.push_run(array.first_spare(of), array.spares) };
        }
    }

    /// Makes all buckets free, in runs as they came, but for chunks that are to be given back.
    ///
    /// # Safety
    /// The array is the current one, and none of the buckets is used again where it is.
    pub(crate) unsafe fn put_all_back<T: MapType>(&mut self, of: T, array: Array) {
        // SAFETY: The caller's promise.
        unsafe { self.change_array(of, array) };
        self.free = FreeList::EMPTY;
        for chunk in self.chunks.iter() {
            // SAFETY: As above; it is a chunk of such buckets.
            unsafe {
                let first = chunk.first_bucket(of);
                self.free.push_run(first, chunk.extent.buckets());
            }
        }
    }

    /// Lets all chunks go: [`give_back`](Self::give_back) gives them back one by one.
    ///
    /// # Safety
    /// All of their buckets are free, and nothing else lies in their blocks.
    pub(crate) unsafe fn let_chunks_go(&mut self) {
        if self.leaving.first.is_none() {
            self.leaving = mem::replace(&mut self.chunks, ChunkList::EMPTY);
            self.free = FreeList::EMPTY;
        }
    }

    /// Whether chunks are to be given back.
    pub(crate) const fn has_leaving(&self) -> bool {
        self.leaving.first.is_some()
    }

    /// Gives one of the chunks back that were let go, if there is one.
    ///
    /// # Safety
    /// They came from this heap.
    pub(crate) unsafe fn give_back<H: Blocks>(&mut self, heap: H) -> bool {
        let Some(chunk) = self.leaving.pop() else {
            return false;
        };
        // SAFETY: The caller's promise; nothing in it is in use.
        unsafe { free_chunk(heap, chunk) };
        true
    }

    /// Gives all chunks back, and forgets all free buckets: also if the allocator panics.
    ///
    /// # Safety
    /// The chunks came from this heap, and no bucket in them is used again.
    pub(crate) unsafe fn free_all<H: Blocks>(&mut self, heap: H) {
        let Self {
            chunks, leaving, ..
        } = mem::replace(self, Self::EMPTY);
        let _leaving = NewChunks::of(heap, leaving);
        let _chunks = NewChunks::of(heap, chunks);
    }

    /// Whether a bucket is in one of the chunks.
    pub(crate) fn has_in_chunk<T: MapType>(&self, of: T, bucket: BucketPtr<T>) -> bool {
        self.chunks.iter().any(|chunk| {
            // SAFETY: It is a chunk of such buckets.
            let first = unsafe { chunk.first_bucket(of) };
            bucket.is_within(first, chunk.extent.buckets() as usize)
        })
    }

    /// What the chunks are, in sum, and those that are to be given back: one step a chunk.
    pub(crate) fn totals(&self, shape: Shape) -> Totals {
        let bytes = |extent: Extent| extent.layout(shape).map_or(0, |layout| layout.size());
        let mut totals = Totals::default();
        for ChunkPtr { extent, .. } in self.chunks.iter() {
            totals.bytes += bytes(extent);
            totals.chunks += 1;
            totals.buckets += extent.buckets() as usize;
        }
        totals.leaving = self.leaving.iter().map(|chunk| bytes(chunk.extent)).sum();
        totals
    }

    /// Whether the lists have what they count, spares of this array in theirs and buckets of
    /// chunks in the other; for tests.
    pub(crate) fn is_in_order<T: MapType>(&self, of: T, array: Option<Array>) -> bool {
        let is_spare = |bucket| array.is_some_and(|array| array.contains(bucket, of));
        let mut spares = self.spares.runs(of);
        let mut free = self.free.runs(of);
        self.spares.is_counted(of)
            && self.free.is_counted(of)
            && spares.all(|(run, _)| is_spare(run))
            && free.all(|(run, _)| self.has_in_chunk(of, run))
    }
}
