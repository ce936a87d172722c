//! Where a walk begins, and which chains hold something where few do (H12): bits that are made when
//! a map has lost most of its entries, and kept up from there on.
//!
//! A map that is anything like full pays nothing for the bits: none is looked at or set. From where
//! a removal leaves one entry for eight buckets on, each removal that leaves the last bucket of a
//! chain that is in use without an entry makes the bits of some chains right, so that they all are
//! soon. A map that is cleared begins with bits that are right. When it holds an entry for every two
//! buckets they are forgotten.
//!
//! Nothing here knows more of the types than how buckets lie: so it is in an image once.

use super::arrays::Begin;
use super::header::Header;
use crate::memory::bucket::BucketPtr;
use crate::memory::occupancy::{Found, Occupancy, Spacing};
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::tophash::TopHash;
use core::iter;

/// How far ahead of where walks begin a removal may be that moves that on. Of so many chains one
/// with a number that [`HINTS`] divides holds something, also where there is one entry for eight
/// buckets: or a loop that takes out what it finds first would go over what it has emptied again.
const AHEAD: usize = 1024;
/// Where there are more entries, removals move it only if they empty the first of so many chains.
const HINTS: usize = 8;

impl Header {
    /// Whether the current array has bits, right or not.
    #[inline]
    pub(super) const fn may_have_bits(&self) -> bool {
        Occupancy::is_there(self.bits())
    }

    /// The bits of the current array, if it has them; right or not.
    fn occupancy(&self, spacing: Spacing) -> Option<Occupancy> {
        // SAFETY: The map's array, whose buckets lie like this.
        unsafe { Occupancy::of_array(self.buckets?, spacing, self.bits()) }
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
        let bits = self.occupancy(spacing).filter(|_| !self.is_growing());
        if let (Some(bits), Some(first)) = (bits, self.buckets) {
            bits.set_first(spacing.number(first, head.address()));
        }
    }

    /// Whether so many entries are too many for the bits to be worth it.
    const fn is_dense(&self, entries: usize) -> bool {
        entries > self.bits().mask() >> 1
    }

    /// Whether the map has so few entries that bits are to be made.
    const fn is_sparse(&self) -> bool {
        self.count() <= self.bits().mask() >> 3
    }

    /// Makes all bits right of an array whose chains hold nothing. They are kept up if it will have
    /// few entries.
    #[inline]
    pub(super) fn clear_bits(&mut self, spacing: Spacing, entries: usize) {
        if self.may_have_bits() {
            self.clear_bits_of_many(spacing, entries);
        }
    }

    #[cold]
    #[inline(never)]
    fn clear_bits_of_many(&mut self, spacing: Spacing, entries: usize) {
        let bits = self.occupancy(spacing);
        if let Some(bits) = bits.filter(|_| !self.is_dense(entries)) {
            bits.clear();
            self.begin_index();
        } else {
            self.end_index();
        }
    }

    /// Notes that an entry comes into the chain of this hash, where bits are kept up.
    #[cold]
    #[inline(never)]
    pub(super) fn note_entry(&mut self, spacing: Spacing, hash: HashValue) {
        if self.is_dense(self.count()) {
            self.end_index();
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

    /// Whether it is to be noted that a chain has lost what was in a bucket: if bits are to be kept
    /// up, or walks may begin there.
    #[inline]
    pub(super) fn is_to_note<T: MapType>(&self, head: BucketPtr<T>) -> bool {
        self.may_have_bits()
            && (self.is_sparse() || self.is_indexed() || {
                let spacing = head.of().shape().spacing();
                let number = |first| spacing.number(first, head.address());
                self.buckets.map_or(0, number) % HINTS == 0
            })
    }

    /// Notes that a chain has lost what was in a bucket, perhaps its last: has walks begin there, if
    /// they began not far before, and in a map with few entries makes some more bits right if not
    /// all are. The work does not depend on the map.
    ///
    /// # Safety
    /// The chain owns the entries that it had.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn note_emptied(&mut self, spacing: Spacing, head: BucketPtr<()>) {
        let bits = self.occupancy(spacing).filter(|_| !self.is_growing());
        let (Some(bits), Some(first)) = (bits, self.buckets) else {
            return;
        };
        let number = spacing.number(first, head.address());
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
            self.begin_index();
        }
        bits.do_next(|number| {
            // SAFETY: The number is below 2^B; as above.
            unsafe { BucketPtr::at((), spacing.nth(first, number)).found() }
        });
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
