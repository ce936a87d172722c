//! Figures as tables, with a bar for who is faster, or as JSON.

use crate::measure::Row;
use anyhow::Result;
use serde::Serialize;

/// Width of a bar for a ratio of 2.
const WIDTH: usize = 24;

pub fn json(rows: &[impl Serialize]) -> Result<()> {
    for row in rows {
        println!("{}", serde_json::to_string(row)?);
    }
    Ok(())
}

/// The rows of one pair and build, by operation.
pub fn table(rows: &[Row]) {
    let Some(first) = rows.first() else { return };
    println!(
        "{}, {} build, policy {}: nanoseconds a call",
        first.pair, first.build, first.policy
    );
    println!(
        "{:<21}{:>9} {:>9} {:>9} {:>6}   {:^w$}",
        "",
        "n",
        "hmap",
        "hashbrown",
        "ratio",
        "faster | slower",
        w = WIDTH
    );
    let mut operations: Vec<_> = rows.iter().map(|row| row.operation).collect();
    operations.dedup();
    operations.sort_by_key(|name| rows.iter().position(|row| row.operation == *name));
    operations.dedup();
    for operation in operations {
        for row in rows.iter().filter(|row| row.operation == operation) {
            println!(
                "{:<21}{:>9} {:>9.2} {:>9.2} {:>6.2}   {}",
                row.operation,
                row.n,
                row.hmap_ns,
                row.hashbrown_ns,
                row.ratio,
                bar(row.ratio)
            );
        }
    }
    println!();
}

/// hmap's time as a bar, with a mark where hashbrown's ends.
fn bar(ratio: f64) -> String {
    let length = usize::min((ratio * WIDTH as f64 / 2.0).round() as usize, WIDTH);
    let at = |place| match place {
        _ if place == WIDTH / 2 => '|',
        _ if place < length => '=',
        _ => ' ',
    };
    (0..=WIDTH).map(at).collect::<String>().trim_end().into()
}
