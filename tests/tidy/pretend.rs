//! The checks of layers and circles on pretend files, of which it is known what is wrong.

use crate::house::House;
use crate::layers::{circles, layer, upward};
use crate::source::Source;

/// As the house is: numbers, a core of files in folders, a face.
const LAYERS: [&[&str]; 4] = [&["numbers"], &["go"], &["table/insert"], &["face"]];

fn is_of_core(module: &str) -> bool {
    layer(&LAYERS, module).is_some_and(|own| (1..3).contains(&own))
}

fn house(files: &[(&str, &str)]) -> House {
    let sources = files.iter();
    House::of(sources.map(|(path, text)| Source::new(path, (*text).into())))
}

/// The calls between files, all of them and those that lead up.
fn calls(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let calls = house(files).calls();
    let all = calls.iter().map(ToString::to_string);
    (all.collect(), upward(&LAYERS, &calls))
}

fn circles_of_core(files: &[(&str, &str)]) -> Vec<String> {
    let house = house(files);
    let mut arrows = house.calls();
    arrows.extend(house.uses());
    circles(&arrows, is_of_core)
}

const NUMBERS: (&str, &str) = (
    "src/numbers/sizing.rs",
    "pub struct Bits;
     impl Bits { pub fn count(&self) -> usize { 1 } pub fn doubled(&self) -> Self { Bits } }
     pub fn limit() -> usize { 8 }",
);

const CORE: (&str, &str) = ("src/go/map.rs", "pub struct Map { bits: Bits }");

#[test]
fn calls_that_all_point_down_pass() {
    let grow = (
        "src/go/grow.rs",
        "use super::map::Map;
         use crate::numbers::sizing::{self, Bits, limit as most};
         impl Map {
             pub fn grow(&mut self) { self.bits = self.bits.doubled(); sizing::limit(); }
             pub fn at_most(&self) -> usize { most() + Bits::<u8>::count(&self.bits) }
         }",
    );
    let insert = (
        "src/table/insert.rs",
        "use crate::go::map::Map as Core;
         impl<K> Core<K> {
             fn insert(&mut self) { (*self).grow(); [1].map(Self::at_most); }
         }",
    );
    let files = [NUMBERS, CORE, grow, insert];
    let (all, up) = calls(&files);
    let expected = [
        "src/go/grow.rs:4 grow -> src/numbers/sizing.rs doubled",
        "src/go/grow.rs:4 grow -> src/numbers/sizing.rs limit",
        "src/go/grow.rs:5 at_most -> src/numbers/sizing.rs count",
        "src/go/grow.rs:5 at_most -> src/numbers/sizing.rs limit",
        "src/table/insert.rs:3 insert -> src/go/grow.rs at_most",
        "src/table/insert.rs:3 insert -> src/go/grow.rs grow",
    ];
    assert_eq!(all, expected);
    assert_eq!(up, [""; 0]);
    assert_eq!(circles_of_core(&files), [""; 0]);
}

#[test]
fn a_method_call_that_leads_up_is_reported() {
    let grow = (
        "src/go/grow.rs",
        "use super::map::Map;
         impl Map { fn grow(&mut self) { self.insert() } }
         fn of_another(map: &mut Map) { map.put_last() }",
    );
    let insert = (
        "src/table/insert.rs",
        "use crate::go::map::Map;
         impl Map { pub fn insert(&mut self) {} pub fn put_last(&mut self) {} }",
    );
    let (_, up) = calls(&[CORE, grow, insert]);
    let expected = [
        "src/go/grow.rs:2 grow -> src/table/insert.rs insert",
        "src/go/grow.rs:3 of_another -> src/table/insert.rs put_last",
    ];
    assert_eq!(up, expected);
}

#[test]
fn two_files_that_call_each_other_are_reported_as_a_circle() {
    let grow = (
        "src/go/grow.rs",
        "impl super::map::Map { pub fn is_due(&self) -> bool { true }
             fn grow(&mut self) { self.settle(); Self::settle(self) } }",
    );
    let settle = (
        "src/go/settle.rs",
        "impl super::map::Map { pub fn settle(&mut self) { self.is_due(); } }",
    );
    let files = [CORE, grow, settle];
    let expected = "src/go/grow.rs:2 grow -> src/go/settle.rs settle; \
                    src/go/settle.rs:1 settle -> src/go/grow.rs is_due";
    assert_eq!(circles_of_core(&files), [expected]);
    assert_eq!(calls(&files).1, [""; 0]);
}

