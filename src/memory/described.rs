//! A map's types, allocator and hasher as data: what the core is compiled for once where it is
//! not compiled for each map.

use super::blocks::Blocks;
use super::cells::{CellFields, CellPool, Cells};
use super::hash_key::{EqKey, HashKey};
use super::heap::Heap;
use super::shape::{CellLayouts, MapType, Shape, Types};
use crate::numbers::alloc::{AllocError, Allocator, Layout};
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Tradeoffs;
use core::marker::PhantomData;
use core::mem::{MaybeUninit, needs_drop};
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
pub(crate) fn hash_key<K, F: Fn(&K) -> HashValue + Copy>(hasher: &F) -> HashAt<'_> {
    HashAt::new(hasher)
}

/// How it is to tell a key from others.
#[inline]
pub(crate) fn eq_key<F: FnMut(NonNull<u8>, usize) -> bool>(eq: &mut F) -> EqAt<'_> {
    EqAt::new(eq)
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
    /// What there is to do with cells, if entries have some.
    cells: Option<&'static OfCells>,
}

/// What there is to do with the cells of a heap, which is there; see [`Heap`].
struct OfCells {
    layouts: CellLayouts,
    give: unsafe fn(HeapParts, Option<&mut CellPool>, bool, CellFields) -> Had<()>,
    allocate: unsafe fn(HeapParts, u32) -> Had<CellPool>,
    free: unsafe fn(HeapParts, Cells),
    free_all: unsafe fn(HeapParts, CellPool),
}

/// What an [`AnyHeap`] is made of.
#[derive(Clone, Copy)]
struct HeapParts {
    of: &'static Description,
    /// Of the type that the description was made for.
    alloc: NonNull<()>,
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
        cells: if Types::<K, V, P>::SHAPE.has_cells() {
            Some(&OfCells {
                layouts: Types::<K, V, P>::CELLS,
                give: give_cells::<P>,
                allocate: allocate_cells::<P>,
                free: free_cells::<P>,
                free_all: free_all_cells::<P>,
            })
        } else {
            None
        },
    };
}

impl<P: Tradeoffs> MapType for Described<P> {
    type Policy = P;

    #[inline(always)]
    fn shape(self) -> Shape {
        self.0.shape.of_policy::<P>()
    }

    fn cells(self) -> CellLayouts {
        self.0
            .cells
            .map_or(CellLayouts::NONE, |cells| cells.layouts)
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

/// # Safety
/// The heap is there; as [`Heap::give_cells`].
unsafe fn give_cells<P: Tradeoffs>(
    heap: HeapParts,
    reserved: Option<&mut CellPool>,
    may_allocate: bool,
    fields: CellFields,
) -> Had<()> {
    // SAFETY: The caller's promise.
    unsafe { Cells::give(AnyHeap::<P>::of_parts(heap), reserved, may_allocate, fields) }
}

/// # Safety
/// The heap is there.
unsafe fn allocate_cells<P: Tradeoffs>(heap: HeapParts, entries: u32) -> Had<CellPool> {
    // SAFETY: The caller's promise.
    let heap = unsafe { AnyHeap::<P>::of_parts(heap) };
    CellPool::allocate(heap, entries)
}

/// # Safety
/// The heap is there; as [`Heap::free_cells`].
unsafe fn free_cells<P: Tradeoffs>(heap: HeapParts, cells: Cells) {
    // SAFETY: The caller's promise.
    unsafe { cells.free(AnyHeap::<P>::of_parts(heap)) }
}

/// # Safety
/// The heap is there; as [`Heap::free_all_cells`].
unsafe fn free_all_cells<P: Tradeoffs>(heap: HeapParts, pool: CellPool) {
    // SAFETY: The caller's promise.
    unsafe { pool.free(AnyHeap::<P>::of_parts(heap)) }
}

/// The heap of a map whose allocator is known by its address.
pub(crate) struct AnyHeap<'a, P> {
    parts: HeapParts,
    borrow: PhantomData<(&'a (), P)>,
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
        let parts = HeapParts {
            of: Here::<K, V, A, P>::DESCRIPTION,
            alloc: NonNull::from(alloc).cast(),
        };
        // SAFETY: The allocator is borrowed, and of the type that the description is of.
        unsafe { Self::of_parts(parts) }
    }

    /// # Safety
    /// They are of such a heap, whose allocator is there for `'a`.
    #[inline]
    unsafe fn of_parts(parts: HeapParts) -> Self {
        Self {
            parts,
            borrow: PhantomData,
        }
    }
}

impl<P: Tradeoffs> Blocks for AnyHeap<'_, P> {
    type Of = Described<P>;

    #[inline]
    fn of(self) -> Described<P> {
        Described(self.parts.of, PhantomData)
    }

    #[inline(never)]
    fn allocate(self, layout: Option<Layout>) -> Had<NonNull<[u8]>> {
        let layout = layout.ok_or(TryReserveError::CapacityOverflow)?;
        // SAFETY: The allocator is borrowed, and of the type that the description is of.
        let block = unsafe { (self.parts.of.allocate)(self.parts.alloc, layout) };
        block.map_err(|AllocError| TryReserveError::AllocError { layout })
    }

    unsafe fn deallocate(self, block: NonNull<u8>, layout: Option<Layout>) {
        if let Some(layout) = layout {
            // SAFETY: As above, and the caller's promise.
            unsafe { (self.parts.of.deallocate)(self.parts.alloc, block, layout) }
        }
    }
}

