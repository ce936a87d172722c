//! Figures as tables: those of each map, then hmap's to hashbrown's; a mark where
//! hashbrown's is better.

use crate::arenas::MIB;
use crate::row::{Arena, Cell, Figure, Mean, Row, State, Worst};
use crate::states::{EXCHANGES, MANY_EXCHANGES};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use board::println;
use core::ops::Range;

/// The sizes of arenas that there is a mean over.
const SERIES: Range<usize> = MIB..2 * MIB;

pub fn print(rows: &[Row]) {
    let table = Table::new(rows);
    println!(
        "{}: the width of its groups on this machine",
        table.theirs()
    );
    println!("Both on a linked_list_allocator heap of their own, whose rounding is included.");
    println!("Ratios: each hmap by hashbrown, in their order; * where hashbrown is better.");
    println!();
    for pair in &table.pairs {
        table.cells(pair);
    }
    table.means();
    table.worst();
    table.states();
    table.arenas();
    table.own();
}

struct Table<'a> {
    rows: &'a [Row],
    pairs: Vec<&'static str>,
    /// Those that take all of their memory from the heap.
    maps: Vec<&'static str>,
}

impl<'a> Table<'a> {
    fn new(rows: &'a [Row]) -> Self {
        let (mut pairs, mut maps) = (Vec::new(), Vec::new());
        for row in rows {
            if !pairs.contains(&row.pair) {
                pairs.push(row.pair);
            }
            let lent = matches!(row.figure, Figure::Cell(Cell { bucket: 1.., .. }));
            if !maps.contains(&row.map) && !lent {
                maps.push(row.map);
            }
        }
        Self { rows, pairs, maps }
    }

