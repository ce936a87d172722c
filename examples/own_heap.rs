//! A heap for one map alone: `linked_list_allocator` behind the `Allocator` trait. The
//! same value serves hmap and hashbrown.
//!
//!     cargo qemu run own_heap
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::println;
use core::alloc::Layout;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use hmap::{AllocError, Allocator, DefaultHashBuilder, Hmap};
use linked_list_allocator::Heap;
use spin::Mutex;

board::main!(run);

/// A heap over memory of its own. Give `&OwnHeap` to a map.
struct OwnHeap(Mutex<Heap>);

impl OwnHeap {
    fn new(memory: &'static mut [MaybeUninit<u8>]) -> Self {
        Self(Mutex::new(Heap::from_slice(memory)))
    }
}

// SAFETY: Blocks come from memory that is the heap's for good; they do not overlap, and
// do not move when the `OwnHeap` does.
unsafe impl Allocator for OwnHeap {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        // A map never asks for nothing; others may, and the heap would give 16 bytes.
        if layout.size() == 0 {
            let aligned = core::ptr::without_provenance_mut(layout.align());
            let dangling = NonNull::new(aligned).ok_or(AllocError)?;
            return Ok(NonNull::slice_from_raw_parts(dangling, 0));
        }
        let block = self
            .0
            .lock()
            .allocate_first_fit(layout)
            .map_err(|()| AllocError)?;
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        if layout.size() != 0 {
            // SAFETY: It came from `allocate` with this layout, says the caller.
            unsafe { self.0.lock().deallocate(block, layout) }
        }
    }
}

fn run() -> Result<(), hmap::InsertError<u32, u64>> {
    let heap = OwnHeap::new(board::heap::leak_region(16 << 10));
    let mut ours = Hmap::new_in(&heap);
    let hasher = DefaultHashBuilder::with_seed(1);
    let mut theirs = hashbrown::HashMap::with_hasher_in(hasher, &heap);
    for n in 0..100 {
        ours.insert(n, u64::from(n))?;
        theirs.insert(n, u64::from(n));
    }
    let used = heap.0.lock().used();
    println!("{used} bytes used by both");

    // Fill what is left: the insert that finds no room gives the pair back.
    let refused = (100..).find_map(|n| ours.insert(n, 0).err());
    if let Some(error) = refused {
        println!("{} entries, then: {error}", ours.len());
    }
    Ok(())
}
