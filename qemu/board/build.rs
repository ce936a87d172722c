//! Puts the linker script where the linker finds it, and warns when the flags
//! that name it have been lost.
//!
//! The link arguments stand in `.cargo/config.toml`, because a build script can
//! only give them to its own package's binaries, not to the tests and examples
//! that depend on it. The environment variable `RUSTFLAGS` replaces them without
//! a word; what the linker says then helps nobody, so this says it before.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=microvm.x");
    if env::var("CARGO_CFG_TARGET_OS")? != "none" {
        return Ok(());
    }

    let out = env::var("OUT_DIR")?;
    fs::copy("microvm.x", Path::new(&out).join("microvm.x"))?;
    println!("cargo::rustc-link-search={out}");

    if !env::var("CARGO_ENCODED_RUSTFLAGS")?.contains("-Tmicrovm.x") {
        println!(
            "cargo::warning=the link arguments of .cargo/config.toml are not in effect \
             (the environment variable RUSTFLAGS replaces them): no program can be linked \
             for this target. Unset RUSTFLAGS, or use `cargo qemu`, which does so."
        );
    }
    Ok(())
}
