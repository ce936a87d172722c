//! A map that is filled entry by entry: what it has cost at each n of a grid, and the mean
//! over doublings, and the worst beside hashbrown's.

use crate::maps::{self, Lent, Map, Measure};
use crate::pairs::Pair;
use crate::room::Room;
use crate::row::{Cell, Figure, Mean, Row, Worst};
use alloc::vec::Vec;
use core::hash::Hash;
use core::mem;

/// Where the fine grid begins; below, each n is on it.
pub const SMALL: usize = 64;
/// The grid of tables.
const COARSE: [usize; 12] = [0, 1, 2, 3, 4, 8, 9, 16, 64, 100, 1_000, 10_000];

/// Up to here a map is small: its first few blocks decide.
const FEW: usize = 28;

/// How far a pair is filled.
pub struct Extent {
    pub most: usize,
    /// Whether the grid is fine.
    pub fine: bool,
    /// Where doublings begin over which there is a mean.
    pub windows: [usize; 2],
}

/// Fills every map, and one that was lent a bucket a little.
pub fn measure<K: Hash + Eq, V>(
    room: &mut Room,
    pair: &Pair<K, V>,
    extent: &Extent,
    report: &mut impl FnMut(Row),
) {
    let mut filling = Filling {
        room,
        pair,
        extent,
        report,
        totals: Vec::new(),
    };
    maps::each(&mut filling);
    filling.compare();
    let little = Extent {
        most: usize::min(extent.most, SMALL),
        windows: [0; 2],
        ..*extent
    };
    filling.extent = &little;
    filling.map::<Lent<K, V>>();
}

struct Filling<'a, K, V, R> {
    room: &'a mut Room,
    pair: &'a Pair<K, V>,
    extent: &'a Extent,
    report: &'a mut R,
    /// What each map takes in all at every n.
    totals: Vec<(&'static str, Vec<usize>)>,
}

impl<K, V, R: FnMut(Row)> Filling<'_, K, V, R> {
    /// Reports where each map is at its worst beside hashbrown's, the last that was filled.
    fn compare(&mut self) {
        let Some(((_, theirs), ours)) = self.totals.split_last() else {
            return;
        };
        for (map, totals) in ours {
            for (from, to) in [(1, FEW), (FEW + 1, self.extent.most)] {
                let ratio = |n: usize| Some(*totals.get(n)? as f64 / *theirs.get(n)? as f64);
                let ratios = (from..=to).filter_map(|n| Some((n, ratio(n)?)));
                if let Some((n, ratio)) = ratios.reduce(|a, b| if b.1 > a.1 { b } else { a }) {
                    (self.report)(Row {
                        pair: self.pair.name,
                        map,
                        figure: Figure::Worst(Worst { from, to, n, ratio }),
                    });
                }
            }
        }
    }
}

impl<K: Hash + Eq, V, R: FnMut(Row)> Measure<K, V> for Filling<'_, K, V, R> {
    fn map<M: Map<K, V>>(&mut self) {
        let Self {
            pair,
            extent,
            report,
            totals,
            ..
        } = self;
        let mut write = |figure| {
            report(Row {
                pair: pair.name,
                map: M::NAME,
                figure,
            });
        };
        let mut total = Vec::with_capacity(extent.most + 1);
        self.room.heap(self.room.bytes(), |heap| {
            let mut map = M::new(pair, heap);
            let mut means = extent.windows.map(Accumulated::new);
            let mut grid = Grid::new(extent.fine);
            for n in 0..=extent.most {
                if let Some(number) = n.checked_sub(1) {
                    let (key, value) = (pair.entry)(number);
                    assert!(map.insert(key, value), "no room for {n} entries");
                }
                let stats = heap.stats();
                let cell = Cell {
                    n,
                    header: size_of::<M>(),
                    bucket: M::bucket(pair),
                    live: stats.used,
                    peak: stats.peak,
                    largest: stats.largest,
                    allocations: stats.allocations,
                    high_water: stats.high_water,
                };
                total.push(cell.header + cell.bucket + cell.live);
                means.iter_mut().for_each(|mean| mean.add(&cell));
                grid.add(cell, |cell| write(Figure::Cell(cell)));
            }
            mem::forget(map);
            let last = grid.before.filter(|_| extent.fine);
            last.into_iter().for_each(|cell| write(Figure::Cell(cell)));
            for mean in means.iter().filter_map(Accumulated::mean) {
                write(Figure::Mean(mean));
            }
        });
        totals.push((M::NAME, total));
    }
}

/// Which cells are reported.
struct Grid {
    fine: bool,
    next: usize,
    /// The cell before, if it was not on the grid.
    before: Option<Cell>,
    live: usize,
}

impl Grid {
    fn new(fine: bool) -> Self {
        Self {
            fine,
            next: 0,
            before: None,
            live: 0,
        }
    }

    /// On the fine grid are also both sides of a jump.
    fn add(&mut self, cell: Cell, mut report: impl FnMut(Cell)) {
        let jump = self.fine && cell.live.abs_diff(self.live) > self.live / 16;
        self.live = cell.live;
        let before = self.before.replace(cell);
        if cell.n < self.next && !jump {
            return;
        }
        before.into_iter().filter(|_| jump).for_each(&mut report);
        if cell.n >= self.next {
            self.next = self.after(cell.n);
        }
        self.before = None;
        report(cell);
    }

    /// The fine grid has the n of the coarse one, too.
    fn after(&self, n: usize) -> usize {
        let coarse = COARSE.into_iter().find(|next| *next > n);
        let coarse = coarse.unwrap_or(usize::MAX);
        if self.fine {
            coarse.min(n + usize::max(1, n / 24))
        } else {
            coarse
        }
    }
}

/// What becomes a [`Mean`].
struct Accumulated {
    from: usize,
    weight: f64,
    complete: bool,
    peak_before: usize,
    sums: Mean,
}

impl Accumulated {
    fn new(from: usize) -> Self {
        Self {
            from,
            weight: 0.0,
            complete: false,
            peak_before: 0,
            sums: Mean::default(),
        }
    }

    fn add(&mut self, cell: &Cell) {
        if cell.n > self.from && cell.n <= 2 * self.from {
            let n = cell.n as f64;
            let own = cell.header + cell.bucket;
            let peak = (cell.peak + own) as f64 / n;
            self.weight += 1.0 / n;
            self.sums.live += (cell.live + own) as f64 / n / n;
            self.sums.peak += peak / n;
            // The worst moment of a growing map is one that it never saw before.
            if cell.peak > self.peak_before {
                self.sums.worst = self.sums.worst.max(peak);
            }
            self.complete = cell.n == 2 * self.from;
        }
        self.peak_before = cell.peak;
    }

    fn mean(&self) -> Option<Mean> {
        self.complete.then_some(Mean {
            from: self.from,
            live: self.sums.live / self.weight,
            peak: self.sums.peak / self.weight,
            worst: self.sums.worst,
        })
    }
}
