//! Arrays of 2^B buckets with spare overflow buckets behind them, and first buckets.
//!
//! ```text
//! B = 0   │ bucket │                                                one allocation
//! B > 0   │ front │ bucket 0 │ 1 │ … │ 2^B − 1 │ spare │ spare │ …   one allocation
//! ```
//!
//! The front of an array is where the map's header keeps what it seldom needs, and before many
//! buckets the bits that say which of them hold something ([`occupancy`](super::occupancy)).
//!
//! * **A1** The array is one allocation of exactly [`array_layout`] from the map's
//!   allocator, or one bucket (B = 0): with fewer slots, where the policy has such, or the
//!   caller's, which the map never frees.

use super::blocks::{Blocks, allocate_buckets, free_buckets};
use super::bucket::BucketPtr;
use super::occupancy::{Occupancy, Spacing};
use super::shape::{MapType, Shape};
use crate::numbers::alloc::Layout;
use crate::numbers::error::Had;
use crate::numbers::sizing::{BucketBits, SLOTS};
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

/// Bytes before bucket 0 of an array.
#[inline(always)]
const fn front_of(shape: Shape, bits: BucketBits) -> usize {
    match bits.mask() {
        0 => 0,
        _ => shape.front_with(Occupancy::bytes(bits)),
    }
}

/// An array, whatever its buckets are of.
#[derive(Clone, Copy)]
pub(crate) struct Array {
    /// The head of bucket 0.
    pub(crate) base: NonNull<u8>,
    pub(crate) bits: BucketBits,
    /// Overflow buckets behind the last one that is numbered.
    pub(crate) spares: u32,
}

impl Array {
    /// Bucket 0.
    #[inline]
    pub(crate) fn bucket_0<T: MapType>(self, of: T) -> BucketPtr<T> {
        BucketPtr::at(of, self.base)
    }

    /// Its front, if it has one.
    pub(crate) fn front<T: MapType>(self, of: T) -> Option<NonNull<u8>> {
        let front = front_of(of.shape(), self.bits);
        // SAFETY: A1: the block begins so many bytes before bucket 0.
        (front > 0).then(|| unsafe { self.bucket_0(of).block(front, SLOTS) })
    }

    /// Has the bits of a new array say nothing, if it has some.
    pub(crate) fn begin_bits(self, spacing: Spacing) {
        // SAFETY: A1: the array is there, with its front.
        if let Some(bits) = unsafe { Occupancy::of_array(self.base, spacing, self.bits) } {
            bits.begin();
        }
    }

    /// The first spare, where there is one.
    ///
    /// # Safety
    /// There is one.
    pub(crate) unsafe fn first_spare<T: MapType>(self, of: T) -> BucketPtr<T> {
        // SAFETY: The spares follow the 2^B numbered ones.
        unsafe { self.bucket_0(of).nth(self.bits.count()) }
    }

    /// Whether a bucket is in the array's block.
    pub(crate) fn contains<T: MapType>(self, bucket: BucketPtr<T>, of: T) -> bool {
        let buckets = self.bits.count().saturating_add(self.spares as usize);
        bucket.is_within(self.bucket_0(of), buckets)
    }
}

/// How many buckets an array has, its spares included.
#[inline(always)]
const fn with_spares(bits: BucketBits) -> usize {
    // B is at most 31 and the spares are a sixteenth: no overflow on 64 bits,
    // and on 32 bits 2^31 + 2^27 still fits.
    bits.count() + bits.spares()
}

/// The layout of an array of 2^B buckets and its spares.
#[inline(always)]
pub(crate) const fn array_layout(shape: Shape, bits: BucketBits) -> Option<Layout> {
    shape.layout(front_of(shape, bits), with_spares(bits))
}

