//! Where the faces that cannot fail end when memory is refused: as the collections of
//! `alloc` do. And what those of them have in common that have one in a field that can fail.

extern crate alloc;

use crate::numbers::error::{InsertError, TryReserveError};

/// What was to be had, or the end of the program.
#[inline]
pub(crate) fn had<T>(result: Result<T, TryReserveError>) -> T {
    match result {
        Ok(value) => value,
        Err(reason) => give_up(reason),
    }
}

/// What was inserted, or the end of the program.
#[inline]
pub(crate) fn placed<T, K, V>(result: Result<T, InsertError<K, V>>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => give_up(error.reason()),
    }
}

#[cold]
#[expect(clippy::panic, reason = "hashbrown's contract, which these faces keep")]
fn give_up(reason: TryReserveError) -> ! {
    match reason {
        TryReserveError::CapacityOverflow => panic!("Hash table capacity overflow"),
        TryReserveError::AllocError { layout } => alloc::alloc::handle_alloc_error(layout),
    }
}

/// The constructors of a face that cannot fail. An invocation says which face it is, and what it
/// holds; the field with the one that can fail; what both are called, and what is in them. An
/// example is one of `with_capacity`. The face has a method `roomy`, which gives it room.
macro_rules! made {
    (
        $(#[$example:meta])*
        $face:ident<$($held:ident),+>, $field:ident: $inner:ident, $kind:literal of $things:literal
    ) => {
        #[cfg(feature = "default-hasher")]
        impl<$($held),+> $face<$($held),+> {
            #[doc = concat!("An empty ", $kind, " without memory.")]
            pub const fn new() -> Self {
                Self { $field: $inner::new() }
            }

            #[doc = concat!("An empty ", $kind, " with room for `capacity` ", $things, ".")]
            $(#[$example])*
            pub fn with_capacity(capacity: usize) -> Self {
                Self::new().roomy(capacity)
            }
        }

        #[cfg(feature = "default-hasher")]
        impl<$($held,)+ A: Allocator> $face<$($held,)+ DefaultHashBuilder, A> {
            #[doc = concat!("An empty ", $kind, " without memory, in an allocator.")]
            pub const fn new_in(alloc: A) -> Self {
                Self { $field: $inner::new_in(alloc) }
            }

            #[doc = concat!("An empty ", $kind, " with room for `capacity` ", $things)]
            /// in an allocator.
            pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
                Self::new_in(alloc).roomy(capacity)
            }
        }

        impl<$($held,)+ S> $face<$($held,)+ S> {
            #[doc = concat!("An empty ", $kind, " without memory, with this hash builder.")]
            pub const fn with_hasher(hash_builder: S) -> Self {
                Self { $field: $inner::with_hasher(hash_builder) }
            }

            #[doc = concat!("An empty ", $kind, " with room for `capacity` ", $things)]
            /// and with this hash builder.
            pub fn with_capacity_and_hasher(capacity: usize, hash_builder: S) -> Self {
                Self::with_hasher(hash_builder).roomy(capacity)
            }
        }

        impl<$($held,)+ S, A: Allocator> $face<$($held,)+ S, A> {
            #[doc = concat!("An empty ", $kind, " without memory, with this hash builder,")]
            /// in an allocator.
            pub const fn with_hasher_in(hash_builder: S, alloc: A) -> Self {
                Self { $field: $inner::with_hasher_in(hash_builder, alloc) }
            }

            #[doc = concat!("An empty ", $kind, " with room for `capacity` ", $things)]
            /// and with this hash builder, in an allocator.
            pub fn with_capacity_and_hasher_in(capacity: usize, hash_builder: S, alloc: A) -> Self {
                Self::with_hasher_in(hash_builder, alloc).roomy(capacity)
            }
        }
    };
}

/// What a face that cannot fail says of its memory, and how it asks for some and gives it back;
/// as [`made!`] otherwise. An example is one of `try_reserve`.
macro_rules! sized {
    (
        $(#[$example:meta])*
        $face:ident<$key:ident $(, $value:ident)?>, $field:ident: $inner:ident,
        $kind:literal of $things:literal
    ) => {
        impl<$key, $($value,)? S, A: Allocator> $face<$key, $($value,)? S, A> {
            #[doc = concat!("The ", $kind, "'s allocator.")]
            pub fn allocator(&self) -> &A {
                self.$field.allocator()
            }

            #[doc = concat!("The ", $kind, "'s hash builder. The seed of the default one")]
            /// is drawn when something is inserted and nothing is there.
            pub fn hasher(&self) -> &S {
                self.$field.hasher()
            }

            #[doc = concat!("How many ", $things, " fit without growth.")]
            pub fn capacity(&self) -> usize {
                self.$field.capacity()
            }

            #[doc = concat!("Number of ", $things, ".")]
            pub fn len(&self) -> usize {
                self.$field.len()
            }

            #[doc = concat!("Whether the ", $kind, " is empty.")]
            pub fn is_empty(&self) -> bool {
                self.$field.is_empty()
            }

            #[doc = concat!("Removes and drops all ", $things, "; the memory is kept.")]
            /// Where a `Drop` panics: see [`Hmap::clear`].
            pub fn clear(&mut self) {
                self.$field.clear();
            }

            #[doc = concat!("Bytes that the ", $kind, " has asked its allocator for.")]
            pub fn allocation_size(&self) -> usize {
                self.$field.allocation_size()
            }
        }

        impl<$key: Eq + Hash, $($value,)? S: BuildHasher, A: Allocator>
            $face<$key, $($value,)? S, A>
        {
            #[doc = concat!("Reserves all that the next `additional` new ", $things)]
            /// can need, whatever their hashes: they make no call of the allocator, neither to
            /// take nor to give back.
            ///
            #[doc = concat!("**Work** and **memory:** as [`", stringify!($inner), "::try_reserve`].")]
            ///
            /// # Panics
            /// If the size cannot be expressed. If memory is refused the program ends.
            pub fn reserve(&mut self, additional: usize) {
                had(self.try_reserve(additional));
            }

            /// As [`reserve`](Self::reserve): after it as many inserts cannot fail, so that code
            /// which must not end the program calls it before each.
            ///
            /// # Errors
            /// If the size cannot be expressed (`additional` is at most 2³² − 1), or memory is
            #[doc = concat!("refused; the ", $kind, " then is as it was, and has the memory")]
            /// that it had.
            $(#[$example])*
            pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
                self.$field.try_reserve(additional)
            }

            #[doc = concat!("Gives back what is not needed for the ", $things, " that are there.")]
            #[doc = concat!("If the smaller array is not to be had, the ", $kind)]
            /// keeps what it has.
            pub fn shrink_to_fit(&mut self) {
                self.shrink_to(0);
            }

            #[doc = concat!("Gives back what is not needed for `min_capacity` ", $things)]
            /// or for those that are there. If the smaller array is not to be had, the
            #[doc = concat!($kind, " keeps what it has.")]
            pub fn shrink_to(&mut self, min_capacity: usize) {
                // What is there does for all that is held.
                _ = self.$field.shrink_to(min_capacity);
            }
        }
    };
}

/// What a face that cannot fail has of the one that can, to and from which it converts; as
/// [`made!`] otherwise.
macro_rules! same_as {
    (
        $face:ident<$key:ident $(, $value:ident)?>, $field:ident: $inner:ident,
        $kind:literal of $things:literal
    ) => {
        #[doc = concat!("At no cost: the two are the same ", $kind, ".")]
        impl<$key, $($value,)? S, A: Allocator> From<$inner<$key, $($value,)? S, A>>
            for $face<$key, $($value,)? S, A>
        {
            fn from($field: $inner<$key, $($value,)? S, A>) -> Self {
                Self { $field }
            }
        }

        #[doc = concat!("At no cost: the two are the same ", $kind, ".")]
        impl<$key, $($value,)? S, A: Allocator> From<$face<$key, $($value,)? S, A>>
            for $inner<$key, $($value,)? S, A>
        {
            fn from(face: $face<$key, $($value,)? S, A>) -> Self {
                face.$field
            }
        }

        impl<$key: Clone, $($value: Clone,)? S: Clone, A: Allocator + Clone> Clone
            for $face<$key, $($value,)? S, A>
        {
            #[doc = concat!("A ", $kind, " with clones of all ", $things, " in the same slots.")]
            fn clone(&self) -> Self {
                Self::from(had(self.$field.try_clone()))
            }

            #[doc = concat!("Replaces all ", $things, " by clones of those of another ", $kind)]
            /// in the memory that is there if the two are of one size; see
            #[doc = concat!("[`", stringify!($inner), "::try_clone_from`].")]
            fn clone_from(&mut self, source: &Self) {
                had(self.$field.try_clone_from(&source.$field));
            }
        }

        impl<$key, $($value,)? S: Default, A: Allocator + Default> Default
            for $face<$key, $($value,)? S, A>
        {
            fn default() -> Self {
                Self::from($inner::default())
            }
        }

        impl<$key: Eq + Hash, $($value: PartialEq,)? S: BuildHasher, A: Allocator> PartialEq
            for $face<$key, $($value,)? S, A>
        {
            fn eq(&self, other: &Self) -> bool {
                self.$field == other.$field
            }
        }

        impl<$key: Eq + Hash, $($value: Eq,)? S: BuildHasher, A: Allocator> Eq
            for $face<$key, $($value,)? S, A>
        {
        }

        impl<$key: core::fmt::Debug, $($value: core::fmt::Debug,)? S, A: Allocator>
            core::fmt::Debug for $face<$key, $($value,)? S, A>
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.$field.fmt(f)
            }
        }
    };
}

pub(crate) use {made, same_as, sized};
