//! Slabs: blocks of one class that lie side by side, so that no allocator has to know each.
//!
//! All slabs of a class are full but the newest. A block that is given back leaves no hole: the
//! last one of its class moves there. What points to that one is the table's to correct.
//!
//! A slab that gets empty is *spare* if it has room for a whole block, and may become one of any
//! class: so a removal, which asks the allocator for nothing, finds room, and so do keys for which
//! memory is reserved. Smaller ones are *leaving*. Both are given back when all is in order again,
//! a few at a time.

use super::block::Class;
use super::bucket::BucketPtr;
use super::heap::Heap;
use super::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::sizing::round_up;
use core::ptr::NonNull;

/// The most bytes of a slab with more than one block.
const MOST_BYTES: usize = 4096;
/// A new slab has the root of 1 / SHARE of the blocks of its class: larger ones would be emptier,
/// smaller ones more.
const SHARE: u32 = 4;

/// What a slab begins with.
pub(crate) struct Slab {
    prev: Option<NonNull<Slab>>,
    /// Bytes of all of it.
    bytes: u32,
    used: u16,
    capacity: u16,
}

/// A slab whose blocks are to move to another one.
pub(crate) struct Exchanged {
    pub(crate) at: NonNull<Slab>,
    /// So many blocks of it are in use, the first ones.
    pub(crate) used: usize,
}

impl Exchanged {
    /// Block `n` of these.
    ///
    /// # Safety
    /// It is of this class, and `n` is below `used`.
    pub(crate) unsafe fn block<T: MapType>(&self, of: T, class: Class, n: usize) -> BucketPtr<T> {
        // SAFETY: The caller's promise.
        unsafe { BucketPtr::nth_block(of, class, self.at.cast(), front(of), n) }
    }
}

/// A list of slabs.
type List = Option<NonNull<Slab>>;

/// All slabs of a table.
pub(crate) struct Slabs {
    /// Those of each class, the newest first.
    newest: [List; Class::COUNT],
    /// Blocks of each class.
    blocks: [u32; Class::COUNT],
    spare: List,
    /// Whole blocks that the spare ones have room for.
    spare_places: u32,
    leaving: List,
    /// Bytes of all slabs.
    bytes: usize,
    /// How many they are.
    count: u32,
}

/// Bytes before the first block of a slab.
pub(crate) fn front<T: MapType>(of: T) -> usize {
    round_up(size_of::<Slab>(), of.shape().align())
}

/// How many blocks of a class so many bytes have room for.
fn capacity<T: MapType>(of: T, class: Class, bytes: usize) -> u16 {
    let blocks = bytes.saturating_sub(front(of)) / class.bytes(of);
    u16::try_from(blocks).unwrap_or(u16::MAX)
}

/// How many blocks a slab of a class has at most.
fn most<T: MapType>(of: T, class: Class) -> usize {
    usize::max(capacity(of, class, MOST_BYTES).into(), 1)
}

/// The layout of a slab of so many blocks.
pub(crate) fn layout_for<T: MapType>(of: T, class: Class, blocks: usize) -> Option<Layout> {
    layout(of, class.layout(of, front(of), blocks)?.size())
}

/// The layout of a slab of so many bytes.
fn layout<T: MapType>(of: T, bytes: usize) -> Option<Layout> {
    let align = usize::max(of.shape().align(), align_of::<Slab>());
    Layout::from_size_align(bytes, align).ok()
}

const OVERFLOW: TryReserveError = TryReserveError::CapacityOverflow;

impl Slabs {
    pub(crate) const EMPTY: Self = Self {
        newest: [None; Class::COUNT],
        blocks: [0; Class::COUNT],
        spare: None,
        spare_places: 0,
        leaving: None,
        bytes: 0,
        count: 0,
    };

    /// The slabs of a class, and how many blocks they have.
    fn list<T: MapType>(&mut self, of: T, class: Class) -> Option<(&mut List, &mut u32)> {
        let number = class.number(of);
        Some((self.newest.get_mut(number)?, self.blocks.get_mut(number)?))
    }

