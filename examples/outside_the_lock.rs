//! Memory made outside the lock, and given back outside it, where the lock turns interrupts off.
//!
//!     cargo qemu run outside_the_lock
//!
//! The main program and the timer's handler insert into one map and remove from it. Its heap
//! panics if it is called while interrupts are off. An idle task makes the map larger: it gets the
//! array with interrupts on, and moves a few chains at a time.
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::heap::{MapHeap, leak_region};
use board::println;
use core::alloc::Layout;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use hmap::{AllocError, Allocator, DefaultHashBuilder, Hmap, TryReserveError};

board::main!(run);

/// A heap that may sleep: whoever calls it has interrupts on.
struct SleepyHeap(MapHeap);

static HEAP: SleepyHeap = SleepyHeap(MapHeap::empty());

// SAFETY: Both calls go to a heap that keeps the contract.
unsafe impl Allocator for SleepyHeap {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        assert!(board::interrupts_are_on(), "it might sleep");
        self.0.allocate(layout)
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        assert!(board::interrupts_are_on(), "it might sleep");
        // SAFETY: The caller's promise.
        unsafe { self.0.deallocate(block, layout) }
    }
}

type Events = Hmap<u64, u64, DefaultHashBuilder, &'static SleepyHeap>;
type Reservation = hmap::Reservation<u64, u64, &'static SleepyHeap>;

/// What the lock guards.
struct Shared {
    events: Events,
    /// The handler's own memory, which the main program fills up.
    of_handler: Option<Reservation>,
}

static SHARED: spin::Mutex<Shared> = spin::Mutex::new(Shared {
    events: Hmap::new_in(&HEAP),
    of_handler: None,
});

/// The lock: nobody waits for it with interrupts off, as the handler cannot find it taken.
fn locked<R>(action: impl FnOnce(&mut Shared) -> R) -> R {
    board::without_interrupts(|| action(&mut SHARED.lock()))
}

static TICKS: AtomicUsize = AtomicUsize::new(0);
static RECORDED: AtomicUsize = AtomicUsize::new(0);

/// Keys of the handler's.
const OF_HANDLER: u64 = 1 << 40;

/// The handler records when it ran, and forgets what is 64 ticks old. If there is no memory it
/// does without: the main program will see to that.
fn on_timer() {
    let tick = OF_HANDLER + TICKS.fetch_add(1, Relaxed) as u64;
    locked(|Shared { events, of_handler }| {
        let Some(memory) = of_handler else { return };
        let old = tick.saturating_sub(64);
        if events
            .insert_with(memory, tick, board::instructions())
            .is_ok()
        {
            RECORDED.fetch_add(1, Relaxed);
        }
        events.remove_with(memory, &old);
    });
}

/// Fills up what the handler has used, and frees what its removals have set free.
fn refill() -> Result<(), TryReserveError> {
    let mut memory = locked(|shared| match shared.of_handler.take() {
        Some(mut memory) => {
            shared.events.note_needs(4, &mut memory);
            memory
        }
        None => shared.events.reservation(4),
    });
    memory.allocate()?;
    locked(|shared| shared.of_handler = Some(memory));
    Ok(())
}

/// A growth that is due, before an insert has to do without: its array is had with interrupts on,
/// and they are off for eight chains at a time.
fn idle() -> Result<(), TryReserveError> {
    let Some(mut memory) = locked(|shared| shared.events.growth_reservation()) else {
        return Ok(());
    };
    memory.allocate()?;
    locked(|shared| shared.events.grow_with(&mut memory));
    while locked(|shared| shared.events.grow_step_with(&mut memory, 8)) {}
    // The old array goes back here.
    drop(memory);
    Ok(())
}

fn run() -> Result<(), TryReserveError> {
    HEAP.0.give(leak_region(4 << 20));
    hmap::set_boot_seed(board::instructions());
    // That turns interrupts on.
    board::every(30_000, on_timer);
    refill()?;

    let mut memory = locked(|shared| shared.events.reservation(1));
    for key in 0..100_000_u64 {
        memory.allocate()?;
        // To 50,000 entries, and from there on as many go as come.
        let inserted = locked(|Shared { events, .. }| {
            let inserted = events.insert_with(&mut memory, key, key * key);
            if key >= 50_000 {
                assert_eq!(
                    events.remove_with(&mut memory, &(key - 50_000)),
                    Some((key - 50_000).pow(2))
                );
            }
            events.note_needs(1, &mut memory);
            inserted.map_err(|error| error.into_pair())
        });
        assert_eq!(inserted, Ok(None), "there is what one new key can need");
        if key % 64 == 0 {
            idle()?;
            refill()?;
        }
    }
    drop(memory);

    let (entries, capacity) = locked(|shared| (shared.events.len(), shared.events.capacity()));
    let (ticks, recorded) = (TICKS.load(Relaxed), RECORDED.load(Relaxed));
    println!(
        "{entries} entries, room for {capacity}; 150000 inserts and removals by the main program"
    );
    println!("{ticks} interrupts, {recorded} of them recorded and forgotten in the map");
    let stats = HEAP.0.stats();
    println!(
        "{} calls of the heap, and {} blocks given back: all with interrupts on",
        stats.allocations, stats.frees
    );
    assert!(recorded > 0 && entries >= 50_000);
    Ok(())
}
