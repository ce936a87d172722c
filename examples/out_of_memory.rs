//! Memory runs out: the insert that is refused gives its pair back, everything else goes
//! on, and when there is memory again the insert is repeated.
//!
//!     cargo qemu run out_of_memory
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::heap::{MapHeap, leak_region};
use board::println;
use hmap::{Cursor, Hmap};

board::main!(run);

/// Neither `Clone` nor `Copy`: a packet that got lost would be lost for good.
#[derive(Debug, PartialEq)]
struct Packet([u8; 48]);

fn run() -> Result<(), hmap::TryReserveError> {
    let heap = MapHeap::new(leak_region(32 << 10));
    // What can be done without when it comes to that.
    let mut cache: Hmap<u32, u64, _, _> = Hmap::try_with_capacity_in(200, &heap)?;
    let mut packets = Hmap::new_in(&heap);

    let refused = (0..).find_map(|id| packets.insert(id, Packet([id as u8; 48])).err());
    let Some(error) = refused else { return Ok(()) };
    println!("after {} packets: {error}", packets.len());
    println!("growth put off: {}", packets.is_growth_deferred());
    let (id, packet) = error.into_pair();
    assert_eq!(packet, Packet([id as u8; 48]));

    // On a heap without room for one more bucket:
    let all = packets.len();
    assert_eq!(packets.get(&0), Some(&Packet([0; 48])));
    // - overwriting is no new entry, and needs no memory;
    assert!(packets.insert(0, Packet([9; 48])).is_ok());
    // - walking, by reference or with a cursor;
    assert_eq!(packets.iter().count(), all);
    let (mut cursor, mut seen) = (Cursor::new(), 0);
    while let Some(batch) = cursor.next(&packets) {
        seen += batch.count();
    }
    assert_eq!(seen, all);
    // - removing, and a new key wherever its chain has a gap.
    assert_eq!(packets.remove(&1), Some(Packet([1; 48])));
    assert!(packets.insert(1, Packet([1; 48])).is_ok());
    println!("get, overwrite, walk, remove and insert of the removed: as ever");

    // Memory is found, and what was refused goes in as if nothing had been.
    cache.clear();
    cache.shrink_to_fit()?;
    match packets.insert(id, packet) {
        Ok(_) => println!("the cache is gone, packet {id} is in"),
        Err(error) => println!("still {error}"),
    }
    assert_eq!(packets.len(), all + 1);
    println!("{} of {} bytes in use", heap.stats().used, heap.size());
    Ok(())
}
