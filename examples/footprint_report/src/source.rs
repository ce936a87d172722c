//! Runs the measurements, `examples/footprint`, here and on the bare machine.

use crate::rows::Row;
use anyhow::{Context, Result, bail};
use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// The project's directory.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// Here, and on the bare machine if that is wanted.
pub fn measure(quick: bool, kernel: bool) -> Result<Vec<Row>> {
    let full: &[_] = if quick { &[] } else { &["--grid", "--arenas"] };
    let run = ["run", "--release", "--example", "footprint", "--", "--json"];
    let mut rows = output(&[&run, full].concat())?;
    if kernel {
        // More arenas would take it half an hour.
        let full: &[_] = if quick { &[] } else { &["--grid"] };
        let run = [
            "qemu",
            "run",
            "footprint",
            "--memory",
            "640",
            "--",
            "--json",
        ];
        rows.extend(output(&[&run, full].concat())?);
    }
    Ok(rows)
}

/// Rows that were printed before.
pub fn file(path: &Path) -> Result<Vec<Row>> {
    let text = File::open(path).with_context(|| path.display().to_string())?;
    rows(BufReader::new(text))
}

fn output(arguments: &[&str]) -> Result<Vec<Row>> {
    eprintln!("cargo {}", arguments.join(" "));
    let mut child = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(arguments)
        .current_dir(root())
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo could not be started")?;
    let output = child.stdout.take().context("cargo's output is not piped")?;
    let rows = rows(BufReader::new(output))?;
    if !child.wait()?.success() {
        bail!("the measurements failed");
    }
    Ok(rows)
}

fn rows(text: impl BufRead) -> Result<Vec<Row>> {
    let parsed = text.lines().map(|line| {
        let line = line?;
        serde_json::from_str(&line).with_context(|| format!("not a figure: {line}"))
    });
    parsed.collect()
}
