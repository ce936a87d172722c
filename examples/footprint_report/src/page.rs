//! The page: one file that needs nothing else, light or dark as the reader has it.

use crate::chart::{self, FIFTH, FOURTH, INK, Ratios, THIRD};
use crate::html::{Table, anchor, decimals, escaped, grouped, heading, less, more, ratio, wide};
use crate::pair;
use crate::rows::{Figures, LENT, Mean, average};
use anyhow::Result;

/// What a map has been through, and how the page calls it.
const STATES: [(&str, &str); 7] = [
    ("filled", "filled"),
    ("a growth began", "just after a growth began"),
    ("exchanged", "entries exchanged 20 times"),
    ("a tenth left", "after 90 % were removed"),
    ("shrunk to it", "and shrunk to fit"),
    ("many filled", "a large map, filled"),
    ("many exchanged", "its entries exchanged 40 times"),
];
const HOWS: [(&str, &str); 4] = [
    ("growing", "growing from empty"),
    ("made with room", "made with room"),
    ("exchanged", "entries exchanged 20 times"),
    ("refilled", "refilled after removal"),
];
const MIB: usize = 1 << 20;

type Section = fn(&Figures, &str) -> Result<String>;

/// What all pairs are in, for each map of ours.
const SECTIONS: [(&str, Section); 4] = [
    ("All pairs", overview),
    ("At a single n", singles),
    ("What a map has been through", states),
    ("Entries that fit an arena", arenas),
];

const OWN: &str = "What does not come from the heap";

const STYLE: &str = "\
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); \
max-width: 860px; margin: 2em auto; padding: 0 1em; }
h2 { margin-top: 2.5em; } nav ul { columns: 12em; padding-left: 1.2em; }
svg { min-width: 640px; width: 100%; height: auto; display: block; }
div { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
td, th { padding: 2px 7px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--faint); }
td:first-child, th:first-child { text-align: left; }
b.ours { color: var(--ours); } b.theirs { color: var(--theirs); }
summary { cursor: pointer; margin: .5em 0; }
";

pub fn page(figures: &Figures) -> Result<String> {
    let pairs = figures.pairs();
    let mut page = head(figures);
    page += &contents(&pairs);
    for (section, draw) in SECTIONS {
        page += &heading(section);
        for map in figures.ours() {
            page += &draw(figures, map)?;
        }
    }
    page += &own(figures);
    for pair in pairs {
        page += &pair::of_pair(figures, pair)?;
    }
    page += "</body></html>\n";
    Ok(page)
}

/// What there is, with links.
fn contents(pairs: &[&str]) -> String {
    let sections = SECTIONS.iter().map(|(section, _)| *section);
    let all = sections.chain([OWN]).chain(pairs.iter().copied());
    let lines = all.map(|name| format!("<li><a href='#{}'>{}</a>", anchor(name), escaped(name)));
    format!("<nav><ul>{}</ul></nav>", lines.collect::<String>())
}

fn head(figures: &Figures) -> String {
    let theirs = figures.hashbrown();
    let width = theirs.rsplit('/').next().unwrap_or(theirs);
    let others: Vec<_> = figures.hashbrowns().into_iter().skip(1).collect();
    let others = match others.as_slice() {
        [] => "It was not measured with another width.".to_owned(),
        others => format!(
            "Where the kernel was not measured, the figures are those of {}, and it says so.",
            others.join(", ")
        ),
    };
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content='width=device-width'>\
         <title>What a map costs in memory</title><style>{}{STYLE}</style></head><body>\
         <h1>What a map costs in memory</h1>\
         <p>hmap beside hashbrown 0.17.2. Each map has a <code>linked_list_allocator</code> \
         heap of its own; both hash with foldhash and the same seed. Counted are the blocks as \
         the allocator rounds them, the map's own value, and the bucket that an hmap was lent.\
         <p><b>{theirs}</b> is compared with: hashbrown's bytes depend on the width of its \
         groups, here {width} buckets; it is 8 in a kernel (x86_64-unknown-none, without \
         SSE), 16 on a host with SSE2. {others}\
         <p>A ratio is hmap's figure by hashbrown's: <b class=ours>blue</b> where hmap is \
         better, <b class=theirs>orange</b> where hashbrown is.",
        chart::STYLE
    )
}

