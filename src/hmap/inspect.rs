//! What a map costs and how it looks inside.

use super::Hmap;
use crate::inspect::check::Violation;
use crate::inspect::footprint::{ChainStats, Footprint, OldChain, SlotView, State, array_bytes};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::table::policy::OfArrays;
use core::hash::{BuildHasher, Hash};

impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// Bytes that the map has asked its allocator for and not given back, without
    /// what the allocator adds. A bucket that the caller lent is not in it.
    ///
    /// **Work:** one step a chunk of overflow buckets; there are ten or so, and not
    /// many more than a hundred at most, unless chunks were refused, or made for one
    /// bucket after the other: by small reservations, or when the map was shrunk.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.insert(1_u64, 1_u64)?;
    /// # #[cfg(target_pointer_width = "64")]
    /// assert_eq!(map.allocation_size(), 144);
    /// # }
    /// # Ok::<(), hmap::InsertError<u64, u64>>(())
    /// ```
    pub fn allocation_size(&self) -> usize {
        P::footprint(self.keyed.raw()).heap()
    }

    /// What the map's memory is used for, in bytes: the sum of what came from the
    /// allocator is [`allocation_size`](Self::allocation_size).
    ///
    /// **Work:** as `allocation_size`.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..100_u64 {
    ///     map.insert(n, n)?;
    /// }
    /// let footprint = map.footprint();
    /// # #[cfg(target_pointer_width = "64")]
    /// assert_eq!(footprint.buckets, 16 * 144);
    /// assert_eq!(footprint.heap(), map.allocation_size());
    /// # }
    /// # Ok::<(), hmap::InsertError<u64, u64>>(())
    /// ```
    pub fn footprint(&self) -> Footprint {
        Footprint {
            header: size_of::<Self>(),
            ..P::footprint(self.keyed.raw())
        }
    }

    /// How long the chains are. Chains that are long while many are empty mean that
    /// the low bits of the hashes are bad.
    ///
    /// **Work:** all buckets. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..100 {
    ///     map.insert(n, ())?;
    /// }
    /// let stats = map.chain_stats();
    /// assert_eq!((stats.entries, stats.chains), (100, 16));
    /// assert!(stats.longest <= 3);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn chain_stats(&self) -> ChainStats {
        P::chain_stats(self.keyed.raw())
    }
}

impl<K, V, S, A: Allocator, P: Policy + OfArrays> Hmap<K, V, S, A, P> {
    /// The numbers of the header; for tests.
    #[doc(hidden)]
    pub fn state(&self) -> State {
        self.keyed.raw().state()
    }

    /// The buckets of chain `number` of the current array; for tests.
    #[doc(hidden)]
    pub fn chain_view(
        &self,
        number: usize,
    ) -> Option<impl Iterator<Item = [SlotView<'_, K, V>; 8]>> {
        self.keyed.raw().chain_view(number)
    }

    /// Chain `number` of the old array; for tests.
    #[doc(hidden)]
    pub fn old_chain_view(
        &self,
        number: usize,
    ) -> Option<OldChain<impl Iterator<Item = [SlotView<'_, K, V>; 8]>>> {
        self.keyed.raw().old_chain_view(number)
    }

    /// Bytes asked for by an array of 2^`bits` buckets, and of one bucket; for tests.
    #[doc(hidden)]
    pub fn array_bytes(bits: u8) -> Option<(usize, usize, usize)> {
        array_bytes::<K, V, P>(bits)
    }
}

impl<K, V, S, A, P> Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    /// Checks every invariant of the map; for tests.
    #[doc(hidden)]
    pub fn validate(&self) -> Result<(), Violation> {
        P::validate(self.keyed.raw(), |a, b| a == b, |key| self.hash(key))
    }
}
