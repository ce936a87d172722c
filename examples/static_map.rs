//! A map in a `static`, behind a lock: the table that a kernel has from its first
//! instruction on, before there is a heap, and for the rest of its life.
//!
//!     cargo qemu run static_map
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::println;
use hmap::{InsertError, static_hmap};
use spin::Mutex;

board::main!(run);

type Driver = fn(u32) -> &'static str;

static_hmap! {
    /// Drivers by PCI id. The first eight need no heap; more come from the global one,
    /// or from any other: `in &HEAP` before the semicolon.
    static DRIVERS: Mutex<StaticHmap<u32, Driver>> = Mutex::new;
}

fn run() -> Result<(), InsertError<u32, Driver>> {
    // Before keys from outside come in; each map draws its seed with its first entry.
    hmap::set_boot_seed(entropy());

    register(0x8086_100e, |_| "e1000")?;
    register(0x1af4_1000, |_| "virtio-net")?;
    println!("{} drivers, {} bytes of heap", count(), heap_bytes());
    for id in [0x1af4_1000, 0x10ec_8139] {
        match probe(id) {
            Some(name) => println!("{id:#010x} is driven by {name}"),
            None => println!("{id:#010x} has no driver"),
        }
    }

    for id in 1..=7 {
        register(id, |_| "generic")?;
    }
    println!("{} drivers, {} bytes of heap", count(), heap_bytes());
    Ok(())
}

/// What an attacker cannot guess: RDRAND, a device's serial number, a value from the boot
/// loader. This machine has nothing of the kind; a counter is better than a constant.
fn entropy() -> u64 {
    board::instructions()
}

fn register(id: u32, driver: Driver) -> Result<(), InsertError<u32, Driver>> {
    DRIVERS.lock().insert(id, driver).map(drop)
}

/// The driver runs without the lock: what comes out of the map is a copy.
fn probe(id: u32) -> Option<&'static str> {
    let driver = DRIVERS.lock().get(&id).copied();
    driver.map(|driver| driver(id))
}

fn count() -> usize {
    DRIVERS.lock().len()
}

fn heap_bytes() -> usize {
    DRIVERS.lock().allocation_size()
}
