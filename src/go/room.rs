//! Room for entries: arrays without entries, the overflow buckets that a chain takes, the
//! chunks that these come from, and what is held for entries to come.

use super::header::Header;
use crate::memory::array::NewArray;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::cells::{CellPool, Cells};
use crate::memory::heap::{Heap, NewCells};
use crate::memory::pool::{NewChunks, make_chunk};
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::sizing::{BucketBits, Promise, too_many_overflow_buckets};

/// What entries to come can need, which is not yet the map's. Dropped before it is, it is given
/// back.
pub(super) struct Held<H: Heap> {
    chunks: NewChunks<H>,
    cells: NewCells<H>,
}

impl<H: Heap> Held<H> {
    /// Nothing yet.
    pub(super) const fn new(heap: H) -> Self {
        Self {
            chunks: NewChunks::none(heap),
            cells: NewCells::none(heap),
        }
    }

    /// Gets so many overflow buckets, in chunks that are no smaller than usual if the allocator
    /// has such, the first of which may need a front; and cells for so many entries.
    #[cfg_attr(feature = "small-code", inline(never))]
    pub(super) fn get(
        &mut self,
        buckets: u32,
        usual: u32,
        with_front: bool,
        entries: u32,
    ) -> Had<()> {
        self.chunks.hold(buckets, usual, with_front, None)?;
        self.cells.get(entries)
    }
}

/// A bucket of a chain that is filled, before which no slot is free.
pub(super) struct Filled<T> {
    bucket: BucketPtr<T>,
    /// Overflow buckets of the chain up to it.
    overflow: u32,
}

impl Header {
    /// Where to look for the end of a chain that something comes to: its head.
    ///
    /// # Safety
    /// There is an array, and the number is below 2^B.
    pub(super) unsafe fn end_of<T: MapType>(&self, of: T, number: usize) -> Filled<T> {
        self.note_filled(of.shape().spacing(), number);
        Filled {
            // SAFETY: The caller's promise.
            bucket: unsafe { self.bucket_0(of).unwrap_unchecked().nth(number) },
            overflow: 0,
        }
    }

    /// The first free slot of a chain, looking for it from `end` on, which moves there: of a new
    /// overflow bucket if there is no other. What comes into it is in nobody's way as long as no
    /// growth runs.
    pub(super) fn slot_at_end<H: Heap>(
        &mut self,
        heap: H,
        end: &mut Filled<H::Of>,
    ) -> Had<Slot<H::Of>> {
        loop {
            // SAFETY: Buckets of chains are initialised where no growth runs.
            let (tops, next) = unsafe { (end.bucket.tops(), end.bucket.overflow()) };
            if let Some(index) = tops.free().first() {
                let bucket = end.bucket;
                return Ok(Slot { bucket, index });
            }
            end.bucket = match next {
                Some(next) => next,
                None => {
                    self.provide_overflow_bucket(heap)?;
                    // SAFETY: The last bucket of a chain of the current array.
                    let next = unsafe { self.extend_chain(end.bucket, end.overflow) };
                    next.ok_or(TryReserveError::CapacityOverflow)?
                }
            };
            end.overflow += 1;
        }
    }

    /// Makes an array of 2^B buckets, all initialised, the memory of a map that has none and is
    /// about to have so many entries: work in proportion to the buckets.
    pub(crate) fn install_empty_array<H: Heap>(
        &mut self,
        heap: H,
        bits: BucketBits,
        entries: usize,
    ) -> Had<()> {
        debug_assert!(!self.has_buckets());
        let array = NewArray::make(heap, bits)?.initialised().into_array();
        self.enter_array(heap.of(), array);
        self.clear_bits(heap.of().shape().spacing(), entries);
        Ok(())
    }

    /// Whether an overflow bucket is free that is not set aside.
    #[cfg_attr(feature = "small-code", inline(never))]
    pub(crate) fn has_spare_bucket(&self) -> bool {
        self.extra_if_any()
            .is_some_and(|extra| extra.pool.has_more_than(extra.set_aside))
    }

