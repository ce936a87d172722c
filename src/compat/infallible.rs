//! Where the faces that cannot fail end when memory is refused: as the collections of
//! `alloc` do.

extern crate alloc;

use crate::numbers::error::{InsertError, TryReserveError};

/// What was to be had, or the end of the program.
#[inline]
pub(crate) fn had<T>(result: Result<T, TryReserveError>) -> T {
    match result {
        Ok(value) => value,
        Err(reason) => give_up(reason),
    }
}

/// What was inserted, or the end of the program.
#[inline]
pub(crate) fn placed<T, K, V>(result: Result<T, InsertError<K, V>>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => give_up(error.reason()),
    }
}

/// How many entries there will be in a map of `len` when those of an iterator are inserted
/// that claims to have so many: all of them, or half if there are others, since some will be
/// there already. Room is made for them by expectation: a reservation would hold an eighth
/// more for the worst hashes.
pub(crate) fn expected(len: usize, claimed: usize) -> usize {
    let new = if len == 0 {
        claimed
    } else {
        claimed.div_ceil(2)
    };
    len.saturating_add(new)
}

#[cold]
#[expect(clippy::panic, reason = "hashbrown's contract, which these faces keep")]
fn give_up(reason: TryReserveError) -> ! {
    match reason {
        TryReserveError::CapacityOverflow => panic!("Hash table capacity overflow"),
        TryReserveError::AllocError { layout } => alloc::alloc::handle_alloc_error(layout),
    }
}
