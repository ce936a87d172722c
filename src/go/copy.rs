//! The arrays of a copy: as large as the original's, and in the middle of the same growth.

use super::header::{Header, Home};
use crate::memory::array::{Array, NewArray, make_first_bucket};
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::{Had, TryReserveError};

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
    /// Gets empty arrays like another map's, and all overflow buckets that its chains have or
    /// can need. This map has no memory, and is whole after an error.
    pub(crate) fn copy_arrays<H: Heap>(&mut self, heap: H, original: &Self) -> Had<OldSpares> {
        match original.home() {
            home @ (Home::Two | Home::Four) => {
                let bucket = make_first_bucket(heap, home.slots())?;
                self.set_first_bucket(bucket.address(), home, 0);
                return Ok(OldSpares::NONE);
            }
            Home::Owned | Home::Lent => self.install_empty_array(heap, original.bits())?,
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
    pub(crate) fn take_for_old<T: MapType>(
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