    /// Makes sure that an overflow bucket is free and not set aside, by a new chunk if
    /// there is none.
    ///
    /// Go: the first half of `newoverflow`.
    pub(crate) fn provide_overflow_bucket<H: Heap>(&mut self, heap: H) -> Had<()> {
        if self.has_spare_bucket() {
            return Ok(());
        }
        self.add_overflow_buckets(heap)
    }

    /// Adds a chunk of as many overflow buckets as usual. Where it is refused a single bucket is
    /// asked for, so that the last bytes of an arena are used: two allocator calls at most.
    #[cold]
    #[inline(never)]
    pub(crate) fn add_overflow_buckets<H: Heap>(&mut self, heap: H) -> Had<()> {
        let usual = self.bits.chunk();
        if usual > 1 && self.add_chunk(heap, usual).is_ok() {
            return Ok(());
        }
        self.add_chunk(heap, 1)
    }

    /// Adds a chunk of so many overflow buckets.
    #[cold]
    #[inline(never)]
    pub(super) fn add_chunk<H: Heap>(&mut self, heap: H, buckets: u32) -> Had<()> {
        let (chunk, front) = make_chunk(heap, buckets, !self.has_extra())?;
        if let Some(front) = front {
            // SAFETY: The chunk is new.
            unsafe { self.move_extra(front) };
        }
        if let Some(extra) = self.extra_mut() {
            // SAFETY: The chunk is new, and of the map's heap.
            unsafe { extra.pool.adopt(heap.of(), chunk) };
        }
        Ok(())
    }

    /// Makes chunks the map's. The first has a front exactly if the map has no [`Extra`] yet.
    ///
    /// [`Extra`]: super::header::Extra
    fn join_chunks<H: Heap>(&mut self, chunks: NewChunks<H>) {
        if let Some(front) = chunks.front() {
            // SAFETY: The chunk is new.
            unsafe { self.move_extra(front) };
        }
        if let Some(extra) = self.extra_mut() {
            chunks.join(&mut extra.pool);
        }
    }

    /// Makes sure that the buckets of a reservation are free, and adds cells for so many
    /// entries. After an error the map has the memory that it had.
    pub(crate) fn hold_memory<H: Heap>(
        &mut self,
        heap: H,
        promise: Promise,
        entries: u32,
    ) -> Had<()> {
        let (short, with_front) = (self.short_of(promise.buckets), !self.has_extra());
        let needs_cells = entries > 0 && heap.of().shape().has_cells();
        if short == 0 && !needs_cells {
            return Ok(());
        }
        // Cells are held where there is a front.
        let buckets = if with_front { short.max(1) } else { short };
        let mut held = Held::new(heap);
        held.get(buckets, self.bits.chunk(), with_front, entries)?;
        self.keep(held);
        Ok(())
    }

    /// Makes what is held the map's.
    #[cfg_attr(feature = "small-code", inline(never))]
    pub(super) fn keep<H: Heap>(&mut self, held: Held<H>) {
        if let Some(front) = held.chunks.front() {
            // SAFETY: The chunk is new.
            unsafe { self.move_extra(front) };
        }
        if let Some(extra) = self.extra_mut() {
            held.chunks.join(&mut extra.pool);
            held.cells.join(&mut extra.cells);
        }
    }

    /// Makes sure that so many overflow buckets are free beside those that are set aside. After
    /// an error the map has the memory that it had.
    pub(crate) fn hold_buckets<H: Heap>(&mut self, heap: H, buckets: u32) -> Had<()> {
        self.add_buckets(heap, self.short_of(buckets), None)
    }

