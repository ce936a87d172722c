//! What boots under QEMU, and the same small API on the host.
//!
//! A program written against this crate runs in both places:
//!
//! ```
//! # #![allow(clippy::needless_doctest_main)]
//! #![cfg_attr(target_os = "none", no_std, no_main)]
//!
//! board::main!(run);
//!
//! fn run() {
//!     let region = board::heap::leak_region(4096);
//!     let heap = board::heap::MapHeap::new(region);
//!     let start = board::instructions();
//!     let boxed = allocator_api2::boxed::Box::try_new_in(7_u64, &heap).unwrap();
//!     let took = board::instructions() - start;
//!     board::println!("{boxed}, after {took} instructions; {:?}", heap.stats());
//! }
//! ```
//!
//! How a crate has its tests run with it, says the template that lies beside it.
//!
//! On the target (`target_os = "none"`) it brings all that a program without an
//! operating system lacks: the entry, memory, a global allocator, fault and panic
//! reports, a log. One module per machine holds what touches it;
//! `bare/` is what all of them share; `host.rs` stands in for both on the host.
#![no_std]

extern crate alloc;
#[cfg(not(target_os = "none"))]
extern crate std;

mod ending;
pub mod heap;
mod program;

#[cfg(target_os = "none")]
mod bare;
#[cfg(not(target_os = "none"))]
mod host;
#[cfg(all(target_os = "none", target_arch = "x86_64"))]
mod microvm;
#[cfg(all(target_os = "none", target_arch = "arm"))]
mod mps2;

#[cfg(not(target_os = "none"))]
use host as machine;
#[cfg(all(target_os = "none", target_arch = "x86_64"))]
use microvm as machine;
#[cfg(all(target_os = "none", target_arch = "arm"))]
use mps2 as machine;

pub use ending::Ending;
pub use program::Termination;
#[doc(hidden)]
pub use program::{print_line, run};

/// Ends the program: 0 is success, everything else a failure, and the runner's
/// exit status says so.
pub fn exit(code: i32) -> ! {
    #[cfg(target_os = "none")]
    machine::end(if code == 0 {
        Ending::Success
    } else {
        Ending::Failure
    });
    #[cfg(not(target_os = "none"))]
    std::process::exit(code)
}

/// A clock that counts work: the difference of two calls is what lay between.
///
/// - On the target under the runner's QEMU: instructions executed, exactly; two
///   runs of one binary give the same number to the last digit. Two calls in a
///   row differ by a few, the cost of reading: a constant in optimised code. A
///   `rep` instruction counts once per iteration. Logging in between counts too.
/// - On the host: nanoseconds since the first call. QEMU's x86 clock ticks once a
///   (virtual) nanosecond, so the orders of magnitude compare; nothing else does.
#[inline]
#[must_use]
pub fn instructions() -> u64 {
    machine::clock()
}

/// How many bytes of stack a call takes, all that it calls included; `None` on the
/// host, where the stack is not the program's to paint.
///
/// The frame of this function itself counts too: measure an empty call, and take the
/// difference.
pub fn stack_depth(action: impl FnOnce()) -> Option<usize> {
    #[cfg(target_os = "none")]
    return Some(machine::stack_depth(action));
    #[cfg(not(target_os = "none"))]
    {
        action();
        None
    }
}

/// Calls `handler` every `interval` units of [`instructions`], until the program ends:
/// on the target as an interrupt of the timer, with interrupts off; on the host from
/// another thread.
///
/// One handler at a time: a second call replaces the first on the target. The Arm
/// machine's timer has 24 bits: its longest interval is 10 million instructions.
pub fn every(interval: u32, handler: fn()) {
    machine::every(interval, handler);
}

/// Runs something with interrupts off: on the target those of the machine, on the host while no
/// other thread does the same. What is in it may do so again.
pub fn without_interrupts<R>(action: impl FnOnce() -> R) -> R {
    critical_section::with(|_| {
        #[cfg(not(target_os = "none"))]
        let _off = machine::Off::new();
        action()
    })
}

/// Whether interrupts are on: not in [`without_interrupts`], nor on the target in a handler of
/// [`every`], nor on x86-64 before the first call of that.
pub fn interrupts_are_on() -> bool {
    machine::interrupts_are_on()
}

/// The program's arguments, without its name: what stands behind `--` in
/// `cargo qemu run NAME -- ARGS`. No argument can hold a space on the target.
pub fn args() -> impl Iterator<Item = &'static str> {
    machine::command_line().split_ascii_whitespace()
}
