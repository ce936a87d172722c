//! What stands in hashbrown's place, a package for each of its versions: that each takes all
//! features that hashbrown has, and that all are found by path and by git.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The version of hashbrown, and the name of the shim's folder.
pub const VERSIONS: [(&str, &str); 5] = [
    ("0.13.2", "0.13"),
    ("0.14.5", "0.14"),
    ("0.15.5", "0.15"),
    ("0.16.1", "0.16"),
    ("0.17.2", "0.17"),
];

/// The folder of a shim.
fn folder(here: &Path, name: &str) -> PathBuf {
    here.join("shims").join(name)
}

/// What makes a package, and all that it depends on, use a shim for one version of hashbrown.
pub fn one_by_path(here: &Path, name: &str) -> String {
    let path = folder(here, name);
    patch(&format!(
        "hashbrown = {{ path = \"{}\" }}\n",
        path.display()
    ))
}

/// The same for all versions at once, each under a name of its own.
pub fn all_by_path(here: &Path) -> String {
    all(|name| format!("path = \"{}\"", folder(here, name).display()))
}

/// The same from a git repository, where the version says which of the packages is meant.
pub fn all_by_git(repository: &Path) -> String {
    let url = format!("file://{}", repository.display());
    all(|name| format!("git = \"{url}\", version = \"{name}\""))
}

fn all(place: impl Fn(&str) -> String) -> String {
    let line = |name: &str| {
        let own = name.replace('.', "-");
        let place = place(name);
        format!("hashbrown-{own} = {{ package = \"hashbrown\", {place} }}\n")
    };
    patch(&VERSIONS.map(|(_, name)| line(name)).concat())
}

fn patch(lines: &str) -> String {
    format!("\n[patch.crates-io]\n{lines}")
}

/// Makes a git repository of the checkout as it is, with what is not committed.
pub fn repository(root: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .arg("--git-dir")
            .arg(to)
            .arg("--work-tree")
            .arg(root);
        command.args([
            "-c",
            "user.name=drop-in",
            "-c",
            "user.email=drop-in@localhost",
        ]);
        succeeded("git", command.args(arguments).current_dir(root).output())
    };
    git(&["init", "--quiet"])?;
    git(&["add", "--all"])?;
    git(&["commit", "--quiet", "--no-verify", "--message", "as it is"])?;
    Ok(())
}

/// Whether each shim has exactly the features of its hashbrown, and builds with all of them.
/// (Not with `nightly`, which takes a nightly toolchain.)
pub fn take_all_features(here: &Path, sources: &Path, target: &Path) -> Result<(), String> {
    for (version, name) in VERSIONS {
        let theirs = manifest(&sources.join(format!("hashbrown-{version}")))?;
        let ours = manifest(&folder(here, name))?;
        let (theirs, ours) = (features(&theirs), features(&ours));
        if theirs.is_empty() || theirs != ours {
            let differ: Vec<_> = theirs.symmetric_difference(&ours).collect();
            return Err(format!(
                "the shim for {version} and hashbrown differ in the features {differ:?}"
            ));
        }
        let stable = ours.iter().filter(|feature| *feature != "nightly");
        let stable: Vec<_> = stable.map(String::as_str).collect();
        let mut command = Command::new("cargo");
        command.args(["check", "--quiet", "--no-default-features", "--features"]);
        command
            .arg(stable.join(","))
            .env("CARGO_TARGET_DIR", target);
        let built = command.current_dir(folder(here, name)).output();
        succeeded("cargo check", built).map_err(|error| format!("shim {name}: {error}"))?;
        println!("shim {name}: the {} features of {version}", ours.len());
    }
    Ok(())
}

fn manifest(package: &Path) -> Result<String, String> {
    let path = package.join("Cargo.toml");
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The names that a manifest gives to features: those in `[features]`, and each optional
/// dependency that is not named with `dep:` there. It reads what cargo has written: a table for
/// each dependency. `default` is in every manifest.
fn features(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut table = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']);
        } else if table == "features" {
            // Lists go on over lines that are indented.
            let name = line.split_once(" = ").map(|(name, _)| name);
            found.extend(name.filter(|name| !name.starts_with([' ', '#'])));
        } else if let Some(name) = table.strip_prefix("dependencies.")
            && line == "optional = true"
            && !manifest.contains(&format!("\"dep:{name}\""))
        {
            found.insert(name);
        }
    }
    found.into_iter().map(str::to_owned).collect()
}

/// An error with what was said, if a program did not do it.
fn succeeded(program: &str, output: std::io::Result<Output>) -> Result<(), String> {
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("{program}: {}: {said}", output.status))
        }
        Err(error) => Err(format!("{program}: {error}")),
    }
}
