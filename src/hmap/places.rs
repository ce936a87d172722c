//! What the places of keys have in common, of a map of either face: whether the key is owned
//! or given by reference, and whether filling one can fail.

/// The methods that fill a vacant place. An invocation says which type the key is of that is
/// looked for, what is given for a value, how that is made of one that is there, and which
/// method sets a value and stays at its place; and what else is said of each.
macro_rules! filling {
    (
        $(#[$each:meta])*
        $key:ty, $filled:ty, $as_filled:path,
        $(#[$inserts:meta])*
        $insert:ident -> $occupied:ty
    ) => {
        /// The value; if there is none, this one is inserted.
        $(#[$each])*
        pub fn or_insert(self, default: V) -> $filled {
            self.or_insert_with_key(|_| default)
        }

        /// The value; if there is none, the one that the function makes is inserted.
        $(#[$each])*
        pub fn or_insert_with<F: FnOnce() -> V>(self, default: F) -> $filled {
            self.or_insert_with_key(|_| default())
        }

        /// The value; if there is none, the one that the function makes of the key is
        /// inserted.
        $(#[$each])*
        pub fn or_insert_with_key<F: FnOnce(&$key) -> V>(self, default: F) -> $filled {
            match self {
                Self::Occupied(entry) => $as_filled(entry.into_mut()),
                Self::Vacant(entry) => {
                    let value = default(entry.key());
                    entry.insert(value)
                }
            }
        }

        /// The value; if there is none, the default one is inserted.
        $(#[$each])*
        pub fn or_default(self) -> $filled
        where
            V: Default,
        {
            self.or_insert_with(V::default)
        }

        /// Sets the value, whether there was one or not.
        $(#[$each])*
        $(#[$inserts])*
        pub fn $insert(self, value: V) -> $occupied {
            match self {
                Self::Occupied(mut entry) => {
                    entry.insert(value);
                    $as_filled(entry)
                }
                Self::Vacant(entry) => entry.insert_entry(value),
            }
        }
    };
}

/// The method that changes a value of this type, and what else is said of it.
macro_rules! modifying {
    ($(#[$more:meta])* $value:ty) => {
        /// Changes the value if there is one.
        $(#[$more])*
        pub fn and_modify<F>(mut self, f: F) -> Self
        where
            F: FnOnce(&mut $value),
        {
            if let Self::Occupied(entry) = &mut self {
                f(entry.get_mut());
            }
            self
        }
    };
}

/// What can be done at the place of an owned key without hashing. An invocation says which
/// parameters an `Entry` has.
macro_rules! place {
    ([$($generics:tt)*] $($parameter:ident),+) => {
        impl<$($generics)*> Entry<'_, $($parameter),+> {
            /// The key: as it is stored, or as it was given.
            pub fn key(&self) -> &K {
                match self {
                    Self::Occupied(entry) => entry.key(),
                    Self::Vacant(entry) => entry.key(),
                }
            }
        }

        impl<'a, $($generics)*> OccupiedEntry<'a, $($parameter),+> {
            /// The key, as it is stored.
            pub fn key(&self) -> &K {
                self.raw.get().0
            }

            /// The value.
            pub fn get(&self) -> &V {
                self.raw.get().1
            }

            /// The value, to change.
            pub fn get_mut(&mut self) -> &mut V {
                self.raw.get_mut().1
            }

            /// The value, to change for as long as the map is borrowed.
            pub fn into_mut(self) -> &'a mut V {
                self.raw.into_refs().1
            }

            /// The key and the value, for as long as the map is borrowed.
            pub fn into_entry(self) -> (&'a K, &'a mut V) {
                self.raw.into_refs()
            }

            /// Replaces the value and returns the old one.
            pub fn insert(&mut self, value: V) -> V {
                self.raw.insert(value)
            }

            /// Removes the entry and returns its value.
            pub fn remove(self) -> V {
                self.remove_entry().1
            }

            /// Removes the entry and returns it.
            pub fn remove_entry(self) -> (K, V) {
                self.raw.remove().0
            }
        }

        impl<$($generics)*> VacantEntry<'_, $($parameter),+> {
            /// The key, as it was given.
            pub fn key(&self) -> &K {
                &self.key
            }

            /// The key, given back.
            pub fn into_key(self) -> K {
                self.key
            }
        }

        impl<$($generics)*> core::fmt::Debug for VacantEntry<'_, $($parameter),+>
        where
            K: core::fmt::Debug,
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_tuple("VacantEntry").field(self.key()).finish()
            }
        }
    };
}

/// The key at a place that it is looked for by reference. An invocation says which parameters
/// an `EntryRef` has.
macro_rules! place_by_reference {
    ([$($generics:tt)*] $($parameter:ident),+) => {
        impl<$($generics)*> EntryRef<'_, '_, $($parameter),+> {
            /// The key: as it is stored, or as it was given.
            pub fn key(&self) -> &Q
            where
                K: Borrow<Q>,
            {
                match self {
                    Self::Occupied(entry) => entry.key().borrow(),
                    Self::Vacant(entry) => entry.key,
                }
            }
        }

        impl<'key, $($generics)*> VacantEntryRef<'_, 'key, $($parameter),+> {
            /// The key, as it was given.
            pub fn key(&self) -> &'key Q {
                self.key
            }
        }
    };
}

/// How a place is shown: by what is done with the occupied or the vacant one.
macro_rules! shown {
    ([$($generics:tt)*] $type:ty, |$entry:ident, $f:ident| $how:expr) => {
        impl<$($generics)*> core::fmt::Debug for $type {
            fn fmt(&self, $f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    Self::Occupied($entry) => $how,
                    Self::Vacant($entry) => $how,
                }
            }
        }
    };
}

pub(crate) use {filling, modifying, place, place_by_reference, shown};
