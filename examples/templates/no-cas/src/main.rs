//! Firmware for a machine without compare-and-swap: a map in a `static` that interrupt handlers may
//! use too, and how many entries fit a heap of 4 KiB, hashbrown's beside them.
#![no_std]
#![no_main]

mod for_hashbrown;
mod heap;

use core::cell::RefCell;
use core::panic::PanicInfo;
use critical_section::Mutex;
use heap::SharedHeap;
use hmap::{DefaultHashBuilder, Hmap, InsertError};
use semihosting::{println, process};

// They define the critical sections, and nothing of them is called here.
#[cfg(target_arch = "arm")]
use cortex_m as _;
#[cfg(target_arch = "riscv32")]
use riscv as _;

#[cfg(target_arch = "arm")]
use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
use riscv_rt::entry;

const HEAP_SIZE: usize = 4 << 10;
static HEAP: SharedHeap = SharedHeap::empty();

type Map<K, V> = Hmap<K, V, DefaultHashBuilder, &'static SharedHeap>;

/// Millidegrees by the number of the sensor.
static READINGS: Mutex<RefCell<Map<u16, i32>>> = Mutex::new(RefCell::new(Hmap::new_in(&HEAP)));

#[entry]
fn main() -> ! {
    start_heap();
    // Write what nobody can guess: your chip's random numbers, or noise of its converter.
    hmap::set_boot_seed(0x5eed);

    if read_sensors().is_err() {
        println!("no memory for a reading");
    }
    println!("the heap has {HEAP_SIZE} bytes");
    let (size, entries) = (size_of::<Map<u16, i32>>(), fill_hmap());
    println!("hmap: {size} bytes, {entries} entries fit the heap");
    let (size, entries) = (size_of::<Theirs>(), fill_hashbrown());
    println!("hashbrown: {size} bytes, {entries} entries fit the heap");
    println!("done");
    process::exit(0)
}

/// Call it once.
fn start_heap() {
    static mut MEMORY: [u64; HEAP_SIZE / 8] = [0; HEAP_SIZE / 8];
    let memory = (&raw mut MEMORY).cast();
    // SAFETY: Nothing else knows the memory, and this is called once.
    unsafe { HEAP.start(memory, HEAP_SIZE) };
}

fn read_sensors() -> Result<(), InsertError<u16, i32>> {
    critical_section::with(|section| {
        let mut readings = READINGS.borrow_ref_mut(section);
        for sensor in [3, 14, 15] {
            readings.insert(sensor, 21_500 + i32::from(sensor))?;
        }
        println!("sensor 14: {:?}", readings.get(&14));
        // What follows wants the whole heap.
        readings.clear();
        _ = readings.shrink_to_fit();
        Ok(())
    })
}

/// How many entries go in before memory is refused.
fn fill_hmap() -> usize {
    let mut map = Map::new_in(&HEAP);
    // The insert that is refused gives the pair back, and the map is as it was.
    let refused = (0..u16::MAX).find_map(|sensor| map.insert(sensor, 0).err());
    if let Some(error) = refused {
        println!("sensor {}: {}", error.key(), error.reason());
    }
    map.len()
}

type Theirs = hashbrown::HashMap<u16, i32, DefaultHashBuilder, &'static SharedHeap>;

fn fill_hashbrown() -> usize {
    let mut map = Theirs::with_hasher_in(DefaultHashBuilder::with_seed(1), &HEAP);
    // `insert` alone would end the program.
    for sensor in 0..u16::MAX {
        if map.try_reserve(1).is_err() {
            break;
        }
        map.insert(sensor, 0);
    }
    map.len()
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    println!("{info}");
    process::exit(1)
}
