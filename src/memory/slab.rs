//! Slabs: blocks of one class that lie side by side, so that no allocator has to know each.
//!
//! All slabs of a class are full but the newest. A block that is given back leaves no hole: the
//! last one of its class moves there. What points to that one is the table's to correct.
//!
//! A slab that gets empty stays as the *spare*, for any class, so that a removal, which asks the
//! allocator for nothing, finds room; a second one is *leaving*, and given back when all is in
//! order again.

use super::block::Class;
use super::bucket::BucketPtr;
use super::heap::Heap;
use super::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::sizing::round_up;
use core::mem;
use core::ptr::NonNull;

/// The most bytes of a slab with more than one block.
const MOST_BYTES: usize = 4096;
/// A new slab is for so much of what its class has: 1 / SHARE.
const SHARE: usize = 8;

/// What a slab begins with.
pub(crate) struct Slab {
    prev: Option<NonNull<Slab>>,
    /// Bytes of all of it.
    bytes: u32,
    used: u16,
    capacity: u16,
}

/// All slabs of a class.
#[derive(Clone, Copy)]
struct List {
    newest: Option<NonNull<Slab>>,
    blocks: usize,
}

/// All slabs of a table.
pub(crate) struct Slabs {
    lists: [List; Class::COUNT],
    spare: Option<NonNull<Slab>>,
    leaving: Option<NonNull<Slab>>,
}

/// Bytes before the first block of a slab.
fn front<T: MapType>(of: T) -> usize {
    round_up(size_of::<Slab>(), of.shape().align())
}

/// How many blocks of a class so many bytes have room for.
fn capacity<T: MapType>(of: T, class: Class, bytes: usize) -> u16 {
    let blocks = bytes.saturating_sub(front(of)) / class.bytes(of);
    u16::try_from(blocks).unwrap_or(u16::MAX)
}

/// The layout of a slab of so many bytes.
fn layout<T: MapType>(of: T, bytes: usize) -> Option<Layout> {
    let align = usize::max(of.shape().align(), align_of::<Slab>());
    Layout::from_size_align(bytes, align).ok()
}

impl Slabs {
    pub(crate) const EMPTY: Self = Self {
        lists: [List {
            newest: None,
            blocks: 0,
        }; Class::COUNT],
        spare: None,
        leaving: None,
    };

    fn list(&mut self, class: Class) -> Option<&mut List> {
        self.lists.get_mut(class.number())
    }

    /// Blocks of a class.
    pub(crate) fn blocks(&self, class: Class) -> usize {
        let list = self.lists.get(class.number());
        list.map_or(0, |list| list.blocks)
    }

    /// A block of this class, empty, from the slabs at hand.
    pub(crate) fn take<T: MapType>(&mut self, of: T, class: Class) -> Option<BucketPtr<T>> {
        self.take_of_newest(of, class).or_else(|| {
            self.use_spare(of, class)?;
            self.take_of_newest(of, class)
        })
    }

    fn take_of_newest<T: MapType>(&mut self, of: T, class: Class) -> Option<BucketPtr<T>> {
        let list = self.list(class)?;
        let at = list.newest?;
        // SAFETY: A slab of this map.
        let slab = unsafe { &mut *at.as_ptr() };
        if slab.used >= slab.capacity {
            return None;
        }
        let n = slab.used.into();
        slab.used += 1;
        list.blocks += 1;
        // SAFETY: The slab has room for so many, and this one is not in use.
        unsafe {
            let block = BucketPtr::nth_block(of, class, at.cast(), front(of), n);
            block.init_block(class);
            Some(block)
        }
    }

    /// Makes the spare the newest slab of a class whose others are full.
    fn use_spare<T: MapType>(&mut self, of: T, class: Class) -> Option<()> {
        let spare = self.spare?;
        // SAFETY: A slab of this map.
        let bytes = unsafe { spare.as_ref() }.bytes;
        let capacity = capacity(of, class, bytes as usize);
        if capacity == 0 {
            return None;
        }
        self.spare = None;
        self.put_first(class, spare, bytes, capacity)
    }

    /// Makes memory the newest slab of a class.
    fn put_first(
        &mut self,
        class: Class,
        at: NonNull<Slab>,
        bytes: u32,
        capacity: u16,
    ) -> Option<()> {
        let list = self.list(class)?;
        let slab = Slab {
            prev: list.newest.replace(at),
            bytes,
            used: 0,
            capacity,
        };
        // SAFETY: Memory of a slab that is not in use.
        unsafe { at.write(slab) };
        Some(())
    }

    /// Gets a slab for a class whose others are full: of fewer blocks if more are refused.
    pub(crate) fn add<H: Heap>(&mut self, heap: H, class: Class) -> Had<()> {
        let of = heap.of();
        let full = usize::max(capacity(of, class, MOST_BYTES).into(), 1);
        let wanted = usize::clamp(self.blocks(class) / SHARE, 1, full);
        match self.add_of(heap, class, wanted) {
            Err(_) if wanted > 1 => self.add_of(heap, class, 1),
            added => added,
        }
    }

