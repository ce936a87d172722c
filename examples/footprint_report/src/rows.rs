//! The figures, as `examples/footprint/row.rs` describes and writes them.

use anyhow::Result;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Row {
    pub pair: String,
    pub map: String,
    #[serde(flatten)]
    pub figure: Figure,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Figure {
    Cell(Cell),
    Mean(Mean),
    Worst(Worst),
    State(State),
    Arena(Arena),
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Cell {
    pub n: usize,
    pub header: usize,
    pub bucket: usize,
    pub live: usize,
    pub peak: usize,
    pub largest: usize,
    pub allocations: usize,
    pub high_water: usize,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Mean {
    pub from: usize,
    pub live: f64,
    pub peak: f64,
    pub worst: f64,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Worst {
    pub from: usize,
    pub to: usize,
    pub n: usize,
    pub ratio: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct State {
    pub what: String,
    pub n: usize,
    pub live: usize,
    pub peak: usize,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Arena {
    pub how: String,
    pub bytes: usize,
    pub entries: usize,
}

/// hmap with its default policy, where it takes all of its memory from the heap, and where
/// it was lent a bucket.
pub const HMAP: &str = "hmap";
pub const LENT: &str = "hmap, bucket lent";

/// All figures, with the questions that are asked of them.
pub struct Figures(pub Vec<Row>);

impl Figures {
    pub fn new(rows: Vec<Row>) -> Self {
        Self(rows)
    }

    pub fn print(&self) -> Result<()> {
        for row in &self.0 {
            println!("{}", serde_json::to_string(row)?);
        }
        Ok(())
    }

    /// In the order of the measurements.
    pub fn pairs(&self) -> Vec<&str> {
        distinct(self.0.iter().map(|row| row.pair.as_str()))
    }

    /// hmap by policy.
    pub fn ours(&self) -> Vec<&str> {
        let maps = self.0.iter().map(|row| row.map.as_str());
        distinct(maps.filter(|map| map.starts_with(HMAP) && *map != LENT))
    }

    /// The builds of hashbrown's, the kernel's first.
    pub fn hashbrowns(&self) -> Vec<&str> {
        let maps = self.0.iter().map(|row| row.map.as_str());
        let mut maps = distinct(maps.filter(|map| map.starts_with("hashbrown")));
        maps.sort_by_key(|map| map.len());
        maps
    }

    /// The hashbrown that is compared with: a kernel's if it was measured.
    pub fn hashbrown(&self) -> &str {
        self.hashbrowns().first().copied().unwrap_or("hashbrown")
    }

    /// By n, each once.
    pub fn cells(&self, pair: &str, map: &str) -> Vec<Cell> {
        let mut cells: Vec<Cell> = self.of(pair, map, |figure| match figure {
            Figure::Cell(cell) => Some(*cell),
            _ => None,
        });
        cells.sort_by_key(|cell| cell.n);
        cells.dedup_by_key(|cell| cell.n);
        cells
    }

    pub fn cell(&self, pair: &str, map: &str, n: usize) -> Option<Cell> {
        self.cells(pair, map).into_iter().find(|cell| cell.n == n)
    }

    /// Over the same doubling for pairs of about the same size, and over the last one.
    pub fn means(&self, pair: &str, map: &str) -> Vec<Mean> {
        let mut means: Vec<Mean> = self.of(pair, map, |figure| match figure {
            Figure::Mean(mean) => Some(*mean),
            _ => None,
        });
        means.sort_by_key(|mean| mean.from);
        means.dedup_by_key(|mean| mean.from);
        means
    }

    /// The worst ratio to the hashbrown that was measured with it, for small maps and for others.
    pub fn worst(&self, pair: &str, map: &str) -> Vec<Worst> {
        // The last are the kernel's, if it was measured.
        let mut all = self.of(pair, map, |figure| match figure {
            Figure::Worst(worst) => Some(*worst),
            _ => None,
        });
        all.reverse();
        all.sort_by_key(|worst| worst.from);
        all.dedup_by_key(|worst| worst.from);
        all
    }

    /// Bytes an entry, the mean over those n that were measured.
    pub fn state(&self, pair: &str, map: &str, what: &str) -> Option<f64> {
        average(self.of(pair, map, |figure| match figure {
            Figure::State(state) if state.what == what => Some(state.live as f64 / state.n as f64),
            _ => None,
        }))
    }

    /// By size, each once.
    pub fn arenas(&self, pair: &str, map: &str, how: &str) -> Vec<Arena> {
        let mut arenas: Vec<Arena> = self.of(pair, map, |figure| match figure {
            Figure::Arena(arena) if arena.how == how => Some(arena.clone()),
            _ => None,
        });
        arenas.sort_by_key(|arena| arena.bytes);
        arenas.dedup_by_key(|arena| arena.bytes);
        arenas
    }

    fn of<T>(&self, pair: &str, map: &str, figure: impl Fn(&Figure) -> Option<T>) -> Vec<T> {
        let rows = self.0.iter();
        let rows = rows.filter(|row| row.pair == pair && row.map == map);
        rows.filter_map(|row| figure(&row.figure)).collect()
    }
}

impl Cell {
    /// All that the map takes, the caller's part included.
    pub fn total(&self) -> usize {
        self.live + self.own()
    }

    pub fn peak_total(&self) -> usize {
        self.peak + self.own()
    }

    fn own(&self) -> usize {
        self.header + self.bucket
    }

    pub fn each(&self, bytes: usize) -> f64 {
        bytes as f64 / usize::max(self.n, 1) as f64
    }
}

pub fn average(figures: Vec<f64>) -> Option<f64> {
    let count = figures.len() as f64;
    (count > 0.0).then(|| figures.iter().sum::<f64>() / count)
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