    /// Blocks of a class.
    pub(crate) fn blocks<T: MapType>(&self, of: T, class: Class) -> usize {
        let blocks = self.blocks.get(class.number(of));
        blocks.map_or(0, |blocks| *blocks as usize)
    }

    /// Blocks of a class that its slabs have and that are not in use: the newest slab's.
    fn free_blocks<T: MapType>(&self, of: T, class: Class) -> usize {
        let newest = self.newest.get(class.number(of)).copied().flatten();
        newest.map_or(0, |slab| {
            // SAFETY: A slab of this map.
            unsafe { slab.as_ref() }.free()
        })
    }

    /// A block of this class, empty, from the slabs of the class.
    pub(crate) fn take<T: MapType>(&mut self, of: T, class: Class) -> Option<BucketPtr<T>> {
        let (newest, blocks) = self.list(of, class)?;
        let at = (*newest)?;
        // SAFETY: A slab of this map.
        let slab = unsafe { &mut *at.as_ptr() };
        if slab.used >= slab.capacity {
            return None;
        }
        let n = slab.used.into();
        slab.used += 1;
        *blocks = blocks.saturating_add(1);
        // SAFETY: The slab has room for so many, and this one is not in use.
        unsafe {
            let block = BucketPtr::nth_block(of, class, at.cast(), front(of), n);
            block.init_block(class);
            Some(block)
        }
    }

    /// Whether a spare slab is no larger than one that would be added for a class.
    pub(crate) fn has_fitting_spare<T: MapType>(&self, of: T, class: Class) -> bool {
        self.spare.is_some_and(|spare| {
            // SAFETY: A slab of this map.
            let bytes = unsafe { spare.as_ref() }.bytes as usize;
            usize::from(capacity(of, class, bytes)) <= 2 * self.share(of, class)
        })
    }

    /// How many blocks a new slab of a class is for.
    pub(crate) fn share<T: MapType>(&self, of: T, class: Class) -> usize {
        let share = (self.blocks(of, class) as u32 / SHARE).isqrt();
        (share as usize).clamp(1, most(of, class))
    }

    /// Makes a spare slab the newest of a class whose others are full. All have room for a block
    /// of any class.
    pub(crate) fn use_spare<T: MapType>(&mut self, of: T, class: Class) -> Option<()> {
        let (spare, bytes) = self.pop_spare(of)?;
        let capacity = capacity(of, class, bytes as usize);
        self.put_first(of, class, spare, Slab::new(bytes, 0, capacity))
    }

    /// Takes a spare slab out, of so many bytes.
    fn pop_spare<T: MapType>(&mut self, of: T) -> Option<(NonNull<Slab>, u32)> {
        let spare = self.spare?;
        // SAFETY: A slab of this map.
        let slab = unsafe { spare.as_ref() };
        self.spare = slab.prev;
        let places = capacity(of, Class::whole(of), slab.bytes as usize);
        self.spare_places = self.spare_places.saturating_sub(places.into());
        Some((spare, slab.bytes))
    }

    /// Makes memory the newest slab of a class.
    fn put_first<T: MapType>(
        &mut self,
        of: T,
        class: Class,
        at: NonNull<Slab>,
        slab: Slab,
    ) -> Option<()> {
        let (newest, _) = self.list(of, class)?;
        let prev = newest.replace(at);
        // SAFETY: Memory of a slab that is not in use.
        unsafe { at.write(Slab { prev, ..slab }) };
        Some(())
    }

    /// Gets a slab for a class whose others are full: of fewer blocks if more are refused.
    pub(crate) fn add<H: Heap>(&mut self, heap: H, class: Class) -> Had<()> {
        let wanted = self.share(heap.of(), class);
        match self.add_of(heap, class, wanted) {
            Err(_) if wanted > 1 => self.add_of(heap, class, 1),
            added => added,
        }
    }

