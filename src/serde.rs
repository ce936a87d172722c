//! `Serialize` and `Deserialize`.
//!
//! Input says how long it is, and input may lie: nothing is reserved by what it claims.
//! A map grows as its entries come. One that finds no memory for an entry is an error of
//! the deserializer, whichever face it has.

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
        while let Some((key, value)) = input.next_entry()? {
            map.insert(key, value).map_err(Error::custom)?;
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
        while let Some(value) = input.next_element()? {
            set.insert(value).map_err(Error::custom)?;
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
