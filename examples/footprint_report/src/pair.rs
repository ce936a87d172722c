//! The part of the page that one pair of types has: two charts, and a table.

use crate::chart::{self, FIFTH, FOURTH, Line, OURS, SIXTH, THEIRS, THIRD};
use crate::html::{Table, decimals, grouped, heading, less, ratio, wide};
use crate::rows::{Cell, Figures, HMAP, LENT};
use anyhow::{Context, Result};
use plotters::style::RGBColor;

/// The n of the tables.
const SHOWN: [usize; 12] = [1, 2, 3, 4, 8, 9, 16, 64, 100, 1_000, 10_000, 100_000];

pub fn of_pair(figures: &Figures, pair: &str) -> Result<String> {
    let apart = told_apart(figures, pair);
    let lines = saw_teeth(figures, pair, &apart);
    let ours = figures.ours().into_iter().map(|map| (map.to_owned(), map));
    let mut maps = colored(figures, &ours.collect::<Vec<_>>());
    maps.insert(1, (LENT.to_owned(), LENT, THIRD));
    let small = maps.into_iter().map(|(name, map, color)| Line {
        name,
        color,
        width: 2,
        points: steps(figures, pair, map),
    });
    let small: Vec<_> = small.collect();
    let cells = figures.cells(pair, HMAP);
    let most = cells.last().map_or(0, |cell| cell.n);
    let sentences = apart
        .iter()
        .map(|(names, map)| sentence(figures, pair, names, map));
    let sentences: Vec<_> = sentences.collect::<Result<_>>()?;
    Ok(format!(
        "{}<p>{} The largest map measured has {} entries.{}<p>{}{}{}",
        heading(pair),
        sentences.join(" "),
        grouped(most),
        wide(chart::saw_teeth(&lines, FROM)?),
        small_sentence(figures, pair),
        wide(chart::staircase(&small)?),
        pair_table(figures, pair).folded("The figures")
    ))
}

/// What the large chart shows: over the last doubling there is.
fn sentence(figures: &Figures, pair: &str, names: &str, map: &str) -> Result<String> {
    let last = |map| {
        figures
            .means(pair, map)
            .pop()
            .context("a map was not filled")
    };
    let (ours, his) = (last(map)?, last(figures.hashbrown())?);
    let compared = |ours: f64, his: f64| {
        let percent = (100.0 * (ours / his - 1.0)).round();
        match percent {
            0.0 => "as much".to_owned(),
            less if less < 0.0 => format!("{} % less", -less),
            more => format!("{more} % more"),
        }
    };
    Ok(format!(
        "From {} to {} entries {names}: {} bytes an entry on average, hashbrown {} ({}); \
         at the worst moment {} and {} ({}).",
        grouped(ours.from),
        grouped(2 * ours.from),
        decimals(ours.live),
        decimals(his.live),
        compared(ours.live, his.live),
        decimals(ours.worst),
        decimals(his.worst),
        compared(ours.worst, his.worst)
    ))
}

/// What the small chart shows.
fn small_sentence(figures: &Figures, pair: &str) -> String {
    let at = |n, map: &str| figures.cell(pair, map, n).map_or(0, |cell| cell.total());
    let maps = figures
        .ours()
        .into_iter()
        .chain([LENT, figures.hashbrown()]);
    let costs = |n| {
        maps.clone()
            .map(move |map| format!("{} in {map}", grouped(at(n, map))))
    };
    format!(
        "Bytes for one entry: {}; for eight: {}.",
        costs(1).collect::<Vec<_>>().join(", "),
        costs(8).collect::<Vec<_>>().join(", ")
    )
}

fn pair_table(figures: &Figures, pair: &str) -> Table {
    let mut table = Table::new(&[
        "map", "n", "ratio", "peak's", "bytes", "peak", "requests", "largest",
    ]);
    let theirs = figures.hashbrown();
    for n in SHOWN {
        let Some(his) = figures.cell(pair, theirs, n) else {
            continue;
        };
        let maps = figures.ours().into_iter().chain([LENT, theirs]);
        for (map, cell) in maps.filter_map(|map| Some((map, figures.cell(pair, map, n)?))) {
            let compared = |of: fn(&Cell) -> usize| match map == theirs {
                true => String::new(),
                false => less(ratio(of(&cell), of(&his))),
            };
            table.row(&[
                map.to_owned(),
                grouped(n),
                compared(Cell::total),
                compared(Cell::peak_total),
                grouped(cell.total()),
                grouped(cell.peak_total()),
                grouped(cell.allocations),
                grouped(cell.largest),
            ]);
        }
    }
    table
}

/// Where the large charts begin: below, the maps' own values hide the rest.
const FROM: f64 = 16.0;

/// The lines of a pair's large chart.
fn saw_teeth(figures: &Figures, pair: &str, ours: &[(String, &str)]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (names, map, color) in colored(figures, ours) {
        let cells = figures.cells(pair, map);
        let line = |name, width, of: fn(&Cell) -> usize| Line {
            name,
            color,
            width,
            points: cells
                .iter()
                .map(|cell| (cell.n as f64, cell.each(of(cell))))
                .collect(),
        };
        lines.push(line(names.clone(), 2, Cell::total));
        lines.push(line(format!("{names}, peak"), 1, Cell::peak_total));
    }
    lines
}

/// These maps and hashbrown, with their names and the colours of their lines.
fn colored<'a>(
    figures: &'a Figures,
    ours: &[(String, &'a str)],
) -> Vec<(String, &'a str, RGBColor)> {
    let ours = ours.iter().zip([OURS, FOURTH, FIFTH, SIXTH]);
    let ours = ours.map(|((names, map), color)| (names.clone(), *map, color));
    let theirs = figures.hashbrown();
    ours.chain([(theirs.to_owned(), theirs, THEIRS)]).collect()
}

/// Bytes in all up to 64 entries, each n as long as the next is not there.
fn steps(figures: &Figures, pair: &str, map: &str) -> Vec<(f64, f64)> {
    let cells = figures.cells(pair, map).into_iter();
    let cells = cells.filter(|cell| cell.n <= 64);
    let step = |cell: Cell| {
        let (n, bytes) = (cell.n as f64, cell.total() as f64);
        [(n, bytes), (n + 1.0, bytes)]
    };
    cells.flat_map(step).collect()
}

/// Maps of ours that cost the same as another of them from [`FROM`] on stand beside it: their
/// names, and the first of each.
fn told_apart<'a>(figures: &'a Figures, pair: &str) -> Vec<(String, &'a str)> {
    let costs = |map: &str| -> Vec<_> {
        let cells = figures.cells(pair, map).into_iter();
        let large = cells.filter(|cell| cell.n as f64 >= FROM);
        large
            .map(|cell| (cell.n, cell.total(), cell.peak_total()))
            .collect()
    };
    let mut apart: Vec<(String, &str)> = Vec::new();
    for map in figures.ours() {
        match apart
            .iter_mut()
            .find(|(_, first)| costs(first) == costs(map))
        {
            Some((names, _)) => *names += &format!(" and {map}"),
            None => apart.push((map.to_owned(), map)),
        }
    }
    apart
}

/// The README's.
pub fn picture(figures: &Figures) -> Result<String> {
    let lines = saw_teeth(figures, "u64 -> u64", &[(HMAP.to_owned(), HMAP)]);
    Ok(chart::alone(&chart::saw_teeth(&lines, FROM)?))
}
