//! Acts with a reservation: what they take of it and what they leave in it. Under the lock, that
//! is between making it and dropping it, they call no allocator.

use super::{Refused, Scene, Sought};
use crate::support::keys::Key;
use crate::support::part::Event;
use alloc::vec::Vec;
use hmap::{Policy, SameHeap};

/// What is done with a reservation.
#[derive(Clone, Copy, Debug)]
pub enum With {
    Insert(Key),
    Remove(Key),
    Delete(Key),
    /// Removes the entries whose keys divide by the number.
    Retain(u64),
    /// Takes so many out, and drops the iterator.
    Drain(usize),
    Clear,
    /// Starts a growth if one is due, and moves so many chains.
    Grow(usize),
}

impl<A: SameHeap, const K: usize, const V: usize, P: Policy> Scene<'_, A, K, V, P> {
    /// Does it; what has to be allocated for it may be refused.
    #[track_caller]
    pub(super) fn with(&mut self, with: With) -> Result<(), Refused> {
        let new_keys = usize::from(matches!(with, With::Insert(_)));
        let mut reservation = match with {
            With::Grow(_) => match self.map().growth_reservation() {
                Some(reservation) => reservation,
                None => self.map().reservation(0),
            },
            _ => self.map().reservation(new_keys),
        };
        reservation.allocate().map_err(|_| Refused)?;
        let called = (self.books.calls(), self.books.freed());
        match with {
            With::Insert(key) => {
                let (given, value) = self.pair(key);
                let old = self.map().insert_with(&mut reservation, given, value);
                let old = old.expect("it has what is needed");
                let old = old.map(|value| value.of.id);
                assert_eq!(old, self.oracle.insert(key, self.fresh));
            }
            With::Remove(key) => {
                let sought = Sought(key, self.world);
                let removed = self.map().remove_entry_with(&mut reservation, &sought);
                self.has_left(key, removed);
            }
            With::Delete(key) => {
                let sought = Sought(key, self.world);
                let was_there = self.map().delete_with(&mut reservation, &sought);
                assert_eq!(was_there, self.oracle.remove(&key).is_some());
            }
            With::Retain(n) => {
                let world = self.world;
                self.map().retain_with(&mut reservation, |key, value| {
                    value.check();
                    world.happens(Event::Closure);
                    key.of.id % n != 0
                });
                self.oracle.retain(|key, _| key.id % n != 0);
            }
            With::Drain(most) => {
                let drained = self.map().drain_with(&mut reservation);
                let drained = drained.expect("it is of the same heap");
                let drained: Vec<_> = drained.take(most).collect();
                for (key, value) in drained {
                    self.has_left(key.of, Some((key, value)));
                }
                self.oracle.clear();
            }
            With::Clear => {
                self.map().clear_with(&mut reservation);
                self.oracle.clear();
            }
            With::Grow(chains) => {
                let was_due = reservation.held() > 0;
                assert_eq!(self.map().grow_with(&mut reservation), was_due);
                let left = self.map().grow_step_with(&mut reservation, chains);
                assert_eq!(left, self.map().is_growing());
            }
        }
        assert_eq!((self.books.calls(), self.books.freed()), called, "{with:?}");
        Ok(())
    }
}
