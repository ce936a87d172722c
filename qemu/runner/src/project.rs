//! What cargo knows about the project that the user stands in, and what it builds there.
//!
//! The project is that of the current directory, as it is for cargo itself; the runner may
//! have been built anywhere. What is particular about a project stands in its Cargo.toml:
//! `[[test]]` with `harness = false`, and `[workspace.metadata.qemu]` ([`Settings`]).

use std::collections::HashSet;
use std::env;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Once, OnceLock};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Message, Metadata, MetadataCommand, Package, TargetKind};
use serde::Deserialize;

use crate::target::Target;

/// The test binary with tests that fail on purpose.
pub const FAILING: &str = "failing";

/// The package of images that are looked at for their size.
const CODE_SIZE: &str = "qemu/code-size/Cargo.toml";
/// The runner's own package, in the repository that it comes from.
const RUNNER: &str = "qemu/runner/Cargo.toml";

/// The project that the user stands in.
pub struct Project {
    /// The workspace's directory.
    root: PathBuf,
    /// All that can be built for the targets, of the package that the user stands in; in a
    /// workspace's directory without a package, of all members.
    pub programs: Vec<Program>,
    pub settings: Settings,
}

/// Something that cargo can build for the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    package: String,
    pub name: String,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Example,
    /// A test binary without the usual harness.
    Test {
        /// Run unless another is asked for: it has no `test = false`.
        by_default: bool,
    },
}

/// How cargo is to be called for the tests on the host: `[workspace.metadata.qemu]`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// With this profile.
    pub host_profile: Option<String>,
    /// Those of all members, wherever the user stands.
    pub host_workspace: bool,
}

/// How it is to be built.
#[derive(Clone, Copy, Default)]
pub struct How<'a> {
    /// With optimisations.
    pub release: bool,
    /// With these features beside the usual ones, as cargo takes them.
    pub features: Option<&'a str>,
}

impl<'a> How<'a> {
    /// The arguments that tell cargo, for the target.
    pub fn arguments(self) -> impl Iterator<Item = &'a str> {
        self.features_too()
            .chain(self.release.then_some("--release"))
    }

    /// The same for tests on the host, which may have a profile of their own.
    pub fn on_the_host(self, settings: &'a Settings) -> impl Iterator<Item = &'a str> {
        let profile = match &settings.host_profile {
            _ if self.release => Some("release"),
            profile => profile.as_deref(),
        };
        let profile = profile.into_iter().flat_map(|name| ["--profile", name]);
        let all = settings.host_workspace.then_some("--workspace");
        self.features_too().chain(profile).chain(all)
    }

    fn features_too(self) -> impl Iterator<Item = &'a str> {
        let features = self.features.into_iter();
        features.flat_map(|features| ["--features", features])
    }
}

impl Project {
    /// The project of the current directory.
    pub fn here() -> Result<&'static Self> {
        static HERE: OnceLock<Project> = OnceLock::new();
        if let Some(project) = HERE.get() {
            return Ok(project);
        }
        let found = Self::find()?;
        Ok(HERE.get_or_init(|| found))
    }

    fn find() -> Result<Self> {
        let metadata = MetadataCommand::new()
            .no_deps()
            .exec()
            .context("cargo could not describe the project of this directory")?;
        let here = env::current_dir().context("there is no current directory")?;
        let mut programs = Vec::new();
        for package in packages_at(&metadata, &here) {
            programs.extend(programs_of(package)?);
        }
        programs.sort_by(|a, b| a.name.cmp(&b.name));
        let settings = metadata.workspace_metadata.get("qemu").cloned();
        let settings = settings.map_or(Ok(Settings::default()), serde_json::from_value);
        Ok(Self {
            settings: settings.context("[workspace.metadata.qemu] in Cargo.toml")?,
            root: metadata.workspace_root.into_std_path_buf(),
            programs,
        })
    }

    /// The example of this name.
    pub fn example(&self, name: &str) -> Option<&Program> {
        let mut examples = self.examples();
        examples.find(|program| program.name == name)
    }

    pub fn examples(&self) -> impl Iterator<Item = &Program> {
        let programs = self.programs.iter();
        programs.filter(|program| program.kind == Kind::Example)
    }

    pub fn tests(&self) -> impl Iterator<Item = &Program> {
        let programs = self.programs.iter();
        programs.filter(|program| matches!(program.kind, Kind::Test { .. }))
    }

    /// The runner's manifest, if the project is the repository that the runner comes from.
    pub fn runner(&self) -> Option<PathBuf> {
        let manifest = self.root.join(RUNNER);
        manifest.is_file().then_some(manifest)
    }
}

/// The project's directory; where there is none, the current one.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| match Project::here() {
        Ok(project) => project.root.clone(),
        Err(_) => env::current_dir().unwrap_or_default(),
    })
}

/// The package that the directory is in, or all if it is in none.
fn packages_at<'a>(metadata: &'a Metadata, directory: &Path) -> Vec<&'a Package> {
    let members = metadata.workspace_packages();
    let home = |package: &Package| package.manifest_path.parent().map(|home| home.to_owned());
    let around = members.iter().copied().filter(|package| {
        // Both without links on the way, or neither would be found within the other.
        let home = home(package).and_then(|home| home.canonicalize().ok());
        let directory = directory.canonicalize();
        home.zip(directory.ok())
            .is_some_and(|(home, directory)| directory.starts_with(home))
    });
    let nearest = around.max_by_key(|package| package.manifest_path.as_str().len());
    nearest.map_or(members, |package| vec![package])
}