    /// Gets a slab for a class whose others are full, of so many blocks or as many as one can have.
    /// Where one has a free block nothing is done.
    pub(crate) fn provide<H: Heap>(&mut self, heap: H, class: Class, blocks: usize) -> Had<()> {
        let of = heap.of();
        if self.free_blocks(of, class) > 0 {
            return Ok(());
        }
        self.add_of(heap, class, blocks.clamp(1, most(of, class)))
    }

    /// The same, of so many blocks.
    pub(crate) fn add_of<H: Heap>(&mut self, heap: H, class: Class, blocks: usize) -> Had<()> {
        let (at, bytes) = self.get(heap, class, blocks)?;
        let capacity = u16::try_from(blocks).map_err(|_| OVERFLOW)?;
        let slab = Slab::new(bytes, 0, capacity);
        self.put_first(heap.of(), class, at, slab).ok_or(OVERFLOW)
    }

    /// Memory for a slab, of so many bytes.
    fn get<H: Heap>(&mut self, heap: H, class: Class, blocks: usize) -> Had<(NonNull<Slab>, u32)> {
        let layout = layout_for(heap.of(), class, blocks).ok_or(OVERFLOW)?;
        let noted = u32::try_from(layout.size()).map_err(|_| OVERFLOW)?;
        let at = heap.allocate(Some(layout))?.cast();
        self.note(layout.size());
        Ok((at, noted))
    }

    /// There is one more, of so many bytes.
    const fn note(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.count = self.count.saturating_add(1);
    }

    /// There is one fewer.
    const fn forget(&mut self, bytes: u32) {
        self.bytes = self.bytes.saturating_sub(bytes as usize);
        self.count = self.count.saturating_sub(1);
    }

    /// Makes a whole block, which the heap has given by itself as a slab of one, one of these.
    ///
    /// # Safety
    /// It is this map's, and its slabs of whole blocks are full.
    pub(crate) unsafe fn adopt<T: MapType>(&mut self, block: BucketPtr<T>) {
        let (of, whole) = (block.of(), Class::whole(block.of()));
        let Some(layout) = layout_for(of, whole, 1) else {
            return;
        };
        self.note(layout.size());
        // SAFETY: The caller's promise: so many bytes are before it.
        let at = unsafe { block.block_begins(whole, front(of)) };
        let slab = Slab::new(layout.size() as u32, 1, 1);
        self.put_first(of, whole, at.cast(), slab);
        if let Some((_, blocks)) = self.list(of, whole) {
            *blocks = blocks.saturating_add(1);
        }
    }

    /// Bytes of a slab of so many blocks.
    pub(crate) fn bytes_for<T: MapType>(&self, of: T, class: Class, blocks: usize) -> usize {
        layout_for(of, class, blocks).map_or(usize::MAX, |layout| layout.size())
    }

    /// Bytes of the slabs that so many blocks of a class take which are not there yet.
    pub(crate) fn added_by<T: MapType>(&self, of: T, class: Class, blocks: usize) -> usize {
        let new = blocks.saturating_sub(self.free_blocks(of, class));
        let most = most(of, class);
        let full = (new / most).saturating_mul(self.bytes_for(of, class, most));
        match new % most {
            0 => full,
            rest => full.saturating_add(self.bytes_for(of, class, rest)),
        }
    }

    /// Bytes of the slabs that get empty when so many blocks of each class are given back.
    pub(crate) fn freed_by<T: MapType>(&self, of: T, leaving: &[usize; Class::COUNT]) -> usize {
        let mut freed = 0_usize;
        for class in Class::all(of) {
            let number = class.number(of);
            let (Some(newest), Some(left)) = (self.newest.get(number), leaving.get(number)) else {
                continue;
            };
            let mut left = *left;
            for slab in Slab::all(newest) {
                let used = slab.used.into();
                if left < used || used == 0 {
                    break;
                }
                left -= used;
                freed = freed.saturating_add(slab.bytes as usize);
            }
        }
        freed
    }

