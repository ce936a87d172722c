//! hashbrown 0.14, or what stands in its place.

extern crate hashbrown_0_14 as hashbrown;

mod every_version;
mod of_ahash;
mod with_tables;
