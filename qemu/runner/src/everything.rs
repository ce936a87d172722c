//! `cargo qemu test`: all there is to test, one closing line.
//!
//! Each step is run whatever became of the one before: the host's tests by cargo,
//! the target's suite under QEMU, the runner's own tests and checks. A step that
//! cannot be run counts as a failure. With `--target` the steps are those that depend
//! on the target: its suite, and the runner's checks of what it reports there.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::image::Image;
use crate::project::{self, How, Program};
use crate::suite::{self, Tally};
use crate::target::{self, Target, X86_64};
use crate::{selftest, setup};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only the tests whose name contains this
    name: Option<String>,
    /// Only the host's tests
    #[arg(long, conflicts_with_all = ["target_only", "target"])]
    host_only: bool,
    /// Only what runs under QEMU
    #[arg(long)]
    target_only: bool,
    /// Only what runs on this target: x86_64-unknown-none or thumbv7m-none-eabi
    #[arg(long, value_name = "TRIPLE", value_parser = target::by_triple)]
    target: Option<&'static Target>,
    /// Build the tests with optimisations
    #[arg(long)]
    release: bool,
    /// Features of the library beside the usual ones, as cargo takes them
    #[arg(long, value_name = "LIST")]
    features: Option<String>,
}

/// `cargo qemu test`; true if all went well.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let name = arguments.name.as_deref();
    let how = How {
        release: arguments.release,
        features: arguments.features.as_deref(),
    };
    let mut parts = Vec::new();
    let mut total = Tally::default();
    let mut step = |place: &str, tally: Result<Tally>| {
        let tally = tally.unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Tally {
                failed: 1,
                ..Tally::default()
            }
        });
        total += tally;
        parts.push(format!("{place} {tally}"));
    };

    if !arguments.target_only && arguments.target.is_none() {
        println!("== on the host");
        let host = ["--workspace"].into_iter().chain(how.on_the_host());
        step("host", by_cargo(host, name));
    }
    if !arguments.host_only {
        let target = arguments.target.unwrap_or(&X86_64);
        let title = format!("{} under QEMU", target.name);
        println!("\n== {title}");
        step(&title, suite_of(target, name, how));
        println!("\n== the runner itself");
        let tally = match arguments.target {
            None => runner(name),
            Some(target) => selftest::run(target, name),
        };
        step("runner", tally);
    }

    if total.is_empty() {
        match name {
            Some(name) => eprintln!("error: no test has `{name}` in its name"),
            None => eprintln!("error: there is no test"),
        }
    }
    println!("{}", parts.join("; "));
    println!("{total}");
    Ok(total.failed == 0 && !total.is_empty())
}

/// The target's suite.
fn suite_of(target: &Target, name: Option<&str>, how: How) -> Result<Tally> {
    setup::target(target)?;
    setup::qemu(target)?;
    let program = Program::Test(project::SUITE);
    let image = Image::load(project::build(target, program, how)?)?;
    suite::run(
        image,
        &name.map(str::to_owned).into_iter().collect::<Vec<_>>(),
    )
}

/// The runner's unit tests, and its checks of what it reports.
fn runner(name: Option<&str>) -> Result<Tally> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut tally = by_cargo(["--manifest-path", manifest], name)?;
    tally += selftest::run(&X86_64, name)?;
    Ok(tally)
}

/// Tests of the host, of all kinds, by cargo; its output is passed on and counted.
fn by_cargo<'a>(arguments: impl IntoIterator<Item = &'a str>, name: Option<&str>) -> Result<Tally> {
    let mut child = project::cargo()
        .args(["test", "--no-fail-fast"])
        .args(arguments)
        .args(name)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let output = child.stdout.take().context("cargo's output is not piped")?;

    let mut count = Count::default();
    for line in BufReader::new(output).lines() {
        let line = line.context("reading the output of cargo's tests")?;
        println!("{line}");
        count.read(&line);
    }
    let status = child.wait().context("waiting for cargo")?;
    let tally = count.finish();
    if !status.success() && tally.failed == 0 {
        bail!("not all tests could be built and run to their end: see above");
    }
    Ok(tally)
}

/// Adds up what the harnesses report.
#[derive(Default)]
struct Count {
    tally: Tally,
    /// A harness has begun and not yet given its result.
    open: bool,
}

impl Count {
    fn read(&mut self, line: &str) {
        if line.starts_with("running ") {
            self.close();
            self.open = true;
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.open = false;
            let words: Vec<_> = result.split_ascii_whitespace().collect();
            for pair in words.windows(2) {
                let Ok(number) = pair[0].parse::<u64>() else {
                    continue;
                };
                match pair[1] {
                    "passed;" => self.tally.passed += number,
                    "failed;" => self.tally.failed += number,
                    "ignored;" => self.tally.skipped += number,
                    _ => {}
                }
            }
        }
    }

    /// A harness that died (a crash, an abort) gives no result.
    fn close(&mut self) {
        if self.open {
            println!("(the tests above were cut short: their process died; counted as a failure)");
            self.tally.failed += 1;
            self.open = false;
        }
    }

    fn finish(mut self) -> Tally {
        self.close();
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(output: &str) -> Tally {
        let mut count = Count::default();
        output.lines().for_each(|line| count.read(line));
        count.finish()
    }

    #[test]
    fn the_results_of_several_harnesses_are_added() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s\n\
            running 1 test\n\
            test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(
            count(output),
            Tally {
                passed: 2,
                failed: 1,
                skipped: 1
            }
        );
    }

    #[test]
    fn a_harness_that_dies_counts_as_a_failure() {
        let result = "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured";
        let died_first = format!("running 2 tests\nrunning 1 test\n{result}");
        assert_eq!(
            count(&died_first),
            Tally {
                passed: 1,
                failed: 1,
                skipped: 0
            }
        );
        let died_last = format!("running 1 test\n{result}\nrunning 2 tests");
        assert_eq!(
            count(&died_last),
            Tally {
                passed: 1,
                failed: 1,
                skipped: 0
            }
        );
    }
}
