//! Both maps' operations, compiled for `x86_64-unknown-none` and called by a program of
//! the host: integers go in and out, so that it does not matter that the two disagree
//! about floating point registers.
#![no_std]

#[allow(dead_code, reason = "the host names pairs and maps")]
#[path = "../../../operations/mod.rs"]
mod operations;

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;
use operations::Work;

/// hashbrown links `alloc`, which asks for one; both maps have the arena.
struct NoMemory;

#[global_allocator]
static NO_MEMORY: NoMemory = NoMemory;

// SAFETY: It gives nothing out.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

/// [`operations::open`].
#[unsafe(no_mangle)]
pub extern "C" fn kernel_open(
    pair: usize,
    map: usize,
    region: usize,
    bytes: usize,
    maps: usize,
) -> usize {
    operations::open(pair, map, region, bytes, maps)
}

/// [`operations::perform`].
///
/// # Safety
/// As there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kernel_perform(
    pair: usize,
    map: usize,
    operation: usize,
    work: *const Work,
) -> u64 {
    // SAFETY: The caller's promise.
    unsafe { operations::perform(pair, map, operation, work) }
}

/// There is nobody to tell: the program is to stop.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        // SAFETY: An instruction that does not exist ends the process.
        unsafe { core::arch::asm!("ud2") }
    }
}
