//! Cloning a map: bucket by bucket, slot by slot, without hashing. A clone taken in the
//! middle of a growth is in the middle of the same growth.

use super::bmap::BucketPtr;
use super::buckets::{Blocks, FreeList, Generation};
use super::cells::Cells;
use super::{Flags, RawHmap};
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::policy::Policy;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// A map with clones of all entries in the same slots. What is reserved is not
    /// part of it.
    ///
    /// The copy is a whole map after every slot, so that an error, or a `Clone` that
    /// panics, drops what was made so far.
    pub(crate) fn try_clone_in(&self, alloc: A) -> Result<Self, TryReserveError>
    where
        K: Clone,
        V: Clone,
    {
        let mut copy = Self::new_in(alloc);
        let Some(base) = self.buckets else {
            return Ok(copy);
        };
        // A copy does not count on the chunks of its old array.
        let set_aside = if self.old_block == 0 {
            self.free.set_aside()
        } else {
            self.old_overflow()
        };
        let overflow = self.noverflow.checked_add(set_aside);
        let overflow = overflow.ok_or(TryReserveError::CapacityOverflow)?;
        copy.install_empty_array(self.bits, overflow)?;
        let mut old_free = self.copy_growth(&mut copy)?;
        copy.free.keep_aside(set_aside);

        let Some(copy_base) = copy.buckets else {
            return Ok(copy);
        };
        for n in (0..self.bits.count()).filter(|n| self.is_initialised(*n)) {
            // SAFETY: The number is below 2^B of both arrays.
            let (from, to) = unsafe { (base.nth(n), copy_base.nth(n)) };
            // SAFETY: Both chains are initialised; the copy's is empty.
            let taken = unsafe { copy.copy_chain(from, to, None)? };
            copy.noverflow += taken;
            copy.note_length(taken);
        }
        if let (Some(old), Some(copy_old)) = (self.oldbuckets, copy.oldbuckets) {
            for n in 0..self.old_bits().count() {
                // SAFETY: The number is below the count of both old arrays.
                let (from, to) = unsafe { (old.nth(n), copy_old.nth(n)) };
                // SAFETY: Heads of an old array are initialised.
                if !unsafe { from.is_evacuated() } {
                    // SAFETY: As above, with the free list of the old generation.
                    unsafe { copy.copy_chain(from, to, Some(&mut old_free))? };
                }
            }
        }
        Ok(copy)
    }

    /// Overflow buckets of the chains that are not moved.
    fn old_overflow(&self) -> u32 {
        let Some(old) = self.oldbuckets else { return 0 };
        let mut overflow = 0;
        for n in 0..self.old_bits().count() {
            // SAFETY: The number is below the old array's count.
            let head = unsafe { old.nth(n) };
            // SAFETY: Heads of an old array are initialised, and chains not moved whole.
            unsafe {
                if !head.is_evacuated() {
                    overflow += head.behind().count();
                }
            }
        }
        u32::try_from(overflow).unwrap_or(u32::MAX)
    }

    /// Makes an old array for the copy, marked as this map's, and as many overflow
    /// buckets for it as this map's old chains have.
    fn copy_growth(&self, copy: &mut Self) -> Result<FreeList<K, V, P>, TryReserveError> {
        let Some(old) = self.oldbuckets else {
            return Ok(FreeList::EMPTY);
        };
        let bits = self.old_bits();
        let made = Generation::<K, V, P, A>::make(&copy.alloc, bits, self.old_overflow())?;
        let Blocks {
            base,
            overflow,
            free,
        } = made.into_blocks();
        for n in 0..bits.count() {
            // SAFETY: The number is below the count of both arrays.
            let (from, to) = unsafe { (old.nth(n), base.nth(n)) };
            // SAFETY: The bucket is in a new block; heads of an old array are
            // initialised, and an evacuated one's tophashes stand for themselves (M4).
            unsafe {
                to.init();
                if from.is_evacuated() {
                    to.set_tops(from.tops());
                }
            }
        }
        copy.oldbuckets = Some(base);
        copy.oldoverflow = overflow;
        copy.nevacuate = self.nevacuate;
        if self.is_same_size_growth() {
            copy.flags = copy.flags.with(Flags::SAME_SIZE_GROW);
        }
        Ok(free)
    }

    /// Clones the entries of a chain into an empty one, slot for slot. Overflow
    /// buckets come from the list given, or from this map's; their number is returned.
    ///
    /// # Safety
    /// `from` is the head of a chain of another map that owns its entries, `to` of an
    /// empty chain of this map that owns the same hashes.
    unsafe fn copy_chain(
        &mut self,
        from: BucketPtr<K, V, P>,
        to: BucketPtr<K, V, P>,
        mut free: Option<&mut FreeList<K, V, P>>,
    ) -> Result<u32, TryReserveError>
    where
        K: Clone,
        V: Clone,
    {
        let (mut from, mut to, mut taken) = (from, to, 0);
        loop {
            // SAFETY: The caller's promise.
            unsafe { self.copy_bucket(from, to)? };
            // SAFETY: As above.
            let Some(next) = (unsafe { from.overflow() }) else {
                return Ok(taken);
            };
            let bucket = match &mut free {
                Some(free) => free.take(),
                None => self.free.take(),
            };
            let bucket = bucket.ok_or(TryReserveError::CapacityOverflow)?;
            // SAFETY: A free bucket, and the last one of a chain (A2).
            unsafe {
                bucket.init();
                to.set_overflow(Some(bucket));
            }
            taken += 1;
            (from, to) = (next, bucket);
        }
    }

    /// # Safety
    /// As [`copy_chain`](Self::copy_chain), of one bucket.
    unsafe fn copy_bucket(
        &mut self,
        from: BucketPtr<K, V, P>,
        to: BucketPtr<K, V, P>,
    ) -> Result<(), TryReserveError>
    where
        K: Clone,
        V: Clone,
    {
        // SAFETY: The caller's promise.
        let tops = unsafe { from.tops() };
        for index in tops.live() {
            // SAFETY: The slot is live (M1).
            let (key, elem) = unsafe { (from.key(index).as_ref(), from.elem(index).as_ref()) };
            let (key, elem) = (key.clone(), elem.clone());
            let cells = Cells::allocate::<P, A>(&self.alloc)?;
            // SAFETY: The slot is free, and the cells are its own; M1 is true of it
            // when its tophash is set.
            unsafe {
                to.fill_slot(index, cells, key, elem);
                to.set_top(index, tops.get(index));
            }
            self.count += 1;
        }
        // The tombstones, too.
        // SAFETY: The live slots are those that were filled.
        unsafe { to.set_tops(tops) };
        Ok(())
    }
}
