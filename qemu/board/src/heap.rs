//! A heap for one map: a region of memory that the caller owns, and counters that
//! say what the map did with it.
//!
//! Kernels and firmware give a structure an arena of its own; that is also the
//! only way to measure one: how much it held at the most, how often it asked, how
//! large its largest block was. The allocator behind it is `linked_list_allocator`
//! (first fit, address ordered, no header, sizes rounded up to whole words, 2 at
//! the least), so what is measured includes what fragmentation costs.
//!
//! [`MapHeap`] is handed to a map by reference, `&'static` or shorter.

use alloc::boxed::Box;
use core::alloc::Layout;
use core::cell::RefCell;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

use allocator_api2::alloc::{AllocError, Allocator};
use critical_section::Mutex;
use linked_list_allocator::Heap;

/// A heap over one region; see the [module](self).
pub struct MapHeap(Mutex<RefCell<State>>);

struct State {
    heap: Heap,
    stats: Stats,
}

/// What a [`MapHeap`] has been asked for so far. Sizes are in bytes. Requests of
/// size 0 need no memory and are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// What the blocks in use occupy, rounding included.
    pub used: usize,
    /// What was asked for by the blocks in use.
    pub live: usize,
    /// The most that the blocks in use ever occupied.
    pub peak: usize,
    /// The end of the highest block there ever was, counted from the bottom of
    /// the heap: a region of this size would have done, for the same requests.
    pub high_water: usize,
    /// The largest single request that was granted.
    pub largest: usize,
    /// Requests, granted or not.
    pub allocations: usize,
    /// Blocks given back.
    pub frees: usize,
    /// Requests that were refused.
    pub failures: usize,
}

/// Memory for a [`MapHeap`], taken from the global allocator for good.
#[must_use]
pub fn leak_region(bytes: usize) -> &'static mut [MaybeUninit<u8>] {
    Box::leak(Box::new_uninit_slice(bytes))
}

impl MapHeap {
    /// A heap over the region. Needs at least four words; the ends are rounded
    /// to whole words.
    ///
    /// # Panics
    ///
    /// If the region is too small to hold a single hole.
    #[must_use]
    pub fn new(region: &'static mut [MaybeUninit<u8>]) -> Self {
        let heap = Self::empty();
        heap.give(region);
        heap
    }

    /// A heap without memory, which refuses everything until it is [given](Self::give) some.
    #[must_use]
    pub const fn empty() -> Self {
        let state = State {
            heap: Heap::empty(),
            stats: Stats::NONE,
        };
        Self(Mutex::new(RefCell::new(state)))
    }

    /// Gives an empty heap its memory.
    ///
    /// # Panics
    ///
    /// If it has memory already, or the region is too small to hold a single hole.
    pub fn give(&self, region: &'static mut [MaybeUninit<u8>]) {
        self.with(|state| state.heap.init_from_slice(region));
    }

    /// The counters.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.with(|state| Stats {
            used: state.heap.used(),
            ..state.stats
        })
    }

    /// Starts the counters anew, to measure the next user of the same region.
    ///
    /// # Panics
    ///
    /// If a block is still in use: what it occupies belongs to both counts.
    pub fn restart_counters(&self) {
        self.with(|state| {
            assert_eq!(state.heap.used(), 0, "blocks are still in use");
            state.stats = Stats::NONE;
        });
    }

    /// The bytes that the region offers.
    #[must_use]
    pub fn size(&self) -> usize {
        self.with(|state| state.heap.size())
    }

    fn with<R>(&self, action: impl FnOnce(&mut State) -> R) -> R {
        critical_section::with(|cs| action(&mut self.0.borrow_ref_mut(cs)))
    }
}

impl Stats {
    const NONE: Self = Self {
        used: 0,
        live: 0,
        peak: 0,
        high_water: 0,
        largest: 0,
        allocations: 0,
        frees: 0,
        failures: 0,
    };
}

impl State {
    fn allocate(&mut self, layout: Layout) -> Result<NonNull<u8>, AllocError> {
        self.stats.allocations += 1;
        let Ok(block) = self.heap.allocate_first_fit(layout) else {
            self.stats.failures += 1;
            return Err(AllocError);
        };
        let end = block.addr().get() + layout.size() - self.heap.bottom().addr();
        self.stats.live += layout.size();
        self.stats.peak = self.stats.peak.max(self.heap.used());
        self.stats.high_water = self.stats.high_water.max(end);
        self.stats.largest = self.stats.largest.max(layout.size());
        Ok(block)
    }
}

// SAFETY: a block is memory of the region, which is 'static and belongs to this
// heap alone; it stays the holder's until it is given back, since the blocks do
// not lie in the MapHeap, which may therefore move.
unsafe impl Allocator for MapHeap {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let block = if layout.size() == 0 {
            // The heap would spend two words on it.
            NonNull::new(ptr::without_provenance_mut(layout.align())).ok_or(AllocError)?
        } else {
            self.with(|state| state.allocate(layout))?
        };
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        if layout.size() != 0 {
            self.with(|state| {
                state.stats.frees += 1;
                state.stats.live -= layout.size();
                // SAFETY: the caller's promise: it came from `allocate` of this
                // heap with this layout, and is not used any more.
                unsafe { state.heap.deallocate(block, layout) };
            });
        }
    }
}
