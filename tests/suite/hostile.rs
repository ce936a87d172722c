//! Keys that break the contract of `Hash` and `Eq`: answers may be wrong, and nothing
//! worse; memory and drops stay right, and every call ends.

use crate::support::keys::{Counted, Identity};
use crate::support::ledger::Ledger;
use crate::support::{few_or, looks_after};
use core::cell::Cell;
use core::hash::{Hash, Hasher};
use hmap::{Cursor, Hmap};

/// What a hostile key answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lie {
    /// Every hash a new one.
    Hashes,
    /// Equal to all.
    AllEqual,
    /// Equal to none, itself included.
    NeverEqual,
    /// Both, as it comes.
    Both,
}

struct Liar<'c> {
    id: u64,
    lie: Lie,
    asked: &'c Cell<u64>,
}

impl Liar<'_> {
    /// A number that is another one at each call.
    fn whim(&self) -> u64 {
        self.asked.set(self.asked.get() + 1);
        self.asked.get().wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Hash for Liar<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let truth = self.id.wrapping_mul(0xff51_afd7_ed55_8ccd);
        let lies = matches!(self.lie, Lie::Hashes | Lie::Both);
        state.write_u64(if lies { self.whim() } else { truth });
    }
}

impl PartialEq for Liar<'_> {
    fn eq(&self, other: &Self) -> bool {
        match self.lie {
            Lie::Hashes => self.id == other.id,
            Lie::AllEqual => true,
            Lie::NeverEqual => false,
            Lie::Both => self.whim() % 3 == 0,
        }
    }
}

impl Eq for Liar<'_> {}

fn survive(lie: Lie) {
    let ledger = Ledger::new();
    let (asked, live) = (Cell::new(0), Cell::new(0));
    let key = |id| Liar {
        id,
        lie,
        asked: &asked,
    };
    let mut random = fastrand::Rng::with_seed(5);
    let mut map = Hmap::with_hasher_in(Identity, &ledger);
    let steps = few_or(100, 3_000);
    for step in 0..steps {
        let id = random.u64(0..400);
        match random.u32(0..10) {
            0..=5 => drop(map.insert(key(id), Counted::new(step, &live)).unwrap()),
            6 => drop(map.remove(&key(id))),
            7 => drop(map.get_mut(&key(id)).map(|value| value.of)),
            8 if step % 97 == 0 => map.retain(|key, _| key.id % 2 == 0),
            9 if step % 501 == 0 => map.clear(),
            _ => {
                let count = map.iter().count();
                assert_eq!(count, map.len());
            }
        }
        assert_eq!(
            live.get(),
            map.len() as isize,
            "{lie:?}: an entry is lost or is there twice"
        );
        assert_eq!(map.allocation_size(), ledger.live_bytes());
        if !looks_after(step) {
            continue;
        }
        if let Err(violation) = map.validate() {
            // Only what keys can cause: not in the chain of its hash, or not once.
            let numbers = ["H2", "M1"];
            assert!(
                numbers.iter().any(|number| violation.0.starts_with(number)),
                "{violation:?}"
            );
        }
    }
    let (mut cursor, mut given) = (Cursor::new(), 0);
    while let Some(batch) = cursor.next(&map) {
        given += batch.count();
    }
    assert_eq!(given, map.len());
    assert!(map.iter_from(3, 3).count() <= map.len() * 2);
    drop(map);
    assert_eq!(live.get(), 0);
}

pub fn hashes_that_change_at_every_call() {
    survive(Lie::Hashes);
}

pub fn keys_that_are_equal_to_all() {
    survive(Lie::AllEqual);
}

pub fn keys_that_are_equal_to_none() {
    survive(Lie::NeverEqual);
}

pub fn keys_that_lie_in_every_way() {
    survive(Lie::Both);
}
