//! What a set costs, and in which state it is.

use super::HmapSet;
use crate::inspect::check::Violation;
use crate::inspect::footprint::{ChainStats, Footprint};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use core::hash::{BuildHasher, Hash};

impl<T, S, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// Whether values are still to be moved out of an old array.
    pub fn is_growing(&self) -> bool {
        self.map.is_growing()
    }

    /// Whether a growth was refused and waits to be tried again; see
    /// [`Hmap::is_growth_deferred`](crate::Hmap::is_growth_deferred).
    pub fn is_growth_deferred(&self) -> bool {
        self.map.is_growth_deferred()
    }

    /// Bytes that the set has asked its allocator for and not given back; see
    /// [`Hmap::allocation_size`](crate::Hmap::allocation_size).
    ///
    /// **Work:** one step a chunk of overflow buckets. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set = hmap::HmapSet::new();
    /// set.insert(1_u64)?;
    /// # #[cfg(target_pointer_width = "64")]
    /// assert_eq!(set.allocation_size(), 80);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<u64>>(())
    /// ```
    pub fn allocation_size(&self) -> usize {
        self.map.allocation_size()
    }

    /// What the set's memory is used for, in bytes: the sum of what came from the allocator
    /// is [`allocation_size`](Self::allocation_size).
    ///
    /// **Work:** as `allocation_size`. **Memory:** none.
    pub fn footprint(&self) -> Footprint {
        self.map.footprint()
    }

    /// How long the chains are. Chains that are long while many are empty mean that the low
    /// bits of the hashes are bad.
    ///
    /// **Work:** all buckets. **Memory:** none.
    pub fn chain_stats(&self) -> ChainStats {
        self.map.chain_stats()
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// Checks every invariant of the set; for tests.
    #[doc(hidden)]
    pub fn validate(&self) -> Result<(), Violation> {
        self.map.validate()
    }
}
