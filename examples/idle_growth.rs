//! A map that an idle task makes larger, so that no insert has to.
//!
//!     cargo qemu run idle_growth
//!
//! The lock turns interrupts off, and the heap may not be called then. The idle task gets the
//! larger array with interrupts on, hands it in, and moves four chains a turn. Meanwhile a task
//! inserts, and the timer's handler looks up.
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::heap::{MapHeap, leak_region};
use board::println;
use core::{alloc::Layout, ptr::NonNull};
use hmap::{AllocError, Allocator, DefaultHashBuilder, Hmap, TryReserveError};

board::main!(run);

/// A heap that may sleep: whoever calls it has interrupts on.
struct SleepyHeap(MapHeap);

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

type Routes = Hmap<u32, u32, DefaultHashBuilder, &'static SleepyHeap>;
type Reservation = hmap::Reservation<u32, u32, &'static SleepyHeap>;
static HEAP: SleepyHeap = SleepyHeap(MapHeap::empty());
static ROUTES: spin::Mutex<Routes> = spin::Mutex::new(Hmap::new_in(&HEAP));

fn locked<R>(action: impl FnOnce(&mut Routes) -> R) -> R {
    board::without_interrupts(|| action(&mut ROUTES.lock()))
}

/// A turn of the idle task: starts a growth that is due, or goes on with one; whether one began.
fn idle(larger: &mut Option<Reservation>) -> Result<bool, TryReserveError> {
    if let Some(memory) = larger {
        if !locked(|routes| routes.grow_step_with(memory, 4)) {
            *larger = None; // With the old array, which is freed here.
        }
        return Ok(false);
    }
    let Some(mut memory) = locked(|routes| routes.growth_reservation()) else {
        return Ok(false);
    };
    memory.allocate()?;
    let begins = locked(|routes| routes.grow_with(&mut memory));
    *larger = Some(memory);
    Ok(begins)
}

fn run() -> Result<(), TryReserveError> {
    HEAP.0.give(leak_region(2 << 20));
    board::every(20_000, || assert!(locked(|map| map.get(&0) != Some(&0))));
    let mut memory = locked(|routes| routes.reservation(1));
    let (mut larger, mut growths) = (None, 0);
    for route in 0..20_000 {
        memory.allocate()?;
        locked(|routes| {
            let was_growing = routes.is_growing();
            let inserted = routes.insert_with(&mut memory, route, !route);
            assert!(matches!(inserted, Ok(None)), "one new key has all");
            assert!(was_growing || !routes.is_growing(), "an insert began");
        });
        growths += u32::from(idle(&mut larger)?);
        locked(|routes| routes.note_needs(1, &mut memory));
    }
    let (entries, room) = locked(|routes| (routes.len(), routes.capacity()));
    println!("{entries} entries, room for {room}; {growths} growths, all by the idle task");
    assert!(entries == 20_000 && growths >= 10);
    Ok(())
}
