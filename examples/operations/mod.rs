//! What is done to an hmap and to a hashbrown map when their speed is compared: the same
//! loops over both, compiled once for whoever includes this file.
//!
//! The caller hands over a region of memory, keys and counts, all of them integers, so
//! that it may itself be built for another target. Both maps bump-allocate in that
//! region and hash with the same hasher and seed. Each call gives a checksum, which is
//! the same for both maps if they did the same.

use core::alloc::Layout;
use core::cell::Cell;
use core::hash::Hash;
use core::hint::black_box;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::slice;
use hmap::{AllocError, Allocator, Compact, DefaultHashBuilder, Dense, Hmap, Paged, Policy};

/// The pairs of types, by number.
pub const PAIRS: [&str; 6] = [
    "u64 -> u64",
    "u32 -> u32",
    "u64 -> u8",
    "[u8; 16] -> u64",
    "u64 -> [u8; 64]",
    "u64 -> [u8; 256]",
];

/// The maps, by number.
pub const HMAP: usize = 0;
pub const HASHBROWN: usize = 1;
/// hmap with the policies of these names.
pub const COMPACT: usize = 2;
pub const DENSE: usize = 3;
pub const PAGED: usize = 4;

/// What is done with each key of the list; the number is what [`perform`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Operation {
    /// Inserts it; a map's first insert makes the map, without memory.
    Insert,
    /// The same, but the map is made with room for all of its keys.
    InsertWithCapacity,
    /// Looks it up.
    Get,
    /// Looks it up where what was found before says what to look for.
    DependentGet,
    /// Removes it.
    Remove,
    /// Removes it, and inserts the one that is as far behind all keys.
    Churn,
    /// Nothing with the keys: reads all entries of each map.
    Iterate,
    /// Makes each map of an iterator of all its keys, which knows how many there are.
    Collect,
}

impl Operation {
    const ALL: [Self; 8] = [
        Self::Insert,
        Self::InsertWithCapacity,
        Self::Get,
        Self::DependentGet,
        Self::Remove,
        Self::Churn,
        Self::Iterate,
        Self::Collect,
    ];
}

/// Some maps of the same size, side by side, and the work that is to be done on them.
/// The keys of one map follow those of the one before.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Work {
    /// Where the maps and their memory are: [`open`]'s answer.
    pub bench: usize,
    /// Address of the keys, as `u64`.
    pub keys: usize,
    /// Keys in each map.
    pub keys_a_map: usize,
    /// Keys of all maps.
    pub all_keys: usize,
    /// The part of the keys that is worked on in this call.
    pub first: usize,
    pub count: usize,
}

/// Calls a function of [`Bench`] for the maps of this kind that have the pair's types.
macro_rules! of_pair {
    ($pair:expr, $Map:ident, $function:ident($($argument:expr),*)) => {
        match $pair {
            0 => Bench::<$Map<u64, u64>>::$function($($argument),*),
            1 => Bench::<$Map<u32, u32>>::$function($($argument),*),
            2 => Bench::<$Map<u64, u8>>::$function($($argument),*),
            3 => Bench::<$Map<[u8; 16], u64>>::$function($($argument),*),
            4 => Bench::<$Map<u64, [u8; 64]>>::$function($($argument),*),
            5 => Bench::<$Map<u64, [u8; 256]>>::$function($($argument),*),
            _ => 0,
        }
    };
}

/// Prepares `maps` maps in a region of memory, whatever was there before, and gives what
/// [`Work::bench`] takes; 0 if the region is too small or there is no such pair.
pub extern "C" fn open(pair: usize, map: usize, region: usize, bytes: usize, maps: usize) -> usize {
    match map {
        HMAP => of_pair!(pair, Ours, open(region, bytes, maps)),
        HASHBROWN => of_pair!(pair, Theirs, open(region, bytes, maps)),
        COMPACT => of_pair!(pair, Compacted, open(region, bytes, maps)),
        DENSE => of_pair!(pair, Densed, open(region, bytes, maps)),
        PAGED => of_pair!(pair, InPages, open(region, bytes, maps)),
        _ => 0,
    }
}

