//! How the keys of a map are hashed and found by code that knows only where they lie.

use crate::numbers::hash::HashValue;
use core::ptr::NonNull;

/// How the keys of a map are hashed, whatever their type is.
pub(crate) trait HashKey: Copy {
    /// The hash of a key.
    ///
    /// # Safety
    /// A key of the map's type is there, and stays while this runs.
    unsafe fn hash(self, key: NonNull<u8>) -> HashValue;
}

/// How one key is found in a chain, whatever its type is.
pub(crate) trait FindKey {
    /// The bucket, by its head, and the slot of the key, which has this hash.
    ///
    /// # Safety
    /// The head of a chain of the map's type that owns the hash is there; the chain stays while
    /// this runs.
    unsafe fn find(self, head: NonNull<u8>, hash: HashValue) -> Option<Found>;
}

/// Where a key was found.
pub(crate) type Found = (NonNull<u8>, usize);
