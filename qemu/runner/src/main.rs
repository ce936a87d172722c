//! `cargo qemu`: builds tests and examples for a bare machine, boots them under
//! QEMU and says how they ended.
//!
//! `target` knows the machines, `project` asks cargo, `setup` sees to the toolchain
//! and QEMU, `image` is a program as a file, `machine` boots it, `log` reads what it
//! says, `verdict` judges how it ended. On top of these: `example`, `suite` (a test binary),
//! `everything` (`cargo qemu test`), `selftest`, `debug`. `code_size` boots nothing: it builds
//! images and looks at them.

mod code_size;
mod debug;
mod everything;
mod example;
mod image;
mod log;
mod machine;
mod project;
mod selftest;
mod setup;
mod suite;
mod target;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::target::Target;

/// Builds tests and examples for a bare machine and runs them under QEMU.
///
/// What is missing is set up: the compiler's target by rustup, QEMU by apt-get
/// where that is possible.
#[derive(Parser)]
#[command(name = "cargo qemu", bin_name = "cargo qemu", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build an example for the target, boot it and print what it says
    Run(example::Arguments),
    /// Run all tests: the host's, x86_64's under QEMU, the runner's own; with
    /// --target those of that target
    Test(everything::Arguments),
    /// Hold a test or an example at reset, waiting for gdb
    Debug(debug::Arguments),
    /// How many bytes of code maps take, in images with up to ten of them, beside other maps
    CodeSize(code_size::Arguments),
    /// Check that each way to fail is reported as what it is
    Selftest {
        /// Only the checks whose name contains this
        name: Option<String>,
        #[command(flatten)]
        on: On,
    },
    /// Boot a program that cargo has built (what cargo calls for `cargo test`
    /// and `cargo run` with the target)
    #[command(hide = true)]
    Boot {
        /// The program
        elf: PathBuf,
        /// The test harness' arguments, or the program's
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Read a log of defmt's from standard input, and print it as text
    #[command(hide = true)]
    Log {
        /// The program that has written it
        elf: PathBuf,
    },
}

/// Where it is to run.
#[derive(clap::Args)]
struct On {
    /// The target: x86_64-unknown-none or thumbv7m-none-eabi
    #[arg(long, value_name = "TRIPLE", value_parser = target::by_triple,
          default_value = target::X86_64.triple)]
    target: &'static Target,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(arguments) => example::build_and_run(&arguments),
        Command::Test(arguments) => everything::run(&arguments),
        Command::Debug(arguments) => debug::run(&arguments),
        Command::CodeSize(arguments) => code_size::run(&arguments),
        Command::Selftest { name, on } => selftest::run_alone(on.target, name.as_deref()),
        Command::Boot { elf, arguments } => boot(elf, &arguments),
        Command::Log { elf } => image::Image::load(elf).map(|image| {
            log::decode(&image, std::io::stdin(), &|line| println!("{line}"));
            true
        }),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// A test binary is run as one, anything else as an example.
fn boot(elf: PathBuf, arguments: &[String]) -> Result<bool> {
    let image = image::Image::load(elf)?;
    setup::qemu(image.target)?;
    match image.tests()? {
        Some(_) => Ok(suite::run(image, arguments)?.failed == 0),
        None => example::run(&image, None, arguments),
    }
}
