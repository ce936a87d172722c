//! The iterators of a trace, and beside each a cursor of the crate's.
//!
//! The cursor is opened with the iterator and takes one batch at each of its steps,
//! while the trace changes the map in between; when the iterator ends, or the trace,
//! it takes the rest. By then it must have given each entry that was there all the
//! time once, no entry after it was removed, and every other one at most once.

use super::keys::{KeyId, Table};
use super::model::Model;
use super::replica::Replica;
use super::{Fault, same};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::{IntoIter, Vec};
use core::fmt;
use hmap::Cursor;

/// An entry as `N` lines write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Given(pub Option<(u32, u64)>);

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((key, value)) => write!(f, "key {key}, value {value}"),
            None => write!(f, "the end"),
        }
    }
}

struct Walk {
    /// What is still to come, as long as the map has not been changed.
    order: Option<IntoIter<(u32, u64)>>,
    cursor: Cursor,
    /// Entries from this life on were added after it was opened.
    opened: u64,
    seen: BTreeSet<u64>,
}

/// What iterators are checked against.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub map: &'a dyn Replica,
    pub table: &'a Table,
    pub model: &'a Model,
}

/// All iterators that are open.
#[derive(Default)]
pub struct Iterators(BTreeMap<u32, Walk>);

impl Iterators {
    /// Opens an iterator at a bucket and a slot; at none in an empty map.
    pub fn open(
        &mut self,
        line: usize,
        iterator: u32,
        start: Option<(usize, usize)>,
        world: World,
    ) -> Result<(), Fault> {
        if start.is_some() == (world.model.len() == 0) {
            return Err(Fault::malformed(
                line,
                "an iterator starts nowhere exactly if the map is empty",
            ));
        }
        let mut order = Vec::new();
        if let Some((bucket, offset)) = start {
            world.map.in_gos_order(bucket, offset, &mut |key, value| {
                order.push((world.model.shown(key), value));
            });
        }
        let walk = Walk {
            order: Some(order.into_iter()),
            cursor: Cursor::new(),
            opened: world.model.next_life(),
            seen: BTreeSet::new(),
        };
        match self.0.insert(iterator, walk) {
            None => Ok(()),
            Some(_) => Err(Fault::malformed(line, "the iterator is open already")),
        }
    }

    /// The map is about to be changed.
    pub fn changed(&mut self) {
        for walk in self.0.values_mut() {
            walk.order = None;
        }
    }

    /// Go's iterator gave an entry, or has ended.
    pub fn step(
        &mut self,
        line: usize,
        iterator: u32,
        entry: Given,
        world: World,
    ) -> Result<(), Fault> {
        let Some(mut walk) = self.0.remove(&iterator) else {
            return Err(Fault::malformed(line, "no such iterator is open"));
        };
        match (&mut walk.order, entry.0) {
            (Some(order), _) => same(line, entry, Given(order.next()))?,
            (None, None) => {}
            (None, Some((number, value))) => must_be_there(line, number, value, world)?,
        }
        if entry.0.is_none() {
            return walk.finish(line, world);
        }
        walk.batch(line, world)?;
        self.0.insert(iterator, walk);
        Ok(())
    }

    /// The trace is at its end.
    pub fn finish(&mut self, line: usize, world: World) -> Result<(), Fault> {
        let walks = core::mem::take(&mut self.0);
        walks
            .into_values()
            .try_for_each(|walk| walk.finish(line, world))
    }
}

/// An entry that Go's iterator gave after a change is in the map.
fn must_be_there(line: usize, number: u32, value: u64, world: World) -> Result<(), Fault> {
    let expected = Given(Some((number, value)));
    if !world.model.has(world.table, number, value) {
        return Err(Fault::malformed(
            line,
            format!("{expected}: no such entry is in the map"),
        ));
    }
    if world.table.is_nan(number) {
        // It cannot be looked for; the next layout or digest shows it.
        return Ok(());
    }
    let found = world.table.key(number).and_then(|key| world.map.get(key));
    let found = Given(found.map(|value| (number, value)));
    same(line, expected, found)
}

impl Walk {
    /// Takes the cursor's next batch; false at its end.
    fn batch(&mut self, line: usize, world: World) -> Result<bool, Fault> {
        let before = self.cursor;
        let mut result = Ok(());
        let seen = &mut self.seen;
        let more = world.map.batch(&mut self.cursor, &mut |key, value| {
            if result.is_ok() {
                result = see(seen, key, value, world);
            }
        });
        result.map_err(|(expected, found)| {
            Fault::diverged(line, format!("a cursor that gives {expected}"), found)
        })?;
        if more && self.cursor <= before {
            return Err(Fault::diverged(
                line,
                "a cursor that goes on",
                "one that does not",
            ));
        }
        Ok(more)
    }

    fn finish(mut self, line: usize, world: World) -> Result<(), Fault> {
        while self.batch(line, world)? {}
        for entry in world.model.older_than(self.opened) {
            if !self.seen.contains(&entry.life) {
                let expected = format!("a cursor that gives key {} once", entry.number);
                return Err(Fault::diverged(line, expected, "one that left it out"));
            }
        }
        Ok(())
    }
}

/// An entry of a batch: it is live, has that value and was not given before. Says
/// what was expected and what was found, if not.
fn see(
    seen: &mut BTreeSet<u64>,
    key: KeyId,
    value: u64,
    world: World,
) -> Result<(), (&'static str, Given)> {
    let found = Given(Some((world.model.shown(key), value)));
    match world.model.get(key) {
        None => Err(("no removed entry", found)),
        Some(entry) if entry.value != value => Err(("values as they are now", found)),
        Some(entry) if !seen.insert(entry.life) => Err(("no entry twice", found)),
        Some(_) => Ok(()),
    }
}
