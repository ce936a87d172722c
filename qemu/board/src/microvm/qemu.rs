//! QEMU's devices on x86: the exit port, and the command line found at boot.

use core::arch::asm;
use core::cell::Cell;

use critical_section::Mutex;

use crate::Ending;

/// Where the runner puts `isa-debug-exit` (`iobase=0xf4`).
const EXIT_PORT: u16 = 0xf4;

static COMMAND_LINE: Mutex<Cell<&str>> = Mutex::new(Cell::new(""));

/// Keeps the command line; the board calls this once, before `main`.
pub(super) fn set_command_line(line: &'static str) {
    critical_section::with(|cs| COMMAND_LINE.borrow(cs).set(line));
}

/// What stood behind QEMU's `-append`.
pub(crate) fn command_line() -> &'static str {
    critical_section::with(|cs| COMMAND_LINE.borrow(cs).get())
}

/// Ends the machine. Log before: nothing is sent after this.
pub(super) fn exit(ending: Ending) -> ! {
    // SAFETY: the port belongs to isa-debug-exit, which touches no memory; on a
    // machine without the device the write goes nowhere.
    unsafe {
        asm!("out dx, eax", in("dx") EXIT_PORT, in("eax") u32::from(ending as u8),
             options(nomem, nostack, preserves_flags));
    }
    loop {
        // Only reached where the device is missing: sleep for good, so that the
        // runner's time limit reports it.
        // SAFETY: stops the processor, touches nothing.
        unsafe { asm!("cli", "hlt", options(nomem, nostack)) }
    }
}
