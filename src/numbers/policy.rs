//! What a map may decide differently: a trait of constants, chosen by type, so that it costs
//! nothing at run time.

use crate::numbers::sizing::SLOTS;

/// The trade-offs of a policy inside the layout of its memory.
///
/// It is sealed; the policies are [`Go`] and [`Compact`].
pub trait Tradeoffs: sealed::Sealed {
    /// Keys and values of more bytes than this are stored through a pointer,
    /// one allocation each, so that an empty slot costs 8 bytes and growth
    /// moves 8.
    const INLINE_LIMIT: usize;

    /// Whether a removal moves the chain's last entry into the gap, and frees overflow
    /// buckets that are empty. Go leaves both to growth.
    const SHORT_CHAINS: bool;

    /// Whether a map's first bucket has two slots, then four, and eight only for the
    /// fifth entry.
    const SMALL_FIRST_BUCKET: bool;

    /// Bytes that what lies between the keys and the elems of a bucket takes.
    #[doc(hidden)]
    const HEAD: usize = SLOTS + size_of::<usize>();

    /// Slots of a bucket that has as many as it can have.
    #[doc(hidden)]
    const SLOTS: usize = SLOTS;

    /// When a bucket of a dense table is made larger and smaller.
    #[doc(hidden)]
    const DENSITY: Density = Density::BY_TWO;
}

/// When a block of a dense table is made larger and smaller, in slots.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Density {
    /// Blocks have a multiple of it.
    pub grain: usize,
    /// A block that is full gets so many more.
    pub step: usize,
    /// A block is looked at when so many are free: it joins another one, or gets smaller.
    pub shrink: usize,
    /// So many of them stay when it gets smaller.
    pub keep: usize,
    /// Two blocks join that have no more entries than this.
    pub join: usize,
}

impl Density {
    const BY_TWO: Self = Self {
        grain: 2,
        step: 4,
        shrink: 10,
        keep: 2,
        join: 11,
    };
}

/// The trade-offs of Go's runtime; a map with it goes through Go's states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Go;

impl Tradeoffs for Go {
    const INLINE_LIMIT: usize = 128;
    const SHORT_CHAINS: bool = false;
    const SMALL_FIRST_BUCKET: bool = false;
}

/// The trade-offs for memory that is tight: an arena that one map is to fill.
///
/// Keys and values over 32 bytes have an allocation of their own; the first bucket begins
/// with two slots; chains are kept as short as their entries allow, which costs a removal
/// a walk along its chain. Which slot an entry is in, and so the order of iteration, is no
/// longer Go's. A map with it begins with memory of its allocator.
///
/// It is made by [`with_policy_in`](crate::Hmap::with_policy_in), or by
/// [`with_seeded_hasher_in`](crate::Hmap::with_seeded_hasher_in) where it is to draw its own seed;
/// all other constructors make maps of the policy [`Go`].
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::{Compact, DefaultHashBuilder, Global, Hmap};
///
/// type Sessions = Hmap<u64, [u8; 64], DefaultHashBuilder, Global, Compact>;
/// let mut sessions = Sessions::with_policy_in(DefaultHashBuilder::with_seed(7), Global);
/// sessions.insert(1, [0; 64])?;
/// assert_eq!(sessions.footprint().cells, 64);
/// # }
/// # Ok::<(), hmap::InsertError<u64, [u8; 64]>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compact;

impl Tradeoffs for Compact {
    const INLINE_LIMIT: usize = 32;
    const SHORT_CHAINS: bool = true;
    const SMALL_FIRST_BUCKET: bool = true;
}

/// The trade-offs of a table whose memory follows its entries: each block has about as many slots
/// as it needs.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dense;

impl Tradeoffs for Dense {
    const INLINE_LIMIT: usize = 32;
    const SHORT_CHAINS: bool = true;
    // A block is of the size that its entries need, from the first on.
    const SMALL_FIRST_BUCKET: bool = true;
    const HEAD: usize = 8 + Self::SLOTS;
    const SLOTS: usize = 16;
}

/// The same with blocks of one size.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paged;

impl Tradeoffs for Paged {
    const INLINE_LIMIT: usize = Dense::INLINE_LIMIT;
    const SHORT_CHAINS: bool = true;
    const SMALL_FIRST_BUCKET: bool = true;
    const HEAD: usize = Dense::HEAD;
    const SLOTS: usize = Dense::SLOTS;
    const DENSITY: Density = Density {
        grain: 16,
        step: 16,
        shrink: 12,
        keep: 2,
        join: 9,
    };
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Dense {}
    impl Sealed for super::Paged {}
    impl Sealed for super::Go {}
    impl Sealed for super::Compact {}
}
