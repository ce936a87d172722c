//! The map itself: Go's `hmap`, its header, and what always holds of it.
//!
//! It is given hash values and closures, never `Hash`, `Eq` or `BuildHasher`;
//! the faces add those. The operations are in the files below, one for each of
//! Go's: [`access`] look-up, [`assign`] insert, [`delete`] remove and clear,
//! [`grow`] growth, [`iter`] and [`iter_from`] iteration. What Go has not: [`reserve`]
//! holds memory for inserts to come, [`rebuild`] shrinks, [`copy`] clones, [`entry`] is
//! a place found once, [`extract`] removes while iterating, [`cursor`] is a position
//! that survives change, [`compact`] keeps chains short, [`small`] the first bucket.
//! [`check`] states the invariants as code, [`inspect`] shows what is inside.
//!
//! # Invariants of the map
//!
//! Those of one bucket (M1–M5) are in [`bmap`], those of memory (A1–A3) in
//! [`buckets`].
//!
//! * **H1** `count` = live slots of the chains that own entries.
//! * **H2** A key is in one place only: in the old chain of its hash if that
//!   chain is not evacuated, else in the new one.
//! * **H3** An old array is there exactly while growing; old buckets below
//!   `nevacuate` are evacuated.
//! * **H4** No growth starts while one runs. When it is over its array and its chunks are
//!   still to be given back, block by block. The next growth takes over the chunks that are
//!   left. Where some of their buckets are in use again (`longest` says so:
//!   [`CHUNKS_REUSED`](grow::CHUNKS_REUSED)) they pass to the current array instead.
//! * **H5** The seed changes only while `count` = 0 (kept by the faces).
//! * **H6** While growing at least as many overflow buckets are free as are set
//!   aside, and those are as many as the moves to come can need: see [`grow`]. So a step
//!   of growth never asks the allocator for memory, and can always run. It holds with one
//!   key more where there is a free slot: the one that the growth is started for is not
//!   refused because memory for the growth was granted.
//! * **H7** `noverflow` = overflow buckets in chains of the current array, of which none
//!   has more than `longest`, unless that is [`NOT_KNOWN`](grow::NOT_KNOWN) or more.
//! * **H8** While `reserved` > 0 no insert starts a growth, and the next `reserved` new keys
//!   find a slot or a free bucket that is not set aside, and cells: see [`reserve`].
//! * **H9** `quiet` > 0 only where nothing is owed: there is an array, no growth runs
//!   or calls to be started by anything but the load, nothing of the generation before
//!   is left, nothing is reserved. Then it is one less than the array's capacity, as far
//!   as it can count. It is set by [`RawHmap::settle`] alone; 0 is right at any time, and
//!   costs a detour.
//! * **H10** `slots` < 8 only where the policy has small first buckets, and then that
//!   bucket is all of the map's memory but cells: B = 0, no growth, no reservation, no
//!   overflow bucket, and only its first `slots` slots are ever used.

pub(crate) mod access;
pub(crate) mod assign;
pub(crate) mod bmap;
pub(crate) mod buckets;
pub(crate) mod cells;
pub(crate) mod check;
pub(crate) mod compact;
pub(crate) mod copy;
pub(crate) mod cursor;
pub(crate) mod delete;
pub(crate) mod entry;
pub(crate) mod extract;
pub(crate) mod grow;
pub(crate) mod inspect;
pub(crate) mod iter;
pub(crate) mod iter_from;
mod prefetch;
pub(crate) mod rebuild;
pub(crate) mod reserve;
pub(crate) mod small;
#[cfg(feature = "infallible")]
pub(crate) mod table;

use crate::alloc::{Allocator, WithBucket};
use crate::error::TryReserveError;
use crate::policy::Policy;
use crate::sizing::{BucketBits, SLOTS};
use bmap::{BucketPtr, LentBucket};
use buckets::{Blocks, ChunkList, FreeList, Generation, free_bucket_array, free_first_bucket};
use cells::{CellPool, Cells};
use core::marker::PhantomData;
use core::mem::{self, needs_drop};
use core::ptr::NonNull;
use iter::{Chains, RawIter};

