//! The seam to the allocator: which `Allocator` trait the crate means, and the
//! one allocator of its own, which carries the lifetime of a borrowed bucket.
//!
//! The trait is that of `allocator-api2` 0.2, which hashbrown takes too, so
//! that one allocator serves both; with the feature `nightly` the two are the
//! trait of `core`.

pub use allocator_api2::alloc::{AllocError, Allocator};
pub use core::alloc::Layout;

use core::marker::PhantomData;
use core::ptr::NonNull;

#[cfg(feature = "alloc")]
pub use allocator_api2::alloc::Global;

/// Stands where the global allocator would be if the feature `alloc` were on.
/// There is no value of it: a map names its allocator, or has that feature.
#[cfg(not(feature = "alloc"))]
#[derive(Clone, Copy, Debug)]
pub enum Global {}

// SAFETY: There is no value to call these on.
#[cfg(not(feature = "alloc"))]
unsafe impl Allocator for Global {
    fn allocate(&self, _: Layout) -> Result<NonNull<[u8]>, AllocError> {
        match *self {}
    }

    unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {
        match *self {}
    }
}

/// The allocator of a map that borrows its first bucket for `'b` and takes all
/// other memory from `A`.
///
/// It allocates from `A` and gives back to it; only the borrow is added, so that the
/// map cannot outlive the bucket. See [`Hmap::with_first_bucket_in`](crate::Hmap::with_first_bucket_in).
#[derive(Clone, Copy, Debug)]
pub struct WithBucket<'b, A> {
    alloc: A,
    bucket: PhantomData<&'b mut ()>,
}

impl<A> WithBucket<'_, A> {
    pub(crate) const fn new(alloc: A) -> Self {
        Self {
            alloc,
            bucket: PhantomData,
        }
    }

    /// The allocator that further memory comes from.
    pub const fn inner(&self) -> &A {
        &self.alloc
    }
}

// SAFETY: Both calls go to `A` unchanged, and `A` keeps the contract; the provided
// methods are made of these two.
unsafe impl<A: Allocator> Allocator for WithBucket<'_, A> {
    #[inline]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        self.alloc.allocate(layout)
    }

    #[inline]
    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        // SAFETY: The caller's promise is `A`'s.
        unsafe { self.alloc.deallocate(block, layout) }
    }
}

/// An allocator that can say whether another one is of the same heap: whether what one of them
/// has given the other may take back.
///
/// A [`Reservation`](crate::Reservation) is made with a clone of a map's allocator, and used
/// with a map: this is how the map sees that both belong together. It is there for `Global`, and
/// for references to allocators, which are the same if they lead to the same one. An allocator
/// without fields, of which there is one heap, says `true`:
///
/// ```
/// use core::alloc::Layout;
/// use core::ptr::NonNull;
/// use hmap::{AllocError, Allocator, SameHeap};
///
/// #[derive(Clone, Copy)]
/// struct KernelHeap;
///
/// # unsafe impl Allocator for KernelHeap {
/// #     fn allocate(&self, _: Layout) -> Result<NonNull<[u8]>, AllocError> { Err(AllocError) }
/// #     unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {}
/// # }
/// // SAFETY: All of them are of the one heap that the kernel has.
/// unsafe impl SameHeap for KernelHeap {
///     fn is_same_heap(&self, _: &Self) -> bool {
///         true
///     }
/// }
/// ```
///
/// # Safety
/// Where this is true, a block that one of the two has allocated, or a clone of it, may be given
/// back through the other.
pub unsafe trait SameHeap: Allocator + Clone {
    /// Whether both are of the same heap; `false` where that is not known.
    fn is_same_heap(&self, other: &Self) -> bool;
}

// SAFETY: There is one global allocator.
unsafe impl SameHeap for Global {
    fn is_same_heap(&self, _: &Self) -> bool {
        true
    }
}

// SAFETY: They lead to the same allocator, or to two that cannot be told apart: without fields,
// and where they are does not count, as an allocator may be moved.
unsafe impl<A: Allocator> SameHeap for &A {
    fn is_same_heap(&self, other: &Self) -> bool {
        size_of::<A>() == 0 || core::ptr::eq(*self, *other)
    }
}

// SAFETY: Both go to their allocators unchanged.
unsafe impl<A: SameHeap> SameHeap for WithBucket<'_, A> {
    fn is_same_heap(&self, other: &Self) -> bool {
        self.alloc.is_same_heap(&other.alloc)
    }
}