/// Allocates an array of 2^B buckets with its spares. Nothing is initialised:
/// the work does not depend on B.
///
/// If the allocator hands out more than was asked for, what is left over becomes
/// further spares.
///
/// Go: `makeBucketArray`.
fn make_bucket_array<H: Blocks>(heap: H, bits: BucketBits) -> Had<Array> {
    let shape = heap.of().shape();
    let front = front_of(shape, bits);
    let block = allocate_buckets(heap, front, with_spares(bits))?;
    // SAFETY: The block has the layout of so many buckets behind a front.
    let base = unsafe { BucketPtr::first_of(heap.of(), block.cast(), front, SLOTS) };
    // Go looks for an excess from B = 4 on only, where it asks for spares at all.
    let spares = if bits.spares() > 0 {
        let buckets = (block.len() - front) / shape.size();
        u32::try_from(buckets.saturating_sub(bits.count())).unwrap_or(u32::MAX)
    } else {
        0
    };
    Ok(Array {
        base: base.address(),
        bits,
        spares,
    })
}

/// Gives an array back.
///
/// # Safety
/// A1: it came from this heap, or is a first bucket of eight slots that did; nothing in
/// it is used again.
pub(crate) unsafe fn free_bucket_array<H: Blocks>(heap: H, array: Array) {
    let shape = heap.of().shape();
    let front = front_of(shape, array.bits);
    // SAFETY: A1: it begins with its front, and was allocated with this layout.
    unsafe {
        let block = array.bucket_0(heap.of()).block(front, SLOTS);
        free_buckets(heap, block, front, with_spares(array.bits));
    }
}

/// A first bucket of so many slots, empty.
pub(crate) fn make_first_bucket<H: Blocks>(heap: H, slots: usize) -> Had<BucketPtr<H::Of>> {
    let block = heap.allocate(heap.of().shape().first_bucket_layout(slots))?;
    // SAFETY: The block has the layout of such a bucket, and is new.
    unsafe {
        let bucket = BucketPtr::first_of(heap.of(), block.cast(), 0, slots);
        bucket.init();
        Ok(bucket)
    }
}

/// Gives a first bucket back.
///
/// # Safety
/// It was made by [`make_first_bucket`] of this heap with so
/// many slots, and is not used again.
pub(crate) unsafe fn free_first_bucket<H: Blocks>(heap: H, bucket: BucketPtr<H::Of>, slots: usize) {
    let layout = heap.of().shape().first_bucket_layout(slots);
    // SAFETY: It is all of its block, which was allocated with this layout.
    unsafe { heap.deallocate(bucket.block(0, slots), layout) }
}

/// An array that is not yet a map's. Dropped before it is, it is given back; what is in it is
/// not dropped.
pub(crate) struct NewArray<H: Blocks> {
    heap: H,
    array: Array,
}

impl<H: Blocks> NewArray<H> {
    /// Allocates an array of 2^B buckets; nothing is initialised.
    pub(crate) fn make(heap: H, bits: BucketBits) -> Had<Self> {
        let array = make_bucket_array(heap, bits)?;
        Ok(Self { heap, array })
    }

    /// Makes all its numbered buckets empty: one store each.
    pub(crate) fn initialised(self) -> Self {
        let base = self.array.bucket_0(self.heap.of());
        for n in 0..self.array.bits.count() {
            // SAFETY: The array has 2^B buckets, in a new block.
            unsafe { base.nth(n).init() };
        }
        self
    }

    /// An array that a map has forgotten.
    ///
    /// # Safety
    /// It came from this heap, and nothing in it is used again.
    pub(crate) unsafe fn of_map(heap: H, array: Array) -> Self {
        Self { heap, array }
    }

    /// What it is.
    pub(crate) const fn array(&self) -> Array {
        self.array
    }

    /// Hands it over.
    pub(crate) fn into_array(self) -> Array {
        ManuallyDrop::new(self).array
    }
}

impl<H: Blocks> Drop for NewArray<H> {
    fn drop(&mut self) {
        // SAFETY: It came from this heap, and is handed over to nobody.
        unsafe { free_bucket_array(self.heap, self.array) }
    }
}