    /// Puts a slab of as many blocks as are in use in place of the newest of a class, if that one has
    /// more and the other one is to be had. Its blocks are then to be moved to new ones, and it is
    /// to be [set aside](Self::set_aside).
    pub(crate) fn exchange_newest<H: Heap>(&mut self, heap: H, class: Class) -> Option<Exchanged> {
        let of = heap.of();
        let at = (*self.list(of, class)?.0)?;
        // SAFETY: A slab of this map.
        let (used, free, prev) =
            unsafe { (at.as_ref().used, at.as_ref().free(), at.as_ref().prev) };
        if free == 0 {
            return None;
        }
        let (new, bytes) = self.get(heap, class, used.into()).ok()?;
        let (newest, blocks) = self.list(of, class)?;
        *newest = prev;
        *blocks = blocks.saturating_sub(used.into());
        self.put_first(of, class, new, Slab::new(bytes, 0, used))?;
        Some(Exchanged {
            at,
            used: used.into(),
        })
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
        let (newest, blocks) = self.list(of, class)?;
        let at = (*newest)?;
        // SAFETY: A slab of this map.
        let slab = unsafe { &mut *at.as_ptr() };
        slab.used = slab.used.saturating_sub(1);
        *blocks = blocks.saturating_sub(1);
        let last = slab.used.into();
        // SAFETY: The slab has so many blocks.
        let last = unsafe { BucketPtr::nth_block(of, class, at.cast(), front(of), last) };
        let is_moved = last != block;
        if is_moved {
            // SAFETY: Two blocks of this class.
            unsafe { last.copy_whole(block, class) };
        }
        if slab.used == 0 {
            *newest = slab.prev;
            self.set_aside(of, at);
        }
        is_moved.then_some(last)
    }

    /// Makes an empty slab spare, or if it is too small for that lets it go.
    pub(crate) fn set_aside<T: MapType>(&mut self, of: T, at: NonNull<Slab>) {
        // SAFETY: A slab of this map, in no list.
        let slab = unsafe { &mut *at.as_ptr() };
        let places = capacity(of, Class::whole(of), slab.bytes as usize);
        let list = match places {
            0 => &mut self.leaving,
            _ => &mut self.spare,
        };
        slab.prev = list.replace(at);
        self.spare_places = self.spare_places.saturating_add(places.into());
    }

    /// Whole blocks that are at hand.
    pub(crate) fn places<T: MapType>(&self, of: T) -> usize {
        let free = self.free_blocks(of, Class::whole(of));
        (self.spare_places as usize).saturating_add(free)
    }

    /// Sees to it that so many whole blocks are at hand, in slabs of as many as usual if those are
    /// to be had. After an error those are that were.
    pub(crate) fn hold<H: Heap>(&mut self, heap: H, places: usize, usual: usize) -> Had<()> {
        let of = heap.of();
        let before = self.spare_places;
        while let Some(short) = places
            .checked_sub(self.places(of))
            .filter(|short| *short > 0)
        {
            let wanted = short.max(usual).min(most(of, Class::whole(of)));
            let mut had = self.get(heap, Class::whole(of), wanted);
            if had.is_err() && wanted > 1 {
                had = self.get(heap, Class::whole(of), 1);
            }
            let (at, bytes) = match had {
                Ok(had) => had,
                Err(error) => {
                    self.give_spare_back(heap, before as usize, usize::MAX);
                    return Err(error);
                }
            };
            // SAFETY: New memory for a slab.
            unsafe { at.write(Slab::new(bytes, 0, 0)) };
            self.set_aside(of, at);
        }
        Ok(())
    }

    /// Makes the spare slabs of others spare ones of these.
    pub(crate) fn join<T: MapType>(&mut self, of: T, other: &mut Self) {
        while let Some((spare, bytes)) = other.pop_spare(of) {
            other.forget(bytes);
            self.note(bytes as usize);
            self.set_aside(of, spare);
        }
    }

    /// Whether there is something to give back if so many places are to stay.
    #[inline]
    pub(crate) fn has_more_than(&self, places: usize) -> bool {
        self.leaving.is_some() || self.spare_places as usize > places
    }