    /// Adds so many overflow buckets: in one chunk if the allocator has it, in no more than
    /// `most` if that is said. After an error the map has the memory that it had.
    pub(super) fn add_buckets<H: Heap>(
        &mut self,
        heap: H,
        buckets: u32,
        most: Option<u32>,
    ) -> Had<()> {
        let mut chunks = NewChunks::none(heap);
        chunks.hold(buckets, 0, !self.has_extra(), most)?;
        self.join_chunks(chunks);
        Ok(())
    }

    /// How many free overflow buckets are missing to so many.
    pub(super) fn short_of(&self, buckets: u32) -> u32 {
        buckets.saturating_sub(self.free_buckets().saturating_sub(self.set_aside()))
    }

    /// Takes the cells of one entry, of those that are reserved.
    pub(crate) fn take_reserved_cells<T: MapType>(&mut self, of: T) -> Option<Cells> {
        let cells = self.extra_mut()?.cells.take(of)?;
        self.count_reserved();
        Some(cells)
    }

    /// Forgets what was promised, and adds the cells that were held for it to another pool.
    pub(crate) fn take_all_reserved(&mut self, pool: &mut CellPool) {
        if let Some(extra) = self.extra_mut() {
            extra.cells.take_all().join(pool);
        }
        self.reserved = 0;
    }

    /// Forgets what was promised; free buckets stay free, cells are given back. H8 is true
    /// after each, in case that the allocator panics.
    pub(crate) fn void_reservation<H: Heap>(&mut self, heap: H) {
        while heap.of().shape().has_cells() && self.reserved() > 0 {
            let Some(cells) = self.take_reserved_cells(heap.of()) else {
                break;
            };
            // SAFETY: They came from this heap and hold nothing.
            unsafe { heap.free_cells(cells) };
        }
        self.reserved = 0;
    }

    /// Hangs a free overflow bucket, initialised, behind the last one of a chain that has so many;
    /// `None` if none is free. A growth may be owed after that (H9).
    ///
    /// Go: the second half of `newoverflow`, with `incrnoverflow` and `setoverflow`.
    ///
    /// # Safety
    /// `last` is that bucket, of the current array.
    #[cfg_attr(feature = "small-code", inline(never))]
    pub(crate) unsafe fn extend_chain<T: MapType>(
        &mut self,
        last: BucketPtr<T>,
        overflow: u32,
    ) -> Option<BucketPtr<T>> {
        let bits = self.bits;
        let extra = self.extra_mut()?;
        if extra.noverflow == u32::MAX {
            return None;
        }
        let bucket = extra.pool.take(last.of())?;
        // SAFETY: A free bucket; the caller's promise (A2).
        unsafe {
            bucket.init();
            last.set_overflow(Some(bucket));
        }
        extra.noverflow += 1;
        extra.longest = u32::max(extra.longest, overflow + 1);
        if too_many_overflow_buckets(extra.noverflow, bits) {
            self.quiet = 0;
        }
        Some(bucket)
    }

    /// Frees the overflow buckets behind one of the current array, which were counted.
    ///
    /// # Safety
    /// Nothing is in them, and nobody reads that bucket's link again (A2).
    pub(super) unsafe fn unlink_behind<T: MapType>(&mut self, bucket: BucketPtr<T>) {
        // SAFETY: The caller's promise.
        let buckets = unsafe { self.put_back(bucket) };
        if let Some(extra) = self.extra_mut() {
            extra.noverflow -= buckets;
        }
    }

    /// Frees the overflow buckets behind one of the current array; how many they are.
    ///
    /// # Safety
    /// As [`unlink_behind`](Self::unlink_behind).
    #[inline(never)]
    pub(super) unsafe fn put_back<T: MapType>(&mut self, bucket: BucketPtr<T>) -> u32 {
        let mut buckets = 0;
        if let (Some(array), Some(extra)) = (self.array(), self.extra_mut()) {
            // SAFETY: The caller's promise.
            unsafe {
                let behind = bucket.behind().inspect(|_| buckets += 1);
                extra.pool.put_back(bucket.of(), array, behind);
            }
        }
        buckets
    }
}
