//! The tags of a dense table's block: one byte a slot, all compared at once.

use crate::numbers::hash::HashValue;

/// What tells the entries of a block apart, in the low seven bits of a byte: the top seven bits of
/// a hash, and 1 where they are 0. A free slot has 0.
///
/// In memory the seven bits are turned over: so that they make, with those of the same tag that are
/// not, what is all ones, and one more is a carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tag(u8);

impl Tag {
    /// Of a free slot.
    pub(crate) const FREE: Self = Self(0);
    /// The tags of eight free slots, in memory.
    pub(crate) const ALL_FREE: [u8; 8] = [Self::FREE.in_memory(); 8];

    #[inline]
    pub(crate) const fn of(hash: HashValue) -> Self {
        match hash.top_seven_bits() {
            0 => Self(1),
            top => Self(top),
        }
    }

    /// Where the tag of a slot is, of the sixteen bytes: those of even slots come first, so that
    /// what is found in two words has the order of the slots.
    #[inline]
    pub(crate) const fn place(slot: usize) -> usize {
        slot % 2 * 8 + slot / 2
    }

    pub(crate) const fn from_memory(byte: u8) -> Self {
        Self(byte ^ SEVEN)
    }

    pub(crate) const fn in_memory(self) -> u8 {
        self.0 ^ SEVEN
    }
}

/// The bits that a tag has.
const SEVEN: u8 = 0x7f;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The slots, of sixteen, that have the same tag, which is not that of a free one.
///
/// Slot s has bit 4 s + 3.
#[derive(Clone, Copy)]
pub(crate) struct Matches(u64);

impl Matches {
    /// Among these bytes of memory: of the even slots, and of the odd ones.
    #[inline]
    pub(crate) const fn of(words: [u64; 2], tag: Tag) -> Self {
        const TOP: u64 = ONES << 7;
        let tags = tag.0 as u64 * ONES;
        let [even, odd] = words;
        // No byte is over 0x7f, so none carries into the next.
        let (even, odd) = (
            (even ^ tags).wrapping_add(ONES),
            (odd ^ tags).wrapping_add(ONES),
        );
        Self(even >> 4 & TOP >> 4 | odd & TOP)
    }

    /// The first of them.
    #[inline]
    pub(crate) const fn first(self) -> Option<usize> {
        match self.0 {
            0 => None,
            slots => Some(slots.trailing_zeros() as usize / 4),
        }
    }

    /// The others.
    #[inline]
    pub(crate) const fn behind_first(self) -> Self {
        Self(self.0 & self.0.wrapping_sub(1))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn words_of(tags: [u8; 16]) -> [u64; 2] {
        [0, 1].map(|odd| {
            let mut word = Tag::ALL_FREE;
            for slot in (odd..16).step_by(2) {
                assert_eq!(Tag::place(slot) / 8, odd);
                word[Tag::place(slot) % 8] = Tag(tags[slot]).in_memory();
            }
            u64::from_le_bytes(word)
        })
    }

    fn found(tags: [u8; 16], tag: u8) -> Vec<usize> {
        let mut matches = Matches::of(words_of(tags), Tag(tag));
        let mut found = Vec::new();
        while let Some(slot) = matches.first() {
            found.push(slot);
            matches = matches.behind_first();
        }
        found
    }

    #[test]
    fn a_match_is_a_slot_that_has_the_tag() {
        for tag in 1..=SEVEN {
            for slot in 0..16 {
                for other in 0..=SEVEN {
                    if other == tag {
                        continue;
                    }
                    let mut tags = [other; 16];
                    tags[slot] = tag;
                    assert_eq!(found(tags, tag), [slot]);
                }
            }
        }
    }

    #[test]
    fn every_slot_that_has_the_tag_is_found_and_no_free_one() {
        for tag in [1, 2, 0x3f, 0x40, 0x41, SEVEN] {
            for slots in 0..1_u32 << 16 {
                // Miri takes an hour for all of them.
                if cfg!(miri) && slots % 4_099 != 0 {
                    continue;
                }
                let is_in = |slot: &usize| slots >> slot & 1 == 1;
                let mut tags = [0; 16];
                (0..16).filter(is_in).for_each(|slot| tags[slot] = tag);
                assert_eq!(found(tags, tag), (0..16).filter(is_in).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn no_hash_has_the_tag_of_a_free_slot() {
        for top in 0..=u8::MAX {
            let hash = (top as usize) << (usize::BITS - 8);
            let tag = Tag::of(HashValue::new(hash as u64));
            assert!(tag != Tag::FREE && tag.0 <= SEVEN);
            assert_eq!(Tag::from_memory(tag.in_memory()), tag);
        }
    }
}
