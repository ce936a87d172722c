//! hmap under the name of hashbrown 0.17, for `[patch.crates-io]`.
#![no_std]

#[cfg(feature = "default-hasher")]
pub use hmap::DefaultHasher;
pub use hmap::{DefaultHashBuilder, Equivalent, TryReserveError};
pub use hmap::{HashMap, HashSet, HashTable};
pub use hmap::{hash_map, hash_set, hash_table};
