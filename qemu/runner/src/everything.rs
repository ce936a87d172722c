//! `cargo qemu test`: all there is to test, one closing line.
//!
//! Each step is run whatever became of the one before: the host's tests by cargo, the
//! target's under QEMU, and in the repository that the runner comes from the runner's own
//! tests and checks. A step that cannot be run counts as a failure. With `--target` the
//! steps are those that depend on the target: its tests, and the runner's checks of what it
//! reports there.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::image::Image;
use crate::project::{self, How, Kind, Program, Project};
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
    /// Only this test binary, under QEMU; may be given several times. Without it, each
    /// `[[test]]` of Cargo.toml that has `harness = false` and not `test = false`
    #[arg(long, value_name = "BINARY", conflicts_with = "host_only")]
    test: Vec<String>,
    /// Only what runs on this target: x86_64-unknown-none or thumbv7m-none-eabi
    #[arg(long, value_name = "TRIPLE", value_parser = target::by_triple)]
    target: Option<&'static Target>,
    /// Build the tests with optimisations
    #[arg(long)]
    release: bool,
    /// Features of the package beside the usual ones, as cargo takes them
    #[arg(long, value_name = "LIST")]
    features: Option<String>,
}

/// `cargo qemu test`; true if all went well.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let name = arguments.name.as_deref();
    let project = Project::here()?;
    let how = How {
        release: arguments.release,
        features: arguments.features.as_deref(),
    };
    // What is asked for and not there is said before anything is built.
    let binaries = if arguments.host_only {
        Vec::new()
    } else {
        binaries(project, &arguments.test)?
    };
    let only_these = !arguments.test.is_empty();
    let mut steps = Steps::default();

    if !arguments.target_only && !only_these && arguments.target.is_none() {
        println!("== on the host");
        let tally = by_cargo(how.on_the_host(&project.settings), name);
        steps.count("host", tally);
    }
    let target = arguments.target.unwrap_or(&X86_64);
    for binary in binaries {
        let title = format!("{} under QEMU, {}", target.name, binary.name);
        println!("\n== {title}");
        steps.count(&title, suite_of(target, binary, name, how));
    }
    let runner_too = !arguments.host_only && !only_these;
    if let Some(manifest) = project.runner().filter(|_| runner_too) {
        println!("\n== the runner itself");
        let tally = match arguments.target {
            None => runner(&manifest, name),
            Some(target) => selftest::run(target, name),
        };
        steps.count("runner", tally);
    }
    Ok(steps.close(name))
}

/// What the steps so far have come to.
#[derive(Default)]
struct Steps {
    parts: Vec<String>,
    total: Tally,
}

impl Steps {
    fn count(&mut self, place: &str, tally: Result<Tally>) {
        let tally = tally.unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Tally {
                failed: 1,
                ..Tally::default()
            }
        });
        self.total += tally;
        self.parts.push(format!("{place} {tally}"));
    }

    /// The closing lines; true if all went well.
    fn close(self, name: Option<&str>) -> bool {
        let Self { parts, total } = self;
        if total.is_empty() {
            match name {
                Some(name) => eprintln!("error: no test has `{name}` in its name"),
                None => eprintln!("error: there is no test"),
            }
        }
        println!("{}", parts.join("; "));
        println!("{total}");
        total.failed == 0 && !total.is_empty()
    }
}

/// The test binaries of these names, or those that are run where none is named.
fn binaries<'a>(project: &'a Project, names: &[String]) -> Result<Vec<&'a Program>> {
    let all: Vec<_> = project.tests().collect();
    let known: Vec<_> = all.iter().map(|binary| &*binary.name).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&&***name)) {
        bail!("there is no test binary `{name}` for the bare machine {WHAT_IS_ONE}");
    }
    let wanted = |binary: &&Program| {
        if names.is_empty() {
            binary.kind == Kind::Test { by_default: true }
        } else {
            names.contains(&binary.name)
        }
    };
    let wanted: Vec<_> = all.into_iter().filter(wanted).collect();
    if wanted.is_empty() {
        bail!("there is no test binary for the bare machine {WHAT_IS_ONE}");
    }
    Ok(wanted)
}

const WHAT_IS_ONE: &str = "here: a [[test]] in Cargo.toml with `harness = false`, in a package \
    that depends on `embedded-test`";

/// A test binary on the target.
fn suite_of(target: &Target, binary: &Program, name: Option<&str>, how: How) -> Result<Tally> {
    setup::target(target)?;
    setup::qemu(target)?;
    let image = Image::load(project::build(target, binary, how)?)?;
    suite::run(
        image,
        &name.map(str::to_owned).into_iter().collect::<Vec<_>>(),
    )
}

/// The runner's unit tests, and its checks of what it reports.
fn runner(manifest: &Path, name: Option<&str>) -> Result<Tally> {
    let arguments = [OsStr::new("--manifest-path"), manifest.as_os_str()];
    let mut tally = by_cargo(arguments, name)?;
    tally += selftest::run(&X86_64, name)?;
    Ok(tally)
}

/// Tests of the host, of all kinds, by cargo; its output is passed on and counted.
fn by_cargo<A: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    name: Option<&str>,
) -> Result<Tally> {
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
