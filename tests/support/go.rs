//! Go's map as its rules say it: what it holds in which slot, and when it grows.
//!
//! It is the map of Go's runtime without its memory: a chain is a list of slots, an
//! array a list of chains, and nothing is done cleverly. Each rule is a function of
//! its own that can be read beside the specification, and shares no code with the
//! library, so that the two agree only if both are right.
//!
//! Iteration is that of a map which does not change meanwhile. `retain` is what Go
//! does not have: the removals, without the growth work that they would do.

use super::keys::Key;
use alloc::vec;
use alloc::vec::Vec;

/// Slots of a bucket.
const SLOTS: usize = 8;

/// How far the evacuation mark moves at once.
const LOOK_AHEAD: usize = 1024;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// Free, and so are all later slots of the chain.
    EmptyRest,
    /// Free.
    EmptyOne,
    Live(Key),
}

/// A bucket and its overflow buckets: eight slots each.
#[derive(Clone)]
pub struct Chain {
    slots: Vec<Slot>,
}

/// A chain of the old array.
#[derive(Clone)]
pub enum OldChain {
    Here(Chain),
    /// It was moved. Where the entries of its first bucket went: to Y or not.
    Moved([Option<bool>; SLOTS]),
}

/// How many growths there were.
#[derive(Clone, Copy, Default, Debug)]
pub struct Growths {
    pub doublings: usize,
    pub same_size: usize,
}

/// Go's `hmap`.
#[derive(Clone)]
pub struct GoMap {
    pub count: usize,
    /// B.
    pub bits: u32,
    /// Overflow buckets that the current array was given since it was made.
    pub noverflow: usize,
    /// While growing, the lowest old bucket that may not be moved yet.
    pub nevacuate: usize,
    pub same_size: bool,
    /// None before the first assignment.
    pub buckets: Vec<Chain>,
    pub old: Option<Vec<OldChain>>,
    pub growths: Growths,
}

/// More than six and a half entries a bucket; in integers, and never up to eight.
fn over_load(count: usize, bits: u32) -> bool {
    count > SLOTS && count > 13 * ((1 << bits) / 2)
}

/// As many overflow buckets as buckets, which Go no longer asks for above 2^15.
fn too_many_overflow(noverflow: usize, bits: u32) -> bool {
    noverflow >= 1 << bits.min(15)
}

impl Chain {
    fn new() -> Self {
        Self {
            slots: vec![Slot::EmptyRest; SLOTS],
        }
    }

    /// The buckets, in order.
    pub fn buckets(&self) -> impl Iterator<Item = &[Slot]> {
        self.slots.chunks(SLOTS)
    }

    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Live(key) => Some(*key),
            _ => None,
        })
    }

    fn position(&self, key: Key) -> Option<usize> {
        self.slots.iter().position(|slot| *slot == Slot::Live(key))
    }

    /// Puts a key into the first free slot of the chain, in a new bucket if there is
    /// none. Gives the number of new buckets.
    fn insert(&mut self, key: Key) -> usize {
        let free = |slot: &Slot| !matches!(slot, Slot::Live(_));
        match self.slots.iter().position(free) {
            Some(first) => {
                self.slots[first] = Slot::Live(key);
                0
            }
            None => {
                self.slots.push(Slot::Live(key));
                self.slots.extend([Slot::EmptyRest; SLOTS - 1]);
                1
            }
        }
    }

    /// Frees a slot. If nothing follows, it and the free slots before it are the rest.
    fn remove(&mut self, position: usize) {
        self.slots[position] = Slot::EmptyOne;
        let follower = self.slots.get(position + 1);
        if follower.is_some_and(|slot| *slot != Slot::EmptyRest) {
            return;
        }
        for slot in self.slots[..=position].iter_mut().rev() {
            if *slot != Slot::EmptyOne {
                break;
            }
            *slot = Slot::EmptyRest;
        }
    }

    /// Removes what `keep` is false for, and gives how many that were.
    fn retain(&mut self, keep: impl Fn(Key) -> bool) -> usize {
        let unwanted: Vec<Key> = self.keys().filter(|key| !keep(*key)).collect();
        for key in &unwanted {
            if let Some(position) = self.position(*key) {
                self.remove(position);
            }
        }
        unwanted.len()
    }
}

impl GoMap {
    pub fn new() -> Self {
        Self {
            count: 0,
            bits: 0,
            noverflow: 0,
            nevacuate: 0,
            same_size: false,
            buckets: Vec::new(),
            old: None,
            growths: Growths::default(),
        }
    }

    /// The smallest B that the hint does not overload. One bucket is made by the first
    /// assignment, a larger array at once.
    pub fn with_hint(hint: usize) -> Self {
        let mut map = Self::new();
        while over_load(hint, map.bits) {
            map.bits += 1;
        }
        if map.bits > 0 {
            map.buckets = vec![Chain::new(); 1 << map.bits];
        }
        map
    }

    pub fn is_growing(&self) -> bool {
        self.old.is_some()
    }

    /// Overwriting and inserting. An overwrite does the growth work that is due and
    /// starts no growth.
    pub fn assign(&mut self, key: Key) {
        if self.buckets.is_empty() {
            self.buckets.push(Chain::new());
        }
        self.growth_work(key);
        if self.chain(key).position(key).is_some() {
            return;
        }
        if self.start_growth() {
            self.growth_work(key);
        }
        self.noverflow += self.chain(key).insert(key);
        self.count += 1;
    }

