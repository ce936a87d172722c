//! What one call costs at the worst, beside hashbrown's: each call measured by itself, in
//! exact instructions.
//!
//!     cargo qemu run latency                      on the bare machine
//!     cargo qemu run latency --memory 1024 -- 4000000
//!     cargo run --release --example latency       on the host, in nanoseconds
//!
//! u64 -> u64, the same hasher and seed, growing from empty: once on an arena whose every
//! call is a few instructions, so that what is seen is the map's own work, and once on
//! `linked_list_allocator`, whose walk through its holes is part of the call. `clear` is
//! one call for the whole map, and its work is in proportion to it; so would a drop's be
//! if the entries had something to drop.
//!
//! On the x86-64 machine it ends with an error if an insert of hmap's takes more than is
//! stated here, more in a large map than in a small one, or more than hashbrown's in the
//! mean. That is for the default policy; `Dense` and `Paged` are measured beside it.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use board::heap::MapHeap;
use board::println;
use core::alloc::Layout;
use core::cell::Cell;
use core::fmt::{Arguments, Display, Formatter, Result as FmtResult};
use core::hint::black_box;
use core::ptr::NonNull;
use hmap::{AllocError, Allocator, DefaultHashBuilder, Dense, Go, Hmap, Paged, Policy};

board::main!(run);
#[cfg(not(target_arch = "arm"))]
board::machine_memory!(160);

/// The most that one insert of hmap's may take on the arena.
const LIMIT_ON_ARENA: u64 = if IS_SMALL { 3_500 } else { 1_886 };
/// The same where the allocator looks for a hole that fits.
const LIMIT_ON_HEAP: u64 = 5_000;
/// The worst insert of the largest map to the worst of the smallest from `LARGE` on: rare cases
/// do not come up among fewer inserts.
const LIMIT_OF_SIZE: f64 = 1.1;
const LARGE: u64 = 100_000;
/// hmap's mean of an insert to hashbrown's.
const LIMIT_OF_MEAN: f64 = if IS_SMALL { 2.0 } else { 1.25 };

/// Built for less code, which is slower.
const IS_SMALL: bool = cfg!(feature = "small-code");

/// The limits are for what a release build does on this machine; others are only measured.
const IS_LIMITED: bool = cfg!(all(
    target_os = "none",
    target_arch = "x86_64",
    not(debug_assertions)
));

const UNIT: &str = if cfg!(target_os = "none") {
    "instructions"
} else {
    "nanoseconds (the bare machine counts instructions)"
};

/// The Arm machine has 16 MiB.
const DEFAULT_SIZES: &[u64] = if cfg!(target_arch = "arm") {
    &[10_000, 100_000]
} else {
    &[6_000, 100_000, 1_000_000]
};

/// All blocks that a map asks for while it grows, none used twice, come to less.
const BYTES_AN_ENTRY: usize = 128;

/// From here on it is said what is going on.
const MANY: u64 = 500_000;

const HELP: &str = "\
The cost of each single insert, removal and step of growth, of hmap and hashbrown.

  [SIZE]...   how many entries the maps grow to; 6000, 100000 and 1000000 if nothing is
              said, 10000 and 100000 on the Arm machine

A size takes 128 bytes an entry: `cargo qemu run latency --memory 1024 -- 4000000`.";

