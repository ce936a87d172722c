//! hashbrown 0.15, or what stands in its place.

extern crate hashbrown_0_15 as hashbrown;

mod every_version;
mod with_tables;
