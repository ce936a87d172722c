//! `cargo qemu code-size`: how many bytes of code maps take, in images with up to ten of
//! them, and whether that is within limits.
//!
//! `images` builds `qemu/code-size`, `loaded` looks at what came out, `limits` has the limits,
//! `faces` looks at what hashbrown's interface adds.

mod faces;
mod images;
mod limits;
mod loaded;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::setup;
use crate::target::{self, THUMBV7M, Target};
use images::{Image, Level, Maps, Series, Sizes, Surface};
use limits::LIMITS;

#[derive(clap::Args)]
pub struct Arguments {
    /// Fail if anything is over its limit (the limits are in
    /// qemu/runner/src/code_size/limits.rs)
    #[arg(long)]
    check: bool,
    /// Build only what has a limit, and print no table
    #[arg(long, requires = "check")]
    quick: bool,
}

/// How many maps are in an image.
const NUMBERS: [u64; 5] = [1, 2, 3, 5, 10];
const NUMBER_OF_FIRMWARE: u64 = 3;

const NOTES: &str = "\
Counted is what an image has to be loaded: code, constants, and what variables begin with.
That is less .bss and tables for unwinding (.eh_frame, .ARM.exidx), which is not there or is
thrown away. Taken off is an image that makes the same calls to maps that hold nothing; it has
a heap and the compiler's functions on memory, too.
Each further map is the mean of the second to the tenth. All are of different types.
hmap and hashbrown have the same hasher, foldhash with a fixed seed, and the same heap.
hashbrown's inserts end in a panic where memory is refused, and heapless checks its indices. The
code up to a panic is counted, what would print it is not there: the panic handler prints
nothing. One that does takes some 1,500 bytes more for either, once.
heapless is FnvIndexMap for 64 entries: a shorter hash function, no heap, no growth; in place of
try_reserve it is asked for its free places, and dropping it takes no code.";

/// `cargo qemu code-size`; true unless a limit was to be checked and is broken.
pub fn run(arguments: &Arguments) -> Result<bool> {
    if Project::here()?.runner().is_none() {
        bail!("what `code-size` builds is in the repository of bare-hmap, and not here");
    }
    for target in target::ALL {
        setup::target(target)?;
    }
    let sizes = Sizes::of(&images(arguments.quick))?;
    if !arguments.quick {
        for (target, level) in places() {
            for surface in [Surface::Basic, Surface::Full] {
                print_numbers(&sizes, target, level, surface);
            }
        }
        print_firmware(&sizes);
        println!("{NOTES}\n");
    }
    let is_core_shared = faces::print()?;
    if arguments.check {
        Ok(check(&sizes)? && is_core_shared)
    } else {
        Ok(true)
    }
}

fn places() -> impl Iterator<Item = (&'static Target, Level)> {
    let targets = target::ALL.into_iter();
    targets.flat_map(|target| Level::ALL.map(|level| (target, level)))
}

/// What is built: what has a limit, and all that is in the tables.
fn images(quick: bool) -> Vec<Image> {
    let mut images = Vec::from_iter(LIMITS.iter().flat_map(|limit| limit.figure.images()));
    if !quick {
        images.extend(images_of_tables());
    }
    images
}

fn images_of_tables() -> Vec<Image> {
    let mut images = Vec::new();
    for (target, level) in places() {
        for surface in [Surface::Basic, Surface::Full] {
            for series in all_maps(target, level, surface) {
                images.extend(NUMBERS.map(|number| series.with(number)));
            }
        }
    }
    for level in Level::ALL {
        let all = all_maps(&THUMBV7M, level, Surface::Firmware);
        images.extend(all.map(|series| series.with(NUMBER_OF_FIRMWARE)));
    }
    images
}

fn all_maps(target: &'static Target, level: Level, surface: Surface) -> [Series; 4] {
    Maps::ALL.map(|maps| Series {
        maps,
        surface,
        target,
        level,
    })
}

fn print_numbers(sizes: &Sizes, target: &'static Target, level: Level, surface: Surface) {
    let (triple, level_name) = (target.triple, level.name());
    println!(
        "bytes on {triple} at opt-level {level_name}: {}",
        surface.operations()
    );
    let heads = NUMBERS.map(|number| number.to_string());
    print_row("maps in the image", heads, "each further");
    for series in all_maps(target, level, surface) {
        let columns = NUMBERS.map(|number| cell(sizes.of_maps(series.with(number))));
        print_row(
            series.maps.name(),
            columns,
            &cell(sizes.of_each_further(series)),
        );
    }
    println!();
}

fn print_firmware(sizes: &Sizes) {
    let surface = Surface::Firmware;
    let (triple, operations) = (THUMBV7M.triple, surface.operations());
    println!("bytes of three maps in a firmware on {triple}, one in a static: {operations}");
    let heads = Level::ALL.map(|level| level.name().to_owned());
    print_row("opt-level", heads, "");
    for maps in Maps::ALL {
        let columns = Level::ALL.map(|level| {
            let series = Series {
                maps,
                surface,
                target: &THUMBV7M,
                level,
            };
            cell(sizes.of_maps(series.with(NUMBER_OF_FIRMWARE)))
        });
        print_row(maps.name(), columns, "");
    }
    println!();
}

fn print_row<const N: usize>(name: &str, columns: [String; N], last: &str) {
    let columns = columns.map(|column| format!("{column:>9}")).concat();
    println!("{}", format!("{name:18}{columns}{last:>14}").trim_end());
}

/// A figure, or a dash where there is none.
fn cell(bytes: Option<u64>) -> String {
    bytes.map_or("-".into(), thousands)
}

/// With a comma before each three digits.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// Says what has limits, and which are broken; true if none is.
fn check(sizes: &Sizes) -> Result<bool> {
    let mut broken = 0;
    println!();
    for limit in &LIMITS {
        let judged = limit.judge(sizes)?;
        println!(
            "{}{}",
            if judged.holds { "" } else { "OVER ITS LIMIT: " },
            judged.what
        );
        broken += usize::from(!judged.holds);
    }
    println!("{broken} of {} limits are broken", LIMITS.len());
    Ok(broken == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        let numbers = [0, 999, 1000, 22_950, 1_234_567];
        let written = ["0", "999", "1,000", "22,950", "1,234,567"];
        assert_eq!(numbers.map(thousands), written);
        assert_eq!(cell(None), "-");
    }

    #[test]
    fn whatever_has_a_limit_is_built_quickly_too() {
        let [quick, all] = [true, false].map(images);
        assert!(quick.len() < all.len());
        for image in LIMITS.iter().flat_map(|limit| limit.figure.images()) {
            assert!(quick.contains(&image), "{image}");
        }
    }
}
