//! An allocator that writes down every block, so that nothing leaks, nothing is
//! given back twice or with another layout, and any call can be made to fail.

use super::part::panic_on_purpose;
use alloc::collections::BTreeMap;
use core::cell::{Cell, RefCell};
use core::ops::Range;
use core::ptr::NonNull;
use hmap::{AllocError, Allocator, Global};

use core::alloc::Layout;

/// Used by reference: `&Ledger` is the allocator of a map.
#[derive(Default)]
pub struct Ledger {
    blocks: RefCell<BTreeMap<usize, (NonNull<u8>, Layout)>>,
    calls: Cell<usize>,
    freed: Cell<usize>,
    refused: Cell<usize>,
    /// Calls still to be granted; none means no end.
    granted: Cell<Option<usize>>,
    /// Whether all calls after that fail, or just one.
    for_good: Cell<bool>,
    /// Sizes of blocks that are refused, from the first number on and below the second.
    sizes_refused: Cell<Option<(usize, usize)>>,
    /// Calls that go by before one panics.
    panics: Cell<Option<usize>>,
    /// The same of calls that give a block back.
    panics_freeing: Cell<Option<usize>>,
    /// Bytes handed out beyond what was asked for.
    excess: Cell<usize>,
    /// Whether all blocks are handed out as powers of two.
    rounds: Cell<bool>,
    /// Bytes asked for and not given back, and the most that there ever were.
    live: Cell<usize>,
    peak: Cell<usize>,
}

impl Ledger {
    pub fn new() -> Self {
        Self::default()
    }

    /// Grants `calls` more calls, refuses one, and grants again.
    pub fn refuse_one_after(&self, calls: usize) {
        self.granted.set(Some(calls));
        self.for_good.set(false);
    }

    /// Grants `calls` more calls and then none.
    pub fn refuse_all_after(&self, calls: usize) {
        self.granted.set(Some(calls));
        self.for_good.set(true);
    }

    /// From now on refuses blocks larger than that.
    pub fn refuse_larger_than(&self, bytes: usize) {
        self.refuse_sizes(bytes + 1..usize::MAX);
    }

    /// From now on refuses blocks of these sizes, as a heap does in which others are free.
    pub fn refuse_sizes(&self, bytes: Range<usize>) {
        self.sizes_refused.set(Some((bytes.start, bytes.end)));
    }

    pub fn grant_all(&self) {
        self.granted.set(None);
        self.sizes_refused.set(None);
    }

    /// Grants `calls` more calls, and panics in the next.
    pub fn panic_after(&self, calls: usize) {
        self.panics.set(Some(calls));
    }

    /// Takes `calls` more blocks back, and panics when it has the next.
    pub fn panic_after_freeing(&self, calls: usize) {
        self.panics_freeing.set(Some(calls));
    }

    /// Panics no more.
    pub fn calm_down(&self) {
        self.panics.set(None);
        self.panics_freeing.set(None);
    }

    /// From now on hands out this much more than asked for.
    pub fn hand_out_more(&self, bytes: usize) {
        self.excess.set(bytes);
    }

    /// From now on hands out the next power of two, as allocators with size classes do.
    pub fn hand_out_powers_of_two(&self) {
        self.rounds.set(true);
    }

    /// Bytes asked for and not given back.
    pub fn live_bytes(&self) -> usize {
        self.live.get()
    }

    /// The most bytes that were out at a time.
    pub fn peak_bytes(&self) -> usize {
        self.peak.get()
    }

    pub fn live_blocks(&self) -> usize {
        self.blocks.borrow().len()
    }

    /// The largest block that is out.
    pub fn largest_block(&self) -> usize {
        self.blocks
            .borrow()
            .values()
            .map(|(_, layout)| layout.size())
            .max()
            .unwrap_or(0)
    }

    /// Calls of `allocate`, refused ones too.
    pub fn calls(&self) -> usize {
        self.calls.get()
    }

