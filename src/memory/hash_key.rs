//! How the keys of a map are hashed by code that knows only where they lie.

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
