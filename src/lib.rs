//! Go's runtime map for kernels and firmware.
#![no_std]
#![cfg_attr(feature = "nightly", feature(allocator_api))]
#![deny(unsafe_code)]

#[expect(
    unsafe_code,
    reason = "the allocator that carries a borrow forwards an unsafe trait"
)]
mod alloc;
mod error;
mod hash;
mod hmap;
mod policy;
#[expect(unsafe_code, reason = "buckets are raw memory: the one place for it")]
mod raw;
mod seed;
mod sizing;
mod tophash;

pub use alloc::{AllocError, Allocator, Global, WithBucket};
pub use equivalent::Equivalent;
pub use error::{InsertError, TryReserveError};
#[cfg(feature = "default-hasher")]
pub use hmap::StaticHmap;
pub use hmap::{Hmap, IntoKeys, IntoValues, Keys, Values, ValuesMut};
pub use policy::{Go, Policy};
pub use raw::bmap::FirstBucket;
pub use raw::iter::{IntoIter, Iter, IterMut};
pub use seed::{DefaultHashBuilder, SeededBuildHasher, set_boot_seed};

#[doc(hidden)]
pub mod __private {
    //! What the macros of the crate expand to.
    pub use crate::raw::bmap::LentBucket;
}
#[doc(hidden)]
pub use raw::check::Violation;