    /// Calls of `deallocate`.
    pub fn freed(&self) -> usize {
        self.freed.get()
    }

    pub fn refused(&self) -> usize {
        self.refused.get()
    }

    /// Takes the blocks back that were leaked, and says how many there were.
    pub fn take_back(&self) -> usize {
        let blocks = self.blocks.take();
        for (start, layout) in blocks.values() {
            let granted = self.granted(*layout).expect("it was allocated");
            // SAFETY: The block was allocated with this layout and not given back; who
            // had it is gone.
            unsafe { Global.deallocate(*start, granted) };
        }
        self.live.set(0);
        blocks.len()
    }

    /// What is handed out for a block.
    fn granted(&self, layout: Layout) -> Result<Layout, AllocError> {
        let size = match self.rounds.get() {
            true => layout.size().next_power_of_two(),
            false => layout.size() + self.excess.get(),
        };
        Layout::from_size_align(size, layout.align()).map_err(|_| AllocError)
    }

    fn refuses(&self, layout: Layout) -> bool {
        let sizes = self.sizes_refused.get();
        if sizes.is_some_and(|(from, to)| (from..to).contains(&layout.size())) {
            return true;
        }
        match self.granted.get() {
            None => false,
            Some(0) => {
                if !self.for_good.get() {
                    self.granted.set(None);
                }
                true
            }
            Some(more) => {
                self.granted.set(Some(more - 1));
                false
            }
        }
    }
}

// SAFETY: Blocks are the global allocator's; the books change nothing of them.
unsafe impl Allocator for Ledger {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        self.calls.set(self.calls.get() + 1);
        assert_ne!(layout.size(), 0, "a map has no use for empty blocks");
        count_down(&self.panics);
        if self.refuses(layout) {
            self.refused.set(self.refused.get() + 1);
            return Err(AllocError);
        }
        let granted = self.granted(layout)?;
        // The block is as large as what is handed out; the books have what was
        // asked for, which is what the map has to give back.
        let block = Global.allocate(granted)?;
        let start = block.cast::<u8>();
        poison(start, granted);
        let before = self
            .blocks
            .borrow_mut()
            .insert(start.as_ptr().addr(), (start, layout));
        assert!(before.is_none(), "the global allocator gave a block twice");
        self.live.set(self.live.get() + layout.size());
        self.peak.set(self.peak.get().max(self.live.get()));
        Ok(NonNull::slice_from_raw_parts(start, granted.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        self.freed.set(self.freed.get() + 1);
        let asked = self.blocks.borrow_mut().remove(&block.as_ptr().addr());
        assert_eq!(
            asked.map(|(_, layout)| layout),
            Some(layout),
            "given back with another layout, or twice"
        );
        self.live.set(self.live.get() - layout.size());
        let granted = self.granted(layout).expect("it was allocated");
        poison(block, granted);
        // SAFETY: This is the block's layout, by the books; tests do not change the
        // excess while blocks are out.
        unsafe { Global.deallocate(block, granted) }
        count_down(&self.panics_freeing);
    }
}

/// Fills a block with what no map wrote, so that memory is not read by chance as if it
/// were initialised, or as if it were still there. Miri notices that by itself.
fn poison(block: NonNull<u8>, layout: Layout) {
    if !cfg!(miri) {
        // SAFETY: The block has this layout, and nothing in it is in use.
        unsafe { block.write_bytes(0xa5, layout.size()) };
    }
}

/// Panics if the count is at its end.
fn count_down(panics: &Cell<Option<usize>>) {
    if let Some(calls) = panics.take() {
        match calls.checked_sub(1) {
            Some(more) => panics.set(Some(more)),
            None => panic_on_purpose(),
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // Do not hide the failure of a test behind this one.
        #[cfg(not(target_os = "none"))]
        if std::thread::panicking() {
            return;
        }
        assert_eq!(
            self.live_blocks(),
            0,
            "leaked blocks: {:?}",
            self.blocks.borrow()
        );
    }
}
