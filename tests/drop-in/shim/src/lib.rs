//! hmap under hashbrown's name, for `[patch.crates-io]`.
#![no_std]

pub use hmap::{DefaultHashBuilder, Equivalent, HashMap, HashSet, TryReserveError};
pub use hmap::{hash_map, hash_set};
