//! `cargo qemu selftest`: does the runner report each way to fail as what it is?
//!
//! The tests in `tests/failing.rs` fail on purpose, one in each way. Here stands
//! what has to be said about each; a check passes if the verdict is right and the
//! report holds these words. Two more failures are made from outside: a QEMU that
//! refuses to start, and one that is killed.
//!
//! In the repository that the runner comes from all of these tests have to be there. The
//! template for other crates has some of them, and there those are looked at that it has:
//! they show that what was copied from it is in place.
//!
//! The machines have words of their own for the same thing: `page fault|memory
//! management fault` means that one of the two has to be said.

use std::ffi::OsString;
use std::iter;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use embedded_test_runner_core::TestMeta;
use libtest_mimic::{Arguments, Failed, Trial};

use crate::image::Image;
use crate::machine::Options;
use crate::project::{self, How, Project};
use crate::setup;
use crate::suite::{self, Tally};
use crate::target::Target;

/// What is done to the QEMU of a check.
#[derive(Clone, Copy)]
enum Outside {
    Nothing,
    BadMachine,
    Kill,
}

/// A test of `tests/failing.rs`, and what the runner has to say about it.
struct Check {
    name: &'static str,
    test: &'static str,
    outside: Outside,
    /// The words of the report; `None` if the test has to pass.
    says: Option<&'static [&'static str]>,
}

/// A check without interference.
const fn check(
    name: &'static str,
    test: &'static str,
    says: Option<&'static [&'static str]>,
) -> Check {
    Check {
        name,
        test,
        outside: Outside::Nothing,
        says,
    }
}

static CHECKS: [Check; 16] = [
    check("a_test_that_passes_passes", "passes", None),
    check("an_expected_panic_passes", "panics_as_expected", None),
    check(
        "a_failed_assertion_is_shown_with_its_message_and_place",
        "fails_an_assertion",
        Some(&["panicked", "tests/failing.rs:", "one and one: 2"]),
    ),
    check(
        "a_missing_panic_is_reported",
        "does_not_panic_as_expected",
        Some(&["expected to panic"]),
    ),
    check(
        "a_returned_error_is_shown",
        "returns_an_error",
        Some(&["returned an error", "no such luck"]),
    ),
    check(
        "a_fault_is_no_expected_panic",
        "faults_instead_of_panicking",
        Some(&["exception", "null pointer"]),
    ),
    check(
        "a_null_read_is_a_fault",
        "reads_through_a_null_pointer",
        Some(&[
            "exception",
            "page fault|memory management fault",
            "at rip 0x|at pc 0x",
            "in failing::failing::read",
            "read at address 0x8: a null pointer|access at address 0x8: a null pointer",
        ]),
    ),
    check(
        "a_stack_overflow_is_named",
        "overflows_its_stack",
        Some(&[
            "exception",
            "page fault|memory management fault",
            "stack overflow",
        ]),
    ),
    check(
        "an_invalid_instruction_is_named",
        "executes_an_invalid_instruction",
        Some(&[
            "exception",
            "invalid opcode|undefined instruction",
            "at rip 0x|at pc 0x",
        ]),
    ),
    check(
        "a_fault_that_cannot_be_reported_is_named",
        "faults_beyond_reporting",
        Some(&["triple fault|lockup"]),
    ),
    check(
        "running_out_of_memory_is_a_panic",
        "runs_out_of_memory",
        Some(&["panicked", "memory allocation of", "failed"]),
    ),
    check(
        "a_hanging_test_is_stopped",
        "hangs",
        Some(&["still running after 2 s", "before it hung"]),
    ),
    check(
        "a_fault_in_the_middle_of_a_log_line_is_reported",
        "faults_while_logging",
        Some(&[
            "exception",
            "page fault|memory management fault",
            "null pointer",
        ]),
    ),
    check(
        "a_panic_in_the_middle_of_a_log_line_is_reported",
        "panics_while_logging",
        Some(&["panicked", "in the middle of a line"]),
    ),
    Check {
        name: "a_qemu_that_refuses_to_start_is_reported",
        test: "passes",
        outside: Outside::BadMachine,
        says: Some(&[
            "nothing ran",
            "could not start the machine",
            "no-such-device",
        ]),
    },
    Check {
        name: "a_killed_qemu_is_reported",
        test: "hangs",
        outside: Outside::Kill,
        says: Some(&["nothing is known", "killed by signal 9"]),
    },
];

