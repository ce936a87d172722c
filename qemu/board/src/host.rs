//! The host in the place of a board: `std` does what the machine does there.

use core::cell::Cell;
use std::string::String;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};
use std::vec::Vec;

/// Nanoseconds since the first call.
pub(crate) fn clock() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
}

/// The arguments behind the program's name, as the target gets them: one line.
pub(crate) fn command_line() -> &'static str {
    static LINE: OnceLock<String> = OnceLock::new();
    LINE.get_or_init(|| std::env::args().skip(1).collect::<Vec<_>>().join(" "))
}

std::thread_local! {
    /// How often this thread has interrupts off.
    static OFF: Cell<usize> = const { Cell::new(0) };
}

/// While there is one, this thread has interrupts off.
pub(crate) struct Off;

impl Off {
    pub(crate) fn new() -> Self {
        OFF.with(|off| off.set(off.get() + 1));
        Self
    }
}

impl Drop for Off {
    fn drop(&mut self) {
        OFF.with(|off| off.set(off.get() - 1));
    }
}

pub(crate) fn interrupts_are_on() -> bool {
    OFF.with(|off| off.get() == 0)
}

/// Another thread stands in for the interrupts.
pub(crate) fn every(interval: u32, handler: fn()) {
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_nanos(interval.into()));
            handler();
        }
    });
}