/// Does one operation with a part of the keys, and gives a checksum.
///
/// # Safety
/// `work` is the address of a [`Work`] whose bench was opened for this pair and map,
/// whose region lives and is touched by nobody else, and whose keys can be read.
pub unsafe extern "C" fn perform(
    pair: usize,
    map: usize,
    operation: usize,
    work: *const Work,
) -> u64 {
    let Some(operation) = Operation::ALL.get(operation) else {
        return 0;
    };
    // SAFETY: The caller's promise, for all that follows.
    unsafe {
        let work = &*work;
        match map {
            HMAP => of_pair!(pair, Ours, run(*operation, work)),
            HASHBROWN => of_pair!(pair, Theirs, run(*operation, work)),
            COMPACT => of_pair!(pair, Compacted, run(*operation, work)),
            DENSE => of_pair!(pair, Densed, run(*operation, work)),
            PAGED => of_pair!(pair, InPages, run(*operation, work)),
            _ => 0,
        }
    }
}

/// Calls `action` with each map that has keys in the part of the work, and those keys'
/// range.
#[inline(always)]
fn for_each_map<M>(
    bench: &mut Bench<M>,
    work: &Work,
    mut action: impl FnMut(&mut Bench<M>, usize, usize, usize),
) {
    let (mut from, end) = (work.first, work.first + work.count);
    while from < end {
        let map = from / work.keys_a_map;
        let to = usize::min((map + 1) * work.keys_a_map, end);
        action(bench, map, from, to);
        from = to;
    }
}

#[inline(never)]
fn insert<M: Map>(bench: &mut Bench<M>, keys: &[u64], work: &Work, hint: usize) -> u64 {
    let mut new = 0;
    for_each_map(bench, work, |bench, number, from, to| {
        if from == number * work.keys_a_map {
            bench.create(number, hint);
        }
        let map = bench.map(number);
        for key in &keys[from..to] {
            new += u64::from(map.insert(M::Key::of(*key), M::Value::of(*key)));
        }
    });
    new
}

#[inline(never)]
fn get<M: Map>(bench: &mut Bench<M>, keys: &[u64], work: &Work) -> u64 {
    let mut sum = 0;
    for_each_map(bench, work, |bench, number, from, to| {
        let map = bench.map(number);
        for key in &keys[from..to] {
            if let Some(value) = map.get(&M::Key::of(*key)) {
                sum += value.number();
            }
        }
    });
    sum
}

#[inline(never)]
fn dependent_get<M: Map>(bench: &mut Bench<M>, keys: &[u64], work: &Work) -> u64 {
    // The compiler does not know that nothing of what is found is left over.
    let none = black_box(0);
    let mut sum = 0;
    for_each_map(bench, work, |bench, number, from, to| {
        let map = bench.map(number);
        let mut found = 0;
        for key in &keys[from..to] {
            let key = *key ^ (found & none);
            found = map.get(&M::Key::of(key)).map_or(1, Number::number);
            sum += found;
        }
    });
    sum
}

#[inline(never)]
fn remove<M: Map>(bench: &mut Bench<M>, keys: &[u64], work: &Work) -> u64 {
    let mut removed = 0;
    for_each_map(bench, work, |bench, number, from, to| {
        let map = bench.map(number);
        for key in &keys[from..to] {
            removed += u64::from(map.remove(&M::Key::of(*key)));
        }
    });
    removed
}

#[inline(never)]
fn churn<M: Map>(bench: &mut Bench<M>, keys: &[u64], work: &Work) -> u64 {
    let mut changes = 0;
    let fresh = &keys[work.all_keys..];
    for_each_map(bench, work, |bench, number, from, to| {
        let map = bench.map(number);
        for (old, new) in keys[from..to].iter().zip(&fresh[from..to]) {
            changes += u64::from(map.remove(&M::Key::of(*old)));
            changes += u64::from(map.insert(M::Key::of(*new), M::Value::of(*new)));
        }
    });
    changes
}

/// All keys of a map have to be in one part of the work.
#[inline(never)]
fn collect<M: Map>(bench: &mut Bench<M>, keys: &[u64], work: &Work) -> u64 {
    let mut entries = 0;
    for_each_map(bench, work, |bench, number, from, to| {
        bench.create(number, 0);
        let map = bench.map(number);
        map.extend_by(&keys[from..to]);
        entries += map.entries() as u64;
    });
    entries
}

#[inline(never)]
fn iterate<M: Map>(bench: &mut Bench<M>, work: &Work) -> u64 {
    let mut sum = 0;
    for_each_map(bench, work, |bench, number, _, _| {
        sum += bench.map(number).sum();
    });
    sum
}