fn run() -> Result<(), &'static str> {
    let Some(sizes) = sizes()? else {
        println!("{HELP}");
        return Ok(());
    };
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let room = usize::try_from(largest)
        .ok()
        .and_then(|entries| entries.checked_mul(BYTES_AN_ENTRY)?.checked_add(4096))
        .ok_or("no machine has the memory for so many entries")?;
    let heap = heap_of(room)?;
    let clock = Clock::set();
    println!("one call of a u64 -> u64 map that grows from empty, in {UNIT}");
    let (mut on_arena, mut on_heap) = (Vec::new(), Vec::new());
    for n in sizes {
        let arena = Arena::of(heap, room - 1024)?;
        on_arena.push(all("an arena", n, &arena, &clock));
        drop(arena);
        on_heap.push(all("linked_list_allocator", n, heap, &clock));
    }
    if !IS_LIMITED {
        println!("nothing is held to a limit here: that is for x86-64, in a release build");
        return Ok(());
    }
    println!();
    let kept_on_arena = is_within("an arena", &on_arena, LIMIT_ON_ARENA);
    let kept_on_heap = is_within("linked_list_allocator", &on_heap, LIMIT_ON_HEAP);
    if kept_on_arena && kept_on_heap {
        Ok(())
    } else {
        Err("an insert takes more than is stated")
    }
}

/// What the arguments say; `None` if they ask for help.
fn sizes() -> Result<Option<Vec<u64>>, &'static str> {
    let mut sizes = Vec::new();
    for word in board::args() {
        if word == "--help" {
            return Ok(None);
        }
        match word.parse() {
            Ok(size @ 1..) => sizes.push(size),
            _ => {
                println!("`{word}` is no number of entries");
                return Err("unknown argument; --help has them");
            }
        }
    }
    if sizes.is_empty() {
        sizes.extend(DEFAULT_SIZES);
    }
    Ok(Some(sizes))
}

/// The maps, as the measurements need them.
trait Map<A>: Sized {
    const NAME: &'static str;

    fn new(alloc: A) -> Self;
    /// False if memory was refused.
    fn insert(&mut self, key: u64) -> bool;
    fn remove(&mut self, key: u64) -> bool;
    fn clear(&mut self);
    /// Whether a growth is under way that single calls drive on.
    fn is_growing(&self) -> bool {
        false
    }
    /// Drives a growth that has just begun to its end, a chain a call.
    fn grow(&mut self, _clock: &Clock, _costs: &mut Costs) {}
}

const HASHER: DefaultHashBuilder = DefaultHashBuilder::with_seed(0x5eed);

type Ours<A, P> = Hmap<u64, u64, DefaultHashBuilder, A, P>;
type Theirs<A> = hashbrown::HashMap<u64, u64, DefaultHashBuilder, A>;

/// How a map with this policy is called.
trait Named: Policy {
    const NAME: &'static str;
}

impl Named for Go {
    const NAME: &'static str = "hmap";
}

impl Named for Dense {
    const NAME: &'static str = "Dense";
}

impl Named for Paged {
    const NAME: &'static str = "Paged";
}

impl<A: Allocator, P: Named> Map<A> for Ours<A, P> {
    const NAME: &'static str = P::NAME;

    fn new(alloc: A) -> Self {
        Hmap::with_policy_in(HASHER, alloc)
    }

    #[inline]
    fn insert(&mut self, key: u64) -> bool {
        Hmap::insert(self, key, key).is_ok()
    }

    #[inline]
    fn remove(&mut self, key: u64) -> bool {
        Hmap::remove(self, &key).is_some()
    }

    fn clear(&mut self) {
        Hmap::clear(self);
    }

    fn is_growing(&self) -> bool {
        Hmap::is_growing(self)
    }

    fn grow(&mut self, clock: &Clock, costs: &mut Costs) {
        while self.is_growing() {
            let (cost, _) = clock.time(|| self.grow_step(black_box(1)));
            costs.add(cost);
        }
    }
}

impl<A: Allocator> Map<A> for Theirs<A> {
    const NAME: &'static str = "hashbrown";

    fn new(alloc: A) -> Self {
        hashbrown::HashMap::with_hasher_in(HASHER, alloc)
    }

    /// Its usual insert, which aborts without memory; asking for room first takes more.
    #[inline]
    fn insert(&mut self, key: u64) -> bool {
        hashbrown::HashMap::insert(self, key, key);
        true
    }

    #[inline]
    fn remove(&mut self, key: u64) -> bool {
        hashbrown::HashMap::remove(self, &key).is_some()
    }

