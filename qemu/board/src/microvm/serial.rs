//! COM1, as QEMU has it: bytes go out one by one, by polling. QEMU ignores the
//! baud rate, so there is nothing to set up; what is sent here is the standard
//! output of the runner's QEMU.

use x86_64::instructions::port::Port;

const DATA: u16 = 0x3f8;
const LINE_STATUS: u16 = 0x3fd;
/// Line status: the next byte can be given.
const HOLDING_EMPTY: u8 = 0x20;
/// Line status: the last byte has left.
const SHIFT_EMPTY: u8 = 0x40;

fn wait_for(bit: u8) {
    let mut status = Port::<u8>::new(LINE_STATUS);
    // SAFETY: reading COM1's line status touches no memory.
    while unsafe { status.read() } & bit == 0 {}
}

/// Sends the bytes; returns when the last one has been taken over.
pub(crate) fn write(bytes: &[u8]) {
    let mut data = Port::<u8>::new(DATA);
    for &byte in bytes {
        wait_for(HOLDING_EMPTY);
        // SAFETY: writing to COM1 touches no memory.
        unsafe { data.write(byte) };
    }
}

/// Returns when QEMU has written everything to its standard output.
pub(crate) fn flush() {
    wait_for(SHIFT_EMPTY);
}