/// Maps and their memory, at the beginning of the region that the memory is part of.
struct Bench<M> {
    arena: Arena,
    /// So many of them lie behind this header.
    maps: NonNull<MaybeUninit<M>>,
}

impl<M: Map> Bench<M> {
    fn open(region: usize, bytes: usize, maps: usize) -> usize {
        let align = usize::max(align_of::<Self>(), align_of::<M>());
        let at = region.next_multiple_of(align);
        let maps_at = (at + size_of::<Self>()).next_multiple_of(align);
        let memory = maps_at + maps * size_of::<M>();
        let end = region + bytes;
        if memory >= end {
            return 0;
        }
        let bench = Self {
            arena: Arena {
                next: Cell::new(memory),
                end,
            },
            maps: NonNull::new(core::ptr::with_exposed_provenance_mut(maps_at))
                .unwrap_or(NonNull::dangling()),
        };
        // SAFETY: The region is the caller's to give, and has room for the header.
        unsafe { core::ptr::with_exposed_provenance_mut::<Self>(at).write(bench) };
        at
    }

    /// # Safety
    /// As [`perform`].
    unsafe fn run(operation: Operation, work: &Work) -> u64 {
        // SAFETY: The caller's promise.
        let (bench, keys) = unsafe {
            let keys: *const u64 = core::ptr::with_exposed_provenance(work.keys);
            // Behind the keys are as many more, which `Churn` inserts.
            let keys = slice::from_raw_parts(keys, 2 * work.all_keys);
            (Self::at(work.bench), keys)
        };
        match operation {
            Operation::Insert => insert(bench, keys, work, 0),
            Operation::InsertWithCapacity => insert(bench, keys, work, work.keys_a_map),
            Operation::Get => get(bench, keys, work),
            Operation::DependentGet => dependent_get(bench, keys, work),
            Operation::Remove => remove(bench, keys, work),
            Operation::Churn => churn(bench, keys, work),
            Operation::Iterate => iterate(bench, work),
            Operation::Collect => collect(bench, keys, work),
        }
    }

    /// # Safety
    /// [`open`](Self::open) gave this address, and nobody else uses the bench.
    unsafe fn at<'a>(address: usize) -> &'a mut Self {
        // SAFETY: The caller's promise.
        unsafe { &mut *core::ptr::with_exposed_provenance_mut(address) }
    }

    /// Makes a map. One that was there is forgotten: the arena takes nothing back.
    fn create(&mut self, number: usize, hint: usize) {
        let arena = &raw const self.arena;
        // SAFETY: The bench lives as long as any of its maps is used.
        let arena = unsafe { &*arena };
        let map = M::create(arena, hint);
        // SAFETY: There is room for as many maps as the bench was opened for.
        unsafe { self.maps.add(number).write(MaybeUninit::new(map)) };
    }

    fn map(&mut self, number: usize) -> &mut M {
        // SAFETY: The first key of every map creates it.
        unsafe { self.maps.add(number).as_mut().assume_init_mut() }
    }
}

/// An allocator that goes through a region from its beginning to its end: a few
/// instructions a call, the same for both maps.
#[derive(Debug)]
pub struct Arena {
    next: Cell<usize>,
    end: usize,
}

// SAFETY: Blocks are parts of a region that outlives the arena's users, given out once.
unsafe impl Allocator for &Arena {
    #[inline]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let at = self.next.get().next_multiple_of(layout.align());
        let next = at + layout.size();
        if next > self.end {
            return Err(AllocError);
        }
        self.next.set(next);
        let block = NonNull::new(core::ptr::with_exposed_provenance_mut(at)).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    #[inline]
    unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {}
}

/// Both maps, as the loops above need them.
trait Map {
    type Key: Number;
    type Value: Number;

