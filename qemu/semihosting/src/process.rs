//! How a test says that it is done.

use crate::board::{__board_abort, __board_exit};

/// Ends the machine; 0 is success, as for a process.
pub fn exit(code: i32) -> ! {
    __board_exit(code)
}

/// Ends the machine after an `Err`; a panic is the board's to report.
pub fn abort() -> ! {
    __board_abort()
}
