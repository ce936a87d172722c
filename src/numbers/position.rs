//! A position in a walk that survives growth: a fraction of all hashes.
//!
//! An entry never leaves the family of buckets that share its low hash bits: a
//! doubling splits bucket n into n and n + 2^B, which have those of n in common. So
//! a walk takes the bucket numbers with their bits *reversed*, lowest bit first.
//! In that order the two halves of a bucket are neighbours, whatever B is: as
//! 32-bit fractions,
//!
//! ```text
//! B = 1   [ 0               )[ 1               )
//! B = 2   [ 0      )[ 2      )[ 1      )[ 3      )
//! B = 3   [ 0 )[ 4 )[ 2 )[ 6 )[ 1 )[ 5 )[ 3 )[ 7 )
//!         0                  ▲ a position: all to the left of it was given
//! ```
//!
//! and a position is one number: how far the walk has come. (Redis' SCAN walks its tables
//! in this order.) A chain that waits to be split covers the interval of both its
//! halves and is given whole.

use crate::numbers::sizing::BucketBits;

/// How far a walk has come, as a 32-bit fraction; [`END`](Self::END) at most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub(crate) struct Position(u64);

impl Position {
    pub(crate) const START: Self = Self(0);
    /// Where all of a map was given: fractions are below.
    pub(crate) const END: Self = Self(1 << 32);

    /// The position with this number, or the end if there is none.
    pub(crate) const fn new(number: u64) -> Self {
        if number < Self::END.0 {
            Self(number)
        } else {
            Self::END
        }
    }

    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    pub(crate) const fn is_end(self) -> bool {
        self.0 >= Self::END.0
    }

    /// The number of the bucket, of 2^B, that begins here or in whose interval this is.
    pub(crate) const fn bucket(self, bits: BucketBits) -> usize {
        // Below the end, so it fits; the fraction's highest bit is the number's lowest.
        (self.0 as u32).reverse_bits() as usize & bits.mask()
    }

    /// The end of the interval of that bucket.
    pub(crate) const fn past_bucket(self, bits: BucketBits) -> Self {
        let width = Self::END.0 >> bits.get();
        Self((self.0 & !(width - 1)) + width)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::collections::BTreeSet;
    use std::vec::Vec;

    fn bits(b: u8) -> BucketBits {
        BucketBits::new(b).unwrap()
    }

    fn numbers(b: u8) -> Vec<usize> {
        let mut position = Position::START;
        let mut numbers = Vec::new();
        while !position.is_end() {
            numbers.push(position.bucket(bits(b)));
            position = position.past_bucket(bits(b));
        }
        numbers
    }

    #[test]
    fn buckets_come_in_reverse_binary_order_each_once() {
        assert_eq!(numbers(0), [0]);
        assert_eq!(numbers(1), [0, 1]);
        assert_eq!(numbers(3), [0, 4, 2, 6, 1, 5, 3, 7]);
        for b in 4..10 {
            let unique: BTreeSet<_> = numbers(b).into_iter().collect();
            assert_eq!(unique.len(), 1 << b);
        }
    }

    #[test]
    fn a_position_means_the_same_after_a_doubling() {
        // What is left at any position under B is, split, what is left under B + 1.
        for done in 0..16 {
            let mut position = Position::START;
            for _ in 0..done {
                position = position.past_bucket(bits(4));
            }
            let left = |b: u8| {
                let mut left = BTreeSet::new();
                let mut position = position;
                while !position.is_end() {
                    left.insert(position.bucket(bits(b)));
                    position = position.past_bucket(bits(b));
                }
                left
            };
            let split: BTreeSet<_> = left(4).into_iter().flat_map(|n| [n, n + 16]).collect();
            assert_eq!(left(5), split);
        }
    }

    #[test]
    fn the_largest_array_is_walked_to_its_end() {
        let last = Position::new(Position::END.get() - 1);
        assert_eq!(last.bucket(BucketBits::MAX), BucketBits::MAX.mask());
        assert!(last.past_bucket(BucketBits::MAX).is_end());
        assert!(last.past_bucket(BucketBits::ONE_BUCKET).is_end());
    }
}
