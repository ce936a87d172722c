//! What the tests stand on: an allocator that keeps books and refuses on demand,
//! keys whose hashes the test chooses, and a map beside its oracle.

pub mod keys;
pub mod ledger;
pub mod oracle;
pub mod storm;
pub mod trace;
