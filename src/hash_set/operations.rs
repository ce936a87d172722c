//! Two sets together: the four operations as iterators, and as operators that make a
//! set or change one.

use super::{HashSet, Iter};
use crate::alloc::{Allocator, Global};
use crate::hash_map::EntryRef;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::iter::{Chain, FusedIterator};
use core::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Sub, SubAssign};

impl<T, S, A> HashSet<T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
{
    /// The values that are in this set and not in the other.
    ///
    /// **Work:** all of this set, each value looked up in the other.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (hmap::HashSet::from([1, 2]), hmap::HashSet::from([2, 3]));
    /// assert_eq!(a.difference(&b).collect::<Vec<_>>(), [&1]);
    /// # }
    /// ```
    pub fn difference<'a>(&'a self, other: &'a Self) -> Difference<'a, T, S, A> {
        Difference {
            values: self.iter(),
            other,
        }
    }

    /// The values that are in one set and not in both.
    ///
    /// **Work:** all of both sets, each value looked up in the other one.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (hmap::HashSet::from([1, 2]), hmap::HashSet::from([2, 3]));
    /// assert_eq!(a.symmetric_difference(&b).collect::<Vec<_>>(), [&1, &3]);
    /// # }
    /// ```
    pub fn symmetric_difference<'a>(&'a self, other: &'a Self) -> SymmetricDifference<'a, T, S, A> {
        SymmetricDifference {
            values: self.difference(other).chain(other.difference(self)),
        }
    }

    /// The values that are in both sets, as the smaller one has them.
    ///
    /// **Work:** all of the smaller set, each value looked up in the larger.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (hmap::HashSet::from([1, 2]), hmap::HashSet::from([2, 3]));
    /// assert_eq!(a.intersection(&b).collect::<Vec<_>>(), [&2]);
    /// # }
    /// ```
    pub fn intersection<'a>(&'a self, other: &'a Self) -> Intersection<'a, T, S, A> {
        let (smaller, larger) = self.by_size(other);
        Intersection {
            values: smaller.iter(),
            other: larger,
        }
    }

    /// The values that are in one of the sets or in both: first the larger one.
    ///
    /// **Work:** all of both sets, each value of the smaller looked up in the larger.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (hmap::HashSet::from([1, 2]), hmap::HashSet::from([2, 3]));
    /// assert_eq!(a.union(&b).sum::<i32>(), 6);
    /// # }
    /// ```
    pub fn union<'a>(&'a self, other: &'a Self) -> Union<'a, T, S, A> {
        let (smaller, larger) = self.by_size(other);
        Union {
            values: larger.iter().chain(smaller.difference(larger)),
        }
    }

    /// Whether no value is in both sets.
    ///
    /// **Work:** all of the smaller set, each value looked up in the larger, as long as
    /// none is found.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).next().is_none()
    }

    /// Whether all values of this set are in the other.
    ///
    /// **Work:** constant if this is the larger set; else all of it, each value looked
    /// up in the other, as long as all are found.
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

/// The values that are in both of two sets; see [`HashSet::intersection`].
#[must_use = "nothing is done until values are asked for"]
pub struct Intersection<'a, T, S, A: Allocator = Global> {
    values: Iter<'a, T>,
    other: &'a HashSet<T, S, A>,
}

/// The values that are in one set and not in the other; see [`HashSet::difference`].
#[must_use = "nothing is done until values are asked for"]
pub struct Difference<'a, T, S, A: Allocator = Global> {
    values: Iter<'a, T>,
    other: &'a HashSet<T, S, A>,
}

/// The values that are in one of two sets and not in both; see
/// [`HashSet::symmetric_difference`].
#[must_use = "nothing is done until values are asked for"]
pub struct SymmetricDifference<'a, T, S, A: Allocator = Global> {
    values: Chain<Difference<'a, T, S, A>, Difference<'a, T, S, A>>,
}