/// One slot of one bucket.
pub(crate) struct Slot<K, V, P> {
    pub(crate) bucket: BucketPtr<K, V, P>,
    pub(crate) index: usize,
}

impl<K, V, P> Clone for Slot<K, V, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V, P> Copy for Slot<K, V, P> {}

impl<K, V, P> PartialEq for Slot<K, V, P> {
    fn eq(&self, other: &Self) -> bool {
        self.bucket == other.bucket && self.index == other.index
    }
}

/// What the map remembers about itself in single bits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Flags(u8);

impl Flags {
    const NONE: Self = Self(0);
    /// The growth that runs is to the same size (Go: `sameSizeGrow`).
    const SAME_SIZE_GROW: Self = Self(1);
    /// `buckets` is the caller's first bucket.
    const CALLERS_BUCKET: Self = Self(2);
    /// `oldbuckets` is the caller's first bucket.
    const OLD_CALLERS_BUCKET: Self = Self(4);

    const fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    const fn with(self, flag: Self) -> Self {
        Self(self.0 | flag.0)
    }

    const fn only(self, flag: Self) -> Self {
        Self(self.0 & flag.0)
    }
}

/// The header. Go's fields keep their names; `B` is `bits`, and Go's separate
/// `extra` is part of it: 96 bytes, where Go's two together have 72.
pub(crate) struct RawHmap<K, V, A: Allocator, P: Policy> {
    count: usize,
    /// The current array of 2^`bits` buckets; none before the first insert.
    buckets: Option<BucketPtr<K, V, P>>,
    /// While growing, the array that entries are moved out of.
    oldbuckets: Option<BucketPtr<K, V, P>>,
    /// Chunks that overflow buckets of the current array come from.
    overflow: ChunkList,
    /// The same of the old array, and that array itself once its growth is over. They are
    /// given back one at a time, or the chunks join `overflow` where their buckets are in use
    /// again.
    oldoverflow: ChunkList,
    /// Free overflow buckets.
    free: FreeList<K, V, P>,
    /// Cells for the entries that are reserved.
    cells: CellPool<K, V>,
    noverflow: u32,
    /// While growing, the buckets of the old array's block, spares included, if overflow
    /// buckets in other blocks may be used again (H6), or 0.
    old_block: u32,
    /// New keys that are promised to go in without an allocation.
    reserved: u32,
    /// While growing, the old bucket that is moved next in order.
    nevacuate: u32,
    /// New keys that go by before a growth that was refused is tried again.
    back_off: u32,
    /// No more than one less than the entries that the array takes, and 0 if anything is
    /// owed (H9).
    quiet: u32,
    bits: BucketBits,
    flags: Flags,
    /// Slots of the first bucket: fewer than eight only while it is all there is (H10).
    slots: u8,
    /// No less than the overflow buckets of the longest chain of the current array, or
    /// [`NOT_KNOWN`](grow::NOT_KNOWN) or more.
    longest: u8,
    alloc: A,
    entries: PhantomData<(K, V)>,
}

