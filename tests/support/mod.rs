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

/// Of two amounts the first under Miri, which takes a millisecond for what takes a
/// microsecond elsewhere, and the second elsewhere.
///
/// Few entries come into the states that many are in: 8 fill a bucket, 20 are in an
/// array of four, 27 and 53 in the middle of a doubling of four and of eight.
pub const fn few_or<T: Copy>(few: T, many: T) -> T {
    if cfg!(miri) { few } else { many }
}

/// Of three amounts the first under Miri, the second on an emulated machine, which takes ten times as
/// long as the host, and the last on the host.
pub const fn few_some_or<T: Copy>(few: T, some: T, many: T) -> T {
    if cfg!(target_os = "none") {
        some
    } else {
        few_or(few, many)
    }
}

/// Whether everything is looked at after the step of this number, counted from 0: after
/// each of them, but under Miri, which needs longer for one look than for many steps,
/// only after the first and after those which, if all are inserts, begin the doublings
/// at 27, 53 and 105 entries.
pub const fn looks_after(step: u64) -> bool {
    step % few_or(26, 1) == 0
}
