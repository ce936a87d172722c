//! Go's runtime map for kernels and firmware.
//!
//! [`Hmap`] is a hash map in which every allocation may fail without harm, no
//! insert ever moves more than two chains of entries (four where one growth ends and the
//! next begins), and the first eight entries can live in memory that the caller supplies.
//!
//! # Start here
//!
//! ```
//! # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
//! use hmap::{FirstBucket, Global, Hmap};
//!
//! let mut bucket = FirstBucket::new();
//! let mut drivers = Hmap::with_first_bucket_in(&mut bucket, Global);
//! drivers.insert(0x8086_100e_u32, "e1000")?;
//! assert_eq!(drivers.get(&0x8086_100e), Some(&"e1000"));
//! assert_eq!(drivers.allocation_size(), 0);
//! # }
//! # Ok::<(), hmap::InsertError<u32, &str>>(())
//! ```
//!
//! | you have | take |
//! |---|---|
//! | a global allocator | [`Hmap::new`] |
//! | an allocator of your own | [`Hmap::new_in`], for any [`Allocator`] |
//! | no heap yet, a map in a `static` | [`static_hmap!`]; its seed at boot: [`set_boot_seed`] |
//! | eight entries, on the stack | [`Hmap::with_first_bucket_in`], as above |
//! | no values | [`HmapSet`], the same without them |
//! | a program that uses hashbrown | [`HashMap`], [`HashSet`], [`HashTable`]: its names and signatures |
//!
//! Then:
//! - [In a kernel](guide::in_a_kernel): memory had before the lock is taken, a walk that drops it,
//!   growth at idle, hashers.
//! - [Which policy](guide::which_policy) a map should have: [`Go`] for speed, [`Compact`], [`Dense`]
//!   or [`Paged`] where memory is scarce.
//! - [How big a map is](guide::how_big), of your own types.
//! - [When something fails](guide::when_something_fails): memory, `Hash`, `Clone`, `Drop`.
//! - [Coming from hashbrown](guide::coming_from_hashbrown): what is the same, what differs, and what
//!   is not there.
//!
//! # The idea
//!
//! This is about the policies [`Go`] and [`Compact`]; [`Dense`] and [`Paged`] have another table.
//!
//! Entries are kept in *buckets* of eight. The low bits of a key's hash choose one
//! of 2^B buckets; its top bits, kept as a byte a key in the bucket's first word, tell its
//! keys apart, eight in one comparison. (They are the top seven bits of a machine word: bits 57 to
//! 63 of the hash on 64-bit targets, bits 25 to 31 on 32-bit ones.) A ninth entry goes to an
//! *overflow bucket* that is chained to the first.
//!
//! ```text
//!  Hmap ──► array of 2^B buckets                       spare overflow buckets
//!          ┌────────┬────────┬────────┬── ── ──┬────────┬────────┬────────┐
//!          │ 0      │ 1      │ 2      │        │ 2^B−1  │        │        │
//!          └────────┴───┬────┴────────┴── ── ──┴────────┴────────┴────▲───┘
//!                       └──────── the chain of bucket 1 ──────────────┘
//!  bucket: │ tophash × 8 │ overflow │ key × 8 │ value × 8 │
//! ```
//!
//! At 6½ entries a bucket the array doubles. The new one is not touched at first:
//! every insert and removal moves the chain that it is about to use and one more,
//! until none is left. What the moves can need is set aside when a growth starts, so
//! only an insert can ever be refused memory, and it says so by giving the
//! pair back. A growth that is refused is tried again later; chains get longer.
//!
//! # Features
//!
//! - `alloc` (default): [`Global`] is the default allocator. Without it the program
//!   needs no global allocator.
//! - `default-hasher` (default): [`DefaultHashBuilder`], foldhash with a seed for
//!   every map.
//! - `infallible` (default): [`HashMap`], [`HashSet`] and [`HashTable`], hashbrown's
//!   interface, which end the program where memory is refused. Without it nothing in the
//!   crate does.
//! - `small-code`: what all maps of a program have in common is compiled once, and not for each
//!   pair of types: less code from two maps on; an insert takes up to 1.6 times as long, look-ups
//!   none longer.
//! - `serde`, `defmt`: their traits for maps, sets and errors.
//! - `nightly`: the `Allocator` trait is that of `core`.
//!
//! # As in Go, and where not
//!
//! Given the same hashes the map goes through the states of Go's (1.12 to 1.23), which
//! traces recorded from Go's runtime check: the same B, the same overflow buckets, the
//! same steps of every growth, the same slot for every entry, the same order of
//! iteration. That holds as long as no memory was refused. What differs, on purpose:
//!
//! | | Go | here, and why |
//! |---|---|---|
//! | overwriting | replaces keys that can differ and be equal (strings, floats) | keeps the key that is there: Rust's convention |
//! | keys | NaN is not equal to itself | keys are `Eq` |
//! | overflow counter | exact below B = 16, by chance above | exact: it bounds what a growth sets aside |
//! | spare buckets | as many as Go's size classes have room for | a sixteenth, and what the allocator hands out in excess |
//! | other overflow buckets | one allocation each | chunks, kept by `clear`: an insert does not wait for the allocator |
//! | a new array | zeroed by the insert that starts the growth | initialised as it is moved into: no insert is O(n) |
//! | a refused growth | the program ends | chains get longer, and it is tried again |
//! | iterators while the map changes | read old arrays that the collector keeps, with two known defects | a [`Cursor`], which keeps a position and no pointer |
//! | link and tophash | link behind the values; tophash 5–255 | link beside the tophash; 128–255: fewer cache lines and instructions |
#![no_std]
#![cfg_attr(feature = "nightly", feature(allocator_api, dropck_eyepatch))]
#![deny(unsafe_code)]
#![warn(missing_docs, clippy::undocumented_unsafe_blocks)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

