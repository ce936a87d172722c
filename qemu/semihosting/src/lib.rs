//! Stand-in for the crate `semihosting`, for boards with semihosting and without.
//!
//! `embedded-test` learns which test to run, and says how it ended, through the
//! crate `semihosting`, which is made of debugger traps and stops with a compile error on
//! x86. This crate takes its place by `[patch.crates-io]`: the few items that
//! `embedded-test` calls. Behind them are three functions of the board, by name:
//!
//! - `__board_command_line`: the words that say which test to run,
//! - `__board_exit`: the test is done, and 0 is success,
//! - `__board_abort`: the test has returned `Err`.
//!
//! The package `bare-board` has them; a board of your own has them by
//! `#[unsafe(no_mangle)]`, with the signatures in `src/board.rs`.
//!
//! On Arm the real crate would do as well, but cargo patches a crate for all targets or
//! for none. And cargo patches by name: this package has to be called as the real one is, so
//! it cannot be on crates.io, and is named by path or by git.
#![no_std]

mod board;
pub mod experimental;
pub mod io;
pub mod process;
