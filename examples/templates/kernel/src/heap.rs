//! The kernel's heap: `linked_list_allocator` behind a spin lock, as the global allocator. It is
//! what `hmap::Global` stands for.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{NonNull, null_mut};
use linked_list_allocator::Heap;
use spin::Mutex;

pub const SIZE: usize = 64 << 10;

struct KernelHeap(Mutex<Heap>);

#[global_allocator]
static HEAP: KernelHeap = KernelHeap(Mutex::new(Heap::empty()));

/// Gives the heap its memory. Call it once, before anything allocates.
pub fn start() {
    static mut MEMORY: [u64; SIZE / 8] = [0; SIZE / 8];
    let memory = (&raw mut MEMORY).cast();
    // SAFETY: Nothing else knows the memory, and this is called once.
    unsafe { HEAP.0.lock().init(memory, SIZE) };
}

// SAFETY: The blocks of `Heap` do not overlap, and lie in memory that is its own for good.
unsafe impl GlobalAlloc for KernelHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = self.0.lock().allocate_first_fit(layout);
        block.map_or(null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(block) = NonNull::new(block) {
            // SAFETY: It came from `alloc` with this layout, says the caller.
            unsafe { self.0.lock().deallocate(block, layout) };
        }
    }
}