/// Examples, and tests without the usual harness where there is `embedded-test`.
fn programs_of(package: &Package) -> Result<Vec<Program>> {
    let mut dependencies = package.dependencies.iter();
    let without_harness = if dependencies.any(|needed| needed.name == "embedded-test") {
        let manifest = std::fs::read_to_string(&package.manifest_path)
            .with_context(|| format!("cannot read {}", package.manifest_path))?;
        tests_without_harness(&manifest).with_context(|| package.manifest_path.to_string())?
    } else {
        HashSet::new()
    };
    let programs = package.targets.iter().filter_map(|target| {
        let kind = if target.is_kind(TargetKind::Example) {
            Kind::Example
        } else if target.is_kind(TargetKind::Test) && without_harness.contains(&target.name) {
            let by_default = target.test;
            Kind::Test { by_default }
        } else {
            return None;
        };
        Some(Program {
            package: package.name.to_string(),
            name: target.name.clone(),
            kind,
        })
    });
    Ok(programs.collect())
}

/// Names of the tests that a manifest has with `harness = false`, of which cargo's own
/// description of a package says nothing.
fn tests_without_harness(manifest: &str) -> Result<HashSet<String>> {
    #[derive(Deserialize)]
    struct Manifest {
        #[serde(default)]
        test: Vec<Test>,
    }
    #[derive(Deserialize)]
    struct Test {
        name: String,
        harness: Option<bool>,
    }
    let manifest: Manifest = toml::from_str(manifest)?;
    let without = manifest
        .test
        .into_iter()
        .filter(|test| test.harness == Some(false));
    Ok(without.map(|test| test.name).collect())
}

/// A call of cargo where the user stands.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env_remove("CARGO_BUILD_TARGET");
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

/// Builds the program for the target, with cargo's own progress on the terminal,
/// and gives the path of the executable.
pub fn build(target: &Target, program: &Program, how: How) -> Result<PathBuf> {
    let mut command = cargo_for(target);
    match program.kind {
        Kind::Example => command.args(["build", "--example", &program.name]),
        Kind::Test { .. } => command.args(["test", "--no-run", "--test", &program.name]),
    };
    command.args([
        "--package",
        &program.package,
        "--target",
        target.triple,
        "--message-format=json-render-diagnostics",
    ]);
    command.args(how.arguments());
    executable(command, &program.name, target)
}

/// Builds the package of images that are looked at for their size, with these features, and
/// gives the path of the executable.
pub fn build_for_size(target: &Target, profile: &str, features: &str) -> Result<PathBuf> {
    let mut command = cargo();
    command
        .current_dir(root())
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
    let mut can_be_linked = true;
    for message in Message::parse_stream(BufReader::new(messages)) {
        match message.context("reading cargo's messages")? {
            Message::CompilerArtifact(artifact)
                if artifact.target.name == wanted && artifact.executable.is_some() =>
            {
                executable = artifact.executable;
            }
            // The board's build script knows.
            Message::BuildScriptExecuted(script) => {
                let missing = |(name, _): &(String, String)| name == "BOARD_LINK_ARGUMENTS";
                can_be_linked &= !script.env.iter().any(missing);
            }
            _ => {}
        }
    }
    let built = child.wait().context("waiting for cargo")?.success();
    let triple = target.triple;
    // Where that could be linked all the same, nothing in it would be found.
    if !can_be_linked {
        bail!(
            "`{wanted}` was built for {triple} without the link arguments that it needs. They \
             stand in the template's .cargo/config.toml, to be copied to the directory of your \
             workspace"
        );
    }
    if !built {
        bail!("`{wanted}` could not be built for {triple}: see above");
    }
    let path = executable.with_context(|| format!("cargo built no executable `{wanted}`"))?;
    Ok(path.into_std_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_without_the_usual_harness_are_for_the_machine() {
        let manifest = "
            [package]
            name = 'a'
            [[test]]
            name = 'bare'
            harness = false
            [[test]]
            name = 'host'
            [[test]]
            name = 'usual'
            harness = true";
        let names = tests_without_harness(manifest).unwrap();
        assert_eq!(names, HashSet::from(["bare".to_owned()]));
        assert!(tests_without_harness("[package]").unwrap().is_empty());
        assert!(tests_without_harness("[[test]").is_err());
    }

    #[test]
    fn an_optimised_build_has_no_profile_of_the_host() {
        let settings = Settings {
            host_profile: Some("quick".into()),
            host_workspace: true,
        };
        let arguments = |release| {
            let features = Some("a,b");
            let how = How { release, features };
            how.on_the_host(&settings).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            arguments(false),
            "--features a,b --profile quick --workspace"
        );
        assert_eq!(
            arguments(true),
            "--features a,b --profile release --workspace"
        );
        let nothing_said = Settings::default();
        assert_eq!(How::default().on_the_host(&nothing_said).count(), 0);
    }

    #[test]
    fn this_repository_is_the_one_that_the_runner_comes_from() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let of = |root: PathBuf| Project {
            root,
            programs: Vec::new(),
            settings: Settings::default(),
        };
        assert!(of(directory.clone()).runner().is_some());
        assert!(of(directory.join("qemu")).runner().is_none());
    }
}
