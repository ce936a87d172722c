//! A hash value and how it is taken apart: the low bits name the bucket, the
//! top byte tells the keys of a bucket apart. Both ends must be good.
//!
//! It is 64 bits wide on every target, so that a map takes the same shape on
//! 32 bits as on 64.

use crate::sizing::BucketBits;

/// The hash of a key under the map's present seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HashValue(u64);

impl HashValue {
    #[inline]
    pub(crate) const fn new(hash: u64) -> Self {
        Self(hash)
    }

    /// The number of its bucket among 2^B.
    #[inline]
    pub(crate) const fn bucket(self, bits: BucketBits) -> usize {
        // The lower half is all that a 32-bit target needs: B is at most 31.
        self.0 as usize & bits.mask()
    }

    /// Whether a doubling moves its key to the upper of the two buckets that its old one
    /// is split into.
    #[inline]
    pub(crate) const fn is_for_y(self, old_bits: BucketBits) -> bool {
        self.0 as usize & old_bits.count() != 0
    }

    #[inline]
    pub(crate) const fn top_byte(self) -> u8 {
        (self.0 >> 56) as u8
    }
}

/// The byte that Go would store for a live slot whose key has this hash; for tests
/// that compare states with Go's.
///
/// Go: `tophash`.
pub const fn go_tophash(hash: u64) -> u8 {
    const MIN_TOP_HASH: u8 = 5;
    let top = HashValue::new(hash).top_byte();
    if top < MIN_TOP_HASH {
        top + MIN_TOP_HASH
    } else {
        top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gos_tophash_keeps_the_states_free() {
        for top in 0..=u8::MAX {
            let hash = u64::from(top) << 56 | 0x12_3456;
            assert_eq!(go_tophash(hash), if top < 5 { top + 5 } else { top });
        }
    }

    #[test]
    fn the_low_bits_name_the_bucket() {
        let hash = HashValue::new(0xfedc_ba98_7654_3210);
        assert_eq!(hash.bucket(BucketBits::ONE_BUCKET), 0);
        let bits = BucketBits::for_entries(1000).unwrap();
        assert_eq!(hash.bucket(bits), 0x10);
        assert_eq!(hash.bucket(BucketBits::MAX), 0x7654_3210);
    }
}
