//! The memory of a map: what lies where in a bucket, and where buckets and cells come from.
//!
//! Nothing here knows which entries belong where. All addresses are computed here:
//! [`bucket`] finds the fields of a bucket, [`array`](mod@array) and [`pool`] find buckets in their
//! blocks, [`occupancy`] the bits that say which buckets are not empty. Of a dense table [`block`]
//! finds the parts of a block, [`slab`] blocks, and [`page`] the entries of its directory.

pub(crate) mod array;
pub(crate) mod block;
pub(crate) mod blocks;
pub(crate) mod bucket;
pub(crate) mod cells;
pub(crate) mod compiled;
#[cfg(feature = "small-code")]
pub(crate) mod described;
pub(crate) mod first_bucket;
pub(crate) mod hash_key;
pub(crate) mod heap;
#[cfg(not(feature = "small-code"))]
pub(crate) mod known;
pub(crate) mod occupancy;
pub(crate) mod page;
pub(crate) mod pool;
mod prefetch;
pub(crate) mod shape;
pub(crate) mod slab;
pub(crate) mod stock;
