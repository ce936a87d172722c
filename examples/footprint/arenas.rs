//! How many entries fit: arenas that a map has to itself, and that it fills until memory is
//! refused. One size of arena can flatter either map, so there are eight within a doubling.

use crate::maps::{self, Map, Measure};
use crate::pairs::Pair;
use crate::room::Room;
use crate::row::{Arena, Figure, Row};
use crate::states::{EXCHANGES, exchange};
use board::heap::MapHeap;
use core::hash::Hash;
use core::mem;

const KIB: usize = 1 << 10;
pub const MIB: usize = 1 << 20;
/// The last one is measured only if all is.
const FIXED: [usize; 3] = [64 * KIB, MIB, 16 * MIB];
const CHURNED: [usize; 5] = [256 * KIB, 320 * KIB, 384 * KIB, 448 * KIB, 480 * KIB];

/// Fills arenas with every map.
pub fn measure<K: Hash + Eq, V>(
    room: &mut Room,
    pair: &Pair<K, V>,
    all: bool,
    report: &mut impl FnMut(Row),
) {
    maps::each(&mut Arenas {
        room,
        pair,
        all,
        report,
    });
}

struct Arenas<'a, K, V, R> {
    room: &'a mut Room,
    pair: &'a Pair<K, V>,
    all: bool,
    report: &'a mut R,
}

impl<K: Hash + Eq, V, R: FnMut(Row)> Measure<K, V> for Arenas<'_, K, V, R> {
    fn map<M: Map<K, V>>(&mut self) {
        let few = if self.all { FIXED.len() } else { 2 };
        let eighths = (1..8).map(|eighth| MIB + eighth * MIB / 8);
        for bytes in FIXED[..few].iter().copied().chain(eighths) {
            self.growing::<M>(bytes);
            if self.all || FIXED.contains(&bytes) {
                self.presized::<M>(bytes);
            }
        }
        let few = if self.all { CHURNED.len() } else { 1 };
        for bytes in &CHURNED[..few] {
            self.churned::<M>(*bytes);
        }
    }
}

impl<K: Hash + Eq, V, R: FnMut(Row)> Arenas<'_, K, V, R> {
    /// From empty, and once more after nine tenths were removed.
    fn growing<M: Map<K, V>>(&mut self, bytes: usize) {
        let pair = self.pair;
        let (first, second) = self.room.heap(bytes, |heap| {
            let mut map = M::new(pair, heap);
            let first = fill(&mut map, pair, 0);
            let left = first / 10;
            for number in left..first {
                map.remove(&(pair.entry)(number).0);
            }
            let second = left + fill(&mut map, pair, first);
            mem::forget(map);
            (first, second)
        });
        self.write::<M>("growing", bytes, first);
        self.write::<M>("refilled", bytes, second);
    }

    /// The most for which a map can be made that then takes them.
    fn presized<M: Map<K, V>>(&mut self, bytes: usize) {
        let entries = self.most::<M>(bytes, 0, |pair, heap, n| {
            let mut map = M::with_room(n, heap)?;
            let full = filled(&mut map, pair, n);
            mem::forget(map);
            full.then_some(())
        });
        self.write::<M>("made with room", bytes, entries);
    }

    /// The most that can be in the map while all of them are exchanged many times.
    fn churned<M: Map<K, V>>(&mut self, bytes: usize) {
        let entries = self.most::<M>(bytes, 8, |pair, heap, n| {
            let mut map = M::new(pair, heap);
            let full = filled(&mut map, pair, n) && exchange(&mut map, pair, n, EXCHANGES);
            mem::forget(map);
            full.then_some(())
        });
        self.write::<M>("exchanged", bytes, entries);
    }

    /// The largest n that `works`, by bisection, to one in 2^`precision`; exactly if that
    /// is 0.
    fn most<M: Map<K, V>>(
        &mut self,
        bytes: usize,
        precision: u32,
        works: impl Fn(&Pair<K, V>, &'static MapHeap, usize) -> Option<()>,
    ) -> usize {
        let pair = self.pair;
        let mut works = |n| {
            let works = |heap| works(pair, heap, n);
            n < pair.keys && self.room.heap(bytes, works).is_some()
        };
        let (mut good, mut bad) = (0, 8);
        while works(bad) {
            (good, bad) = (bad, 2 * bad);
        }
        let slack = |good: usize| if precision == 0 { 0 } else { good >> precision };
        while bad - good > 1 + slack(good) {
            let middle = good.midpoint(bad);
            if works(middle) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        good
    }

    fn write<M: Map<K, V>>(&mut self, how: &'static str, bytes: usize, entries: usize) {
        (self.report)(Row {
            pair: self.pair.name,
            map: M::NAME,
            figure: Figure::Arena(Arena {
                how,
                bytes,
                entries,
            }),
        });
    }
}

/// Inserts entries from `first` on until one is refused, and counts them.
fn fill<M: Map<K, V>, K, V>(map: &mut M, pair: &Pair<K, V>, first: usize) -> usize {
    let refused = (first..pair.keys).find(|number| {
        let (key, value) = (pair.entry)(*number);
        !map.insert(key, value)
    });
    refused.unwrap_or(pair.keys) - first
}

/// Whether it takes so many entries.
fn filled<M: Map<K, V>, K, V>(map: &mut M, pair: &Pair<K, V>, n: usize) -> bool {
    (0..n).all(|number| {
        let (key, value) = (pair.entry)(number);
        map.insert(key, value)
    })
}
