//! Tests of what the other tests stand on: the board's heaps and its clock.

use crate::support::few_or;
use alloc::vec::Vec;
use core::alloc::Layout;

use allocator_api2::alloc::Allocator;
use board::heap::{MapHeap, leak_region};

const REGION: usize = 4096;

fn heap() -> MapHeap {
    MapHeap::new(leak_region(REGION))
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

pub fn a_map_heap_gives_out_what_it_has_and_then_refuses() {
    let heap = heap();
    let block = layout(256, 8);
    let mut granted = 0;
    while heap.allocate(block).is_ok() {
        granted += 1;
    }

    // The ends of the region may not be whole words.
    assert!((15..=16).contains(&granted), "{granted} blocks");
    let stats = heap.stats();
    assert_eq!(stats.allocations, granted + 1);
    assert_eq!(stats.failures, 1);
    assert_eq!(stats.used, granted * 256);
    assert_eq!(stats.live, granted * 256);
    assert_eq!(stats.high_water, granted * 256);
    assert_eq!(stats.largest, 256);
}

pub fn a_map_heap_gets_everything_back() {
    let heap = heap();
    let sizes = [1, 15, 16, 17, 100, 208, 1000];
    let blocks: Vec<_> = sizes
        .iter()
        .map(|&size| heap.allocate(layout(size, 1)).unwrap())
        .collect();
    let full = heap.stats();
    assert_eq!(full.live, sizes.iter().sum::<usize>());
    assert!(full.used >= full.live);

    // Every second block first, so that the holes have to be merged.
    for index in (0..sizes.len())
        .step_by(2)
        .chain((1..sizes.len()).step_by(2))
    {
        // SAFETY: allocated above with this layout, given back once.
        unsafe { heap.deallocate(blocks[index].cast(), layout(sizes[index], 1)) };
    }
    let empty = heap.stats();
    assert_eq!((empty.used, empty.live, empty.frees), (0, 0, sizes.len()));
    assert_eq!(empty.high_water, full.high_water);

    // One hole again: a block of nearly the whole heap fits.
    assert!(heap.allocate(layout(heap.size(), 1)).is_ok());
}

pub fn a_map_heap_needs_no_memory_for_size_zero() {
    let heap = heap();
    let block = heap.allocate(layout(0, 64)).unwrap();
    assert_eq!(block.len(), 0);
    assert_eq!(block.cast::<u8>().addr().get() % 64, 0);
    // SAFETY: allocated above with this layout.
    unsafe { heap.deallocate(block.cast(), layout(0, 64)) };
    assert_eq!(heap.stats(), MapHeap::empty().stats());
}

pub fn a_map_heap_respects_alignment() {
    let heap = heap();
    for align in [1, 2, 8, 64, 512] {
        let block = heap.allocate(layout(24, align)).unwrap();
        assert_eq!(
            block.cast::<u8>().addr().get() % align,
            0,
            "alignment {align}"
        );
    }
}

pub fn a_hashbrown_map_lives_on_a_map_heap() {
    let heap = heap();
    let mut map = hashbrown::HashMap::new_in(&heap);
    for key in 0..100_u32 {
        map.insert(key, key * key);
    }
    assert_eq!(map.len(), 100);
    assert!((0..100).all(|key| map[&key] == key * key));
    assert_eq!(heap.stats().live, map.allocation_size());

    assert!(
        map.try_reserve(10_000).is_err(),
        "more than the region holds"
    );
    assert_eq!(heap.stats().failures, 1);

    drop(map);
    assert_eq!(heap.stats().used, 0);
}

pub fn the_global_allocator_serves_vectors() {
    let mut squares = Vec::new();
    let (count, sum) = few_or((1_000, 332_833_500), (10_000, 333_283_335_000));
    for n in 0..count {
        squares.push(n * n);
    }
    assert_eq!(squares.iter().sum::<u64>(), sum);
}

#[cfg(target_os = "none")]
pub fn the_global_allocator_has_the_memory_of_the_machine() {
    /// Three quarters of what the machine's heap has.
    const MOST: usize = if cfg!(target_arch = "arm") { 12 } else { 48 } << 20;
    let mut most = Vec::<u8>::new();
    assert!(most.try_reserve_exact(MOST).is_ok(), "{MOST} bytes");
    assert!(
        Vec::<u8>::new().try_reserve_exact(MOST).is_err(),
        "twice {MOST} bytes"
    );
}

#[cfg(target_os = "none")]
pub fn instructions_are_counted_exactly() {
    /// Two instructions a round. The same code for all of them, or the constants
    /// might be loaded by different numbers of instructions.
    #[inline(never)]
    fn count(rounds: u32) -> u64 {
        let before = board::instructions();
        // SAFETY: counts a register down.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            core::arch::asm!("2: dec {0:e}", "jnz 2b", inout(reg) rounds => _, options(nomem, nostack));
        }
        // SAFETY: counts a register down.
        #[cfg(target_arch = "arm")]
        unsafe {
            core::arch::asm!("2: subs {0}, #1", "bne 2b", inout(reg) rounds => _, options(nomem, nostack));
        }
        board::instructions() - before
    }
    let overhead = count(1) - 2;
    for rounds in [1_000, 1_001, 1_002, 1_003, 1_004, 2_000, 1_000_000] {
        assert_eq!(
            count(rounds),
            2 * u64::from(rounds) + overhead,
            "{rounds} rounds"
        );
    }
}
