//! Is hmap a drop-in for hashbrown? This asks hashbrown's own tests and examples, and
//! crates that are built on it.
//!
//! * `hashbrown`: the unit tests of its map, set and table, its integration tests, and the
//!   examples in their documentation, with the crate's name replaced. What is left out is
//!   listed with its reason in src/hashbrown.rs.
//! * every other name: the tests of that crate, unchanged, with `[patch.crates-io]`
//!   that puts the crate `shim` in hashbrown's place.
//!
//! The sources are not in this repository: `cargo vendor` brings what sources/Cargo.toml
//! names. All is built below this crate's target directory, or `CARGO_TARGET_DIR`.

mod hashbrown;
mod text;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

/// A crate whose tests are run on the shim.
struct Client {
    name: &'static str,
    version: &'static str,
    /// The version of hashbrown that it depends on, which the shim then has.
    hashbrown: &'static str,
    /// Fewer tests than this, and something was not run.
    at_least: usize,
}

const CLIENTS: &[Client] = &[
    Client {
        name: "lru",
        version: "0.19.0",
        hashbrown: "0.17.2",
        at_least: 108,
    },
    Client {
        name: "hecs",
        version: "0.11.2",
        hashbrown: "0.17.2",
        at_least: 127,
    },
    // Of the parts of hashbrown's interface that it uses, none has changed since.
    Client {
        name: "petgraph",
        version: "0.8.3",
        hashbrown: "0.15.5",
        at_least: 422,
    },
];

/// Fewer of hashbrown's own tests and examples than this, and something was not run.
const AT_LEAST: usize = 331;

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
        failed.extend(test("hashbrown", &package, AT_LEAST, &target).err());
    }
    for client in CLIENTS {
        if is_asked(asked, client.name) {
            let package = work.join(client.name);
            clean(&package)?;
            let source = sources.join(format!("{}-{}", client.name, client.version));
            copy(&source, &package).map_err(|error| format!("{}: {error}", client.name))?;
            let shim = work.join(format!("shim-{}", client.hashbrown));
            write_shim(here, client.hashbrown, &shim)?;
            add(&package.join("Cargo.toml"), &patch(&shim))?;
            failed.extend(test(client.name, &package, client.at_least, &target).err());
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

/// Writes the shim with a version of the caller's choice.
fn write_shim(here: &Path, version: &str, to: &Path) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", to.display());
    clean(to)?;
    copy(&here.join("shim"), to).map_err(failed)?;
    let manifest = to.join("Cargo.toml");
    let hmap = format!("path = \"{}\"", here.join("../..").display());
    let text = fs::read_to_string(&manifest).map_err(failed)?;
    let text = text
        .replace("version = \"0.17.2\"", &format!("version = \"{version}\""))
        .replace("path = \"../../..\"", &hmap);
    fs::write(&manifest, text).map_err(failed)
}

/// What makes a package, and all that it depends on, use the shim for hashbrown.
fn patch(shim: &Path) -> String {
    let path = shim.display();
    format!("\n[workspace]\n\n[patch.crates-io]\nhashbrown = {{ path = \"{path}\" }}\n")
}

fn add(manifest: &Path, lines: &str) -> Result<(), String> {
    fs::read_to_string(manifest)
        .and_then(|text| fs::write(manifest, text + lines))
        .map_err(|error| format!("{}: {error}", manifest.display()))
}

/// Whether the library is among the dependencies of a package: a patch that fits no
/// dependency is no error for cargo.
fn depends_on_hmap(package: &Path) -> bool {
    let output = Command::new("cargo")
        .args(["tree", "--quiet", "--invert", "bare-hmap"])
        .current_dir(package)
        .output();
    output.is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
}

/// Runs the tests of a package and counts them.
fn test(name: &str, package: &Path, at_least: usize, target: &Path) -> Result<(), String> {
    println!("== {name}");
    if !depends_on_hmap(package) {
        return Err(format!("{name}: it does not depend on the shim"));
    }
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
        Err(format!("{name}: {failed} failed ({})", output.status))
    } else if passed < at_least {
        Err(format!(
            "{name}: {passed} tests, expected {at_least} or more"
        ))
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
