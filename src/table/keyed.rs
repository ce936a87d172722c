//! A map with its hash builder, and the seed that this is given: Go's `hash0`.
//!
//! The header keeps how the hash builder is given a new seed as a function of any type, since
//! it does not know that type. Here is the one place that does.

use super::map::RawHmap;
use super::policy::{OfArrays, Tabled};
use crate::memory::first_bucket::LentBucket;
use crate::numbers::alloc::Allocator;
use crate::numbers::alloc::WithBucket;
use crate::numbers::error::Had;
use crate::numbers::seed::{By, Renewal, SeededBuildHasher};
use core::marker::PhantomData;

/// A map and its hash builder. What the map's header says of seeds it says of an `S`.
///
/// The header comes first, so that its address is the map's: an insert passes it on.
#[repr(C)]
pub(crate) struct Keyed<K, V, S, A: Allocator, P: Tabled> {
    raw: RawHmap<K, V, A, P>,
    hash_builder: S,
    /// A hash builder of another lifetime would be another type.
    seeds: PhantomData<fn(&mut S)>,
}

impl<K, V, S, A: Allocator, P: Tabled> Keyed<K, V, S, A, P> {
    /// With a hash builder that is used as it is. The map is new.
    pub(crate) const fn new(raw: RawHmap<K, V, A, P>, hash_builder: S) -> Self {
        Self {
            raw,
            hash_builder,
            seeds: PhantomData,
        }
    }

    /// An empty map with a hash builder that is given a new seed whenever an entry goes into it
    /// while it is empty.
    pub(crate) const fn seeded_in(hash_builder: S, alloc: A) -> Self
    where
        S: SeededBuildHasher,
    {
        Self::new(RawHmap::renewed_in::<By<S>>(alloc), hash_builder)
    }

    /// The same of a map that is new.
    #[cfg(feature = "default-hasher")]
    pub(crate) fn seeded(mut raw: RawHmap<K, V, A, P>, hash_builder: S) -> Self
    where
        S: SeededBuildHasher,
    {
        raw.set_renewal(Some(Renewal::of::<S>()));
        Self::new(raw, hash_builder)
    }

    /// A map with clones of all entries and of the hash builder, in another allocator.
    pub(crate) fn try_clone_in(&self, alloc: A) -> Had<Self>
    where
        K: Clone,
        V: Clone,
        S: Clone,
    {
        let raw = self.raw.try_clone_in(alloc)?;
        Ok(Self::new(raw, self.hash_builder.clone()))
    }

    /// Replaces all entries by clones of another map's, in the memory that is there if that is
    /// for a map of its size, and the hash builder by a clone of that one's. After an error the
    /// map holds what it held.
    pub(crate) fn try_clone_from(&mut self, source: &Self) -> Had<()>
    where
        K: Clone,
        V: Clone,
        S: Clone,
        A: Clone,
    {
        // Before anything changes: it may panic.
        let hash_builder = source.hash_builder.clone();
        if self.raw.try_clone_in_place(&source.raw)? {
            self.raw.set_renewal(source.raw.renewal());
            self.hash_builder = hash_builder;
        } else {
            let raw = source.raw.try_clone_in(self.raw.allocator().clone())?;
            *self = Self::new(raw, hash_builder);
        }
        Ok(())
    }

    pub(crate) const fn raw(&self) -> &RawHmap<K, V, A, P> {
        &self.raw
    }

    pub(crate) fn raw_mut(&mut self) -> &mut RawHmap<K, V, A, P> {
        &mut self.raw
    }

    pub(crate) fn into_raw(self) -> RawHmap<K, V, A, P> {
        self.raw
    }

    pub(crate) const fn hash_builder(&self) -> &S {
        &self.hash_builder
    }

    /// The map, to change, and how it hashes.
    pub(crate) fn split(&mut self) -> (&mut RawHmap<K, V, A, P>, &S) {
        (&mut self.raw, &self.hash_builder)
    }

    /// Draws a seed, unless it is the caller's (H5: the map is empty).
    #[cold]
    #[inline(never)]
    pub(crate) fn renew_seed(&mut self) {
        let renewal = self.raw.renewal().or_else(|| {
            let renewal = Renewal::asked_for_by(&self.hash_builder)?;
            self.raw.set_renewal(Some(renewal));
            Some(renewal)
        });
        if let Some(renewal) = renewal {
            // SAFETY: It was made for a hash builder of this type, here or for the map that
            // this one is a clone of.
            unsafe { renewal.renew(&mut self.hash_builder) };
        }
    }
}

impl<'b, K, V, S, A: Allocator, P: OfArrays> Keyed<K, V, S, WithBucket<'b, A>, P> {
    /// A map whose first bucket is the caller's, with a hash builder as
    /// [`seeded_in`](Self::seeded_in) has it.
    pub(crate) const fn seeded_with_first_bucket_in(
        bucket: LentBucket<'b, K, V, P>,
        hash_builder: S,
        alloc: A,
    ) -> Self
    where
        S: SeededBuildHasher,
    {
        let raw = RawHmap::with_first_bucket_in::<By<S>>(bucket, alloc);
        Self::new(raw, hash_builder)
    }
}
