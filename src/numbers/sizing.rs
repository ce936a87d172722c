//! How many buckets, and when more: Go's numbers, apart from any memory.
//!
//! Everything here is a non-generic `const fn` over integers, so that the
//! schedule of growth can be read, and tested for every B, in one place.
//! Counts of buckets fit a `u32` on every target ([`BucketBits::MAX`]); that
//! keeps the header small and is no limit in practice: 2³¹ buckets of the
//! smallest kind take 34 GB.

/// Entries a bucket holds.
pub(crate) const SLOTS: usize = 8;

/// From this B on an array is made with spare overflow buckets: one for every 2^4
/// buckets, so that fewer have none.
const SPARES_FROM: u8 = 4;

/// Go's B: an array has 2^B buckets. Kept as 2^B − 1, the mask that takes a bucket's
/// number out of a hash, since that is what each look-up asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BucketBits {
    mask: u32,
}

impl core::fmt::Debug for BucketBits {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "B = {}", self.get())
    }
}

impl BucketBits {
    pub(crate) const ONE_BUCKET: Self = Self { mask: 0 };

    /// The largest B: bucket numbers fit a `u32` with one value to spare.
    const MAX_B: u8 = 31;
    pub(crate) const MAX: Self = Self::unchecked(Self::MAX_B);

    /// `bits`, unless that is more than [`BucketBits::MAX`].
    pub(crate) const fn new(bits: u8) -> Option<Self> {
        if bits <= Self::MAX_B {
            Some(Self::unchecked(bits))
        } else {
            None
        }
    }

    /// `bits` is at most [`BucketBits::MAX_B`].
    const fn unchecked(bits: u8) -> Self {
        Self {
            mask: (1 << bits) - 1,
        }
    }

    pub(crate) const fn get(self) -> u8 {
        self.mask.count_ones() as u8
    }

    /// Number of buckets, 2^B.
    #[inline]
    pub(crate) const fn count(self) -> usize {
        self.mask() + 1
    }

    /// The bits of a hash that name the bucket.
    #[inline]
    pub(crate) const fn mask(self) -> usize {
        self.mask as usize
    }

    /// B + 1, unless that is more than [`BucketBits::MAX`].
    pub(crate) const fn doubled(self) -> Option<Self> {
        if self.mask < Self::MAX.mask {
            Some(Self {
                mask: self.mask << 1 | 1,
            })
        } else {
            None
        }
    }

    /// B − 1: the old array's B while the map doubles.
    #[inline]
    pub(crate) const fn halved(self) -> Self {
        Self {
            mask: self.mask >> 1,
        }
    }

    /// The smallest B that holds `entries` without being over the load
    /// factor; `None` if there is none.
    ///
    /// Go: the loop in `makemap`.
    pub(crate) const fn for_entries(entries: usize) -> Option<Self> {
        let mut bits = Self::ONE_BUCKET;
        while over_load_factor(entries, bits) {
            bits = match bits.doubled() {
                Some(bits) => bits,
                None => return None,
            };
        }
        Some(bits)
    }

    /// The most entries that this B holds without being over the load factor.
    pub(crate) const fn capacity(self) -> usize {
        let load = load_limit(self);
        if load < SLOTS { SLOTS } else { load }
    }

    /// Spare overflow buckets that an array is asked for with.
    ///
    /// Go: `makeBucketArray`, where the allocator's size classes add more.
    pub(crate) const fn spares(self) -> usize {
        self.count() >> SPARES_FROM
    }

    /// How many overflow buckets are asked for at a time once the spares are
    /// used up. Like the spares a sixteenth of the array: a fifth of the chains has an
    /// overflow bucket when the map is about to grow, so with a good hash that is two
    /// or three calls between two growths, rarely more in a small map.
    pub(crate) const fn chunk(self) -> u32 {
        match self.spares() {
            0 => 1,
            // At most 2^27.
            spares => spares as u32,
        }
    }
}

/// `13 * (2^B / 2)`, saturating: six and a half entries a bucket, in integers.
const fn load_limit(bits: BucketBits) -> usize {
    (bits.count() / 2).saturating_mul(13)
}

/// Whether `count` entries are too many for 2^B buckets.
///
/// Go: `overLoadFactor`.
#[inline]
pub(crate) const fn over_load_factor(count: usize, bits: BucketBits) -> bool {
    count > SLOTS && count > load_limit(bits)
}