fn overview(figures: &Figures, map: &str) -> Result<String> {
    let pairs = figures.pairs();
    let theirs = figures.hashbrown();
    let both = |pair: &str| Some((first(figures, pair, map)?, first(figures, pair, theirs)?));
    let mut kinds = [("mean", INK), ("worst moment", FOURTH)].map(|(name, color)| Ratios {
        name: name.into(),
        color,
        of: Vec::new(),
    });
    let mut table = Table::new(&[
        "pair", "ratio", "worst", "peak", "n", map, theirs, "worst", theirs,
    ]);
    for pair in &pairs {
        let Some((ours, his)) = both(pair) else {
            continue;
        };
        kinds[0].of.push((pair.to_string(), ours.live / his.live));
        kinds[1].of.push((pair.to_string(), ours.worst / his.worst));
        table.row(&[
            escaped(pair),
            less(ours.live / his.live),
            less(ours.worst / his.worst),
            less(ours.peak / his.peak),
            format!("{}–{}", grouped(ours.from), grouped(2 * ours.from)),
            decimals(ours.live),
            decimals(his.live),
            decimals(ours.worst),
            decimals(his.worst),
        ]);
    }
    let better = |kind: &Ratios| {
        let less = kind.of.iter().filter(|(_, ratio)| *ratio < 1.0);
        let names: Vec<_> = less.map(|(pair, _)| escaped(pair)).collect();
        format!(
            "for {} of {} ({})",
            names.len(),
            kind.of.len(),
            names.join(", ")
        )
    };
    Ok(format!(
        "<p>On average {map} takes less {}, at the worst moment of a growth \
         {}; for the others it takes more.{}\
         <p>Bytes an entry while n doubles once, and their ratios: the mean (every n by 1 / n), the \
         worst moment, and the mean of the peak so far.{}",
        better(&kinds[0]),
        better(&kinds[1]),
        wide(chart::ratios(
            &kinds,
            &pairs,
            &by("below 1", map, "takes less")
        )?),
        table.text()
    ))
}

/// The worst n of each pair.
fn singles(figures: &Figures, map: &str) -> Result<String> {
    let mut table = Table::new(&["pair", "n", "worst ratio", "at n"]);
    for pair in figures.pairs() {
        for worst in figures.worst(pair, map) {
            table.row(&[
                escaped(pair),
                format!("{}–{}", grouped(worst.from), grouped(worst.to)),
                less(worst.ratio),
                grouped(worst.n),
            ]);
        }
    }
    Ok(format!(
        "<p>{map} by hashbrown where that is worst for {map}, each n by itself.{}",
        table.folded("The figures")
    ))
}

fn states(figures: &Figures, map: &str) -> Result<String> {
    let pairs = figures.pairs().into_iter();
    let pairs: Vec<_> = pairs
        .filter(|pair| both_states(figures, pair, map, "filled").is_some())
        .collect();
    let mut kinds = Vec::new();
    for ((what, name), color) in STATES[1..4].iter().zip([INK, FOURTH, FIFTH]) {
        let ratio = |pair: &&str| {
            let (ours, his, _) = both_states(figures, pair, map, what)?;
            Some((pair.to_string(), ours / his))
        };
        kinds.push(Ratios {
            name: name.to_string(),
            color,
            of: pairs.iter().filter_map(ratio).collect(),
        });
    }
    let less = |kind: &Ratios| kind.of.iter().filter(|(_, ratio)| *ratio < 1.0).count();
    Ok(format!(
        "<p>When all entries were exchanged 20 times, {map} takes less for {} of {} pairs. Just \
         after a growth began it does for {}: it holds both arrays for a while, which hashbrown \
         does only within the call. After 90 % were removed it does for {}.{}<p>Bytes for each entry that is \
         there, means over eight n of one doubling.{}",
        less(&kinds[1]),
        pairs.len(),
        less(&kinds[0]),
        less(&kinds[2]),
        wide(chart::ratios(
            &kinds,
            &pairs,
            &by("below 1", map, "takes less")
        )?),
        state_table(figures, map, &pairs).folded("The figures")
    ))
}

/// Bytes an entry, hashbrown's, and which hashbrown.
fn both_states<'a>(
    figures: &'a Figures,
    pair: &str,
    map: &str,
    what: &str,
) -> Option<(f64, f64, &'a str)> {
    let ours = figures.state(pair, map, what)?;
    let his = figures.hashbrowns().into_iter();
    let mut his = his.filter_map(|map| Some((figures.state(pair, map, what)?, map)));
    his.next().map(|(his, map)| (ours, his, map))
}

fn state_table(figures: &Figures, map: &str, pairs: &[&str]) -> Table {
    let mut table = Table::new(&["pair", "state", "ratio", map, "hashbrown", "against"]);
    for pair in pairs {
        for (what, name) in STATES {
            if let Some((ours, his, against)) = both_states(figures, pair, map, what) {
                table.row(&[
                    escaped(pair),
                    name.to_string(),
                    less(ours / his),
                    decimals(ours),
                    decimals(his),
                    against.to_owned(),
                ]);
            }
        }
    }
    table
}