#[test]
fn a_circle_of_a_call_and_a_use_is_reported() {
    let map = ("src/go/map.rs", "pub struct Map; pub struct Slot;");
    let walk = (
        "src/go/walk.rs",
        "use super::map::{Map, Slot};
         impl Map { pub fn walk(&self) -> Option<Slot> { None } }",
    );
    assert_eq!(circles_of_core(&[map, walk]), [""; 0]);
    let map = (
        "src/go/map.rs",
        "pub struct Map; pub struct Slot;
         impl Drop for Map { fn drop(&mut self) { while self.walk().is_some() {} } }",
    );
    let expected = "src/go/map.rs:2 drop -> src/go/walk.rs walk; \
                    src/go/walk.rs:1 use -> src/go/map.rs Map (and 1 more)";
    assert_eq!(circles_of_core(&[map, walk]), [expected]);
}

#[test]
fn a_call_within_a_macro_is_seen() {
    let check = (
        "src/go/check.rs",
        "impl super::map::Map { fn check(&self) {
             debug_assert!(self.is_whole(), \"{}\", self.owed());
             assert!(matches!(self.found(), Some(x) if x > 0));
         } }",
    );
    let insert = (
        "src/table/insert.rs",
        "impl crate::go::map::Map {
             pub fn is_whole(&self) -> bool { true }
             pub fn owed(&self) -> usize { 0 }
             pub fn found(&self) -> Option<usize> { None }
         }",
    );
    let expected = [
        "src/go/check.rs:2 check -> src/table/insert.rs is_whole",
        "src/go/check.rs:2 check -> src/table/insert.rs owed",
        "src/go/check.rs:3 check -> src/table/insert.rs found",
    ];
    assert_eq!(calls(&[CORE, check, insert]).1, expected);
}

#[test]
fn a_folder_is_read_with_and_without_a_file_of_its_own() {
    let grow = (
        "src/go/grow.rs",
        "impl super::Map { pub fn grow(&mut self) {} }",
    );
    let insert = (
        "src/table/insert.rs",
        "impl crate::go::Map { fn insert(&mut self) { self.grow() } }",
    );
    let expected = ["src/table/insert.rs:1 insert -> src/go/grow.rs grow"];
    for path in ["src/go.rs", "src/go/mod.rs"] {
        let files = [(path, "mod grow; pub struct Map;"), grow, insert];
        assert_eq!(calls(&files).0, expected);
        // The folder hands on what a file in it has, and that file uses the folder.
        let files = [(path, "pub use grow::Step; pub struct Map;"), grow, insert];
        let circle =
            format!("{path}:1 use -> src/go/grow.rs Step; src/go/grow.rs:1 use -> {path} Map");
        assert_eq!(circles_of_core(&files), [circle]);
    }
}

#[test]
fn a_name_that_a_folder_hands_on_leads_to_the_file_that_has_it() {
    let folder = ("src/go/mod.rs", "pub use map::Map; pub use grow::*;");
    let grow = ("src/go/grow.rs", "pub fn step() {}");
    let map = (
        "src/go/map.rs",
        "pub struct Map; impl Map { pub fn new() -> Self { Map } }",
    );
    let insert = (
        "src/table/insert.rs",
        "type Core = crate::go::Map; fn insert() { Core::new(); crate::go::step() }",
    );
    let expected = [
        "src/table/insert.rs:1 insert -> src/go/grow.rs step",
        "src/table/insert.rs:1 insert -> src/go/map.rs new",
    ];
    assert_eq!(calls(&[folder, grow, map, insert]).0, expected);
}

#[test]
fn what_is_not_known_and_what_is_for_tests_is_left_out() {
    let grow = (
        "src/go/grow.rs",
        "fn grow(any: impl Tail) { any.len(); any.tail(); grown(); Other::only_here(); }
         #[cfg(test)]
         mod tests { fn test(any: Face) { any.only_here(); crate::face::only_here() } }",
    );
    let face = (
        "src/face.rs",
        "pub struct Face;
         impl Face { fn len(&self) {} fn tail(&self) {} fn only_here(&self) {} }
         pub fn only_here() {} pub fn grown() {}",
    );
    let other = ("src/go/other.rs", "trait Tail { fn tail(&self); }");
    assert_eq!(calls(&[grow, face, other]).0, [""; 0]);
}
