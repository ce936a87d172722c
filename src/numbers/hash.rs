//! A hash value and how it is taken apart: the low bits name the bucket, the top
//! seven tell the keys of a bucket apart. Both ends must be good.
//!
//! Hashers give 64 bits, of which a map uses as many as a machine word has, from the lowest
//! on. So the top seven are bits 57 to 63 on 64-bit targets and bits 25 to 31 on 32-bit ones.
//! As in Go: there many hashers, FxHash for one, give no more than 32 bits, and those
//! above them would be the same for all keys. Which bucket a key belongs to, and in which
//! slot it lies, depends on the low bits only and is the same on every target.

use crate::numbers::sizing::BucketBits;

/// The hash of a key under the map's present seed, as far as it fits a machine word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HashValue(usize);

impl HashValue {
    #[inline]
    pub(crate) const fn new(hash: u64) -> Self {
        Self(hash as usize)
    }

    /// The number of its bucket among 2^B.
    #[inline]
    pub(crate) const fn bucket(self, bits: BucketBits) -> usize {
        self.0 & bits.mask()
    }

    /// The low bits that this mask has.
    #[inline]
    pub(crate) const fn masked(self, mask: usize) -> usize {
        self.0 & mask
    }

    /// Whether this bit is set, counted from the lowest.
    #[inline]
    pub(crate) const fn has_bit(self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }

    /// To which of the two buckets that its old one is split into a doubling moves its key:
    /// 0 is X, the lower one, and 1 is Y. A number, since half of the keys go to either side, by
    /// chance: two addresses are chosen by it, and not two ways, which no processor could
    /// foresee.
    #[inline]
    pub(crate) const fn side(self, old_bits: BucketBits) -> usize {
        if cfg!(feature = "small-code") {
            // Of a comparison the compiler would make two ways here.
            (self.0 >> old_bits.count().trailing_zeros()) & 1
        } else {
            (self.0 & old_bits.count() != 0) as usize
        }
    }

    /// A fraction, of 64 bits, in which the lowest bit counts most.
    pub(crate) const fn low_bits_first(self) -> u64 {
        (self.0 as u64).reverse_bits()
    }

    #[inline]
    pub(crate) const fn top_seven_bits(self) -> u8 {
        (self.0 >> (usize::BITS - 7)) as u8
    }
}

/// The byte that a 64-bit Go would store for a live slot whose key has this hash: the same
/// on every target, since the traces that tests compare with were recorded on 64 bits.
///
/// Go: `tophash`.
pub const fn go_tophash(hash: u64) -> u8 {
    const MIN_TOP_HASH: u8 = 5;
    let top = (hash >> 56) as u8;
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

    #[test]
    fn the_top_bits_are_those_of_a_machine_word() {
        let top = if usize::BITS == 64 { 0xfe } else { 0x76 };
        let hash = HashValue::new(0xfedc_ba98_7654_3210);
        assert_eq!(hash.top_seven_bits(), top >> 1);
        // FxHash on a 32-bit target.
        let word = HashValue::new(usize::MAX as u64);
        assert_eq!(word.top_seven_bits(), 0x7f);
    }
}
