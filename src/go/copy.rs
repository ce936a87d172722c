//! The arrays of a copy: as large as the original's, and in the middle of the same growth. Only
//! the copy of a map that is nearly empty is smaller.

use super::header::{Header, Home};
use super::walk::Walk;
use crate::memory::array::{Array, NewArray, make_first_bucket};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::heap::Heap;
use crate::memory::occupancy::Occupancy;
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};
use crate::numbers::sizing::BucketBits;

/// Spares of the old array of a copy: they stand for those of the original's, so that the
/// moves need no more overflow buckets than there (H6).
pub(crate) struct OldSpares {
    /// The original's old array, and the copy's.
    arrays: Option<(Array, Array)>,
    taken: u32,
}

impl OldSpares {
    const NONE: Self = Self {
        arrays: None,
        taken: 0,
    };

    /// The next one, if this bucket of an old chain of the original is a spare too, and there
    /// are some left.
    fn take<T: MapType>(&mut self, from: BucketPtr<T>) -> Option<BucketPtr<T>> {
        let (original, copy) = self.arrays?;
        if self.taken >= copy.spares || !original.contains(from, from.of()) {
            return None;
        }
        let number = self.taken as usize;
        self.taken += 1;
        // SAFETY: The number is below that of its spares.
        Some(unsafe { copy.first_spare(from.of()).nth(number) })
    }
}

