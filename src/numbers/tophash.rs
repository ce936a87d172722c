//! One byte a slot: is it empty, where did its entry go, or what are the top bits of
//! its key's hash. Eight of them are one `u64`, and a look-up compares all eight at
//! once.
//!
//! A live slot's byte is the hash's top seven bits with a set bit above them. Go takes eight, and
//! adds five to the five smallest values, so one key in 256 is compared in vain and here
//! one in 128; but the set bit makes "live" and "free" one `and` each, which saves about
//! five instructions an operation.

use crate::numbers::hash::HashValue;

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The state of one slot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TopHash(u8);

impl TopHash {
    /// Empty, and so is every later slot of the chain.
    pub(crate) const EMPTY_REST: Self = Self(0);
    /// Empty.
    pub(crate) const EMPTY_ONE: Self = Self(1);
    /// The entry moved to the bucket of the same number.
    pub(crate) const EVACUATED_X: Self = Self(2);
    /// The entry moved to the bucket 2^(old B) further on.
    pub(crate) const EVACUATED_Y: Self = Self(3);
    /// The slot was empty when its chain was moved.
    pub(crate) const EVACUATED_EMPTY: Self = Self(4);
    /// The smallest byte of a live slot.
    const MIN_LIVE: u8 = 0x80;

    /// The byte of a live slot whose key has this hash.
    #[inline]
    pub(crate) const fn of(hash: HashValue) -> Self {
        Self(hash.top_seven_bits() | Self::MIN_LIVE)
    }

    #[inline]
    pub(crate) const fn is_evacuated(self) -> bool {
        // One comparison for three states: live bytes are negative, and those of empty slots less.
        self.0 as i8 > Self::EMPTY_ONE.0 as i8
    }

    pub(crate) const fn is_live(self) -> bool {
        self.0 >= Self::MIN_LIVE
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 <= Self::EMPTY_ONE.0
    }

    pub(crate) const fn get(self) -> u8 {
        self.0
    }

    /// The byte as it lies in memory.
    #[inline]
    pub(crate) const fn from_memory(byte: u8) -> Self {
        Self(byte)
    }
}

impl core::fmt::Debug for TopHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match *self {
            Self::EMPTY_REST => "emptyRest",
            Self::EMPTY_ONE => "emptyOne",
            Self::EVACUATED_X => "evacuatedX",
            Self::EVACUATED_Y => "evacuatedY",
            Self::EVACUATED_EMPTY => "evacuatedEmpty",
            live => return write!(f, "{:#04x}", live.0),
        })
    }
}

/// The eight slots of a bucket; slot *i* is byte *i* counted from the lowest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TopHashes(u64);

impl TopHashes {
    pub(crate) const ALL_EMPTY_REST: Self = Self(0);