impl<P: Tradeoffs> Heap for AnyHeap<'_, P> {
    unsafe fn give_cells(
        self,
        reserved: Option<&mut CellPool>,
        may_allocate: bool,
        fields: CellFields,
    ) -> Had<()> {
        match self.parts.of.cells {
            // SAFETY: The allocator is borrowed; the caller's promise.
            Some(cells) => unsafe { (cells.give)(self.parts, reserved, may_allocate, fields) },
            None => Ok(()),
        }
    }

    fn allocate_cells(self, entries: u32) -> Had<CellPool> {
        match self.parts.of.cells {
            // SAFETY: The allocator is borrowed.
            Some(cells) => unsafe { (cells.allocate)(self.parts, entries) },
            None => Ok(CellPool::EMPTY),
        }
    }

    unsafe fn free_cells(self, cells: Cells) {
        if let Some(of_cells) = self.parts.of.cells {
            // SAFETY: The allocator is borrowed; the caller's promise.
            unsafe { (of_cells.free)(self.parts, cells) }
        }
    }

    unsafe fn free_all_cells(self, pool: CellPool) {
        if let Some(of_cells) = self.parts.of.cells {
            // SAFETY: The allocator is borrowed; the caller's promise.
            unsafe { (of_cells.free_all)(self.parts, pool) }
        }
    }
}

/// What a function captures: itself, if it is no more than a word and has no `Drop`, and else
/// where it lies.
#[derive(Clone, Copy)]
union Captured {
    word: MaybeUninit<*const ()>,
    at: NonNull<()>,
}

impl Captured {
    const fn is_word<F>() -> bool {
        size_of::<F>() <= size_of::<*const ()>()
            && align_of::<F>() <= align_of::<*const ()>()
            && !needs_drop::<F>()
    }

    /// # Safety
    /// The function is there as long as this is used, and is not called otherwise meanwhile.
    #[inline]
    unsafe fn of<F>(function: NonNull<F>) -> Self {
        if Self::is_word::<F>() {
            let mut word = MaybeUninit::<*const ()>::uninit();
            // SAFETY: A word has room for it. What it is moved from is not called.
            unsafe { word.as_mut_ptr().cast::<F>().write(function.read()) };
            Self { word }
        } else {
            Self {
                at: function.cast(),
            }
        }
    }

    /// Where the function is.
    ///
    /// # Safety
    /// It is of that type.
    #[inline]
    unsafe fn function<F>(&mut self) -> NonNull<F> {
        // SAFETY: The caller's promise.
        unsafe {
            if Self::is_word::<F>() {
                NonNull::from(&mut self.word).cast()
            } else {
                self.at.cast()
            }
        }
    }
}

/// A hasher of any type.
#[derive(Clone, Copy)]
pub(crate) struct HashAt<'a> {
    /// # Safety
    /// It is what the hasher captures, and a key of its type is there.
    function: unsafe fn(Captured, NonNull<u8>) -> HashValue,
    captured: Captured,
    borrow: PhantomData<&'a ()>,
}

impl<'a> HashAt<'a> {
    #[inline]
    pub(crate) fn new<K, F: Fn(&K) -> HashValue + Copy>(hasher: &'a F) -> Self {
        Self {
            function: hash::<K, F>,
            // SAFETY: It is borrowed; to call a shared one at the same time does no harm.
            captured: unsafe { Captured::of(NonNull::from(hasher)) },
            borrow: PhantomData,
        }
    }
}

/// # Safety
/// It is what an `F` captures, and the key a `K`.
unsafe fn hash<K, F: Fn(&K) -> HashValue>(mut captured: Captured, key: NonNull<u8>) -> HashValue {
    // SAFETY: The caller's promise.
    unsafe { captured.function::<F>().as_ref()(key.cast().as_ref()) }
}

impl HashKey for HashAt<'_> {
    #[inline]
    unsafe fn hash(self, key: NonNull<u8>) -> HashValue {
        // SAFETY: The hasher is borrowed, and of the function's type; the caller's promise.
        unsafe { (self.function)(self.captured, key) }
    }
}

/// A function of any type that says whether a key is the one that is looked for.
pub(crate) struct EqAt<'a> {
    /// # Safety
    /// It is what the function captures; as [`EqKey::is`].
    function: unsafe fn(Captured, NonNull<u8>, usize) -> bool,
    captured: Captured,
    borrow: PhantomData<&'a mut ()>,
}

impl<'a> EqAt<'a> {
    #[inline]
    fn new<F: FnMut(NonNull<u8>, usize) -> bool>(eq: &'a mut F) -> Self {
        Self {
            function: is_key::<F>,
            // SAFETY: It is borrowed alone.
            captured: unsafe { Captured::of(NonNull::from(eq)) },
            borrow: PhantomData,
        }
    }
}

/// # Safety
/// It is what an `F` captures.
unsafe fn is_key<F: FnMut(NonNull<u8>, usize) -> bool>(
    mut captured: Captured,
    head: NonNull<u8>,
    slot: usize,
) -> bool {
    // SAFETY: The caller's promise.
    unsafe { captured.function::<F>().as_mut()(head, slot) }
}

impl EqKey for EqAt<'_> {
    #[inline]
    unsafe fn is(&mut self, head: NonNull<u8>, slot: usize) -> bool {
        // SAFETY: The function is borrowed alone, and of this type; the caller's promise.
        unsafe { (self.function)(self.captured, head, slot) }
    }
}
