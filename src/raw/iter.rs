//! Going over all entries, in Go's order, without ever hashing a key.
//!
//! While a growth runs, an old chain that is not moved yet is taken whole, at
//! the number of its old bucket; the new buckets it will be split into hold
//! nothing yet and are passed over.
//!
//! Go: `mapiterinit` and `mapiternext`, from bucket 0 and slot 0.

use super::bmap::BucketPtr;
use super::{RawHmap, Slot};
use crate::alloc::{Allocator, Global};
use crate::policy::{Go, Policy};
use crate::sizing::BucketBits;
use crate::tophash::Slots;
use core::fmt;
use core::iter::FusedIterator;
use core::marker::PhantomData;

/// The heads of all chains that own entries.
pub(super) struct Chains<K, V, P> {
    base: Option<BucketPtr<K, V, P>>,
    bits: BucketBits,
    old: Option<(BucketPtr<K, V, P>, BucketBits)>,
    number: usize,
}

impl<K, V, P> Clone for Chains<K, V, P> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<K, V, P: Policy> Chains<K, V, P> {
    /// # Safety
    /// The arrays have these sizes, are initialised as M5 says, and stay so, in
    /// the same state of growth, while the iterator is used.
    pub(super) unsafe fn new(
        base: Option<BucketPtr<K, V, P>>,
        bits: BucketBits,
        old: Option<(BucketPtr<K, V, P>, BucketBits)>,
    ) -> Self {
        Self {
            base,
            bits,
            old,
            number: 0,
        }
    }
}

impl<K, V, P: Policy> Iterator for Chains<K, V, P> {
    type Item = BucketPtr<K, V, P>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let base = self.base?;
        while self.number < self.bits.count() {
            let number = self.number;
            self.number += 1;
            if let Some((old_base, old_bits)) = self.old {
                // SAFETY: The masked number is below the old array's count.
                let old = unsafe { old_base.nth(number & old_bits.mask()) };
                // SAFETY: Heads of the old array are initialised.
                if !unsafe { old.is_evacuated() } {
                    if number < old_bits.count() {
                        return Some(old);
                    }
                    continue;
                }
            }
            // SAFETY: The number is below 2^B.
            return Some(unsafe { base.nth(number) });
        }
        None
    }
}

/// All live slots of a map.
pub(crate) struct RawIter<K, V, P> {
    chains: Chains<K, V, P>,
    /// The head of the chain that the last slot given is in.
    chain: Option<BucketPtr<K, V, P>>,
    /// The bucket that `slots` are in; there is one where there are any.
    bucket: Option<BucketPtr<K, V, P>>,
    /// What is still to be given of it.
    slots: Slots,
    /// The head of the next chain, and its slots. They are read before they are needed: a
    /// processor cannot foresee where a bucket's entries end, and would begin to read only
    /// when it has found out.
    ahead: Option<BucketPtr<K, V, P>>,
    slots_ahead: Slots,
    /// What is still to be given of the map.
    pub(super) left: usize,
}

impl<K, V, P> Clone for RawIter<K, V, P> {
    fn clone(&self) -> Self {
        Self {
            chains: self.chains.clone(),
            ..*self
        }
    }
}

impl<K, V, P: Policy> RawIter<K, V, P> {
    pub(super) fn new(chains: Chains<K, V, P>, count: usize) -> Self {
        let mut slots = Self {
            chains,
            chain: None,
            bucket: None,
            slots: Slots::NONE,
            ahead: None,
            slots_ahead: Slots::NONE,
            left: count,
        };
        slots.look_ahead();
        slots
    }

    /// No slots.
    pub(super) fn empty() -> Self {
        let chains = Chains {
            base: None,
            bits: BucketBits::ONE_BUCKET,
            old: None,
            number: 0,
        };
        Self::new(chains, 0)
    }

