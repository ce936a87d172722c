//! What the stand-in for the crate `semihosting` asks of a board, by these names: which
//! test to run, and the two ways in which `embedded-test` ends one. So neither of the two
//! crates depends on the other, and only the stand-in has to be patched in.

use crate::Ending;
use crate::machine;

#[unsafe(no_mangle)]
fn __board_command_line() -> &'static str {
    machine::command_line()
}

/// 0 is success, as for a process.
#[unsafe(no_mangle)]
fn __board_exit(code: i32) -> ! {
    crate::exit(code)
}

/// A test has returned `Err`, or could not be run; a panic is reported by the board itself.
#[unsafe(no_mangle)]
fn __board_abort() -> ! {
    machine::end(Ending::Abort)
}
