//! Removing one entry, some, or all. Nothing is ever allocated for it.

use super::live::Live;
use super::lookup::eq_at;
use super::map::{RawHmap, drop_entry, free_cells, read_entry};
use super::policy::Tabled;
use crate::memory::bucket::Slot;
use crate::memory::compiled::{compiled_for, eq_key, hash_key};
use crate::memory::heap::Heap;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::seam::Table;
use core::marker::PhantomData;
use core::mem::needs_drop;

/// A map's header that an entry is removed from, and the heap that what this sets free goes to:
/// the map's own, or a stock of it.
pub(crate) struct Removal<'m, K, V, P: Tabled, H> {
    header: &'m mut P::Table,
    heap: H,
    entries: PhantomData<(K, V, P)>,
}

impl<'m, K, V, P: Tabled, H: Heap<Of = compiled_for!(K, V, P)>> Removal<'m, K, V, P, H> {
    /// They are of one map.
    #[inline]
    pub(super) fn new(header: &'m mut P::Table, heap: H) -> Self {
        Self {
            header,
            heap,
            entries: PhantomData,
        }
    }

    /// Removes the entry whose key has this hash and satisfies `eq`. Growth work
    /// is done also if there is none, unless the map is empty.
    ///
    /// Go: `mapdelete`.
    #[inline]
    pub(crate) fn remove(
        mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Option<(K, V)> {
        let slot = self.unlink_key(hash, eq, hasher)?;
        // SAFETY: The slot was live, and is free now.
        Some(unsafe { self.take_unlinked(hash, slot) })
    }

    /// As [`remove`](Self::remove), for who wants the elem alone: where neither of the two has a
    /// `Drop` it is moved once, from its slot or cell to the caller.
    #[inline]
    pub(crate) fn remove_elem(
        mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Option<V> {
        /// A removal whose slot is free, and whose entry was moved out.
        struct MovedOut<'m, K, V, P: Tabled, H: Heap<Of = compiled_for!(K, V, P)>> {
            removal: Removal<'m, K, V, P, H>,
            hash: HashValue,
            slot: Slot<Types<K, V, P>>,
        }

        impl<K, V, P, H> Drop for MovedOut<'_, K, V, P, H>
        where
            P: Tabled,
            H: Heap<Of = compiled_for!(K, V, P)>,
        {
            #[inline]
            fn drop(&mut self) {
                let Removal { header, heap, .. } = &mut self.removal;
                // SAFETY: The slot was live, of a key with this hash, and is free now; its cells,
                // if there are any, are empty.
                unsafe {
                    free_cells(self.slot, *heap);
                    header.close_gap(*heap, self.hash, self.slot.of_types(heap.of()));
                }
            }
        }

        if needs_drop::<K>() || needs_drop::<V>() {
            return self.remove(hash, eq, hasher).map(|(_, elem)| elem);
        }
        let slot = self.unlink_key(hash, eq, hasher)?;
        let removal = self;
        let _end = MovedOut {
            removal,
            hash,
            slot,
        };
        // SAFETY: The slot was live, and nobody reads it again. Only then the rest is done.
        Some(unsafe { slot.pair().1.read() })
    }

    /// Removes an entry as [`remove`](Self::remove) does and drops it where it is; false
    /// if it was not there. It is out of the map before it is dropped.
    #[inline]
    pub(crate) fn delete(
        mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> bool {
        let Some(slot) = self.unlink_key(hash, eq, hasher) else {
            return false;
        };
        let heap = self.heap;
        // SAFETY: The slot was live, of a key with this hash, and is free now.
        unsafe {
            drop_entry(slot, heap);
            self.header.close_gap(heap, hash, slot.of_types(heap.of()));
        }
        true
    }

    /// The slot that an entry was in, which is free now, after the growth work that a removal
    /// owes.
    #[inline]
    fn unlink_key(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Option<Slot<Types<K, V, P>>> {
        if self.header.count() == 0 {
            return None;
        }
        let mut eq = eq_at::<K, V, P>(eq);
        let (hasher, key) = (hash_key(&hasher), eq_key(&mut eq));
        // SAFETY: There are entries, and it is the key's hash.
        let slot = unsafe { self.header.unlink_key(self.heap, hash, hasher, key) }?;
        Some(slot.of_types(Types::HERE))
    }

    /// Removes the entry of a slot.
    ///
    /// # Safety
    /// The slot is live, of a key with this hash.
    pub(super) unsafe fn take_out(self, hash: HashValue, slot: Slot<Types<K, V, P>>) -> (K, V) {
        // SAFETY: The caller's promise.
        unsafe {
            let freed = self.header.unlink(hash, slot.of_types(self.heap.of()));
            self.take_unlinked(hash, freed.of_types(Types::HERE))
        }
    }

    /// The entry of a slot that is free now.
    ///
    /// # Safety
    /// The slot was live, of a key with this hash.
    #[inline]
    unsafe fn take_unlinked(self, hash: HashValue, slot: Slot<Types<K, V, P>>) -> (K, V) {
        let heap = self.heap;
        // SAFETY: The caller's promise.
        unsafe {
            let entry = read_entry(slot, heap);
            self.header.close_gap(heap, hash, slot.of_types(heap.of()));
            entry
        }
    }
}

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// The removal of an entry, by which the allocator gets back what is set free.
    #[inline]
    pub(crate) fn removal(
        &mut self,
    ) -> Removal<'_, K, V, P, impl Heap<Of = compiled_for!(K, V, P)>> {
        let (header, heap) = self.parts();
        Removal::new(header, heap)
    }

    /// Removes the entries that `keep` is false for. Growth does not go on.
    ///
    /// Each entry is out of the map before it is dropped, so that a panic in
    /// `keep` or in a `Drop` leaves the map with those that are not yet removed.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&mut K, &mut V) -> bool) {
        /// Closes the gaps that are left, also after such a panic.
        struct Closed<'a, K, V, A: Allocator, P: Tabled>(&'a mut RawHmap<K, V, A, P>);