// SAFETY: The map owns its entries and its memory, as a `Vec` does.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for RawHmap<K, V, A, P> {}
// SAFETY: As above; through `&RawHmap` entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for RawHmap<K, V, A, P> {}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<RawHmap<u64, u64, crate::alloc::Global, crate::policy::Go>>() == 96);
};

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// A map without memory. Go: `makemap_small`.
    pub(crate) const fn new_in(alloc: A) -> Self {
        Self {
            count: 0,
            buckets: None,
            oldbuckets: None,
            overflow: ChunkList::EMPTY,
            oldoverflow: ChunkList::EMPTY,
            free: FreeList::EMPTY,
            cells: CellPool::EMPTY,
            noverflow: 0,
            old_block: 0,
            reserved: 0,
            nevacuate: 0,
            back_off: 0,
            quiet: 0,
            bits: BucketBits::ONE_BUCKET,
            flags: Flags::NONE,
            slots: SLOTS as u8,
            longest: 0,
            alloc,
            entries: PhantomData,
        }
    }

    /// A map with room for `hint` entries of an even spread. Go: `makemap`.
    pub(crate) fn try_with_capacity_in(hint: usize, alloc: A) -> Result<Self, TryReserveError> {
        let bits = BucketBits::for_entries(hint).ok_or(TryReserveError::CapacityOverflow)?;
        let mut map = Self::new_in(alloc);
        // One bucket is made by the first insert, as in Go.
        if bits > BucketBits::ONE_BUCKET {
            map.install_empty_array(bits, 0)?;
        }
        Ok(map)
    }

    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    pub(crate) const fn allocator(&self) -> &A {
        &self.alloc
    }

    /// Entries that fit the present array; those that are in it, if a refused
    /// growth made it hold more than its share.
    pub(crate) const fn capacity(&self) -> usize {
        if self.buckets.is_none() {
            return 0;
        }
        let capacity = self.room();
        if capacity < self.count {
            self.count
        } else {
            capacity
        }
    }

    /// Entries that the present array is for.
    const fn room(&self) -> usize {
        if self.is_small() {
            self.slots as usize
        } else {
            self.bits.capacity()
        }
    }

    /// New keys that are promised to go in without an allocation.
    pub(crate) const fn reserved(&self) -> usize {
        self.reserved as usize
    }

    /// Go: `growing`.
    #[inline]
    pub(crate) const fn is_growing(&self) -> bool {
        self.oldbuckets.is_some()
    }

    const fn is_same_size_growth(&self) -> bool {
        self.flags.has(Flags::SAME_SIZE_GROW)
    }

    /// B of the old array, while growing.
    #[inline]
    const fn old_bits(&self) -> BucketBits {
        if self.is_same_size_growth() {
            self.bits
        } else {
            self.bits.halved()
        }
    }

    /// Whether one new key more can go in without a thought of growth, reservation or
    /// seed: there are entries, fewer than the array takes, and nothing is owed (H9).
    #[inline]
    const fn is_quiet(&self) -> bool {
        // With 0 entries this wraps to more than any limit.
        self.count.wrapping_sub(1) < self.quiet as usize
    }

    /// Notes whether anything is owed (H9).
    fn settle(&mut self) {
        let owed = self.is_growing()
            || self.buckets.is_none()
            || !self.oldoverflow.is_empty()
            || self.reserved > 0
            || self.has_too_many_overflow_buckets();
        self.quiet = if owed { 0 } else { self.quiet_limit() };
    }

    /// One less than the entries that the array takes, or the largest number if that is
    /// more.
    fn quiet_limit(&self) -> u32 {
        u32::try_from(self.room() - 1).unwrap_or(u32::MAX)
    }

    /// Replaces all memory of an empty map by an array of 2^B buckets, all
    /// initialised, and at least so many free overflow buckets: work in proportion to
    /// the buckets.
    fn install_empty_array(
        &mut self,
        bits: BucketBits,
        overflow: u32,
    ) -> Result<(), TryReserveError> {
        debug_assert!(self.count == 0);
        let made = Generation::make(&self.alloc, bits, overflow)?.initialised();
        let blocks = made.into_blocks();
        let memory = self.forget_memory();
        self.install(blocks, bits);
        // SAFETY: The map was empty, and has other memory now.
        unsafe { memory.free(&self.alloc) };
        Ok(())
    }

    /// Makes these blocks the memory of a map that has none.
    fn install(&mut self, blocks: Blocks<K, V, P>, bits: BucketBits) {
        self.buckets = Some(blocks.base);
        self.overflow = blocks.overflow;
        self.free = blocks.free;
        self.bits = bits;
    }

    /// The chains that own entries, in Go's order.
    fn chains(&self) -> Chains<K, V, P> {
        let old = self.oldbuckets.map(|old| (old, self.old_bits()));
        // SAFETY: M5 and H2 hold, and the arrays are what the header says. Every
        // user in this module tree stops before it frees or moves buckets.
        unsafe { Chains::new(self.buckets, self.bits, old) }
    }

    /// All live slots, in Go's order.
    fn slots(&self) -> RawIter<K, V, P> {
        RawIter::new(self.chains(), self.count)
    }

    /// Moves an entry out of its slot and gives its cells back.
    ///
    /// # Safety
    /// The slot is live in this map, and is made free before anyone reads it.
    unsafe fn read_entry(&self, Slot { bucket, index }: Slot<K, V, P>) -> (K, V) {
        // SAFETY: The slot is live (M1).
        let (key, elem) = unsafe { (bucket.key(index), bucket.elem(index)) };
        // SAFETY: M1; the copies are the entry from here on.
        let entry = unsafe { (key.read(), elem.read()) };
        // SAFETY: The cells, if there are any, are empty now.
        unsafe { self.free_cells(key, elem) };
        entry
    }

    /// Drops an entry where it is and gives its cells back: all of it, also if the
    /// `Drop` of its key or of its elem panics.
    ///
    /// # Safety
    /// As [`read_entry`](Self::read_entry).
    unsafe fn drop_entry(&self, Slot { bucket, index }: Slot<K, V, P>) {
        /// The cells of an entry that is dropped first.
        struct Emptied<'a, K, V, A: Allocator, P: Policy>(
            &'a RawHmap<K, V, A, P>,
            NonNull<K>,
            NonNull<V>,
        );

        impl<K, V, A: Allocator, P: Policy> Drop for Emptied<'_, K, V, A, P> {
            fn drop(&mut self) {
                // SAFETY: The cells, if there are any, are empty now.
                unsafe { self.0.free_cells(self.1, self.2) };
            }
        }

        // SAFETY: The slot is live (M1).
        let (key, elem) = unsafe { (bucket.key(index), bucket.elem(index)) };
        let _cells = Emptied(self, key, elem);
        // SAFETY: M1, and nobody reads them again.
        unsafe { drop_pair(key, elem) };
    }

    /// Drops an entry where it is, and keeps its cells as if they were reserved: all of it,
    /// also if the `Drop` of its key or of its elem panics.
    ///
    /// # Safety
    /// As [`read_entry`](Self::read_entry).
    unsafe fn drop_entry_keeping_cells(&mut self, Slot { bucket, index }: Slot<K, V, P>) {
        // SAFETY: The slot is live (M1).
        let (key, elem) = unsafe { (bucket.key(index), bucket.elem(index)) };
        /// The cells of an entry that is dropped first.
        struct Emptied<'a, K, V, A: Allocator, P: Policy>(&'a mut RawHmap<K, V, A, P>, Cells<K, V>);

        impl<K, V, A: Allocator, P: Policy> Drop for Emptied<'_, K, V, A, P> {
            fn drop(&mut self) {
                let Self(map, cells) = self;
                let cells = mem::replace(cells, Cells::NONE);
                match map.reserved.checked_add(1) {
                    Some(reserved) => {
                        map.reserved = reserved;
                        // SAFETY: The cells are the map's, and empty now.
                        unsafe { map.cells.put::<P>(cells) };
                    }
                    // SAFETY: As above.
                    None => unsafe { cells.free(&map.alloc) },
                }
            }
        }

        let _cells = Emptied(self, Cells::of_entry::<P>(key, elem));
        // SAFETY: M1, and nobody reads them again.
        unsafe { drop_pair(key, elem) };
    }

    /// # Safety
    /// These are the key and the elem of an entry of this map, moved out.
    unsafe fn free_cells(&self, key: NonNull<K>, elem: NonNull<V>) {
        // SAFETY: Where keys or elems are kept in cells these are theirs.
        unsafe { Cells::of_entry::<P>(key, elem).free(&self.alloc) }
    }

    /// Drops all entries where they are; their slots still say that they live.
    /// If a `Drop` panics the others are dropped all the same.
    ///
    /// # Safety
    /// No slot is read again.
    unsafe fn drop_entries(&self) {
        // SAFETY: The caller's promise.
        unsafe { self.drop_slots(self.slots()) }
    }

    /// Drops the entries of the slots that an iterator still has to give.
    ///
    /// # Safety
    /// It is an iterator over this map, and none of its slots is read again.
    unsafe fn drop_slots(&self, slots: RawIter<K, V, P>) {
        struct Rest<'a, K, V, A: Allocator, P: Policy>(&'a RawHmap<K, V, A, P>, RawIter<K, V, P>);

        impl<K, V, A: Allocator, P: Policy> Rest<'_, K, V, A, P> {
            fn drop_all(&mut self) {
                while let Some(slot) = self.1.next() {
                    // SAFETY: A live slot, given once.
                    unsafe { self.0.drop_entry(slot) }
                }
            }
        }

        impl<K, V, A: Allocator, P: Policy> Drop for Rest<'_, K, V, A, P> {
            fn drop(&mut self) {
                self.drop_all();
            }
        }

        if needs_drop::<K>() || needs_drop::<V>() || Cells::<K, V>::bytes::<P>() > 0 {
            Rest(self, slots).drop_all();
        }
    }

    /// Gives all memory back, but for the caller's bucket; entries are not
    /// dropped. The map is as [`new_in`](Self::new_in) made it.
    fn free_memory(&mut self) {
        let memory = self.forget_memory();
        // SAFETY: The map has forgotten it, and the entries in it.
        unsafe { memory.free(&self.alloc) }
    }

    /// Makes the map as [`new_in`](Self::new_in) made it, and hands over the memory that
    /// it had, what was reserved too. Nothing is given back before the map is whole
    /// again, in case that the allocator panics.
    fn forget_memory(&mut self) -> Memory<K, V, P> {
        let (bits, old_bits, flags) = (self.bits, self.old_bits(), self.flags);
        let (buckets, oldbuckets) = (self.buckets.take(), self.oldbuckets.take());
        self.count = 0;
        self.free = FreeList::EMPTY;
        self.noverflow = 0;
        self.old_block = 0;
        self.longest = 0;
        self.reserved = 0;
        self.nevacuate = 0;
        self.back_off = 0;
        self.quiet = 0;
        self.bits = BucketBits::ONE_BUCKET;
        self.flags = Flags::NONE;
        let slots = mem::replace(&mut self.slots, SLOTS as u8).into();
        let is_ours = |flag| move |_: &_| !flags.has(flag);
        Memory {
            buckets: buckets.filter(is_ours(Flags::CALLERS_BUCKET)),
            bits,
            slots,
            oldbuckets: oldbuckets.filter(is_ours(Flags::OLD_CALLERS_BUCKET)),
            old_bits,
            overflow: mem::replace(&mut self.overflow, ChunkList::EMPTY),
            oldoverflow: mem::replace(&mut self.oldoverflow, ChunkList::EMPTY),
            cells: mem::replace(&mut self.cells, CellPool::EMPTY),
        }
    }

    /// Forgets the old array, whose chains are moved or not needed. If it is not the
    /// caller's it is to be given back, before its chunks, by whoever may call the
    /// allocator: see [`give_back`](Self::give_back).
    fn end_growth(&mut self) {
        let (old, bits, flags) = (self.oldbuckets.take(), self.old_bits(), self.flags);
        self.flags = flags.only(Flags::CALLERS_BUCKET);
        self.nevacuate = 0;
        self.free.keep_aside(0);
        if let Some(old) = old.filter(|_| !flags.has(Flags::OLD_CALLERS_BUCKET)) {
            // SAFETY: A1, and the header has forgotten it.
            unsafe { self.oldoverflow.add_array(old, bits) }
        }
        self.settle();
    }
}

