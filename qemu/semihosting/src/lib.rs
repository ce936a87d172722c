//! Stand-in for the crate `semihosting`, for boards with semihosting and without.
//!
//! `embedded-test` learns which test to run, and says how it ended, through the
//! crate `semihosting`, which is made of Arm's and RISC-V's debugger traps and
//! stops with a compile error on x86. This crate takes its place by
//! `[patch.crates-io]`: the few items that `embedded-test` calls. On x86 they are
//! backed by what QEMU offers there: the command line is the one that the board
//! found at boot (`qemu::set_command_line`), the end is a write to the device
//! `isa-debug-exit`. On Arm they are semihosting calls, as in the real crate, which
//! cannot be there as well: cargo patches a crate for all targets or for none.
//!
//! [`Ending`] is also compiled for the host: the runner reads with it what the
//! target wrote, so the codes have one author.
#![no_std]

mod ending;
#[cfg(target_os = "none")]
pub mod experimental;
#[cfg(target_os = "none")]
pub mod io;
#[cfg(target_os = "none")]
pub mod process;

#[cfg(all(target_os = "none", target_arch = "arm"))]
#[path = "arm.rs"]
pub mod qemu;
#[cfg(all(target_os = "none", target_arch = "x86_64"))]
#[path = "x86_64.rs"]
pub mod qemu;

pub use ending::Ending;

#[cfg(all(
    target_os = "none",
    not(any(target_arch = "arm", target_arch = "x86_64"))
))]
compile_error!("this stand-in for `semihosting` has no backend for the target's architecture");
