//! Bytes as a test: any sequence of them is a map, operations on it, and allocations
//! that are refused. The fuzzer (`tests/fuzz`) writes tapes; those it found worth
//! keeping are in `tests/corpus`, and the suite plays them again.
//!
//! ```text
//! byte 0     how entries are stored, whose the first bucket is, how hashes fall, the policy;
//!            its two high bits: `DENSE`, `PAGED`, or a map of arrays
//! then       one operation each: its number, a key or an amount, for some a second
//! ```

use super::keys::{Identity, Key};
use super::ledger::Ledger;
use super::part::{Part, World};
use super::scene::{Act, Scene};
use super::states::go_on;
use core::slice::Iter;
use hmap::{Compact, Dense, FirstBucket, Hmap, Paged, Policy, SameHeap};

/// The high bits of the first byte, and what they say.
pub const TABLE: u8 = 0xc0;
pub const DENSE: u8 = 0x80;
pub const PAGED: u8 = 0xc0;

/// Longer tapes end here.
const MOST_STEPS: u64 = 2_000;

/// Steps between two looks at everything.
const LOOK_EVERY: u64 = if cfg!(miri) { 64 } else { 8 };

/// Plays so many random tapes of this length, of at most 600 bytes.
pub fn play_random(tapes: usize, length: usize) {
    let mut random = fastrand::Rng::with_seed(11);
    let mut tape = [0; 600];
    for _ in 0..tapes {
        random.fill(&mut tape[..length]);
        play(&tape[..length]);
    }
}

/// Plays a tape; panics at the first thing that is wrong.
pub fn play(tape: &[u8]) {
    let mut rest = tape.iter();
    let Some(&first) = rest.next() else { return };
    match first & 3 {
        0 => stage::<0, 0>(first, rest),
        1 => stage::<0, 15>(first, rest),
        2 => stage::<15, 0>(first, rest),
        _ => stage::<15, 15>(first, rest),
    }
}

fn stage<const K: usize, const V: usize>(first: u8, rest: Iter<'_, u8>) {
    let (ledger, world) = (Ledger::new(), World::new());
    let player = Player {
        rest,
        family: Family::of(first >> 3),
        ledger: &ledger,
    };
    if first & TABLE == DENSE {
        let map = Hmap::with_policy_in(Identity, &ledger);
        let scene: Scene<'_, _, K, V, Dense> = Scene::of_blocks(map, &ledger, &world);
        player.play(scene);
    } else if first & TABLE == PAGED {
        let map = Hmap::with_policy_in(Identity, &ledger);
        let scene: Scene<'_, _, K, V, Paged> = Scene::of_blocks(map, &ledger, &world);
        player.play(scene);
    } else if first & 4 != 0 {
        let mut bucket = FirstBucket::<Part<'_, K>, Part<'_, V>>::new();
        let map = Hmap::with_first_bucket_and_hasher_in(&mut bucket, Identity, &ledger);
        let scene: Scene<'_, _, K, V> = Scene::of(map, &ledger, &world);
        player.play(scene);
    } else if first & 32 != 0 {
        let map = Hmap::with_policy_in(Identity, &ledger);
        let scene: Scene<'_, _, K, V, Compact> = Scene::of(map, &ledger, &world);
        player.play(scene);
    } else {
        let map = Hmap::with_hasher_in(Identity, &ledger);
        let scene: Scene<'_, _, K, V> = Scene::of(map, &ledger, &world);
        player.play(scene);
    }
    assert_eq!((world.live(), world.dropped_twice()), (0, 0));
}

/// How the hashes of keys fall.
#[derive(Clone, Copy)]
enum Family {
    Spread,
    /// Into four chains.
    Crowded,
    OneChain,
    /// All the same.
    Equal,
}

impl Family {
    fn of(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Spread,
            1 => Self::Crowded,
            2 => Self::OneChain,
            _ => Self::Equal,
        }
    }

    fn key(self, id: u8) -> Key {
        let spread = Key::spread(u64::from(id));
        let hash = match self {
            Self::Spread => spread.hash,
            Self::Crowded => spread.hash & !0xff_fffc,
            Self::OneChain => spread.hash & !0xffff_ffff,
            Self::Equal => 1,
        };
        Key { hash, ..spread }
    }
}

struct Player<'t> {
    rest: Iter<'t, u8>,
    family: Family,
    ledger: &'t Ledger,
}

impl Player<'_> {
    fn play<A: SameHeap, const K: usize, const V: usize, P: Policy>(
        mut self,
        mut scene: Scene<'_, A, K, V, P>,
    ) {
        for step in 0..MOST_STEPS {
            let Some(&number) = self.rest.next() else {
                break;
            };
            let Some(act) = self.decode(number) else {
                continue;
            };
            scene.fresh = step;
            let refused = scene.act(act).is_err();
            if refused || step % LOOK_EVERY == 0 {
                scene.check();
            }
            if scene.is_consumed() {
                break;
            }
        }
        self.ledger.grant_all();
        scene.check();
        go_on(&mut scene);
    }

    fn byte(&mut self) -> u8 {
        self.rest.next().copied().unwrap_or(0)
    }

    fn key(&mut self) -> Key {
        let id = self.byte();
        self.family.key(id)
    }

    fn amount(&mut self) -> usize {
        self.byte().into()
    }

    /// The operation of this number; none if it tells the allocator what to refuse.
    fn decode(&mut self, number: u8) -> Option<Act> {
        Some(match number % 32 {
            0 => {
                self.ledger.refuse_one_after(self.amount());
                return None;
            }
            1 => {
                self.ledger.refuse_all_after(self.amount() / 8);
                return None;
            }
            2 | 3 => {
                self.ledger.grant_all();
                return None;
            }
            4 => Act::InsertWithinCapacity(self.key()),
            5 => Act::EntryOrInsert(self.key()),
            6 => Act::EntryRemove(self.key()),
            7 | 8 => Act::Remove(self.key()),
            9 => Act::Delete(self.key()),
            10 => Act::Change(self.key()),
            11..14 => Act::TryExtend(self.key(), (self.amount() % 48) as u32),
            14 => Act::TryReserve(self.amount()),
            15 => Act::TryPresize(self.amount() * 4),
            16 if number < 128 => Act::TryClone,
            16 => Act::TryCloneFrom,
            17 => Act::ShrinkTo(self.amount()),
            18 => Act::GrowStep(self.amount() % 8),
            19 => Act::FinishGrowth,
            20 => Act::Clear,
            21 => Act::Retain(self.byte().max(1).into()),
            22 => Act::ExtractIf(self.byte().max(1).into(), self.amount()),
            23 => Act::Drain(self.amount()),
            24 => Act::IterMut,
            25 => Act::Walk,
            // Rarely, as it ends the tape.
            26 if number == 26 => Act::IntoIter(self.amount()),
            _ => Act::Insert(self.key()),
        })
    }
}