/// Drops a key, then its elem: also if the key's `Drop` panics.
///
/// # Safety
/// Both are initialised, and not read again.
unsafe fn drop_pair<K, V>(key: NonNull<K>, elem: NonNull<V>) {
    /// An elem whose key is dropped first.
    struct Elem<V>(NonNull<V>);

    impl<V> Drop for Elem<V> {
        fn drop(&mut self) {
            // SAFETY: The caller's promise.
            unsafe { self.0.drop_in_place() };
        }
    }

    let _elem = Elem(elem);
    // SAFETY: The caller's promise.
    unsafe { key.drop_in_place() };
}

/// What a map had from its allocator, but for the cells of its entries, and has no more.
struct Memory<K, V, P> {
    buckets: Option<BucketPtr<K, V, P>>,
    bits: BucketBits,
    slots: usize,
    oldbuckets: Option<BucketPtr<K, V, P>>,
    old_bits: BucketBits,
    overflow: ChunkList,
    oldoverflow: ChunkList,
    cells: CellPool<K, V>,
}

impl<K, V, P: Policy> Memory<K, V, P> {
    /// Gives all of it back: also if the allocator panics with some.
    ///
    /// # Safety
    /// It came from this allocator, and nothing in it is used again.
    unsafe fn free<A: Allocator>(self, alloc: &A) {
        /// What is left to be given back, also after the allocator has panicked.
        struct Rest<'a, K, V, A: Allocator, P: Policy>(Memory<K, V, P>, &'a A);

