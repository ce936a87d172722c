//! The seed of a map's hasher: Go's `hash0`, without an operating system.
//!
//! A kernel sets one secret at boot, [`set_boot_seed`]; every map with a seeded
//! hasher then draws a seed of its own when an entry goes into it while it is
//! empty, which is when Go renews it. Nothing is drawn before, so that maps can
//! be made by `const fn` in a `static`, before the secret is there.

use core::hash::BuildHasher;
use core::sync::atomic::{AtomicUsize, Ordering};

/// A hash builder that can be given a new seed.
///
/// A map made by one of the constructors that take such a builder calls
/// [`reseed`](Self::reseed) before the first entry goes into it, also after it
/// was emptied. Any other `BuildHasher` is used as it is.
pub trait SeededBuildHasher: BuildHasher {
    /// From now on hashes as `seed` says. Equal seeds, equal hashes.
    fn reseed(&mut self, seed: u64);
}

const WORDS: usize = 64 / usize::BITS as usize;

static BOOT_SEED: [AtomicUsize; WORDS] = [const { AtomicUsize::new(0) }; WORDS];
static DRAWN: AtomicUsize = AtomicUsize::new(0);

/// Sets the secret that the seeds of all maps are drawn from.
///
/// Call it once at boot, as soon as there is something that an attacker cannot
/// guess (RDRAND, a hardware counter, a value from the boot loader), and before
/// keys from outside go into a map. Maps that hold entries keep their seed.
/// Without it seeds still differ from map to map, but can be worked out by
/// anyone who knows the program. What a seed protects from depends on the hasher; see
/// [`DefaultHashBuilder`].
///
/// **Work:** one or two atomic stores. **Memory:** none.
///
/// ```
/// hmap::set_boot_seed(0x5eed_0f_b007);
/// ```
pub fn set_boot_seed(seed: u64) {
    let mut rest = seed;
    for word in &BOOT_SEED {
        word.store(rest as usize, Ordering::Relaxed);
        // In two halves: a shift by 64 at once would be one too many.
        rest = rest >> (usize::BITS / 2) >> (usize::BITS / 2);
    }
}

/// The next map's seed.
pub(crate) fn draw() -> u64 {
    let mut boot_seed = 0;
    for word in BOOT_SEED.iter().rev() {
        let word = word.load(Ordering::Relaxed) as u64;
        boot_seed = (boot_seed << (usize::BITS / 2) << (usize::BITS / 2)) | word;
    }
    let number = count_one() as u64;
    mix(mix(boot_seed).wrapping_add(number.wrapping_mul(GOLDEN)))
}

/// Counts the seeds drawn.
#[cfg(target_has_atomic = "ptr")]
fn count_one() -> usize {
    DRAWN.fetch_add(1, Ordering::Relaxed)
}

/// Counts the seeds drawn. On a machine that cannot add atomically two maps
/// that draw at the same instant may get the same seed, which does no harm.
#[cfg(not(target_has_atomic = "ptr"))]
fn count_one() -> usize {
    let number = DRAWN.load(Ordering::Relaxed);
    DRAWN.store(number.wrapping_add(1), Ordering::Relaxed);
    number
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64: every bit of the result depends on every bit.
const fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(GOLDEN);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

pub use builder::DefaultHashBuilder;
#[cfg(feature = "default-hasher")]
pub use builder::DefaultHasher;

#[cfg(feature = "default-hasher")]
mod builder {
    use super::SeededBuildHasher;
    use core::hash::{BuildHasher, Hasher};
    use foldhash::SharedSeed;
    use foldhash::fast::FoldHasher;

    /// The default hash builder: foldhash, as hashbrown's, with a seed of its
    /// own for every map.
    ///
    /// A map made with one given by the caller (`with_hasher`) keeps that seed;
    /// a map made without draws its own.
    ///
    /// A secret seed keeps out who can only choose keys. It is no defence against who also
    /// watches the map, its order or its timing: foldhash does not claim to be one. For
    /// such keys name a keyed hasher made for it, SipHash for instance.
    #[derive(Clone, Copy, Debug)]
    pub struct DefaultHashBuilder {
        seed: u64,
    }

    impl DefaultHashBuilder {
        /// Hashes as `seed` says: the same in every run, on every machine of
        /// the same word size.
        ///
        /// ```
        /// use core::hash::BuildHasher;
        /// use hmap::DefaultHashBuilder;
        ///
        /// let hasher = DefaultHashBuilder::with_seed(7);
        /// assert_eq!(hasher.hash_one("key"), DefaultHashBuilder::with_seed(7).hash_one("key"));
        /// ```
        pub const fn with_seed(seed: u64) -> Self {
            Self { seed }
        }
    }

    /// With a seed that no other builder made this way has.
    impl Default for DefaultHashBuilder {
        fn default() -> Self {
            Self::with_seed(super::draw())
        }
    }

    /// The hasher that [`DefaultHashBuilder`] builds: foldhash, whichever of its kinds.
    #[derive(Clone)]
    pub struct DefaultHasher(FoldHasher<'static>);

    /// With a seed that no other hasher made this way has.
    impl Default for DefaultHasher {
        fn default() -> Self {
            DefaultHashBuilder::default().build_hasher()
        }
    }

    impl core::fmt::Debug for DefaultHasher {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.debug_struct("DefaultHasher").finish_non_exhaustive()
        }
    }

    /// Forwards the calls that foldhash has a way of its own for.
    macro_rules! forward {
        ($($write:ident: $type:ty),*) => {
            impl Hasher for DefaultHasher {
                #[inline(always)]
                fn write(&mut self, bytes: &[u8]) {
                    self.0.write(bytes);
                }

                $(#[inline(always)]
                fn $write(&mut self, value: $type) {
                    self.0.$write(value);
                })*

                #[inline(always)]
                fn finish(&self) -> u64 {
                    self.0.finish()
                }
            }
        };
    }

    forward!(
        write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128,
        write_usize: usize
    );

    impl BuildHasher for DefaultHashBuilder {
        type Hasher = DefaultHasher;

        #[inline]
        fn build_hasher(&self) -> DefaultHasher {
            DefaultHasher(FoldHasher::with_seed(self.seed, SharedSeed::global_fixed()))
        }
    }

    impl SeededBuildHasher for DefaultHashBuilder {
        fn reseed(&mut self, seed: u64) {
            self.seed = seed;
        }
    }
}

#[cfg(not(feature = "default-hasher"))]
mod builder {
    /// Stands where the default hash builder would be if the feature
    /// `default-hasher` were on. There is no value of it: a map names its
    /// hasher, or has that feature.
    #[derive(Clone, Copy, Debug)]
    pub enum DefaultHashBuilder {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_differ_from_draw_to_draw_and_with_the_boot_seed() {
        set_boot_seed(1);
        let (a, b) = (draw(), draw());
        assert_ne!(a, b);
        // The count goes on, so compare what the boot seed adds to one number.
        DRAWN.store(10, Ordering::Relaxed);
        let one = draw();
        set_boot_seed(1 << 40);
        DRAWN.store(10, Ordering::Relaxed);
        assert_ne!(draw(), one, "all 64 bits of the boot seed count");
    }
}