        impl<K, V, A: Allocator, P: Tabled> Drop for Closed<'_, K, V, A, P> {
            fn drop(&mut self) {
                let (header, heap) = self.0.parts();
                header.close_all_gaps(heap);
            }
        }

        let mut slots = self.walk();
        let Closed(map) = &mut Closed(self);
        while let Some(slot) = map.unlink_next(&mut slots, |key, elem| !keep(key, elem)) {
            // SAFETY: The slot was live, and is free now.
            unsafe { map.drop_entry(slot) };
        }
    }

    /// Goes on to the next entry that `remove` is true for and makes its slot free;
    /// the entry in it is the caller's. `slots` is over this map, which was changed
    /// by nothing else since.
    pub(super) fn unlink_next(
        &mut self,
        slots: &mut Live<K, V, P>,
        mut remove: impl FnMut(&mut K, &mut V) -> bool,
    ) -> Option<Slot<Types<K, V, P>>> {
        loop {
            let slot = slots.next()?;
            // SAFETY: A live slot of a map that is borrowed alone.
            let (key, elem) = unsafe { slot.entry_mut() };
            if remove(key, elem) {
                let (of, slot) = (Self::TOLD, slot.of_types(()));
                // SAFETY: A live slot, the last that `slots` gave; nothing else has changed the
                // map since.
                let freed = unsafe { self.header.unlink_in_walk(of, slots.walk(), slot) };
                return Some(freed.of_types(Types::HERE));
            }
        }
    }

    /// Removes all entries and keeps the array: the one that a growth leads to.
    ///
    /// Go: `mapclear`; nothing at all happens to an empty map.
    /// *Differs from Go:* chunks of overflow buckets are kept for reuse.
    pub(crate) fn clear(&mut self) {
        /// Leaves the map empty and whole also if an entry's `Drop` panics.
        struct Reset<'a, K, V, A: Allocator, P: Tabled>(&'a mut RawHmap<K, V, A, P>);

        impl<K, V, A: Allocator, P: Tabled> Drop for Reset<'_, K, V, A, P> {
            fn drop(&mut self) {
                self.0.reset();
            }
        }

        if self.len() == 0 {
            return;
        }
        let reset = Reset(self);
        // SAFETY: `reset` makes all slots free.
        unsafe { reset.0.drop_entries() }
    }

    /// As [`clear`](Self::clear), and if there are no entries too: then there may still be memory
    /// that is in use.
    pub(super) fn empty_all(&mut self) {
        if self.len() > 0 {
            self.clear();
        } else {
            self.reset();
        }
    }

    /// Makes all slots free; what is in them is not dropped.
    pub(super) fn reset(&mut self) {
        let (header, heap) = self.parts();
        header.reset(heap);
    }
}
