//! Where the faces that cannot fail end when memory is refused: as the collections of
//! `alloc` do.

extern crate alloc;

use crate::error::{InsertError, TryReserveError};

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

/// For how many entries room is made before those of an iterator are inserted that claims
/// to have so many: for all, or for half if there are others: some will be there already.
pub(crate) fn room_for(claimed: usize, is_empty: bool) -> usize {
    if is_empty {
        claimed
    } else {
        claimed.div_ceil(2)
    }
}

#[cold]
#[expect(clippy::panic, reason = "hashbrown's contract, which these faces keep")]
fn give_up(reason: TryReserveError) -> ! {
    match reason {
        TryReserveError::CapacityOverflow => panic!("Hash table capacity overflow"),
        TryReserveError::AllocError { layout } => alloc::alloc::handle_alloc_error(layout),
    }
}
