//! What every article on Go's map asks, answered by running the map.
//!
//!     cargo qemu run questions
//!
//! Here the short ones; `growth.rs` has when and how it grows, `drawing.rs` the picture.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

mod drawing;
mod growth;

use alloc::boxed::Box;
use board::{heap::MapHeap, println};
use hmap::Hmap;

board::main!(run);

type Done = Result<(), Box<dyn core::error::Error>>;

fn run() -> Done {
    hint()?;
    no_memory(&MapHeap::empty());
    absent_key();
    println!("\n4. When does the map grow, and how?");
    growth::when()?;
    growth::doubling()?;
    growth::same_size()
}

fn hint() -> Done {
    println!("1. What does the hint do?");
    println!("   It makes the array at once. Up to 8 the one bucket comes with the first entry.\n");
    println!("   hint   B   buckets   spare   bytes (u64 -> u64)   grows after");
    for hint in [0, 5, 8, 9, 10, 20, 100] {
        let map = Hmap::<u64, u64>::try_with_capacity(hint)?;
        let (bits, spares) = (map.state().bits, map.state().array_spares);
        let buckets = usize::from(map.state().has_buckets) << bits;
        let (bytes, full) = (map.allocation_size(), map.capacity().max(8));
        println!("   {hint:>4} {bits:>3} {buckets:>9} {spares:>7} {bytes:>20} {full:>13}");
    }
    Ok(())
}

fn no_memory(heap: &MapHeap) {
    println!("\n2. What does an insert into a map without memory do?");
    println!("   Go panics if that is its nil map. Here:\n");
    let mut map = Hmap::new_in(heap);
    println!("   get(&7)              {:?}", map.get(&7));
    if let Err(error) = map.insert(7, "seven") {
        println!("   insert(7, \"seven\")   Err: {error}");
        println!("   error.into_pair()    {:?}", error.into_pair());
    }
}

fn absent_key() {
    println!("\n3. What does a key give that is not there?");
    println!("   In Go the zero value of its type, and false. Here:\n");
    let map = Hmap::<u32, u64>::new();
    println!("   get(&7)              {:?}", map.get(&7));
    let zero = map.get(&7).copied().unwrap_or_default();
    println!("     as in Go           {zero}, by .copied().unwrap_or_default()");
    println!("   contains_key(&7)     {}", map.contains_key(&7));
}
