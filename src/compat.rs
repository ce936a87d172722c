//! hashbrown's interface, over that of this crate: maps, sets and tables that end the program
//! where memory is refused.

pub mod hash_map;
pub mod hash_set;
pub mod hash_table;
pub(crate) mod infallible;