/// Whether there are about as many overflow buckets as buckets, which means
/// that the chains are long and sparse, and a growth to the same size pays.
///
/// Go: `tooManyOverflowBuckets`. *Differs from Go:* Go counts overflow buckets
/// by chance from B = 16 on, one in 2^(B−15), and compares with 2^15. Here the
/// count is exact at every B, so it is compared with 2^B, what Go expects.
#[inline]
pub(crate) const fn too_many_overflow_buckets(noverflow: u32, bits: BucketBits) -> bool {
    noverflow as usize >= bits.count()
}

/// What is held for new keys to come, so that they need nothing from the allocator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Promise {
    /// So many new keys.
    pub(crate) keys: u32,
    /// Free overflow buckets that they can need, whatever their hashes.
    pub(crate) buckets: u32,
}

impl Promise {
    /// For so many new keys in a map of `count` entries; `None` if they are too many to be
    /// counted. Each links one overflow bucket at most, and only behind a bucket that is
    /// full: `go/reserve.rs` has the argument.
    pub(crate) const fn new(count: usize, keys: usize) -> Option<Self> {
        let Some(entries) = count.checked_add(keys) else {
            return None;
        };
        if keys as u64 > u32::MAX as u64 {
            return None;
        }
        let full = entries.saturating_sub(1) / SLOTS;
        Some(Self {
            keys: keys as u32,
            // No more than `keys`.
            buckets: if keys < full { keys } else { full } as u32,
        })
    }
}

/// How many new keys go by after a refused growth before it is tried again:
/// half as many as there are buckets, at least one bucket full and at most 65,535.
#[cfg_attr(feature = "small-code", inline(never))]
pub(crate) const fn growth_put_off(bits: BucketBits) -> u16 {
    match bits.count() / 2 {
        0..SLOTS => SLOTS as u16,
        half if half < u16::MAX as usize => half as u16,
        _ => u16::MAX,
    }
}

/// `n` rounded up to a multiple of `align`, a power of two.
pub(crate) const fn round_up(n: usize, align: usize) -> usize {
    (n + align - 1) & !(align - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(b: u8) -> BucketBits {
        BucketBits::new(b).unwrap()
    }

    #[test]
    fn the_load_limit_is_gos_for_every_small_b() {
        let limits = [8, 13, 26, 52, 104, 208, 416, 832, 1664, 3328, 6656];
        for (b, limit) in limits.into_iter().enumerate() {
            let b = bits(b as u8);
            assert!(!over_load_factor(limit, b), "{limit} entries at {b:?}");
            assert!(
                over_load_factor(limit + 1, b),
                "{} entries at {b:?}",
                limit + 1
            );
            assert_eq!(b.capacity(), limit);
        }
        assert_eq!(bits(16).capacity(), 425_984);
        assert_eq!(bits(17).capacity(), 851_968);
    }

    #[test]
    fn every_b_holds_its_capacity_and_not_one_more() {
        for b in 0..BucketBits::MAX.get() {
            let capacity = bits(b).capacity();
            assert_eq!(BucketBits::for_entries(capacity), Some(bits(b)));
            match capacity.checked_add(1) {
                Some(more) => assert_eq!(BucketBits::for_entries(more), Some(bits(b + 1))),
                // On 32 bits from B = 30 on: there is no larger number.
                None => return,
            }
        }
    }

    #[test]
    fn a_hint_beyond_every_b_is_refused() {
        let most = BucketBits::MAX.capacity();
        let for_most = BucketBits::for_entries(most).unwrap();
        assert_eq!(for_most.capacity(), most);
        if let Some(beyond) = most.checked_add(1) {
            assert_eq!(BucketBits::for_entries(beyond), None);
            assert_eq!(BucketBits::for_entries(usize::MAX), None);
        }
        assert_eq!(BucketBits::MAX.doubled(), None);
    }

    #[test]
    fn spares_are_one_for_sixteen_buckets_from_b_4() {
        let spares = [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
        for (b, spares) in spares.into_iter().enumerate() {
            assert_eq!(bits(b as u8).spares(), spares);
        }
    }

    #[test]
    fn too_many_overflow_buckets_are_as_many_as_buckets() {
        for b in 0..16 {
            let buckets = 1 << b;
            assert!(!too_many_overflow_buckets(buckets - 1, bits(b as u8)));
            assert!(too_many_overflow_buckets(buckets, bits(b as u8)));
        }
    }
}
