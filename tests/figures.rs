//! The figures on the pages are those that were measured.
//!
//! A figure is read where it comes from: a snapshot that CI keeps up, the page that has the
//! whole table, or what a program has printed on the bare machine. `.ci/run figures` runs these
//! programs, keeps what they say in `target/figures`, and then this, which names each page that
//! says something else. Without them it checks the rest and says what it left out.
//!
//! A new figure is a line in `FIGURES`, and fails as long as the page does not have it.

use regex_lite::Regex;
use std::fs;

/// Where the programs' output is kept.
const PRINTED: &str = "target/figures";

const README: &str = "README.md";
const POLICIES: &str = "src/guide/which_policy.md";
const KERNEL: &str = "src/guide/in_a_kernel.md";
const FROM_HASHBROWN: &str = "src/guide/coming_from_hashbrown.md";
const HOW_BIG: &str = "src/guide/how_big.md";
const SPEED: &str = "examples/speed/README.md";
const BOOTS: &str = "qemu/README.md";

/// What a page says.
struct Figure {
    page: &'static str,
    /// The words around it, with `{}` in its place.
    words: &'static str,
    is: Value,
}

/// What it is to be, by patterns with one group for the number.
enum Value {
    /// Exactly this, in a file.
    In(&'static str, &'static str),
    /// One by the other, rounded as the page has it.
    Ratio(&'static str, &'static str, &'static str),
    /// What a program prints: it may differ by three hundredths, as code does from compiler to
    /// compiler.
    Printed(&'static str, &'static str),
}

use Value::{In, Printed, Ratio};

const fn on(page: &'static str, words: &'static str, is: Value) -> Figure {
    Figure { page, words, is }
}

const SNAPSHOT: &str = "tests/footprint.txt";

/// The mean over the sizes of a doubling, of a map's memory for `u64` → `u64`.
macro_rules! mean {
    ($map:literal) => {
        concat!(
            r"(?m)^u64 -> u64 \| ",
            $map,
            r" \| n 7000 to 14000: mean (\S+)"
        )
    };
}

/// The most for one entry at any moment of it.
macro_rules! worst {
    ($map:literal) => {
        concat!(
            r"(?m)^u64 -> u64 \| ",
            $map,
            r" \| n 7000 to 14000: .* worst (\S+)"
        )
    };
}

/// What fits 1 MiB, made with room.
macro_rules! fits {
    ($map:literal) => {
        concat!(
            r"(?m)^u64 -> u64 \| ",
            $map,
            r" \| made with room 1024 KiB: (\d+)"
        )
    };
}

macro_rules! of_hashbrown {
    ($figure:ident, $map:literal) => {
        Ratio(SNAPSHOT, $figure!($map), $figure!("hashbrown/8"))
    };
}

/// A cell of the table of times: its row, and how many cells are before it.
macro_rules! time {
    ($row:literal, $before:literal) => {
        In(
            SPEED,
            concat!(
                r"(?m)^\| ",
                $row,
                r" (?:\| \S+ ){",
                $before,
                r"}\| (\S+) \|"
            ),
        )
    };
}

/// The same of the table of policies, of which a cell has the times of two sizes.
macro_rules! of_policy {
    ($before:literal, $size:literal) => {
        In(
            POLICIES,
            concat!(
                r"(?m)^\| time from empty, n = 1,000; 100,000 (?:\| [^|]+ ){",
                $before,
                r"}\| ",
                $size,
                r" \|"
            ),
        )
    };
}

/// The worst insert of a million on an arena.
macro_rules! worst_insert {
    ($map:literal) => {
        concat!(
            r"(?s)\n1000000 entries on an arena\n.*?\ninsert +",
            $map,
            r" +1000000 [^\n]* (\d+)\n.*?\n1000000 entries on linked_list_allocator\n"
        )
    };
}

const INSERT: &str = worst_insert!("hmap");
const THEIR_INSERT: &str = worst_insert!("hashbrown");
const DEEPEST: &str = r"(?m)^deepest of the operations of bounded work: (\d+) of";
const IN_ARENAS: &str = r"(?m)^ *u64 -> u64 mean over arenas [^\n]* MiB +(\d\.\d+) ";
const IN_ONE_ARENA: &str = r"(?m)^ *u64 -> u64 +1024 KiB(?: +\d+){4} +(\d\.\d+) ";

const FIGURES: &[Figure] = &[
    // Instructions and stack.
    on(
        README,
        "takes {} instructions, hashbrown's",
        Printed("latency", INSERT),
    ),
    on(
        README,
        "instructions, hashbrown's {} (x86-64",
        Printed("latency", THEIR_INSERT),
    ),
    on(
        POLICIES,
        "| worst insert of a million, in instructions | {} |",
        Printed("latency", INSERT),
    ),
    on(
        POLICIES,
        "instructions | 1,883 | 1,883 | {} |",
        Printed("latency", worst_insert!("Dense")),
    ),
    on(
        POLICIES,
        "instructions | 1,883 | 1,883 | 5,424 | {} |",
        Printed("latency", worst_insert!("Paged")),
    ),
    on(
        POLICIES,
        "hashbrown's worst insert of a million takes {}",
        Printed("latency", THEIR_INSERT),
    ),
    on(
        SPEED,
        "| hmap | 1,000,000 | 173 | 61 | 909 | {} |",
        Printed("latency", INSERT),
    ),
    on(
        BOOTS,
        "instructions in place of {}, however",
        Printed("latency", INSERT),
    ),
    on(
        README,
        "stack ({} bytes measured",
        Printed("stack", DEEPEST),
    ),
    on(
        KERNEL,
        "Measured by `cargo qemu run stack`: {} bytes",
        Printed("stack", DEEPEST),
    ),
    // Memory.
    on(
        README,
        "`u64` → `u64` takes {} of what it takes in hashbrown",
        of_hashbrown!(mean, "hmap Dense"),
    ),
    on(
        README,
        "from 7,000 entries), and {} at the worst moment of it",
        of_hashbrown!(worst, "hmap Dense"),
    ),
    on(
        README,
        "`u64` → `u64` takes {} of hashbrown's",
        of_hashbrown!(mean, "hmap"),
    ),
    on(
        README,
        "and Go's states exactly | {};",
        of_hashbrown!(mean, "hmap"),
    ),
    on(
        README,
        "and Go's states exactly | 1.41; {} |",
        of_hashbrown!(worst, "hmap"),
    ),
    on(
        README,
        "| one arena, large values | {};",
        of_hashbrown!(mean, "hmap Compact"),
    ),
    on(
        README,
        "| one arena, large values | 1.41; {} (",
        of_hashbrown!(worst, "hmap Compact"),
    ),
    on(
        README,
        "in blocks of 4 KiB at most | {};",
        of_hashbrown!(mean, "hmap Dense"),
    ),
    on(
        README,
        "in blocks of 4 KiB at most | 0.79; {} |",
        of_hashbrown!(worst, "hmap Dense"),
    ),
    on(
        README,
        "the same with fewer moves | {};",
        of_hashbrown!(mean, "hmap Paged"),
    ),
    on(
        README,
        "the same with fewer moves | 0.99; {} |",
        of_hashbrown!(worst, "hmap Paged"),
    ),
    on(
        POLICIES,
        "a doubling from 7,000 | {} |",
        of_hashbrown!(mean, "hmap"),
    ),
    on(
        POLICIES,
        "a doubling from 7,000 | 1.41 | {} |",
        of_hashbrown!(mean, "hmap Compact"),
    ),
    on(
        POLICIES,
        "a doubling from 7,000 | 1.41 | 1.41 | {} |",
        of_hashbrown!(mean, "hmap Dense"),
    ),
    on(
        POLICIES,
        "a doubling from 7,000 | 1.41 | 1.41 | 0.79 | {} |",
        of_hashbrown!(mean, "hmap Paged"),
    ),
    on(
        POLICIES,
        "the worst moment of it | {} |",
        of_hashbrown!(worst, "hmap"),
    ),
    on(
        POLICIES,
        "the worst moment of it | 1.28 | {} |",
        of_hashbrown!(worst, "hmap Compact"),
    ),
    on(
        POLICIES,
        "the worst moment of it | 1.28 | 1.28 | {} |",
        of_hashbrown!(worst, "hmap Dense"),
    ),
    on(
        POLICIES,
        "the worst moment of it | 1.28 | 1.28 | 0.39 | {} |",
        of_hashbrown!(worst, "hmap Paged"),
    ),
    on(
        README,
        "{} where both are made with room in 1 MiB",
        of_hashbrown!(fits, "hmap"),
    ),
    on(
        README,
        "growing from empty, {} times hashbrown's entries",
        Printed("arena", IN_ARENAS),
    ),
    on(
        README,
        "mean over arenas of 1 to 2 MiB; {} in one of 1 MiB",
        Printed("arena", IN_ONE_ARENA),
    ),
    on(
        README,
        "the map itself is {} bytes",
        In("tests/size_of.txt", SIZE),
    ),
    on(
        README,
        "bytes beside hashbrown's {}",
        In("tests/size_of.txt", THEIR_SIZE),
    ),
    on(
        FROM_HASHBROWN,
        "a map is {} bytes beside",
        In("tests/size_of.txt", SIZE),
    ),
    on(
        HOW_BIG,
        "a map is {} bytes; a first bucket",
        In("tests/size_of.txt", SIZE),
    ),
    on(
        HOW_BIG,
        "The map itself is {} bytes on 64 bits",
        In("tests/size_of.txt", SIZE),
    ),
    on(
        HOW_BIG,
        "Go 1000 {} 60176",
        Printed("how_big", r"(?m)^Go +1000 +(\d+) "),
    ),
    on(
        HOW_BIG,
        "Dense 10000 {} 226136",
        Printed("how_big", r"(?m)^Dense +10000 +(\d+) "),
    ),
    // Code.
    on(
        README,
        "one map takes {} times hashbrown's code",
        In(BOOTS, r"\| hmap with `small-code` \| (\d\.\d)"),
    ),
    on(
        README,
        "five as much, ten {} (feature",
        Printed("code_size", r"at s, hmap small-code, full, 10 maps: (\S+),"),
    ),
    on(
        BOOTS,
        "| hmap with `small-code` | 3.22 | 1.98 | 1.44 | {} |",
        Printed("code_size", r"at s, hmap small-code, full, 5 maps: (\S+),"),
    ),
    on(
        BOOTS,
        "| hmap with `small-code` | 3.22 | 1.98 | 1.44 | 0.98 | {} |",
        Printed("code_size", r"at s, hmap small-code, full, 10 maps: (\S+),"),
    ),
    on(
        BOOTS,
        "| hmap with `small-code` | 3.22 | 1.98 | 1.44 | 0.98 | 0.68 | {} |",
        Printed(
            "code_size",
            r"each further map .* at s, hmap small-code, full: (\S+),",
        ),
    ),
    // Times, of which one page has all.
    on(
        README,
        "0.79; 0.39 | {};",
        of_policy!("2", r"([\d.]+); [\d.]+"),
    ),
    on(
        README,
        "0.79; 0.39 | 2.4; {} |",
        of_policy!("2", r"[\d.]+; ([\d.]+)"),
    ),
    on(
        README,
        "1.41; 1.28 | {};",
        of_policy!("0", r"([\d.]+); [\d.]+"),
    ),
    on(
        README,
        "1.41; 1.28 | 0.87; {} |",
        of_policy!("0", r"[\d.]+; ([\d.]+)"),
    ),
    on(
        POLICIES,
        "time from empty, n = 1,000; 100,000 | {};",
        time!("insert from empty", "2"),
    ),
    on(
        POLICIES,
        "time from empty, n = 1,000; 100,000 | 0.87; {} |",
        time!("insert from empty", "3"),
    ),
    on(
        POLICIES,
        "with room made before, n = 1,000; 100,000 | {};",
        time!("insert with capacity", "2"),
    ),
    on(
        POLICIES,
        "time of a hit, n = 1,000; 100,000 | {};",
        time!("hit", "2"),
    ),
    on(
        POLICIES,
        "time of a removal, n = 1,000; 100,000 | {};",
        time!("remove", "2"),
    ),
];

const SIZE: &str = r"(?m)^HashMap<u64, u64> +(\d+)";
const THEIR_SIZE: &str = r"(?m)^HashMap<u64, u64> +\d+ +(\d+)";

#[test]
fn the_figures_on_the_pages_are_those_that_were_measured() {
    let mut wrong = Vec::new();
    let mut left_out = 0;
    for figure in FIGURES {
        match figure.check() {
            Ok(Some(())) => {}
            Ok(None) => left_out += 1,
            Err(why) => wrong.push(format!("{}: \"{}\": {why}", figure.page, figure.words)),
        }
    }
    println!(
        "{} figures, of which {left_out} take `.ci/run figures`",
        FIGURES.len()
    );
    assert!(
        wrong.is_empty(),
        "figures are not what they should be:\n{}",
        wrong.join("\n")
    );
}

impl Figure {
    /// `None` if what it comes from is not there.
    fn check(&self) -> Result<Option<()>, String> {
        let page = fs::read_to_string(self.page).map_err(|error| error.to_string())?;
        let said = only(&self.pattern(), &page)?;
        let Some(is) = self.is.read()? else {
            return Ok(None);
        };
        let (shown, number) = (number(&said)?, is);
        // Half of what its last digit counts, and what a compiler may change.
        let decimals = said
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        let rounding = 0.501 / 10_f64.powi(decimals as i32);
        let drift = match self.is {
            Printed(..) => 0.03 * number,
            _ => 0.0,
        };
        if (shown - number).abs() > rounding + drift {
            return Err(format!("the page says {said}, and it is {number}"));
        }
        Ok(Some(()))
    }

