//! The local APIC's timer: an interrupt every so many instructions.
//!
//! It counts down from a number, at the rate of the (virtual) nanoseconds that QEMU
//! also counts instructions by, and raises its interrupt at each zero.

use core::sync::atomic::{AtomicUsize, Ordering};

use x86_64::instructions::{interrupts, port::Port};

/// The first vector behind the processor's exceptions.
pub(super) const VECTOR: u8 = 32;

/// Where every x86 processor has its local APIC, unless it was moved.
const APIC: usize = 0xfee0_0000;
const END_OF_INTERRUPT: usize = 0x0b0;
const SPURIOUS_VECTOR: usize = 0x0f0;
const TIMER: usize = 0x320;
const INITIAL_COUNT: usize = 0x380;
const DIVIDER: usize = 0x3e0;

const ENABLED: u32 = 1 << 8;
const PERIODIC: u32 = 1 << 17;
const DIVIDE_BY_1: u32 = 0b1011;
/// A vector for interrupts that were withdrawn too late. They are not acknowledged.
const SPURIOUS: u32 = 31;

/// The handler, a `fn()`; 0 before there is one.
static HANDLER: AtomicUsize = AtomicUsize::new(0);

fn write(register: usize, value: u32) {
    // SAFETY: a register of the local APIC, which is mapped and which nobody else uses.
    unsafe { ((APIC + register) as *mut u32).write_volatile(value) };
}

/// Calls `handler`, as an interrupt, every `interval` instructions from now on.
pub(crate) fn every(interval: u32, handler: fn()) {
    HANDLER.store(handler as usize, Ordering::Relaxed);
    // The two controllers of the PC's early days stay silent.
    for mask_register in [0x21, 0xa1] {
        // SAFETY: masks all lines of a controller that nobody here listens to.
        unsafe { Port::<u8>::new(mask_register).write(0xff) };
    }
    write(SPURIOUS_VECTOR, ENABLED | SPURIOUS);
    write(DIVIDER, DIVIDE_BY_1);
    write(TIMER, PERIODIC | u32::from(VECTOR));
    write(INITIAL_COUNT, interval);
    interrupts::enable();
}

/// Called for every interrupt of the timer, with interrupts off.
pub(super) fn tick() {
    let handler = HANDLER.load(Ordering::Relaxed);
    if handler != 0 {
        // SAFETY: nothing but a `fn()` is ever stored there.
        let handler: fn() = unsafe { core::mem::transmute(handler) };
        handler();
    }
    write(END_OF_INTERRUPT, 0);
}