    /// Gives slabs back that are leaving, and spare ones as long as these have more places than
    /// so many: a few at most.
    pub(crate) fn give_back<H: Heap>(&mut self, heap: H, places: usize, most: usize) {
        let mut left = most;
        while let Some(slab) = self.leaving.filter(|_| left > 0) {
            left -= 1;
            // SAFETY: A slab of this map, empty.
            let (bytes, prev) = unsafe { (slab.as_ref().bytes, slab.as_ref().prev) };
            self.leaving = prev;
            self.free(heap, slab, bytes);
        }
        self.give_spare_back(heap, places, left);
    }

    fn give_spare_back<H: Heap>(&mut self, heap: H, places: usize, most: usize) {
        let of = heap.of();
        for _ in 0..most {
            let Some(spare) = self.spare else { break };
            // SAFETY: A slab of this map.
            let bytes = unsafe { spare.as_ref() }.bytes;
            let own = capacity(of, Class::whole(of), bytes as usize);
            if (self.spare_places as usize) < places + usize::from(own) {
                break;
            }
            self.pop_spare(of);
            self.free(heap, spare, bytes);
        }
    }

    /// Gives a slab back that is in no list any more.
    fn free<H: Heap>(&mut self, heap: H, slab: NonNull<Slab>, bytes: u32) {
        self.forget(bytes);
        // SAFETY: It came from this heap with this layout.
        unsafe { heap.deallocate(slab.cast(), layout(heap.of(), bytes as usize)) };
    }

    /// Gives all of them back: called again after the allocator has panicked, the rest.
    ///
    /// # Safety
    /// No block in them is used again.
    pub(crate) unsafe fn give_all_back<H: Heap>(&mut self, heap: H) {
        self.give_back(heap, 0, usize::MAX);
        for class in Class::all(heap.of()) {
            let newest = self.list(heap.of(), class);
            self.leaving = newest.and_then(|(newest, _)| newest.take());
            self.give_back(heap, 0, usize::MAX);
        }
    }

    /// How many they are.
    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of all of them.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Slab {
    const fn new(bytes: u32, used: u16, capacity: u16) -> Self {
        Self {
            prev: None,
            bytes,
            used,
            capacity,
        }
    }

    /// Blocks that are not in use.
    const fn free(&self) -> usize {
        self.capacity.saturating_sub(self.used) as usize
    }

    /// All of a list.
    fn all<'a>(list: &'a List) -> impl Iterator<Item = &'a Self> {
        // SAFETY: Lists are of slabs of one map, which nobody changes meanwhile.
        let slab_at = |at: &NonNull<Self>| unsafe { at.as_ref() };
        let first: Option<&'a Self> = list.as_ref().map(slab_at);
        core::iter::successors(first, move |slab| slab.prev.as_ref().map(slab_at))
    }
}

/// For tests.
impl Slabs {
    /// Whether all slabs of a class are full but the newest, and none is empty.
    pub(crate) fn are_dense<T: MapType>(&self, of: T, class: Class) -> bool {
        let Some(newest) = self.newest.get(class.number(of)) else {
            return false;
        };
        let mut blocks = 0;
        for (n, slab) in Slab::all(newest).enumerate() {
            if slab.used == 0 || (n > 0 && slab.used != slab.capacity) {
                return false;
            }
            blocks += usize::from(slab.used);
        }
        blocks == self.blocks(of, class)
    }

    /// Whether bytes and places are what there is.
    pub(crate) fn are_counted<T: MapType>(&self, of: T) -> bool {
        let lists = self.newest.iter().chain([&self.spare, &self.leaving]);
        let all = lists.flat_map(Slab::all);
        let bytes: usize = all.map(|slab| slab.bytes as usize).sum();
        let places: u32 = Slab::all(&self.spare)
            .map(|slab| u32::from(capacity(of, Class::whole(of), slab.bytes as usize)))
            .sum();
        (bytes, places) == (self.bytes, self.spare_places)
    }
}
