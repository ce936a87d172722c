//! What `examples/footprint` measures, as a page with charts, and held to what it was.
//!
//!     cargo footprint [OPTIONS]
//!
//! `source` runs the measurements, `rows` has the figures, `chart`, `pair` and `page` draw them
//! with the pieces of `html`, `snapshot` compares them.

mod chart;
mod html;
mod page;
mod pair;
mod rows;
mod snapshot;
mod source;

use anyhow::{Context, Result};
use clap::Parser;
use rows::Figures;
use std::path::PathBuf;
use std::{env, fs};

/// Measures what hmap and hashbrown 0.17.2 cost in memory, on heaps of the same kind, and
/// draws it. Without an option: the page, into target/footprint.html; that takes a minute to
/// build and more than ten to measure.
#[derive(Parser)]
#[command(name = "cargo footprint", bin_name = "cargo footprint")]
struct Cli {
    /// Measure on the bare machine under QEMU as well, where hashbrown's groups are as wide
    /// as in a kernel: that takes minutes more
    #[arg(long)]
    kernel: bool,
    /// Measure the few n of the tables and a few arenas only
    #[arg(long)]
    quick: bool,
    /// Do not measure; take what --json printed
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Print each figure as a line of JSON
    #[arg(long)]
    json: bool,
    /// Write a page with charts and tables
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the README's chart
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Fail if the figures are not those of this file (with --quick)
    #[arg(long, value_name = "FILE", requires = "quick")]
    check: Option<PathBuf>,
    /// Write this file anew (with --quick)
    #[arg(long, value_name = "FILE", requires = "quick")]
    bless: Option<PathBuf>,
}

fn main() -> Result<()> {
    // Cargo's alias ends with the `--` that others write.
    let mut cli = Cli::parse_from(env::args().filter(|argument| argument != "--"));
    if !cli.json
        && [&cli.html, &cli.svg, &cli.check, &cli.bless]
            .iter()
            .all(|file| file.is_none())
    {
        cli.html = Some(source::root().join("target/footprint.html"));
    }
    // Before minutes of measuring.
    let blessed = match &cli.check {
        Some(file) => Some(fs::read_to_string(file).with_context(|| file.display().to_string())?),
        None => None,
    };
    let rows = match &cli.from {
        Some(file) => source::file(file)?,
        None => source::measure(cli.quick, cli.kernel)?,
    };
    let figures = Figures::new(rows);
    if cli.json {
        figures.print()?;
    }
    if let Some(file) = cli.html {
        write(&file, &page::page(&figures)?)?;
    }
    if let Some(file) = cli.svg {
        write(&file, &pair::picture(&figures)?)?;
    }
    if let Some(file) = cli.bless {
        write(&file, &snapshot::text(&figures))?;
    }
    if let Some(blessed) = blessed {
        snapshot::check(&blessed, &figures)?;
    }
    Ok(())
}

fn write(file: &PathBuf, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("{} could not be written", file.display()))?;
    eprintln!("{} is written", file.display());
    Ok(())
}
