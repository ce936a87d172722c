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
//! Bits are nothing before they are *done*, some at a time, from the first on: so an array can be
//! had without a look at them. When they are kept up, says H12 of the
//! [header](crate::go::header).

use crate::numbers::sizing::BucketBits;
use core::num::NonZeroU32;
use core::ptr::NonNull;

/// So many bits as a machine looks at in one go, the lowest first; no more than the smallest array
/// has.
#[cfg(not(miri))]
type Word = usize;
#[cfg(miri)]
type Word = u16;

/// Chains that a word has bits of.
const CHAINS_OF_WORD: usize = Word::BITS as usize;

/// Chains that a byte has bits of.
const CHAINS_OF_BYTE: usize = 8;

/// Chains that a bit of tails is for.
const CHAINS_OF_TAIL: usize = 8;

/// Chains whose bits are done at a time. Where a walk takes out all of a chain at once, six to
/// eight entries, no more than one in eight of the removals empties a bucket and does so many: so
/// with the last entries, one for eight buckets, all are done.
const STEP: usize = if cfg!(miri) { 16 } else { 64 };

/// The smallest array with bits: they and the marks take less than a seventh of a percent of it.
/// Miri, which is slow, sees them in maps that are smaller.
const FROM: BucketBits = match BucketBits::new(if cfg!(miri) { 4 } else { 8 }) {
    Some(bits) => bits,
    None => BucketBits::MAX,
};

/// How buckets lie in an array, whatever they are of.
#[derive(Clone, Copy)]
pub(crate) struct Spacing {
    /// Bytes from a bucket to the next.
    size: NonZeroU32,
    /// Bytes from where a bucket begins to its head.
    head_at: u32,
}

impl Spacing {
    #[inline(always)]
    pub(crate) const fn new(size: NonZeroU32, head_at: u32) -> Self {
        Self { size, head_at }
    }

    /// Head `n` of the array that begins with this one.
    ///
    /// # Safety
    /// There are more buckets than that, which lie like this.
    pub(crate) unsafe fn nth(self, first: NonNull<u8>, n: usize) -> NonNull<u8> {
        // SAFETY: The caller's promise; and an array has at most isize::MAX bytes.
        unsafe { first.add(n * self.size.get() as usize) }
    }

    /// The number of a head of the array that begins with this one.
    pub(crate) fn number(self, first: NonNull<u8>, head: NonNull<u8>) -> usize {
        let behind = head.addr().get().wrapping_sub(first.addr().get());
        behind / self.size.get() as usize
    }
}

/// What a chain is found to have.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    /// Something that lives.
    pub(crate) entries: bool,
    /// Buckets behind the first.
    pub(crate) overflow: bool,
}

impl Found {
    /// Whether it has none but empty buckets, and more than one.
    const fn has_tail(self) -> bool {
        self.overflow && !self.entries
    }
}

/// What else is to be known of the bits.
#[derive(Clone, Copy)]
#[repr(C)]
struct Marks {
    /// The chain that a walk begins with: one that a removal has emptied, where the removals are
    /// those of a loop that takes out all. It is a hint and no more.
    first: u32,
    /// Chains whose bits are done.
    done: u32,
}

