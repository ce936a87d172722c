//! How the keys of a map are hashed and compared by code that knows only where they lie.

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

/// How one key is told from others, whatever its type is.
pub(crate) trait EqKey {
    /// Whether the key in a slot is this one. Where that lies is worked out here: with types that
    /// the compiler knows.
    ///
    /// # Safety
    /// The head of a bucket of the map's type is there, whose slot of this number is live, and
    /// stays so while this runs.
    unsafe fn is(&mut self, head: NonNull<u8>, slot: usize) -> bool;
}

/// A function that says it, of a bucket's head and the number of a slot.
pub(crate) struct EqBy<'a, F>(&'a mut F);

impl<'a, F: FnMut(NonNull<u8>, usize) -> bool> EqBy<'a, F> {
    #[inline]
    pub(crate) const fn new(eq: &'a mut F) -> Self {
        Self(eq)
    }
}

impl<F: FnMut(NonNull<u8>, usize) -> bool> EqKey for EqBy<'_, F> {
    #[inline]
    unsafe fn is(&mut self, head: NonNull<u8>, slot: usize) -> bool {
        (self.0)(head, slot)
    }
}
