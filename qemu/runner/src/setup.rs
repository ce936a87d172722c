//! What must be there before anything boots: the compiler's target and QEMU.
//! Either is installed where that is possible, and what is done is said.

use std::env;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::machine::QEMU;
use crate::project::{self, TARGET};

/// The first QEMU that has the machine `microvm`.
const OLDEST_QEMU: (u32, u32) = (4, 2);

const HOW_TO_GET_QEMU: &str = "\
install it by one of
  apt-get install --no-install-recommends qemu-system-x86
  dnf install qemu-system-x86-core
  pacman -S qemu-system-x86
  brew install qemu";

/// Makes sure that the compiler can build for the target.
///
/// A `targets` line in rust-toolchain.toml would not do: rustup ignores it where
/// its automatic installation is switched off.
pub fn target() -> Result<()> {
    if has_target()? {
        return Ok(());
    }
    eprintln!("The target {TARGET} is missing; adding it: rustup target add {TARGET}");
    let added = Command::new("rustup")
        .args(["target", "add", TARGET])
        .current_dir(project::root())
        .status();
    match added {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the compiler has no target {TARGET}, and there is no rustup to add it; use a \
             toolchain from rustup, or install your system's package of this target"
        ),
        Err(error) => Err(error).context("cannot start rustup"),
        Ok(status) if !status.success() => {
            bail!("rustup could not add the target {TARGET}: see above")
        }
        Ok(_) if has_target()? => Ok(()),
        Ok(_) => bail!(
            "rustup has added {TARGET}, but not to the compiler in use; is `rustc` in the PATH \
             the one of rustup?"
        ),
    }
}

/// Whether the compiler has a `core` for the target.
fn has_target() -> Result<bool> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(project::root())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start rustc")?;
    if !output.status.success() {
        bail!("rustc does not know the target {TARGET}: see above");
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
pub fn qemu() -> Result<()> {
    let version = match qemu_version()? {
        Some(version) => version,
        None => {
            install_qemu()?;
            qemu_version()?.with_context(|| format!("{QEMU} is still not found"))?
        }
    };
    if numbers(&version).is_some_and(|numbers| numbers < OLDEST_QEMU) {
        let (major, minor) = OLDEST_QEMU;
        bail!("QEMU is too old: {version}; {major}.{minor} or newer is needed (machine microvm)");
    }
    Ok(())
}

/// The first line of `--version`; `None` if there is no QEMU.
fn qemu_version() -> Result<Option<String>> {
    match Command::new(QEMU).arg("--version").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot start {QEMU}")),
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
fn install_qemu() -> Result<()> {
    if !is_root() || !exists("apt-get") {
        bail!("{QEMU} is missing; {HOW_TO_GET_QEMU}");
    }
    eprintln!("{QEMU} is missing; installing the package qemu-system-x86 by apt-get");
    let package = [
        "install",
        "-y",
        "--no-install-recommends",
        "qemu-system-x86",
    ];
    for arguments in [&["update"][..], &package] {
        eprintln!("apt-get {}", arguments.join(" "));
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .status()
            .context("cannot start apt-get")?;
        if !status.success() {
            bail!(
                "apt-get {} failed, see above; {HOW_TO_GET_QEMU}",
                arguments[0]
            );
        }
    }
    Ok(())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn exists(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_qemu_is_read() {
        assert_eq!(
            numbers("QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7)"),
            Some((7, 2))
        );
        assert_eq!(numbers("QEMU emulator version 10.0.0"), Some((10, 0)));
        assert_eq!(numbers("something else"), None);
        assert!((3, 1) < OLDEST_QEMU && (10, 0) > OLDEST_QEMU);
    }
}
