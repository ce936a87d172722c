//! UART 0 of the machine: bytes go out one by one, by polling. What is sent here is
//! the standard output of the runner's QEMU.
//!
//! Semihosting could print as well, but only to the terminal's error output, or
//! through a file that has to be opened first, and to gdb if one is attached.

const DATA: *mut u32 = 0x4000_4000 as *mut u32;
const STATE: *const u32 = 0x4000_4004 as *const u32;
const CONTROL: *mut u32 = 0x4000_4008 as *mut u32;
const BAUD_DIVIDER: *mut u32 = 0x4000_4010 as *mut u32;

/// State: the last byte has not left yet.
const FULL: u32 = 1 << 0;
/// Control: bytes go out.
const SEND: u32 = 1 << 0;
/// The least that is allowed; QEMU sends at once.
const FASTEST: u32 = 16;

/// Sends the bytes; returns when the last one has been taken over.
pub(crate) fn write(bytes: &[u8]) {
    // SAFETY: registers of UART 0; they touch no memory. Repeating the settings
    // is cheaper than remembering whether they were made.
    unsafe {
        BAUD_DIVIDER.write_volatile(FASTEST);
        CONTROL.write_volatile(SEND);
    }
    for &byte in bytes {
        flush();
        // SAFETY: as above.
        unsafe { DATA.write_volatile(byte.into()) };
    }
}

/// Returns when QEMU has written everything to its standard output.
pub(crate) fn flush() {
    // SAFETY: reads a register of UART 0.
    while unsafe { STATE.read_volatile() } & FULL != 0 {}
}
