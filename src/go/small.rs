//! The first bucket: of eight slots, or where the policy has
//! [small ones](Policy::SMALL_FIRST_BUCKET) of two, then four, for maps that stay that small.
//!
//! Nothing else knows how many slots there are. A small bucket is the middle of a whole one
//! ([`shape`](crate::memory::shape)), so all addresses are the same; and as long as there are
//! fewer entries than slots the first free slot of the bucket is one that is there. So it is
//! enough to widen the bucket before an entry goes into a full one, and before anything that a
//! single bucket cannot do.

use super::header::{Header, Home};
use crate::memory::array::{free_first_bucket, make_first_bucket};
use crate::memory::bucket::BucketPtr;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::Had;

impl Header {
    /// Whether the first bucket is a small one and has no slot left.
    #[inline]
    pub(crate) fn is_small_and_full<T: MapType>(&self, of: T) -> bool {
        self.is_small(of) && self.count >= self.home.slots()
    }

    /// Makes the first bucket of a map that has no memory.
    pub(crate) fn install_first_bucket<H: Heap>(&mut self, heap: H) -> Had<BucketPtr<H::Of>> {
        debug_assert!(self.buckets.is_none());
        let home = if heap.of().begins_small() {
            Home::Two
        } else {
            Home::Owned
        };
        let bucket = make_first_bucket(heap, home.slots())?;
        self.set_first_bucket(bucket.address(), home, 0);
        Ok(bucket)
    }

    /// Moves the entries of a small bucket to one with twice the slots. After an error the
    /// map is as it was.
    pub(crate) fn widen<H: Heap>(&mut self, heap: H) -> Had<()> {
        let Some(old) = self.bucket_0(heap.of()) else {
            return Ok(());
        };
        let (old_home, home) = match self.home {
            Home::Two => (Home::Two, Home::Four),
            Home::Four => (Home::Four, Home::Owned),
            Home::Owned | Home::Lent => return Ok(()),
        };
        let wider = make_first_bucket(heap, home.slots())?;
        // SAFETY: Two buckets of this policy, in two blocks; the copies are the entries
        // from here on.
        unsafe { old.copy_small(old_home.slots(), wider) };
        self.set_first_bucket(wider.address(), home, self.count);
        self.settle();
        // SAFETY: The map has forgotten it, and the entries in it.
        unsafe { free_first_bucket(heap, old, old_home.slots()) };
        Ok(())
    }
}
