//! Figures, as they come out of a measurement and as they are written: a line of JSON.

use core::fmt::{Display, Formatter, Result};

/// A figure of one map.
pub struct Row {
    pub pair: &'static str,
    pub map: &'static str,
    pub figure: Figure,
}

/// All sizes are in bytes.
pub enum Figure {
    Cell(Cell),
    Mean(Mean),
    Worst(Worst),
    State(State),
    Arena(Arena),
}

/// A map of `n` entries, made by inserting them into an empty one.
#[derive(Clone, Copy, Default)]
pub struct Cell {
    pub n: usize,
    /// The map's own value.
    pub header: usize,
    /// The bucket that it was lent.
    pub bucket: usize,
    /// What its blocks occupy in the heap, the allocator's rounding included.
    pub live: usize,
    /// The most that they occupied on the way.
    pub peak: usize,
    /// The largest request.
    pub largest: usize,
    /// Requests.
    pub allocations: usize,
    /// The smallest heap that would have done.
    pub high_water: usize,
}

/// Bytes an entry, header included, while n goes from `from` to twice as much.
#[derive(Clone, Copy, Default)]
pub struct Mean {
    pub from: usize,
    /// The log-uniform mean: every n has the weight 1 / n.
    pub live: f64,
    /// The same of the peak so far.
    pub peak: f64,
    /// At the worst moment, within an insert that grows.
    pub worst: f64,
}

/// The worst ratio to hashbrown's bytes at a single n of a range, both headers included.
#[derive(Clone, Copy)]
pub struct Worst {
    pub from: usize,
    pub to: usize,
    /// Where it is.
    pub n: usize,
    pub ratio: f64,
}

/// A map that has been through something.
pub struct State {
    pub what: &'static str,
    /// Entries in it.
    pub n: usize,
    pub live: usize,
    pub peak: usize,
}

/// Entries that fit.
pub struct Arena {
    pub how: &'static str,
    pub bytes: usize,
    pub entries: usize,
}

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { pair, map, figure } = self;
        write!(f, r#"{{"pair":"{pair}","map":"{map}","#)?;
        match figure {
            Figure::Cell(cell) => write!(
                f,
                r#""kind":"cell","n":{},"header":{},"bucket":{},"live":{},"peak":{},"largest":{},"allocations":{},"high_water":{}}}"#,
                cell.n,
                cell.header,
                cell.bucket,
                cell.live,
                cell.peak,
                cell.largest,
                cell.allocations,
                cell.high_water
            ),
            Figure::Mean(mean) => write!(
                f,
                r#""kind":"mean","from":{},"live":{:.6},"peak":{:.6},"worst":{:.6}}}"#,
                mean.from, mean.live, mean.peak, mean.worst
            ),
            Figure::Worst(worst) => write!(
                f,
                r#""kind":"worst","from":{},"to":{},"n":{},"ratio":{:.6}}}"#,
                worst.from, worst.to, worst.n, worst.ratio
            ),
            Figure::State(state) => write!(
                f,
                r#""kind":"state","what":"{}","n":{},"live":{},"peak":{}}}"#,
                state.what, state.n, state.live, state.peak
            ),
            Figure::Arena(arena) => write!(
                f,
                r#""kind":"arena","how":"{}","bytes":{},"entries":{}}}"#,
                arena.how, arena.bytes, arena.entries
            ),
        }
    }
}
