//! Going over all entries exactly as Go does, from a bucket and a slot of the
//! caller's choice.
//!
//! Go takes the buckets from the start bucket on and wraps, and rotates the slots of
//! every bucket by the same offset. In the middle of a doubling a new bucket whose
//! old one is not moved yet is read off the old chain, by picking the entries that
//! will go to it: for that keys are hashed, which no other iterator does.
//!
//! Go: `mapiterinit` and `mapiternext`, for a map that does not change meanwhile.

use super::RawHmap;
use super::bmap::BucketPtr;
use crate::alloc::Allocator;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::{BucketBits, SLOTS};
use core::marker::PhantomData;

/// The entries of a map in Go's order.
pub(crate) struct GoOrder<'a, K, V, P> {
    base: Option<BucketPtr<K, V, P>>,
    bits: BucketBits,
    old: Option<(BucketPtr<K, V, P>, BucketBits)>,
    /// The bucket that is read next, and how many are left with it.
    number: usize,
    left: usize,
    offset: usize,
    bucket: Option<BucketPtr<K, V, P>>,
    /// The new bucket that an entry of an old chain must belong to.
    only_for: Option<usize>,
    /// Slots of `bucket` that were looked at.
    looked_at: usize,
    entries: PhantomData<(&'a K, &'a V)>,
}

impl<K, V, P> Clone for GoOrder<'_, K, V, P> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// From a bucket, modulo their number, and a slot, modulo eight.
    pub(crate) fn iter_from(&self, bucket: usize, offset: usize) -> GoOrder<'_, K, V, P> {
        GoOrder {
            base: self.buckets,
            bits: self.bits,
            old: self.oldbuckets.map(|old| (old, self.old_bits())),
            number: bucket & self.bits.mask(),
            left: if self.count == 0 {
                0
            } else {
                self.bits.count()
            },
            offset: offset % SLOTS,
            bucket: None,
            only_for: None,
            looked_at: 0,
            entries: PhantomData,
        }
    }
}

impl<'a, K, V, P: Policy> GoOrder<'a, K, V, P> {
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
                let slot = (self.looked_at + self.offset) % SLOTS;
                self.looked_at += 1;
                if !tops.get(slot).is_live() {
                    continue;
                }
                // SAFETY: The slot is live (M1).
                let (key, elem) =
                    unsafe { (bucket.key(slot).as_ref(), bucket.elem(slot).as_ref()) };
                let belongs = |number| hasher(key).bucket(self.bits) == number;
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
        self.left = self.left.checked_sub(1)?;
        let number = self.number;
        self.number = (number + 1) & self.bits.mask();
        // SAFETY: The number is below 2^B.
        self.bucket = Some(unsafe { self.base?.nth(number) });
        self.only_for = None;
        if let Some((old_base, old_bits)) = self.old {
            // SAFETY: The masked number is below the old array's count.
            let old = unsafe { old_base.nth(number & old_bits.mask()) };
            // SAFETY: Heads of the old array are initialised.
            if !unsafe { old.is_evacuated() } {
                self.bucket = Some(old);
                // In a growth to the same size all of the chain goes to one bucket.
                self.only_for = (old_bits != self.bits).then_some(number);
            }
        }
        Some(())
    }
}

// SAFETY: It gives shared references and no more.
unsafe impl<K: Sync, V: Sync, P: Policy> Send for GoOrder<'_, K, V, P> {}
// SAFETY: As above.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for GoOrder<'_, K, V, P> {}
