//! A key or a value that is watched: each has a number, and the [`World`] knows which
//! of them live, so that a second drop and a use after the drop are noticed, and can
//! make the n-th call of any of their traits panic.

use super::keys::Key;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::hash::{Hash, Hasher};

/// What a map calls that is its user's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    Hash,
    Eq,
    Clone,
    Drop,
    /// A predicate, a function that makes or changes a value, an iterator that is
    /// inserted from.
    Closure,
}

/// Where parts live.
#[derive(Default)]
pub struct World {
    /// Whether the part of each number lives.
    alive: RefCell<Vec<bool>>,
    live: Cell<usize>,
    /// Drops of what did not live any more.
    dropped_twice: Cell<usize>,
    /// How often each event has happened.
    happened: [Cell<usize>; 5],
    /// The event that panics, and how many of them go by before.
    armed: Cell<Option<(Event, u32)>>,
}

/// What a panic on purpose carries.
#[derive(Debug)]
pub struct OnPurpose;

/// Unwinds without the message that `panic!` prints.
pub fn panic_on_purpose() -> ! {
    #[cfg(not(target_os = "none"))]
    std::panic::resume_unwind(std::boxed::Box::new(OnPurpose));
    #[cfg(target_os = "none")]
    panic!("{OnPurpose:?}")
}

impl World {
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets so many of these events go by, and panics at the next.
    pub fn panic_at(&self, event: Event, after: u32) {
        self.armed.set(Some((event, after)));
    }

    /// Panics no more.
    pub fn calm_down(&self) {
        self.armed.set(None);
    }

    /// Parts that live.
    pub fn live(&self) -> usize {
        self.live.get()
    }

    pub fn dropped_twice(&self) -> usize {
        self.dropped_twice.get()
    }

    /// How often this has happened.
    pub fn happened(&self, event: Event) -> usize {
        self.happened[event as usize].get()
    }

    /// To be called wherever user code runs.
    pub fn happens(&self, event: Event) {
        let happened = &self.happened[event as usize];
        happened.set(happened.get() + 1);
        match self.armed.get() {
            Some((armed, 0)) if armed == event => {
                self.armed.set(None);
                panic_on_purpose();
            }
            Some((armed, more)) if armed == event => self.armed.set(Some((armed, more - 1))),
            _ => {}
        }
    }

    fn born(&self) -> u32 {
        let mut alive = self.alive.borrow_mut();
        alive.push(true);
        self.live.set(self.live.get() + 1);
        (alive.len() - 1) as u32
    }

    fn dies(&self, number: u32) {
        let lived = core::mem::replace(&mut self.alive.borrow_mut()[number as usize], false);
        if lived {
            self.live.set(self.live.get() - 1);
        } else {
            self.dropped_twice.set(self.dropped_twice.get() + 1);
        }
    }

    fn lives(&self, number: u32) -> bool {
        self.alive.borrow()[number as usize]
    }
}

/// A key, or a value: then `of.id` is what it is worth. More than 12 words of padding
/// are too much for a bucket, so that it is kept in a cell.
pub struct Part<'w, const WORDS: usize> {
    pub of: Key,
    padding: [u64; WORDS],
    number: u32,
    world: &'w World,
}

impl<'w, const WORDS: usize> Part<'w, WORDS> {
    pub fn new(of: Key, world: &'w World) -> Self {
        Self {
            of,
            padding: [of.id; WORDS],
            number: world.born(),
            world,
        }
    }

    pub fn value(worth: u64, world: &'w World) -> Self {
        Self::new(Key { id: worth, hash: 0 }, world)
    }

    pub fn set(&mut self, worth: u64) {
        self.check();
        self.of.id = worth;
        self.padding = [worth; WORDS];
    }

    /// It lives, and all of it is of a piece.
    #[track_caller]
    pub fn check(&self) {
        assert!(self.world.lives(self.number), "{self:?} was dropped");
        assert!(self.padding == [self.of.id; WORDS], "{self:?} is torn");
    }
}

impl<const WORDS: usize> Drop for Part<'_, WORDS> {
    fn drop(&mut self) {
        self.world.dies(self.number);
        self.world.happens(Event::Drop);
    }
}

impl<const WORDS: usize> Clone for Part<'_, WORDS> {
    fn clone(&self) -> Self {
        self.check();
        self.world.happens(Event::Clone);
        Self::new(self.of, self.world)
    }
}

impl<const WORDS: usize> Hash for Part<'_, WORDS> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.check();
        self.world.happens(Event::Hash);
        self.of.hash(state);
    }
}

impl<const WORDS: usize> PartialEq for Part<'_, WORDS> {
    fn eq(&self, other: &Self) -> bool {
        self.check();
        other.check();
        self.world.happens(Event::Eq);
        self.of == other.of
    }
}

impl<const WORDS: usize> Eq for Part<'_, WORDS> {}

impl<const WORDS: usize> fmt::Debug for Part<'_, WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "part {} of {:?}", self.number, self.of)
    }
}
