//! A program that uses all of `Hmap` and of `HmapSet` but what formats (`Debug`, `Display`), and that
//! links only if no path in it leads to a panic.
//!
//! The panic handler calls a function that exists nowhere. The linker drops the
//! handler if nothing refers to it; if anything does, it reports the function as
//! undefined. So this is not a test that a panic does not happen but that the code for
//! one is not there:
//!
//!     cargo build --release --target x86_64-unknown-none     (in this directory)
//!
//! To see it fail, take an `unwrap` or an index with a check into any function.
#![no_std]
#![no_main]

use core::alloc::Layout;
use core::cell::Cell;
use core::hint::black_box;
use core::ptr::NonNull;
use hmap::{
    AllocError, Allocator, Cursor, DefaultHashBuilder, Entry, EntryRef, Equivalent, FirstBucket,
    Hmap, HmapSet, SameHeap, WithBucket, hmap_set,
};

unsafe extern "C" {
    safe fn a_panic_can_be_reached() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    a_panic_can_be_reached()
}

/// An allocator that cannot panic: it hands out a region from its beginning to its end,
/// and takes nothing back.
struct Bump {
    next: Cell<usize>,
    end: usize,
}

// SAFETY: Blocks do not overlap, and lie in a region that is nobody else's.
unsafe impl Allocator for Bump {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let start = self.next.get().wrapping_add(layout.align() - 1) & !(layout.align() - 1);
        let end = start
            .checked_add(layout.size())
            .filter(|end| *end <= self.end)
            .ok_or(AllocError)?;
        let block =
            NonNull::new(core::ptr::with_exposed_provenance_mut(start)).ok_or(AllocError)?;
        self.next.set(end);
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {}
}

/// The linker's entry point; it is never run.
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let heap = black_box(Bump {
        next: Cell::new(1 << 20),
        end: 2 << 20,
    });
    everything::<u64, u64>(&heap);
    everything::<u32, [u8; 64]>(&heap);
    everything::<[u8; 16], u8>(&heap);
    everything::<u64, [u8; 256]>(&heap);
    everything::<[u64; 20], [u64; 20]>(&heap);
    everything::<u128, ()>(&heap);
    let mut bucket = FirstBucket::new();
    let lent = Hmap::<u64, u64, DefaultHashBuilder, WithBucket<'_, &Bump>>::with_first_bucket_in(
        &mut bucket,
        &heap,
    );
    use_all(lent, black_box(0), black_box(0));
    hmap::set_boot_seed(black_box(1));
    loop {}
}

/// All constructors, and what can be done with a map.
fn everything<K: Eq + core::hash::Hash + Copy, V: Copy>(heap: &Bump)
where
    K: Arbitrary,
    V: Arbitrary,
{
    let (key, value) = (K::arbitrary(), V::arbitrary());
    use_all(Hmap::<K, V, _, _>::new_in(heap), key, value);
    use_by_reference(Hmap::new_in(heap), key, value);
    use_set(HmapSet::new_in(heap), key);
    use_outside(Hmap::new_in(heap), key, value);
    use_set_outside(HmapSet::new_in(heap), key);
    let hasher = DefaultHashBuilder::with_seed(black_box(1));
    use_all(Hmap::with_hasher_in(hasher, heap), key, value);
    if let Ok(map) = Hmap::try_with_capacity_in(black_box(100), heap) {
        use_all(map, key, value);
    }
    if let Ok(map) = Hmap::try_with_capacity_and_hasher_in(black_box(9), hasher, heap) {
        use_all(map, key, value);
    }
}

/// A value that the compiler knows nothing of.
trait Arbitrary {
    fn arbitrary() -> Self;
}

impl<T: Copy> Arbitrary for T {
    fn arbitrary() -> Self {
        // SAFETY: Never run; and all types used here are of plain bytes.
        black_box(unsafe { core::mem::zeroed() })
    }
}