    fn clear(&mut self) {
        hashbrown::HashMap::clear(self);
    }
}

/// What was measured of one map.
struct Figures {
    insert: Summary,
    remove: Summary,
    /// From the beginning of a growth on.
    remove_growing: Option<Summary>,
    step: Option<Summary>,
    clear: u64,
    drop: u64,
}

/// A row of the table, if there is one.
type Row = fn(&Figures) -> Option<&Summary>;

/// The inserts of hmap and hashbrown, and how many there were.
struct Inserts {
    n: u64,
    ours: Summary,
    theirs: Summary,
}

/// Measures all maps, and prints the table.
fn all<A: Allocator + Copy>(memory: &str, n: u64, alloc: A, clock: &Clock) -> Inserts {
    println!();
    let measured = [
        of::<Ours<A, Go>, A>(n, alloc, clock),
        of::<Ours<A, Dense>, A>(n, alloc, clock),
        of::<Ours<A, Paged>, A>(n, alloc, clock),
        of::<Theirs<A>, A>(n, alloc, clock),
    ];
    println!("{n} entries on {memory}");
    println!(
        "{:<17}{:<9} {:>8} {:>9} {:>7} {:>7} {:>9} {:>10}",
        "", "", "calls", "mean", "median", "p99", "p99.999", "worst"
    );
    let rows: [(_, Row); 4] = [
        ("insert", |figures| Some(&figures.insert)),
        ("remove", |figures| Some(&figures.remove)),
        ("remove, growing", |figures| figures.remove_growing.as_ref()),
        ("grow_step(1)", |figures| figures.step.as_ref()),
    ];
    for (what, row) in rows {
        for (name, figures) in &measured {
            if let Some(row) = row(figures) {
                println!("{what:<17}{name:<9} {row}");
            }
        }
    }
    for what in ["clear", "drop"] {
        for (name, Figures { clear, drop, .. }) in &measured {
            let cost = if what == "clear" { clear } else { drop };
            println!("{what:<17}{name:<9} {:>8} {cost:>46}", 1);
        }
    }
    let [(_, ours), .., (_, theirs)] = measured;
    Inserts {
        n,
        ours: ours.insert,
        theirs: theirs.insert,
    }
}

/// What a map is called, and what was measured of it.
fn of<M: Map<A>, A: Copy>(n: u64, alloc: A, clock: &Clock) -> (&'static str, Figures) {
    (M::NAME, measure::<M, A>(n, alloc, clock))
}

fn measure<M: Map<A>, A: Copy>(n: u64, alloc: A, clock: &Clock) -> Figures {
    let now = |what: &str| {
        if n >= MANY {
            println!("... {} {what}", M::NAME);
        }
    };
    now("inserts");
    let mut map = M::new(alloc);
    let (insert, last_growth) = insert_all(n, &mut map, clock);
    now("removes");
    let remove = remove_all(n, map, clock);
    let remove_growing = last_growth.map(|key| {
        now("removes while it grows");
        remove_all(key + 1, filled::<M, A>(key + 1, alloc, |_| ()), clock)
    });

    now("grows, to be cleared");
    let mut steps = Costs::new();
    let mut map = filled::<M, A>(n, alloc, |map| map.grow(clock, &mut steps));
    let (clear, ()) = clock.time(|| map.clear());
    drop(map);

    now("grows, to be dropped");
    let map = filled::<M, A>(n, alloc, |_| ());
    let (drop, ()) = clock.time(|| drop(map));
    Figures {
        insert,
        remove,
        remove_growing,
        step: (!steps.is_empty()).then(|| steps.summary()),
        clear,
        drop,
    }
}