    /// The words, wherever lines end, and the number between them.
    fn pattern(&self) -> String {
        let words = self.words.split_whitespace().map(regex_lite::escape);
        let words = words.collect::<Vec<_>>().join(r"\s+");
        words.replace(r"\{\}", r"(\d[\d,]*(?:\.\d+)?)")
    }
}

impl Value {
    fn read(&self) -> Result<Option<f64>, String> {
        let of_file = |path: &str, pattern| {
            let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
            number(&only(pattern, &text).map_err(|why| format!("{path}: {why}"))?)
        };
        match *self {
            In(path, pattern) => of_file(path, pattern).map(Some),
            Ratio(path, above, below) => Ok(Some(of_file(path, above)? / of_file(path, below)?)),
            Printed(program, pattern) => {
                let path = format!("{PRINTED}/{program}.txt");
                match fs::exists(&path) {
                    Ok(true) => of_file(&path, pattern).map(Some),
                    _ => Ok(None),
                }
            }
        }
    }
}

/// What the group of a pattern is in the one place where the text has it.
fn only(pattern: &str, text: &str) -> Result<String, String> {
    let regex = Regex::new(pattern).map_err(|error| format!("{pattern}: {error}"))?;
    let mut found = regex.captures_iter(text);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one[1].to_owned()),
        (None, _) => Err(format!("there is nothing like {pattern}")),
        (Some(_), Some(_)) => Err(format!("there is more than one {pattern}")),
    }
}

fn number(text: &str) -> Result<f64, String> {
    let digits = text.replace(',', "");
    digits.parse().map_err(|_| format!("{text} is no number"))
}
