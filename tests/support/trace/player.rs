//! One record after the other: what it says is done to the map, and what is found
//! afterwards is compared.

use super::compare::{Array, Common, Digest, Value};
use super::fields::Reader;
use super::header::Header;
use super::heap::{Allocated, GoHeap};
use super::iterators::{Given, Iterators, World};
use super::keys::{KeyId, Table};
use super::layout::Look;
use super::model::Model;
use super::record::{ITERATOR, Record, SAME_SIZE, State};
use super::replica::{Replica, with_map};
use super::{Fault, compare, same};
use alloc::collections::VecDeque;
use alloc::format;
use core::ops::Range;

/// An entry or a bucket is looked at about so often per operation, on average: maps
/// smaller than this are validated after each.
const LOOKS_PER_OPERATION: usize = 32;

/// Plays what is left of the trace behind its header.
pub fn play(header: &Header, mut reader: Reader) -> Result<u64, Fault> {
    let table = Table::new(header);
    let mut epoch = 0;
    let mut made = VecDeque::new();
    let (line, begin) = loop {
        match reader.record(header)? {
            (line, Record::Array { bits, total }) => made.push_back((line, (bits, total))),
            (line, Record::Seed { epoch: next, hash0 }) => {
                next_epoch(line, &mut epoch, next)?;
                table.reseed(hash0);
            }
            (line, Record::Begin(state)) => break (line, state),
            (line, _) => return Err(Fault::malformed(line, "nothing has begun yet")),
        }
    };
    with_map(header, &table, &mut |map, heap| {
        let mut player = Player {
            header,
            table: &table,
            heap,
            model: Model::default(),
            iterators: Iterators::default(),
            epoch,
            unmatched: heap.take_allocated().into(),
            line,
            before: Before::of(map, false),
            operations: 0,
            recorded: 0,
            unseen: 0,
        };
        if header.implicit && made.is_empty() {
            player.unmatched.clear();
        }
        made.iter()
            .try_for_each(|(line, array)| player.array(*line, *array))?;
        player.no_more_arrays(line)?;
        player.compare(map, line, &begin)?;
        player.run(map, &mut reader)
    })
}

/// Seeds are numbered from 0 on.
fn next_epoch(line: usize, epoch: &mut u64, next: u64) -> Result<(), Fault> {
    if next != *epoch {
        return Err(Fault::malformed(line, format!("epoch {epoch} is next")));
    }
    *epoch += 1;
    Ok(())
}

struct Player<'a> {
    header: &'a Header<'a>,
    table: &'a Table,
    heap: &'a GoHeap,
    model: Model,
    iterators: Iterators,
    epoch: u64,
    /// Arrays that the last operation allocated and no `A` line has named yet. Implicit
    /// traces name those that a hint made, if any.
    unmatched: VecDeque<Allocated>,
    /// Of the last operation.
    line: usize,
    before: Before,
    /// Assignments, removals and clears; those that have a line of their own.
    operations: u64,
    recorded: u64,
    /// Operations since the last `validate()`.
    unseen: usize,
}

/// What the map was like before an operation.
#[derive(Clone, Copy, PartialEq)]
struct Before {
    bits: u8,
    growing: bool,
    /// Go's iterator flag.
    iterating: bool,
}

impl Before {
    fn of(map: &dyn Replica, iterating: bool) -> Self {
        let state = map.state();
        Self {
            bits: state.bits,
            growing: state.growing,
            iterating,
        }
    }
}

