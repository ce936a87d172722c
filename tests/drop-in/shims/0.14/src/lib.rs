//! hmap under the name of hashbrown 0.14, for `[patch.crates-io]`.
#![no_std]

pub use hmap::{Equivalent, TryReserveError};
pub use hmap::{HashMap, HashSet, HashTable};
pub use hmap::{hash_map, hash_set, hash_table};
