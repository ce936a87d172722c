//! A test binary: each of its tests in a machine of its own, reported in the
//! manner of the usual test harness.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::iter;
use std::ops::AddAssign;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use embedded_test_runner_core::TestMeta;
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};

use crate::image::Image;
use crate::machine::{self, Options};
use crate::verdict;

/// For a test that has no `#[timeout(..)]`.
const LIMIT: Duration = Duration::from_secs(60);
/// The variable of the environment that makes all limits so many times as long.
const PATIENCE: &str = "PATIENCE";

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl From<Conclusion> for Tally {
    fn from(conclusion: Conclusion) -> Self {
        Self {
            passed: conclusion.num_passed,
            failed: conclusion.num_failed,
            skipped: conclusion.num_ignored,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Runs the tests that the harness' arguments select.
pub fn run(image: Image, arguments: &[String]) -> Result<Tally> {
    let program: OsString = "cargo qemu test".into();
    let arguments =
        Arguments::from_iter(iter::once(program).chain(arguments.iter().map(OsString::from)));
    let tests = image
        .tests()?
        .context("there is no test of `embedded-test` in it")?;
    let image = Arc::new(image);
    let trials = tests
        .into_iter()
        .map(|test| trial(&image, test, arguments.nocapture))
        .collect();
    Ok(libtest_mimic::run(&arguments, trials).into())
}

fn trial(image: &Arc<Image>, test: TestMeta, show: bool) -> Trial {
    let image = Arc::clone(image);
    let (name, ignored) = (test.name.clone(), test.ignored);
    Trial::test(name, move || {
        let still_running = |waited: Duration| {
            eprintln!(
                "(still running after {} s: {})",
                waited.as_secs(),
                test.name
            );
        };
        let options = Options {
            still_running: Some(&still_running),
            ..Options::default()
        };
        boot(&image, &test, patience()?, &options, show).map_err(Failed::from)
    })
    .with_ignored_flag(ignored)
}

/// How many times as long as elsewhere a test may take on this machine.
fn patience() -> Result<u32, String> {
    let Ok(times) = env::var(PATIENCE) else {
        return Ok(1);
    };
    match times.parse() {
        Ok(times) if times > 0 => Ok(times),
        _ => Err(format!(
            "{PATIENCE} is a whole number from 1 on, and not `{times}`"
        )),
    }
}

/// Boots one test, which may take `patience` times its limit; an error is why it failed and what
/// it logged.
pub fn boot(
    image: &Image,
    test: &TestMeta,
    patience: u32,
    options: &Options,
    show: bool,
) -> Result<(), String> {
    let limit = test
        .timeout
        .map_or(LIMIT, |seconds| Duration::from_secs(seconds.into()));
    let limit = limit * patience;
    let options = Options {
        limit: Some(limit),
        ..*options
    };
    let log = Mutex::new(Vec::new());
    let keep = |line: &str| {
        if show {
            println!("{line}");
        }
        if let Ok(mut log) = log.lock() {
            log.push(line.to_owned());
        }
    };
    let ended = machine::boot(image, &command_line(test), &options, &keep)
        .map_err(|error| format!("nothing ran: {error:#}"))?;
    verdict::of_test(&ended, test.should_panic).map_err(|reason| {
        let log = log.into_inner().unwrap_or_default();
        iter::once(reason).chain(log).collect::<Vec<_>>().join("\n")
    })
}

/// What tells embedded-test on the target which test to run.
pub fn command_line(test: &TestMeta) -> String {
    format!(
        "{} {}",
        test.invocation.command(),
        test.invocation.operand()
    )
}
