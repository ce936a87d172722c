//! Two sets together: the four operations of [`HmapSet`](crate::HmapSet), and operators
//! that make a set of two or change one.

use super::{Difference, HashSet, Intersection, SymmetricDifference, Union, placed};
use crate::hmap::EntryRef;
use crate::numbers::alloc::Allocator;
use core::hash::{BuildHasher, Hash};
use core::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Sub, SubAssign};

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> HashSet<T, S, A> {
    /// The values that are in this set and not in the other.
    ///
    /// **Work:** all of this set, each value looked up in the other.
    pub fn difference<'a>(&'a self, other: &'a Self) -> Difference<'a, T, S, A> {
        self.set.difference(&other.set)
    }

    /// The values that are in one set and not in both.
    ///
    /// **Work:** all of both sets, each value looked up in the other one.
    pub fn symmetric_difference<'a>(&'a self, other: &'a Self) -> SymmetricDifference<'a, T, S, A> {
        self.set.symmetric_difference(&other.set)
    }

    /// The values that are in both sets, as the smaller one has them.
    ///
    /// **Work:** all of the smaller set, each value looked up in the larger.
    pub fn intersection<'a>(&'a self, other: &'a Self) -> Intersection<'a, T, S, A> {
        self.set.intersection(&other.set)
    }

    /// The values that are in one of the sets or in both: first the larger one.
    ///
    /// **Work:** all of both sets, each value of the smaller looked up in the larger.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (hmap::HashSet::from([1, 2]), hmap::HashSet::from([2, 3]));
    /// assert_eq!(a.union(&b).sum::<i32>(), 6);
    /// assert_eq!(a.intersection(&b).collect::<Vec<_>>(), [&2]);
    /// assert_eq!(a.difference(&b).collect::<Vec<_>>(), [&1]);
    /// assert_eq!(a.symmetric_difference(&b).collect::<Vec<_>>(), [&1, &3]);
    /// # }
    /// ```
    pub fn union<'a>(&'a self, other: &'a Self) -> Union<'a, T, S, A> {
        self.set.union(&other.set)
    }

    /// Whether no value is in both sets.
    ///
    /// **Work:** all of the smaller set, each value looked up in the larger, as long as
    /// none is found.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.set.is_disjoint(&other.set)
    }

    /// Whether all values of this set are in the other.
    ///
    /// **Work:** constant if this is the larger set; else all of it, each value looked
    /// up in the other, as long as all are found.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.set.is_subset(&other.set)
    }

    /// Whether all values of the other set are in this one.
    ///
    /// **Work:** as [`is_subset`](Self::is_subset).
    pub fn is_superset(&self, other: &Self) -> bool {
        self.set.is_superset(&other.set)
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
        impl<T: Eq + Hash + Clone, S: BuildHasher, A: Allocator> $trait<&HashSet<T, S, A>>
            for HashSet<T, S, A>
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
    /// that is missing. If the other set is larger the array is made for as many at once.
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
    BitOrAssign, bitor_assign, |set, rhs| {
        // So many there will be at least. They go in without that room, too.
        set.set.try_presize(rhs.len()).ok();
        for value in rhs {
            if !set.contains(value) {
                set.insert(value.clone());
            }
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
        match set.set.as_hmap_mut().entry_ref(value) {
            EntryRef::Occupied(entry) => entry.remove(),
            EntryRef::Vacant(entry) => drop(placed(entry.put(value.clone(), ()))),
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
