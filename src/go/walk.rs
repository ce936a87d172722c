//! Going over all live slots, in Go's order, without ever hashing a key.
//!
//! While a growth runs, a chain that waits to be moved is taken whole, at its own number; the
//! new buckets it will be split into hold nothing yet and are passed over.
//!
//! Go: `mapiterinit` and `mapiternext`, from slot 0, and from bucket 0 or that which a walk was at
//! that took out an entry.

use super::arrays::{Begin, Chains};
use super::header::Header;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::compiled::FOR_SPEED;
use crate::memory::shape::MapType;
use crate::numbers::position::{Position, following};
use crate::numbers::sizing::{BucketBits, SLOTS};
use crate::numbers::tophash::Slots;
use core::iter;

/// A bucket, whatever is in it.
type AnyBucket = BucketPtr<()>;

/// All live slots of a map, or of a chain. It does not know of which types: so iterators of
/// longer lifetimes may stand for such of shorter ones. All methods are told.
#[derive(Clone)]
pub struct Walk {
    chains: Chains<()>,
    /// The head of the chain that the last slot given is in.
    head: Option<AnyBucket>,
    /// The bucket that `slots` are in; there is one where there are any.
    bucket: Option<AnyBucket>,
    /// What is still to be given of it.
    slots: Slots,
    /// The head of the next chain, and its slots. They are read before they are needed: a
    /// processor cannot foresee where a bucket's entries end, and would begin to read only
    /// when it has found out.
    ahead: Option<AnyBucket>,
    slots_ahead: Slots,
    /// What is still to be given of the map behind these slots: counted bucket by bucket, since a
    /// count of entries would be one more thing to do for each.
    behind: usize,
}

impl Walk {
    /// More slots than there can be, by far: a walk of one chain ends before it has gone that far
    /// down.
    const NOT_KNOWN: usize = usize::MAX;

    const fn over(chains: Chains<()>, behind: usize) -> Self {
        Self {
            chains,
            head: None,
            bucket: None,
            slots: Slots::NONE,
            ahead: None,
            slots_ahead: Slots::NONE,
            behind,
        }
    }

    /// The live slots of one chain.
    ///
    /// # Safety
    /// The chain is initialised, and stays as it is while this is used.
    pub(crate) unsafe fn of_chain<T: MapType>(head: BucketPtr<T>) -> Self {
        Self {
            head: Some(head.of_types(())),
            bucket: Some(head.of_types(())),
            // SAFETY: The caller's promise.
            slots: unsafe { head.tops() }.live(),
            behind: Self::NOT_KNOWN,
            ..Self::default()
        }
    }

    /// The head of the chain that the last slot given is in.
    pub(crate) const fn head(&self) -> Option<BucketPtr<()>> {
        self.head
    }

    /// The slots, for who has the types.
    pub(crate) fn slots<T: MapType>(mut self, of: T) -> impl Iterator<Item = Slot<T>> {
        iter::from_fn(move || self.next(of))
    }

    /// Goes on to the next bucket, of this chain or of the next, if there is anything behind this
    /// one.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    fn next_bucket<T: MapType>(&mut self, of: T) -> Option<()> {
        if self.behind == 0 {
            return None;
        }
        // SAFETY: The bucket is in a chain that owns entries (M5).
        let overflow = |bucket: AnyBucket| unsafe { bucket.of_types(of).overflow() };
        if let Some(next) = self.bucket.and_then(overflow) {
            self.bucket = Some(next.of_types(()));
            // SAFETY: As above.
            self.slots = unsafe { next.tops() }.live();
        } else {
            self.head = self.ahead;
            self.bucket = Some(self.ahead?);
            self.slots = self.slots_ahead;
            self.look_ahead(of);
        }
        self.behind -= self.slots.len();
        Some(())
    }

    /// Finds the chain after this one, and has its second bucket fetched.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    fn look_ahead<T: MapType>(&mut self, of: T) {
        let ahead = self.chains.next_of(of);
        self.ahead = ahead.map(|head| head.of_types(()));
        if let Some(head) = ahead {
            // SAFETY: The chain owns entries (M5).
            self.slots_ahead = unsafe { head.tops() }.live();
            // SAFETY: As above.
            unsafe { head.prefetch_overflow() };
        }
    }
}

