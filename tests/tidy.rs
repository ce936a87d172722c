//! What keeps the house in order: the layers of the crate, the sizes of files and
//! functions, where addresses are computed, and that the README names what there is.
#![cfg(not(target_os = "none"))]

#[path = "tidy/house.rs"]
mod house;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/pretend.rs"]
mod pretend;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/written.rs"]
mod written;

use house::House;
use layers::{circles, layer, upward};
use source::{Source, sources};
use std::fs;

/// Reading a file or a function takes no more lines than this.
const LINES_OF_A_FILE: usize = 600;
const LINES_OF_A_FUNCTION: usize = 70;
const LINES_OF_A_FUNCTION_OF_THE_LIBRARY: usize = 60;
const LINES_OF_AN_EXAMPLE_TO_COPY: usize = 80;
const LINES_OF_THE_README: usize = 150;

/// The layers from below. A module uses those of its own line and of the lines above, and its
/// functions call theirs.
const LAYERS: [&[&str]; 48] = [
    &["numbers/sizing", "numbers/error", "numbers/policy"],
    &["numbers/hash", "numbers/position"],
    &["numbers/alloc", "numbers/seed", "numbers/mix"],
    &["numbers/tophash", "numbers/tags"],
    &["numbers"],
    &["memory/prefetch", "memory/occupancy"],
    &["memory/shape", "memory/hash_key"],
    &["memory/blocks", "memory/first_bucket"],
    &["memory/cells"],
    &["memory/heap"],
    &["memory/known", "memory/described"],
    &["memory/compiled"],
    &["memory/bucket"],
    &["memory/array", "memory/block", "memory/page"],
    &["memory/pool", "memory/slab"],
    &["memory"],
    &["seam"],
    &["go/header"],
    &["go/arrays"],
    &["go/index"],
    &["go/find", "go/walk", "go/room", "go/small"],
    &["go/grow", "go/compact", "go/copy"],
    &["go/place", "go/unlink", "go/rebuild"],
    &["go/reserve"],
    &["go"],
    &["dense/header"],
    &["dense/directory", "dense/find", "dense/walk"],
    &["dense/alone"],
    &["dense/blocks"],
    &["dense/split", "dense/join"],
    &["dense/place", "dense/copy"],
    &["dense/unlink"],
    &["dense/reserve"],
    &["dense/shrink"],
    &["dense/table"],
    &["dense"],
    &["table/policy"],
    &["table/live"],
    &["table/map"],
    &["table/lookup", "table/iter", "table/resize"],
    &["table/insert", "table/remove"],
    &["table/entry", "table/extract", "table/cursor", "table/copy"],
    &["table"],
    &["inspect"],
    &["hmap", "compat/infallible"],
    &["hmap_set", "compat/hash_map", "compat/hash_table"],
    &["compat"],
    &["defmt", "serde", "guide"],
];

/// Where pointers are computed.
const OF_ADDRESSES: [&str; 5] = [
    "src/memory/bucket.rs",
    // The bits before an array.
    "src/memory/occupancy.rs",
    "src/memory/pool.rs",
    // Of a dense table: the parts of a block and blocks in a slab, pointers in a page.
    "src/memory/block.rs",
    "src/memory/page.rs",
];

/// Whether a module is of the core: above the numbers and below the faces.
fn is_of_core(module: &str) -> bool {
    let [lowest, face] = ["memory/prefetch", "hmap"].map(|module| {
        let layer = layer(&LAYERS, module);
        layer.expect("a module that has a layer")
    });
    layer(&LAYERS, module).is_some_and(|own| (lowest..face).contains(&own))
}

