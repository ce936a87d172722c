//! An allocator that hands out bucket arrays as large as Go's size classes make
//! them, and keeps books.

use super::header::{ARRAYS, Header};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::cell::{Cell, RefCell};
use core::ptr::NonNull;
use hmap::{AllocError, Allocator, Global};

/// What an array of one B takes, in bytes.
#[derive(Clone, Copy, Default)]
struct ArrayBytes {
    asked: usize,
    granted: usize,
}

/// A bucket array that was allocated: B, and buckets with spares.
pub type Allocated = (u8, usize);

pub struct GoHeap {
    arrays: [ArrayBytes; ARRAYS],
    totals: [usize; ARRAYS],
    /// Blocks that are out: what was asked for and what was granted.
    blocks: RefCell<BTreeMap<usize, (Layout, Layout)>>,
    /// Bytes asked for and not given back.
    live: Cell<usize>,
    allocated: RefCell<Vec<Allocated>>,
    complaint: Cell<Option<&'static str>>,
}

impl GoHeap {
    /// For a map whose arrays ask for `array_bytes(B)`: all, what is before the first bucket,
    /// and one bucket.
    pub fn new(header: &Header, array_bytes: impl Fn(u8) -> Option<(usize, usize, usize)>) -> Self {
        let mut arrays = [ArrayBytes::default(); ARRAYS];
        for ((bits, bytes), size) in (0..).zip(&mut arrays).zip(header.arrays) {
            if let Some((asked, front, bucket)) = array_bytes(bits) {
                // On a small machine the largest ones do not exist.
                let granted = front.saturating_add(size.total.saturating_mul(bucket));
                *bytes = ArrayBytes { asked, granted };
            }
        }
        Self {
            arrays,
            totals: header.arrays.map(|size| size.total),
            blocks: RefCell::default(),
            live: Cell::new(0),
            allocated: RefCell::default(),
            complaint: Cell::new(None),
        }
    }

    /// Arrays allocated since the last call.
    pub fn take_allocated(&self) -> Vec<Allocated> {
        self.allocated.take()
    }

    pub fn live_bytes(&self) -> usize {
        self.live.get()
    }

    /// What was wrong with a call, if one was.
    pub fn complaint(&self) -> Option<&'static str> {
        self.complaint.get()
    }

    /// What to grant. A chunk of overflow buckets cannot be taken for an array: it
    /// has a header smaller than any bucket, so it is no multiple of one.
    fn granted(&self, asked: Layout) -> Option<Layout> {
        let same = |array: &ArrayBytes| array.asked == asked.size();
        let Some(bits) = self.arrays.iter().position(same) else {
            // Larger than Go's table goes: only a garbled trace comes here.
            let most = self.arrays.last().map_or(0, |array| array.asked);
            return (asked.size() < most).then_some(asked);
        };
        let granted = self.arrays.get(bits)?.granted.max(asked.size());
        let total = *self.totals.get(bits)?;
        self.allocated
            .borrow_mut()
            .push((u8::try_from(bits).ok()?, total));
        Layout::from_size_align(granted, asked.align()).ok()
    }
}

// SAFETY: Blocks are the global allocator's; the books change nothing of them.
unsafe impl Allocator for GoHeap {
    fn allocate(&self, asked: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let granted = self.granted(asked);
        let Some(granted) = granted.filter(|granted| granted.size() > 0) else {
            self.complaint.set(Some("a block that Go has no use for"));
            return Err(AllocError);
        };
        let block = Global.allocate(granted)?;
        let start = block.cast::<u8>();
        let mut blocks = self.blocks.borrow_mut();
        blocks.insert(start.as_ptr().addr(), (asked, granted));
        self.live.set(self.live.get() + asked.size());
        Ok(NonNull::slice_from_raw_parts(start, granted.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        let known = self.blocks.borrow_mut().remove(&block.as_ptr().addr());
        let Some((asked, granted)) = known.filter(|(asked, _)| *asked == layout) else {
            self.complaint
                .set(Some("a block given back twice or with another layout"));
            return;
        };
        self.live.set(self.live.get() - asked.size());
        // SAFETY: It was allocated with this layout, and is in the books no more.
        unsafe { Global.deallocate(block, granted) }
    }
}
