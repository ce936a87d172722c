//! Which chains of an array hold something: one bit for each, in front of bucket 0, so that who
//! goes over a map that is nearly empty need not look at all of its buckets.
//!
//! ```text
//! │ front │ marks │ tails, a bit for eight chains │ 01101000 … a bit for each │ bucket 0 │ …
//! ```
//!
//! A bit takes 1/1152 of a bucket of `u64` pairs. A chain that was emptied keeps the overflow
//! buckets that it had, as in Go's map, and so has a *tail*; who makes all chains anew finds it by
//! the second kind of bits. Small arrays have none: their buckets are looked at one by one.
//!
//! Bits are nothing before they are *done*, eight by eight, from the first on: so an array can be
//! had without a look at them. When they are kept up, says H12 of the
//! [header](crate::go::header).

use crate::numbers::sizing::BucketBits;
use core::ptr::NonNull;

/// So many bits as a machine looks at in one go, the lowest first.
type Word = usize;

/// Chains that a word has bits of.
const CHAINS_OF_WORD: usize = Word::BITS as usize;

/// Chains that a byte has bits of.
const CHAINS_OF_BYTE: usize = 8;

/// Chains that a bit of tails is for.
pub(crate) const CHAINS_OF_TAIL: usize = 8;

/// The smallest array with bits: they and the marks take less than a seventh of a percent of it.
/// Miri, which is slow, sees them in maps that are smaller.
const FROM: BucketBits = match BucketBits::new(if cfg!(miri) { 4 } else { 8 }) {
    Some(bits) => bits,
    None => BucketBits::MAX,
};

/// What else is to be known of the bits.
#[derive(Clone, Copy)]
#[repr(C)]
struct Marks {
    /// The chain that a walk begins with: one that a removal has emptied, where the removals are
    /// those of a loop that takes out all. It is a hint and no more.
    first: u32,
    /// Bytes of bits that are done.
    done: u32,
}

/// The bits of an array that has some. Numbers of chains count modulo what there are of them, so
/// that no number reaches beyond the bits.
#[derive(Clone, Copy)]
pub(crate) struct Occupancy {
    /// Where they begin.
    at: NonNull<u8>,
    bits: BucketBits,
}

impl Occupancy {
    /// Whether any array has bits: not with the feature `small-code`, since they are a kilobyte of
    /// it.
    pub(crate) const EVER: bool = !cfg!(feature = "small-code");

    /// Whether an array of 2^B buckets has bits.
    #[inline(always)]
    pub(crate) const fn is_there(bits: BucketBits) -> bool {
        Self::EVER && bits.mask() >= FROM.mask()
    }

    /// Bytes that marks and bits take before 2^B buckets.
    #[inline(always)]
    pub(crate) const fn bytes(bits: BucketBits) -> usize {
        if Self::is_there(bits) {
            size_of::<Marks>() + Self::bytes_of_tails(bits) + Self::bytes_of_bits(bits)
        } else {
            0
        }
    }

    /// At least as many as a word has.
    #[inline(always)]
    const fn bytes_of_bits(bits: BucketBits) -> usize {
        match bits.count() / CHAINS_OF_BYTE {
            few if few < size_of::<u64>() => size_of::<u64>(),
            bytes => bytes,
        }
    }

    /// Whole words of 32 bits, so that the marks before them are aligned.
    #[inline(always)]
    const fn bytes_of_tails(bits: BucketBits) -> usize {
        match bits.count() / (CHAINS_OF_BYTE * CHAINS_OF_TAIL) {
            few if few < size_of::<u32>() => size_of::<u32>(),
            bytes => bytes,
        }
    }

    /// The bits that end at an address.
    ///
    /// # Safety
    /// There the buckets begin of an array of 2^`bits`, which has [some](Self::is_there) in front
    /// and stays while this is used.
    #[inline]
    pub(crate) unsafe fn before(end: NonNull<u8>, bits: BucketBits) -> Self {
        // SAFETY: So many bytes lie before the buckets.
        let at = unsafe { end.sub(Self::bytes_of_bits(bits)) };
        Self { at, bits }
    }