/// `cargo qemu selftest`, with a closing line of its own.
pub fn run_alone(target: &Target, filter: Option<&str>) -> Result<bool> {
    let tally = run(target, filter)?;
    if tally.is_empty() {
        eprintln!(
            "error: no check has `{}` in its name",
            filter.unwrap_or_default()
        );
    }
    println!("{tally}");
    Ok(tally.failed == 0 && !tally.is_empty())
}

/// Runs the checks whose name contains the filter.
pub fn run(target: &Target, filter: Option<&str>) -> Result<Tally> {
    let chosen: Vec<_> = CHECKS
        .iter()
        .map(|check| (format!("runner::{}", check.name), check))
        .filter(|(name, _)| filter.is_none_or(|filter| name.contains(filter)))
        .collect();
    if chosen.is_empty() {
        println!("none of the runner's own checks has this name");
        return Ok(Tally::default());
    }

    let project = Project::here()?;
    let binary = project
        .tests()
        .find(|binary| binary.name == project::FAILING)
        .context(
            "there is no test binary `failing` here; the template for other crates has one, \
             and all other tests are run by `cargo qemu test`",
        )?;
    setup::target(target)?;
    setup::qemu(target)?;
    let image = Image::load(project::build(target, binary, How::default())?)?;
    let trials = trials(image, chosen, project.runner().is_some())?;
    let no_arguments = Arguments::from_iter(iter::once(OsString::from("cargo qemu selftest")));
    Ok(libtest_mimic::run(&no_arguments, trials).into())
}

/// A trial for each check; if not `all` of their tests have to be there, for those that are.
fn trials(image: Image, checks: Vec<(String, &'static Check)>, all: bool) -> Result<Vec<Trial>> {
    let tests = image.tests()?.context("it holds no tests")?;
    let full = |check: &Check| format!("{}::{}", project::FAILING, check.test);
    if let Some(test) = tests
        .iter()
        .find(|test| CHECKS.iter().all(|check| full(check) != test.name))
    {
        bail!(
            "`cargo qemu selftest` knows all tests of the binary `failing` by name, and not {}",
            test.name
        );
    }
    let image = Arc::new(image);
    let mut trials = Vec::new();
    for (name, check) in checks {
        let Some(test) = tests.iter().find(|test| test.name == full(check)).cloned() else {
            if all {
                bail!("there is no test {}", full(check));
            }
            continue;
        };
        let image = Arc::clone(&image);
        trials.push(Trial::test(name, move || {
            perform(&image, &test, check).map_err(Failed::from)
        }));
    }
    Ok(trials)
}

/// Runs the test as the suite does, and compares the report.
fn perform(image: &Image, test: &TestMeta, check: &Check) -> Result<(), String> {
    let kill = |process: u32| {
        // If this fails, the report will not say what it has to.
        let _ = Command::new("kill")
            .args(["-KILL", &process.to_string()])
            .status();
    };
    let options = match check.outside {
        Outside::Nothing => Options::default(),
        Outside::BadMachine => Options {
            extra: &["-device", "no-such-device"],
            ..Options::default()
        },
        Outside::Kill => Options {
            started: Some(&kill),
            ..Options::default()
        },
    };
    match (suite::boot(image, test, 1, &options, false), check.says) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(_)) => Err("reported as passed".into()),
        (Err(report), None) => Err(format!("reported as failed: {report}")),
        (Err(report), Some(says)) => match says.iter().find(|words| !said(&report, words)) {
            None => Ok(()),
            Some(words) => Err(format!("the report does not say `{words}`: {report}")),
        },
    }
}

/// Whether one of the wordings stands in the report.
fn said(report: &str, words: &str) -> bool {
    words.split('|').any(|wording| report.contains(wording))
}
