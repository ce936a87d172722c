//! hashbrown 0.13, or what stands in its place.

extern crate hashbrown_0_13 as hashbrown;

mod every_version;
mod of_ahash;
