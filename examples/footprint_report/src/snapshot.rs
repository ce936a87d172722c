//! The exact part: figures that do not change unless a map does, as text that can be
//! compared line by line.

use crate::rows::{Figure, Figures, Row};
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// The n whose cells are kept.
const KEPT: [usize; 6] = [1, 3, 8, 9, 1_000, 10_000];
const MIB: usize = 1 << 20;
const TOP: &str = "\
# What maps cost: written by cargo footprint --quick --kernel --bless FILE.
# hashbrown/8 is the kernel's, hashbrown/16 that of a host with SSE2.
";

/// The file. What was measured in two places is in it once.
pub fn text(figures: &Figures) -> String {
    let mut text = TOP.to_owned();
    let mut written = BTreeSet::new();
    for line in figures.0.iter().filter_map(line) {
        if written.insert(line.clone()) {
            text += &format!("{line}\n");
        }
    }
    text
}

/// Fails, and shows what is different, unless the figures are what they were. Those of a
/// map that was not measured this time are not missed.
pub fn check(blessed: &str, figures: &Figures) -> Result<()> {
    let is: BTreeSet<_> = figures.0.iter().filter_map(line).collect();
    let maps: BTreeSet<_> = figures.0.iter().map(|row| row.map.as_str()).collect();
    let was = blessed.lines().filter(|line| {
        let map = line.split(" | ").nth(1);
        map.is_some_and(|map| maps.contains(map))
    });
    let was: BTreeSet<_> = was.map(str::to_owned).collect();
    was.difference(&is).for_each(|line| println!("was  {line}"));
    is.difference(&was).for_each(|line| println!("is   {line}"));
    if is != was {
        bail!("the figures have changed; --bless writes them anew");
    }
    println!("{} figures are what they were", is.len());
    Ok(())
}

/// What is measured, and the figure.
fn line(row: &Row) -> Option<String> {
    let (what, value) = match &row.figure {
        Figure::Cell(cell) if KEPT.contains(&cell.n) => (
            format!("n {}", cell.n),
            format!(
                "header {} bucket {} live {} peak {} largest {} allocations {}",
                cell.header, cell.bucket, cell.live, cell.peak, cell.largest, cell.allocations
            ),
        ),
        // The doubling that is the same in a quick run.
        Figure::Mean(mean) if mean.from <= 7_000 => (
            format!("n {} to {}", mean.from, 2 * mean.from),
            format!(
                "mean {:.3} peak {:.3} worst {:.3}",
                mean.live, mean.peak, mean.worst
            ),
        ),
        Figure::Arena(arena) if arena.bytes <= MIB => (
            format!("{} {} KiB", arena.how, arena.bytes >> 10),
            arena.entries.to_string(),
        ),
        _ => return None,
    };
    Some(format!("{} | {} | {what}: {value}", row.pair, row.map))
}