/// The values that are in one of two sets or in both; see [`HashSet::union`].
#[must_use = "nothing is done until values are asked for"]
pub struct Union<'a, T, S, A: Allocator = Global> {
    values: Chain<Iter<'a, T>, Difference<'a, T, S, A>>,
}

impl<'a, T, S, A> Iterator for Intersection<'a, T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
{
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        let Self { values, other } = self;
        values.find(|value| other.contains(*value))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.values.size_hint().1)
    }

    #[inline]
    fn fold<B, F: FnMut(B, &'a T) -> B>(self, init: B, f: F) -> B {
        let Self { values, other } = self;
        values.filter(|value| other.contains(*value)).fold(init, f)
    }
}

impl<'a, T, S, A> Iterator for Difference<'a, T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
{
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        let Self { values, other } = self;
        values.find(|value| !other.contains(*value))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (left, upper) = self.values.size_hint();
        (left.saturating_sub(self.other.len()), upper)
    }

    #[inline]
    fn fold<B, F: FnMut(B, &'a T) -> B>(self, init: B, f: F) -> B {
        let Self { values, other } = self;
        values.filter(|value| !other.contains(*value)).fold(init, f)
    }
}

/// The iterator traits of an iterator over one more specific.
macro_rules! around {
    ($type:ident) => {
        impl<'a, T, S, A> Iterator for $type<'a, T, S, A>
        where
            T: Eq + Hash,
            S: BuildHasher,
            A: Allocator,
        {
            type Item = &'a T;

            #[inline]
            fn next(&mut self) -> Option<&'a T> {
                self.values.next()
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.values.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, &'a T) -> B>(self, init: B, f: F) -> B {
                self.values.fold(init, f)
            }
        }

        impl<T, S, A: Allocator> Clone for $type<'_, T, S, A> {
            fn clone(&self) -> Self {
                Self {
                    values: self.values.clone(),
                }
            }
        }
    };
}

around!(SymmetricDifference);
around!(Union);

/// `FusedIterator` and `Debug`, which all four have in the same way.
macro_rules! shown {
    ($type:ident) => {
        impl<T, S, A> FusedIterator for $type<'_, T, S, A>
        where
            T: Eq + Hash,
            S: BuildHasher,
            A: Allocator,
        {
        }

        impl<T, S, A> fmt::Debug for $type<'_, T, S, A>
        where
            T: fmt::Debug + Eq + Hash,
            S: BuildHasher,
            A: Allocator,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

shown!(Intersection);
shown!(Difference);
shown!(SymmetricDifference);
shown!(Union);

impl<T, S, A: Allocator> Clone for Intersection<'_, T, S, A> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            other: self.other,
        }
    }
}

impl<T, S, A: Allocator> Clone for Difference<'_, T, S, A> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            other: self.other,
        }
    }
}

