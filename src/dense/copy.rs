//! A copy: the same directory, and the same entries in the same slots.

use super::header::Header;
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::Had;

impl Header {
    /// Copies another map. This one has no memory; it is whole after every slot.
    pub(super) fn copy_from<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        mut copy: impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()>,
    ) -> Had<()> {
        let of = heap.of();
        if original.count == 0 {
            return Ok(());
        }
        if original.is_alone() {
            self.widen_alone(heap, original.count)?;
            let [from, to] = [original, &*self].map(|header| header.entry(of, 0));
            // SAFETY: Two chains; those of this one are new, and have room for all.
            return unsafe { self.copy_alone(from, to, &mut copy) };
        }
        self.copy_directory(heap, original)?;
        for (index, head) in original.chains(of) {
            self.copy_chain(heap, original, (index, head), &mut copy)?;
        }
        Ok(())
    }

    /// Makes a directory of the same size, which leads to nothing.
    fn copy_directory<H: Heap>(&mut self, heap: H, original: &Self) -> Had<()> {
        self.begin_directory(heap)?;
        for _ in 1..original.buckets {
            self.push(heap)?;
        }
        self.begin_walks_at(original.begin_of_walk() as usize);
        Ok(())
    }

    fn copy_chain<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        (index, from): (usize, BucketPtr<H::Of>),
        copy: &mut impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()>,
    ) -> Had<()> {
        let of = heap.of();
        let mut last: Option<BucketPtr<H::Of>> = None;
        // SAFETY: D3: a chain of the other map. The blocks of this one are new.
        unsafe {
            let depth = from.about().depth;
            for block in from.blocks() {
                if block.about().len() == 0 {
                    break;
                }
                let next = block.next_block();
                let class = match next.filter(|next| next.about().len() > 0) {
                    Some(_) => Class::whole(of),
                    None => Class::fit(of, block.about().slots()),
                };
                let to = self.block_of_copy(heap, original, class)?;
                match last.replace(to) {
                    None => self.place_chain(to, index, depth.into()),
                    Some(last) => {
                        to.set_place(index as u32, depth, Kind::Behind);
                        last.set_link(Some(to));
                    }
                }
                self.copy_entries(block, to, copy)?;
            }
        }
        Ok(())
    }

    /// A block of this class. If it takes a slab, that has as many as are still to come, or a
    /// whole one: so a copy is no larger than the original.
    fn block_of_copy<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        class: Class,
    ) -> Had<BucketPtr<H::Of>> {
        let blocks = |header: &Self| {
            let extra = header.extra();
            extra.map_or(0, |extra| extra.slabs.blocks(heap.of(), class))
        };
        let left = blocks(original).saturating_sub(blocks(self));
        self.new_block_of(heap, class, left)
    }

    /// Copies a small map.
    ///
    /// # Safety
    /// Both are its chains, the second one of this map, empty, and with room for the entries.
    unsafe fn copy_alone<T: MapType>(
        &mut self,
        from: BucketPtr<T>,
        to: BucketPtr<T>,
        copy: &mut impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        unsafe {
            for (from, to) in from.blocks().zip(to.blocks()) {
                self.copy_entries(from, to, copy)?;
            }
        }
        Ok(())
    }

    /// # Safety
    /// Both are blocks, the second one of this map, empty, and with room for the entries.
    unsafe fn copy_entries<T: MapType>(
        &mut self,
        from: BucketPtr<T>,
        to: BucketPtr<T>,
        copy: &mut impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        unsafe {
            for index in 0..from.about().len() {
                let slot_of = |bucket| Slot { bucket, index };
                copy(slot_of(from), slot_of(to))?;
                to.push_tag(from.tag(index));
                self.count += 1;
            }
        }
        Ok(())
    }
}