        impl<K, V, A: Allocator, P: Policy> Drop for Rest<'_, K, V, A, P> {
            fn drop(&mut self) {
                // SAFETY: The caller's promise.
                unsafe { self.0.free_rest(self.1) };
            }
        }

        let mut rest = Rest(self, alloc);
        // SAFETY: The caller's promise.
        unsafe { rest.0.free_rest(alloc) };
        mem::forget(rest);
    }

    /// Gives what is left back, each block when it is forgotten.
    ///
    /// # Safety
    /// As [`free`](Self::free).
    unsafe fn free_rest<A: Allocator>(&mut self, alloc: &A) {
        // SAFETY: The chains that these chunks belong to are used no more.
        unsafe {
            self.overflow.free::<K, V, P, A>(alloc, usize::MAX);
            self.oldoverflow.free::<K, V, P, A>(alloc, usize::MAX);
        }
        let cells = mem::replace(&mut self.cells, CellPool::EMPTY);
        // SAFETY: As above.
        unsafe { cells.free::<P, A>(alloc) };
        if let Some(bucket) = self.buckets.take_if(|_| self.slots < SLOTS) {
            // SAFETY: H10: it is a bucket of so many slots, which the map has forgotten.
            unsafe { free_first_bucket(alloc, bucket, self.slots) }
        }
        if let Some(base) = self.buckets.take() {
            // SAFETY: A1, and the map has forgotten it.
            unsafe { free_bucket_array(alloc, base, self.bits) }
        }
        if let Some(base) = self.oldbuckets.take() {
            // SAFETY: As above.
            unsafe { free_bucket_array(alloc, base, self.old_bits) }
        }
    }
}

