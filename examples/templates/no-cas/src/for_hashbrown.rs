//! A global allocator that has nothing to give. hashbrown does not link without one, even where each
//! map is given its allocator; hmap does. Take it out together with hashbrown.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::null_mut;

struct Nothing;

#[global_allocator]
static NOTHING: Nothing = Nothing;

// SAFETY: It gives out no block.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _layout: Layout) -> *mut u8 {
        null_mut()
    }

    unsafe fn dealloc(&self, _block: *mut u8, _layout: Layout) {}
}