/// The cost of each of `n` inserts, and the number of the last that started a growth.
// By itself, so that it is compiled in the same way whatever else is in the image.
#[inline(never)]
fn insert_all<M: Map<A>, A>(n: u64, map: &mut M, clock: &Clock) -> (Summary, Option<u64>) {
    let mut costs = Costs::new();
    let (mut growing, mut last_start) = (false, None);
    for key in 0..n {
        // The key is hidden, or hashing it could be moved to before the first reading.
        let (cost, done) = clock.time(|| map.insert(black_box(key)));
        assert!(done, "memory was refused");
        costs.add(cost);
        if map.is_growing() && !growing {
            last_start = Some(key);
        }
        growing = map.is_growing();
    }
    (costs.summary(), last_start)
}

/// Removes every key once, in another order.
fn remove_all<M: Map<A>, A>(n: u64, mut map: M, clock: &Clock) -> Summary {
    let mut costs = Costs::new();
    for number in 0..n {
        // A prime that is no factor of `n`.
        let key = number * 999_999_937 % n;
        let (cost, done) = clock.time(|| map.remove(black_box(key)));
        assert!(done, "{key} is lost");
        costs.add(cost);
    }
    costs.summary()
}

fn filled<M: Map<A>, A>(n: u64, alloc: A, mut after_each: impl FnMut(&mut M)) -> M {
    let mut map = M::new(alloc);
    for key in 0..n {
        assert!(map.insert(key), "memory was refused");
        after_each(&mut map);
    }
    map
}

/// Whether hmap's inserts keep to the limits; says which they do not keep to.
fn is_within(memory: &str, measured: &[Inserts], limit: u64) -> bool {
    let mut kept = true;
    for Inserts { n, ours, theirs } in measured {
        let worst = format_args!("the worst insert of {n} on {memory}");
        kept &= holds(worst, ours.worst, limit);
        let mean = format_args!("the mean insert of {n} on {memory}, to hashbrown's,");
        kept &= holds(mean, ours.mean / theirs.mean, LIMIT_OF_MEAN);
    }
    let large = || measured.iter().filter(|inserts| inserts.n >= LARGE);
    let smallest = large().min_by_key(|inserts| inserts.n);
    let largest = large().max_by_key(|inserts| inserts.n);
    if let (Some(small), Some(large)) = (smallest, largest) {
        let ratio = large.ours.worst as f64 / small.ours.worst as f64;
        let (n, of) = (large.n, small.n);
        let size = format_args!("the worst insert of {n} on {memory}, to that of {of},");
        kept &= holds(size, ratio, LIMIT_OF_SIZE);
    }
    kept
}

fn holds<T: PartialOrd + Display>(what: Arguments<'_>, figure: T, limit: T) -> bool {
    let holds = figure <= limit;
    if !holds {
        println!("over the limit: {what} is {figure:.2} and may be {limit}");
    }
    holds
}

/// Measures calls one by one.
struct Clock {
    /// What a call that does nothing takes: the clock's own cost.
    empty: u64,
}

impl Clock {
    fn set() -> Self {
        let bare = Self { empty: 0 };
        let empty = (0..1_000).map(|number| bare.time(|| black_box(number)).0);
        Self {
            empty: empty.min().unwrap_or(0),
        }
    }

    #[inline(always)]
    fn time<R>(&self, action: impl FnOnce() -> R) -> (u64, R) {
        let start = board::instructions();
        let result = black_box(action());
        let took = board::instructions() - start;
        (took.saturating_sub(self.empty), result)
    }
}

/// What each of many calls has taken, without a loss.
struct Costs {
    /// How many calls there were of each cost.
    small: Vec<u32>,
    /// The costs that are too large for that: few.
    large: Vec<u64>,
}

struct Summary {
    calls: u64,
    mean: f64,
    median: u64,
    p99: u64,
    p99_999: u64,
    worst: u64,
}

impl Costs {
    const SMALL: usize = 1 << 16;

    fn new() -> Self {
        Self {
            small: alloc::vec![0; Self::SMALL],
            large: Vec::new(),
        }
    }

    fn add(&mut self, cost: u64) {
        let index = usize::try_from(cost).unwrap_or(usize::MAX);
        match self.small.get_mut(index) {
            Some(calls) => *calls += 1,
            None => self.large.push(cost),
        }
    }