    /// From the eight bytes as they lie in memory.
    #[inline]
    pub(crate) const fn from_memory(bytes: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(bytes))
    }

    /// To the eight bytes as they lie in memory.
    #[inline]
    pub(crate) const fn to_memory(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    #[inline]
    pub(crate) const fn get(self, slot: usize) -> TopHash {
        debug_assert!(slot < 8);
        TopHash((self.0 >> (8 * (slot & 7))) as u8)
    }

    /// The same slots with one of them changed.
    #[inline]
    pub(crate) fn with(self, slot: usize, top: TopHash) -> Self {
        debug_assert!(slot < 8);
        #[cfg(target_pointer_width = "64")]
        {
            let shift = 8 * (slot & 7);
            Self((self.0 & !(0xff << shift)) | (top.0 as u64) << shift)
        }
        // To shift two words takes more.
        #[cfg(not(target_pointer_width = "64"))]
        {
            let mut bytes = self.to_memory();
            if let Some(byte) = bytes.get_mut(slot & 7) {
                *byte = top.0;
            }
            Self::from_memory(bytes)
        }
    }

    /// Whether nothing follows in this bucket's chain.
    #[inline]
    pub(crate) const fn ends_chain(self) -> bool {
        self.0 >> 56 == TopHash::EMPTY_REST.0 as u64
    }

    /// The first free slot of a bucket that ends its chain; `None` if another follows.
    #[inline]
    pub(crate) const fn free_at_end(self) -> Option<usize> {
        if self.ends_chain() {
            // There is one: the last slot is free.
            Some(self.free().lowest())
        } else {
            None
        }
    }

    /// Slots that hold an entry.
    #[inline]
    pub(crate) const fn live(self) -> Slots {
        Slots::of(self.0 & HIGH_BITS)
    }

    /// Slots that hold an entry, with their bytes, from slot 0 up. For a bucket that is nearly
    /// full and is gone through as a whole; [`live`](Self::live) finds the next slot in one.
    #[inline]
    pub(crate) const fn entries(self) -> Entries {
        Entries {
            rest: self.0,
            index: 0,
        }
    }

    /// Slots that hold none, in a bucket that is not evacuated.
    #[inline]
    pub(crate) const fn free(self) -> Slots {
        Slots::of(!self.0 & HIGH_BITS)
    }

    /// Live slots that may have this byte.
    ///
    /// Without the live bit of `top` the difference of a live byte has that bit set, and is no
    /// more where the bytes are equal; that of a free one has it not. One less the difference, and less one
    /// that the byte below borrows, keeps the bit for an equal byte only. A free byte
    /// below need not borrow: then a live slot whose byte differs in the lowest bit is selected too.
    /// Comparing its key is sound, and rare enough to be cheaper than an exact match.
    #[inline]
    pub(crate) const fn matching(self, top: TopHash) -> Slots {
        debug_assert!(top.is_live());
        let difference = self.0 ^ (LOW_BITS * (top.0 & !TopHash::MIN_LIVE) as u64);
        // Nothing is below the lowest byte.
        #[cfg(target_pointer_width = "64")]
        let selected = (LOW_BITS - 1).wrapping_sub(difference) & difference & HIGH_BITS;
        // To borrow from one word to the next takes more.
        #[cfg(not(target_pointer_width = "64"))]
        let selected = selected_half(difference as u32) as u64
            | (selected_half((difference >> 32) as u32) as u64) << 32;
        Slots::of(selected)
    }

    /// The same slots with emptyRest after the last live one.
    #[inline]
    pub(crate) const fn trimmed(self) -> Self {
        #[cfg(target_pointer_width = "64")]
        match self.0 & HIGH_BITS {
            0 => Self::ALL_EMPTY_REST,
            live => Self(self.0 & (u64::MAX >> live.leading_zeros())),
        }
        // To shift two words takes more.
        #[cfg(not(target_pointer_width = "64"))]
        match trimmed_half((self.0 >> 32) as u32) {
            0 => Self(trimmed_half(self.0 as u32) as u64),
            high => Self((high as u64) << 32 | self.0 as u32 as u64),
        }
    }

    /// The same slots, with emptyRest after the last live one if the chain ends in this bucket;
    /// `None` if that leaves emptyRest only. The bucket is not evacuated.
    #[inline]
    pub(crate) const fn trimmed_at_end(self) -> Option<Self> {
        debug_assert!(!self.get(7).is_evacuated());
        // What is kept reaches up to the highest bit that is set here: the last live slot's, or if
        // the last slot is emptyOne the one bit of that, above which all bits are 0 anyway. So a
        // chain that goes on is kept whole, without a branch on whether it does.
        #[cfg(target_pointer_width = "64")]
        match self.0 & (HIGH_BITS | (TopHash::EMPTY_ONE.0 as u64) << 56) {
            0 => None,
            kept => Some(Self(self.0 & (u64::MAX >> kept.leading_zeros()))),
        }
        // To shift two words takes more than this branch.
        #[cfg(not(target_pointer_width = "64"))]
        {
            let left = if self.ends_chain() {
                self.trimmed()
            } else {
                self
            };
            match left {
                Self::ALL_EMPTY_REST => None,
                left => Some(left),
            }
        }
    }
}

