//! defmt's global logger over the board's serial line.
//!
//! Frames are rzCOBS, each closed by a zero byte. A frame must not be torn: from
//! `acquire` to `release` the interrupts are off.

use core::cell::RefCell;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

use critical_section::{CriticalSection, Mutex, RestoreState};
use defmt::{Display2Format, Encoder};

use crate::machine;

defmt::timestamp!("{=u64}", machine::clock());

/// Prints a line that the runner shows as it is.
pub(crate) fn print(line: fmt::Arguments<'_>) {
    defmt::println!("{}", Display2Format(&line));
}

/// Whether a frame is open.
static OPEN: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<RefCell<State>> = Mutex::new(RefCell::new(State {
    encoder: Encoder::new(),
    interrupts: RestoreState::invalid(),
}));

struct State {
    encoder: Encoder,
    /// What to restore at the end of the frame.
    interrupts: RestoreState,
}

/// For a fault or a panic that may have come in the middle of a frame: gives that
/// one up, so that the report can be logged. The runner says that one was cut.
pub(crate) fn abandon_open_frame() {
    if OPEN.swap(false, Ordering::Relaxed) {
        machine::write_log(&[0]);
    }
}

#[defmt::global_logger]
struct SerialLogger;

fn with_state<R>(action: impl FnOnce(&mut State) -> R) -> R {
    // SAFETY: defmt calls the logger between `acquire` and `release` only, where
    // the interrupts are off, and `acquire` itself has just switched them off.
    let alone = unsafe { CriticalSection::new() };
    action(&mut STATE.borrow_ref_mut(alone))
}

// SAFETY: one frame at a time: `acquire` switches the interrupts off and refuses
// a second frame, `release` switches them on again.
unsafe impl defmt::Logger for SerialLogger {
    fn acquire() {
        // SAFETY: paired with the `release` below.
        let interrupts = unsafe { critical_section::acquire() };
        assert!(!OPEN.swap(true, Ordering::Relaxed), "logged while logging");
        with_state(|state| {
            state.interrupts = interrupts;
            // A frame that was abandoned has left the last encoder half-way.
            state.encoder = Encoder::new();
            state.encoder.start_frame(machine::write_log);
        });
    }

    unsafe fn flush() {
        machine::flush_log();
    }

    unsafe fn release() {
        let interrupts = with_state(|state| {
            state.encoder.end_frame(machine::write_log);
            state.interrupts
        });
        OPEN.store(false, Ordering::Relaxed);
        // SAFETY: paired with the `acquire` above, whose state this is.
        unsafe { critical_section::release(interrupts) };
    }

    unsafe fn write(bytes: &[u8]) {
        with_state(|state| state.encoder.write(bytes, machine::write_log));
    }
}
