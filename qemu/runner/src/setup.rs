//! What must be there before anything boots: the compiler's target and QEMU.
//! Either is installed where that is possible, and what is done is said: on standard
//! error, as standard output is the booted program's, whose figures others may read.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use anyhow::{Context, Result, bail};

use crate::target::Target;

/// Makes sure that the compiler can build for the target.
///
/// A `targets` line in rust-toolchain.toml would not do: rustup ignores it where
/// its automatic installation is switched off.
pub fn target(target: &Target) -> Result<()> {
    let triple = target.triple;
    if has(triple)? {
        return Ok(());
    }
    eprintln!("The target {triple} is missing; adding it: rustup target add {triple}");
    let added = Command::new("rustup")
        .args(["target", "add", triple])
        .stdout(io::stderr())
        .status();
    match added {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the compiler has no target {triple}, and there is no rustup to add it; use a \
             toolchain from rustup, or install your system's package of this target"
        ),
        Err(error) => Err(error).context("cannot start rustup"),
        Ok(status) if !status.success() => {
            bail!("rustup could not add the target {triple}: see above")
        }
        Ok(_) if has(triple)? => Ok(()),
        Ok(_) => bail!(
            "rustup has added {triple}, but not to the compiler in use; is `rustc` in the PATH \
             the one of rustup?"
        ),
    }
}

/// Whether the compiler has a `core` for the target.
fn has(triple: &str) -> Result<bool> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", triple])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start rustc")?;
    if !output.status.success() {
        bail!("rustc does not know the target {triple}: see above");
    }
    let directory = String::from_utf8_lossy(&output.stdout);
    // The directory is missing as long as the target is.
    let Ok(entries) = Path::new(directory.trim()).read_dir() else {
        return Ok(false);
    };
    Ok(entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-")))
}

/// Makes sure that there is a QEMU, and that it is new enough.
pub fn qemu(target: &Target) -> Result<()> {
    let version = match version_of(target.qemu)? {
        Some(version) => version,
        None => {
            install_qemu(target)?;
            version_of(target.qemu)?
                .with_context(|| format!("{} is still not found", target.qemu))?
        }
    };
    if numbers(&version).is_some_and(|numbers| numbers < target.oldest_qemu) {
        let (major, minor) = target.oldest_qemu;
        bail!("QEMU is too old: {version}; {major}.{minor} or newer is needed");
    }
    Ok(())
}

/// The first line of `--version`; `None` if there is no QEMU.
fn version_of(qemu: &str) -> Result<Option<String>> {
    match Command::new(qemu).arg("--version").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot start {qemu}")),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout);
            Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
        }
    }
}

/// Major and minor of "QEMU emulator version 7.2.19 (...)". What cannot be read
/// is not held against it.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split_once("version ")?.1.split(['.', ' ']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs QEMU where this user may do so by apt-get.
fn install_qemu(target: &Target) -> Result<()> {
    let (qemu, package) = (target.qemu, target.apt_package);
    if !is_root() || !exists("apt-get") {
        bail!("{qemu} is missing; {}", how_to_get_qemu(target));
    }
    eprintln!("{qemu} is missing; installing the package {package} by apt-get");
    let install = ["install", "-y", "--no-install-recommends", package];
    for arguments in [&["update"][..], &install] {
        eprintln!("apt-get {}", arguments.join(" "));
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(io::stderr())
            .status()
            .context("cannot start apt-get")?;
        if !status.success() {
            bail!(
                "apt-get {} failed, see above; {}",
                arguments[0],
                how_to_get_qemu(target)
            );
        }
    }
    Ok(())
}

fn how_to_get_qemu(target: &Target) -> String {
    let [dnf, pacman] = target.other_packages;
    format!(
        "install it by one of
  apt-get install --no-install-recommends {}
  {dnf}
  {pacman}
  brew install qemu",
        target.apt_package
    )
}

/// Whether this process belongs to root: on Linux, where apt-get is, it owns its
/// directory in `/proc`.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn exists(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::X86_64;

    #[test]
    fn the_version_of_qemu_is_read() {
        assert_eq!(
            numbers("QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7)"),
            Some((7, 2))
        );
        assert_eq!(numbers("QEMU emulator version 10.0.0"), Some((10, 0)));
        assert_eq!(numbers("something else"), None);
        let oldest = X86_64.oldest_qemu;
        assert!((3, 1) < oldest && (10, 0) > oldest);
    }
}
