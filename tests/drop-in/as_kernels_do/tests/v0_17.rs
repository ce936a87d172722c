//! hashbrown 0.17, or what stands in its place.

extern crate hashbrown_0_17 as hashbrown;

mod every_version;
mod with_tables;
