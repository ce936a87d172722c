//! Is hmap a drop-in for hashbrown? This asks hashbrown's own tests and examples, and
//! crates that are built on it.
//!
//! * `hashbrown`: the unit tests of its map, set and table, its integration tests, and the
//!   examples in their documentation, with the crate's name replaced. What is left out is
//!   listed with its reason in src/hashbrown.rs.
//! * `shims`: that shims/* have the features of the versions of hashbrown that they stand for.
//! * `kernels`: the tests of as_kernels_do, with hashbrown itself, then with the shims, which
//!   are found by path and by git.
//! * every other name: the tests of that crate, unchanged, with `[patch.crates-io]`
//!   that puts a shim in hashbrown's place.
//!
//! The sources are not in this repository: `cargo vendor` brings what sources/Cargo.toml
//! names. All is built below this crate's target directory, or `CARGO_TARGET_DIR`.

mod hashbrown;
mod shims;
mod text;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

/// A crate whose tests are run on a shim.
struct Client {
    name: &'static str,
    version: &'static str,
    /// The shim for the version of hashbrown that it depends on.
    shim: &'static str,
    /// Fewer tests than this, and something was not run.
    at_least: usize,
}

const fn client(
    name: &'static str,
    version: &'static str,
    shim: &'static str,
    at_least: usize,
) -> Client {
    Client {
        name,
        version,
        shim,
        at_least,
    }
}

const CLIENTS: [Client; 7] = [
    client("lru", "0.9.0", "0.13", 64),
    client("lru", "0.12.3", "0.14", 73),
    client("lru", "0.13.0", "0.15", 85),
    client("lru", "0.16.4", "0.16", 95),
    client("lru", "0.19.0", "0.17", 108),
    client("hecs", "0.11.2", "0.17", 127),
    client("petgraph", "0.8.3", "0.15", 422),
];

/// Fewer of hashbrown's own tests and examples than this, and something was not run.
const AT_LEAST: usize = 331;

/// The tests of as_kernels_do, of all versions together.
const OF_KERNELS: usize = 55;

fn main() -> ExitCode {
    let asked: Vec<String> = env::args().skip(1).collect();
    match run(&asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("drop-in: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(asked: &[String]) -> Result<(), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("target"), PathBuf::from);
    let work = target.join("drop-in");
    let sources = work.join("sources");
    vendor(&here.join("sources/Cargo.toml"), &sources)?;

    let mut failed = Vec::new();
    if is_asked(asked, "hashbrown") {
        let package = work.join("hashbrown-tests");
        clean(&package)?;
        let hmap = here.join("../..");
        hashbrown::write(&sources.join("hashbrown-0.17.2"), &hmap, &package)?;
        for (file, left) in hashbrown::left_out() {
            println!("left out: {file}{}: {}", left.name, left.reason);
        }
        let tested = test("hashbrown", &package, AT_LEAST, &target);
        failed.extend(tested.map_err(|error| format!("hashbrown: {error}")).err());
    }
    if is_asked(asked, "shims") {
        let built = target.join("drop-in/target");
        failed.extend(shims::take_all_features(here, &sources, &built).err());
    }
    if is_asked(asked, "kernels") {
        failed.extend(kernels(here, &work, &target).err());
    }
    for client in CLIENTS {
        if is_asked(asked, client.name) {
            let source = format!("{}-{}", client.name, client.version);
            let package = work.join(client.name);
            // It is in no workspace, not in this crate's either.
            let lines = "\n[workspace]\n".to_owned() + &shims::one_by_path(here, client.shim);
            write(&sources.join(&source), &lines, &package)?;
            let tested = depends_on(1, &package)
                .and_then(|()| test(&source, &package, client.at_least, &target));
            failed.extend(tested.map_err(|error| format!("{source}: {error}")).err());
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("; "))
    }
}

fn is_asked(asked: &[String], name: &str) -> bool {
    asked.is_empty() || asked.iter().any(|asked| asked == name)
}

/// Brings the sources, as cargo brings any dependency.
fn vendor(manifest: &Path, to: &Path) -> Result<(), String> {
    let status = Command::new("cargo")
        .args(["vendor", "--quiet", "--versioned-dirs", "--manifest-path"])
        .args([manifest, to])
        .stdout(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo vendor: {status}")),
        Err(error) => Err(format!("cargo vendor: {error}")),
    }
}

/// Runs what is written as kernels are with hashbrown, which proves that it is right, and with
/// the shims.
fn kernels(here: &Path, work: &Path, target: &Path) -> Result<(), String> {
    let source = here.join("as_kernels_do");
    let repository = work.join("repository");
    clean(&repository)?;
    shims::repository(&here.join("../.."), &repository)?;
    let all = shims::VERSIONS.len();
    let ways = [
        ("hashbrown itself", 0, String::new()),
        ("shims by path", all, shims::all_by_path(here)),
        ("shims by git", all, shims::all_by_git(&repository)),
    ];
    for (way, shims, lines) in ways {
        let package = work.join("as-kernels-do");
        write(&source, &lines, &package)?;
        let name = format!("as kernels do, {way}");
        depends_on(shims, &package)
            .and_then(|()| test(&name, &package, OF_KERNELS, target))
            .map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// Writes a package with lines added to its manifest.
fn write(source: &Path, lines: &str, to: &Path) -> Result<(), String> {
    clean(to)?;
    copy(source, to).map_err(|error| format!("{}: {error}", source.display()))?;
    add(&to.join("Cargo.toml"), lines)
}

fn add(manifest: &Path, lines: &str) -> Result<(), String> {
    fs::read_to_string(manifest)
        .and_then(|text| fs::write(manifest, text + lines))
        .map_err(|error| format!("{}: {error}", manifest.display()))
}

/// An error if a package does not depend on so many shims, and the library below them: a
/// patch that fits no dependency is no error for cargo.
fn depends_on(expected: usize, package: &Path) -> Result<(), String> {
    let output = Command::new("cargo")
        .args(["tree", "--quiet", "--invert", "bare-hmap"])
        .args(["--prefix", "none", "--no-dedupe"])
        .current_dir(package)
        .output()
        .map_err(|error| format!("cargo tree: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let lines = said.lines().filter(|line| line.starts_with("hashbrown v"));
    let shims = lines.collect::<BTreeSet<_>>().len();
    if shims == expected {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "it depends on {shims} shims, expected {expected} {said}"
    ))
}

/// Runs the tests of a package and counts them.
fn test(name: &str, package: &Path, at_least: usize, target: &Path) -> Result<(), String> {
    println!("== {name}");
    let output = Command::new("cargo")
        .args(["test", "--quiet", "--no-fail-fast"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", target.join("drop-in/target"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo test: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let (passed, failed) = (count(&said, " passed;"), count(&said, " failed;"));
    if !output.status.success() {
        print!("{said}");
    }
    println!("{name}: {passed} passed, {failed} failed");
    if !output.status.success() {
        Err(format!("{failed} failed ({})", output.status))
    } else if passed < at_least {
        Err(format!("{passed} tests, expected {at_least} or more"))
    } else {
        Ok(())
    }
}

/// The sum of the numbers before a word in the test harnesses' last lines.
fn count(said: &str, word: &str) -> usize {
    let results = said.lines().filter(|line| line.starts_with("test result:"));
    let numbers = results.filter_map(|line| {
        let before = line.split(word).next()?;
        before.rsplit(' ').next()?.parse::<usize>().ok()
    });
    numbers.sum()
}

fn clean(directory: &Path) -> Result<(), String> {
    if directory.exists() {
        fs::remove_dir_all(directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "Cargo.lock" {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
