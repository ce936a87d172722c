//! Firmware for a Cortex-M: a map on the global allocator, what is in it and what goes wrong in a
//! log by defmt, and how many entries fit the heap, hashbrown's beside them.
#![no_std]
#![no_main]

use core::cell::RefCell;
use core::panic::PanicInfo;
use cortex_m_rt::entry;
use critical_section::Mutex;
use defmt::{error, info};
use embedded_alloc::LlffHeap;
use hmap::{DefaultHashBuilder, Global, Hmap, InsertError};
use semihosting::process;

// They define the critical sections and the way of the log.
use {cortex_m as _, defmt_semihosting as _};

const HEAP_SIZE: usize = 16 << 10;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

/// Another allocator may be named in place of `Global`: no-cas has one.
type Map<K, V> = Hmap<K, V, DefaultHashBuilder, Global>;

/// Millidegrees by the number of the sensor. Interrupt handlers may use it too.
static READINGS: Mutex<RefCell<Map<u16, i32>>> = Mutex::new(RefCell::new(Hmap::new_in(Global)));

#[entry]
fn main() -> ! {
    start_heap();
    // Write what nobody can guess: your chip's random numbers, or noise of its converter.
    hmap::set_boot_seed(0x5eed);

    if let Err(refused) = read_sensors() {
        error!("{}", refused);
    }
    info!("the heap has {} bytes", HEAP_SIZE);
    let (size, entries) = (size_of::<Map<u16, i32>>(), fill_hmap());
    info!("hmap: {} bytes, {} entries fit the heap", size, entries);
    let (size, entries) = (size_of::<Theirs>(), fill_hashbrown());
    info!(
        "hashbrown: {} bytes, {} entries fit the heap",
        size, entries
    );
    info!("done");
    process::exit(0)
}

/// Call it once.
fn start_heap() {
    static mut MEMORY: [u64; HEAP_SIZE / 8] = [0; HEAP_SIZE / 8];
    let memory = &raw mut MEMORY;
    // SAFETY: Nothing else knows the memory, and this is called once.
    unsafe { HEAP.init(memory.addr(), HEAP_SIZE) };
}

fn read_sensors() -> Result<(), InsertError<u16, i32>> {
    critical_section::with(|section| {
        let mut readings = READINGS.borrow_ref_mut(section);
        for sensor in [3, 14, 15] {
            readings.insert(sensor, 21_500 + i32::from(sensor))?;
        }
        info!("sensor 14: {}", readings.get(&14));
        info!("memory: {}", readings.footprint());
        // What follows wants the whole heap.
        readings.clear();
        _ = readings.shrink_to_fit();
        Ok(())
    })
}

/// How many entries go in before memory is refused.
fn fill_hmap() -> usize {
    let mut map = Map::new_in(Global);
    // The insert that is refused gives the pair back, and the map is as it was.
    let refused = (0..u16::MAX).find_map(|sensor| map.insert(sensor, 0_i32).err());
    if let Some(error) = refused {
        info!("sensor {}: {}", error.key(), error.reason());
    }
    map.len()
}

type Theirs = hashbrown::HashMap<u16, i32>;

fn fill_hashbrown() -> usize {
    let mut map = Theirs::new();
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
    error!("{}", defmt::Display2Format(info));
    process::exit(1)
}