/// Of four slots those that [match](TopHashes::matching), by what their bytes differ in.
#[cfg(any(test, not(target_pointer_width = "64")))]
#[inline]
const fn selected_half(difference: u32) -> u32 {
    (LOW_BITS as u32 - 1).wrapping_sub(difference) & difference & HIGH_BITS as u32
}

/// Four slots with emptyRest after the last live one.
#[cfg(any(test, not(target_pointer_width = "64")))]
#[inline]
const fn trimmed_half(tops: u32) -> u32 {
    let live = tops & HIGH_BITS as u32;
    match u32::MAX.checked_shr(live.leading_zeros()) {
        Some(up_to_live) => tops & up_to_live,
        None => 0,
    }
}

/// The marks of a bucket whose entries are moved, some of them to Y: each less two, which
/// is added to all at once.
#[derive(Clone, Copy)]
pub(crate) struct Marks([u8; 8]);

impl Marks {
    /// Of a bucket that has none.
    pub(crate) const EMPTY: Self = Self([TopHash::EVACUATED_EMPTY.0 - TopHash::EVACUATED_X.0; 8]);

    /// Notes to which [side](crate::numbers::hash::HashValue::side) the entry of a slot goes.
    #[inline]
    pub(crate) fn note(&mut self, slot: usize, side: usize) {
        if let Some(mark) = self.0.get_mut(slot & 7) {
            *mark = (side & 1) as u8;
        }
    }

    #[inline]
    pub(crate) const fn tops(self) -> TopHashes {
        const _: () = assert!(TopHash::EVACUATED_X.0 + 1 == TopHash::EVACUATED_Y.0);
        // No mark is so large that it would carry into the next.
        let x = LOW_BITS * TopHash::EVACUATED_X.0 as u64;
        TopHashes(TopHashes::from_memory(self.0).0.wrapping_add(x))
    }
}

/// The live slots of a bucket; see [`TopHashes::entries`].
pub(crate) struct Entries {
    /// The bytes from slot `index` on. None is left where only emptyRest is.
    rest: u64,
    index: usize,
}

impl Iterator for Entries {
    type Item = (usize, TopHash);

    #[inline]
    fn next(&mut self) -> Option<(usize, TopHash)> {
        while self.rest != 0 {
            let (index, top) = (self.index, TopHash(self.rest as u8));
            self.rest >>= 8;
            self.index += 1;
            if top.is_live() {
                return Some((index, top));
            }
        }
        None
    }
}

/// A set of slots of one bucket, and an iterator over it from slot 0 up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots(SlotBits);

/// The highest bits of the slots' bytes, or where a machine word has no room for these one bit
/// each.
#[cfg(target_pointer_width = "64")]
type SlotBits = u64;
#[cfg(not(target_pointer_width = "64"))]
type SlotBits = u32;

/// Bits from one slot to the next.
const BITS_OF_A_SLOT: u32 = if SlotBits::BITS == u64::BITS { 8 } else { 1 };

impl Slots {
    pub(crate) const NONE: Self = Self(0);

    /// Slots whose bytes have their highest bits here, where there are no others.
    #[inline]
    const fn of(high_bits: u64) -> Self {
        #[cfg(not(target_pointer_width = "64"))]
        let high_bits = gathered(high_bits);
        Self(high_bits)
    }

    /// The first slot of a set that is not empty.
    #[inline]
    const fn lowest(self) -> usize {
        (self.0.trailing_zeros() / BITS_OF_A_SLOT) as usize
    }

    #[inline]
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    #[inline]
    pub(crate) const fn len(self) -> usize {
        // The product's highest byte is the sum of all: fewer steps than counting any bits takes
        // where no instruction does it.
        #[cfg(target_pointer_width = "64")]
        let len = (self.0 >> 7).wrapping_mul(LOW_BITS) >> 56;
        #[cfg(not(target_pointer_width = "64"))]
        let len = self.0.count_ones();
        len as usize
    }

