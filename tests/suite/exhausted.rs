//! A real heap, filled to its last byte by one map: every operation in that state, in
//! which there is no memory at all.

use crate::support::few_or;
use crate::support::keys::{Identity, Key};
use crate::support::part::World;
use crate::support::scene::{Act, Books, Scene};
use crate::support::states::{acts, go_on};
use board::heap::{MapHeap, leak_region};
use hmap::Hmap;

impl Books for MapHeap {
    fn live_bytes(&self) -> usize {
        self.stats().live
    }

    fn calls(&self) -> usize {
        self.stats().allocations
    }

    fn freed(&self) -> usize {
        self.stats().frees
    }

    fn refused(&self) -> usize {
        self.stats().failures
    }
}

/// Fills the heap, does one operation, and makes room; false if there is no operation
/// of that number.
fn operate<const K: usize, const V: usize>(heap: &MapHeap, number: usize) -> bool {
    let world = World::new();
    let mut scene: Scene<'_, _, K, V> =
        Scene::of(Hmap::with_hasher_in(Identity, heap), heap, &world);
    let mut id = 0;
    while scene.act(Act::Insert(Key::spread(id))).is_ok() {
        id += 1;
    }
    // Chains with free slots take more: all until none does.
    let more = id + 1..id + few_or(10, 400);
    let fitted = more.filter(|id| scene.act(Act::Insert(Key::spread(*id))).is_ok());
    let entries = id as usize + fitted.count();
    assert_eq!(scene.map().len(), entries);
    scene.check();

    let Some(&(name, act)) = acts(&scene).get(number) else {
        return false;
    };
    let done = scene.act(act);
    scene.check();
    if done.is_err() && !is_of_its_own(act) {
        let removed = scene.act(Act::Retain(2));
        removed.expect("removing needs no memory");
        let again = scene.act(act);
        let needs_more = matches!(
            act,
            Act::InsertWithinCapacity(_) | Act::ShrinkTo(_) | Act::With(_)
        );
        assert!(needs_more || again.is_ok() || act_fills(act), "{name}");
        scene.check();
    }
    if !scene.is_consumed() {
        scene.act(Act::Retain(2)).expect("as above");
        scene.act(Act::Retain(3)).expect("as above");
    }
    go_on(&mut scene);
    drop(scene);
    assert_eq!(world.live(), 0);
    true
}

/// Whether an operation needs more memory than removals of entries give back.
fn is_of_its_own(act: Act) -> bool {
    matches!(
        act,
        Act::TryReserve(_) | Act::TryPresize(_) | Act::TryClone | Act::TryCloneFrom
    )
}

/// Whether an operation needs more room than removing a half makes.
fn act_fills(act: Act) -> bool {
    matches!(act, Act::TryExtend(..))
}

fn every_operation<const K: usize, const V: usize>(bytes: usize) {
    let heap = MapHeap::new(leak_region(bytes));
    let mut number = 0;
    while operate::<K, V>(&heap, number) {
        let stats = heap.stats();
        assert_eq!((stats.used, stats.live), (0, 0), "all is given back");
        number += few_or(16, 1);
    }
    let stats = heap.stats();
    assert!(number > 30 && stats.failures > 5, "{stats:?}");
    // Not a word is left over where a bucket would have fitted.
    assert!(heap.size() - stats.high_water < 1024, "{stats:?}");
}

pub fn every_operation_on_a_heap_without_a_free_byte() {
    every_operation::<0, 0>(few_or(2 << 10, 32 << 10));
}

pub fn every_operation_on_a_heap_that_cells_have_filled() {
    every_operation::<15, 15>(few_or(3 << 10, 48 << 10));
}
