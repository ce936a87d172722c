//! The tags of a dense table's block: one byte a slot, all compared at once.

use crate::numbers::hash::HashValue;

/// What tells the entries of a block apart: the top byte of a hash, and 1 where that is 0. A free
/// slot has 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tag(u8);

impl Tag {
    /// Of a free slot.
    pub(crate) const FREE: Self = Self(0);

    #[inline]
    pub(crate) const fn of(hash: HashValue) -> Self {
        match hash.top_byte() {
            0 => Self(1),
            top => Self(top),
        }
    }

    pub(crate) const fn from_memory(byte: u8) -> Self {
        Self(byte)
    }

    pub(crate) const fn get(self) -> u8 {
        self.0
    }
}

/// The slots, of sixteen, that have the same tag.
///
/// Slot s has bit 8 s of the first word that is compared, and slot 8 + s bit 8 s + 4.
#[derive(Clone, Copy)]
pub(crate) struct Matches(u64);

impl Matches {
    /// Among these tags, the first slot's in the lowest byte of the first word.
    #[inline]
    pub(crate) const fn of(words: [u64; 2], tag: Tag) -> Self {
        let [low, high] = words;
        Self(zero_bytes(low ^ spread(tag)) | zero_bytes(high ^ spread(tag)) << 4)
    }
}

impl Iterator for Matches {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some((bit >> 3) + (bit & 4) * 2)
    }
}

const fn spread(tag: Tag) -> u64 {
    tag.0 as u64 * 0x0101_0101_0101_0101
}

/// The lowest bit of each byte that is 0, and no other.
#[inline]
const fn zero_bytes(word: u64) -> u64 {
    const LOW_SEVEN: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    !(((word & LOW_SEVEN) + LOW_SEVEN) | word | LOW_SEVEN) >> 7
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_match_is_a_slot_that_has_the_tag() {
        for tag in 0..=u8::MAX {
            for slot in 0..16 {
                // All others differ in the lowest bit.
                let mut tags = [tag ^ 1; 16];
                tags[slot] = tag;
                let words = [0, 8].map(|at| {
                    let word = tags[at..at + 8].try_into().unwrap();
                    u64::from_le_bytes(word)
                });
                let found: Vec<_> = Matches::of(words, Tag(tag)).collect();
                assert_eq!(found, [slot]);
                let others: Vec<_> = Matches::of(words, Tag(tag ^ 1)).collect();
                assert_eq!(others.len(), 15);
                assert!(!others.contains(&slot));
            }
        }
    }

    #[test]
    fn no_hash_has_the_tag_of_a_free_slot() {
        assert_eq!(Tag::of(HashValue::new(0)), Tag(1));
        assert_eq!(Tag::of(HashValue::new(usize::MAX as u64)), Tag(255));
    }
}