    /// Makes all bits clear, which are done then.
    pub(crate) fn clear(self) {
        // SAFETY: So many bytes lie there, of which nobody has a reference.
        unsafe {
            self.at.write_bytes(0, Self::bytes_of_bits(self.bits));
            let tails = self.tail_at(0);
            tails.write_bytes(0, Self::bytes_of_tails(self.bits));
        }
        let done = self.bytes_to_do();
        self.set_marks(Marks { first: 0, done });
    }

    /// Sets the marks of an array that is new: nothing is done.
    pub(crate) fn begin(self) {
        self.set_marks(Marks { first: 0, done: 0 });
        if self.bits.count() < CHAINS_OF_WORD {
            // Bits of no chain, which a word has too.
            // SAFETY: As in `clear`.
            unsafe {
                self.at.write_bytes(0, Self::bytes_of_bits(self.bits));
            }
        }
    }

    /// How many bytes all bits are.
    const fn bytes_to_do(self) -> u32 {
        // At most 2^28.
        (self.bits.count() / CHAINS_OF_BYTE) as u32
    }

    /// Whether the bit of a chain is done.
    pub(crate) fn is_done(self, chain: usize) -> bool {
        chain / CHAINS_OF_BYTE < self.marks().done as usize
    }

    #[inline]
    pub(crate) fn are_all_done(self) -> bool {
        self.marks().done == self.bytes_to_do()
    }

    /// Makes the next eight bits, if there are more to do: `look` says of a chain whether it holds
    /// something, and whether it has overflow buckets.
    pub(crate) fn do_next(self, mut look: impl FnMut(usize) -> (bool, bool)) {
        let Marks { first, done } = self.marks();
        if done >= self.bytes_to_do() {
            return;
        }
        let chains = done as usize * CHAINS_OF_BYTE;
        let (mut byte, mut has_tail) = (0, false);
        for chain in 0..CHAINS_OF_BYTE {
            let (holds, goes_on) = look(chains + chain);
            byte |= u8::from(holds) << chain;
            has_tail |= goes_on && !holds;
        }
        // SAFETY: Both bytes are the bits'; that of tails is for this one and seven behind it.
        unsafe {
            self.byte_of(chains).write(byte);
            if done as usize % CHAINS_OF_BYTE == 0 {
                self.tail_at(done as usize / CHAINS_OF_BYTE).write(0);
            }
        }
        if has_tail {
            self.set_tail(chains);
        }
        let done = done + 1;
        self.set_marks(Marks { first, done });
    }

    /// Whether a bit is set that is done.
    pub(crate) fn is_set(self, chain: usize) -> bool {
        // SAFETY: The byte is one of the bits', and written where it is done.
        unsafe { self.byte_of(chain).read() >> (chain % CHAINS_OF_BYTE) & 1 != 0 }
    }

    /// Sets a bit that is done.
    pub(crate) fn set(self, chain: usize) {
        let byte = self.byte_of(chain);
        // SAFETY: As above.
        unsafe { byte.write(byte.read() | 1 << (chain % CHAINS_OF_BYTE)) };
    }

    /// Clears a bit that is done.
    pub(crate) fn unset(self, chain: usize) {
        let byte = self.byte_of(chain);
        // SAFETY: As above.
        unsafe { byte.write(byte.read() & !(1 << (chain % CHAINS_OF_BYTE))) };
    }

    /// The bits of this chain and as many behind it as a word has bits, where all are done. It is the
    /// first of a word.
    #[inline]
    fn word(self, chain: usize) -> Word {
        let at = self.byte_of(chain & !(CHAINS_OF_WORD - 1)).cast::<Word>();
        // SAFETY: All bytes of the word are the bits'; buckets are aligned as words are, and
        // before them lie whole words.
        Word::from_le(unsafe { at.read() })
    }

    /// Has no bit be done.
    pub(crate) fn undo(self) {
        let Marks { first, .. } = self.marks();
        self.set_marks(Marks { first, done: 0 });
    }

