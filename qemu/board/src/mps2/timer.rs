//! SysTick: an interrupt every so many instructions.
//!
//! It counts down at the processor's 25 MHz, as the [clock](mod@super::clock) does: 8
//! ticks in 5 instructions.

use core::sync::atomic::{AtomicUsize, Ordering};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;

/// The timer's reload register has 24 bits.
const LONGEST: u32 = 1 << 24;

/// The handler, a `fn()`; 0 before there is one.
static HANDLER: AtomicUsize = AtomicUsize::new(0);

/// Calls `handler`, as an interrupt, every `interval` instructions from now on.
pub(crate) fn every(interval: u32, handler: fn()) {
    let ticks = u64::from(interval) * 8 / 5;
    assert!(
        (2..=u64::from(LONGEST)).contains(&ticks),
        "the timer's interval is from 2 to 10 million instructions"
    );
    HANDLER.store(handler as usize, Ordering::Relaxed);
    // SAFETY: the registers of SysTick, which only this function uses.
    let mut timer = unsafe { cortex_m::Peripherals::steal() }.SYST;
    start(&mut timer, ticks as u32);
}

fn start(timer: &mut SYST, ticks: u32) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(ticks - 1);
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
}

/// The vector of SysTick.
#[unsafe(no_mangle)]
extern "C" fn board_tick() {
    let handler = HANDLER.load(Ordering::Relaxed);
    if handler != 0 {
        // SAFETY: nothing but a `fn()` is ever stored there.
        let handler: fn() = unsafe { core::mem::transmute(handler) };
        // As on the other boards: the handler runs with interrupts off.
        critical_section::with(|_| handler());
    }
}
