//! What a map may decide differently: a trait of constants, chosen by type, so that it costs
//! nothing at run time.

use crate::numbers::sizing::SLOTS;

/// The trade-offs of a policy inside the layout of its memory.
///
/// It is sealed; the policies are [`Go`], [`Compact`], [`Dense`] and [`Paged`].
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
    /// A map of no more entries than this is a small one: a chain without a directory.
    pub alone: usize,
}

impl Density {
    const BY_TWO: Self = Self {
        grain: 2,
        step: 4,
        shrink: 10,
        keep: 2,
        join: 11,
        alone: 64,
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

/// Memory that follows the entries, up and down: another table, with a block for every 9 to 16
/// entries that has about as many slots as they need.
///
/// * **Memory**: `u64` → `u64` takes about 0.8 of what it takes in hashbrown, on the mean over a
///   doubling of the number of entries, and no more for up to 64 of them. The worst moment is hardly
///   above the mean, since nothing doubles: an insert makes one block larger, or splits one.
///   Removals give memory back: a map that has lost nine tenths of its entries keeps about a fifth
///   of its memory, and [`shrink_to_fit`](crate::Hmap::shrink_to_fit) gives back more.
/// * **Blocks of the allocator** are of 4 KiB at most, whatever the number of entries: slabs that
///   blocks of one size lie in, and pages of 512 pointers for the directory of all blocks.
/// * **Time**: a map that grows from empty takes 2.4 to 3.4 times as long as hashbrown's, since each
///   entry moves to a larger block several times, and a removal 1.4 to 3.3 times, as it gives memory
///   back. A look-up takes 1.0 to 1.4 times as long while the table is in a cache, about as
///   long as in hashbrown where it is not, or where the next key depends on it.
/// * **Room made before** by [`try_presize`](crate::Hmap::try_presize) halves the time of filling:
///   the blocks are made then, each for the entries that are to come there.
/// * **Large entries**: keys and values over 32 bytes have an allocation of their own each.
///
/// Choose it where memory counts more than time, where entries come and go and others need the
/// memory meanwhile, and where the allocator has no large blocks. Which slot an entry is in, and so
/// the order of iteration, is not Go's. What is written of buckets, arrays, B and growth in this
/// documentation is about the other table: here no growth is ever under way.
///
/// It is made by [`with_policy_in`](crate::Hmap::with_policy_in), or by
/// [`with_seeded_hasher_in`](crate::Hmap::with_seeded_hasher_in) where it is to draw its own seed.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::{DefaultHashBuilder, Dense, Global, Hmap};
///
/// type Pages = Hmap<u64, u64, DefaultHashBuilder, Global, Dense>;
/// let mut pages = Pages::with_policy_in(DefaultHashBuilder::with_seed(7), Global);
/// for page in 0..10_000 {
///     pages.insert(page, page << 12)?;
/// }
/// let full = pages.allocation_size();
/// assert!(full < 10_000 * 32);
/// pages.retain(|page, _| page % 10 == 0);
/// assert!(pages.allocation_size() < full / 3);
/// # }
/// # Ok::<(), hmap::InsertError<u64, u64>>(())
/// ```
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

/// The table of [`Dense`] with blocks of one size, sixteen slots each.
///
/// A block is never made larger or smaller, only split in two and joined again. So entries move
/// less often, and a map that grows and shrinks all the time is quicker. It takes more memory for
/// that. Only a map of up to 32 entries has smaller blocks, as one of up to 64 with [`Dense`].
///
/// Choose it where [`Dense`] is too slow and its other properties are wanted: blocks of 4 KiB at
/// most, memory that follows the entries down, and no doubling.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::{DefaultHashBuilder, Global, Hmap, Paged};
///
/// let mut inodes: Hmap<u32, u32, DefaultHashBuilder, Global, Paged> =
///     Hmap::with_seeded_hasher_in(DefaultHashBuilder::new(), Global);
/// inodes.insert(2, 0o040_755)?;
/// assert_eq!(inodes.remove(&2), Some(0o040_755));
/// assert_eq!(inodes.allocation_size(), 0);
/// # }
/// # Ok::<(), hmap::InsertError<u32, u32>>(())
/// ```
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
        alone: 32,
    };
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Dense {}
    impl Sealed for super::Paged {}
    impl Sealed for super::Go {}
    impl Sealed for super::Compact {}
}
