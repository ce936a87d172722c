//! Two sets together: the four operations as iterators.

use super::{HmapSet, Iter};
use crate::hmap::around::{around, cloned};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::policy::Go;
use core::hash::{BuildHasher, Hash};
use core::iter::Chain;

impl<T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy> HmapSet<T, S, A, P> {
    /// The values that are in this set and not in the other.
    ///
    /// **Work:** all of this set, each value looked up in the other. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::HmapSet;
    ///
    /// let a: HmapSet<_> = HmapSet::try_from_iter([1, 2])?;
    /// let b: HmapSet<_> = HmapSet::try_from_iter([2, 3])?;
    /// assert_eq!(a.difference(&b).collect::<Vec<_>>(), [&1]);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn difference<'a>(&'a self, other: &'a Self) -> Difference<'a, T, S, A, P> {
        Difference(Chosen {
            values: self.iter(),
            other,
        })
    }

    /// The values that are in one set and not in both.
    ///
    /// **Work:** all of both sets, each value looked up in the other one. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::HmapSet;
    ///
    /// let a: HmapSet<_> = HmapSet::try_from_iter([1, 2])?;
    /// let b: HmapSet<_> = HmapSet::try_from_iter([2, 3])?;
    /// assert_eq!(a.symmetric_difference(&b).collect::<Vec<_>>(), [&1, &3]);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn symmetric_difference<'a>(
        &'a self,
        other: &'a Self,
    ) -> SymmetricDifference<'a, T, S, A, P> {
        SymmetricDifference(self.difference(other).chain(other.difference(self)))
    }

    /// The values that are in both sets, as the smaller one has them.
    ///
    /// **Work:** all of the smaller set, each value looked up in the larger. **Memory:**
    /// none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::HmapSet;
    ///
    /// let a: HmapSet<_> = HmapSet::try_from_iter([1, 2])?;
    /// let b: HmapSet<_> = HmapSet::try_from_iter([2, 3])?;
    /// assert_eq!(a.intersection(&b).collect::<Vec<_>>(), [&2]);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn intersection<'a>(&'a self, other: &'a Self) -> Intersection<'a, T, S, A, P> {
        let (smaller, larger) = self.by_size(other);
        Intersection(Chosen {
            values: smaller.iter(),
            other: larger,
        })
    }

    /// The values that are in one of the sets or in both: first the larger one.
    ///
    /// **Work:** all of both sets, each value of the smaller looked up in the larger.
    /// **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::HmapSet;
    ///
    /// let a: HmapSet<_> = HmapSet::try_from_iter([1, 2])?;
    /// let b: HmapSet<_> = HmapSet::try_from_iter([2, 3])?;
    /// assert_eq!(a.union(&b).sum::<i32>(), 6);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn union<'a>(&'a self, other: &'a Self) -> Union<'a, T, S, A, P> {
        let (smaller, larger) = self.by_size(other);
        Union(larger.iter().chain(smaller.difference(larger)))
    }

    /// Whether no value is in both sets.
    ///
    /// **Work:** all of the smaller set, each value looked up in the larger, as long as
    /// none is found. **Memory:** none.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).next().is_none()
    }

    /// Whether all values of this set are in the other.
    ///
    /// **Work:** constant if this is the larger set; else all of it, each value looked
    /// up in the other, as long as all are found. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::HmapSet;
    ///
    /// let wanted: HmapSet<_> = HmapSet::try_from_iter(["read"])?;
    /// let granted: HmapSet<_> = HmapSet::try_from_iter(["read", "write"])?;
    /// assert!(wanted.is_subset(&granted) && granted.is_superset(&wanted));
    /// assert!(!wanted.is_disjoint(&granted));
    /// # }
    /// # Ok::<(), hmap::SetInsertError<&str>>(())
    /// ```
    pub fn is_subset(&self, other: &Self) -> bool {
        self.len() <= other.len() && self.iter().all(|value| other.contains(value))
    }

    /// Whether all values of the other set are in this one.
    ///
    /// **Work:** as [`is_subset`](Self::is_subset).
    pub fn is_superset(&self, other: &Self) -> bool {
        other.is_subset(self)
    }

    /// The two sets, the smaller one first.
    fn by_size<'a>(&'a self, other: &'a Self) -> (&'a Self, &'a Self) {
        if self.len() <= other.len() {
            (self, other)
        } else {
            (other, self)
        }
    }
}

/// The values of one set that are in another one, or are not.
struct Chosen<'a, T, S, A: Allocator, P: Policy, const IN_OTHER: bool> {
    values: Iter<'a, T, P>,
    other: &'a HmapSet<T, S, A, P>,
}

/// The values that are in both of two sets; see [`HmapSet::intersection`].
#[must_use = "nothing is done until values are asked for"]
pub struct Intersection<'a, T, S, A: Allocator = Global, P: Policy = Go>(
    Chosen<'a, T, S, A, P, true>,
);

/// The values that are in one set and not in the other; see [`HmapSet::difference`].
#[must_use = "nothing is done until values are asked for"]
pub struct Difference<'a, T, S, A: Allocator = Global, P: Policy = Go>(
    Chosen<'a, T, S, A, P, false>,
);

/// The values that are in one of two sets and not in both; see
/// [`HmapSet::symmetric_difference`].
#[must_use = "nothing is done until values are asked for"]
pub struct SymmetricDifference<'a, T, S, A: Allocator = Global, P: Policy = Go>(
    #[expect(clippy::type_complexity, reason = "one difference, and the other")]
    Chain<Difference<'a, T, S, A, P>, Difference<'a, T, S, A, P>>,
);

/// The values that are in one of two sets or in both; see [`HmapSet::union`].
#[must_use = "nothing is done until values are asked for"]
pub struct Union<'a, T, S, A: Allocator = Global, P: Policy = Go>(
    Chain<Iter<'a, T, P>, Difference<'a, T, S, A, P>>,
);

impl<T, S, A: Allocator, P: Policy, const IN_OTHER: bool> Clone
    for Chosen<'_, T, S, A, P, IN_OTHER>
{
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            other: self.other,
        }
    }
}

impl<'a, T, S, A, P, const IN_OTHER: bool> Iterator for Chosen<'a, T, S, A, P, IN_OTHER>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        let Self { values, other } = self;
        values.find(|value| other.contains(*value) == IN_OTHER)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (left, upper) = self.values.size_hint();
        // At most so many of them are passed over.
        let passed_over = if IN_OTHER { left } else { self.other.len() };
        (left.saturating_sub(passed_over), upper)
    }

    #[inline]
    fn fold<B, F: FnMut(B, &'a T) -> B>(self, init: B, f: F) -> B {
        let Self { values, other } = self;
        values
            .filter(|value| other.contains(*value) == IN_OTHER)
            .fold(init, f)
    }
}

around!(['a, T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy]
    Intersection<'a, T, S, A, P>, &'a T, clone: T);
around!(['a, T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy]
    Difference<'a, T, S, A, P>, &'a T, clone: T);
around!(['a, T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy]
    SymmetricDifference<'a, T, S, A, P>, &'a T, clone: T);
around!(['a, T: Eq + Hash, S: BuildHasher, A: Allocator, P: Policy]
    Union<'a, T, S, A, P>, &'a T, clone: T);

cloned!([T, S, A: Allocator, P: Policy] Intersection<'_, T, S, A, P>);
cloned!([T, S, A: Allocator, P: Policy] Difference<'_, T, S, A, P>);
cloned!([T, S, A: Allocator, P: Policy] SymmetricDifference<'_, T, S, A, P>);
cloned!([T, S, A: Allocator, P: Policy] Union<'_, T, S, A, P>);