impl Header {
    /// Copies another map's arrays and chains, slot by slot, in whatever state of growth that is.
    /// This map has no memory. It is fit to be dropped, or made empty, after every slot.
    pub(crate) fn copy_from<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        mut copy: impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()>,
    ) -> Had<()> {
        if !original.has_buckets() {
            return Ok(());
        }
        if let Some(bits) = original.bits_of_narrow_copy() {
            self.install_empty_array(heap, bits, original.count())?;
            self.copy_narrowed(heap, original, &mut copy)?;
            self.settle();
            return Ok(());
        }
        let mut old_spares = self.copy_arrays(heap, original)?;
        self.copy_chains(heap.of(), original, &mut copy)?;
        let arrays = (original.arrays(heap.of()), self.arrays(heap.of()));
        if let (Some(arrays), Some(copied)) = arrays {
            for (n, from) in arrays.all_waiting() {
                let to = copied.old(n).ok_or(TryReserveError::CapacityOverflow)?;
                // SAFETY: Chains of both old arrays that are initialised; the copy's is empty.
                unsafe {
                    self.copy_chain(from, to, &mut copy, |header, from, last| {
                        let next = header.take_for_old(from, &mut old_spares)?;
                        last.set_overflow(Some(next));
                        Some(next)
                    })?;
                }
            }
        }
        self.settle();
        Ok(())
    }

    /// B of a copy, if this map is nearly empty: it holds less than an eighth of what its array is
    /// for, which is a large one. No growth runs.
    fn bits_of_narrow_copy(&self) -> Option<BucketBits> {
        let bits = BucketBits::for_entries(self.count)?;
        let is_narrow = bits.mask() < self.bits().mask() >> 3;
        (Occupancy::is_there(self.bits()) && is_narrow && !self.is_growing()).then_some(bits)
    }

    /// Copies the entries of another map, in which no growth runs, into an array that is smaller:
    /// chain n goes behind what came to chain n mod 2^B before.
    fn copy_narrowed<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        copy: &mut impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()>,
    ) -> Had<()> {
        let mut chains = original.chains(heap.of());
        while let Some((number, head)) = chains.next_numbered(heap.of()) {
            // SAFETY: The chain owns entries, so it is initialised (M5).
            let holds = unsafe { head.of_types(()).found() }.entries;
            if !holds {
                continue;
            }
            // SAFETY: The number is below 2^B.
            let mut end = unsafe { self.end_of(heap.of(), number & self.bits().mask()) };
            // SAFETY: As above.
            for from in unsafe { Walk::of_chain(head) }.slots(heap.of()) {
                let to = self.slot_at_end(heap, &mut end)?;
                copy(from, to)?;
                // SAFETY: The slot is live, and the copy was written (M1).
                unsafe { to.bucket.set_top(to.index, from.top()) };
                self.count_inserted();
            }
        }
        Ok(())
    }

    /// Gets the overflow buckets that the chains of another map have, beside those that hang in
    /// chains here, which are free when these are empty. False, with nothing had, if this map's
    /// array is not of the other's size, or if the other grows.
    pub(crate) fn hold_for_copy<H: Heap>(&mut self, heap: H, original: &Self) -> Had<bool> {
        let slots = [self.home().slots(), original.home().slots()];
        let is_alike = self.bits() == original.bits() && slots[0] == slots[1];
        if !self.has_buckets() || !is_alike || original.is_growing() {
            return Ok(false);
        }
        let buckets = original.noverflow().saturating_sub(self.noverflow());
        self.hold_buckets(heap, buckets)?;
        Ok(true)
    }

    /// Copies the entries of all current chains into the same chains of this map, which are
    /// empty.
    pub(crate) fn copy_chains<T: MapType>(
        &mut self,
        of: T,
        original: &Self,
        copy: &mut impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()> {
        let (Some(arrays), Some(base)) = (original.arrays(of), self.bucket_0(of)) else {
            return Ok(());
        };
        let mut chains = original.chains(of);
        while let Some((n, from)) = chains.next_numbered(of) {
            // SAFETY: The chain owns entries, so it is initialised (M5).
            let holds = unsafe { from.of_types(()).found() }.entries;
            if arrays.is_old(from) || (self.is_indexed() && !holds) {
                continue;
            }
            self.note_filled(of.shape().spacing(), n);
            let mut overflow = 0;
            // SAFETY: The number is below 2^B of both arrays, both chains are initialised, and
            // the copy's is empty.
            unsafe {
                self.copy_chain(from, base.nth(n), copy, |header, _, last| {
                    let next = header.extend_chain(last, overflow)?;
                    overflow += 1;
                    Some(next)
                })?;
            }
        }
        Ok(())
    }

    /// Copies the entries of a chain into an empty one, slot for slot. `link` hangs the overflow
    /// bucket that stands for one of the original's behind the last one.
    ///
    /// # Safety
    /// `from` is the head of a chain of another map that owns its entries, `to` of an
    /// empty chain of this map that owns the same hashes.
    unsafe fn copy_chain<T: MapType>(
        &mut self,
        from: BucketPtr<T>,
        to: BucketPtr<T>,
        copy: &mut impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
        mut link: impl FnMut(&mut Self, BucketPtr<T>, BucketPtr<T>) -> Option<BucketPtr<T>>,
    ) -> Had<()> {
        let (mut from, mut to) = (from, to);
        loop {
            // SAFETY: The caller's promise.
            unsafe { self.copy_bucket(from, to, copy)? };
            // SAFETY: As above.
            let Some(next) = (unsafe { from.overflow() }) else {
                return Ok(());
            };
            to = link(self, next, to).ok_or(TryReserveError::CapacityOverflow)?;
            from = next;
        }
    }

    /// # Safety
    /// As [`copy_chain`](Self::copy_chain), of one bucket.
    unsafe fn copy_bucket<T: MapType>(
        &mut self,
        from: BucketPtr<T>,
        to: BucketPtr<T>,
        copy: &mut impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()> {
        // SAFETY: The caller's promise.
        let tops = unsafe { from.tops() };
        for index in tops.live() {
            let slot_of = |bucket| Slot { bucket, index };
            copy(slot_of(from), slot_of(to))?;
            // SAFETY: The slot was written (M1).
            unsafe { to.set_top(index, tops.get(index)) };
            self.count_inserted();
        }
        // The tombstones, too.
        // SAFETY: The live slots are those that were filled.
        unsafe { to.set_tops(tops) };
        Ok(())
    }

    /// Gets empty arrays like another map's, and all overflow buckets that its chains have or
    /// can need. This map has no memory, and is whole after an error.
    fn copy_arrays<H: Heap>(&mut self, heap: H, original: &Self) -> Had<OldSpares> {
        match original.home() {
            home @ (Home::Two | Home::Four) => {
                let bucket = make_first_bucket(heap, home.slots())?;
                self.set_first_bucket(bucket.address(), home, 0);
                return Ok(OldSpares::NONE);
            }
            Home::Owned | Home::Lent => {
                self.install_empty_array(heap, original.bits(), original.count())?;
            }
        }
        let overflow = TryReserveError::CapacityOverflow;
        let needed = original.noverflow().checked_add(original.set_aside());
        let needed = needed.ok_or(overflow)?;
        // Each chunk has a header: in more than it has the copy would be larger.
        let chunks = original.extra().pool.totals(heap.of().shape()).chunks;
        let most = u32::max(chunks, 1);
        let Some(growth) = original.growth() else {
            self.add_buckets(heap, self.short_of(needed), Some(most))?;
            return Ok(OldSpares::NONE);
        };
        let old = NewArray::make(heap, growth.old.bits)?;
        let (spares, in_chunks) = original.old_overflow(heap.of()).ok_or(overflow)?;
        let others = spares.saturating_sub(old.array().spares) + in_chunks;
        let short = self.short_of(needed.checked_add(others).ok_or(overflow)?);
        self.add_buckets(heap, u32::max(short, others), Some(most))?;
        let old = old.into_array();
        if let Some(arrays) = original.arrays(heap.of()) {
            for n in 0..old.bits.count() {
                // SAFETY: The number is below the count of both arrays, and the bucket in a new
                // block; heads of an old array are initialised, and an evacuated one's
                // tophashes stand for themselves (M4).
                unsafe {
                    let to = old.bucket_0(heap.of()).nth(n);
                    to.init();
                    if let Some(from) = arrays.old(n).filter(|from| from.is_evacuated()) {
                        to.set_tops(from.tops());
                    }
                }
            }
        }
        self.begin_growth(Some(old), Home::Owned, original.set_aside());
        if let Some(copy) = self.extra_mut().and_then(|extra| extra.growth.as_mut()) {
            copy.nevacuate = growth.nevacuate;
        }
        Ok(OldSpares {
            arrays: Some((growth.old, old)),
            taken: 0,
        })
    }

    /// Overflow buckets of the chains that wait to be moved: spares of their array, and others.
    fn old_overflow<T: MapType>(&self, of: T) -> Option<(u32, u32)> {
        let old = self.growth()?.old;
        let (mut spares, mut in_chunks) = (0_u32, 0_u32);
        for (_, head) in self.arrays(of)?.all_waiting() {
            // SAFETY: The chain is not moved, so it is whole.
            for bucket in unsafe { head.behind() } {
                let counted = match old.contains(bucket, of) {
                    true => &mut spares,
                    false => &mut in_chunks,
                };
                *counted = counted.checked_add(1)?;
            }
        }
        Some((spares, in_chunks))
    }

    /// Takes the overflow bucket, initialised, that stands for one of a chain of the original
    /// that waits to be moved.
    fn take_for_old<T: MapType>(
        &mut self,
        from: BucketPtr<T>,
        spares: &mut OldSpares,
    ) -> Option<BucketPtr<T>> {
        let bucket = match spares.take(from) {
            Some(spare) => spare,
            None => self.extra_mut()?.pool.take_of_chunks(from.of())?,
        };
        // SAFETY: A free bucket.
        unsafe { bucket.init() };
        Some(bucket)
    }
}
