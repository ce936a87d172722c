//! Room ahead of time, growth at the caller's pace, and shrinking: what the header does, for
//! keys of a type.

use super::map::RawHmap;
use super::policy::Tabled;
use crate::memory::compiled::hash_key;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::Had;
use crate::numbers::hash::HashValue;
use crate::seam::Table;

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// See [`Table::try_reserve`].
    pub(crate) fn try_reserve(
        &mut self,
        n: usize,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Had<()> {
        let (header, heap) = self.parts();
        header.try_reserve(heap, n, hash_key(&hasher))
    }

    /// See [`Table::try_presize`].
    pub(crate) fn try_presize(
        &mut self,
        entries: usize,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Had<()> {
        let (header, heap) = self.parts();
        header.try_presize(heap, entries, hash_key(&hasher))
    }

    /// See [`Table::shrink_to`].
    pub(crate) fn shrink_to(
        &mut self,
        entries: usize,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Had<()> {
        let (header, heap) = self.parts();
        header.shrink_to(heap, entries, hash_key(&hasher))
    }

    /// Moves up to `chains` old chains; true if some are left.
    pub(crate) fn grow_step(
        &mut self,
        chains: usize,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> bool {
        let (header, heap) = self.parts();
        header.grow_step(heap, chains, hash_key(&hasher))
    }

    /// Moves all that is left of a growth: work in proportion to the old array.
    pub(crate) fn finish_growth(&mut self, hasher: impl Fn(&K) -> HashValue + Copy) {
        let (header, heap) = self.parts();
        header.finish_growth(heap, hash_key(&hasher));
    }

    /// Whether a growth was refused and waits to be tried again.
    pub(crate) fn is_growth_deferred(&self) -> bool {
        self.header.is_put_off()
    }
}
