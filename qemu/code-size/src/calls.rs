//! What is called of a map, each a function of its own for each pair of types. What a call
//! gives or takes is in all images; what is in the functions is the map's.

use crate::map::Map;
use crate::types::{Key, Plain};

/// False if memory was refused.
#[inline(never)]
pub fn insert<K: Key, V: Plain>(map: &mut Map<K, V>, key: K, value: V) -> bool {
    map.insert(key, value)
}

#[inline(never)]
pub fn get<'m, K: Key, V: Plain>(map: &'m Map<K, V>, key: &K) -> Option<&'m V> {
    map.get(key)
}

#[inline(never)]
pub fn remove<K: Key, V: Plain>(map: &mut Map<K, V>, key: &K) -> Option<V> {
    map.remove(key)
}

/// `None` if memory was refused.
#[inline(never)]
pub fn get_or_insert<K: Key, V: Plain>(map: &mut Map<K, V>, key: K, value: V) -> Option<&mut V> {
    map.get_or_insert(key, value)
}

#[inline(never)]
pub fn sum<K: Key, V: Plain>(map: &Map<K, V>) -> u64 {
    let mut sum = 0_u64;
    for (key, value) in map.iter() {
        sum = sum.wrapping_add(key.number()).wrapping_add(value.number());
    }
    sum
}

#[inline(never)]
pub fn retain<K: Key, V: Plain>(map: &mut Map<K, V>) {
    map.retain(|key, value| key.number() ^ value.number() != 1);
}

#[inline(never)]
pub fn clear<K: Key, V: Plain>(map: &mut Map<K, V>) {
    map.clear();
}

/// False if memory was refused.
#[inline(never)]
pub fn try_reserve<K: Key, V: Plain>(map: &mut Map<K, V>, entries: usize) -> bool {
    map.try_reserve(entries)
}

#[inline(never)]
pub fn discard<K: Key, V: Plain>(map: Map<K, V>) {
    drop(map);
}
