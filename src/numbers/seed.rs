//! The seed of a map's hasher: Go's `hash0`, without an operating system.
//!
//! A kernel sets one secret at boot, [`set_boot_seed`]; every map with a seeded
//! hasher then draws a seed of its own when an entry goes into it while it is
//! empty, which is when Go renews it. Nothing is drawn before, so that maps can
//! be made by `const fn` in a `static`, before the secret is there.

#[cfg(feature = "default-hasher")]
use core::any::TypeId;
use core::hash::BuildHasher;
use core::marker::PhantomData;
#[cfg(feature = "default-hasher")]
use core::mem;
use core::ptr::{self, NonNull};
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

/// In words, the lowest first: not every machine has atomics of 64 bits.
static BOOT_SEED: [AtomicUsize; WORDS] = [const { AtomicUsize::new(0) }; WORDS];
static DRAWN: AtomicUsize = AtomicUsize::new(0);

/// Sets the secret that the seeds of all maps are drawn from.
///
/// Call it once at boot, as soon as there is something that an attacker cannot
/// guess (RDRAND, a hardware counter, a value from the boot loader), and before
/// keys from outside go into a map. Maps that hold entries keep their seed.
///
/// A seed that becomes known tells nothing of the others, except by trying all boot seeds:
/// let it have as many unknown bits as can be had, up to 64. Without it seeds still differ
/// from map to map, and where programs are loaded at random addresses from run to run;
/// but they can be worked out by anyone who knows the program and those addresses, which on
/// a bare machine are always the same. What a seed protects from depends on the hasher;
/// see [`DefaultHashBuilder`].
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

/// How a map's hash builder is given a new seed, whatever its type is. Maps know this
/// function by its address only, so a program without seeded hashers has no code that draws.
#[derive(Clone, Copy)]
pub struct Renewal(unsafe fn(NonNull<()>));

impl Renewal {
    /// For a hash builder of this type.
    pub(crate) const fn of<S: SeededBuildHasher>() -> Self {
        Self(|hash_builder| {
            // SAFETY: `renew` was called with such a hash builder, borrowed alone.
            let hash_builder = unsafe { hash_builder.cast::<S>().as_mut() };
            hash_builder.reseed(draw());
        })
    }

    /// For one that asks for it itself, whatever is known of its type: one made by
    /// [`DefaultHashBuilder::new`]. `None` for any other.
    #[cfg(feature = "default-hasher")]
    pub(crate) fn asked_for_by<S>(hash_builder: &S) -> Option<Self> {
        let unseeded = as_default(hash_builder)?.is_unseeded();
        unseeded.then(Self::of::<DefaultHashBuilder>)
    }

    /// As above: without a default hasher there is none that asks.
    #[cfg(not(feature = "default-hasher"))]
    pub(crate) fn asked_for_by<S>(_: &S) -> Option<Self> {
        None
    }

    /// Gives the hash builder the next seed.
    ///
    /// # Safety
    /// It is of the type that this was made for, lifetimes included.
    #[cold]
    pub(crate) unsafe fn renew<S>(self, hash_builder: &mut S) {
        // SAFETY: The caller's promise.
        unsafe { (self.0)(NonNull::from(hash_builder).cast()) }
    }
}

/// How the hash builders of maps that are being made are given seeds: a type, so that such a map
/// is a constant.
pub trait RenewalOf {
    /// How, if they are.
    const RENEWAL: Option<Renewal>;
}

/// Not at all.
pub struct Never;

impl RenewalOf for Never {
    const RENEWAL: Option<Renewal> = None;
}

/// As a hash builder of this type.
pub struct By<S>(PhantomData<S>);

impl<S: SeededBuildHasher> RenewalOf for By<S> {
    const RENEWAL: Option<Renewal> = Some(Renewal::of::<S>());
}

/// The next map's seed.
#[cold]
#[inline(never)]
fn draw() -> u64 {
    let local = 0_u8;
    // The system chooses the two independently; turned, they do not cover each other.
    let stack = ptr::from_ref(&local).addr().rotate_left(usize::BITS / 2);
    seed_of(boot_seed(), image() ^ stack, count_one())
}

#[cfg(feature = "default-hasher")]
fn as_default<S>(hash_builder: &S) -> Option<&DefaultHashBuilder> {
    // SAFETY: The types are one, since that has no lifetimes that could differ.
    is_default::<S>().then(|| unsafe { &*ptr::from_ref(hash_builder).cast() })
}