    fn create(arena: &'static Arena, hint: usize) -> Self;
    /// Whether the key is new.
    fn insert(&mut self, key: Self::Key, value: Self::Value) -> bool;
    fn get(&self, key: &Self::Key) -> Option<&Self::Value>;
    /// Whether the key was there. Its value is dropped: by hmap's `delete` where it is, by
    /// hashbrown's `remove` too, whose value nobody looks at.
    fn remove(&mut self, key: &Self::Key) -> bool;
    fn sum(&self) -> u64;
    /// Inserts all keys as one iterator of known length, into an empty map. That is what `collect`
    /// and `try_from_iter` do with a map that they make by `default()`, which the arena has not.
    fn extend_by(&mut self, keys: &[u64]);
    fn entries(&self) -> usize;
}

/// An iterator of known length.
fn pairs<K: Number, V: Number>(keys: &[u64]) -> impl Iterator<Item = (K, V)> {
    keys.iter().map(|key| (K::of(*key), V::of(*key)))
}

const HASHER: DefaultHashBuilder = DefaultHashBuilder::with_seed(0x5eed);

type Ours<K, V> = Hmap<K, V, DefaultHashBuilder, &'static Arena>;
type OfPolicy<K, V, P> = Hmap<K, V, DefaultHashBuilder, &'static Arena, P>;
type Compacted<K, V> = OfPolicy<K, V, Compact>;
type Densed<K, V> = OfPolicy<K, V, Dense>;
type InPages<K, V> = OfPolicy<K, V, Paged>;
type Theirs<K, V> = hashbrown::HashMap<K, V, DefaultHashBuilder, &'static Arena>;

impl<K: Number + Hash + Eq, V: Number, P: Policy> Map for OfPolicy<K, V, P> {
    type Key = K;
    type Value = V;

    fn create(arena: &'static Arena, hint: usize) -> Self {
        let mut map = Hmap::with_policy_in(HASHER, arena);
        // There is room in the arena, or the inserts will show it. A policy that cannot make
        // room ahead grows from empty.
        let _ = map.try_presize(hint);
        map
    }

    #[inline(always)]
    fn insert(&mut self, key: K, value: V) -> bool {
        matches!(Hmap::insert(self, key, value), Ok(None))
    }

    #[inline(always)]
    fn get(&self, key: &K) -> Option<&V> {
        Hmap::get(self, key)
    }

    #[inline(always)]
    fn remove(&mut self, key: &K) -> bool {
        self.delete(key)
    }

    fn sum(&self) -> u64 {
        let mut sum = 0;
        for (key, value) in self.iter() {
            sum += key.number() + value.number();
        }
        sum
    }

    fn extend_by(&mut self, keys: &[u64]) {
        // An error is seen by the number of entries.
        let _ = self.try_extend(pairs(keys));
    }

    fn entries(&self) -> usize {
        self.len()
    }
}

impl<K: Number + Hash + Eq, V: Number> Map for Theirs<K, V> {
    type Key = K;
    type Value = V;

    fn create(arena: &'static Arena, hint: usize) -> Self {
        hashbrown::HashMap::with_capacity_and_hasher_in(hint, HASHER, arena)
    }

    #[inline(always)]
    fn insert(&mut self, key: K, value: V) -> bool {
        self.insert(key, value).is_none()
    }

    #[inline(always)]
    fn get(&self, key: &K) -> Option<&V> {
        self.get(key)
    }

    #[inline(always)]
    fn remove(&mut self, key: &K) -> bool {
        self.remove(key).is_some()
    }

    fn sum(&self) -> u64 {
        let mut sum = 0;
        for (key, value) in self.iter() {
            sum += key.number() + value.number();
        }
        sum
    }

    fn extend_by(&mut self, keys: &[u64]) {
        self.extend(pairs(keys));
    }

    fn entries(&self) -> usize {
        self.len()
    }
}

/// What a key or a value is made of, and gives back to be summed up.
pub trait Number {
    fn of(number: u64) -> Self;
    fn number(&self) -> u64;
}

impl Number for u64 {
    fn of(number: u64) -> Self {
        number
    }

    fn number(&self) -> u64 {
        *self
    }
}

impl Number for u32 {
    fn of(number: u64) -> Self {
        number as u32
    }

    fn number(&self) -> u64 {
        u64::from(*self)
    }
}

impl Number for u8 {
    fn of(number: u64) -> Self {
        number as u8
    }

    fn number(&self) -> u64 {
        u64::from(*self)
    }
}

impl<const BYTES: usize> Number for [u8; BYTES] {
    fn of(number: u64) -> Self {
        let mut bytes = [0; BYTES];
        let (first, _) = bytes.split_at_mut(8);
        first.copy_from_slice(&number.to_le_bytes());
        bytes
    }

    fn number(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self[..8]);
        u64::from_le_bytes(first)
    }
}