/// Fails with all that was found.
#[track_caller]
fn nothing(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

fn library() -> impl Iterator<Item = Source> {
    sources().filter(|source| source.path.starts_with("src/") && source.path != "src/lib.rs")
}

#[test]
fn every_module_has_a_layer() {
    let house = House::of(library());
    let lost = house
        .modules()
        .filter(|module| layer(&LAYERS, module).is_none());
    nothing("no layer", lost.map(str::to_owned).collect());
}

#[test]
fn arrows_between_modules_point_down() {
    let arrows = House::of(library()).uses();
    let seen = arrows.len();
    assert!(seen > 100, "{seen} arrows only: are the paths read?");
    nothing("modules use what is above them", upward(&LAYERS, &arrows));
}

#[test]
fn calls_between_files_are_seen() {
    let calls = House::of(library()).calls();
    let of_core = calls.iter().filter(|call| is_of_core(&call.from.name));
    let (all, of_core) = (calls.len(), of_core.count());
    println!("{all} calls between files, {of_core} of them from the core");
    assert!(all > 500, "{all} only: are they followed?");
    assert!(of_core > 250, "{of_core} only from the core");
}

#[test]
fn calls_between_files_point_down() {
    let calls = House::of(library()).calls();
    nothing("functions call what is above them", upward(&LAYERS, &calls));
}

#[test]
fn no_two_functions_of_the_core_call_each_other_across_files() {
    let house = House::of(library());
    let mut arrows = house.calls();
    arrows.extend(house.uses());
    nothing(
        "files of the core need each other",
        circles(&arrows, is_of_core),
    );
}

#[test]
fn addresses_are_computed_in_four_files() {
    let of_others = library().filter(|source| !OF_ADDRESSES.contains(&source.path.as_str()));
    let found = of_others.flat_map(|source| source.pointer_arithmetic());
    nothing("pointers are computed elsewhere", found.collect());
    let known = library().filter(|source| OF_ADDRESSES.contains(&source.path.as_str()));
    assert!(
        known
            .map(|source| source.pointer_arithmetic().len())
            .all(|found| found > 0)
    );
}

#[test]
fn a_face_is_unsafe_only_where_the_signature_of_hashbrown_is() {
    let mut found = Vec::new();
    for source in library() {
        for (line, text) in source.lines_with("unsafe_code") {
            if !text.contains("\"hashbrown's signature\"") {
                found.push(format!("{}:{line}: {text}", source.path));
            }
        }
    }
    nothing(
        "the lint against unsafe code is opened for another reason",
        found,
    );
}

#[test]
fn files_and_functions_fit_their_measure() {
    let mut found = Vec::new();
    let mut functions = 0;
    for source in sources() {
        if source.text.lines().count() > LINES_OF_A_FILE {
            found.push(format!(
                "{}: {} lines",
                source.path,
                source.text.lines().count()
            ));
        }
        let most = if source.path.starts_with("src/") {
            LINES_OF_A_FUNCTION_OF_THE_LIBRARY
        } else {
            LINES_OF_A_FUNCTION
        };
        for function in source.functions() {
            functions += 1;
            if function.lines > most {
                let (name, lines) = (function.name, function.lines);
                found.push(format!(
                    "{}:{}: {name} has {lines} lines",
                    source.path, function.at
                ));
            }
        }
    }
    assert!(functions > 2_000, "{functions} functions only");
    nothing("too long", found);
}

#[test]
fn a_file_says_what_it_is_for() {
    let silent = sources().filter(|source| !source.text.starts_with("//!"));
    nothing(
        "no argument in the first line",
        silent.map(|source| source.path).collect(),
    );
}

#[test]
fn nothing_is_left_over() {
    let mut found = Vec::new();
    for source in sources() {
        // In two parts, so that this file does not hold them.
        for word in ["TO DO", "FIX ME", "XX X", "HA CK"] {
            for (line, text) in source.lines_with(&word.replace(' ', "")) {
                found.push(format!("{}:{line}: {text}", source.path));
            }
        }
        found.extend(source.commented_out_code());
        let name = source.path.rsplit('/').next().unwrap_or_default();
        if ["utils.rs", "util.rs", "misc.rs", "helpers.rs", "common.rs"].contains(&name) {
            found.push(format!("{}: a name that says nothing", source.path));
        }
    }
    nothing("left over", found);
}

#[test]
fn the_name_of_a_test_is_a_sentence() {
    let mut found = Vec::new();
    for source in sources().filter(|source| source.path.starts_with("tests/suite/")) {
        for function in source.functions().filter(|function| function.is_public) {
            if function.name.matches('_').count() < 2 && function.name.len() < 12 {
                found.push(format!(
                    "{}:{}: {}",
                    source.path, function.at, function.name
                ));
            }
        }
    }
    nothing("names that are no sentence", found);
}

/// The names of the examples, files and folders alike.
fn examples() -> Vec<String> {
    let entries = fs::read_dir("examples").expect("the examples");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .filter(|name| name != "README.md")
        .map(|name| name.to_string_lossy().trim_end_matches(".rs").to_owned())
        .collect()
}

/// The names in `NAME=(...)` of the checks.
fn list_of_ci(name: &str) -> Vec<String> {
    let ci = fs::read_to_string(".ci/run").expect("the checks");
    let (_, list) = ci.split_once(&format!("{name}=(")).expect("the list");
    let (list, _) = list.split_once(')').expect("its end");
    list.split_whitespace().map(str::to_owned).collect()
}

/// Pages that say where things are, each with the directory that its paths begin in.
const PAGES: [(&str, &str); 9] = [
    ("README.md", ""),
    ("src/README.md", "src/"),
    ("examples/README.md", ""),
    ("examples/templates/README.md", "examples/templates/"),
    ("src/guide/coming_from_hashbrown.md", ""),
    ("src/guide/when_something_fails.md", ""),
    ("tests/drop-in/shims/README.md", "tests/drop-in/"),
    ("qemu/README.md", "qemu/"),
    ("qemu/template/README.md", "qemu/template/"),
];

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string("README.md").expect("the README");
    assert!(readme.lines().count() <= LINES_OF_THE_README);
}