    /// The live slots of one chain.
    ///
    /// The chain is initialised, and stays as it is while the iterator is used.
    pub(super) fn of_chain(head: BucketPtr<K, V, P>) -> Self {
        Self {
            chain: Some(head),
            bucket: Some(head),
            // SAFETY: The chain is initialised (M5).
            slots: unsafe { head.tops() }.live(),
            // It ends with the chain: there is no other.
            left: usize::MAX,
            ..Self::empty()
        }
    }

    /// The head of the chain that the last slot given is in.
    pub(super) fn chain(&self) -> Option<BucketPtr<K, V, P>> {
        self.chain
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<Slot<K, V, P>> {
        if self.left == 0 {
            return None;
        }
        while self.slots.is_empty() {
            self.next_bucket()?;
        }
        let index = self.slots.next()?;
        self.left -= 1;
        // SAFETY: Slots are those of a bucket.
        let bucket = unsafe { self.bucket.unwrap_unchecked() };
        Some(Slot { bucket, index })
    }

    /// Goes on to the next bucket, of this chain or of the next.
    #[inline]
    fn next_bucket(&mut self) -> Option<()> {
        // SAFETY: The bucket is in a chain that owns entries (M5).
        let overflow = self.bucket.and_then(|bucket| unsafe { bucket.overflow() });
        if let Some(next) = overflow {
            self.bucket = Some(next);
            // SAFETY: As above.
            self.slots = unsafe { next.tops() }.live();
        } else {
            self.chain = self.ahead;
            self.bucket = Some(self.ahead?);
            self.slots = self.slots_ahead;
            self.look_ahead();
        }
        Some(())
    }

    /// Finds the chain after this one, and has its second bucket fetched.
    #[inline]
    fn look_ahead(&mut self) {
        self.ahead = self.chains.next();
        if let Some(head) = self.ahead {
            // SAFETY: The chain owns entries (M5).
            self.slots_ahead = unsafe { head.tops() }.live();
            // SAFETY: As above.
            unsafe { head.prefetch_overflow() };
        }
    }
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    pub(crate) fn iter(&self) -> Iter<'_, K, V, P> {
        Iter {
            slots: self.slots(),
            entries: PhantomData,
        }
    }

    pub(crate) fn iter_mut(&mut self) -> IterMut<'_, K, V, P> {
        IterMut {
            slots: self.slots(),
            entries: PhantomData,
        }
    }

    pub(crate) fn into_entries(self) -> IntoIter<K, V, A, P> {
        IntoIter {
            slots: self.slots(),
            map: self,
        }
    }
}

/// The entries of a map, by reference; see [`Hmap::iter`](crate::Hmap::iter).
pub struct Iter<'a, K, V, P: Policy = Go> {
    slots: RawIter<K, V, P>,
    entries: PhantomData<(&'a K, &'a V)>,
}

/// The entries of a map, with values to change; see
/// [`Hmap::iter_mut`](crate::Hmap::iter_mut).
pub struct IterMut<'a, K, V, P: Policy = Go> {
    slots: RawIter<K, V, P>,
    entries: PhantomData<(&'a K, &'a mut V)>,
}

/// The entries of a map that is taken apart; see
/// [`Hmap::into_iter`](crate::Hmap#method.into_iter).
pub struct IntoIter<K, V, A: Allocator = Global, P: Policy = Go> {
    slots: RawIter<K, V, P>,
    /// Its memory, and the slots that are not given yet.
    map: RawHmap<K, V, A, P>,
}

// SAFETY: It gives shared references and no more.
unsafe impl<K: Sync, V: Sync, P: Policy> Send for Iter<'_, K, V, P> {}
// SAFETY: As above.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for Iter<'_, K, V, P> {}
// SAFETY: It gives shared references to keys and unique ones to values.
unsafe impl<K: Sync, V: Send, P: Policy> Send for IterMut<'_, K, V, P> {}
// SAFETY: Through `&IterMut` nothing but shared references is had.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for IterMut<'_, K, V, P> {}
// SAFETY: It owns its entries, as the map does.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for IntoIter<K, V, A, P> {}
// SAFETY: As above; through `&IntoIter` entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for IntoIter<K, V, A, P> {}