fn use_all<K, V, A>(mut map: Hmap<K, V, DefaultHashBuilder, A>, key: K, value: V)
where
    K: Eq + core::hash::Hash + Copy,
    V: Copy,
    A: Allocator + Clone,
{
    let n = black_box(7);
    writes(&mut map, key, value, n);
    reads(&map, &key, n);
    black_box(map.get_mut(&key));
    black_box(map.iter_mut().count());
    black_box(map.values_mut().count());
    if let Ok(copy) = map.try_clone() {
        reads(&copy, &key, n);
        black_box(copy.into_keys().count());
    }
    let mut cursor = Cursor::from_bits(black_box(3));
    black_box(cursor.next(&map).into_iter().flatten().count());
    black_box(cursor.next_mut(&mut map).into_iter().flatten().count());
    black_box(cursor.next_entry(&map).is_some());
    black_box(cursor.next_entry_mut(&mut map).is_some());
    black_box((cursor.to_bits(), cursor.has_ended()));
    map.retain(|_, _| black_box(true));
    black_box(map.extract_if(|_, _| black_box(true)).count());
    black_box(map.drain().next().is_some());
    map.clear();
    black_box(map.remove(&key).is_some());
    black_box(map.remove_entry(&key).is_some());
    black_box(map.delete(&key));
    black_box(map.into_iter().count());
}

/// A key given by reference.
#[derive(PartialEq, Eq, Hash)]
struct Given<K>(K);

impl<K: Eq> Equivalent<Owned<K>> for Given<K> {
    fn equivalent(&self, key: &Owned<K>) -> bool {
        self.0 == key.0
    }
}

/// The key that is made of it.
#[derive(PartialEq, Eq, Hash)]
struct Owned<K>(K);

impl<K: Copy> From<&Given<K>> for Owned<K> {
    fn from(given: &Given<K>) -> Self {
        Self(given.0)
    }
}

/// Places of keys given by reference.
fn use_by_reference<K, V, A>(mut map: Hmap<Owned<K>, V, DefaultHashBuilder, A>, key: K, value: V)
where
    K: Eq + core::hash::Hash + Copy,
    V: Copy,
    A: Allocator,
{
    let given = Given(key);
    match map.entry_ref(&given) {
        EntryRef::Occupied(entry) => {
            black_box(entry.remove());
        }
        EntryRef::Vacant(entry) => {
            if let Err(error) = entry.insert_with_key(Owned(black_box(key)), value) {
                black_box(error.into_pair().1);
            }
        }
    }
    black_box(
        map.entry_ref(&given)
            .and_modify(|stored| *stored = value)
            .or_insert(value)
            .is_ok(),
    );
    black_box(map.entry_ref(&given).insert_entry(value).is_ok());
}

/// What can be done with a set.
fn use_set<T, A>(mut set: HmapSet<T, DefaultHashBuilder, A>, value: T)
where
    T: Eq + core::hash::Hash + Copy,
    A: Allocator + Clone,
{
    let n = black_box(7);
    if let Err(error) = set.insert(value) {
        black_box((error.reason(), error.into_value()));
    }
    black_box(set.insert_within_capacity(value).is_ok());
    black_box(set.replace(value).is_ok());
    black_box(set.get_or_insert(value).is_ok());
    black_box(set.try_extend([value]).is_ok());
    match set.entry(value) {
        hmap_set::Entry::Occupied(entry) => {
            black_box(entry.remove());
        }
        hmap_set::Entry::Vacant(entry) => {
            black_box(entry.insert().is_ok());
        }
    }
    black_box((set.contains(&value), set.get(&value).is_some(), set.len()));
    black_box((set.try_reserve(n).is_ok(), set.try_presize(n).is_ok()));
    black_box((set.grow_step(n), set.shrink_to(n).is_ok()));
    set.finish_growth();
    if let Ok(other) = set.try_clone() {
        black_box((set.union(&other).count(), set.intersection(&other).count()));
        black_box((
            set.difference(&other).count(),
            set.symmetric_difference(&other).count(),
        ));
        black_box((set.is_subset(&other), set.is_disjoint(&other), set == other));
        black_box(other.into_iter().count());
    }
    set.retain(|_| black_box(true));
    black_box(set.extract_if(|_| black_box(true)).count());
    black_box(set.drain().next().is_some());
    black_box((set.remove(&value), set.take(&value).is_some()));
    set.clear();
    black_box((set.iter().count(), set.footprint(), set.chain_stats()));
}

