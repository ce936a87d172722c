//! What a map costs in memory, beside hashbrown's, on the same heap.
//!
//!     cargo qemu run footprint                    on the bare machine
//!     cargo run --release --example footprint     on the host
//!     cargo footprint                             as a page with charts
//!
//! Each map takes its memory from a `linked_list_allocator` heap of its own and
//! hashes with the same hasher and seed. A ratio below 1 means that hmap takes
//! less. hashbrown's own bytes differ from target to target: its groups are 8
//! buckets wide on the bare machine and 16 where there is SSE2.
//!
//! Arguments: `--json` prints each figure as a line of JSON; `--grid` with it every n up
//! to 64, and then a fine grid up to a million (`cargo qemu run --memory 640`); `--arenas`
//! more arenas, and of all pairs what otherwise is measured of some.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

mod arenas;
mod cells;
mod maps;
mod pairs;
mod room;
mod row;
mod states;
mod table;

use alloc::vec::Vec;
use board::println;
use cells::Extent;
use core::hash::Hash;
use pairs::{Measured, Pair, Visit};
use room::Room;
use row::Row;

board::main!(run);
#[cfg(target_arch = "x86_64")]
board::machine_memory!(96);

/// The memory for a map while it grows.
const ROOM: usize = if cfg!(target_pointer_width = "64") {
    64 << 20
} else {
    8 << 20
};
const ROOM_FOR_GRID: usize = 512 << 20;

/// The largest map of the fine grid, and of the other.
const MANY: usize = 1_000_000;
const SOME: usize = 14_000;
/// The one whose entries are exchanged for long.
const LARGE: usize = 100_000;

fn run() -> Result<(), &'static str> {
    let options = Options::of_arguments()?;
    let mut rows = Vec::new();
    let mut report = |row: Row| {
        if options.json {
            println!("{row}");
        } else {
            rows.push(row);
        }
    };
    let room = &mut Room::new(if options.grid { ROOM_FOR_GRID } else { ROOM });
    pairs::each(&mut All {
        room,
        options,
        report: &mut report,
    });
    if !options.json {
        table::print(&rows);
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Options {
    json: bool,
    grid: bool,
    arenas: bool,
}

impl Options {
    fn of_arguments() -> Result<Self, &'static str> {
        let mut options = Self::default();
        for argument in board::args() {
            match argument {
                "--json" => options.json = true,
                "--grid" => options.grid = true,
                "--arenas" => options.arenas = true,
                _ => return Err("the arguments are --json, --grid, --arenas"),
            }
        }
        if options.grid && !options.json {
            return Err("--grid goes with --json; `cargo footprint` draws it");
        }
        Ok(options)
    }
}

/// Measures each pair.
struct All<'a, R> {
    room: &'a mut Room,
    options: Options,
    report: &'a mut R,
}

impl<R: FnMut(Row)> Visit for All<'_, R> {
    fn pair<K: Hash + Eq, V>(&mut self, pair: &Pair<K, V>) {
        let some = most::<K, V>(SOME, pair.keys, ROOM);
        let window = window(some);
        let mut extent = Extent {
            most: some,
            fine: self.options.grid,
            windows: [window, 0],
        };
        if self.options.grid {
            extent.most = most::<K, V>(MANY, pair.keys, self.room.bytes());
            extent.windows[1] = extent.most / 2;
        }
        cells::measure(self.room, pair, &extent, self.report);
        let all = self.options.arenas;
        if pair.measured >= Measured::All || all && pair.measured == Measured::AsAsked {
            // The heap of a small machine has no room for so many.
            let is_large = cfg!(target_pointer_width = "64");
            let many = match pair.measured {
                Measured::AllAndLong if is_large => most::<K, V>(LARGE, pair.keys, ROOM),
                _ => 0,
            };
            states::measure(self.room, pair, window, many, self.report);
            arenas::measure(self.room, pair, all, self.report);
        }
    }
}

/// The largest map that grows in so much room: what it has at the end is at most a sixth of
/// what it has had in all.
fn most<K, V>(most: usize, keys: usize, room: usize) -> usize {
    most.min(keys).min(room / (6 * (size_of::<(K, V)>() + 8)))
}

/// Where the doubling begins that means are over: as far up as the largest map allows, but
/// the same for pairs of about the same size.
fn window(most: usize) -> usize {
    let mut from = SOME / 2;
    while 2 * from > most {
        from /= 2;
    }
    from
}
