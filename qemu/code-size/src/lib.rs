//! What the programs of this package have in common: all but the map.
//!
//! Each is an image with insert, get and remove of one u64 -> u64 map, each a function of
//! its own; it is linked and never run. What `bin/none.rs` has in `.text` the others have,
//! too: an allocator, and the compiler's functions on memory. The rest is the map's:
//!
//!     .ci/run code_size
#![no_std]

use allocator_api2::alloc::{AllocError, Allocator};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::hint::black_box;
use core::ptr::{self, NonNull};

/// The same for all: a hasher whose seed is in the image.
pub const HASHER: foldhash::fast::FixedState = foldhash::fast::FixedState::with_seed(0x5eed);

/// A map, or none.
pub trait Map {
    fn new(heap: &'static Bump) -> Self;
    /// False if memory was refused.
    fn insert(&mut self, key: u64, value: u64) -> bool;
    fn get(&self, key: u64) -> Option<u64>;
    fn remove(&mut self, key: u64) -> Option<u64>;
}

/// Hands out a region from its beginning to its end, and takes nothing back.
pub struct Bump {
    next: Cell<usize>,
    end: usize,
}

// SAFETY: There is one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
static HEAP: Bump = Bump {
    next: Cell::new(1 << 20),
    end: 2 << 20,
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
}

// SAFETY: Blocks do not overlap, and lie in a region that is nobody else's.
unsafe impl Allocator for Bump {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let block = self.take(layout).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {}
}

// SAFETY: As above. Only what runs out of memory refers to it.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout).map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Makes a map's program: `code_size::program!(TheMap);`.
#[macro_export]
macro_rules! program {
    ($map:ty) => {
        /// The linker's entry point; it is never run.
        #[unsafe(no_mangle)]
        extern "C" fn _start() -> ! {
            $crate::everything::<$map>()
        }
    };
}

/// What [`program!`] expands to.
pub fn everything<M: Map>() -> ! {
    functions_on_memory();
    let mut map = black_box(M::new(&HEAP));
    loop {
        black_box(insert(&mut map, black_box(1), black_box(2)));
        black_box(get(&map, black_box(1)));
        black_box(remove(&mut map, black_box(1)));
    }
}

#[inline(never)]
extern "C" fn insert<M: Map>(map: &mut M, key: u64, value: u64) -> bool {
    map.insert(key, value)
}

#[inline(never)]
extern "C" fn get<M: Map>(map: &M, key: u64) -> u64 {
    map.get(key).unwrap_or(0)
}

#[inline(never)]
extern "C" fn remove<M: Map>(map: &mut M, key: u64) -> u64 {
    map.remove(key).unwrap_or(0)
}

/// A kernel has these anyway; a map that calls them is not charged with them.
fn functions_on_memory() {
    let (from, to, bytes) = black_box((ptr::null::<u8>(), ptr::null_mut::<u8>(), 0));
    // SAFETY: Never run.
    unsafe {
        ptr::copy_nonoverlapping(from, to, bytes);
        ptr::copy(from, to, bytes);
        ptr::write_bytes(to, 0xff, bytes);
    }
}
