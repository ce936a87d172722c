//! Who owns a key: the two arrays of a map that grows, and which of them holds what (H2).
//!
//! ```text
//! old array   [ 0 ][ 1 ][ 2 ][ 3 ]          chain 2 is moved: what was in it is in the new
//!               waits      moved            buckets 2 and 6, which are initialised now; chain 0
//! new array   [ 0 ][ 1 ][ 2 ][ 3 ][ 4 ][ 5 ][ 6 ][ 7 ]   waits, and holds all that new
//!               ―         ok       ―         ok          buckets 0 and 4 will
//! ```
//!
//! A new bucket is named by its number. Whoever asks who has its entries gets that bucket, or
//! the chain that waits to be split into it. Nobody else compares bucket numbers with how far
//! a growth has come.

use super::header::Header;
use crate::memory::bucket::BucketPtr;
use crate::memory::occupancy::Occupancy;
use crate::memory::shape::MapType;
use crate::numbers::hash::HashValue;
use crate::numbers::position::Position;
use crate::numbers::sizing::BucketBits;
use core::ops::Range;
use core::ptr::NonNull;

/// The arrays of a map.
#[derive(Clone, Copy)]
pub(crate) struct Arrays<T> {
    /// The current one.
    base: BucketPtr<T>,
    bits: BucketBits,
    /// While a growth runs, the one that entries are moved out of.
    old: Option<(BucketPtr<()>, BucketBits)>,
}

/// Who has the entries of a bucket of the current array.
#[derive(Clone, Copy)]
pub(crate) enum Holder<T> {
    /// The bucket itself and the chain behind it, which is initialised.
    Itself(BucketPtr<T>),
    /// A chain of the old array that waits to be moved. The bucket is not initialised (M5).
    Waiting(BucketPtr<T>),
}

impl<T: Copy> Arrays<T> {
    /// The same, whose types are told in another way.
    #[inline]
    fn of_types<U: Copy>(self, of: U) -> Arrays<U> {
        Arrays {
            base: self.base.of_types(of),
            bits: self.bits,
            old: self.old,
        }
    }
}

impl<T: MapType> Arrays<T> {
    /// B of the current array.
    pub(crate) const fn bits(self) -> BucketBits {
        self.bits
    }

    /// Whether chains that are moved are split between two buckets.
    pub(crate) fn are_split(self) -> bool {
        self.old.is_some_and(|(_, bits)| bits != self.bits)
    }

    /// Who has the entries of bucket `n`.
    ///
    /// # Safety
    /// The number is below 2^B.
    #[inline]
    pub(crate) unsafe fn holder(self, n: usize) -> Holder<T> {
        if let Some((old_base, old_bits)) = self.old {
            let old_base = old_base.of_types(self.base.of());
            // SAFETY: The masked number is below the old array's count.
            let old = unsafe { old_base.nth(n & old_bits.mask()) };
            // SAFETY: Heads of the old array are initialised.
            if !unsafe { old.is_evacuated() } {
                return Holder::Waiting(old);
            }
        }
        // SAFETY: The caller's promise.
        Holder::Itself(unsafe { self.base.nth(n) })
    }

    /// Bucket `n` of the current array, if it is initialised.
    pub(crate) fn initialised(self, n: usize) -> Option<BucketPtr<T>> {
        if n >= self.bits.count() {
            return None;
        }
        // SAFETY: The number is below 2^B.
        match unsafe { self.holder(n) } {
            Holder::Itself(bucket) => Some(bucket),
            Holder::Waiting(_) => None,
        }
    }

    /// The heads of all chains that own entries, whatever they hold, with their numbers.
    pub(crate) fn all(self) -> impl Iterator<Item = (usize, BucketPtr<T>)> {
        (0..self.bits.count()).filter_map(move |n| {
            // SAFETY: The number is below 2^B.
            match unsafe { self.holder(n) } {
                Holder::Itself(head) => Some((n, head)),
                // That of the other bucket is the same chain.
                Holder::Waiting(head) => self.old(n).map(|_| (n, head)),
            }
        })
    }

    /// Bucket `n` of the old array, if there is such a one.
    pub(crate) fn old(self, n: usize) -> Option<BucketPtr<T>> {
        let (base, bits) = self.old?;
        let base = base.of_types(self.base.of());
        // SAFETY: The number is below the old array's count.
        (n < bits.count()).then(|| unsafe { base.nth(n) })
    }

    /// The chains of the old array that wait to be moved, in order, with their numbers.
    pub(crate) fn all_waiting(self) -> impl Iterator<Item = (usize, BucketPtr<T>)> {
        let count = self.old.map_or(0, |(_, bits)| bits.count());
        let all = (0..count).filter_map(move |n| Some((n, self.old(n)?)));
        // SAFETY: Heads of the old array are initialised.
        all.filter(|(_, head)| !unsafe { head.is_evacuated() })
    }

    /// Whether a head is one of the old array's.
    pub(crate) fn is_old(self, head: BucketPtr<T>) -> bool {
        self.old
            .is_some_and(|(base, bits)| head.is_within(base.of_types(head.of()), bits.count()))
    }

    /// The chain of the entries at a position, and the interval that they are in.
    pub(crate) fn at(self, position: Position) -> (BucketPtr<T>, Range<Position>) {
        // SAFETY: The number is below 2^B.
        match unsafe { self.holder(position.bucket(self.bits)) } {
            Holder::Itself(head) => (head, position.of_bucket(self.bits)),
            Holder::Waiting(head) => {
                let bits = self.old.map_or(self.bits, |(_, bits)| bits);
                (head, position.of_bucket(bits))
            }
        }
    }
}