#[cfg(feature = "infallible")]
mod compat;
#[cfg(feature = "defmt")]
mod defmt;
#[expect(unsafe_code, reason = "blocks are raw memory")]
mod dense;
#[expect(unsafe_code, reason = "buckets are raw memory")]
mod go;
#[cfg(any(doc, doctest))]
pub mod guide;
mod hmap;
pub mod hmap_set;
#[expect(unsafe_code, reason = "what is shown lies in raw memory")]
mod inspect;
#[expect(unsafe_code, reason = "buckets and cells are raw memory")]
mod memory;
#[expect(
    unsafe_code,
    reason = "an unsafe trait of allocators is forwarded, and a hash builder of an unknown type is given its seed"
)]
mod numbers;
#[expect(unsafe_code, reason = "a table rests on what it is told of the map")]
mod seam;
#[cfg(feature = "serde")]
mod serde;
#[expect(unsafe_code, reason = "entries lie in raw memory")]
mod table;

#[cfg(feature = "infallible")]
pub use compat::hash_map::{self, HashMap};
#[cfg(feature = "infallible")]
pub use compat::hash_set::{self, HashSet};
#[cfg(feature = "infallible")]
pub use compat::hash_table::{self, HashTable};
pub use equivalent::Equivalent;
pub use hmap::{
    Batch, BatchMut, Cursor, Drain, DrainWith, Entry, EntryRef, ExtractIf, Hmap, IntoIter,
    IntoKeys, IntoValues, Iter, IterFrom, IterMut, Keys, OccupiedEntry, Reservation, VacantEntry,
    VacantEntryRef, Values, ValuesMut,
};
#[cfg(feature = "default-hasher")]
pub use hmap::{LentHmap, StaticHmap};
pub use hmap_set::HmapSet;
pub use inspect::footprint::{ChainStats, Footprint};
pub use inspect::policy::Policy;
pub use memory::first_bucket::FirstBucket;
pub use numbers::alloc::{AllocError, Allocator, Global, SameHeap, WithBucket};
pub use numbers::error::{InsertError, InsertWithKeyError, SetInsertError, TryReserveError};
pub use numbers::mix::{Mix, Mixed};
pub use numbers::policy::{Compact, Dense, Go, Paged};
#[cfg(feature = "default-hasher")]
pub use numbers::seed::DefaultHasher;
pub use numbers::seed::{DefaultHashBuilder, SeededBuildHasher, set_boot_seed};

/// What the macros of the crate expand to.
#[doc(hidden)]
pub mod __private {
    pub use crate::memory::first_bucket::{INLINE_LIMIT, LentBucket, Stored, StoredAs};
}

/// What tests look at; no part of the interface.
#[doc(hidden)]
pub mod introspection {
    pub use crate::inspect::check::Violation;
    pub use crate::inspect::footprint::{OldChain, SlotView, State};
    pub use crate::numbers::hash::go_tophash;
    pub use crate::table::policy::OfArrays;
}
