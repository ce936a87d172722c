//! hashbrown 0.16, or what stands in its place.

extern crate hashbrown_0_16 as hashbrown;

mod every_version;
mod with_tables;
