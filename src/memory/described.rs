//! A map's types, allocator and hasher as data: what the core is compiled for once where it is
//! not compiled for each map.

use super::hash_key::HashKey;
use super::heap::Heap;
use super::shape::{MapType, Shape, Types};
use crate::numbers::alloc::{AllocError, Allocator, Layout};
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;
use core::marker::PhantomData;
use core::ptr::NonNull;

/// What an allocator says.
type Allocated = Result<NonNull<[u8]>, AllocError>;

macro_rules! compiled_for {
    ($key:ty, $elem:ty, $policy:ty) => {
        $crate::memory::described::Described<$policy>
    };
}
pub(crate) use compiled_for;

/// What the core is told of a map's types.
pub(crate) const fn types<K, V, A: Allocator, P: Tradeoffs>() -> Described<P> {
    Described::of::<K, V, A>()
}

/// What it is told of the map's memory.
#[inline]
pub(crate) fn heap<K, V, A: Allocator, P: Tradeoffs>(alloc: &A) -> AnyHeap<'_, P> {
    AnyHeap::of::<K, V, A>(alloc)
}

/// How it is to hash keys.
#[inline]
pub(crate) fn hash_key<K, F: Fn(&K) -> HashValue>(hasher: &F) -> HashAt<'_> {
    HashAt::new(hasher)
}

/// What is in the image of a map's types, and of its allocator's: one a type of map.
///
/// Go: `maptype`.
struct Description {
    shape: Shape,
    /// # Safety
    /// An allocator of the type that this was made for is there.
    allocate: unsafe fn(NonNull<()>, Layout) -> Allocated,
    /// # Safety
    /// The same; and the block came from it with this layout, and is used no more.
    deallocate: unsafe fn(NonNull<()>, NonNull<u8>, Layout),
}

/// The types of a map, known at run time. The policy is a type still: its answers choose code.
pub(crate) struct Described<P>(&'static Description, PhantomData<P>);

impl<P> Clone for Described<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Described<P> {}

impl<P: Tradeoffs> Described<P> {
    /// The description of these types.
    pub(crate) const fn of<K, V, A: Allocator>() -> Self {
        Self(Here::<K, V, A, P>::DESCRIPTION, PhantomData)
    }
}

/// Where the descriptions are.
struct Here<K, V, A, P>(PhantomData<(K, V, A, P)>);

impl<K, V, A: Allocator, P: Tradeoffs> Here<K, V, A, P> {
    const DESCRIPTION: &'static Description = &Description {
        shape: Types::<K, V, P>::SHAPE,
        allocate: allocate::<A>,
        deallocate: deallocate::<A>,
    };
}

impl<P: Tradeoffs> MapType for Described<P> {
    type Policy = P;

    #[inline(always)]
    fn shape(self) -> Shape {
        self.0.shape.of_policy::<P>()
    }
}

/// # Safety
/// There is an `A`.
unsafe fn allocate<A: Allocator>(alloc: NonNull<()>, layout: Layout) -> Allocated {
    // SAFETY: The caller's promise.
    unsafe { alloc.cast::<A>().as_ref() }.allocate(layout)
}

/// # Safety
/// There is an `A`, from which the block came with this layout; it is used no more.
unsafe fn deallocate<A: Allocator>(alloc: NonNull<()>, block: NonNull<u8>, layout: Layout) {
    // SAFETY: The caller's promise.
    unsafe { alloc.cast::<A>().as_ref().deallocate(block, layout) }
}

/// The heap of a map whose allocator is known by its address.
pub(crate) struct AnyHeap<'a, P> {
    of: Described<P>,
    /// Of the type that the description was made for.
    alloc: NonNull<()>,
    borrow: PhantomData<&'a ()>,
}

impl<P> Clone for AnyHeap<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for AnyHeap<'_, P> {}

impl<'a, P: Tradeoffs> AnyHeap<'a, P> {
    #[inline]
    pub(crate) fn of<K, V, A: Allocator>(alloc: &'a A) -> Self {
        Self {
            of: Described::of::<K, V, A>(),
            alloc: NonNull::from(alloc).cast(),
            borrow: PhantomData,
        }
    }
}

impl<P: Tradeoffs> Heap for AnyHeap<'_, P> {
    type Of = Described<P>;

    #[inline]
    fn of(self) -> Described<P> {
        self.of
    }

    #[inline(never)]
    fn allocate(self, layout: Option<Layout>) -> Had<NonNull<[u8]>> {
        let layout = layout.ok_or(TryReserveError::CapacityOverflow)?;
        // SAFETY: The allocator is borrowed, and of the type that the description is of.
        let block = unsafe { (self.of.0.allocate)(self.alloc, layout) };
        block.map_err(|AllocError| TryReserveError::AllocError { layout })
    }

    unsafe fn deallocate(self, block: NonNull<u8>, layout: Option<Layout>) {
        if let Some(layout) = layout {
            // SAFETY: As above, and the caller's promise.
            unsafe { (self.of.0.deallocate)(self.alloc, block, layout) }
        }
    }
}

/// A hasher that is known by its address.
#[derive(Clone, Copy)]
pub(crate) struct HashAt<'a> {
    /// # Safety
    /// The hasher is there, and a key of its type.
    function: unsafe fn(NonNull<()>, NonNull<u8>) -> HashValue,
    hasher: NonNull<()>,
    borrow: PhantomData<&'a ()>,
}

impl<'a> HashAt<'a> {
    #[inline]
    pub(crate) fn new<K, F: Fn(&K) -> HashValue>(hasher: &'a F) -> Self {
        Self {
            function: hash::<K, F>,
            hasher: NonNull::from(hasher).cast(),
            borrow: PhantomData,
        }
    }
}

/// # Safety
/// The hasher is an `F`, and the key a `K`.
unsafe fn hash<K, F: Fn(&K) -> HashValue>(hasher: NonNull<()>, key: NonNull<u8>) -> HashValue {
    // SAFETY: The caller's promise.
    unsafe { hasher.cast::<F>().as_ref()(key.cast().as_ref()) }
}

impl HashKey for HashAt<'_> {
    #[inline]
    unsafe fn hash(self, key: NonNull<u8>) -> HashValue {
        // SAFETY: The hasher is borrowed, and of the function's type; the caller's promise.
        unsafe { (self.function)(self.hasher, key) }
    }
}