/// Miri's arrays are too small for whole words of bits: these have some that are for nothing.
#[inline(always)]
const fn at_least(bytes: usize, least: usize) -> usize {
    if cfg!(miri) && bytes < least {
        least
    } else {
        bytes
    }
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

    #[inline(always)]
    const fn bytes_of_bits(bits: BucketBits) -> usize {
        at_least(bits.count() / CHAINS_OF_BYTE, size_of::<usize>())
    }

    /// Whole words of 32 bits, so that the marks before them are aligned.
    #[inline(always)]
    const fn bytes_of_tails(bits: BucketBits) -> usize {
        let bytes = bits.count() / (CHAINS_OF_BYTE * CHAINS_OF_TAIL);
        at_least(bytes, align_of::<Marks>())
    }

    /// The bits of an array of 2^`bits` buckets that begins with this head, if it has some, right or
    /// not.
    ///
    /// # Safety
    /// There is such an array, whose buckets lie like this and which stays while this is used.
    #[inline]
    pub(crate) unsafe fn of_array(
        first: NonNull<u8>,
        spacing: Spacing,
        bits: BucketBits,
    ) -> Option<Self> {
        // SAFETY: So many bytes lie before the first head.
        let at = Self::is_there(bits)
            .then(|| unsafe { first.sub(spacing.head_at as usize + Self::bytes_of_bits(bits)) });
        Some(Self { at: at?, bits })
    }

    /// The bits that [are there](Self::at).
    ///
    /// # Safety
    /// They are those of an array of 2^`bits`, which stays while this is used.
    #[inline]
    pub(crate) const unsafe fn of(at: NonNull<u8>, bits: BucketBits) -> Self {
        Self { at, bits }
    }

    /// Where they begin.
    #[inline]
    pub(crate) const fn at(self) -> NonNull<u8> {
        self.at
    }

    /// Makes all bits clear, which are done then.
    pub(crate) fn clear(self) {
        let tails = Self::bytes_of_tails(self.bits);
        // SAFETY: So many bytes lie there, of which nobody has a reference.
        unsafe {
            let all = tails + Self::bytes_of_bits(self.bits);
            self.at.sub(tails).write_bytes(0, all);
        }
        let done = self.chains_to_do();
        self.set_marks(Marks { first: 0, done });
    }

    /// Sets the marks of an array that is new: nothing is done.
    pub(crate) fn begin(self) {
        self.set_marks(Marks { first: 0, done: 0 });
    }

    /// How many chains there are.
    const fn chains_to_do(self) -> u32 {
        // At most 2^31.
        self.bits.count() as u32
    }

    /// Whether the bit of a chain is done.
    pub(crate) fn is_done(self, chain: usize) -> bool {
        chain < self.marks().done as usize
    }

    #[inline]
    pub(crate) fn are_all_done(self) -> bool {
        self.marks().done == self.chains_to_do()
    }

    /// Makes the bits of the next [few chains](STEP), if there are more to do: `look` finds what is
    /// in one.
    pub(crate) fn do_next(self, look: impl Fn(usize) -> Found) {
        let Marks { first, done } = self.marks();
        if done == self.chains_to_do() {
            return;
        }
        for byte in 0..STEP / CHAINS_OF_BYTE {
            let chain = done as usize + byte * CHAINS_OF_BYTE;
            let (mut holding, mut has_tail) = (0, false);
            for of_byte in 0..CHAINS_OF_BYTE {
                let found = look(chain + of_byte);
                holding |= u8::from(found.entries) << of_byte;
                has_tail |= found.has_tail();
            }
            let (tails, bit) = self.tail_of(chain);
            let before = match bit {
                0 => 0,
                // SAFETY: The byte is one of the tails', and its first bit was written.
                _ => unsafe { tails.read() },
            };
            // SAFETY: Both bytes are the bits'.
            unsafe {
                self.byte_of(chain).write(holding);
                tails.write(before | u8::from(has_tail) << bit);
            }
        }
        let done = done + STEP as u32;
        self.set_marks(Marks { first, done });
    }

    /// Sets or clears the bit of a chain, as it is found, and notes if it has a tail.
    pub(crate) fn note(self, chain: usize, found: Found) {
        if found.entries {
            self.set(chain);
        } else {
            self.unset(chain);
        }
        if found.has_tail() {
            let (byte, bit) = self.tail_of(chain);
            // SAFETY: The byte is one of the tails', and written where its chains are done.
            unsafe { byte.write(byte.read() | 1 << bit) };
        }
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
    fn unset(self, chain: usize) {
        let byte = self.byte_of(chain);
        // SAFETY: As above.
        unsafe { byte.write(byte.read() & !(1 << (chain % CHAINS_OF_BYTE))) };
    }

    /// The word that the bit of a chain is in, where all are done.
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

    /// The first chain from `n` on, up to `end` and no more than once round, whose bit is set, or
    /// one that is not before `end`. All bits are done.
    #[cold]
    #[inline(never)]
    pub(crate) fn next_set(self, n: usize, end: usize) -> usize {
        let others = n % CHAINS_OF_WORD;
        let mut chain = n - others;
        let mut set = self.word(chain) >> others << others;
        while set == 0 {
            chain += CHAINS_OF_WORD;
            if chain >= end {
                return end;
            }
            set = self.word(chain);
        }
        chain + set.trailing_zeros() as usize
    }

    /// The first chain from `n` on that is not as a new one is, or one beyond the last: it holds
    /// something, or it or one of its neighbours has a tail. All bits are done.
    #[cold]
    #[inline(never)]
    pub(crate) fn next_used(self, n: usize) -> usize {
        let mut chain = n;
        while chain <= self.bits.mask() && !self.is_set(chain) && !self.may_have_tail(chain) {
            let is_free = chain % CHAINS_OF_WORD == 0 && self.word(chain) == 0;
            // SAFETY: The byte is one of the tails', and all are written.
            chain += match is_free && unsafe { self.tail_of(chain).0.read() } == 0 {
                true => CHAINS_OF_WORD,
                false => 1,
            };
        }
        chain
    }

    /// Whether a chain without entries may have a tail.
    pub(crate) fn may_have_tail(self, chain: usize) -> bool {
        let (byte, bit) = self.tail_of(chain);
        // SAFETY: As above.
        unsafe { byte.read() >> bit & 1 != 0 }
    }

    /// Notes that no chain without entries has a tail.
    pub(crate) fn forget_tails(self) {
        let tails = Self::bytes_of_tails(self.bits);
        // SAFETY: So many bytes of tails lie before the bits.
        unsafe { self.at.sub(tails).write_bytes(0, tails) };
    }

    /// Where the bit of a chain's tail is: the byte, and its number there.
    fn tail_of(self, chain: usize) -> (NonNull<u8>, usize) {
        let tail = (chain & self.bits.mask()) / CHAINS_OF_TAIL;
        // SAFETY: The number is below 2^B, so the byte is one of the tails', before the bits.
        let byte = unsafe {
            let tails = self.at.sub(Self::bytes_of_tails(self.bits));
            tails.add(tail / CHAINS_OF_BYTE)
        };
        (byte, tail % CHAINS_OF_BYTE)
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
