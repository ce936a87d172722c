//! A heap for maps that the program and its interrupt handlers share. It takes no
//! compare-and-swap: while it is at work interrupts are off, and there is one processor.

use core::alloc::Layout;
use core::cell::RefCell;
use core::ptr::{NonNull, without_provenance_mut};
use critical_section::Mutex;
use hmap::{AllocError, Allocator};
use linked_list_allocator::Heap;

/// Give a map a reference to one.
pub struct SharedHeap(Mutex<RefCell<Heap>>);

impl SharedHeap {
    /// Without memory: it refuses all that is asked for.
    pub const fn empty() -> Self {
        Self(Mutex::new(RefCell::new(Heap::empty())))
    }

    /// Gives it memory. Call it once.
    ///
    /// # Safety
    ///
    /// The memory is the heap's for good, and nothing else uses it.
    pub unsafe fn start(&self, memory: *mut u8, size: usize) {
        // SAFETY: the caller's promise.
        self.with(|heap| unsafe { heap.init(memory, size) });
    }

    fn with<R>(&self, work: impl FnOnce(&mut Heap) -> R) -> R {
        critical_section::with(|section| work(&mut self.0.borrow_ref_mut(section)))
    }
}

// SAFETY: The blocks of `Heap` do not overlap, and lie in memory that is its own for good. They stay
// where they are if the `SharedHeap` is moved.
unsafe impl Allocator for SharedHeap {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let size = layout.size();
        let block = if size == 0 {
            // Nothing is asked for: any aligned address will do.
            NonNull::new(without_provenance_mut(layout.align())).ok_or(AllocError)?
        } else {
            self.with(|heap| heap.allocate_first_fit(layout))
                .map_err(|()| AllocError)?
        };
        Ok(NonNull::slice_from_raw_parts(block, size))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        if layout.size() != 0 {
            // SAFETY: It came from `allocate` with this layout, says the caller.
            self.with(|heap| unsafe { heap.deallocate(block, layout) });
        }
    }
}