    /// The chain that a walk begins with.
    #[inline]
    pub(crate) fn first(self) -> usize {
        self.marks().first as usize
    }

    pub(crate) fn set_first(self, chain: usize) {
        let Marks { done, .. } = self.marks();
        // Numbers of chains fit a `u32`.
        let first = chain as u32;
        self.set_marks(Marks { first, done });
    }

    /// The first chain from `n` on whose bit is set; or if there is none among so many chains one
    /// behind these. All bits are done.
    pub(crate) fn next_set(self, n: usize, chains: usize) -> usize {
        let end = n + chains;
        let others = n % CHAINS_OF_WORD;
        let mut chain = n - others;
        let mut set = self.word(chain) >> others << others;
        while set == 0 {
            chain += CHAINS_OF_WORD;
            if chain >= end {
                return chain;
            }
            set = self.word(chain);
        }
        chain + set.trailing_zeros() as usize
    }

    /// Notes that a chain without entries has a tail.
    pub(crate) fn set_tail(self, chain: usize) {
        let (byte, bit) = self.tail_of(chain);
        // SAFETY: The byte is one of the tails', and written where its chains are done.
        unsafe { byte.write(byte.read() | 1 << bit) };
    }

    /// Whether a chain without entries may have a tail.
    pub(crate) fn may_have_tail(self, chain: usize) -> bool {
        let (byte, bit) = self.tail_of(chain);
        // SAFETY: As above.
        unsafe { byte.read() >> bit & 1 != 0 }
    }

    /// Of each eight chains that may have tails the first; they are forgotten.
    pub(crate) fn take_tails(self) -> impl Iterator<Item = usize> {
        let tails = self.bits.count() / CHAINS_OF_TAIL;
        let bytes = (0..tails.div_ceil(CHAINS_OF_BYTE)).filter_map(move |number| {
            // SAFETY: As above.
            let byte = unsafe { self.tail_at(number).replace(0) };
            (byte != 0).then_some((number, byte))
        });
        bytes.flat_map(|(number, byte)| {
            let set = (0..CHAINS_OF_BYTE).filter(move |bit| byte >> bit & 1 != 0);
            set.map(move |bit| (number * CHAINS_OF_BYTE + bit) * CHAINS_OF_TAIL)
        })
    }

    /// Where the bit of a chain's tail is: the byte, and its number there.
    fn tail_of(self, chain: usize) -> (NonNull<u8>, usize) {
        let tail = (chain & self.bits.mask()) / CHAINS_OF_TAIL;
        // SAFETY: The number is below 2^B, so the byte is one of the tails'.
        let byte = unsafe { self.tail_at(tail / CHAINS_OF_BYTE) };
        (byte, tail % CHAINS_OF_BYTE)
    }

    /// # Safety
    /// There are more bytes of tails than that.
    unsafe fn tail_at(self, number: usize) -> NonNull<u8> {
        // SAFETY: They lie before the bits, in the array's block.
        unsafe { self.at.sub(Self::bytes_of_tails(self.bits) - number) }
    }

    #[inline]
    fn byte_of(self, chain: usize) -> NonNull<u8> {
        // SAFETY: The number is below 2^B, so the byte is one of the bits'.
        unsafe { self.at.add((chain & self.bits.mask()) / CHAINS_OF_BYTE) }
    }

    /// The marks, which every array has that is in use.
    #[inline]
    fn marks(self) -> Marks {
        // SAFETY: They were written when it was made.
        unsafe { self.marks_at().read() }
    }

    fn set_marks(self, marks: Marks) {
        // SAFETY: They lie there, and nobody has a reference.
        unsafe { self.marks_at().write(marks) };
    }

    #[inline]
    fn marks_at(self) -> NonNull<Marks> {
        let tails = Self::bytes_of_tails(self.bits);
        // SAFETY: They lie before the tails, aligned as a `u32` is.
        unsafe { self.at.sub(tails + size_of::<Marks>()) }.cast()
    }
}
