//! When the map grows, and what it looks like before and after.

use crate::Done;
use crate::drawing::{Map, draw};
use board::println;

pub fn when() -> Done {
    println!("   (a) With the entry that makes it more than 6.5 a bucket, to twice the size.");
    println!("       That insert and every later change move two chains.\n");
    let (mut map, mut started) = (Map::default(), None);
    for key in 0..240 {
        let before = map.state().bits;
        map.insert(key, ())?;
        let (now, last) = (map.state().bits, map.len());
        started = started.or((now > before).then_some(last));
        if let Some(first) = started.take_if(|_| !map.is_growing()) {
            println!("       entry {first:>3}: B = {now}; all are moved with entry {last:>3}");
        }
    }
    Ok(())
}

pub fn doubling() -> Done {
    println!("\n       (Key k hashes to k: its bucket is k mod 2^B. + is an overflow bucket.)\n");
    let mut map = Map::default();
    // Nine of them are for bucket 0, which has eight slots.
    map.try_extend((0..23).chain([24, 28, 32]).map(|key| (key, ())))?;
    draw("26 entries in 4 buckets", &map);
    map.insert(23, ())?;
    draw("key 23, the 27th: moves its own chain, 3, and 0", &map);
    map.insert(25, ())?;
    draw("key 25: moves its own chain, 1, and 2, the last", &map);
    Ok(())
}

pub fn same_size() -> Done {
    println!("   (b) With the entry that finds as many overflow buckets as buckets, to the same");
    println!("       size. (x is free as . is, with an entry somewhere behind it.)\n");
    let mut map = Map::default();
    map.try_presize(9)?;
    map.try_extend((0..9).map(|n| (2 * n, ())))?;
    map.retain(|key, ()| *key == 16);
    map.try_extend((0..9).map(|n| (2 * n + 1, ())))?;
    map.retain(|key, ()| *key >= 15 || *key == 1);
    draw("each of 2 buckets had nine entries", &map);
    map.insert(18, ())?;
    draw("key 18: moves both chains, without their gaps", &map);
    Ok(())
}