    fn add_of<H: Heap>(&mut self, heap: H, class: Class, blocks: usize) -> Had<()> {
        const OVERFLOW: TryReserveError = TryReserveError::CapacityOverflow;
        let of = heap.of();
        let bytes = class.layout(of, front(of), blocks).ok_or(OVERFLOW)?.size();
        let noted = u32::try_from(bytes).map_err(|_| OVERFLOW)?;
        let capacity = u16::try_from(blocks).map_err(|_| OVERFLOW)?;
        let at = heap.allocate(layout(of, bytes))?.cast();
        self.put_first(class, at, noted, capacity).ok_or(OVERFLOW)
    }

    /// Gives a block back. Says where the block was that is in its place now, if there is one.
    ///
    /// # Safety
    /// It is of this class, of these slabs, and holds nothing that is still needed.
    pub(crate) unsafe fn release<T: MapType>(
        &mut self,
        block: BucketPtr<T>,
        class: Class,
    ) -> Option<BucketPtr<T>> {
        let of = block.of();
        let list = self.list(class)?;
        let at = list.newest?;
        // SAFETY: A slab of this map.
        let slab = unsafe { &mut *at.as_ptr() };
        slab.used = slab.used.saturating_sub(1);
        list.blocks = list.blocks.saturating_sub(1);
        let last = slab.used.into();
        // SAFETY: The slab has so many blocks.
        let last = unsafe { BucketPtr::nth_block(of, class, at.cast(), front(of), last) };
        let is_moved = last != block;
        if is_moved {
            // SAFETY: Two blocks of this class.
            unsafe { last.copy_whole(block, class) };
        }
        if slab.used == 0 {
            list.newest = slab.prev;
            self.set_aside(at);
        }
        is_moved.then_some(last)
    }

    /// Keeps an empty slab, or of two the larger one.
    fn set_aside(&mut self, slab: NonNull<Slab>) {
        // SAFETY: Slabs of this map.
        let bytes = |slab: NonNull<Slab>| unsafe { slab.as_ref() }.bytes;
        let mut slab = slab;
        let Some(spare) = &mut self.spare else {
            self.spare = Some(slab);
            return;
        };
        if bytes(slab) > bytes(*spare) {
            mem::swap(spare, &mut slab);
        }
        // SAFETY: As above; it is in no other list.
        unsafe { slab.as_mut() }.prev = self.leaving.replace(slab);
    }

    /// Lets the spare go.
    pub(crate) fn leave_spare(&mut self) {
        if let Some(mut slab) = self.spare.take() {
            // SAFETY: A slab of this map, in no other list.
            unsafe { slab.as_mut() }.prev = self.leaving.replace(slab);
        }
    }

    pub(crate) fn has_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// Gives those back that are leaving.
    pub(crate) fn give_back<H: Heap>(&mut self, heap: H) {
        while let Some(slab) = self.leaving {
            // SAFETY: A slab of this map, empty.
            let (bytes, prev) = unsafe { (slab.as_ref().bytes, slab.as_ref().prev) };
            self.leaving = prev;
            // SAFETY: It came from this heap with this layout.
            unsafe { heap.deallocate(slab.cast(), layout(heap.of(), bytes as usize)) };
        }
    }

    /// Gives all of them back: called again after the allocator has panicked, the rest.
    ///
    /// # Safety
    /// No block in them is used again.
    pub(crate) unsafe fn give_all_back<H: Heap>(&mut self, heap: H) {
        self.leave_spare();
        self.give_back(heap);
        for class in Class::all(heap.of()) {
            let newest = self.list(class).and_then(|list| list.newest.take());
            self.leaving = newest;
            self.give_back(heap);
        }
    }

    /// Bytes of all of them.
    pub(crate) fn bytes(&self) -> usize {
        let newest = self.lists.iter().map(|list| list.newest);
        let all = newest.chain([self.spare, self.leaving]);
        let mut bytes = 0;
        for (number, list) in all.enumerate() {
            let mut next = list;
            while let Some(slab) = next {
                // SAFETY: A slab of this map.
                let slab = unsafe { slab.as_ref() };
                bytes += slab.bytes as usize;
                // The spare is alone.
                next = slab.prev.filter(|_| number != Class::COUNT);
            }
        }
        bytes
    }

    /// Whether all slabs of a class are full but the newest, and no slab is empty; for tests.
    pub(crate) fn are_dense(&self, class: Class) -> bool {
        let Some(list) = self.lists.get(class.number()) else {
            return false;
        };
        let (mut next, mut blocks, mut is_newest) = (list.newest, 0, true);
        while let Some(slab) = next {
            // SAFETY: A slab of this map.
            let slab = unsafe { slab.as_ref() };
            if slab.used == 0 || (!is_newest && slab.used != slab.capacity) {
                return false;
            }
            blocks += usize::from(slab.used);
            (next, is_newest) = (slab.prev, false);
        }
        blocks == list.blocks
    }
}