    /// Removing. The growth work is done whether the key is there or not, unless the
    /// map is empty.
    pub fn delete(&mut self, key: Key) {
        if self.count == 0 {
            return;
        }
        self.growth_work(key);
        let chain = self.chain(key);
        if let Some(position) = chain.position(key) {
            chain.remove(position);
            self.count -= 1;
        }
    }

    /// All entries go, the current array stays and has no overflow buckets. Nothing at
    /// all happens to an empty map.
    pub fn clear(&mut self) {
        if self.count == 0 {
            return;
        }
        self.old = None;
        self.same_size = false;
        self.nevacuate = 0;
        self.noverflow = 0;
        self.count = 0;
        self.buckets.fill(Chain::new());
    }

    /// Removals in all chains, and no growth work.
    pub fn retain(&mut self, keep: impl Fn(Key) -> bool) {
        for chain in self.old.iter_mut().flatten() {
            if let OldChain::Here(chain) = chain {
                self.count -= chain.retain(&keep);
            }
        }
        for chain in &mut self.buckets {
            self.count -= chain.retain(&keep);
        }
    }

    /// The chain of the current array that a key belongs to. After growth work the
    /// key is there or nowhere.
    fn chain(&mut self, key: Key) -> &mut Chain {
        let number = key.hash as usize % self.buckets.len();
        &mut self.buckets[number]
    }

    /// Starts a growth before one entry more if there are too many entries, and if not
    /// that, too many overflow buckets; never while one runs.
    fn start_growth(&mut self) -> bool {
        let doubles = over_load(self.count + 1, self.bits);
        if self.is_growing() || !doubles && !too_many_overflow(self.noverflow, self.bits) {
            return false;
        }
        if doubles {
            self.bits += 1;
            self.growths.doublings += 1;
        } else {
            self.growths.same_size += 1;
        }
        self.same_size = !doubles;
        self.noverflow = 0;
        self.nevacuate = 0;
        let fresh = vec![Chain::new(); 1 << self.bits];
        let old = core::mem::replace(&mut self.buckets, fresh);
        self.old = Some(old.into_iter().map(OldChain::Here).collect());
        true
    }

    /// Moves the old chain of a key, and the next one in order.
    fn growth_work(&mut self, key: Key) {
        if let Some(old) = &self.old {
            let number = key.hash as usize % old.len();
            self.evacuate(number);
        }
        if self.is_growing() {
            self.evacuate(self.nevacuate);
        }
    }

    /// Moves one old chain if it is still there, and the mark if it stands on it.
    fn evacuate(&mut self, number: usize) {
        self.move_chain(number);
        if number == self.nevacuate {
            self.advance_mark();
        }
    }

    /// Moves the entries of a chain in their order to X, the chain of the same number,
    /// or in a doubling to Y, as their hash says. Gaps close.
    fn move_chain(&mut self, number: usize) {
        let old = self.old.as_mut().expect("a growth runs");
        let half = old.len();
        let OldChain::Here(chain) = old[number].clone() else {
            return;
        };
        let to_y = |key: Key| !self.same_size && key.hash as usize & half != 0;
        let went = |slot: &Slot| match slot {
            Slot::Live(key) => Some(to_y(*key)),
            _ => None,
        };
        old[number] = OldChain::Moved(core::array::from_fn(|slot| went(&chain.slots[slot])));
        for key in chain.keys() {
            let target = if to_y(key) { number + half } else { number };
            self.noverflow += self.buckets[target].insert(key);
        }
    }

    /// Moves the mark over what was moved before its turn, but not too far at once.
    /// The growth ends with the last chain.
    fn advance_mark(&mut self) {
        let old = self.old.as_ref().expect("a growth runs");
        let is_moved = |number: usize| matches!(old[number], OldChain::Moved(_));
        self.nevacuate += 1;
        let stop = usize::min(self.nevacuate + LOOK_AHEAD, old.len());
        while self.nevacuate != stop && is_moved(self.nevacuate) {
            self.nevacuate += 1;
        }
        if self.nevacuate == old.len() {
            self.old = None;
            self.same_size = false;
        }
    }

    /// The old chain of a bucket of the current array, if it is not moved.
    pub fn old_chain(&self, number: usize) -> Option<&Chain> {
        let old = self.old.as_ref()?;
        match &old[number % old.len()] {
            OldChain::Here(chain) => Some(chain),
            OldChain::Moved(_) => None,
        }
    }

    /// The keys in the order of Go's iterator that starts there.
    pub fn order_from(&self, bucket: usize, offset: usize) -> Vec<Key> {
        let mut order = Vec::new();
        if self.count == 0 {
            return order;
        }
        let buckets = self.buckets.len();
        for number in (bucket..bucket + buckets).map(|number| number % buckets) {
            // In a doubling an old chain holds the entries of two buckets.
            let old = self.old_chain(number);
            let belongs =
                |key: Key| old.is_none() || self.same_size || key.hash as usize % buckets == number;
            for slots in old.unwrap_or(&self.buckets[number]).buckets() {
                // The same rotation in every bucket of the chain.
                for slot in (offset..offset + SLOTS).map(|slot| slots[slot % SLOTS]) {
                    match slot {
                        Slot::Live(key) if belongs(key) => order.push(key),
                        _ => {}
                    }
                }
            }
        }
        order
    }
}
