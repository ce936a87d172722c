//! How a set stands: its size, its allocator, its hash builder.

use super::HmapSet;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;

impl<T, S, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// Number of values.
    #[inline]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there is no value.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Number of values that the present array takes before it grows; see
    /// [`Hmap::capacity`](crate::Hmap::capacity).
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// The set's allocator.
    pub const fn allocator(&self) -> &A {
        self.map.allocator()
    }

    /// The set's hash builder, with the seed that it has at the moment.
    pub const fn hasher(&self) -> &S {
        self.map.hasher()
    }
}
