//! `cargo qemu debug`: one test or example, held before its first instruction
//! until gdb lets it go. There is no time limit.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use board::Ending;
use embedded_test_runner_core::{Invocation, TestMeta};

use crate::image::Image;
use crate::machine::{self, Ended, Options};
use crate::project::{self, How, Project};
use crate::{setup, suite, verdict};

#[derive(clap::Args)]
pub struct Arguments {
    /// An example, or a test: its name, or a part that only one test has
    name: String,
    #[command(flatten)]
    on: crate::On,
    /// Build with optimisations
    #[arg(long)]
    release: bool,
    /// Features of the package beside the usual ones, as cargo takes them
    #[arg(long, value_name = "LIST")]
    features: Option<String>,
    /// The machine's memory in MiB
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(8..=3072))]
    memory: Option<u32>,
}

/// What is held, and where gdb shall stop first.
struct Held {
    image: Image,
    command_line: String,
    start: u64,
}

/// `cargo qemu debug`; true if the program ended with success.
pub fn run(arguments: &Arguments) -> Result<bool> {
    setup::target(arguments.on.target)?;
    setup::qemu(arguments.on.target)?;
    let held = find(arguments)?;
    let port = machine::free_port()?;
    let announce = |_| {
        eprintln!("QEMU holds the program at reset; there is no time limit. Attach with");
        eprintln!(
            "  {} -ex 'target remote 127.0.0.1:{port}' -ex 'hbreak *{:#x}' -ex continue {}",
            held.image.target.gdb,
            held.image.target.breakpoint(held.start),
            shown(&held.image.path).display()
        );
    };
    let options = Options {
        memory: arguments.memory,
        debugger: Some(port),
        started: Some(&announce),
        ..Options::default()
    };
    let ended = machine::boot(&held.image, &held.command_line, &options, &|line| {
        println!("{line}")
    })?;
    eprintln!("{}", verdict::describe(&ended));
    Ok(matches!(ended, Ended::Program(Ending::Success)))
}

/// The path as it is shortest to type from here.
fn shown(path: &std::path::Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_owned()
}

/// An example of this name, or the one test that it means.
fn find(arguments: &Arguments) -> Result<Held> {
    let (name, target) = (&arguments.name, arguments.on.target);
    let project = Project::here()?;
    let how = How {
        release: arguments.release,
        features: arguments.features.as_deref(),
    };
    if let Some(example) = project.example(name) {
        let path = project::build(target, example, how)?;
        let image = Image::load(path)?;
        let start = image
            .address_of("main")
            .context("the example has no `main`")?;
        return Ok(Held {
            image,
            command_line: String::new(),
            start,
        });
    }

    let mut similar = Vec::new();
    for binary in project.tests() {
        let image = Image::load(project::build(target, binary, how)?)?;
        let tests = image.tests()?.unwrap_or_default();
        let matching: Vec<_> = tests
            .iter()
            .filter(|test| test.name.contains(name))
            .collect();
        let exact = matching.iter().find(|test| test.name == *name);
        if let Some(test) = exact.or(if matching.len() == 1 {
            matching.first()
        } else {
            None
        }) {
            return hold_test(image, test);
        }
        similar.extend(matching.into_iter().map(|test| test.name.clone()));
    }
    if similar.is_empty() {
        bail!("neither an example nor a test has `{name}` in its name");
    }
    bail!(
        "several tests have `{name}` in their name; take one of\n  {}",
        similar.join("\n  ")
    )
}

fn hold_test(image: Image, test: &TestMeta) -> Result<Held> {
    let Invocation::RunAddr(start) = test.invocation else {
        bail!("the test {} has no address", test.name);
    };
    eprintln!("holding the test {}", test.name);
    Ok(Held {
        image,
        command_line: suite::command_line(test),
        start,
    })
}
