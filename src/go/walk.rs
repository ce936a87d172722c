//! Going over all live slots, in Go's order, without ever hashing a key.
//!
//! While a growth runs, a chain that waits to be moved is taken whole, at its own number; the
//! new buckets it will be split into hold nothing yet and are passed over.
//!
//! Go: `mapiterinit` and `mapiternext`, from bucket 0 and slot 0.

use super::arrays::Chains;
use super::header::Header;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::shape::MapType;
use crate::numbers::tophash::Slots;

/// All live slots of a map, or of a chain.
#[derive(Clone)]
pub(crate) struct Walk<T> {
    chains: Chains<T>,
    /// The head of the chain that the last slot given is in.
    head: Option<BucketPtr<()>>,
    /// The bucket that `slots` are in; there is one where there are any.
    bucket: Option<BucketPtr<()>>,
    /// What is still to be given of it.
    slots: Slots,
    /// The head of the next chain, and its slots. They are read before they are needed: a
    /// processor cannot foresee where a bucket's entries end, and would begin to read only
    /// when it has found out.
    ahead: Option<BucketPtr<()>>,
    slots_ahead: Slots,
    /// What is still to be given of the map.
    left: usize,
}

impl<T: MapType> Walk<T> {
    /// More slots than there can be: a walk of one chain ends with that.
    const NOT_KNOWN: usize = usize::MAX;

    const fn over(chains: Chains<T>, left: usize) -> Self {
        Self {
            chains,
            head: None,
            bucket: None,
            slots: Slots::NONE,
            ahead: None,
            slots_ahead: Slots::NONE,
            left,
        }
    }

    /// The live slots of one chain.
    ///
    /// # Safety
    /// The chain is initialised, and stays as it is while this is used.
    pub(crate) unsafe fn of_chain(head: BucketPtr<T>) -> Self {
        let head = head.of_types(());
        Self {
            head: Some(head),
            bucket: Some(head),
            // SAFETY: The caller's promise.
            slots: unsafe { head.tops() }.live(),
            left: Self::NOT_KNOWN,
            ..Self::default()
        }
    }

    /// The head of the chain that the last slot given is in.
    pub(crate) const fn head(&self) -> Option<BucketPtr<()>> {
        self.head
    }

    /// Goes on to the next bucket, of this chain or of the next.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    fn next_bucket(&mut self) -> Option<()> {
        // SAFETY: The bucket is in a chain that owns entries (M5).
        let overflow = self.bucket.and_then(|bucket| unsafe { bucket.overflow() });
        if let Some(next) = overflow {
            self.bucket = Some(next);
            // SAFETY: As above.
            self.slots = unsafe { next.tops() }.live();
        } else {
            self.head = self.ahead;
            self.bucket = Some(self.ahead?);
            self.slots = self.slots_ahead;
            self.look_ahead();
        }
        Some(())
    }

    /// Finds the chain after this one, and has its second bucket fetched.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    fn look_ahead(&mut self) {
        self.ahead = self.chains.next().map(|head| head.of_types(()));
        if let Some(head) = self.ahead {
            // SAFETY: The chain owns entries (M5).
            self.slots_ahead = unsafe { head.tops() }.live();
            // SAFETY: As above.
            unsafe { head.prefetch_overflow() };
        }
    }
}

/// Without slots.
impl<T: MapType> Default for Walk<T> {
    fn default() -> Self {
        Self::over(Chains::NONE, 0)
    }
}

impl<T: MapType> Iterator for Walk<T> {
    type Item = Slot<()>;

    #[inline]
    fn next(&mut self) -> Option<Slot<()>> {
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

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self.left {
            Self::NOT_KNOWN => (0, None),
            left => (left, Some(left)),
        }
    }
}

impl Header {
    /// The chains that own entries, in Go's order.
    pub(crate) fn chains<T: MapType>(&self, of: T) -> Chains<T> {
        // SAFETY: Every user in the core stops before it frees or moves buckets.
        unsafe { Chains::of(self.arrays(of)) }
    }

    /// All live slots, in Go's order. Whoever frees or moves buckets uses it no more.
    pub(crate) fn walk<T: MapType>(&self, of: T) -> Walk<T> {
        let mut walk = Walk::over(self.chains(of), self.count());
        walk.look_ahead();
        walk
    }
}
