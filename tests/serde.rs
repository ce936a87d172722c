//! Maps and sets through a format and back.

use core::alloc::Layout;
use core::ptr::NonNull;
use hmap::{AllocError, Allocator, Compact, Global, HashMap, HashSet, Hmap, HmapSet};

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
