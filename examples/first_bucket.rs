//! A map whose first eight entries lie on the stack: no allocation, no allocator needed
//! as long as there are no more. With the ninth it moves to the heap by itself.
//!
//!     cargo qemu run first_bucket
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::heap::{MapHeap, leak_region};
use board::println;
use hmap::{FirstBucket, Hmap, InsertError};

board::main!(run);

fn run() -> Result<(), InsertError<u32, u64>> {
    let heap = MapHeap::new(leak_region(4096));
    // Declared before the map: the compiler sees to it that the bucket outlives it.
    let mut bucket = FirstBucket::new();
    let mut regions = Hmap::with_first_bucket_in(&mut bucket, &heap);
    for region in 0..8 {
        regions.insert(region, u64::from(region) << 20)?;
    }
    println!("8 entries: {:?}", regions.footprint());
    assert_eq!(heap.stats().allocations, 0);

    // Places are used again: with eight at most at a time this could go on for ever.
    regions.remove(&7);
    regions.insert(700, 7 << 20)?;
    assert_eq!(heap.stats().allocations, 0);

    regions.insert(8, 8 << 20)?;
    println!("9 entries: {:?}", regions.footprint());
    println!("the heap was asked {} time(s)", heap.stats().allocations);
    assert_eq!(regions.footprint().first_bucket, 0);
    assert!((0..7).all(|region| regions.get(&region) == Some(&(u64::from(region) << 20))));
    Ok(())
}
