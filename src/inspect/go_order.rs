//! Going over all entries exactly as Go does, from a bucket and a slot of the
//! caller's choice.
//!
//! Go takes the buckets from the start bucket on and wraps, and rotates the slots of
//! every bucket by the same offset. In the middle of a doubling a new bucket whose
//! old one is not moved yet is read off the old chain, by picking the entries that
//! will go to it: for that keys are hashed, which no other iterator does.
//!
//! Go: `mapiterinit` and `mapiternext`, for a map that does not change meanwhile.

use crate::go::arrays::{Arrays, Holder};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::numbers::sizing::SLOTS;
use crate::table::map::RawHmap;
use crate::table::policy::OfArrays;
use core::marker::PhantomData;

/// The entries of a map in Go's order.
pub(crate) struct GoOrder<'a, K, V, P: OfArrays> {
    arrays: Option<Arrays<Types<K, V, P>>>,
    /// The bucket that is read next, and how many are left with it.
    number: usize,
    left: usize,
    offset: usize,
    bucket: Option<BucketPtr<Types<K, V, P>>>,
    /// The new bucket that an entry of a chain which waits to be moved must belong to.
    only_for: Option<usize>,
    /// Slots of `bucket` that were looked at.
    looked_at: usize,
    entries: PhantomData<(&'a K, &'a V)>,
}

impl<K, V, P: OfArrays> Clone for GoOrder<'_, K, V, P> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<K, V, A: Allocator, P: OfArrays> RawHmap<K, V, A, P> {
    /// From a bucket, modulo their number, and a slot, modulo eight.
    pub(crate) fn iter_from(&self, bucket: usize, offset: usize) -> GoOrder<'_, K, V, P> {
        let bits = self.header().bits();
        GoOrder {
            arrays: self.header().arrays(Types::HERE),
            number: bucket & bits.mask(),
            left: if self.len() == 0 { 0 } else { bits.count() },
            offset: offset % SLOTS,
            bucket: None,
            only_for: None,
            looked_at: 0,
            entries: PhantomData,
        }
    }
}

impl<'a, K, V, P: OfArrays> GoOrder<'a, K, V, P> {
    pub(crate) fn next(&mut self, hasher: impl Fn(&K) -> HashValue) -> Option<(&'a K, &'a V)> {
        loop {
            let Some(bucket) = self.bucket else {
                self.next_chain()?;
                continue;
            };
            // SAFETY: The bucket is in a chain that owns entries (M5), of a map that
            // is borrowed for 'a.
            let tops = unsafe { bucket.tops() };
            while self.looked_at < SLOTS {
                let index = (self.looked_at + self.offset) % SLOTS;
                self.looked_at += 1;
                if !tops.get(index).is_live() {
                    continue;
                }
                // SAFETY: The slot is live.
                let (key, elem) = unsafe { Slot { bucket, index }.entry() };
                let bits = self.arrays?.bits();
                let belongs = |number| hasher(key).bucket(bits) == number;
                if self.only_for.is_none_or(belongs) {
                    return Some((key, elem));
                }
            }
            self.looked_at = 0;
            // SAFETY: As above.
            self.bucket = unsafe { bucket.overflow() };
        }
    }

    /// Goes to the chain that holds the next bucket's entries.
    fn next_chain(&mut self) -> Option<()> {
        let arrays = self.arrays?;
        self.left = self.left.checked_sub(1)?;
        let number = self.number;
        self.number = (number + 1) & arrays.bits().mask();
        // SAFETY: The number is below 2^B.
        (self.bucket, self.only_for) = match unsafe { arrays.holder(number) } {
            Holder::Itself(bucket) => (Some(bucket), None),
            // In a growth to the same size all of the chain goes to that one bucket.
            Holder::Waiting(chain) => (Some(chain), arrays.are_split().then_some(number)),
        };
        Some(())
    }
}

// SAFETY: It gives shared references and no more.
unsafe impl<K: Sync, V: Sync, P: OfArrays> Send for GoOrder<'_, K, V, P> {}
// SAFETY: As above.
unsafe impl<K: Sync, V: Sync, P: OfArrays> Sync for GoOrder<'_, K, V, P> {}
