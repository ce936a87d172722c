//! The global allocator: all memory behind the image, as one [`MapHeap`].

use core::alloc::{GlobalAlloc, Layout};
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

use allocator_api2::alloc::Allocator;

use crate::heap::MapHeap;

struct Global(MapHeap);

#[global_allocator]
static GLOBAL: Global = Global(MapHeap::empty());

/// Gives the global allocator its memory. Called once, at boot.
pub(crate) fn give(memory: &'static mut [MaybeUninit<u8>]) {
    GLOBAL.0.give(memory);
}

// SAFETY: MapHeap keeps the promises of an allocator; a refusal is null here.
unsafe impl GlobalAlloc for Global {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0
            .allocate(layout)
            .map_or(ptr::null_mut(), |block| block.as_ptr().cast())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(block) = NonNull::new(block) {
            // SAFETY: the caller's promise: it came from `alloc` with this layout.
            unsafe { self.0.deallocate(block, layout) }
        }
    }
}
