//! The way from reset to `main`: page 0 and the stack's guard are closed before
//! anything could run into them, and the heap is there before anything allocates.

use core::arch::global_asm;
use core::mem::MaybeUninit;
use core::slice;

use super::{clock, protection};

global_asm!(include_str!("boot.s"));

unsafe extern "C" {
    /// `embedded-test`'s dispatcher in a test binary, [`main!`](crate::main)'s
    /// function in any other.
    safe fn main() -> !;

    /// The block of memory that holds nothing else (linker script).
    static mut __heap: MaybeUninit<u8>;
    static __heap_end: u8;
}

/// Called by `boot.s` on the program's stack. QEMU has put code and data in place,
/// and its memory is zero at the start: `.bss` needs no clearing.
#[unsafe(no_mangle)]
extern "C" fn board_start() -> ! {
    clock::start();
    protection::install();
    let bottom = &raw mut __heap;
    let size = (&raw const __heap_end).addr() - bottom.addr();
    // SAFETY: the block belongs to no section; it is handed out here, once.
    crate::bare::heap::give(unsafe { slice::from_raw_parts_mut(bottom, size) });
    main()
}
