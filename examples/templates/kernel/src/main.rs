//! An x86-64 kernel with a map in a `static`, one on the heap, and hashbrown's beside it.
#![no_std]
#![no_main]

mod heap;
mod serial;

use core::arch::{global_asm, x86_64::_rdtsc};
use core::panic::PanicInfo;
use hmap::{Hmap, static_hmap};
use spin::Mutex;

global_asm!(include_str!("boot.s"));

static_hmap! {
    /// Drivers by device. The first eight entries need no heap.
    static DRIVERS: Mutex<StaticHmap<u32, &'static str>> = Mutex::new;
}

/// Called by `boot.s`, in 64-bit mode.
#[unsafe(no_mangle)]
extern "C" fn kernel_main() -> ! {
    // Better is a number that nobody can guess: `rdrand`, or what the loader passes.
    // SAFETY: Every processor that gets here has this counter.
    hmap::set_boot_seed(unsafe { _rdtsc() });
    if DRIVERS.lock().insert(0x1af4_1000, "virtio-net").is_err() {
        println!("no memory for a driver");
    }
    println!("driver: {:?}", DRIVERS.lock().get(&0x1af4_1000));

    heap::start();
    println!("the heap has {} bytes", heap::SIZE);
    let (size, entries) = (size_of::<Hmap<u64, u64>>(), fill_hmap());
    println!("hmap: {size} bytes, {entries} entries fit the heap");
    let (size, entries) = (size_of::<hashbrown::HashMap<u64, u64>>(), fill_hashbrown());
    println!("hashbrown: {size} bytes, {entries} entries fit the heap");
    println!("done");
    serial::reset()
}

/// How many entries go in before memory is refused.
fn fill_hmap() -> usize {
    let mut map: Hmap<u64, u64> = Hmap::new();
    // The insert that is refused gives the pair back, and the map is as it was.
    let refused = (0..).find_map(|n| map.insert(n, n).err());
    if let Some(error) = refused {
        println!("entry {}: {}", error.key(), error.reason());
    }
    map.len()
}

fn fill_hashbrown() -> usize {
    let mut map = hashbrown::HashMap::new();
    // `insert` alone would end the program.
    for n in 0_u64.. {
        if map.try_reserve(1).is_err() {
            break;
        }
        map.insert(n, n);
    }
    map.len()
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    println!("{info}");
    serial::reset()
}
