//! What a kernel has beside its maps, so that no map is charged with it: a heap, a hasher's
//! seed, and the compiler's functions on memory.

use allocator_api2::alloc::{AllocError, Allocator};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::hint::black_box;
use core::ptr::{self, NonNull};

/// The same for all that take one: a hasher whose seed is in the image.
#[cfg_attr(
    not(any(feature = "hmap", feature = "hashbrown")),
    expect(dead_code, reason = "heapless takes none")
)]
pub const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x5eed);

/// Hands out a region from its beginning to its end, and only counts what comes back.
pub struct Bump {
    next: Cell<usize>,
    end: usize,
    given_back: Cell<usize>,
}

// SAFETY: There is one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
pub static HEAP: Bump = Bump {
    next: Cell::new(1 << 20),
    end: 2 << 20,
    given_back: Cell::new(0),
};

impl Bump {
    #[inline(never)]
    fn take(&self, layout: Layout) -> Option<NonNull<u8>> {
        let start = self.next.get().wrapping_add(layout.align() - 1) & !(layout.align() - 1);
        let end = start.checked_add(layout.size())?;
        if end > self.end {
            return None;
        }
        self.next.set(end);
        NonNull::new(ptr::with_exposed_provenance_mut(start))
    }

    /// A function that needs both: a map has to know the layout of what it gives back, and
    /// the code for that would not be there if nobody asked for it.
    #[inline(never)]
    fn give_back(&self, block: *mut u8, layout: Layout) {
        black_box((block, layout));
        let given_back = self.given_back.get().wrapping_add(layout.size());
        self.given_back.set(given_back);
    }
}

// SAFETY: Blocks do not overlap, and lie in a region that is nobody else's.
unsafe impl Allocator for Bump {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let block = self.take(layout).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        self.give_back(block.as_ptr(), layout);
    }
}

// SAFETY: As above. Only what runs out of memory refers to it.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout).map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.give_back(block, layout);
    }
}

/// Has all of them linked: the heap's two, and the compiler's for memory of each alignment.
pub fn functions() {
    let (heap, layout) = black_box((&HEAP, Layout::new::<u64>()));
    if let Ok(block) = heap.allocate(layout) {
        // SAFETY: Allocated above, with this layout.
        unsafe { heap.deallocate(block.cast(), layout) };
    }
    on_memory::<u8>();
    on_memory::<u32>();
    on_memory::<u64>();
    black_box(black_box::<&[u8]>(&[]) == black_box::<&[u8]>(&[]));
}

fn on_memory<T>() {
    let (from, number) = black_box((ptr::null::<T>(), 0));
    // Each into memory of its own: what is written over would not be written.
    let to = || black_box(ptr::null_mut::<T>());
    // SAFETY: Never run.
    unsafe {
        ptr::copy_nonoverlapping(from, to(), number);
        ptr::copy(from, to(), number);
        ptr::write_bytes(to(), 0xff, number);
        ptr::write_bytes(to(), 0, number);
    }
}
