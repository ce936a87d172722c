//! A bucket that the caller lends to a map as its first. Go: the bucket on the stack.

use super::shape::{Head, Types};
use crate::numbers::policy::{Go, Tradeoffs};
use crate::numbers::sizing::SLOTS;
use crate::numbers::tophash::TopHashes;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

/// Memory for one bucket, to be lent to a map as its first.
///
/// The bucket's size is 16 bytes (12 on 32-bit targets) + 8 keys + 8 values,
/// rounded up to their alignment: 144 bytes for `u64` → `u64`. Where keys or values
/// are over 128 bytes the map stores pointers to them in the bucket, so eight of them
/// are more room than it needs; [`first_bucket!`](crate::first_bucket) makes one that
/// fits, whose last two parameters say what is stored.
///
/// See [`Hmap::with_first_bucket_in`](crate::Hmap::with_first_bucket_in).
#[repr(C)]
pub struct FirstBucket<K, V, StoredKey = K, StoredValue = V> {
    head: Head,
    keys: [MaybeUninit<StoredKey>; SLOTS],
    elems: [MaybeUninit<StoredValue>; SLOTS],
    entries: PhantomData<(K, V)>,
}

impl<K, V> FirstBucket<K, V> {
    /// An empty bucket. It is `const`, so that it can be a `static`.
    pub const fn new() -> Self {
        Self::of_stored()
    }
}

impl<K, V, StoredKey, StoredValue> FirstBucket<K, V, StoredKey, StoredValue> {
    /// An empty bucket of chosen fields; a map takes it if they are large enough.
    #[doc(hidden)]
    pub const fn of_stored() -> Self {
        Self {
            head: Head {
                tophash: TopHashes::ALL_EMPTY_REST.to_memory(),
                overflow: None,
            },
            keys: [const { MaybeUninit::uninit() }; SLOTS],
            elems: [const { MaybeUninit::uninit() }; SLOTS],
            entries: PhantomData,
        }
    }

    /// Empties the bucket, whatever a map left in it, and lends it to a map of the
    /// policy `P`.
    pub(crate) const fn lend<P: Tradeoffs>(&mut self) -> LentBucket<'_, K, V, P> {
        self.head = Head {
            tophash: TopHashes::ALL_EMPTY_REST.to_memory(),
            overflow: None,
        };
        // SAFETY: The bucket is empty, and borrowed alone for the lifetime given.
        unsafe { LentBucket::of(self) }
    }
}

/// The type that a bucket stores for a key or value of type `T`: itself, or the
/// pointer to its cell. Implemented by [`Stored`] for the two answers to whether it is
/// larger than the limit, since a type cannot depend on a size otherwise.
#[doc(hidden)]
pub trait StoredAs<T> {
    type Type;
}

/// `Stored<{ size_of::<T>() > INLINE_LIMIT }>`.
#[doc(hidden)]
pub struct Stored<const IN_CELL: bool>;

impl<T> StoredAs<T> for Stored<false> {
    type Type = T;
}

impl<T> StoredAs<T> for Stored<true> {
    type Type = MaybeUninit<NonNull<T>>;
}

/// The limit by which [`first_bucket!`](crate::first_bucket) chooses: the policy
/// `Go`'s.
#[doc(hidden)]
pub const INLINE_LIMIT: usize = <Go as Tradeoffs>::INLINE_LIMIT;

/// A caller's bucket, empty, that one map has for itself during `'b`.
#[doc(hidden)]
pub struct LentBucket<'b, K, V, P> {
    at: NonNull<u8>,
    borrow: PhantomData<&'b mut ()>,
    shape: PhantomData<NonNull<(K, V, P)>>,
}

impl<K, V, P: Tradeoffs> LentBucket<'_, K, V, P> {
    pub(crate) const fn address(&self) -> NonNull<u8> {
        self.at
    }

    /// Lends a bucket; `static_hmap!` calls it with one in a `static mut`.
    ///
    /// # Safety
    /// The bucket is empty, as [`FirstBucket::new`] made it, and nobody else touches
    /// it during the lifetime.
    pub const unsafe fn of<SK, SV>(bucket: *mut FirstBucket<K, V, SK, SV>) -> Self {
        const {
            // Cells make the map's bucket smaller, never larger.
            assert!(
                !Types::<K, V, P>::SHAPE.keys_first
                    && size_of::<FirstBucket<K, V, SK, SV>>()
                        >= Types::<K, V, P>::SHAPE.size().get()
                    && align_of::<FirstBucket<K, V, SK, SV>>() >= Types::<K, V, P>::SHAPE.align(),
                "the bucket is too small for what the map stores in it"
            );
        }
        Self {
            // SAFETY: The bucket exists, so its address is not null.
            at: unsafe { NonNull::new_unchecked(bucket.cast()) },
            borrow: PhantomData,
            shape: PhantomData,
        }
    }
}

impl<K, V, StoredKey, StoredValue> Default for FirstBucket<K, V, StoredKey, StoredValue> {
    fn default() -> Self {
        Self::of_stored()
    }
}

impl<K, V, StoredKey, StoredValue> core::fmt::Debug for FirstBucket<K, V, StoredKey, StoredValue> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FirstBucket").finish_non_exhaustive()
    }
}

// SAFETY: It is memory; the entries that a map puts there belong to the map, which
// has the bucket for itself and is `Send` and `Sync` by its own rules.
unsafe impl<K, V, SK, SV> Send for FirstBucket<K, V, SK, SV> {}
// SAFETY: As above; a shared reference to a bucket gives access to nothing.
unsafe impl<K, V, SK, SV> Sync for FirstBucket<K, V, SK, SV> {}
