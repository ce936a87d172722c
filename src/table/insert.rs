//! Inserting, in three parts: the growth *work* that is due, the *search* for the key, and the
//! *place*: all that the new entry needs, and its slot, live.
//!
//! Only the last can fail, and when it fails the map holds what it held. When it has not, the
//! entry is written into the slot; that runs no user code and calls no allocator.

use super::lookup::{eq_at, equal_to};
use super::map::RawHmap;
use super::policy::Tabled;
use crate::memory::compiled::{FOR_SPEED, eq_key, hash_key};
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{Had, InsertError};
use crate::numbers::hash::HashValue;
use crate::seam::{self, Glance, Supply, Table, Target};
use core::mem;

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
            // SAFETY: There are heads of chains, and nothing waits to be moved. What is looked at are
            // live slots of what owns the hash; a free one is written at once.
            let target = unsafe {
                let head = self.header.settled_owner(Types::<K, V, P>::HERE, hash);
                match P::Table::glance(head, hash, |slot| eq(slot.key())) {
                    Glance::Entry(slot) => Some(Target::Entry(slot)),
                    Glance::Free(slot) => Some(Target::New(self.header.enter(slot, hash))),
                    Glance::Full => return self.insert_absent(hash, key, elem, hasher, supply),
                    Glance::Nothing => None,
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

    /// The same of a key that is not there.
    ///
    /// # Safety
    /// It is not, and nothing waits to be moved.
    #[inline(never)]
    unsafe fn insert_absent(
        &mut self,
        hash: HashValue,
        key: K,
        elem: V,
        hasher: impl Fn(&K) -> HashValue + Copy,
        supply: Supply,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let (header, heap) = self.parts();
        // SAFETY: The caller's promise; a slot is written at once.
        let placed = unsafe { header.place(heap, hash, hash_key(&hasher), supply) };
        let target = seam::target!(placed);
        let target = target.map(|target| target.of_types(Types::<K, V, P>::HERE));
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
        let (header, heap) = self.parts();
        let mut eq = eq_at::<K, V, P>(eq);
        let (hasher, key) = (hash_key(&hasher), eq_key(&mut eq));
        // SAFETY: It is the key's hash; whoever gets a new slot writes it.
        let placed = unsafe { header.find_or_place(heap, hash, hasher, key, supply) };
        Ok(seam::target!(placed)?.of_types(Types::HERE))
    }
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