#[cfg(feature = "infallible")]
impl<K, V, P: Policy> Iter<'_, K, V, P> {
    /// The entries in these slots.
    ///
    /// # Safety
    /// They are live, and stay so and unchanged for as long as the iterator borrows them.
    pub(super) unsafe fn of_slots(slots: RawIter<K, V, P>) -> Self {
        Self {
            slots,
            entries: PhantomData,
        }
    }
}

impl<K, V, P: Policy> Clone for Iter<'_, K, V, P> {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<'a, K, V, P: Policy> Iterator for Iter<'a, K, V, P> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Slot { bucket, index } = self.slots.next()?;
        // SAFETY: A live slot (M1) of a map that is borrowed for 'a.
        unsafe { Some((bucket.key(index).as_ref(), bucket.elem(index).as_ref())) }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.slots.left, Some(self.slots.left))
    }
}

impl<'a, K, V, P: Policy> Iterator for IterMut<'a, K, V, P> {
    type Item = (&'a K, &'a mut V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Slot { bucket, index } = self.slots.next()?;
        // SAFETY: A live slot (M1), given once, of a map that is borrowed alone
        // for 'a.
        unsafe { Some((bucket.key(index).as_ref(), bucket.elem(index).as_mut())) }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.slots.left, Some(self.slots.left))
    }
}

impl<K, V, A: Allocator, P: Policy> Iterator for IntoIter<K, V, A, P> {
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.next()?;
        // SAFETY: A live slot, given once: nobody else reads the map.
        Some(unsafe { self.map.read_entry(slot) })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.slots.left, Some(self.slots.left))
    }
}

impl<K, V, A: Allocator, P: Policy> Drop for IntoIter<K, V, A, P> {
    fn drop(&mut self) {
        // The map is to free its memory and leave the entries alone, also if
        // one of their `Drop`s panics here.
        self.map.count = 0;
        // SAFETY: The slots that were not given are live still.
        unsafe { self.map.drop_slots(self.slots.clone()) }
    }
}

impl<K, V, P: Policy> ExactSizeIterator for Iter<'_, K, V, P> {}
impl<K, V, P: Policy> ExactSizeIterator for IterMut<'_, K, V, P> {}
impl<K, V, A: Allocator, P: Policy> ExactSizeIterator for IntoIter<K, V, A, P> {}
impl<K, V, P: Policy> FusedIterator for Iter<'_, K, V, P> {}
impl<K, V, P: Policy> FusedIterator for IterMut<'_, K, V, P> {}
impl<K, V, A: Allocator, P: Policy> FusedIterator for IntoIter<K, V, A, P> {}

impl<K: fmt::Debug, V: fmt::Debug, P: Policy> fmt::Debug for Iter<'_, K, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K, V, P: Policy> IterMut<'_, K, V, P> {
    /// The entries that are left, by shared reference.
    pub(crate) fn iter(&self) -> Iter<'_, K, V, P> {
        Iter {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<K, V, A: Allocator, P: Policy> IntoIter<K, V, A, P> {
    /// The entries that are left, by reference.
    pub(crate) fn iter(&self) -> Iter<'_, K, V, P> {
        Iter {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, P: Policy> fmt::Debug for IterMut<'_, K, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, A: Allocator, P: Policy> fmt::Debug for IntoIter<K, V, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Without entries.
impl<K, V, P: Policy> Default for Iter<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: RawIter::empty(),
            entries: PhantomData,
        }
    }
}

/// Without entries.
impl<K, V, P: Policy> Default for IterMut<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: RawIter::empty(),
            entries: PhantomData,
        }
    }
}

/// Without entries.
impl<K, V, A: Allocator + Default, P: Policy> Default for IntoIter<K, V, A, P> {
    fn default() -> Self {
        RawHmap::new_in(A::default()).into_entries()
    }
}
