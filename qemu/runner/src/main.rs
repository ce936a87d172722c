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

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::project::Project;
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
    /// Run all tests: the host's, and x86_64's under QEMU; with --target those of that
    /// target
    Test(everything::Arguments),
    /// Hold a test or an example at reset, waiting for gdb
    Debug(debug::Arguments),
    /// How many bytes of code maps take, in images with up to ten of them, beside other maps
    CodeSize(code_size::Arguments),
    /// Boot tests that fail on purpose (tests/failing.rs): is each way to fail reported as
    /// what it is?
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

/// The command line. Called by cargo it has cargo's word for this program in front.
fn parse() -> Cli {
    let mut words: Vec<_> = env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "qemu") {
        words.remove(1);
    }
    // The images that it builds are in one repository only.
    let at_home = Project::here().is_ok_and(|project| project.runner().is_some());
    let cli = Cli::command().mut_subcommand("code-size", |command| command.hide(!at_home));
    let parsed = cli.try_get_matches_from(words);
    parsed
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .unwrap_or_else(|error| error.exit())
}

fn main() -> ExitCode {
    let done = match parse().command {
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
