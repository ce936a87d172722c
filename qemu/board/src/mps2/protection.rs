//! Closes the two places that nobody may touch: page 0, so that an access through
//! a null pointer faults as it would under an operating system, and the guard under
//! the stack, so that an overflow faults instead of running on.
//!
//! Page 0 holds the vectors, but the processor fetches those past the memory
//! protection unit. Everything else stays as the unit's background has it: open.

use core::ops::Range;

use cortex_m::peripheral::MPU;

const PAGE: usize = 4096;

/// Region base: the number of the region comes with it.
const WITH_NUMBER: u32 = 1 << 4;
/// Region attributes: no access (all access bits are 0), 2^(11 + 1) bytes, in force.
const CLOSED_PAGE: u32 = (11 << 1) | 1;
/// Control: what no region covers is open to privileged code, which all code here is.
const BACKGROUND: u32 = 1 << 2;
const ENABLED: u32 = 1 << 0;

unsafe extern "C" {
    /// The page under the stack (linker script).
    safe static __stack_guard: u8;
}

/// The page that a stack overflow hits.
pub(super) fn stack_guard() -> Range<usize> {
    let start = (&raw const __stack_guard).addr();
    start..start + PAGE
}

/// Closes page 0 and the stack's guard. Called once, at boot.
pub(super) fn install() {
    // SAFETY: the registers of the memory protection unit, which only this function uses.
    let unit = unsafe { &*MPU::PTR };
    for (number, page) in [(0, 0), (1, stack_guard().start)] {
        // SAFETY: both are whole pages that no code or data lies in; a page that
        // was aligned by the linker script is a region that the unit can express.
        unsafe {
            unit.rbar.write(page as u32 | WITH_NUMBER | number);
            unit.rasr.write(CLOSED_PAGE);
        }
    }
    // SAFETY: takes away the two pages only.
    unsafe { unit.ctrl.write(BACKGROUND | ENABLED) };
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}
