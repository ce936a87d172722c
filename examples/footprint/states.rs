//! What a map costs that was not only filled: while a growth is on its way, after its
//! entries were exchanged, after most were removed.

use crate::maps::{self, Map, Measure};
use crate::pairs::Pair;
use crate::room::Room;
use crate::row::{Figure, Row, State};
use board::heap::MapHeap;
use core::hash::Hash;
use core::mem;

/// So many n in a doubling, equally far apart: a map may be just before a growth at one.
const POINTS: usize = 8;
/// Entries that are exchanged, for each that there is.
pub const EXCHANGES: usize = 20;
/// The same of a large map.
pub const MANY_EXCHANGES: usize = 40;

/// Reports the states of every map for n from `from` to twice as much, and for `many` if that
/// is not 0.
pub fn measure<K: Hash + Eq, V>(
    room: &mut Room,
    pair: &Pair<K, V>,
    from: usize,
    many: usize,
    report: &mut impl FnMut(Row),
) {
    maps::each(&mut States {
        room,
        pair,
        from,
        many,
        report,
    });
}

struct States<'a, K, V, R> {
    room: &'a mut Room,
    pair: &'a Pair<K, V>,
    from: usize,
    many: usize,
    report: &'a mut R,
}

impl<K: Hash + Eq, V, R: FnMut(Row)> Measure<K, V> for States<'_, K, V, R> {
    fn map<M: Map<K, V>>(&mut self) {
        let growth = self.growth::<M>();
        growth.into_iter().for_each(|state| self.write::<M>(state));
        for point in 1..=POINTS {
            let n = self.from + self.from * point / POINTS;
            for state in self.removal::<M>(n) {
                self.write::<M>(state);
            }
            let churn = self.churn::<M>(n);
            self.write::<M>(churn);
        }
        if self.many > 0 {
            let states = self.many::<M>();
            states.into_iter().for_each(|state| self.write::<M>(state));
        }
    }
}

impl<K: Hash + Eq, V, R: FnMut(Row)> States<'_, K, V, R> {
    /// When the insert that started a growth has returned.
    fn growth<M: Map<K, V>>(&mut self) -> Option<State> {
        let Self {
            room, pair, from, ..
        } = self;
        room.heap(room.bytes(), |heap| {
            let mut map = filled::<M, _, _>(pair, *from, heap);
            // The larger array is larger than all that was asked for before.
            let largest = heap.stats().largest;
            let began = (*from + 1..=2 * *from).find(|n| {
                insert(&mut map, pair, n - 1);
                heap.stats().largest > largest
            });
            mem::forget(map);
            began.map(|n| state("a growth began", n, heap))
        })
    }

    fn removal<M: Map<K, V>>(&mut self, n: usize) -> [State; 3] {
        let Self { room, pair, .. } = self;
        room.heap(room.bytes(), |heap| {
            let mut map = filled::<M, _, _>(pair, n, heap);
            let filled = state("filled", n, heap);
            let left = n / 10;
            for number in left..n {
                map.remove(&(pair.entry)(number).0);
            }
            let tenth = state("a tenth left", left, heap);
            assert!(map.shrink(), "no room for a smaller table");
            mem::forget(map);
            [filled, tenth, state("shrunk to it", left, heap)]
        })
    }

    fn churn<M: Map<K, V>>(&mut self, n: usize) -> State {
        let Self { room, pair, .. } = self;
        room.heap(room.bytes(), |heap| {
            let mut map = filled::<M, _, _>(pair, n, heap);
            let done = exchange(&mut map, pair, n, EXCHANGES);
            assert!(done, "no room to exchange entries");
            mem::forget(map);
            state("exchanged", n, heap)
        })
    }

    fn many<M: Map<K, V>>(&mut self) -> [State; 2] {
        let Self {
            room, pair, many, ..
        } = self;
        let n = *many;
        room.heap(room.bytes(), |heap| {
            let mut map = filled::<M, _, _>(pair, n, heap);
            let filled = state("many filled", n, heap);
            let done = exchange(&mut map, pair, n, MANY_EXCHANGES);
            assert!(done, "no room to exchange many entries");
            mem::forget(map);
            [filled, state("many exchanged", n, heap)]
        })
    }

    fn write<M: Map<K, V>>(&mut self, state: State) {
        (self.report)(Row {
            pair: self.pair.name,
            map: M::NAME,
            figure: Figure::State(state),
        });
    }
}

fn state(what: &'static str, n: usize, heap: &MapHeap) -> State {
    let stats = heap.stats();
    State {
        what,
        n,
        live: stats.used,
        peak: stats.peak,
    }
}

fn filled<M: Map<K, V>, K, V>(pair: &Pair<K, V>, n: usize, heap: &'static MapHeap) -> M {
    let mut map = M::new(pair, heap);
    for number in 0..n {
        insert(&mut map, pair, number);
    }
    map
}

fn insert<M: Map<K, V>, K, V>(map: &mut M, pair: &Pair<K, V>, number: usize) {
    let (key, value) = (pair.entry)(number);
    assert!(map.insert(key, value), "no room for entry {number}");
}

/// Removes the oldest entry and inserts a new one, over and over; false if memory was
/// refused. Where an entry lies is up to its hash, so the oldest is as good as any.
pub fn exchange<M: Map<K, V>, K, V>(
    map: &mut M,
    pair: &Pair<K, V>,
    n: usize,
    times: usize,
) -> bool {
    (0..times * n).all(|number| {
        map.remove(&(pair.entry)(number).0);
        let (key, value) = (pair.entry)(number + n);
        map.insert(key, value)
    })
}