fn arenas(figures: &Figures, map: &str) -> Result<String> {
    let pairs = figures.pairs().into_iter();
    let pairs: Vec<_> = pairs
        .filter(|pair| !figures.arenas(pair, map, "growing").is_empty())
        .collect();
    let mut kinds = Vec::new();
    for ((how, name), color) in HOWS.iter().zip([INK, FOURTH, FIFTH, THIRD]) {
        let ratio = |pair: &&str| Some((pair.to_string(), fit(figures, pair, map, how)?));
        kinds.push(Ratios {
            name: name.to_string(),
            color,
            of: pairs.iter().filter_map(ratio).collect(),
        });
    }
    let number = |how| {
        let ratio = fit(figures, "u64 -> u64", map, how);
        ratio.map_or("?".into(), |ratio| format!("{ratio:.2}"))
    };
    Ok(format!(
        "<p>Before the first insert is refused, {map} has taken {} times hashbrown's entries \
         for u64 → u64; where both are made with room for all of them, {} times; while all are \
         exchanged again and again, {} times; refilled after 90 % were removed, {} times. \
         hashbrown is full when it cannot have a table of twice the size; hmap goes on with \
         longer chains.{}<p>Means over arenas of 1 to 1.9 MiB, exchanged: of 256 to \
         480 KiB; above 1 more entries fit into {map}.{}",
        number("growing"),
        number("made with room"),
        number("exchanged"),
        number("refilled"),
        wide(chart::ratios(
            &kinds,
            &pairs,
            &by("above 1", map, "holds more")
        )?),
        arena_table(figures, map, &pairs).folded("The figures")
    ))
}

/// hmap's entries by hashbrown's: the mean over the sizes within a doubling, if there are
/// any, or over those that there are.
fn fit(figures: &Figures, pair: &str, map: &str, how: &str) -> Option<f64> {
    let arenas = both_arenas(figures, pair, map, how);
    let doubling = arenas
        .iter()
        .filter(|arena| (MIB..2 * MIB).contains(&arena.0));
    let ratios = |arenas: Vec<&(usize, usize, usize, String)>| {
        let ratios = arenas.iter().map(|(_, ours, his, _)| ratio(*ours, *his));
        average(ratios.collect())
    };
    ratios(doubling.collect()).or_else(|| ratios(arenas.iter().collect()))
}

fn arena_table(figures: &Figures, map: &str, pairs: &[&str]) -> Table {
    let mut table = Table::new(&[
        "pair",
        "how",
        "ratio",
        "arena, KiB",
        map,
        "hashbrown",
        "against",
    ]);
    for pair in pairs {
        for (how, name) in HOWS {
            for (bytes, ours, his, against) in both_arenas(figures, pair, map, how) {
                table.row(&[
                    escaped(pair),
                    name.to_string(),
                    more(ratio(ours, his)),
                    grouped(bytes >> 10),
                    grouped(ours),
                    grouped(his),
                    against,
                ]);
            }
        }
    }
    table
}

/// Bytes, hmap's entries, hashbrown's, and which hashbrown.
fn both_arenas(
    figures: &Figures,
    pair: &str,
    map: &str,
    how: &str,
) -> Vec<(usize, usize, usize, String)> {
    let mut all = Vec::new();
    for ours in figures.arenas(pair, map, how) {
        let his = figures.hashbrowns().into_iter().find_map(|map| {
            let arenas = figures.arenas(pair, map, how);
            let arena = arenas.into_iter().find(|arena| arena.bytes == ours.bytes)?;
            Some((arena.entries, map.to_owned()))
        });
        all.extend(his.map(|(entries, map)| (ours.bytes, ours.entries, entries, map)));
    }
    all
}

/// The map's own value and the bucket.
fn own(figures: &Figures) -> String {
    let maps: Vec<_> = figures
        .ours()
        .into_iter()
        .chain([figures.hashbrown()])
        .collect();
    let mut table = Table::new(
        &[
            &["pair"],
            maps.as_slice(),
            &["bucket that hmap may be lent"],
        ]
        .concat(),
    );
    for pair in figures.pairs() {
        let first = |map: &str| figures.cells(pair, map).first().copied();
        let header = |map: &&str| first(map).map_or(String::new(), |cell| cell.header.to_string());
        let bucket = first(LENT).map_or(0, |cell| cell.bucket);
        let mut row = vec![escaped(pair)];
        row.extend(maps.iter().map(header));
        row.push(bucket.to_string());
        table.row(&row);
    }
    format!(
        "{}<p>The map's own value is larger in hmap; \
         a bucket lent by the caller is no gift, and is counted.{}",
        heading(OWN),
        table.folded("The figures")
    )
}

/// Over the doubling that is the same for pairs of about the same size.
fn first(figures: &Figures, pair: &str, map: &str) -> Option<Mean> {
    figures.means(pair, map).first().copied()
}

/// What an axis of ratios says.
fn by(which: &str, map: &str, what: &str) -> String {
    format!("{map} by hashbrown; {which} {map} {what}")
}
