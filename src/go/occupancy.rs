//! Where a walk begins, and which chains hold something where few do (H12): bits that are made when
//! a map has lost most of its entries, and kept up from there on.
//!
//! A map that is anything like full pays nothing for the bits: none is looked at or set. From where
//! a removal leaves one entry for four buckets on, each removal that empties a bucket makes the
//! bits of some chains right, so that they all are soon. A map that is cleared begins with bits
//! that are right. When it holds an entry for every two buckets they are forgotten.

use super::header::Header;
use crate::memory::array::Array;
use crate::memory::bucket::BucketPtr;
use crate::memory::occupancy::{CHAINS_OF_TAIL, Occupancy};
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::tophash::TopHash;

/// So many chains behind the one that walks begin with a removal moves that on.
const AHEAD: usize = 64;

/// Bytes of bits that a removal makes right. Where a walk takes out all of a chain at once, six to
/// eight entries, no more than one in eight of these removals empties it: so with the entries of
/// the quarter that this begins at all are done.
const STEP: usize = 4;

impl Header {
    /// The bits of the current array, if it has them; right or not.
    fn occupancy<T: MapType>(&self, of: T) -> Option<Occupancy> {
        Array::occupancy_of(self.bucket_0(of)?, self.bits())
    }

    /// The bits, if all are right.
    pub(super) fn all_bits<T: MapType>(&self, of: T) -> Option<Occupancy> {
        let bits = self.occupancy(of).filter(|_| self.is_indexed());
        bits.filter(|bits| bits.are_all_done())
    }

    /// The bits, if they are kept up and that of this chain is right.
    pub(crate) fn bits_of<T: MapType>(&self, of: T, number: usize) -> Option<Occupancy> {
        let bits = self.occupancy(of).filter(|_| self.is_indexed());
        bits.filter(|bits| bits.is_done(number))
    }

    /// The chain that a walk begins with, and whether it may go by the bits.
    #[inline]
    pub(super) fn begin_of_walk<T: MapType>(&self, of: T) -> (usize, bool) {
        if !self.may_have_bits() || self.is_growing() {
            return (0, false);
        }
        let first = self.occupancy(of).map_or(0, Occupancy::first);
        (first, self.is_indexed() && self.all_bits(of).is_some())
    }

    /// Has walks begin with this chain, which one has come to that takes out entries.
    pub(super) fn begin_walks_at<T: MapType>(&self, head: BucketPtr<T>) {
        let bits = self.occupancy(head.of()).filter(|_| !self.is_growing());
        if let (Some(bits), Some(base)) = (bits, self.bucket_0(head.of())) {
            bits.set_first(head.number_from(base));
        }
    }

    /// Whether the current array has bits, right or not.
    #[inline]
    pub(super) const fn may_have_bits(&self) -> bool {
        Occupancy::is_there(self.bits())
    }

    /// Whether so many entries are too many for the bits to be worth it.
    fn is_dense(&self, entries: usize) -> bool {
        entries > self.bits().mask() >> 1
    }

    /// Whether the map has so few entries that bits are to be made.
    fn is_sparse(&self) -> bool {
        self.count() <= self.bits().mask() >> 2
    }

    /// Makes all bits right of an array whose chains hold nothing. They are kept up if it will have
    /// few entries.
    pub(super) fn clear_occupancy<T: MapType>(&mut self, of: T, entries: usize) {
        let Some(bits) = self.occupancy(of).filter(|_| !self.is_dense(entries)) else {
            self.set_indexed(false);
            return;
        };
        bits.clear();
        self.set_indexed(true);
    }

    /// Notes that an entry has come into the chain of this hash, where bits are kept up.
    #[cold]
    #[inline(never)]
    pub(super) fn note_entry<T: MapType>(&mut self, of: T, hash: HashValue) {
        if self.is_dense(self.count()) {
            self.set_indexed(false);
        } else {
            self.note_filled(of, hash.bucket(self.bits()));
        }
    }

    /// Notes that something is in a chain.
    pub(super) fn note_filled<T: MapType>(&self, of: T, number: usize) {
        if let Some(bits) = self.bits_of(of, number) {
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
    pub(super) unsafe fn note_emptied<T: MapType>(&mut self, head: BucketPtr<T>) {
        let bits = self.occupancy(head.of()).filter(|_| !self.is_growing());
        let (Some(bits), Some(base)) = (bits, self.bucket_0(head.of())) else {
            return;
        };
        let number = head.number_from(base);
        // SAFETY: The number is below 2^B, and heads are initialised: no growth runs.
        let has = |number| unsafe { base.nth(number).has() };
        let (entries, tail) = has(number);
        let was_done = self.is_indexed() && bits.is_done(number);
        if was_done && !entries {
            bits.unset(number);
            if tail {
                bits.set_tail(number);
            }
        }
        // That of a loop which removes the first key that it finds.
        let ahead = number.wrapping_sub(bits.first()) & self.bits().mask();
        if ahead < AHEAD {
            bits.set_first(number);
        }
        if self.is_sparse() {
            if !self.is_indexed() {
                bits.undo();
                self.set_indexed(true);
            }
            for _ in 0..STEP {
                bits.do_next(has);
            }
        }
    }

    /// The heads of chains that hold nothing and may have overflow buckets, with some of their
    /// neighbours, where all bits are right. They are forgotten: whoever asks makes these chains
    /// anew.
    pub(super) fn take_tails<T: MapType>(
        &self,
        of: T,
    ) -> impl Iterator<Item = BucketPtr<T>> + use<T> {
        let base_and_bits = self.bucket_0(of).zip(self.all_bits(of));
        let tails = base_and_bits.into_iter().flat_map(|(base, bits)| {
            let tails = bits.take_tails();
            tails.map(move |first| (base, first))
        });
        tails.flat_map(|(base, first)| {
            // SAFETY: The numbers are below 2^B.
            (first..first + CHAINS_OF_TAIL).map(move |number| unsafe { base.nth(number) })
        })
    }
}

impl<T: MapType> BucketPtr<T> {
    /// How many buckets further on it is than the first of its array.
    fn number_from(self, first: Self) -> usize {
        let bytes = self.address().addr().get() - first.address().addr().get();
        bytes / self.of().shape().size()
    }

    /// Whether the chain that begins with this bucket holds something, and whether there are overflow
    /// buckets behind it.
    ///
    /// # Safety
    /// It is initialised.
    #[inline]
    pub(super) unsafe fn has(self) -> (bool, bool) {
        // SAFETY: The caller's promise. Nothing follows an emptyRest (M3).
        unsafe {
            (
                self.top(0) != TopHash::EMPTY_REST,
                self.overflow().is_some(),
            )
        }
    }
}
