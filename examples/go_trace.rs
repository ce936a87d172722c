//! Replays traces recorded from Go's runtime map, and compares every state.
//!
//!     cargo run --release --example go_trace -- FILE...
//!
//! For each file it prints `ok NAME OPERATIONS`, or at the first difference
//! `DIVERGED NAME line N: expected ..., found ...`. What a trace is, and where to
//! find some: `tests/traces/README.md`; what is compared: `tests/support/trace`.
//!
//! The exit status is 0 if all maps went Go's way, 1 if one diverged, 2 if a file
//! could not be read or is no whole trace.
//!
//! It reads files, so there is nothing of it on the bare machine.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
board::main!(run);

#[cfg(target_os = "none")]
fn run() {
    board::println!("traces are files: this program is for the host");
}

#[cfg(not(target_os = "none"))]
extern crate alloc;

#[cfg(not(target_os = "none"))]
#[path = "../tests/support/trace/mod.rs"]
mod trace;

#[cfg(not(target_os = "none"))]
use std::{env, fs, path::Path, process::ExitCode};

#[cfg(not(target_os = "none"))]
const HELP: &str = "\
Replays traces recorded from Go's runtime map, and compares every state.

Usage: go_trace FILE...

  ok NAME OPERATIONS         the map went through the same states as Go's
  DIVERGED NAME line N: ...  the first difference
Compared are states, arrays, layouts, digests and orders. Spare buckets are Go's:
the map's allocator hands out as much as the trace says. Nothing is skipped, NaN
keys are not either.
Exit status: 0 all ok, 1 one diverged, 2 a file is unreadable or no whole trace.";

#[cfg(not(target_os = "none"))]
fn main() -> ExitCode {
    let files: Vec<_> = env::args_os().skip(1).collect();
    if files.iter().any(|file| file == "--help" || file == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if files.is_empty() {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    }
    let worst = files.iter().map(|file| replay(Path::new(file))).max();
    ExitCode::from(worst.unwrap_or(0))
}

/// Replays one file, says how it went, and gives the exit status for it.
#[cfg(not(target_os = "none"))]
fn replay(file: &Path) -> u8 {
    let trace = match fs::read(file) {
        Ok(trace) => trace,
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            return 2;
        }
    };
    let trace::Replay { name, result } = trace::replay(&trace);
    match result {
        Ok(operations) => {
            println!("ok {name} {operations}");
            0
        }
        Err(trace::Fault::Diverged {
            line,
            expected,
            found,
        }) => {
            println!("DIVERGED {name} line {line}: expected {expected}, found {found}");
            1
        }
        Err(trace::Fault::Malformed { line, what }) => {
            eprintln!("{} line {line}: {what}", file.display());
            2
        }
    }
}
