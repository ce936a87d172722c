//! Builds `kernel/` for `x86_64-unknown-none` and makes of it an object file that the
//! host's program can be linked with: everything that the kernel's code calls, its own
//! `memcpy` too, is inside, and only two names are to be seen from outside.

use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "x86_64-unknown-none";
const NAMES: [&str; 2] = ["kernel_open", "kernel_perform"];

fn main() -> Result<()> {
    println!("cargo::rustc-check-cfg=cfg(kernel)");
    println!("cargo::rerun-if-changed=kernel");
    println!("cargo::rerun-if-changed=../operations");
    println!("cargo::rerun-if-changed=../../src");
    if env::var("CARGO_CFG_TARGET_OS")? != "linux" || env::var("CARGO_CFG_TARGET_ARCH")? != "x86_64"
    {
        println!("cargo::warning=the kernel build can be linked on x86-64 Linux only");
        return Ok(());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let object = out.join("kernel.o");
    link(&build(&out)?, &object)?;
    println!("cargo::rustc-link-arg-bins={}", object.display());
    println!("cargo::rustc-cfg=kernel");
    Ok(())
}

/// The static library, in a directory of its own: cargo holds a lock on the other.
fn build(out: &Path) -> Result<PathBuf> {
    // Does nothing where the target is there.
    let _ = Command::new("rustup")
        .args(["target", "add", TARGET])
        .output();
    let directory = out.join("kernel");
    let mut cargo = Command::new(env::var_os("CARGO").context("cargo runs this")?);
    cargo
        .args(["build", "--release", "--manifest-path", "kernel/Cargo.toml"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(&directory);
    if env::var_os("CARGO_FEATURE_SMALL_CODE").is_some() {
        cargo.args(["--features", "small-code"]);
    }
    // The host's flags, and the linker arguments of .cargo/config.toml, are for others.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_") || name.starts_with("RUSTC") {
            cargo.env_remove(name);
        }
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", "");
    run(&mut cargo)
        .with_context(|| format!("is the target there? It comes by: rustup target add {TARGET}"))?;
    Ok(directory.join(TARGET).join("release/libspeed_kernel.a"))
}

/// One object file of the library, with what it needs, and with `NAMES` alone visible.
fn link(library: &Path, object: &Path) -> Result<()> {
    let mut linker = Command::new("ld");
    linker.args(["-r", "--gc-sections", "-o"]).arg(object);
    for name in NAMES {
        linker.arg(format!("--undefined={name}"));
    }
    run(linker.arg(library))?;
    let mut objcopy = Command::new("objcopy");
    for name in NAMES {
        objcopy.arg(format!("--keep-global-symbol={name}"));
    }
    run(objcopy.arg(object))
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} could not be started"))?;
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    Ok(())
}