    fn theirs(&self) -> &'static str {
        let theirs = self.maps.iter().find(|map| map.starts_with("hashbrown"));
        theirs.copied().unwrap_or("hashbrown")
    }

    /// Figures of one pair and map.
    fn of(&self, pair: &str, map: &str) -> impl Iterator<Item = &'a Figure> {
        let rows = self.rows.iter();
        rows.filter(move |row| row.pair == pair && row.map == map)
            .map(|row| &row.figure)
    }

    /// The figure of every map by `figure`, as columns; ratios follow if `ratio`.
    fn columns(&self, ratio: bool, decimals: usize, figure: impl Fn(&str) -> f64) -> String {
        let mut columns = String::new();
        for map in &self.maps {
            columns += &format!(" {:>12.decimals$}", figure(map));
        }
        let theirs = figure(self.theirs());
        let ours = self.maps.iter().filter(|map| **map != self.theirs());
        for map in ours.filter(|_| ratio) {
            columns += &compared(figure(map), theirs);
        }
        columns
    }

    /// The heads of the same columns.
    fn heads(&self, ratio: bool) -> String {
        let mut heads = String::new();
        for map in &self.maps {
            heads += &format!(" {map:>12}");
        }
        for _ in (1..self.maps.len()).filter(|_| ratio) {
            heads += "   ratio ";
        }
        heads
    }

    fn cells(&self, pair: &str) {
        let (with, without) = (self.heads(true), self.heads(false));
        let (wide, narrow) = (with.len(), without.len());
        println!(
            "{pair:<18}{:^wide$} |{:^wide$} |{:^narrow$} |{:^narrow$}",
            "bytes, its own value included", "peak bytes", "allocations", "largest of them"
        );
        println!("{:>18}{with} |{with} |{without} |{without}", "n");
        let ours = self.of(pair, self.maps[0]);
        for n in ours.filter_map(cell).map(|cell| cell.n) {
            let of = |map: &str| {
                let mut cells = self.of(pair, map).filter_map(cell);
                cells.find(|cell| cell.n == n).unwrap_or_default()
            };
            println!(
                "{n:>18}{} |{} |{} |{}",
                self.columns(true, 0, |map| (of(map).header + of(map).live) as f64),
                self.columns(true, 0, |map| (of(map).header + of(map).peak) as f64),
                self.columns(false, 0, |map| of(map).allocations as f64),
                self.columns(false, 0, |map| of(map).largest as f64),
            );
        }
        println!();
    }

    fn means(&self) {
        let heads = self.heads(true);
        let wide = heads.len();
        println!("bytes an entry over one doubling of n, every n by 1/n; worst: within an insert");
        println!(
            "{:<18}{:>14} {:^wide$} |{:^wide$} |{:^wide$}",
            "", "", "mean", "worst moment", "mean of the peak so far"
        );
        println!("{:<18}{:>14} {heads} |{heads} |{heads}", "", "n");
        for pair in &self.pairs {
            let of = |map: &str| {
                let mut means = self.of(pair, map).filter_map(mean);
                means.next().unwrap_or_default()
            };
            let from = of(self.maps[0]).from;
            println!(
                "{pair:<18}{:>14} {} |{} |{}",
                format!("{from}..{}", 2 * from),
                self.columns(true, 2, |map| of(map).live),
                self.columns(true, 2, |map| of(map).worst),
                self.columns(true, 2, |map| of(map).peak),
            );
        }
        println!();
    }

    fn worst(&self) {
        println!(
            "the worst ratio to {} at a single n, its own",
            self.theirs()
        );
        println!("value included, and the first such n");
        let ours = self.maps.iter().filter(|map| **map != self.theirs());
        let ours: Vec<_> = ours.copied().collect();
        let heads = ours.iter().map(|map| format!(" {map:>18}"));
        println!("{:<18}{:>14}{}", "", "n", heads.collect::<String>());
        for pair in &self.pairs {
            for Worst { from, to, .. } in self.of(pair, self.maps[0]).filter_map(worst) {
                let mut line = format!("{pair:<18}{:>14}", format!("{from}..{to}"));
                for map in &ours {
                    let mut of_map = self.of(pair, map).filter_map(worst);
                    let worst = of_map.find(|worst| worst.from == from);
                    let (ratio, n) = worst.map_or((0.0, 0), |worst| (worst.ratio, worst.n));
                    line += &format!(" {ratio:>8.2} at{n:>7}");
                }
                println!("{line}");
            }
        }
        println!();
    }

    fn states(&self) {
        println!("bytes an entry, for those still there; means over eight n of the same doubling");
        println!(
            "exchanged: {EXCHANGES} times as many removed and inserted as there are; many: the"
        );
        println!("same of a large map, 100,000 if there is room, and {MANY_EXCHANGES} times");
        println!("{:<18} {:<16}{}", "", "", self.heads(true));
        for pair in &self.pairs {
            for what in [
                "filled",
                "a growth began",
                "exchanged",
                "a tenth left",
                "shrunk to it",
                "many filled",
                "many exchanged",
            ] {
                let of = |map: &str| {
                    let states = self.of(pair, map).filter_map(state);
                    let of_it = states.filter(|state| state.what == what);
                    average(of_it.map(|state| state.live as f64 / state.n as f64))
                };
                if of(self.theirs()) > 0.0 {
                    println!("{pair:<18} {what:<16}{}", self.columns(true, 1, of));
                }
            }
        }
        println!();
    }

    fn arenas(&self) {
        let heads = self.heads(true);
        println!("entries that fit an arena; here a ratio above 1 is hmap's");
        println!("{:<18} {:<16} {:>10}{heads}", "", "", "arena");
        for pair in &self.pairs {
            let ours = || self.of(pair, self.maps[0]).filter_map(arena);
            let single = |arena: &&Arena| arena.bytes <= MIB || arena.bytes >= 2 * MIB;
            for Arena { how, bytes, .. } in ours().filter(single) {
                self.arena(pair, how, &format!("{} KiB", bytes >> 10), &[*bytes]);
            }
            for how in ["growing", "refilled"] {
                let arenas = ours().filter(|arena| arena.how == how);
                let sizes = arenas.map(|arena| arena.bytes);
                let sizes: Vec<_> = sizes.filter(|bytes| SERIES.contains(bytes)).collect();
                self.arena(pair, how, "series", &sizes);
            }
        }
        println!("series: means over arenas of 8/8, 9/8 ... 15/8 MiB, of the ratios too");
        println!();
    }

    /// One line, of means over arenas of these sizes.
    fn arena(&self, pair: &str, how: &str, size: &str, sizes: &[usize]) {
        if sizes.is_empty() {
            return;
        }
        let of = |map: &str, bytes| self.entries(pair, map, how, bytes);
        let entries = |map: &str| average(sizes.iter().map(|bytes| of(map, *bytes)));
        let mut line = format!("{pair:<18} {how:<16} {size:>10}");
        line += &self.columns(false, 0, entries);
        for map in self.maps.iter().filter(|map| **map != self.theirs()) {
            let ratios = sizes.iter();
            let ratios = ratios.map(|bytes| of(map, *bytes) / of(self.theirs(), *bytes));
            let ratio = average(ratios);
            let mark = if ratio < 1.0 { '*' } else { ' ' };
            line += &format!("{ratio:>8.2}{mark}");
        }
        println!("{line}");
    }

    fn entries(&self, pair: &str, map: &str, how: &str, bytes: usize) -> f64 {
        let mut arenas = self.of(pair, map).filter_map(arena);
        let found = arenas.find(|arena| arena.how == how && arena.bytes == bytes);
        found.map_or(0.0, |arena| arena.entries as f64)
    }

    /// What does not come from the heap.
    fn own(&self) {
        println!("the map's own value, and a bucket that hmap may be lent; bytes");
        println!("{:<18}{} {:>12}", "", self.heads(false), "bucket");
        for pair in &self.pairs {
            let of = |map: &str| {
                let mut cells = self.of(pair, map).filter_map(cell);
                cells.next().map_or(0.0, |cell| cell.header as f64)
            };
            let rows = self.rows.iter().filter(|row| row.pair == *pair);
            let cells = rows.filter_map(|row| cell(&row.figure));
            let bucket = cells.map(|cell| cell.bucket).max().unwrap_or(0);
            println!("{pair:<18}{} {bucket:>12}", self.columns(false, 0, of));
        }
    }
}

/// A ratio of what should be small, where there is one.
fn compared(ours: f64, theirs: f64) -> String {
    if ours == 0.0 {
        return format!("{:>8} ", "-");
    }
    let mark = if ours > theirs { '*' } else { ' ' };
    format!("{:>8.2}{mark}", ours / theirs)
}

fn average(figures: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for figure in figures {
        (sum, count) = (sum + figure, count + 1);
    }
    if count == 0 {
        0.0
    } else {
        sum / f64::from(count)
    }
}

fn cell(figure: &Figure) -> Option<Cell> {
    match figure {
        Figure::Cell(cell) => Some(*cell),
        _ => None,
    }
}

fn mean(figure: &Figure) -> Option<Mean> {
    match figure {
        Figure::Mean(mean) => Some(*mean),
        _ => None,
    }
}

fn worst(figure: &Figure) -> Option<Worst> {
    match figure {
        Figure::Worst(worst) => Some(*worst),
        _ => None,
    }
}

fn state(figure: &Figure) -> Option<&State> {
    match figure {
        Figure::State(state) => Some(state),
        _ => None,
    }
}

fn arena(figure: &Figure) -> Option<&Arena> {
    match figure {
        Figure::Arena(arena) => Some(arena),
        _ => None,
    }
}