#[test]
fn every_example_is_on_the_page_of_examples() {
    let page = fs::read_to_string("examples/README.md").expect("the page");
    let missing = examples()
        .into_iter()
        .filter(|name| !page.contains(&format!("`{name}`")));
    nothing("examples that are not on their page", missing.collect());
}

#[test]
fn every_file_and_test_that_a_page_names_is_there() {
    let mut gone = Vec::new();
    for (page, directory) in PAGES {
        let text = fs::read_to_string(page).expect("a page");
        let quoted = text.split('`').skip(1).step_by(2);
        let of_page = quoted.filter(|quoted| !is_there(directory, quoted));
        gone.extend(of_page.map(|quoted| format!("{page}: {quoted}")));
    }
    nothing("pages name what is not there", gone);
}

/// Whether a path on a page leads to something, and `group::test` to a test.
fn is_there(directory: &str, quoted: &str) -> bool {
    if quoted.contains(char::is_whitespace) {
        return true;
    }
    let is_name = |name: &str| {
        name.chars()
            .all(|letter| letter == '_' || letter.is_lowercase())
    };
    if let Some((group, test)) = quoted.split_once("::")
        && is_name(group)
        && is_name(test)
    {
        let suite = fs::read_to_string(format!("tests/suite/{group}.rs"));
        return suite.is_ok_and(|suite| suite.contains(&format!("pub fn {test}(")));
    }
    let is_path = quoted.ends_with(".rs") && !quoted.contains(['*', '(', ':']);
    let path = format!("{directory}{quoted}");
    !is_path
        || [&path, quoted]
            .iter()
            .any(|path| fs::exists(path).unwrap_or(false))
}

#[test]
fn an_example_to_copy_is_short() {
    let to_copy = list_of_ci("TO_COPY");
    assert!(to_copy.len() >= 8);
    let of_these = sources().filter(|source| {
        to_copy.iter().any(|name| {
            source.path == format!("examples/{name}.rs")
                || source.path.starts_with(&format!("examples/{name}/"))
        })
    });
    let long = of_these.filter(|source| source.text.lines().count() > LINES_OF_AN_EXAMPLE_TO_COPY);
    nothing("too long to copy", long.map(|source| source.path).collect());
}
