//! `Serialize` and `Deserialize`.
//!
//! Input says how long it is, and input may lie. So it is believed for entries of 16 KiB, for
//! which room is made at once; and when these have come, for three more for each that has. A map
//! is never made larger than four times as many need, a lie reserves no more, and what is reserved
//! for entries that do not come is given back at the end of the input. (A map that grows without a
//! hint is for twice as many when it has doubled, and takes half as much again while it does.) Room
//! that is refused is no error: the map grows as its entries come.
//!
//! | `u64` → `u64`, n = | 1,000 | 100,000 | 4,000,000 |
//! |---|---|---|---|
//! | arrays made where the length is known | 1 | 4 | 7 |
//! | and where it is not | 9 | 15 | 21 |
//!
//! An entry that finds no memory is an error of the deserializer, whichever face the map has; what
//! was read by then is dropped.

#[cfg(feature = "infallible")]
use crate::compat::hash_map::HashMap;
#[cfg(feature = "infallible")]
use crate::compat::hash_set::HashSet;
use crate::hmap::Hmap;
use crate::hmap_set::HmapSet;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::marker::PhantomData;
use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

impl<K, V, S, A, P> Serialize for Hmap<K, V, S, A, P>
where
    K: Serialize,
    V: Serialize,
    A: Allocator,
    P: Policy,
{
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K, V, S, A, P> Deserialize<'de> for Hmap<K, V, S, A, P>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    A: Allocator + Default,
    P: Policy,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries::<Self>(PhantomData))
    }
}

/// So many bytes of entries are believed to come before any has. Four pages: a heap that has not
/// even these has them for no map, and they are not much to give to who lies.
const AT_ONCE: usize = 16 << 10;

/// Once they have come, so many more are believed in for each.
const MORE_FOR_EACH: usize = 3;

/// Of the entries that the input claims to have, those that there is room for, or was to be.
struct Room {
    entries: usize,
}

impl Room {
    const NONE: Self = Self { entries: 0 };

    /// Called before each entry is read: how many entries in all there is to be room for, if it
    /// is time for more.
    #[inline]
    fn wanted<T>(&mut self, len: usize, claimed: Option<usize>) -> Option<usize> {
        let claimed = claimed.filter(|claimed| *claimed > 0 && len >= self.entries)?;
        let first = usize::max(1, AT_ONCE / usize::max(1, size_of::<T>()));
        let believed = usize::max(first, len.saturating_mul(MORE_FOR_EACH));
        self.entries = len.saturating_add(usize::min(claimed, believed));
        Some(self.entries)
    }

    /// Called at the end: whether there is room for entries that have not come.
    fn is_left(&self, len: usize) -> bool {
        self.entries > len
    }
}

/// Puts entries into a map as they come.
struct Entries<M>(PhantomData<M>);

impl<'de, K, V, S, A, P> Visitor<'de> for Entries<Hmap<K, V, S, A, P>>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    A: Allocator + Default,
    P: Policy,
{
    type Value = Hmap<K, V, S, A, P>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<I: MapAccess<'de>>(self, mut input: I) -> Result<Self::Value, I::Error> {
        let mut map = Hmap::default();
        let mut room = Room::NONE;
        loop {
            if let Some(entries) = room.wanted::<(K, V)>(map.len(), input.size_hint()) {
                // They go in without it, too.
                map.try_presize(entries).ok();
            }
            let Some((key, value)) = input.next_entry()? else {
                break;
            };
            map.insert(key, value).map_err(Error::custom)?;
        }
        if room.is_left(map.len()) {
            // What is there does as well.
            map.shrink_to_fit().ok();
        }
        Ok(map)
    }
}

#[cfg(feature = "infallible")]
impl<K: Serialize, V: Serialize, S, A: Allocator> Serialize for HashMap<K, V, S, A> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        serializer.collect_map(self)
    }
}

#[cfg(feature = "infallible")]
impl<'de, K, V, S, A> Deserialize<'de> for HashMap<K, V, S, A>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    A: Allocator + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Hmap::deserialize(deserializer).map(Self::from)
    }
}

impl<T: Serialize, S, A: Allocator, P: Policy> Serialize for HmapSet<T, S, A, P> {
    fn serialize<R: Serializer>(&self, serializer: R) -> Result<R::Ok, R::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, T, S, A, P> Deserialize<'de> for HmapSet<T, S, A, P>
where
    T: Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default,
    A: Allocator + Default,
    P: Policy,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Entries::<Self>(PhantomData))
    }
}

impl<'de, T, S, A, P> Visitor<'de> for Entries<HmapSet<T, S, A, P>>
where
    T: Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default,
    A: Allocator + Default,
    P: Policy,
{
    type Value = HmapSet<T, S, A, P>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<I: SeqAccess<'de>>(self, mut input: I) -> Result<Self::Value, I::Error> {
        let mut set = HmapSet::default();
        let mut room = Room::NONE;
        loop {
            if let Some(values) = room.wanted::<T>(set.len(), input.size_hint()) {
                set.try_presize(values).ok();
            }
            let Some(value) = input.next_element()? else {
                break;
            };
            set.insert(value).map_err(Error::custom)?;
        }
        if room.is_left(set.len()) {
            set.shrink_to_fit().ok();
        }
        Ok(set)
    }
}

#[cfg(feature = "infallible")]
impl<T: Serialize, S, A: Allocator> Serialize for HashSet<T, S, A> {
    fn serialize<R: Serializer>(&self, serializer: R) -> Result<R::Ok, R::Error> {
        self.as_hmap_set().serialize(serializer)
    }
}

#[cfg(feature = "infallible")]
impl<'de, T, S, A> Deserialize<'de> for HashSet<T, S, A>
where
    T: Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default,
    A: Allocator + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        HmapSet::deserialize(deserializer).map(Self::from)
    }
}
