//! Inserting, in three parts: the growth *work* that is due, the *search* for the key, and the
//! *place*: all that the new entry needs, and its slot, live.
//!
//! Only the last can fail, and when it fails the map holds what it held. When it has not, the
//! entry is written into the slot; that runs no user code and calls no allocator.

use super::lookup::{equal_to, find_to_change};
use super::map::RawHmap;
use super::policy::Tabled;
use crate::memory::bucket::{BucketPtr, Entered, Slot};
use crate::memory::compiled::{FOR_SPEED, hash_key};
use crate::memory::heap::Heap;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{Had, InsertError};
use crate::numbers::hash::HashValue;
use crate::seam::{Found, Supply, Table};
use core::mem;

/// What an insert has found, or got, for its entry.
pub(super) enum Target<T> {
    /// The key is there.
    Entry(Slot<T>),
    /// A slot for it.
    New(Entered<T>),
}

impl<K: Eq, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// Inserts an entry, or overwrites the elem of an equal key (the key that is
    /// in the map stays) and returns the old one.
    ///
    /// Go: `mapassign`.
    #[inline]
    pub(crate) fn insert(
        &mut self,
        hash: HashValue,
        key: K,
        elem: V,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Result<Option<V>, InsertError<K, V>> {
        if Types::<K, V, P>::SHAPE.has_cells() {
            // Large ones stay where they are until there is a slot for them.
            let target = self.find_or_place_apart(hash, equal_to(&key), hasher, supply);
            return put(target, key, elem);
        }
        // Nearly always nothing is owed, and the entry or a free slot is in the first bucket.
        if FOR_SPEED && self.header.is_quiet() {
            let eq = equal_to(&key);
            // SAFETY: There are entries, and nothing waits to be moved. What is looked at are
            // live slots of what owns the hash; a free one is written at once.
            let target = unsafe {
                let head = self.header.settled_owner(Types::<K, V, P>::HERE, hash);
                match P::Table::find_or_free(head, hash, |slot| eq(slot.key())) {
                    Found::Entry(slot) => Some(Target::Entry(slot)),
                    Found::Free(slot) => Some(Target::New(self.header.enter(slot, hash))),
                    Found::Nothing => None,
                }
            };
            if let Some(target) = target {
                return put(Ok(target), key, elem);
            }
        }
        self.insert_thoroughly(hash, key, elem, hasher, supply)
    }

    /// All of an insert, whatever the map owes and wherever the chain ends.
    #[cfg_attr(not(feature = "small-code"), inline(never))]
    fn insert_thoroughly(
        &mut self,
        hash: HashValue,
        key: K,
        elem: V,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let target = self.find_or_place(hash, equal_to(&key), hasher, supply);
        put(target, key, elem)
    }
}

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// [`find_or_place`](Self::find_or_place), never inlined: what is left of the insert
    /// of a large value then is, and moves it once.
    #[inline(never)]
    fn find_or_place_apart(
        &mut self,
        hash: HashValue,
        eq: impl Fn(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Had<Target<Types<K, V, P>>> {
        self.find_or_place(hash, eq, hasher, supply)
    }

    /// All of an insert but to write the entry, whatever the map owes and wherever the chain
    /// ends.
    #[inline]
    fn find_or_place(
        &mut self,
        hash: HashValue,
        eq: impl Fn(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Had<Target<Types<K, V, P>>> {
        let hasher = hash_key(&hasher);
        let (header, heap) = self.parts();
        if let Some(head) = header.owner_to_change(heap.of(), hash, hasher) {
            // SAFETY: It owns the hash.
            let found = unsafe { find_to_change(head.of_types(Types::HERE), hash, eq) };
            if let Some(slot) = found {
                return Ok(Target::Entry(slot));
            }
            // SAFETY: As above; whoever gets the slot writes it.
            let free = unsafe { enter_if_free::<_, _, P, _>(header, heap, head, hash, supply) }?;
            if let Some(slot) = free {
                return Ok(Target::New(slot));
            }
        }
        // SAFETY: Whoever gets the slot writes it.
        let slot = unsafe { header.place(heap, hash, hasher, supply) }?;
        Ok(Target::New(slot.of_types(Types::HERE)))
    }
}

/// Makes a free slot live, if that and cells are all that a new entry takes. Where there are
/// cells, code that is compiled once for all maps does without this detour.
///
/// # Safety
/// As [`Table::enter_if_free`].
#[inline]
pub(super) unsafe fn enter_if_free<K, V, P: Tabled, H: Heap>(
    header: &mut P::Table,
    heap: H,
    head: BucketPtr<H::Of>,
    hash: HashValue,
    supply: Supply,
) -> Had<Option<Entered<Types<K, V, P>>>> {
    if !FOR_SPEED && Types::<K, V, P>::SHAPE.has_cells() {
        return Ok(None);
    }
    // SAFETY: The caller's promise.
    let entered = unsafe { header.enter_if_free(heap, head, hash, supply) }?;
    Ok(entered.map(|slot| slot.of_types(Types::HERE)))
}

/// The end of an insert: the elem of a key that is there is replaced, and the old one returned;
/// a slot that was got is written. The target is of a map that is borrowed alone.
#[inline]
pub(super) fn put<K, V, P: Tabled>(
    target: Had<Target<Types<K, V, P>>>,
    key: K,
    elem: V,
) -> Result<Option<V>, InsertError<K, V>> {
    match target {
        Ok(Target::Entry(slot)) => {
            // SAFETY: A live slot of a map that is borrowed alone.
            let (_, stored) = unsafe { slot.entry_mut() };
            let old = mem::replace(stored, elem);
            // Now, so that `old` is dropped if this panics.
            drop(key);
            Ok(Some(old))
        }
        Ok(Target::New(new)) => {
            new.write(key, elem);
            Ok(None)
        }
        Err(reason) => Err(InsertError {
            key,
            value: elem,
            reason,
        }),
    }
}
