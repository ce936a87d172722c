//! An image with maps in it, which is linked to see how long it is, and never run.
//!
//! Features choose whose maps they are, how many, and what is called of them. Each operation
//! of each map is a function of its own. An image without any of the features that name a
//! map makes the same calls to maps that hold nothing: what others are longer, their maps
//! take. `cargo qemu code-size` builds them all:
//!
//!     cargo build --release --target x86_64-unknown-none --features hmap,full,maps-10
#![no_std]
#![no_main]

mod calls;
#[cfg(feature = "faces")]
mod faces;
#[cfg_attr(feature = "hmap", path = "map/hmap.rs")]
#[cfg_attr(feature = "hashbrown", path = "map/hashbrown.rs")]
#[cfg_attr(feature = "heapless", path = "map/heapless.rs")]
#[cfg_attr(
    not(any(feature = "hmap", feature = "hashbrown", feature = "heapless")),
    path = "map/none.rs"
)]
mod map;
mod memory;
mod types;

use core::hint::black_box;
use core::mem;
use map::Map;
use memory::HEAP;
use types::{Key, Plain};

/// How many maps there are.
const MAPS: usize = if cfg!(feature = "maps-10") {
    10
} else if cfg!(feature = "maps-5") {
    5
} else if cfg!(feature = "maps-3") {
    3
} else if cfg!(feature = "maps-2") {
    2
} else {
    1
};

/// The linker's entry point.
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    memory::functions();
    #[cfg(feature = "faces")]
    faces::own();
    #[cfg(feature = "drop-in")]
    faces::drop_in();
    if cfg!(feature = "faces") {
        // These alone.
    } else if cfg!(feature = "firmware") {
        firmware();
    } else {
        many_maps();
    }
    loop {
        core::hint::spin_loop();
    }
}

/// [`MAPS`] maps, each of other types.
fn many_maps() {
    one_map::<u64, u64>();
    if MAPS >= 2 {
        one_map::<u32, u32>();
    }
    if MAPS >= 3 {
        one_map::<u16, u8>();
    }
    if MAPS >= 5 {
        one_map::<[u8; 6], u32>();
        one_map::<&'static str, u64>();
    }
    if MAPS >= 10 {
        one_map::<u64, [u8; 32]>();
        one_map::<u128, ()>();
        one_map::<(u32, u16), u32>();
        one_map::<u8, u64>();
        one_map::<[u8; 16], u16>();
    }
}

fn one_map<K: Key, V: Plain>() {
    let mut map = Map::<K, V>::new(&HEAP);
    basic(black_box(&mut map));
    if cfg!(feature = "full") {
        full(black_box(&mut map));
        calls::discard(map);
    } else {
        // To drop it is not of the basic operations.
        mem::forget(map);
    }
}

fn basic<K: Key, V: Plain>(map: &mut Map<K, V>) {
    let (key, value) = black_box((K::SAMPLE, V::SAMPLE));
    black_box(calls::insert(map, key, value));
    black_box(calls::get(map, &key));
    black_box(calls::remove(map, &key));
}

fn full<K: Key, V: Plain>(map: &mut Map<K, V>) {
    let (key, value) = black_box((K::SAMPLE, V::SAMPLE));
    black_box(calls::get_or_insert(map, key, value));
    black_box(calls::sum(map));
    calls::retain(map);
    calls::clear(map);
    black_box(calls::try_reserve(map, black_box(9)));
}

/// Three maps of a small firmware: one in a `static`, and two that are made when it runs.
fn firmware() {
    static mut DEVICES: Map<u32, u32> = Map::new(&HEAP);
    let devices = &raw mut DEVICES;
    // SAFETY: The name is known here only, and this is called once.
    of_firmware(unsafe { &mut *devices });
    of_firmware(black_box(&mut Map::<u16, u8>::new(&HEAP)));
    of_firmware(black_box(&mut Map::<[u8; 6], u32>::new(&HEAP)));
}

fn of_firmware<K: Key, V: Plain>(map: &mut Map<K, V>) {
    basic(map);
    black_box(calls::sum(map));
    calls::retain(map);
}

/// Looks at nothing, so that messages and what formats them are not linked: a program that
/// prints has the most of that anyway.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
