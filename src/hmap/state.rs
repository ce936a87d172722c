//! How a map stands: its size, its allocator, its hash builder.

use super::Hmap;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;

impl<K, V, S, A: Allocator, P: Policy> Hmap<K, V, S, A, P> {
    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.keyed.raw().len()
    }

    /// Whether there is no entry.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.keyed.raw().len() == 0
    }

    /// Number of entries that the present array takes before it grows: 0 as long as
    /// there is none, 8 for one bucket, 6½ a bucket for more. It is the number
    /// of entries there are if a growth was refused and they are more than that. With the
    /// policies [`Dense`](crate::Dense) and [`Paged`](crate::Paged), which have no array, it is what
    /// the directory is for, seven for each of its entries, or what the blocks of a small map have
    /// slots for; never less than there are entries and keys reserved.
    pub fn capacity(&self) -> usize {
        self.keyed.raw().capacity()
    }

    /// The map's allocator.
    pub const fn allocator(&self) -> &A {
        self.keyed.raw().allocator()
    }

    /// The map's hash builder, with the seed that it has at the moment.
    pub const fn hasher(&self) -> &S {
        self.keyed.hash_builder()
    }

    /// Whether entries are still to be moved out of an old array. With the policies
    /// [`Dense`](crate::Dense) and [`Paged`](crate::Paged) it is always false: each insert and each
    /// removal does its own step.
    pub fn is_growing(&self) -> bool {
        self.keyed.raw().is_growing()
    }
}
