//! [`HmapSet`], the set for kernels and firmware: whatever may allocate returns a
//! `Result`, and there is no method that aborts.
//!
//! It is [`Hmap`] without values: what is said there about refused memory, growth and
//! capacity holds here too, and the two convert into each other at no cost. A bucket of it
//! has no room for a map's values at all: it costs a set nothing that it is a map.

// In the order in which the documentation is to have the methods. Blank lines keep it.
mod make;

mod values;

mod entry;

pub(crate) mod iter;

mod state;

mod operations;

mod bulk;
mod reserve;

mod with;

mod inspect;

pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{Drain, ExtractIf, IntoIter, Iter};
pub use operations::{Difference, Intersection, SymmetricDifference, Union};
pub use with::{DrainWith, Reservation};

use crate::hmap::Hmap;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::policy::Go;
use crate::numbers::seed::DefaultHashBuilder;
use core::fmt;
use core::hash::{BuildHasher, Hash};

/// A hash set whose every allocation may fail, and that never rehashes all its values in
/// one call; see the [module](self).
///
/// | type parameter | what it is |
/// |---|---|
/// | `T` | the value; over 128 bytes each is kept in an allocation of its own |
/// | `S` | the hash builder; the default draws a seed of its own for every set |
/// | `A` | the allocator; [`WithBucket`](crate::WithBucket) if the first bucket is borrowed |
/// | `P` | the [`Policy`]: trade-offs inside the bucket layout |
///
/// As with any set, a value must not change its hash or equality while it is in the set;
/// if it does, look-ups may miss it, and nothing worse happens.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::HmapSet;
///
/// let mut masked = HmapSet::new();
/// assert!(masked.insert(14)?);
/// assert!(!masked.insert(14)?);
/// assert!(masked.contains(&14));
/// # }
/// # Ok::<(), hmap::SetInsertError<i32>>(())
/// ```
pub struct HmapSet<T, S = DefaultHashBuilder, A: Allocator = Global, P: Policy = Go> {
    map: Hmap<T, (), S, A, P>,
}

/// At no cost: the set is the map.
impl<T, S, A: Allocator, P: Policy> From<Hmap<T, (), S, A, P>> for HmapSet<T, S, A, P> {
    fn from(map: Hmap<T, (), S, A, P>) -> Self {
        Self { map }
    }
}

/// At no cost: the set is the map.
impl<T, S, A: Allocator, P: Policy> From<HmapSet<T, S, A, P>> for Hmap<T, (), S, A, P> {
    fn from(set: HmapSet<T, S, A, P>) -> Self {
        set.map
    }
}

/// With a hash builder that is used as it is, and no memory yet.
impl<T, S: Default, A: Allocator + Default, P: Policy> Default for HmapSet<T, S, A, P> {
    fn default() -> Self {
        Self {
            map: Hmap::default(),
        }
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> PartialEq for HmapSet<T, S, A, P> {
    /// Whether both have the same values; each is looked up.
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> Eq for HmapSet<T, S, A, P> {}

impl<T: fmt::Debug, S, A: Allocator, P: Policy> fmt::Debug for HmapSet<T, S, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
