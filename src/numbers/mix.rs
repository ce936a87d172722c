//! [`Mix`]: a last step for hashers whose bits are not equally good.

use crate::numbers::seed::SeededBuildHasher;
use core::fmt;
use core::hash::{BuildHasher, Hasher};

/// A hash builder that makes a weak one good enough for a map: what its hasher finishes
/// with is mixed once more.
///
/// A map takes the bucket from the low bits of a hash and tells the keys of a bucket apart
/// by the top seven of a machine word (bits 57 to 63 of the hash, bits 25 to 31 on 32-bit
/// targets), so both must depend on all of the key. After the mixing every bit does.
///
/// It is **needed** where the hasher takes keys as they are, and where it multiplies them
/// and no more, as FxHash did before it had a last step: the lowest bits of a product
/// depend on the lowest bits of the key alone, which are 0 in addresses and in sizes of
/// pages. It is **not needed** with the default, foldhash, nor with SipHash and its like: they end
/// with a step of their own. It cannot tell keys apart that have equal hashes, and is
/// no defence against keys that are chosen to have them.
///
/// **Work:** one multiplication of 64 by 64 bits for every hash. **Memory:** none.
///
/// [`Hmap::chain_stats`](crate::Hmap::chain_stats) shows who needs it. The numbers of
/// pages, as addresses, under a hasher that takes them as they are:
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use core::hash::{BuildHasherDefault, Hasher};
/// use hmap::{Hmap, Mix};
///
/// #[derive(Default)]
/// struct AsItIs(u64);
///
/// impl Hasher for AsItIs {
///     fn write_u64(&mut self, key: u64) {
///         self.0 = key;
///     }
///     fn write(&mut self, _: &[u8]) {}
///     fn finish(&self) -> u64 {
///         self.0
///     }
/// }
///
/// type Weak = BuildHasherDefault<AsItIs>;
/// let mut before = Hmap::with_hasher(Weak::default());
/// let mut after = Hmap::with_hasher(Mix::new(Weak::default()));
/// for page in 0..1_000_u64 {
///     before.insert(page << 12, page)?;
///     after.insert(page << 12, page)?;
/// }
/// assert_eq!(before.chain_stats().longest, 125); // all pages in one chain, eight a bucket
/// assert!(after.chain_stats().longest <= 3);
/// # }
/// # Ok::<(), hmap::InsertError<u64, u64>>(())
/// ```
#[derive(Clone, Copy, Default, Debug)]
pub struct Mix<S> {
    inner: S,
}

impl<S> Mix<S> {
    /// Mixes what the hashers of `inner` finish with.
    pub const fn new(inner: S) -> Self {
        Self { inner }
    }

    /// The hash builder whose hashes are mixed.
    pub const fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: BuildHasher> BuildHasher for Mix<S> {
    type Hasher = Mixed<S::Hasher>;

    #[inline]
    fn build_hasher(&self) -> Mixed<S::Hasher> {
        Mixed(self.inner.build_hasher())
    }
}

impl<S: SeededBuildHasher> SeededBuildHasher for Mix<S> {
    fn reseed(&mut self, seed: u64) {
        self.inner.reseed(seed);
    }
}

/// The hasher that [`Mix`] builds.
#[derive(Clone, Copy, Default)]
pub struct Mixed<H>(H);

impl<H> fmt::Debug for Mixed<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mixed").finish_non_exhaustive()
    }
}

/// Forwards all that is written, in the way it is written.
macro_rules! forward {
    ($($write:ident: $type:ty),*) => {
        impl<H: Hasher> Hasher for Mixed<H> {
            $(#[inline]
            fn $write(&mut self, value: $type) {
                self.0.$write(value);
            })*

            #[inline]
            fn finish(&self) -> u64 {
                mix(self.0.finish())
            }
        }
    };
}

forward!(
    write: &[u8],
    write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128,
    write_usize: usize,
    write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128,
    write_isize: isize
);

/// A folded multiplication: the halves of the product, one on the other. The lower half is
/// good in its high bits and the upper one in its low bits, so together they are good in
/// all, also in the 32 bits that a 32-bit target looks at.
///
/// Without the first step evenly spaced numbers would stay evenly spaced.
#[inline]
const fn mix(hash: u64) -> u64 {
    /// Of π and of the golden ratio: numbers without a pattern.
    const PATTERN: u64 = 0x243f_6a88_85a3_08d3;
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = (hash ^ PATTERN) as u128 * FACTOR as u128;
    (product >> 64) as u64 ^ product as u64
}