    /// One slot.
    pub(crate) const fn one(slot: usize) -> Self {
        Self::of(0x80 << (8 * (slot & 7)))
    }

    pub(crate) const fn last(self) -> Option<usize> {
        match self.0 {
            0 => None,
            slots => Some((slots.ilog2() / BITS_OF_A_SLOT) as usize),
        }
    }

    /// Takes the first slot out, if there is one.
    #[inline]
    pub(crate) const fn drop_first(&mut self) {
        self.0 &= self.0.wrapping_sub(1);
    }

    #[inline]
    pub(crate) const fn first(self) -> Option<usize> {
        if self.is_empty() {
            None
        } else {
            Some(self.lowest())
        }
    }
}

/// The highest bits of eight bytes side by side; no other bit is set.
#[cfg(any(test, not(target_pointer_width = "64")))]
#[inline]
const fn gathered(high_bits: u64) -> u32 {
    // Slots 0 to 3 are bits 3, 11, 19 and 27 here, and slots 4 to 7 are bits 7, 15, 23 and 31.
    let spread = (high_bits as u32) >> 4 | (high_bits >> 32) as u32;
    // Each bit is where it is to be in one of the four summands, and no two of any meet.
    spread.wrapping_mul(0x0020_4081) >> 24
}

impl Iterator for Slots {
    type Item = usize;

    // At opt-level z it would be called, with the set in memory, which is more code.
    #[cfg_attr(feature = "small-code", inline(always))]
    #[cfg_attr(not(feature = "small-code"), inline)]
    fn next(&mut self) -> Option<usize> {
        let first = self.first()?;
        self.drop_first();
        Some(first)
    }
}

