//! How much stack each operation takes at its deepest, measured on the bare machine.
//!
//!     cargo qemu run stack
//!
//! A kernel's stack is a few pages. Ends with an error if an operation that an interrupt
//! handler may call takes more than the README says.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use board::heap::{MapHeap, leak_region};
use board::println;
use core::hint::black_box;
use hmap::{DefaultHashBuilder, Hmap};

board::main!(run);

/// The most that one insert, look-up or removal may take, in bytes.
const LIMIT: usize = 1024;

type Map = Hmap<u64, u64, DefaultHashBuilder, &'static MapHeap>;

fn run() -> Result<(), &'static str> {
    let Some(empty) = board::stack_depth(|| ()) else {
        println!("the stack is measured on the bare machine: cargo qemu run stack");
        return Ok(());
    };
    let mut deepest = 0;
    let measure = |what: &str, action: &mut dyn FnMut()| {
        let depth = board::stack_depth(action)
            .unwrap_or(0)
            .saturating_sub(empty);
        println!("{what:<44}{depth:>6} bytes");
        depth
    };
    let mut map = filled(104);
    let mut step =
        |what: &str, action: &mut dyn FnMut()| deepest = deepest.max(measure(what, action));

    step("get", &mut || _ = black_box(map.get(&50)));
    step("insert, overwriting", &mut || {
        _ = black_box(map.insert(50, 1))
    });
    step("insert that starts a growth", &mut || {
        _ = black_box(map.insert(104, 1))
    });
    step("insert that moves two chains", &mut || {
        _ = black_box(map.insert(105, 1))
    });
    step("remove that moves two chains", &mut || {
        _ = black_box(map.remove(&7))
    });
    step("entry().or_insert", &mut || {
        _ = black_box(map.entry(106).or_insert(1).is_ok())
    });
    step("grow_step", &mut || _ = black_box(map.grow_step(2)));
    step("insert that takes a chunk", &mut || {
        // One of these has no free overflow bucket left.
        (200..260).for_each(|n| _ = black_box(map.insert(n, 1)));
    });
    measure("finish_growth", &mut || map.finish_growth());
    measure("try_reserve(1000)", &mut || {
        _ = black_box(map.try_reserve(1000))
    });
    measure("try_clone", &mut || _ = black_box(map.try_clone()));
    measure("shrink_to_fit", &mut || _ = black_box(map.shrink_to_fit()));
    measure("clear", &mut || map.clear());

    println!("deepest of the operations of bounded work: {deepest} of {LIMIT} bytes");
    if deepest > LIMIT {
        return Err("an operation takes more stack than is stated");
    }
    Ok(())
}

fn filled(count: u64) -> Map {
    let heap = Box::leak(Box::new(MapHeap::new(leak_region(1 << 20))));
    let mut map = Hmap::with_hasher_in(DefaultHashBuilder::with_seed(1), &*heap);
    for n in 0..count {
        assert!(map.insert(n, n).is_ok());
    }
    map
}
