//! Where a walk begins, and which chains hold something where few do (H12): bits that are made when
//! a map has lost most of its entries, and kept up from there on.
//!
//! A map that is anything like full pays nothing for the bits: none is looked at or set. From where
//! a removal leaves one entry for four buckets on, each removal that empties a bucket makes the
//! bits of some chains right, so that they all are soon. A map that is cleared begins with bits
//! that are right. When it holds an entry for every two buckets they are forgotten.
//!
//! Nothing here knows more of the types than how buckets lie: so it is in an image once.

use super::header::Header;
use crate::memory::bucket::BucketPtr;
use crate::memory::occupancy::{Found, Occupancy};
use crate::memory::shape::{MapType, Spacing};
use crate::numbers::hash::HashValue;
use crate::numbers::tophash::TopHash;
use core::iter;

/// So many chains behind the one that walks begin with a removal moves that on.
const AHEAD: usize = 64;

/// Where a walk begins, and how it goes on.
#[derive(Clone, Copy)]
pub(super) struct Begin {
    /// The chain that it begins with.
    pub(super) first: usize,
    /// The bits that it goes by.
    pub(super) bits: Option<Occupancy>,
}

impl Begin {
    /// With the first of all chains, from each to the next.
    pub(super) const WITH_ALL: Self = Self {
        first: 0,
        bits: None,
    };
}

impl Header {
    /// Whether the current array has bits, right or not.
    #[inline]
    pub(super) const fn may_have_bits(&self) -> bool {
        Occupancy::is_there(self.bits())
    }

    /// The bits of the current array, if it has them; right or not.
    fn occupancy(&self, spacing: Spacing) -> Option<Occupancy> {
        let base = self.buckets.filter(|_| self.may_have_bits())?;
        // SAFETY: A1: the array has a front with its bits, which ends where its buckets begin.
        Some(unsafe { Occupancy::before(base.sub(spacing.head_at()), self.bits()) })
    }

    /// The bits, if all are right.
    fn all_bits(&self, spacing: Spacing) -> Option<Occupancy> {
        let bits = self.occupancy(spacing).filter(|_| self.is_indexed());
        bits.filter(|bits| bits.are_all_done())
    }

    /// The bits, if all are right, for who goes over chains in another order.
    pub(super) fn bits_of_all<T: MapType>(&self, of: T) -> Option<Occupancy> {
        self.all_bits(of.shape().spacing())
    }

    /// The bits, if they are kept up and that of this chain is right.
    pub(crate) fn bits_of<T: MapType>(&self, of: T, number: usize) -> Option<Occupancy> {
        let bits = self.occupancy(of.shape().spacing());
        bits.filter(|bits| self.is_indexed() && bits.is_done(number))
    }

    /// Where a walk begins in an array that may have bits.
    #[cold]
    #[inline(never)]
    pub(super) fn begin_of_walk(&self, spacing: Spacing) -> Begin {
        match self.occupancy(spacing).filter(|_| !self.is_growing()) {
            Some(bits) => Begin {
                first: bits.first(),
                bits: self.all_bits(spacing),
            },
            None => Begin::WITH_ALL,
        }
    }

    /// Has walks begin with this chain, which one has come to that takes out entries.
    #[cold]
    #[inline(never)]
    pub(super) fn begin_walks_at(&self, spacing: Spacing, head: BucketPtr<()>) {
        if let Some(bits) = self.occupancy(spacing).filter(|_| !self.is_growing()) {
            bits.set_first(self.number_of(spacing, head));
        }
    }

    /// The number of a chain of the current array.
    fn number_of(&self, spacing: Spacing, head: BucketPtr<()>) -> usize {
        let base = self.buckets.map_or(0, |base| base.addr().get());
        (head.address().addr().get() - base) / spacing.size()
    }

    /// Whether so many entries are too many for the bits to be worth it.
    const fn is_dense(&self, entries: usize) -> bool {
        entries > self.bits().mask() >> 1
    }

    /// Whether the map has so few entries that bits are to be made.
    const fn is_sparse(&self) -> bool {
        self.count() <= self.bits().mask() >> 2
    }

