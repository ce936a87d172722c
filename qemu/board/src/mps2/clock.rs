//! Instructions, counted by a timer.
//!
//! QEMU's Cortex-M3 has no cycle counter (`DWT_CYCCNT` stands still), but every
//! timer goes by virtual time, which under the runner's `-icount shift=6` advances
//! by 64 ns with each instruction. The timers of this machine tick at 25 MHz, once
//! in 40 ns: 8 ticks in 5 instructions. Since no two instructions share a tick, the
//! number of instructions follows from that of the ticks exactly. With `shift=0`,
//! 1 ns an instruction, it would be known to 40 instructions only.
//!
//! The timer has 32 bits, which last for 2.7 thousand million instructions. Its
//! twin counts every 256th tick and says which round it is.
//!
//! Where the processor waits, be it for an interrupt or for gdb, QEMU puts virtual
//! time forward to what comes next, and the clock with it.

/// The dual timer of Arm's Cortex-M System Design Kit.
const DUAL_TIMER: usize = 0x4000_2000;
const TWIN: usize = 0x20;
const VALUE: usize = 0x04;
const CONTROL: usize = 0x08;

const ENABLED: u32 = 1 << 7;
const BY_256: u32 = 0b10 << 2;
const BITS_32: u32 = 1 << 1;

/// Starts counting; called once, at boot.
pub(super) fn start() {
    write(CONTROL, ENABLED | BITS_32);
    write(TWIN + CONTROL, ENABLED | BITS_32 | BY_256);
}

/// Instructions executed since [`start`].
pub(crate) fn read() -> u64 {
    let coarse = u64::from(elapsed(TWIN)) << 8;
    let fine = elapsed(0);
    // The tick with these low bits that is nearest to where the twin is.
    let ahead = fine.wrapping_sub(coarse as u32) as i32;
    let ticks = coarse.wrapping_add_signed(ahead.into());
    instructions(ticks)
}

/// The timer shows a tick as soon as it has begun, so the ticks are rounded up.
const fn instructions(ticks: u64) -> u64 {
    ticks * 5 / 8
}

/// Ticks since [`start`]: the timer counts down from 2^32, over and over.
fn elapsed(timer: usize) -> u32 {
    // SAFETY: reads a register of the dual timer.
    let value = unsafe { ((DUAL_TIMER + timer + VALUE) as *const u32).read_volatile() };
    value.wrapping_neg()
}

fn write(register: usize, value: u32) {
    // SAFETY: a register of the dual timer, which nobody else uses.
    unsafe { ((DUAL_TIMER + register) as *mut u32).write_volatile(value) };
}
