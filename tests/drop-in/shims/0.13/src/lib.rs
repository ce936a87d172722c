//! hmap under the name of hashbrown 0.13, for `[patch.crates-io]`.
#![no_std]

pub use hmap::{Equivalent, TryReserveError};
pub use hmap::{HashMap, HashSet};
pub use hmap::{hash_map, hash_set};
