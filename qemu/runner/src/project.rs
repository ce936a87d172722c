//! What cargo knows about the project, and what it builds.

use std::env;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Once;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Message, MetadataCommand, TargetKind};

use crate::target::Target;

/// The test binaries for the targets.
pub const SUITE: &str = "target";
pub const FAILING: &str = "failing";

/// The package of images that are looked at for their size.
const CODE_SIZE: &str = "qemu/code-size/Cargo.toml";

/// Something that cargo can build for the target.
#[derive(Clone, Copy)]
pub enum Program<'a> {
    Example(&'a str),
    Test(&'a str),
}

/// How it is to be built.
#[derive(Clone, Copy, Default)]
pub struct How<'a> {
    /// With optimisations.
    pub release: bool,
    /// With these features of the library beside the usual ones, as cargo takes them.
    pub features: Option<&'a str>,
}

impl<'a> How<'a> {
    /// The arguments that tell cargo, for the target.
    pub fn arguments(self) -> impl Iterator<Item = &'a str> {
        self.features_too()
            .chain(self.release.then_some("--release"))
    }

    /// The same for tests on the host, which have a profile of their own.
    pub fn on_the_host(self) -> impl Iterator<Item = &'a str> {
        let profile = if self.release { "release" } else { "host" };
        self.features_too().chain(["--profile", profile])
    }

    fn features_too(self) -> impl Iterator<Item = &'a str> {
        let features = self.features.into_iter();
        features.flat_map(|features| ["--features", features])
    }
}

/// The project's directory.
pub fn root() -> &'static Path {
    // Two levels above this package.
    let runner = Path::new(env!("CARGO_MANIFEST_DIR"));
    runner.ancestors().nth(2).unwrap_or(runner)
}

/// A call of cargo in the project's directory.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).env_remove("CARGO_BUILD_TARGET");
    command
}

/// A call of cargo for the target, without the variables that would silently
/// replace the link arguments of `.cargo/config.toml`.
fn cargo_for(target: &Target) -> Command {
    static NOTE: Once = Once::new();
    let mut command = cargo();
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        if env::var_os(variable).is_some() {
            command.env_remove(variable);
            NOTE.call_once(|| {
                eprintln!(
                    "note: {variable} is set, which would replace the link arguments of \
                     .cargo/config.toml; the build for {} goes without it",
                    target.triple
                );
            });
        }
    }
    command
}

/// Names of the examples.
pub fn examples() -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .context("cargo could not describe the project")?;
    let package = metadata
        .root_package()
        .context("the project has no root package")?;
    let examples = package
        .targets
        .iter()
        .filter(|target| target.is_kind(TargetKind::Example));
    let mut names: Vec<_> = examples.map(|target| target.name.clone()).collect();
    names.sort();
    Ok(names)
}

/// Builds the program for the target, with cargo's own progress on the terminal,
/// and gives the path of the executable.
pub fn build(target: &Target, program: Program, how: How) -> Result<PathBuf> {
    let mut command = cargo_for(target);
    let wanted = match program {
        Program::Example(name) => {
            command.args(["build", "--example", name]);
            name
        }
        Program::Test(name) => {
            command.args(["test", "--no-run", "--test", name]);
            name
        }
    };
    command.args([
        "--target",
        target.triple,
        "--message-format=json-render-diagnostics",
    ]);
    command.args(how.arguments());
    executable(command, wanted, target)
}

/// Builds the package of images that are looked at for their size, with these features, and
/// gives the path of the executable.
pub fn build_for_size(target: &Target, profile: &str, features: &str) -> Result<PathBuf> {
    let mut command = cargo();
    command
        .args(["build", "--quiet", "--manifest-path", CODE_SIZE])
        .args(["--target", target.triple, "--profile", profile])
        .args(["--features", features])
        .arg("--message-format=json-render-diagnostics")
        // In place of the link arguments of .cargo/config.toml, which are for what boots.
        // Without relocations, as what boots is.
        .env("CARGO_ENCODED_RUSTFLAGS", "-Clink-arg=--no-pie");
    executable(command, "code-size", target)
}

/// What a call of cargo that builds `wanted` has made.
fn executable(mut command: Command, wanted: &str, target: &Target) -> Result<PathBuf> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let messages = child.stdout.take().context("cargo's output is not piped")?;
    let mut executable = None;
    for message in Message::parse_stream(BufReader::new(messages)) {
        if let Message::CompilerArtifact(artifact) = message.context("reading cargo's messages")?
            && artifact.target.name == wanted
            && artifact.executable.is_some()
        {
            executable = artifact.executable;
        }
    }
    if !child.wait().context("waiting for cargo")?.success() {
        bail!(
            "`{wanted}` could not be built for {}: see above",
            target.triple
        );
    }
    let path = executable.with_context(|| format!("cargo built no executable `{wanted}`"))?;
    Ok(path.into_std_path_buf())
}