#[cfg(test)]
impl core::fmt::Debug for TopHashes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list()
            .entries((0..8).map(|slot| self.get(slot)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn live(byte: u8) -> TopHash {
        TopHash(byte | 0x80)
    }

    #[test]
    fn a_match_never_selects_an_empty_slot() {
        // Every live byte against every neighbourhood of states.
        let states = [0, 1, 2, 3, 4, 0x80, 0x81, 0xfe, 0xff].map(TopHash);
        for byte in 0x80..=0xff {
            let top = TopHash(byte);
            for below in states {
                for above in states {
                    let tops = TopHashes::ALL_EMPTY_REST
                        .with(2, below)
                        .with(3, top)
                        .with(4, above);
                    let found: Vec<_> = tops.matching(top).collect();
                    assert!(found.contains(&3), "{tops:?} must match {top:?}");
                    for slot in found {
                        assert!(
                            tops.get(slot).is_live(),
                            "slot {slot} of {tops:?} for {top:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_match_selects_equal_bytes_and_at_most_their_neighbours() {
        let tops = TopHashes::from_memory([0x90, 0x91, 0x92, 0x90, 0x80, 0xff, 1, 0]);
        assert!(tops.matching(live(0x93)).is_empty());
        assert_eq!(tops.matching(live(0x92)).collect::<Vec<_>>(), [2]);
        assert_eq!(tops.matching(live(0x90)).collect::<Vec<_>>(), [0, 3]);
        // Below the other is a free slot, from which nothing is borrowed.
        let tops = TopHashes::from_memory([0, 0x80, 0x81, 0, 0x81, 0x80, 1, 0]);
        assert_eq!(tops.matching(live(0x80)).collect::<Vec<_>>(), [1, 4, 5]);
    }

    #[test]
    fn where_words_are_short_slots_match_in_halves() {
        let matches = |bytes: [u8; 4]| {
            // That of the byte 0x93.
            let difference = u32::from_le_bytes(bytes) ^ 0x1313_1313;
            selected_half(difference)
                .to_le_bytes()
                .map(|byte| byte != 0)
        };
        assert_eq!(matches([0x93, 0, 0x93, 0x94]), [true, false, true, false]);
        assert_eq!(matches([0x92, 0x93, 1, 0xff]), [false, true, false, false]);
        assert_eq!(matches([0, 1, 4, 0x13]), [false; 4]);
    }

    #[test]
    fn where_words_are_short_slots_are_one_bit_each() {
        for set in 0..=u8::MAX {
            let byte = |slot: u32| u64::from(set >> slot & 1) << (8 * slot + 7);
            let high_bits = (0..8).map(byte).fold(0, |bits, byte| bits | byte);
            assert_eq!(gathered(high_bits), u32::from(set));
        }
    }

    #[test]
    fn where_words_are_short_slots_are_trimmed_in_halves() {
        let trimmed = |bytes| trimmed_half(u32::from_le_bytes(bytes)).to_le_bytes();
        assert_eq!(trimmed([1, 0x92, 1, 1]), [1, 0x92, 0, 0]);
        assert_eq!(trimmed([1, 1, 1, 0x80]), [1, 1, 1, 0x80]);
        assert_eq!(trimmed([1, 1, 0, 0]), [0; 4]);
    }

    #[test]
    fn live_and_free_slots_are_each_others_complement() {
        let tops = TopHashes::from_memory([0x90, 1, 0x92, 0, 0x80, 0xff, 1, 0]);
        assert_eq!(tops.live().collect::<Vec<_>>(), [0, 2, 4, 5]);
        assert_eq!(tops.free().collect::<Vec<_>>(), [1, 3, 6, 7]);
        assert_eq!(tops.live().len(), 4);
        assert_eq!(TopHashes::ALL_EMPTY_REST.free().first(), Some(0));
        assert!(TopHashes::ALL_EMPTY_REST.live().is_empty());
    }

    #[test]
    fn trimming_leaves_empty_rest_after_the_last_live_slot_only() {
        let tops = TopHashes::from_memory([1, 0x92, 1, 0x80, 1, 1, 1, 1]);
        assert_eq!(
            tops.trimmed(),
            TopHashes::from_memory([1, 0x92, 1, 0x80, 0, 0, 0, 0])
        );
        let full = TopHashes::from_memory([0x80; 8]);
        assert_eq!(full.trimmed(), full);
        assert_eq!(
            TopHashes::from_memory([1; 8]).trimmed(),
            TopHashes::ALL_EMPTY_REST
        );
    }

    #[test]
    fn trimming_at_the_end_leaves_a_chain_that_goes_on_as_it_is() {
        let states = [0, 1, 0x80, 0xff];
        for number in 0..1 << 16 {
            let mut bytes = [0; 8];
            for (slot, byte) in bytes.iter_mut().enumerate() {
                *byte = states[number >> (2 * slot) & 3];
            }
            let tops = TopHashes::from_memory(bytes);
            let wanted = if tops.ends_chain() {
                tops.trimmed()
            } else {
                tops
            };
            let wanted = Some(wanted).filter(|left| *left != TopHashes::ALL_EMPTY_REST);
            assert_eq!(tops.trimmed_at_end(), wanted, "{tops:?}");
        }
    }

    #[test]
    fn marks_say_where_each_slot_went() {
        let mut marks = Marks::EMPTY;
        for (slot, side) in [(0, 0), (2, 1), (4, 0), (5, 1)] {
            marks.note(slot, side);
        }
        let marks = marks.tops();
        let (x, y, empty) = (2, 3, 4);
        let all = [x, empty, y, empty, x, y, empty, empty];
        assert_eq!(marks, TopHashes::from_memory(all));
        assert!((0..8).all(|slot| marks.get(slot).is_evacuated()));
    }

    #[test]
    fn the_end_of_a_chain_is_read_off_the_last_slot() {
        assert!(TopHashes::ALL_EMPTY_REST.ends_chain());
        assert!(
            !TopHashes::ALL_EMPTY_REST
                .with(7, TopHash::EMPTY_ONE)
                .ends_chain()
        );
        assert!(!Marks::EMPTY.tops().ends_chain());
    }
}
