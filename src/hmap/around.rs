//! What iterators around other ones have in common, those of the other faces too: the traits
//! that they forward.

/// An iterator around another one, its field 0. An invocation says what it gives, and, of a part
/// of what the other one gives, which it is.
macro_rules! forwarded {
    ([$($generics:tt)*] $type:ty, $item:ty $(; $part:expr)?) => {
        impl<$($generics)*> Iterator for $type {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.0.next()$(.map($part))?
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, f: F) -> B {
                self.0$(.map($part))?.fold(init, f)
            }
        }

        impl<$($generics)*> core::iter::FusedIterator for $type {}
    };
}

/// As [`forwarded!`], where it can be shown: how what is left is looked at, and what of it is
/// shown.
macro_rules! around {
    ([$($generics:tt)*] $type:ty, $item:ty, $left:ident: $($shown:ident),+ $(; $part:expr)?) => {
        $crate::hmap::around::forwarded!([$($generics)*] $type, $item $(; $part)?);

        impl<$($generics)*> core::fmt::Debug for $type
        where
            $($shown: core::fmt::Debug,)+
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_list().entries(self.0.$left()$(.map($part))?).finish()
            }
        }
    };
}

/// As [`around!`], where the other one knows how many are left.
macro_rules! counted {
    ([$($generics:tt)*] $type:ty, $($what:tt)+) => {
        $crate::hmap::around::around!([$($generics)*] $type, $($what)+);

        impl<$($generics)*> ExactSizeIterator for $type {}
    };
}

/// What is left to be given by an iterator around another one, as an iterator by reference.
macro_rules! left {
    ([$($generics:tt)*] $type:ty, $seen:vis $by_reference:ident<$($given:ty),+>) => {
        impl<$($generics)*> $type {
            /// What is left, by reference.
            $seen fn iter(&self) -> $by_reference<'_, $($given),+> {
                $by_reference(self.0.iter())
            }
        }
    };
}

/// `Clone` of an iterator around another one, whether or not what it gives has it.
macro_rules! cloned {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> Clone for $type {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }
    };
}

/// `Default` of an iterator around another one.
macro_rules! empty {
    ([$($generics:tt)*] $type:ty) => {
        /// With nothing to give.
        impl<$($generics)*> Default for $type {
            fn default() -> Self {
                Self(Default::default())
            }
        }
    };
}

/// The iterator that a predicate chooses for, in the fields `entries` and `predicate`. An
/// invocation says what is given, and how the next one is found with the two.
macro_rules! choosing {
    ([$($generics:tt)*] $type:ty, $item:ty, |$entries:ident, $predicate:ident| $next:expr) => {
        impl<$($generics)*> Iterator for $type {
            type Item = $item;

            fn next(&mut self) -> Option<$item> {
                let Self { entries: $entries, predicate: $predicate } = self;
                $next
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.entries.size_hint()
            }
        }

        impl<$($generics)*> core::iter::FusedIterator for $type {}
    };
}

/// Going over a borrowed collection by the method that is named.
macro_rules! borrowed {
    ([$($generics:tt)*] $type:ty, $item:ty, $iter:ty, $method:ident) => {
        impl<$($generics)*> IntoIterator for $type {
            type Item = $item;
            type IntoIter = $iter;

            fn into_iter(self) -> $iter {
                self.$method()
            }
        }
    };
}

pub(crate) use {around, borrowed, choosing, cloned, counted, empty, forwarded, left};