impl<'b, K, V, A: Allocator, P: Policy> RawHmap<K, V, WithBucket<'b, A>, P> {
    /// A map whose first bucket is the caller's, who lends it for as long as the
    /// map's type says. Go: the bucket on the stack.
    pub(crate) const fn with_first_bucket_in(bucket: LentBucket<'b, K, V, P>, alloc: A) -> Self {
        let mut map = Self::new_in(WithBucket::new(alloc));
        map.buckets = Some(BucketPtr::of_caller(bucket));
        map.flags = Flags::CALLERS_BUCKET;
        map
    }
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Drops all entries and gives all memory back.
    fn drop_all(&mut self) {
        /// Frees the memory also if an entry's `Drop` panics.
        struct Freed<'a, K, V, A: Allocator, P: Policy>(&'a mut RawHmap<K, V, A, P>);

        impl<K, V, A: Allocator, P: Policy> Drop for Freed<'_, K, V, A, P> {
            fn drop(&mut self) {
                self.0.free_memory();
            }
        }

        let memory = Freed(self);
        // SAFETY: The map is going away.
        unsafe { memory.0.drop_entries() }
    }
}

#[cfg(not(feature = "nightly"))]
impl<K, V, A: Allocator, P: Policy> Drop for RawHmap<K, V, A, P> {
    fn drop(&mut self) {
        self.drop_all();
    }
}

// SAFETY: Keys and values are dropped, which `PhantomData<(K, V)>` says, and not used
// otherwise.
#[cfg(feature = "nightly")]
unsafe impl<#[may_dangle] K, #[may_dangle] V, A: Allocator, P: Policy> Drop
    for RawHmap<K, V, A, P>
{
    fn drop(&mut self) {
        self.drop_all();
    }
}
