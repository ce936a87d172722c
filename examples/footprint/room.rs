//! The memory that one map after the other is measured in.

use alloc::boxed::Box;
use board::heap::{MapHeap, leak_region};
use core::mem::MaybeUninit;
use core::slice;

/// A region that heaps are made in, one at a time.
pub struct Room(&'static mut [MaybeUninit<u8>]);

impl Room {
    pub fn new(bytes: usize) -> Self {
        Self(leak_region(bytes))
    }

    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    /// Runs `measure` with a heap of so many bytes. Nothing that lies in the heap is
    /// used any more when it returns: maps are forgotten, since dropping a map of many
    /// blocks takes this allocator time by the square.
    pub fn heap<R>(&mut self, bytes: usize, measure: impl FnOnce(&'static MapHeap) -> R) -> R {
        let region = &mut self.0[..bytes];
        // SAFETY: The region is 'static, and what used it before is forgotten.
        let region = unsafe { slice::from_raw_parts_mut(region.as_mut_ptr(), bytes) };
        // A hundred bytes that nobody misses.
        measure(Box::leak(Box::new(MapHeap::new(region))))
    }
}
