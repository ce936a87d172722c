//! Firmware: all memory is one array, fixed at link time, with a map in it. What the map
//! holds, what it costs and what goes wrong is in the log.
//!
//!     cargo qemu run firmware --target thumbv7m-none-eabi
//!     cargo run --release --example firmware --target thumbv7m-none-eabi --features defmt
//!
//! The first logs text. The second logs by defmt, as firmware does: the map, its errors and
//! its footprint cross the line as numbers, and the text stays on the host. (An example
//! cannot turn a feature of its library on by itself, so that one is named.)
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::heap::MapHeap;
use core::mem::MaybeUninit;
use hmap::{Hmap, TryReserveError};

// Of one syntax, as far as `{:?}` goes.
#[cfg(not(all(target_os = "none", feature = "defmt")))]
use board::println as log;
#[cfg(all(target_os = "none", feature = "defmt"))]
use defmt::info as log;

board::main!(run);

const ARENA: usize = 4096;

/// Millidegrees by the number of the sensor.
type Readings<'h> = Hmap<u16, i32, hmap::DefaultHashBuilder, &'h MapHeap>;

fn run() -> Result<(), TryReserveError> {
    static mut MEMORY: [MaybeUninit<u8>; ARENA] = [MaybeUninit::uninit(); ARENA];
    let memory = &raw mut MEMORY;
    // SAFETY: The name is known here only, and this is called once.
    let heap = MapHeap::new(unsafe { &mut *memory });

    // Sized once, where a failure is seen at start-up and not in the field.
    let mut readings: Readings = Hmap::new_in(&heap);
    readings.try_reserve(4)?;
    for sensor in [3, 14, 15, 92] {
        // Cannot fail: it is reserved. Not `unwrap`: that would bring the panic with it.
        _ = readings.insert_within_capacity(sensor, 21_500 + i32::from(sensor));
    }
    log!("readings: {:?}", readings);
    log!("cost: {:?}", readings.footprint());

    // A bus with more sensors than anybody thought of.
    let refused = (100..).find_map(|sensor| readings.insert(sensor, 0).err());
    if let Some(error) = refused {
        log!("sensor {}: {:?}", error.key(), error.reason());
    }
    let entries = readings.len();
    log!(
        "{} entries in {} bytes of arena",
        entries,
        heap.stats().used
    );
    log!("cost: {:?}", readings.footprint());
    log!("chains: {:?}", readings.chain_stats());

    // The sensors that count are still served, and the others can go.
    if let Some(reading) = readings.get_mut(&14) {
        *reading = -40_000;
    }
    readings.retain(|sensor, _| *sensor < 100);
    log!("readings: {:?}", readings);

    // The smaller array must be had before the larger is given back: too late for that.
    if let Err(error) = readings.shrink_to_fit() {
        log!("not made smaller: {:?}", error);
    }
    // A map without entries needs no array to move to.
    readings.clear();
    readings.shrink_to_fit()?;
    log!("given back, {} bytes in use", heap.stats().used);
    Ok(())
}
