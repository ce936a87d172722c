//! QEMU's x86 machine `microvm`: entered by PVH, single core, 64 bits.
//!
//! What every board gives to the rest of the crate: [`write_log`] and
//! [`flush_log`] for the logger, [`clock`], [`stack_depth`], [`every`] for a
//! timer, [`end`], a critical section, and an entry that calls `main` with the heap in place.

mod boot;
mod paging;
mod pvh;
mod qemu;
mod serial;
mod stack;
mod timer;
mod traps;

pub(crate) use qemu::command_line;
pub(crate) use serial::{flush as flush_log, write as write_log};
pub(crate) use stack::depth as stack_depth;
pub(crate) use timer::every;
use x86_64::instructions::interrupts;

use crate::Ending;

/// The time stamp counter. Under the runner's `-icount shift=0` QEMU advances it
/// by one for each instruction that the guest executes.
pub(crate) fn clock() -> u64 {
    // SAFETY: reads a counter that every x86_64 processor has.
    unsafe { core::arch::x86_64::_rdtsc() }
}

pub(crate) fn interrupts_are_on() -> bool {
    interrupts::are_enabled()
}

/// Ends the machine when the log is out.
pub(crate) fn end(ending: Ending) -> ! {
    flush_log();
    qemu::exit(ending)
}

/// One core: who has switched the interrupts off is alone.
struct InterruptsOff;

critical_section::set_impl!(InterruptsOff);

// SAFETY: with interrupts off on the only core nothing else runs between
// `acquire` and `release`; nested sections restore what they found.
unsafe impl critical_section::Impl for InterruptsOff {
    unsafe fn acquire() -> bool {
        let were_on = interrupts::are_enabled();
        interrupts::disable();
        were_on
    }

    unsafe fn release(were_on: bool) {
        if were_on {
            interrupts::enable();
        }
    }
}
