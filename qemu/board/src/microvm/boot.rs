//! The way from the entry to `main`, in the one order that works: the command
//! line is read while page 0 is still mapped, faults are caught before the first
//! thing that could fault, and the heap is there before anything allocates.

use core::arch::global_asm;

use super::{paging, pvh, qemu, traps};

global_asm!(include_str!("boot.s"));

unsafe extern "C" {
    /// `embedded-test`'s dispatcher in a test binary, [`main!`](crate::main)'s
    /// function in any other.
    safe fn main() -> !;
}

/// Called by `boot.s` in long mode, on the stack of the linker script.
#[unsafe(no_mangle)]
extern "C" fn board_start(start_info: *const pvh::StartInfo) -> ! {
    // SAFETY: QEMU passes the address of its start_info to the PVH entry, which
    // hands it on; all memory below 4 GiB is still mapped.
    let found = unsafe { pvh::read(start_info) };
    paging::protect();
    traps::install();
    qemu::set_command_line(found.command_line);
    crate::bare::heap::give(found.free_memory);
    main()
}