/// An operator on two borrowed sets that makes a third one.
macro_rules! operator {
    ($(#[$doc:meta])* $trait:ident, $method:ident, $operation:ident) => {
        impl<T, S, A> $trait<&HashSet<T, S, A>> for &HashSet<T, S, A>
        where
            T: Eq + Hash + Clone,
            S: BuildHasher + Default,
            A: Allocator + Default,
        {
            type Output = HashSet<T, S, A>;

            $(#[$doc])*
            fn $method(self, rhs: &HashSet<T, S, A>) -> HashSet<T, S, A> {
                self.$operation(rhs).cloned().collect()
            }
        }
    };
}

operator!(
    /// A set of the values of both.
    ///
    /// **Work:** as [`HashSet::union`], and an insert for each value of it.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use hmap::HashSet;
    ///
    /// let (a, b) = (HashSet::from([1, 2]), HashSet::from([2, 3]));
    /// assert_eq!(&a | &b, HashSet::from([1, 2, 3]));
    /// assert_eq!(&a & &b, HashSet::from([2]));
    /// assert_eq!(&a ^ &b, HashSet::from([1, 3]));
    /// assert_eq!(&a - &b, HashSet::from([1]));
    /// # }
    /// ```
    BitOr, bitor, union
);
operator!(
    /// A set of the values that are in both.
    ///
    /// **Work:** as [`HashSet::intersection`], and an insert for each value of it.
    BitAnd, bitand, intersection
);
operator!(
    /// A set of the values that are in one and not in both.
    ///
    /// **Work:** as [`HashSet::symmetric_difference`], and an insert for each value of
    /// it.
    BitXor, bitxor, symmetric_difference
);
operator!(
    /// A set of the values that are in the left one only.
    ///
    /// **Work:** as [`HashSet::difference`], and an insert for each value of it.
    Sub, sub, difference
);

/// An operator that changes the set on its left.
macro_rules! assigning {
    ($(#[$doc:meta])* $trait:ident, $method:ident, |$set:ident, $rhs:ident| $body:expr) => {
        impl<T, S, A> $trait<&HashSet<T, S, A>> for HashSet<T, S, A>
        where
            T: Eq + Hash + Clone,
            S: BuildHasher,
            A: Allocator,
        {
            $(#[$doc])*
            fn $method(&mut self, $rhs: &HashSet<T, S, A>) {
                let $set = self;
                $body
            }
        }
    };
}

assigning!(
    /// Inserts clones of the other set's values that are not there.
    ///
    /// **Work:** all of the other set, each value looked up here; an insert for each
    /// that is missing.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use hmap::HashSet;
    ///
    /// let mut set = HashSet::from([1, 2]);
    /// set |= &HashSet::from([2, 3, 4]);
    /// set &= &HashSet::from([1, 3, 4]);
    /// set ^= &HashSet::from([1, 5]);
    /// set -= &HashSet::from([5]);
    /// assert_eq!(set, HashSet::from([3, 4]));
    /// # }
    /// ```
    BitOrAssign, bitor_assign, |set, rhs| for value in rhs {
        if !set.contains(value) {
            set.insert(value.clone());
        }
    }
);
assigning!(
    /// Removes the values that are not in the other set.
    ///
    /// **Work:** all of this set, each value looked up in the other. Never allocates.
    BitAndAssign, bitand_assign, |set, rhs| set.retain(|value| rhs.contains(value))
);
assigning!(
    /// Removes the other set's values that are there, and inserts clones of those that
    /// are not.
    ///
    /// **Work:** all of the other set, an insert or a removal for each value.
    BitXorAssign, bitxor_assign, |set, rhs| for value in rhs {
        match set.map.entry_ref(value) {
            EntryRef::Occupied(entry) => entry.remove(),
            EntryRef::Vacant(entry) => *entry.insert(()),
        }
    }
);
assigning!(
    /// Removes the values that are in the other set.
    ///
    /// **Work:** all of the smaller set, or of this one if they are of one size, each
    /// value looked up in the other. Never allocates.
    SubAssign, sub_assign, |set, rhs| if rhs.len() < set.len() {
        for value in rhs {
            set.remove(value);
        }
    } else {
        set.retain(|value| !rhs.contains(value));
    }
);

/// Compiles if the iterators can stand for those of shorter lifetimes.
#[expect(dead_code, reason = "compiled, not called")]
fn assert_covariance() {
    fn intersection<'a, 'b, S, A: Allocator>(
        of: Intersection<'a, &'static str, S, A>,
    ) -> Intersection<'a, &'b str, S, A> {
        of
    }
    fn difference<'a, 'b, S, A: Allocator>(
        of: Difference<'a, &'static str, S, A>,
    ) -> Difference<'a, &'b str, S, A> {
        of
    }
    fn symmetric_difference<'a, 'b, S, A: Allocator>(
        of: SymmetricDifference<'a, &'static str, S, A>,
    ) -> SymmetricDifference<'a, &'b str, S, A> {
        of
    }
    fn union<'a, 'b, S, A: Allocator>(
        of: Union<'a, &'static str, S, A>,
    ) -> Union<'a, &'b str, S, A> {
        of
    }
}