/// Whether a type is [`DefaultHashBuilder`]. `TypeId::of` alone answers that for types only
/// that are known to hold no borrow.
#[cfg(feature = "default-hasher")]
fn is_default<S>() -> bool {
    trait Typed {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }

    impl<S> Typed for PhantomData<S> {
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<S>()
        }
    }

    let typed: &dyn Typed = &PhantomData::<S>;
    // SAFETY: Only the bound changes, which says how long the type's borrows last. A type's
    // id is that of the type with all borrows made `'static`, and nothing is borrowed here.
    let typed = unsafe { mem::transmute::<&dyn Typed, &(dyn Typed + 'static)>(typed) };
    typed.id() == TypeId::of::<DefaultHashBuilder>()
}

fn boot_seed() -> u64 {
    let shifts = (0..).step_by(usize::BITS as usize);
    let words = BOOT_SEED.iter().zip(shifts);
    words.fold(0, |number, (word, shift)| {
        number | (word.load(Ordering::Relaxed) as u64) << shift
    })
}

/// Where the program is in memory: another place in every run, if the system does that.
fn image() -> usize {
    ptr::from_ref(&BOOT_SEED).addr()
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

/// The seed of this number: SipHash-2-4 of it under the key of the boot seed and an
/// address.
///
/// It is one way. Every bit of the key and the number goes into every bit of the state in
/// each of the rounds, and of the state's 256 bits 64 are given out; so no calculation is
/// known that leads from a seed, or from many, back to the key and from there to the
/// seeds of other maps. What is left to an attacker is to try boot seeds, 2^64 of them
/// if all of its bits are unknown.
fn seed_of(boot_seed: u64, address: usize, number: usize) -> u64 {
    let (key, message) = ([boot_seed, address as u64], number as u64);
    let mut state = Sip::with_key(key);
    state.take(message);
    // The last word of a message of eight bytes: how many they are.
    state.take(8 << 56);
    state.finish()
}

/// The state of SipHash.
struct Sip {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
}

impl Sip {
    const fn with_key([low, high]: [u64; 2]) -> Self {
        Self {
            a: low ^ 0x736f_6d65_7073_6575,
            b: high ^ 0x646f_7261_6e64_6f6d,
            c: low ^ 0x6c79_6765_6e65_7261,
            d: high ^ 0x7465_6462_7974_6573,
        }
    }

    fn take(&mut self, word: u64) {
        self.d ^= word;
        self.rounds(2);
        self.a ^= word;
    }

    fn finish(mut self) -> u64 {
        self.c ^= 0xff;
        self.rounds(4);
        self.a ^ self.b ^ self.c ^ self.d
    }

    /// One copy of it, small rather than fast: a seed is drawn once for a map.
    #[inline(never)]
    fn rounds(&mut self, count: usize) {
        let Self { a, b, c, d } = self;
        for _ in 0..count {
            *a = a.wrapping_add(*b);
            *c = c.wrapping_add(*d);
            *b = b.rotate_left(13) ^ *a;
            *d = d.rotate_left(16) ^ *c;
            *a = a.rotate_left(32).wrapping_add(*d);
            *c = c.wrapping_add(*b);
            *b = b.rotate_left(17) ^ *c;
            *d = d.rotate_left(21) ^ *a;
            *c = c.rotate_left(32);
        }
    }
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
    /// | a map that is made | hashes by |
    /// |---|---|
    /// | without a hasher, or by [`with_seeded_hasher_in`] | a seed of its own, drawn when an entry goes into it while it is empty |
    /// | with the hasher [`default()`](Self::default) | a seed that no other has, drawn there |
    /// | with the hasher [`new()`](Self::new), in a constant for instance | the same: a seed of its own, drawn when an entry goes into it while it is empty |
    /// | with the hasher [`with_seed(seed)`](Self::with_seed) | that seed, in every run |
    ///
    /// All seeds that are drawn are drawn from the boot seed
    /// ([`set_boot_seed`](crate::set_boot_seed)). One of them that becomes known does not
    /// give the others away.
    ///
    /// A secret seed keeps out who can only choose keys. It is no defence against who also
    /// watches the map, its order or its timing: foldhash does not claim to be one. For
    /// such keys name a keyed hasher made for it, SipHash for instance.
    ///
    /// [`with_seeded_hasher_in`]: crate::Hmap::with_seeded_hasher_in
    #[derive(Clone, Copy, Debug)]
    pub struct DefaultHashBuilder {
        /// [`NONE`](Self::NONE) until a map gives it one, if it was made without.
        seed: u64,
    }

    impl DefaultHashBuilder {
        const NONE: u64 = 0;

        /// Without a seed, for constants and statics: a map that is made with it draws one as
        /// a map does that is made without a hasher. Both are `const fn`.
        ///
        /// A builder that no map has, one for a [`HashTable`](crate::HashTable) for instance,
        /// is better made by [`default()`](Self::default): until it is given a seed this one
        /// hashes alike in every run.
        ///
        /// ```
        /// # #[cfg(feature = "infallible")] {
        /// use hmap::{DefaultHashBuilder, HashMap};
        /// use std::sync::Mutex;
        ///
        /// static OPEN: Mutex<HashMap<u32, &str>> =
        ///     Mutex::new(HashMap::with_hasher(DefaultHashBuilder::new()));
        ///
        /// OPEN.lock().unwrap().insert(1, "console");
        /// # }
        /// ```
        pub const fn new() -> Self {
            Self { seed: Self::NONE }
        }

        /// Hashes as `seed` says: the same in every run, on every machine of
        /// the same word size and byte order.
        ///
        /// ```
        /// use core::hash::BuildHasher;
        /// use hmap::DefaultHashBuilder;
        ///
        /// let hasher = DefaultHashBuilder::with_seed(7);
        /// assert_eq!(hasher.hash_one("key"), DefaultHashBuilder::with_seed(7).hash_one("key"));
        /// ```
        pub const fn with_seed(seed: u64) -> Self {
            // One number stands for no seed, so two of the 2^64 seeds hash alike.
            let seed = if seed == Self::NONE { u64::MAX } else { seed };
            Self { seed }
        }

        /// Whether it asks the map that it is in for a seed.
        pub(crate) const fn is_unseeded(&self) -> bool {
            self.seed == Self::NONE
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
            *self = Self::with_seed(seed);
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
    extern crate std;
    use super::*;

    #[test]
    fn seeds_differ_with_the_boot_seed_the_address_and_the_number() {
        let seed = seed_of(1, 2, 3);
        assert_ne!(
            seed_of(1 << 40, 2, 3),
            seed,
            "all 64 bits of the boot seed count"
        );
        assert_ne!(seed_of(1, 6, 3), seed);
        assert_ne!(seed_of(1, 2, 4), seed);
        assert_ne!(draw(), draw());
    }

    #[test]
    fn the_boot_seed_is_kept_whole() {
        set_boot_seed(0x0123_4567_89ab_cdef);
        assert_eq!(boot_seed(), 0x0123_4567_89ab_cdef);
    }

    #[test]
    fn a_seed_is_the_siphash_of_its_number() {
        #[expect(deprecated, reason = "an implementation that is not ours")]
        let mut sip = std::hash::SipHasher::new_with_keys(0xb007, 0x1000);
        core::hash::Hasher::write(&mut sip, &77_u64.to_le_bytes());
        assert_eq!(
            seed_of(0xb007, 0x1000, 77),
            core::hash::Hasher::finish(&sip)
        );
    }

    #[test]
    fn a_seed_does_not_give_the_next_one_away() {
        // Taking the steps of a mixer back finds what went into it; counters go on by a
        // constant. This is SplitMix64's.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = |x: u64| {
            let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^ x >> 31
        };
        let taken_back = |x: u64| {
            let x = (x ^ x >> 31 ^ x >> 62).wrapping_mul(0x3196_42b2_d24d_8ec3);
            let x = (x ^ x >> 27 ^ x >> 54).wrapping_mul(0x96de_1b17_3f11_9089);
            x ^ x >> 30 ^ x >> 60
        };
        assert_eq!(taken_back(mixed(0x5eed)), 0x5eed);
        for number in 0..100 {
            let [known, next] = [number, number + 1].map(|number| seed_of(0xb007, 0, number));
            assert_ne!(mixed(taken_back(known).wrapping_add(STEP)), next);
        }
    }

    #[test]
    #[cfg(feature = "default-hasher")]
    fn a_builder_without_a_seed_is_found_in_what_may_be_any_type() {
        let mut hash_builder = DefaultHashBuilder::new();
        let renewal = Renewal::asked_for_by(&hash_builder).expect("it asks for a seed");
        // SAFETY: It was made for a builder of this type.
        unsafe { renewal.renew(&mut hash_builder) };
        assert!(!hash_builder.is_unseeded());
        assert!(Renewal::asked_for_by(&hash_builder).is_none());
        assert!(Renewal::asked_for_by(&DefaultHashBuilder::with_seed(0)).is_none());
        // Others, with a borrow and of the same size.
        let borrowed = 0_u64;
        assert!(Renewal::asked_for_by(&&borrowed).is_none());
        assert!(Renewal::asked_for_by(&0_u64).is_none());
    }
}
