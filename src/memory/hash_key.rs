//! How the keys of a map are hashed by code that knows only where they lie.

use crate::numbers::hash::HashValue;
use core::marker::PhantomData;
use core::ptr::NonNull;

/// How the keys of a map are hashed, whatever their type is.
pub(crate) trait HashKey: Copy {
    /// The hash of a key.
    ///
    /// # Safety
    /// A key of the map's type is there, and stays while this runs.
    unsafe fn hash(self, key: NonNull<u8>) -> HashValue;
}

/// A function that hashes keys of type `K`.
pub(crate) struct HashBy<K, F>(F, PhantomData<fn(&K)>);

impl<K, F: Copy> Clone for HashBy<K, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, F: Copy> Copy for HashBy<K, F> {}

impl<K, F: Fn(&K) -> HashValue> HashBy<K, F> {
    #[inline]
    pub(crate) const fn new(function: F) -> Self {
        Self(function, PhantomData)
    }
}

impl<K, F: Fn(&K) -> HashValue + Copy> HashKey for HashBy<K, F> {
    #[inline]
    unsafe fn hash(self, key: NonNull<u8>) -> HashValue {
        // SAFETY: The caller's promise.
        (self.0)(unsafe { key.cast().as_ref() })
    }
}
