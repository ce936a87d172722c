//! What the tests stand on: an allocator that keeps books and refuses on demand,
//! keys whose hashes the test chooses, a map beside its oracle, and a model of Go's.

pub mod go;
pub mod keys;
pub mod ledger;
pub mod oracle;
pub mod storm;
pub mod trace;