impl Player<'_> {
    fn run(&mut self, map: &mut dyn Replica, reader: &mut Reader) -> Result<u64, Fault> {
        loop {
            let (line, record) = reader.record(self.header)?;
            if let Record::Array { bits, total } = record {
                if self.header.implicit {
                    let what = "an implicit trace names no array that an operation allocated";
                    return Err(Fault::malformed(line, what));
                }
                self.array(line, (bits, total))?;
                continue;
            }
            self.no_more_arrays(self.line)?;
            match record {
                Record::End(recorded) => {
                    self.with_iterators(map, |iterators, world| iterators.finish(line, world))?;
                    self.validate(map, line)?;
                    if recorded != self.recorded {
                        let what = format!("there were {} operations", self.recorded);
                        return Err(Fault::malformed(line, what));
                    }
                    return Ok(self.operations);
                }
                Record::Layout(head) => {
                    let look = self.look(map);
                    same(line, head, look.head())?;
                    compare::layout(reader, self.header, look.lines())?;
                    self.no_missing_hash(line)?;
                }
                record => self.record(map, line, record)?,
            }
        }
    }

    fn record(&mut self, map: &mut dyn Replica, line: usize, record: Record) -> Result<(), Fault> {
        match record {
            Record::Assign {
                number,
                value,
                new,
                state,
            } => {
                self.recorded += 1;
                let was_new = self.assign(map, line, number, value)?;
                let word = |new| if new { "a new entry" } else { "an overwrite" };
                same(line, word(new), word(was_new))?;
                self.compare(map, line, &state)
            }
            Record::Delete {
                number,
                present,
                state,
            } => {
                self.recorded += 1;
                let was_present = self.delete(map, line, number)?;
                let word = |present| if present { "a removal" } else { "no such key" };
                same(line, word(present), word(was_present))?;
                self.compare(map, line, &state)
            }
            Record::Clear(state) => {
                self.recorded += 1;
                self.operations += 1;
                self.iterators.changed();
                self.begin(line);
                map.clear();
                self.model.clear();
                self.end(map, line, None)?;
                self.compare(map, line, &state)
            }
            Record::AssignRange { from, to, state } => {
                for number in from..to {
                    let value = self.header.truncated(u64::from(number));
                    self.assign(map, line, number, value)?;
                }
                self.compare(map, line, &state)
            }
            Record::DeleteRange { from, to, state } => {
                for number in from..to {
                    self.delete(map, line, number)?;
                }
                self.compare(map, line, &state)
            }
            record => self.reading(map, line, record),
        }
    }

    /// Records that change nothing in the map.
    fn reading(&mut self, map: &mut dyn Replica, line: usize, record: Record) -> Result<(), Fault> {
        let malformed = |what: &str| Fault::malformed(line, what);
        match record {
            Record::Seed { epoch, hash0 } => {
                next_epoch(line, &mut self.epoch, epoch)?;
                if self.model.len() > 0 {
                    return Err(malformed("the seed changes while there are entries"));
                }
                self.table.reseed(hash0);
                Ok(())
            }
            Record::Key { number, bytes } => self.table.add_key(number, bytes).map_err(malformed),
            Record::Hash { number, hash } => self.table.set_hash(number, hash).map_err(malformed),
            Record::NanHash(hash) => {
                self.table.nans.add_hash(hash);
                Ok(())
            }
            Record::LookUp { number, value } => {
                let key = self.key(line, number)?;
                self.begin(line);
                let found = map.get(key);
                self.end(map, line, None)?;
                same(line, Value(value), Value(found))
            }
            Record::LookUpRange {
                from,
                to,
                hits,
                sum,
            } => self.look_up_range(map, line, from..to, (hits, sum)),
            Record::Open {
                iterator,
                start,
                state,
            } => {
                // It changes the state in nothing but Go's flags.
                self.compare(map, line, &state)?;
                self.with_iterators(map, |iterators, world| {
                    iterators.open(line, iterator, start, world)
                })?;
                self.no_missing_hash(line)
            }
            Record::Step { iterator, entry } => {
                self.with_iterators(map, |iterators, world| {
                    iterators.step(line, iterator, Given(entry), world)
                })?;
                self.no_missing_hash(line)
            }
            Record::Digests(buckets, order) => {
                let look = self.look(map);
                let found = (look.digest(), look.order_digest());
                self.no_missing_hash(line)?;
                let digest = |digest| Digest("the buckets", digest);
                same(line, digest(buckets), digest(found.0))?;
                let digest = |digest| Digest("the order", digest);
                same(line, digest(order), digest(found.1))
            }
            Record::Bucket(_) | Record::LayoutEnd => {
                Err(malformed("a layout's line, and no layout has begun"))
            }
            _ => Err(malformed("a line that does not belong here")),
        }
    }

    fn look_up_range(
        &mut self,
        map: &dyn Replica,
        line: usize,
        numbers: Range<u32>,
        expected: (u64, u64),
    ) -> Result<(), Fault> {
        let (mut hits, mut sum) = (0_u64, 0_u64);
        for number in numbers {
            if let Some(value) = map.get(self.key(line, number)?) {
                hits += 1;
                sum = sum.wrapping_add(value);
            }
        }
        let text = |(hits, sum)| format!("{hits} hits of sum {sum}");
        same(line, text(expected), text((hits, sum)))
    }

    /// Assigns; true if the entry is new.
    fn assign(
        &mut self,
        map: &mut dyn Replica,
        line: usize,
        number: u32,
        value: u64,
    ) -> Result<bool, Fault> {
        let key = self.key(line, number)?;
        self.operations += 1;
        self.iterators.changed();
        self.begin(line);
        let found = map
            .insert(key, value)
            .map_err(|error| Fault::diverged(line, "room for the entry", error))?;
        let expected = self.model.assign(key, value);
        self.end(map, line, expected.is_none().then_some(key))?;
        same(line, Value(expected), Value(found))?;
        Ok(found.is_none())
    }

    /// Removes; true if the entry was there.
    fn delete(&mut self, map: &mut dyn Replica, line: usize, number: u32) -> Result<bool, Fault> {
        let key = self.key(line, number)?;
        self.operations += 1;
        self.iterators.changed();
        self.begin(line);
        let found = map.remove(key);
        let expected = self.model.remove(key);
        self.end(map, line, None)?;
        same(line, Value(expected), Value(found))?;
        Ok(found.is_some())
    }

    fn key(&self, line: usize, number: u32) -> Result<KeyId, Fault> {
        self.table
            .key(number)
            .ok_or_else(|| Fault::malformed(line, format!("there is no key {number}")))
    }

    /// Before each operation.
    fn begin(&mut self, line: usize) {
        let Before {
            bits,
            growing,
            iterating,
        } = self.before;
        self.line = line;
        self.table.nans.begin(bits, growing, iterating);
    }

    /// After each operation: hashes, memory and invariants. `assigned` is the key of
    /// a new entry.
    fn end(
        &mut self,
        map: &dyn Replica,
        line: usize,
        assigned: Option<KeyId>,
    ) -> Result<(), Fault> {
        let state = map.state();
        let (left, missing) = self.table.nans.end(state.bits, assigned);
        let words = |left: usize, missing: usize| {
            format!("{left} hashes of NaN left over and {missing} missing")
        };
        same(line, words(0, 0), words(left, missing))?;
        self.no_missing_hash(line)?;
        if let Some(complaint) = self.heap.complaint() {
            return Err(Fault::diverged(
                line,
                "calls of the allocator as in Go",
                complaint,
            ));
        }
        self.unmatched.extend(self.heap.take_allocated());
        if self.header.implicit {
            self.unmatched.clear();
        }

        let after = Before::of(map, self.before.iterating);
        let at_a_boundary = after != self.before;
        self.before = after;
        self.unseen += 1;
        let size = state.count + (1 << state.bits);
        if at_a_boundary || self.unseen * LOOKS_PER_OPERATION >= size {
            self.validate(map, line)?;
        }
        Ok(())
    }

    fn validate(&mut self, map: &dyn Replica, line: usize) -> Result<(), Fault> {
        self.unseen = 0;
        map.validate()
            .map_err(|violation| Fault::diverged(line, "a valid map", violation.0))?;
        self.no_missing_hash(line)
    }

    /// The trace gives a hash to each key that is hashed.
    fn no_missing_hash(&self, line: usize) -> Result<(), Fault> {
        match self.table.take_missing() {
            None => Ok(()),
            Some(number) => {
                let what = format!("no `H` line gives key {number} a hash under this seed");
                Err(Fault::malformed(line, what))
            }
        }
    }

    /// Compares the state after an operation.
    fn compare(
        &mut self,
        map: &mut dyn Replica,
        line: usize,
        expected: &State,
    ) -> Result<(), Fault> {
        let state = map.state();
        let left = state.array_spares.saturating_sub(state.noverflow as usize);
        let found = State {
            count: state.count as u64,
            bits: state.bits,
            flags: if state.same_size { SAME_SIZE } else { 0 },
            growing: state.growing,
            noverflow: Some(u64::from(state.noverflow)),
            nevacuate: u64::from(state.nevacuate),
            spares: left as u64,
        };
        same(line, Common(*expected), Common(found))?;
        self.compare_spares(map, line)?;
        self.before.iterating = expected.flags & ITERATOR != 0;
        let (asked, live) = (map.allocation_size(), self.heap.live_bytes());
        let bytes = |bytes| format!("{bytes} bytes of the allocator's in use");
        same(line, bytes(live), bytes(asked))
    }

    /// The array has the spares that Go's has.
    fn compare_spares(&self, map: &dyn Replica, line: usize) -> Result<(), Fault> {
        let state = map.state();
        let size = self.header.arrays.get(usize::from(state.bits));
        let expected = match size {
            Some(size) if state.has_buckets => size.total - size.base,
            _ => 0,
        };
        let spares = |spares| format!("an array with {spares} spare buckets");
        same(line, spares(expected), spares(state.array_spares))
    }

    /// An `A` line: the last operation has allocated this array.
    fn array(&mut self, line: usize, expected: Allocated) -> Result<(), Fault> {
        let found = self.unmatched.pop_front();
        same(line, Array(Some(expected)), Array(found))
    }

    fn no_more_arrays(&mut self, line: usize) -> Result<(), Fault> {
        same(line, Array(None), Array(self.unmatched.pop_front()))
    }

    fn look<'l>(&'l self, map: &'l dyn Replica) -> Look<'l> {
        Look {
            map,
            header: self.header,
            table: self.table,
            model: &self.model,
            state: map.state(),
        }
    }

    fn with_iterators<T>(
        &mut self,
        map: &dyn Replica,
        call: impl FnOnce(&mut Iterators, World) -> T,
    ) -> T {
        let Self {
            iterators,
            table,
            model,
            ..
        } = self;
        call(iterators, World { map, table, model })
    }
}
