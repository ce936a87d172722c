//! How fast hmap is beside hashbrown, in time, built for the host and for a kernel.
//!
//!     cargo speed [-- OPTIONS]
//!
//! `measure` has how a figure comes about, `keys` what is looked for in which order,
//! `builds` the two builds of the operations, which are in `../operations`.

mod builds;
mod keys;
mod measure;
mod nearly_empty;
#[path = "../../operations/mod.rs"]
mod operations;
mod report;

use anyhow::{Result, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use operations::PAIRS;

/// Measures hmap beside hashbrown 0.17.2: same work, hasher, keys, allocator and build,
/// in one process, in turns. A ratio below 1 means that hmap is faster.
///
/// host: as this program. kernel: for x86_64-unknown-none, where hashbrown has no SSE.
#[derive(Parser)]
#[command(name = "cargo speed", bin_name = "cargo speed")]
struct Cli {
    /// Pairs of types by number: 0 u64→u64, 1 u32→u32, 2 u64→u8, 3 [u8; 16]→u64,
    /// 4 u64→[u8; 64], 5 u64→[u8; 256]
    #[arg(long, value_delimiter = ',', default_value = "0")]
    pairs: Vec<usize>,
    /// Entries in a map: numbers, as in 1000 or 6,100
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "6,100,1000,100000,4000000"
    )]
    sizes: Vec<usize>,
    /// Builds to measure
    #[arg(long, value_delimiter = ',', default_value = "kernel,host")]
    builds: Vec<String>,
    /// hmap's policies, one after the other
    #[arg(
        long = "policy",
        value_enum,
        value_delimiter = ',',
        default_value = "go"
    )]
    policies: Vec<measure::Policy>,
    /// Rounds, each with fresh orders of the keys; by default more for smaller maps
    #[arg(long)]
    rounds: Option<usize>,
    /// Measure maps that were large and hold little, in place of the rest; takes a minute
    #[arg(long)]
    nearly_empty: bool,
    /// Print one JSON object a figure instead of tables
    #[arg(long)]
    json: bool,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    if let Some(pair) = cli.pairs.iter().find(|pair| **pair >= PAIRS.len()) {
        bail!(
            "there is no pair {pair}; the last one is {}",
            PAIRS.len() - 1
        );
    }
    if let Some(size) = cli
        .sizes
        .iter()
        .find(|size| !(1..=10_000_000).contains(*size))
    {
        bail!("a map of {size} entries is not measured: 1 to 10,000,000 are");
    }
    if cli.nearly_empty {
        return nearly_empty(&cli);
    }
    let mut builds = Vec::new();
    for name in &cli.builds {
        builds.push(builds::by_name(name)?);
    }
    for &pair in &cli.pairs {
        for build in &builds {
            for &policy in &cli.policies {
                let mut rows = Vec::new();
                for &size in &cli.sizes {
                    let rounds = cli.rounds.unwrap_or(default_rounds(size));
                    let progress = progress(PAIRS[pair], build.name, size, rounds);
                    rows.extend(measure::all(build, policy, pair, size, rounds, &progress)?);
                    progress.finish_and_clear();
                }
                if cli.json {
                    report::json(&rows)?;
                } else {
                    report::table(&rows);
                }
            }
        }
    }
    Ok(())
}

fn nearly_empty(cli: &Cli) -> Result<()> {
    for policy in &cli.policies {
        let (rows, calls) = match policy {
            measure::Policy::Go => nearly_empty::all::<hmap::Go>("go"),
            measure::Policy::Compact => nearly_empty::all::<hmap::Compact>("compact"),
            measure::Policy::Dense => nearly_empty::all::<hmap::Dense>("dense"),
            measure::Policy::Paged => nearly_empty::all::<hmap::Paged>("paged"),
        };
        if cli.json {
            report::json(&rows)?;
        } else {
            nearly_empty::table(&rows, calls);
        }
    }
    Ok(())
}

/// Enough for a steady median in bearable time.
fn default_rounds(size: usize) -> usize {
    match size {
        0..=2_000 => 401,
        2_001..=200_000 => 21,
        _ => 5,
    }
}

fn progress(pair: &str, build: &str, size: usize, rounds: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(rounds as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} rounds, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(format!("{pair}, {build} build, n = {size}"));
    bar
}