/// What can be done with a map in memory that is had before.
fn use_outside<K, V, A>(mut map: Hmap<K, V, DefaultHashBuilder, A>, key: K, value: V)
where
    K: Eq + core::hash::Hash + Copy,
    V: Copy,
    A: SameHeap,
{
    let n = black_box(7);
    let mut memory = map.reservation(n);
    black_box((memory.allocate().is_ok(), memory.is_complete()));
    black_box((memory.missing(), memory.held()));
    if let Err(error) = map.insert_with(&mut memory, key, value) {
        black_box((error.reason(), error.into_pair().1));
    }
    match map.entry(key) {
        Entry::Occupied(entry) => {
            black_box(entry.remove());
        }
        Entry::Vacant(entry) => {
            black_box(entry.insert_with(&mut memory, value).is_ok());
        }
    }
    if let Entry::Vacant(entry) = map.entry(key) {
        black_box(entry.insert_within_capacity(value).is_ok());
    }
    map.note_needs(n, &mut memory);
    if let Some(mut larger) = map.growth_reservation() {
        black_box((larger.allocate().is_ok(), map.grow_with(&mut larger)));
        black_box(map.grow_step_with(&mut larger, n));
    }
    map.retain_with(&mut memory, |_, _| black_box(true));
    black_box(map.drain_with(&mut memory).map(Iterator::count));
    black_box(map.remove_with(&mut memory, &key).is_some());
    black_box(map.remove_entry_with(&mut memory, &key).is_some());
    black_box(map.delete_with(&mut memory, &key));
    map.clear_with(&mut memory);
    memory.release();
}

/// What can be done with a set in memory that is had before.
fn use_set_outside<T, A>(mut set: HmapSet<T, DefaultHashBuilder, A>, value: T)
where
    T: Eq + core::hash::Hash + Copy,
    A: SameHeap,
{
    let n = black_box(7);
    let mut memory = set.reservation(n);
    black_box(memory.allocate().is_ok());
    if let Err(error) = set.insert_with(&mut memory, value) {
        black_box((error.reason(), error.into_value()));
    }
    if let hmap_set::Entry::Vacant(entry) = set.entry(value) {
        black_box(entry.insert_with(&mut memory).is_ok());
    }
    if let hmap_set::Entry::Vacant(entry) = set.entry(value) {
        black_box(entry.insert_within_capacity().is_ok());
    }
    set.note_needs(n, &mut memory);
    if let Some(mut larger) = set.growth_reservation() {
        black_box((larger.allocate().is_ok(), set.grow_with(&mut larger)));
        black_box(set.grow_step_with(&mut larger, n));
    }
    set.retain_with(&mut memory, |_| black_box(true));
    black_box(set.drain_with(&mut memory).map(Iterator::count));
    black_box(set.remove_with(&mut memory, &value));
    black_box(set.take_with(&mut memory, &value).is_some());
    set.clear_with(&mut memory);
}

fn writes<K, V, A>(map: &mut Hmap<K, V, DefaultHashBuilder, A>, key: K, value: V, n: usize)
where
    K: Eq + core::hash::Hash + Copy,
    V: Copy,
    A: Allocator,
{
    if let Err(error) = map.insert(key, value) {
        black_box((error.reason(), error.into_pair().1));
    }
    black_box(map.insert_within_capacity(key, value).is_ok());
    black_box(map.try_extend([(key, value)]).is_ok());
    match map.entry(key) {
        Entry::Occupied(mut entry) => {
            black_box((entry.key(), entry.get()));
            black_box(entry.insert(value));
            black_box(entry.remove_entry().1);
        }
        Entry::Vacant(entry) => {
            black_box(entry.insert(value).is_ok());
        }
    }
    black_box(
        map.entry(key)
            .and_modify(|stored| *stored = value)
            .or_insert(value)
            .is_ok(),
    );
    black_box(map.try_reserve(n).is_ok());
    black_box(map.try_presize(n).is_ok());
    black_box(map.grow_step(n));
    map.finish_growth();
    black_box(map.shrink_to(n).is_ok());
    black_box(map.shrink_to_fit().is_ok());
}

fn reads<K, V, A>(map: &Hmap<K, V, DefaultHashBuilder, A>, key: &K, n: usize)
where
    K: Eq + core::hash::Hash,
    A: Allocator,
{
    black_box((map.get(key).is_some(), map.get_key_value(key).is_some()));
    black_box((
        map.contains_key(key),
        map.len(),
        map.is_empty(),
        map.capacity(),
    ));
    black_box((
        map.allocation_size(),
        map.footprint(),
        map.chain_stats(),
        map.reserved(),
    ));
    black_box((map.is_growing(), map.is_growth_deferred()));
    black_box((map.iter().count(), map.keys().count(), map.values().count()));
    black_box(map.iter_from(n, n).count());
}
