//! Puts the linker script where the linker finds it, and warns when the flags
//! that name it have been lost.
//!
//! The link arguments stand in `.cargo/config.toml`, because a build script can
//! only give them to its own package's binaries, not to the tests and examples
//! that depend on it. The environment variable `RUSTFLAGS` replaces them without
//! a word, and another crate may not have them yet; what the linker says then helps
//! nobody, so this says it before.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    if env::var("CARGO_CFG_TARGET_OS")? != "none" {
        println!("cargo::rerun-if-changed=build.rs");
        return Ok(());
    }
    let script = match env::var("CARGO_CFG_TARGET_ARCH")?.as_str() {
        "x86_64" => "microvm.x",
        "arm" => "mps2.x",
        other => return Err(format!("there is no board for the architecture {other}").into()),
    };
    println!("cargo::rerun-if-changed={script}");

    let out = env::var("OUT_DIR")?;
    fs::copy(script, Path::new(&out).join(script))?;
    println!("cargo::rustc-link-search={out}");

    if !env::var("CARGO_ENCODED_RUSTFLAGS")?.contains(&format!("-T{script}")) {
        println!(
            "cargo::warning=the link arguments of .cargo/config.toml are not in effect \
             (the environment variable RUSTFLAGS replaces them): no program can be linked \
             for this target. Unset RUSTFLAGS, or use `cargo qemu`, which does so."
        );
        // Cargo shows warnings of the user's own packages only: this is for the runner.
        println!("cargo::rustc-env=BOARD_LINK_ARGUMENTS=missing");
    }
    Ok(())
}
