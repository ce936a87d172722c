//! What goes wrong: memory that is not to be had, and nothing else.

use core::alloc::Layout;
use core::fmt;

/// What was asked for, or why it was not to be had.
pub(crate) type Had<T> = Result<T, TryReserveError>;

/// Why memory could not be had. The map holds what it held before the call; what else
/// may have changed is said where the error is returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryReserveError {
    /// The size asked for cannot be expressed: more than 2³¹ buckets, or more
    /// than `isize::MAX` bytes.
    CapacityOverflow,
    /// The allocator refused this.
    AllocError {
        /// What it was asked for, in bytes.
        layout: Layout,
    },
}

impl fmt::Display for TryReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CapacityOverflow => f.write_str("more entries than a map can have"),
            Self::AllocError { layout } => {
                write!(f, "the allocator refused {} bytes", layout.size())
            }
        }
    }
}

impl core::error::Error for TryReserveError {}

/// An insert that found no room; it gives the pair back.
///
/// The map holds what it held before, and the insert can be tried again.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::{Hmap, InsertError};
///
/// fn remember(map: &mut Hmap<u64, [u8; 4]>, id: u64) -> Result<(), (u64, [u8; 4])> {
///     map.insert(id, [0; 4]).map(drop).map_err(InsertError::into_pair)
/// }
/// assert_eq!(remember(&mut Hmap::new(), 7), Ok(()));
/// # }
/// ```
pub struct InsertError<K, V> {
    pub(crate) key: K,
    pub(crate) value: V,
    pub(crate) reason: TryReserveError,
}

impl<K, V> InsertError<K, V> {
    /// The key and the value that were to be inserted.
    pub fn into_pair(self) -> (K, V) {
        (self.key, self.value)
    }

    /// Why there was no room.
    pub fn reason(&self) -> TryReserveError {
        self.reason
    }

    /// The key that was to be inserted.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The value that was to be inserted.
    pub fn value(&self) -> &V {
        &self.value
    }
}

impl<K, V> fmt::Debug for InsertError<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertError")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl<K, V> fmt::Display for InsertError<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no room for the entry: {}", self.reason)
    }
}

impl<K, V> core::error::Error for InsertError<K, V> {}

/// Why a key that the caller made for a place was not put there; it gives the pair back.
/// See [`VacantEntryRef::insert_with_key`](crate::VacantEntryRef::insert_with_key).
///
/// The map holds what it held before.
pub enum InsertWithKeyError<K, V> {
    /// The key is not equal to the one that the place was found for.
    NotEqual {
        /// The key that was to be inserted.
        key: K,
        /// The value that was to be inserted.
        value: V,
    },
    /// There is no room for the pair.
    NoRoom(InsertError<K, V>),
}

impl<K, V> InsertWithKeyError<K, V> {
    /// The key and the value that were to be inserted.
    pub fn into_pair(self) -> (K, V) {
        match self {
            Self::NotEqual { key, value } => (key, value),
            Self::NoRoom(error) => error.into_pair(),
        }
    }
}

impl<K, V> From<InsertError<K, V>> for InsertWithKeyError<K, V> {
    fn from(error: InsertError<K, V>) -> Self {
        Self::NoRoom(error)
    }
}

impl<K, V> fmt::Debug for InsertWithKeyError<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEqual { .. } => f.debug_struct("NotEqual").finish_non_exhaustive(),
            Self::NoRoom(error) => f.debug_tuple("NoRoom").field(error).finish(),
        }
    }
}

impl<K, V> fmt::Display for InsertWithKeyError<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEqual { .. } => f.write_str("the key is not equal to the one looked for"),
            Self::NoRoom(error) => error.fmt(f),
        }
    }
}

impl<K, V> core::error::Error for InsertWithKeyError<K, V> {}

/// A set's insert that found no room; it gives the value back.
///
/// The set holds what it held before, and the insert can be tried again.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::{HmapSet, SetInsertError};
///
/// fn remember(set: &mut HmapSet<u64>, id: u64) -> Result<bool, u64> {
///     set.insert(id).map_err(SetInsertError::into_value)
/// }
/// assert_eq!(remember(&mut HmapSet::new(), 7), Ok(true));
/// # }
/// ```
pub struct SetInsertError<T> {
    value: T,
    reason: TryReserveError,
}

impl<T> SetInsertError<T> {
    /// The value that was to be inserted.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Why there was no room.
    pub fn reason(&self) -> TryReserveError {
        self.reason
    }

    /// The value that was to be inserted, by reference.
    pub fn value(&self) -> &T {
        &self.value
    }
}

/// What the map of a set says, whose keys are the values.
impl<T> From<InsertError<T, ()>> for SetInsertError<T> {
    fn from(error: InsertError<T, ()>) -> Self {
        Self {
            value: error.key,
            reason: error.reason,
        }
    }
}

impl<T> fmt::Debug for SetInsertError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetInsertError")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Display for SetInsertError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no room for the value: {}", self.reason)
    }
}

impl<T> core::error::Error for SetInsertError<T> {}