/// Where a walk begins, and how it goes on.
#[derive(Clone, Copy)]
pub(crate) struct Begin {
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

/// The heads of chains that own entries, in Go's order: all, or where bits say which hold something
/// those alone, beginning where entries were taken out last and going round. A chain that waits to
/// be moved is taken whole, at its own number.
#[derive(Clone, Copy)]
pub(crate) struct Chains<T> {
    arrays: Option<Arrays<T>>,
    /// The number that is next, and the one to stop at: behind the last bucket they count on, from
    /// the first.
    next: usize,
    end: usize,
    /// Where the bits are that it goes by.
    bits: Option<NonNull<u8>>,
}

impl<T: Copy> Chains<T> {
    pub(crate) const NONE: Self = Self {
        arrays: None,
        next: 0,
        end: 0,
        bits: None,
    };

    /// # Safety
    /// The arrays stay as they are, in the same state of growth, while this is used; chains may
    /// lose entries. Where a growth runs it begins with all. If it goes by bits they are these
    /// arrays', and all right.
    #[inline]
    pub(super) const unsafe fn of(arrays: Option<Arrays<T>>, begin: Begin) -> Self {
        let count = match arrays {
            Some(arrays) => arrays.bits.count(),
            None => 0,
        };
        Self {
            arrays,
            next: begin.first,
            end: begin.first + count,
            bits: match begin.bits {
                Some(bits) => Some(bits.at()),
                None => None,
            },
        }
    }

    /// The same, without the types.
    pub(crate) fn without_types(self) -> Chains<()> {
        Chains {
            arrays: self.arrays.map(|arrays| arrays.of_types(())),
            next: self.next,
            end: self.end,
            bits: self.bits,
        }
    }

    /// The next head, of the types that the map has.
    #[inline]
    pub(crate) fn next_of<U: MapType>(&mut self, of: U) -> Option<BucketPtr<U>> {
        let (_, head) = self.next_numbered(of)?;
        Some(head)
    }

    /// The same, with its number.
    #[inline]
    pub(crate) fn next_numbered<U: MapType>(&mut self, of: U) -> Option<(usize, BucketPtr<U>)> {
        let arrays = self.arrays?.of_types(of);
        while self.next < self.end {
            let mut n = self.next;
            if let Some(at) = self.bits.filter(|_| Occupancy::EVER) {
                // SAFETY: They are this array's.
                n = unsafe { Occupancy::of(at, arrays.bits) }.next_set(n, self.end);
                if n >= self.end {
                    self.next = n;
                    break;
                }
            }
            self.next = n + 1;
            let n = n & arrays.bits.mask();
            // SAFETY: The number is below 2^B.
            match unsafe { arrays.holder(n) } {
                Holder::Itself(head) => return Some((n, head)),
                Holder::Waiting(head) if arrays.old(n).is_some() => return Some((n, head)),
                // Given already, as the chain of the other bucket that it will be split into.
                Holder::Waiting(_) => {}
            }
        }
        None
    }
}

impl<T: MapType> Iterator for Chains<T> {
    type Item = BucketPtr<T>;

    #[inline]
    fn next(&mut self) -> Option<BucketPtr<T>> {
        let of = self.arrays?.base.of();
        self.next_of(of)
    }
}

impl Header {
    /// The arrays; none before the first insert.
    pub(crate) fn arrays<T: MapType>(&self, of: T) -> Option<Arrays<T>> {
        let old = self.growth().map(|growth| growth.old);
        Some(Arrays {
            base: self.bucket_0(of)?,
            bits: self.bits(),
            old: old.map(|old| (BucketPtr::at((), old.base), old.bits)),
        })
    }

    /// The head of the chain that owns a hash; none before the first insert.
    #[inline]
    pub(crate) fn chain<T: MapType>(&self, of: T, hash: HashValue) -> Option<BucketPtr<T>> {
        // SAFETY: There is an array.
        self.has_buckets().then(|| unsafe { self.owner(of, hash) })
    }

    /// The same, where there is an array.
    ///
    /// # Safety
    /// There is one.
    #[cfg_attr(feature = "small-code", inline(never))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    pub(crate) unsafe fn owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        if let Some(growth) = self.growth() {
            // SAFETY: The number is below the old array's count.
            let old = unsafe { growth.old.bucket_0(of).nth(hash.bucket(growth.old.bits)) };
            // SAFETY: Heads of the old array are initialised.
            if !unsafe { old.is_evacuated() } {
                return old;
            }
        }
        // SAFETY: The caller's promise; if a growth runs, the chain is moved.
        unsafe { self.current_chain(of, hash) }
    }

    /// The same after the growth work that is due for the hash, which has moved its chain if a
    /// growth runs (H6).
    ///
    /// # Safety
    /// That work was done, and nothing since.
    #[inline]
    pub(crate) unsafe fn moved_chain<T: MapType>(
        &self,
        of: T,
        hash: HashValue,
    ) -> Option<BucketPtr<T>> {
        let current = || {
            // SAFETY: There is an array.
            unsafe { self.current_chain(of, hash) }
        };
        let head = self.has_buckets().then(current);
        debug_assert!(head == self.chain(of, hash), "H6: a step can always run");
        head
    }

    /// The chain of a hash in the current array.
    ///
    /// # Safety
    /// There is an array.
    #[inline]
    pub(crate) unsafe fn current_chain<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        // SAFETY: The caller's promise; the bucket number is below 2^B.
        unsafe {
            let base = self.bucket_0(of).unwrap_unchecked();
            base.nth(hash.bucket(self.bits()))
        }
    }
}
