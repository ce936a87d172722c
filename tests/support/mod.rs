//! What the tests stand on: an allocator that keeps books and refuses on demand,
//! keys whose hashes the test chooses, a map beside its oracle, and a model of Go's.

pub mod go;
pub mod keys;
pub mod ledger;
pub mod oracle;
#[cfg(not(target_os = "none"))]
pub mod panics;
pub mod part;
pub mod scene;
pub mod states;
pub mod storm;
pub mod sweep;
pub mod tape;
pub mod trace;
