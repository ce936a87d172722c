//! Maps and sets through a format and back.

use core::alloc::Layout;
use core::cell::Cell;
use core::ptr::NonNull;
use hmap::{
    AllocError, Allocator, Compact, Dense, Global, Go, HashMap, HashSet, Hmap, HmapSet, Paged,
    Policy,
};
use serde_core::de::Deserialize;
use serde_core::de::value::{Error as Fault, MapDeserializer, SeqDeserializer};

#[test]
fn maps_and_sets_come_back_as_they_went() {
    let mut map: Hmap<String, Vec<u32>> = Hmap::new();
    for n in 0..200 {
        map.insert(format!("key {n}"), (0..n % 5).collect())
            .unwrap();
    }
    let text = serde_json::to_string(&map).unwrap();
    let back: Hmap<String, Vec<u32>> = serde_json::from_str(&text).unwrap();
    assert_eq!(back.validate(), Ok(()));
    assert_eq!(back, map);
    let back: HashMap<String, Vec<u32>> = serde_json::from_str(&text).unwrap();
    assert_eq!(back.as_hmap(), &map);
    assert_eq!(
        serde_json::to_value(&back).unwrap(),
        serde_json::to_value(&map).unwrap()
    );

    let set: HashSet<u32> = (0..100).collect();
    let text = serde_json::to_string(&set).unwrap();
    assert_eq!(serde_json::from_str::<HashSet<u32>>(&text).unwrap(), set);
}

#[test]
fn a_map_of_any_policy_comes_back_as_it_went() {
    let mut map: Hmap<u32, String, Hasher, Global, Compact> = Hmap::default();
    for n in 0..200 {
        map.insert(n, format!("value {n}")).unwrap();
    }
    let text = serde_json::to_string(&map).unwrap();
    let back: Hmap<u32, String, Hasher, Global, Compact> = serde_json::from_str(&text).unwrap();
    assert_eq!(back.validate(), Ok(()));
    assert_eq!(back, map);

    let mut set: HmapSet<u32, Hasher, Global, Compact> = HmapSet::default();
    set.try_extend(0..100).unwrap();
    let text = serde_json::to_string(&set).unwrap();
    let back: HmapSet<u32, Hasher, Global, Compact> = serde_json::from_str(&text).unwrap();
    assert_eq!((back.len(), back.validate()), (100, Ok(())));
    assert_eq!(back, set);
    // The text is that of a set with hashbrown's face.
    assert_eq!(
        serde_json::from_str::<HashSet<u32>>(&text).unwrap().len(),
        100
    );
}

#[test]
fn what_is_not_a_map_is_an_error() {
    assert!(serde_json::from_str::<Hmap<String, u32>>("[1, 2]").is_err());
    assert!(serde_json::from_str::<Hmap<String, u32>>(r#"{"a": 1, "b""#).is_err());
    assert!(serde_json::from_str::<HashSet<u32>>(r#"{"a": 1}"#).is_err());
}

#[derive(Default)]
struct Hasher;

impl core::hash::BuildHasher for Hasher {
    type Hasher = std::hash::DefaultHasher;

    fn build_hasher(&self) -> Self::Hasher {
        std::hash::DefaultHasher::new()
    }
}

#[test]
fn memory_that_is_refused_is_an_error_of_the_deserializer() {
    let refused = serde_json::from_str::<Hmap<u32, u32, Hasher, Never>>(r#"{"1": 2}"#);
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("no room for the entry")
    );
    let refused = serde_json::from_str::<HmapSet<u32, Hasher, Never>>("[1]");
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("no room for the value"), "{said}");
}

/// Refuses everything.
#[derive(Default)]
struct Never;

// SAFETY: It gives out no block.
unsafe impl Allocator for Never {
    fn allocate(&self, _: Layout) -> Result<NonNull<[u8]>, AllocError> {
        Err(AllocError)
    }

    unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {}
}

/// The global allocator, with a count of what this thread has of it.
#[derive(Default)]
struct Counted;

#[derive(Clone, Copy)]
struct Seen {
    calls: usize,
    /// Blocks and bytes that are out, and the most bytes that there were.
    blocks: usize,
    live: usize,
    peak: usize,
    /// The largest block so far, and how often one was larger than all before: an array.
    largest: usize,
    arrays: usize,
}

impl Seen {
    const NOTHING: Self = Self {
        calls: 0,
        blocks: 0,
        live: 0,
        peak: 0,
        largest: 0,
        arrays: 0,
    };
}

thread_local! {
    static SEEN: Cell<Seen> = const { Cell::new(Seen::NOTHING) };
    /// Blocks larger than that are refused.
    static LARGEST: Cell<usize> = const { Cell::new(usize::MAX) };
}

// SAFETY: Blocks are the global allocator's.
unsafe impl Allocator for Counted {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        if layout.size() > LARGEST.get() {
            return Err(AllocError);
        }
        let seen = SEEN.get();
        let live = seen.live + layout.size();
        SEEN.set(Seen {
            calls: seen.calls + 1,
            blocks: seen.blocks + 1,
            live,
            peak: seen.peak.max(live),
            largest: seen.largest.max(layout.size()),
            arrays: seen.arrays + usize::from(layout.size() > seen.largest),
        });
        Global.allocate(layout)
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        let seen = SEEN.get();
        SEEN.set(Seen {
            blocks: seen.blocks - 1,
            live: seen.live - layout.size(),
            ..seen
        });
        // SAFETY: The caller's promise.
        unsafe { Global.deallocate(block, layout) }
    }
}

/// Input that says that it has more to come than it has, to the end.
struct Lies<I> {
    entries: I,
    claimed: usize,
}

impl<I: Iterator> Iterator for Lies<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.entries.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.claimed, Some(self.claimed))
    }
}

