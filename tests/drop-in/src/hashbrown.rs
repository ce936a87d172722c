//! hashbrown's own tests and examples, its name replaced: what is left out, and why.

use crate::text::{self, Example};
use std::fs;
use std::path::Path;

/// A test or an example that is not run, and the reason.
pub struct LeftOut {
    pub name: &'static str,
    pub reason: &'static str,
}

const fn out(name: &'static str, reason: &'static str) -> LeftOut {
    LeftOut { name, reason }
}

const INSIDE: &str = "puts entries straight into hashbrown's table, with chosen hashes";
const SIZES: &str = "has sizes of hashbrown's tables in it: 7/8 of a power of two";

/// Unit tests of src/map.rs, and a function that only they call.
const MAP: &[LeftOut] = &[
    out("test_behavior_resize_policy", SIZES),
    out("get_test_map", INSIDE),
    out("test_clone_memory_leaks_and_double_drop_one", INSIDE),
    out("test_clone_memory_leaks_and_double_drop_two", INSIDE),
    out("test_catch_panic_clone_from_when_len_is_equal", INSIDE),
    out("test_catch_panic_clone_from_when_len_is_not_equal", INSIDE),
    out(
        "test_try_reserve",
        "wants 2^60 entries refused by the allocator; here they are `CapacityOverflow`, as \
         there are at most 2^31 buckets",
    ),
];

/// Unit tests of src/set.rs.
const SET: &[LeftOut] = &[out("rehash_in_place", SIZES)];

/// Unit tests of src/table.rs.
const TABLE: &[LeftOut] = &[];

/// Examples, by the name that [`text::examples`] gives them.
const EXAMPLES: &[LeftOut] = &[out(
    "table_UnsafeIter_at_2724",
    "there is no iterator without a lifetime",
)];

/// Files and modules that are not taken.
const FILES: &[LeftOut] = &[
    out(
        "src/map.rs: mod test_map_with_mmap_allocations",
        "its one test wants what the allocator gives in excess as capacity; here it becomes \
         overflow buckets",
    ),
    out("src/raw.rs", "tests of hashbrown's table itself"),
    out(
        "src/raw_entry.rs",
        "there are no raw entries: they are deprecated",
    ),
    out("src/rustc_entry.rs", "there is no interface for std"),
    out("tests/hasher_unwind.rs", SIZES),
    out("tests/rayon.rs", "there are no parallel iterators"),
    out(
        "tests/serde.rs",
        "has the order of hashbrown's table in it; tests/serde.rs of hmap has more",
    ),
];

/// All that is left out, with the file that it is in.
pub fn left_out() -> impl Iterator<Item = (&'static str, &'static LeftOut)> {
    let all = [
        ("src/map.rs: ", MAP),
        ("src/set.rs: ", SET),
        ("src/table.rs: ", TABLE),
        ("an example: ", EXAMPLES),
        ("", FILES),
    ];
    all.into_iter()
        .flat_map(|(file, list)| list.iter().map(move |left| (file, left)))
}

const MANIFEST: &str = r#"
[package]
name = "hashbrown-tests"
version = "0.0.0"
edition = "2024"

[features]
default = ["default-hasher", "inline-more", "allocator-api2", "equivalent"]
default-hasher = []
inline-more = []
allocator-api2 = []
equivalent = []
nightly = []
raw-entry = []

[lints.rust]
unexpected_cfgs = "allow"

[dependencies]
hmap = { package = "bare-hmap", path = "HMAP" }
allocator-api2 = "0.2.9"
bumpalo = { version = "3.13", features = ["allocator-api2"] }
fnv = "1"
rand = { version = "0.9", features = ["small_rng"] }

[workspace]
"#;

/// What the unit tests find around them in hashbrown, from hmap.
const AROUND: &str = r#"#![allow(unused, clippy::all)]
#[macro_use]
extern crate alloc as stdalloc;

pub use hmap::{DefaultHashBuilder, Equivalent, HashMap, HashSet, HashTable, TryReserveError};

mod alloc {
    pub use hmap::{AllocError, Allocator, Global};
}

mod map {
    use core::hash::{BuildHasher, Hash};

    pub fn make_hash<Q: Hash + ?Sized, S: BuildHasher>(builder: &S, value: &Q) -> u64 {
        builder.hash_one(value)
    }
}

mod around {
"#;

/// Writes a package of hashbrown's tests for hmap.
pub fn write(hashbrown: &Path, hmap: &Path, to: &Path) -> Result<(), String> {
    let read = |path: &str| {
        let path = hashbrown.join(path);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let (map, set) = (read("src/map.rs")?, read("src/set.rs")?);
    let table = read("src/table.rs")?;
    let manifest = MANIFEST.replace("HMAP", &hmap.display().to_string());
    let files = [
        ("Cargo.toml", manifest),
        (
            "src/lib.rs",
            examples(&read("README.md")?, &map, &set, &table)?,
        ),
        (
            "tests/map.rs",
            unit_tests(&map, "hash_map", "test_map", MAP)?,
        ),
        (
            "tests/set.rs",
            unit_tests(&set, "hash_set", "test_set", SET)?,
        ),
        (
            "tests/table.rs",
            unit_tests(&table, "hash_table", "tests", TABLE)?,
        ),
    ];
    for (path, text) in files {
        put(&to.join(path), &translated(&text))?;
    }
    for entry in fs::read_dir(hashbrown.join("tests")).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        let name = name.to_string_lossy();
        if FILES
            .iter()
            .all(|left| left.name != format!("tests/{name}"))
        {
            let text = read(&format!("tests/{name}"))?;
            put(
                &to.join("tests").join(format!("its_{name}")),
                &translated(&text),
            )?;
        }
    }
    Ok(())
}

/// With the one name for the other, and what only hashbrown's own tests can see
/// (`raw_capacity`, its number of buckets) replaced by what all can.
fn translated(text: &str) -> String {
    text.replace("hashbrown", "hmap")
        .replace(".raw_capacity()", ".capacity()")
}

/// The unit tests of a file, in surroundings that look like that file.
fn unit_tests(
    text: &str,
    module: &str,
    tests: &str,
    left_out: &[LeftOut],
) -> Result<String, String> {
    let mut written = format!("{AROUND}    pub use hmap::{module}::*;\n");
    written +=
        "    pub use hmap::{DefaultHashBuilder, Equivalent, HashMap, HashSet, HashTable};\n\n";
    let found = text::module(text, tests);
    written += &found.ok_or_else(|| format!("there is no module {tests}"))?;
    let names: Vec<_> = left_out.iter().map(|left| left.name).collect();
    text::without_functions(&(written + "}\n"), &names)
}

/// All examples, each at an item of its own, where `cargo test --doc` finds it.
fn examples(readme: &str, map: &str, set: &str, table: &str) -> Result<String, String> {
    let files = [("map", map), ("set", set), ("table", table)];
    let mut all: Vec<_> = files
        .into_iter()
        .flat_map(|(prefix, text)| text::examples(text, prefix))
        .collect();
    for left in EXAMPLES {
        let place = all.iter().position(|example| example.name == left.name);
        all.remove(place.ok_or_else(|| format!("there is no example {}", left.name))?);
    }
    let readme = readme.lines().map(|line| format!("/// {line}\n"));
    let mut written = String::from("#![allow(nonstandard_style, rustdoc::all)]\n\n");
    written += &readme.collect::<String>();
    written += "pub fn readme() {}\n";
    for Example { name, lines } in all {
        written += &format!("\n{}\npub fn {name}() {{}}\n", lines.join("\n"));
    }
    Ok(written)
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}
