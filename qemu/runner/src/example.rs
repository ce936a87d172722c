//! An example: built, booted, its output printed as it comes.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};
use board::Ending;

use crate::image::Image;
use crate::machine::{self, Ended, Options};
use crate::project::{self, How, Project};
use crate::{setup, verdict};

#[derive(clap::Args)]
pub struct Arguments {
    /// The example, a file in examples/ without its ending
    name: String,
    #[command(flatten)]
    on: crate::On,
    /// Build with optimisations (the default)
    #[arg(long, conflicts_with = "debug")]
    release: bool,
    /// Build without optimisations
    #[arg(long)]
    debug: bool,
    /// Features of the package beside the usual ones, as cargo takes them
    #[arg(long, value_name = "LIST")]
    features: Option<String>,
    /// The machine's memory in MiB; otherwise what the example asks for, or 64 (the
    /// Arm machine always has 16)
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(8..=3072))]
    memory: Option<u32>,
    /// The example's own arguments; none may hold a space
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// `cargo qemu run`.
pub fn build_and_run(arguments: &Arguments) -> Result<bool> {
    let (name, project) = (&arguments.name, Project::here()?);
    let Some(example) = project.example(name) else {
        let known: Vec<_> = project.examples().map(|known| &*known.name).collect();
        if known.is_empty() {
            bail!("there is no example `{name}`, nor any other");
        }
        bail!(
            "there is no example `{name}`; the examples are: {}",
            known.join(", ")
        );
    };
    let target = arguments.on.target;
    setup::target(target)?;
    setup::qemu(target)?;
    let how = How {
        release: arguments.release || !arguments.debug,
        features: arguments.features.as_deref(),
    };
    let image = Image::load(project::build(target, example, how)?)?;
    run(&image, arguments.memory, &arguments.arguments)
}

/// Boots it, without a time limit; true if it ended with success.
pub fn run(image: &Image, memory: Option<u32>, arguments: &[String]) -> Result<bool> {
    if let Some(argument) = arguments
        .iter()
        .find(|argument| argument.contains(char::is_whitespace))
    {
        bail!("the argument `{argument}` holds a space: the target's command line cannot pass it");
    }
    let options = Options {
        memory,
        ..Options::default()
    };
    let silence = Silence::default();
    let ended = thread::scope(|scope| {
        scope.spawn(|| silence.watch());
        let ended = machine::boot(image, &arguments.join(" "), &options, &|line| {
            println!("{line}");
            silence.news.notify_all();
        });
        silence.end();
        ended
    })?;
    if matches!(ended, Ended::Program(Ending::Success)) {
        return Ok(true);
    }
    eprintln!("error: {}", verdict::describe(&ended));
    Ok(false)
}

/// Nothing printed for long: an example that computes, or one that hangs.
#[derive(Default)]
struct Silence {
    has_ended: Mutex<bool>,
    /// A line was printed, or the example has ended.
    news: Condvar,
}

impl Silence {
    const LONG: Duration = Duration::from_secs(60);

    /// Says each time that there was no news for long, until the end.
    fn watch(&self) {
        let mut has_ended = self
            .has_ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while !*has_ended {
            let waited = self.news.wait_timeout(has_ended, Self::LONG);
            let (guard, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            has_ended = guard;
            if timeout.timed_out() && !*has_ended {
                let seconds = Self::LONG.as_secs();
                eprintln!(
                    "(nothing printed for {seconds} s; still running. There is no time limit: \
                     Ctrl-C ends it, `cargo qemu debug` shows where it is)"
                );
            }
        }
    }

    fn end(&self) {
        *self
            .has_ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.news.notify_all();
    }
}