#[derive(Clone, Copy, Debug)]
enum Length {
    Known,
    Unknown,
    Lie(usize),
}

type Read<P> = Hmap<u64, u64, Hasher, Counted, P>;

/// Deserialises so many entries of an input of this length, and gives the map with what was seen of
/// its memory.
fn read<P: Policy>(count: u64, claimed: Length) -> (Read<P>, Seen) {
    SEEN.set(Seen::NOTHING);
    let entries = (0..count).map(|key| (key, !key));
    let map = match claimed {
        Length::Known => Read::deserialize(MapDeserializer::<_, Fault>::new(entries)),
        Length::Unknown => {
            let entries = entries.filter(|_| true);
            Read::deserialize(MapDeserializer::<_, Fault>::new(entries))
        }
        Length::Lie(claimed) => {
            let entries = Lies { entries, claimed };
            Read::deserialize(MapDeserializer::<_, Fault>::new(entries))
        }
    };
    let map = map.unwrap();
    let seen = SEEN.get();
    assert_eq!(map.validate(), Ok(()));
    assert_eq!(
        (map.len() as u64, map.allocation_size()),
        (count, seen.live)
    );
    assert!((0..count).all(|key| map.get(&key) == Some(&!key)));
    (map, seen)
}

#[test]
fn an_honest_length_makes_few_arrays() {
    for count in [0, 1, 8, 9, 100, 1_000] {
        let (_map, seen) = read::<Go>(count, Length::Known);
        // One array, and chunks of overflow buckets; nothing was given back.
        assert!(
            seen.calls == seen.blocks && seen.calls <= 4,
            "{count} entries"
        );
    }
    let arrays =
        |length| [1_000, 100_000, 4_000_000].map(|count| read::<Go>(count, length).1.arrays);
    // As the documentation has it.
    assert_eq!(arrays(Length::Known), [1, 4, 7]);
    assert_eq!(arrays(Length::Unknown), [9, 15, 21]);
    fewer_calls::<Compact>();
    fewer_calls::<Dense>();
    fewer_calls::<Paged>();
}

fn fewer_calls<P: Policy>() {
    let known = read::<P>(1_000, Length::Known).1.calls;
    let grown = read::<P>(1_000, Length::Unknown).1.calls;
    assert!(known < grown, "{known} calls and {grown}");
}

/// The most that a map of so many entries takes, and its array while it is made four times as
/// large; or of the entries that are believed at first.
fn bound<P: Policy>(count: u64) -> usize {
    let of = |entries: usize| {
        let mut map = Read::<P>::default();
        map.try_presize(entries).unwrap();
        map.allocation_size()
    };
    of(1_024).max(of(4 * count as usize)) + of(count as usize) + (2 << 10)
}

fn lies<P: Policy>() {
    for count in [0, 1, 7, 100, 1_023, 1_024, 1_025, 5_000] {
        let (honest, _) = read::<P>(count, Length::Unknown);
        let usual = honest.allocation_size();
        drop(honest);
        let bound = bound::<P>(count);
        for claimed in [
            1,
            3_000,
            1 << 20,
            u32::MAX as usize,
            usize::MAX / 2,
            usize::MAX,
        ] {
            let (map, Seen { peak, .. }) = read::<P>(count, Length::Lie(claimed));
            assert!(
                peak <= bound,
                "{claimed} for {count}: {peak} bytes, {bound}"
            );
            // And at the end it has nothing for those that did not come.
            let left = map.allocation_size();
            assert!(
                left <= usual + usual / 8,
                "{claimed} for {count}: {left}, {usual}"
            );
        }
    }
}

#[test]
fn a_length_that_is_a_lie_reserves_little_and_keeps_nothing() {
    lies::<Go>();
    lies::<Compact>();
    lies::<Dense>();
    lies::<Paged>();
    // The same of sets.
    for count in [0, 100, 5_000] {
        SEEN.set(Seen::NOTHING);
        let values = Lies {
            entries: 0..count,
            claimed: usize::MAX,
        };
        let input = SeqDeserializer::<_, Fault>::new(values);
        let set = HmapSet::<u64, Hasher, Counted>::deserialize(input).unwrap();
        assert_eq!((set.len() as u64, set.validate()), (count, Ok(())));
        // A value is half of what a pair is.
        assert!(SEEN.get().peak <= bound::<Go>(count.max(512)));
        assert!(set.capacity() as u64 <= 8.max(2 * count));
    }
}

#[test]
fn room_that_is_refused_is_no_error_of_the_deserializer() {
    LARGEST.set(4_000);
    let (map, _) = read::<Go>(1_000, Length::Known);
    LARGEST.set(usize::MAX);
    assert!(map.is_growth_deferred());
}

#[test]
fn what_comes_twice_is_there_once_however_long_the_input() {
    SEEN.set(Seen::NOTHING);
    let entries = (0..50_000_u64).map(|n| (n % 100, n));
    let input = MapDeserializer::<_, Fault>::new(entries);
    let map = Read::<Go>::deserialize(input).unwrap();
    assert_eq!((map.len(), map.validate()), (100, Ok(())));
    assert!(SEEN.get().peak <= bound::<Go>(100));
    assert!(map.capacity() <= 208);
    assert_eq!(map.get(&99), Some(&49_999));
}
