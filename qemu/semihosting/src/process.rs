//! How a test says that it is done.

use crate::{Ending, qemu};

/// Ends the machine; 0 is success, as for a process.
pub fn exit(code: i32) -> ! {
    qemu::exit(if code == 0 {
        Ending::Success
    } else {
        Ending::Failure
    })
}

/// Ends the machine after an `Err`; a panic is the board's to report.
pub fn abort() -> ! {
    qemu::exit(Ending::Abort)
}
