//! Keys that are NaN.
//!
//! In Go a NaN is not equal to itself and has a random hash, a new one whenever it is
//! hashed: at an assignment, and when a doubling moves it. `Eq` rules the first out,
//! but not what comes of it: each assigned NaN is a key of a class of its own, which
//! nobody has another one of. The second is a hash of which only the bits are known
//! that were needed so far; a doubling draws the next one from the trace. So a NaN's
//! hash never changes as far as the map can tell, and it moves as Go's does.
//!
//! Two of Go's rules are restated here. A NaN that is moved by a doubling *in which*
//! an iterator was opened goes where its tophash's lowest bit says, and takes its
//! tophash from the new hash. And an iterator that reads a NaN off an old chain
//! counts it to the half that this bit says.

use super::keys::{KeyId, NANS};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use hmap::introspection::go_tophash;

/// One assigned NaN.
#[derive(Clone, Copy, Default)]
struct Nan {
    /// The bits that are known, from below and from above.
    hash: Option<u64>,
    /// B of the array that it is in: as many low bits are known for good.
    bits: u8,
    /// Go's tophash.
    top: u8,
}

/// What a hash is asked for.
#[derive(Clone, Copy, Default)]
enum Asked {
    /// By a test that looks at the map.
    #[default]
    ToSee,
    /// By an operation, as Go would: each answer is drawn.
    ToChange {
        /// B of the array that a doubling that was under way before leads to, if an
        /// iterator was opened since it began.
        seen_growth: Option<u8>,
    },
}

/// The NaN's that were assigned or looked for.
#[derive(Default)]
pub struct Nans {
    known: RefCell<Vec<Nan>>,
    /// `X` lines that are not used yet.
    drawn: RefCell<VecDeque<u64>>,
    /// How often a hash was asked for when there was none.
    in_vain: Cell<usize>,
    asked: Cell<Asked>,
    /// B of the map, between operations.
    bits: Cell<u8>,
}

impl Nans {
    pub fn add_hash(&self, hash: u64) {
        self.drawn.borrow_mut().push_back(hash);
    }

    /// Before an operation on a map of this B.
    pub fn begin(&self, bits: u8, growing: bool, iterating: bool) {
        let seen_growth = (growing && iterating).then_some(bits);
        self.asked.set(Asked::ToChange { seen_growth });
    }

    /// After an operation; `assigned` is in the current array. How many `X` lines are
    /// left over, and how many were missing.
    pub fn end(&self, bits: u8, assigned: Option<KeyId>) -> (usize, usize) {
        self.asked.set(Asked::ToSee);
        self.bits.set(bits);
        if let Some(nan) = assigned.and_then(KeyId::nan) {
            self.change(nan, |nan| nan.bits = bits);
        }
        (self.drawn.take().len(), self.in_vain.take())
    }

    /// The class of one more.
    pub fn another(&self) -> Option<u32> {
        let mut known = self.known.borrow_mut();
        let number = u32::try_from(known.len()).ok()?;
        known.push(Nan::default());
        number.checked_add(NANS)
    }

    fn get(&self, nan: usize) -> Nan {
        self.known.borrow().get(nan).copied().unwrap_or_default()
    }

    fn change(&self, nan: usize, change: impl FnOnce(&mut Nan)) {
        if let Some(nan) = self.known.borrow_mut().get_mut(nan) {
            change(nan);
        }
    }

    pub fn tophash(&self, nan: usize) -> u8 {
        self.get(nan).top
    }

    fn draw(&self) -> u64 {
        self.drawn.borrow_mut().pop_front().unwrap_or_else(|| {
            self.in_vain.set(self.in_vain.get() + 1);
            0
        })
    }

    /// A hash, as the map asks for it.
    pub fn hash(&self, number: usize) -> u64 {
        let mut nan = self.get(number);
        match (self.asked.get(), nan.hash) {
            (Asked::ToSee, hash) => {
                let hash = hash.unwrap_or_default();
                // In a doubling that has not moved it yet Go's iterator goes by this.
                if nan.bits < self.bits.get() {
                    with_bit(hash, nan.bits, nan.top & 1 == 1)
                } else {
                    hash
                }
            }
            (Asked::ToChange { .. }, None) => {
                let hash = self.draw();
                nan.hash = Some(hash);
                nan.top = go_tophash(hash);
                self.change(number, |known| *known = nan);
                hash
            }
            (Asked::ToChange { seen_growth }, Some(hash)) => {
                let drawn = self.draw();
                let mut to_y = drawn >> nan.bits & 1 == 1;
                if seen_growth == Some(nan.bits + 1) {
                    to_y = nan.top & 1 == 1;
                    nan.top = go_tophash(drawn);
                }
                let hash = with_bit(hash, nan.bits, to_y);
                nan.hash = Some(hash);
                nan.bits += 1;
                self.change(number, |known| *known = nan);
                hash
            }
        }
    }
}

fn with_bit(hash: u64, bit: u8, set: bool) -> u64 {
    hash & !(1 << bit) | u64::from(set) << bit
}