/// Without slots.
impl Default for Walk {
    fn default() -> Self {
        Self::over(Chains::NONE, 0)
    }
}

impl Walk {
    /// The next slot.
    #[inline]
    pub(crate) fn next<T: MapType>(&mut self, of: T) -> Option<Slot<T>> {
        while self.slots.is_empty() {
            self.next_bucket(of)?;
        }
        let index = self.slots.next()?;
        // SAFETY: Slots are those of a bucket.
        let bucket = unsafe { self.bucket.unwrap_unchecked() }.of_types(of);
        Some(Slot { bucket, index })
    }

    /// The next slot alone.
    pub(crate) fn alone<T: MapType>(mut self, of: T) -> Self {
        let next = self.next(of);
        self.slots = next.map_or(Slots::NONE, |slot| Slots::one(slot.index));
        self.behind = 0;
        self
    }

    /// How many there still are, where that is known.
    pub(crate) const fn left(&self) -> Option<usize> {
        match self.behind {
            behind if behind > Self::NOT_KNOWN / 2 => None,
            behind => Some(behind + self.slots.len()),
        }
    }

    /// The number of a slot in its chain, which is the one that this is in.
    pub(crate) fn number<T: MapType>(&self, slot: Slot<T>) -> usize {
        let of = slot.bucket.of();
        let Some(head) = self.head.map(|head| head.of_types(of)) else {
            return slot.index;
        };
        // SAFETY: The chain owns entries, so it is initialised (M5).
        let before = unsafe { head.chain() }.take_while(|bucket| *bucket != slot.bucket);
        before.count() * SLOTS + slot.index
    }
}

/// Chains without entries that a cursor passes in one call.
const MOST_PASSED: usize = 4096;

impl Header {
    /// The position of the next chain in a cursor's order that holds something, or of one before
    /// it: it passes [`MOST_PASSED`] at most, a look at a bit each, and none where bits are not
    /// kept up.
    pub(crate) fn past_empty<T: MapType>(&self, of: T, position: Position) -> Position {
        let Some(bits) = self.bits_of_all(of).filter(|_| !position.is_end()) else {
            return position;
        };
        let here = position.bucket(self.bits());
        let mut next = here;
        for _ in 0..MOST_PASSED {
            if bits.is_set(next) {
                break;
            }
            match following(next, self.bits()) {
                Some(number) => next = number,
                None => return Position::END,
            }
        }
        // What is in the middle of a chain stays there.
        if next == here {
            position
        } else {
            Position::of_number(next)
        }
    }

    /// The chains that own entries, in Go's order; some without entries may be left out.
    pub(crate) fn chains<T: MapType>(&self, of: T) -> Chains<T> {
        let begin = match self.may_have_bits() {
            true => self.begin_of_walk(of.shape().spacing()),
            false => Begin::WITH_ALL,
        };
        // SAFETY: Every user in the core stops before it frees or moves buckets. H12: bits are
        // kept up only where no growth runs.
        unsafe { Chains::of(self.arrays(of), begin) }
    }

    /// All live slots, in Go's order. Whoever frees or moves buckets uses it no more.
    #[inline]
    pub(crate) fn walk<T: MapType>(&self, of: T) -> Walk {
        if FOR_SPEED && self.count() == 0 {
            // There may be slots that say something else: those of entries that were taken over.
            return Walk::default();
        }
        let is_one_chain = self.bits() == BucketBits::ONE_BUCKET && !self.is_growing();
        match self.bucket_0(of).filter(|_| FOR_SPEED && is_one_chain) {
            Some(head) => {
                // SAFETY: A bucket of the current array where no growth runs (M5).
                let mut walk = unsafe { Walk::of_chain(head) };
                walk.behind = self.count() - walk.slots.len();
                walk
            }
            None => self.walk_of_many(of),
        }
    }

    /// The same where there may be many chains.
    #[inline(never)]
    fn walk_of_many<T: MapType>(&self, of: T) -> Walk {
        let mut walk = Walk::over(self.chains(of).without_types(), self.count());
        walk.look_ahead(of);
        walk
    }
}