    fn is_empty(&self) -> bool {
        self.large.is_empty() && self.small.iter().all(|calls| *calls == 0)
    }

    fn summary(mut self) -> Summary {
        self.large.sort_unstable();
        let mut calls = self.large.len() as u64;
        let mut sum: u64 = self.large.iter().sum();
        for (cost, times) in (0..).zip(&self.small) {
            calls += u64::from(*times);
            sum += cost * u64::from(*times);
        }
        Summary {
            calls,
            mean: sum as f64 / calls as f64,
            median: self.of_rank((calls * 50).div_ceil(100)),
            p99: self.of_rank((calls * 99).div_ceil(100)),
            p99_999: self.of_rank((calls * 99_999).div_ceil(100_000)),
            worst: self.of_rank(calls),
        }
    }

    /// The cost that so many calls do not exceed.
    fn of_rank(&self, rank: u64) -> u64 {
        let mut seen = 0;
        for (cost, calls) in (0..).zip(&self.small) {
            seen += u64::from(*calls);
            if seen >= rank {
                return cost;
            }
        }
        self.large[(rank - seen) as usize - 1]
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        let Self {
            calls,
            mean,
            median,
            p99,
            p99_999,
            worst,
        } = self;
        write!(
            f,
            "{calls:>8} {mean:>9.1} {median:>7} {p99:>7} {p99_999:>9} {worst:>10}"
        )
    }
}

/// Hands a block of the heap's out from its beginning to its end, and begins anew when all
/// of it has come back: a few instructions a call.
struct Arena {
    heap: &'static MapHeap,
    memory: NonNull<[u8]>,
    layout: Layout,
    used: Cell<usize>,
    blocks: Cell<usize>,
}

impl Arena {
    fn of(heap: &'static MapHeap, bytes: usize) -> Result<Self, &'static str> {
        let layout = Layout::array::<u64>(bytes / 8).map_err(|_| "no arena is that large")?;
        let memory = heap.allocate(layout);
        Ok(Self {
            heap,
            memory: memory.map_err(|_| "the heap has no room for the arena")?,
            layout,
            used: Cell::new(0),
            blocks: Cell::new(0),
        })
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: It came from this heap with this layout. The blocks in it are not used
        // any more: they were the arena's, which is dropped.
        unsafe { self.heap.deallocate(self.memory.cast(), self.layout) }
    }
}

// SAFETY: Blocks do not overlap until all of them are given back, and lie in memory that is
// the arena's until it is dropped, and that does not move with it. No handle to an arena is
// cloned but a reference.
unsafe impl Allocator for Arena {
    #[inline]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let memory = self.memory.cast::<u8>();
        let free = memory.addr().get() + self.used.get();
        let start = free.next_multiple_of(layout.align()) - memory.addr().get();
        let end = start.checked_add(layout.size()).ok_or(AllocError)?;
        if end > self.memory.len() {
            return Err(AllocError);
        }
        self.used.set(end);
        self.blocks.set(self.blocks.get() + 1);
        // SAFETY: The start is within the memory.
        let block = unsafe { memory.add(start) };
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    #[inline]
    unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {
        self.blocks.set(self.blocks.get() - 1);
        if self.blocks.get() == 0 {
            self.used.set(0);
        }
    }
}

/// A heap over memory of its own, for as long as the program runs.
fn heap_of(bytes: usize) -> Result<&'static MapHeap, &'static str> {
    let memory = Box::leak(Box::new(Vec::<u8>::new()));
    let Ok(()) = memory.try_reserve_exact(bytes) else {
        let mib = (bytes >> 20) + 16;
        println!("cargo qemu run latency --memory {mib} gives the machine enough");
        return Err("the memory is too small for so many entries");
    };
    let heap = MapHeap::new(memory.spare_capacity_mut());
    Ok(Box::leak(Box::new(heap)))
}
