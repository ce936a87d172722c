//! An interrupt handler that inserts into a map, and never allocates.
//!
//!     cargo qemu run interrupt
//!
//! The main program reserves memory while interrupts are on; the timer's handler uses
//! it up, under a spinlock, with interrupts off. If the handler finds the lock taken it
//! does not wait: it would wait for the program that it has interrupted.
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::heap::{MapHeap, leak_region};
use board::println;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use hmap::static_hmap;
use spin::Mutex;

board::main!(run);

static HEAP: MapHeap = MapHeap::empty();

static_hmap! {
    /// Events by number, and when they happened.
    static EVENTS: Mutex<StaticHmap<u64, u64, &'static MapHeap>> = Mutex::new, in &HEAP;
}

static HAPPENED: AtomicUsize = AtomicUsize::new(0);
static RECORDED: AtomicUsize = AtomicUsize::new(0);
static LOCKED: AtomicUsize = AtomicUsize::new(0);
static NO_ROOM: AtomicUsize = AtomicUsize::new(0);
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

/// The handler: no allocation, no waiting, no panic.
fn on_timer() {
    let number = HAPPENED.fetch_add(1, Relaxed);
    let Some(mut events) = EVENTS.try_lock() else {
        LOCKED.fetch_add(1, Relaxed);
        return;
    };
    let before = HEAP.stats().allocations;
    match events.insert_within_capacity(number as u64, board::instructions()) {
        Ok(_) => RECORDED.fetch_add(1, Relaxed),
        Err((_number, _when)) => NO_ROOM.fetch_add(1, Relaxed),
    };
    ALLOCATED.fetch_add(HEAP.stats().allocations - before, Relaxed);
}

fn run() -> Result<(), hmap::TryReserveError> {
    HEAP.give(leak_region(1 << 20));
    hmap::set_boot_seed(board::instructions());
    board::every(20_000, on_timer);

    while RECORDED.load(Relaxed) < 2_000 {
        // Here the allocator may take its time: interrupts are on.
        let mut events = EVENTS.lock();
        if events.reserved() < 16 {
            events.try_reserve(64)?;
        }
        drop(events);
        (0..1_000).for_each(|_| core::hint::spin_loop());
    }

    let events = EVENTS.lock();
    println!(
        "{} events, {} of them recorded by the handler",
        HAPPENED.load(Relaxed),
        events.len()
    );
    println!(
        "{} found the lock taken, {} no room",
        LOCKED.load(Relaxed),
        NO_ROOM.load(Relaxed)
    );
    println!(
        "{} calls of the allocator, {} of them by the handler",
        HEAP.stats().allocations,
        ALLOCATED.load(Relaxed)
    );
    Ok(())
}
