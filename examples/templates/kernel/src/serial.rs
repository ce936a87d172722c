//! The first serial port of a PC, which QEMU shows with `-serial stdio`; and the way to stop.

use core::arch::asm;
use core::fmt::{self, Write};

const DATA: u16 = 0x3f8;
const LINE_STATUS: u16 = DATA + 5;
const READY_TO_SEND: u8 = 0x20;

pub struct Serial;

impl Write for Serial {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: Reading the state of a serial port and sending a byte change no memory.
            unsafe {
                while inb(LINE_STATUS) & READY_TO_SEND == 0 {}
                outb(DATA, byte);
            }
        }
        Ok(())
    }
}

#[macro_export]
macro_rules! println {
    ($($arguments:tt)*) => {{
        use core::fmt::Write;
        _ = writeln!($crate::serial::Serial, $($arguments)*);
    }};
}

/// Resets the machine, at which QEMU ends, because of `-no-reboot`.
pub fn reset() -> ! {
    let no_handlers = [0_u16; 5];
    // SAFETY: A fault without handlers is what resets every PC; nothing runs after it.
    unsafe { asm!("lidt [{}]", "ud2", in(reg) &no_handlers, options(noreturn)) }
}

/// # Safety
///
/// What the port does must be fine.
unsafe fn outb(port: u16, value: u8) {
    // SAFETY: the caller's promise.
    unsafe { asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack)) };
}

/// # Safety
///
/// What the port does must be fine.
unsafe fn inb(port: u16) -> u8 {
    let value;
    // SAFETY: the caller's promise.
    unsafe { asm!("in al, dx", in("dx") port, out("al") value, options(nomem, nostack)) };
    value
}
