//! QEMU's Arm machine `mps2-an385`: a Cortex-M3, 32 bits, single core, with 24 MiB of
//! memory in three blocks.
//!
//! Why there is no `cortex-m-rt`: its reset handler goes on to `main` itself, which
//! in a test binary is `embedded-test`'s, and leaves no room between the two for
//! what a board does at boot; and it knows one stack only, on which the overflow
//! of that stack cannot be reported.
//!
//! The parts are those of `microvm` under the same names.

mod boot;
mod clock;
mod faults;
mod protection;
mod semihost;
mod serial;
mod stack;
mod timer;

// For the critical section that it brings: interrupts off, on the only core.
use cortex_m as _;

use crate::Ending;

pub(crate) use clock::read as clock;
pub(crate) use semihost::command_line;
pub(crate) use serial::{flush as flush_log, write as write_log};
pub(crate) use stack::depth as stack_depth;
pub(crate) use timer::every;

pub(crate) fn interrupts_are_on() -> bool {
    cortex_m::register::primask::read().is_active()
}

/// Ends the machine when the log is out.
pub(crate) fn end(ending: Ending) -> ! {
    flush_log();
    semihost::exit(ending)
}