    /// Has the bits of a new array say nothing.
    pub(super) fn begin_bits(&mut self, spacing: Spacing) {
        self.set_indexed(false);
        if let Some(bits) = self.occupancy(spacing) {
            bits.begin();
        }
    }

    /// Makes all bits right of an array whose chains hold nothing. They are kept up if it will have
    /// few entries.
    pub(super) fn clear_bits(&mut self, spacing: Spacing, entries: usize) {
        let bits = self.occupancy(spacing);
        let bits = bits.filter(|_| !self.is_dense(entries));
        if let Some(bits) = bits {
            bits.clear();
        }
        self.set_indexed(bits.is_some());
    }

    /// Notes that an entry has come into the chain of this hash, where bits are kept up.
    #[cold]
    #[inline(never)]
    pub(super) fn note_entry(&mut self, spacing: Spacing, hash: HashValue) {
        if self.is_dense(self.count()) {
            self.set_indexed(false);
        } else {
            self.note_filled(spacing, hash.bucket(self.bits()));
        }
    }

    /// Notes that something is in a chain.
    pub(super) fn note_filled(&self, spacing: Spacing, number: usize) {
        let bits = self.occupancy(spacing).filter(|_| self.is_indexed());
        if let Some(bits) = bits.filter(|bits| bits.is_done(number)) {
            bits.set(number);
        }
    }

    /// Notes that a bucket of a chain has been emptied, perhaps its last: has walks begin there, if
    /// they began not far before, and in a map with few entries makes some more bits right if not
    /// all are. The work does not depend on the map.
    ///
    /// # Safety
    /// The chain owns the entries that it had.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn note_emptied(&mut self, spacing: Spacing, head: BucketPtr<()>) {
        let bits = self.occupancy(spacing).filter(|_| !self.is_growing());
        let (Some(bits), Some(base)) = (bits, self.buckets) else {
            return;
        };
        let number = self.number_of(spacing, head);
        // SAFETY: The chain is of the current array, whose heads are initialised: no growth runs.
        let found = unsafe { head.found() };
        if self.is_indexed() && bits.is_done(number) {
            bits.note(number, found);
        }
        // That of a loop which removes the first key that it finds.
        let ahead = number.wrapping_sub(bits.first()) & self.bits().mask();
        if ahead < AHEAD {
            bits.set_first(number);
        }
        if !self.is_sparse() {
            return;
        }
        if !self.is_indexed() {
            bits.undo();
            self.set_indexed(true);
        }
        let head = |number: usize| {
            BucketPtr::at((), unsafe {
                // SAFETY: The number is below 2^B.
                base.add(number * spacing.size().get())
            })
        };
        // SAFETY: As above.
        bits.do_next(|number| unsafe { head(number).found() });
    }

    /// The heads of the current array, whatever is in it: those at least of chains that hold
    /// something or have overflow buckets.
    pub(super) fn used_heads<T: MapType>(
        &self,
        of: T,
    ) -> impl Iterator<Item = BucketPtr<T>> + use<T> {
        let base = self.bucket_0(of);
        let (count, bits) = (self.bits().count(), self.bits_of_all(of));
        let mut next = 0;
        iter::from_fn(move || {
            let number = match bits {
                Some(bits) => bits.next_used(next),
                None => next,
            };
            next = number + 1;
            // SAFETY: The number is below 2^B.
            (number < count).then(|| base.map(|base| unsafe { base.nth(number) }))?
        })
    }

    /// Notes that no chain has overflow buckets any more without holding something.
    pub(super) fn note_no_tails<T: MapType>(&self, of: T) {
        if let Some(bits) = self.bits_of_all(of) {
            bits.forget_tails();
        }
    }
}

impl BucketPtr<()> {
    /// What the chain is found to have that begins with this bucket.
    ///
    /// # Safety
    /// It is initialised.
    #[inline]
    pub(super) unsafe fn found(self) -> Found {
        // SAFETY: The caller's promise. Nothing follows an emptyRest (M3).
        unsafe {
            Found {
                entries: self.top(0) != TopHash::EMPTY_REST,
                overflow: self.overflow().is_some(),
            }
        }
    }
}
