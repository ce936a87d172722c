//! Removing one entry, some, or all. Nothing is ever allocated for it.

use super::live::Live;
use super::lookup::find_by;
use super::map::RawHmap;
use crate::memory::bucket::Slot;
use crate::memory::compiled::{find_key, hash_key};
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Policy;
use core::mem::needs_drop;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Removes the entry whose key has this hash and satisfies `eq`. Growth work
    /// is done also if there is none, unless the map is empty.
    ///
    /// Go: `mapdelete`.
    #[inline]
    pub(crate) fn remove(
        &mut self,
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
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Option<V> {
        /// A removal whose slot is free, and whose entry was moved out.
        struct MovedOut<'m, K, V, A: Allocator, P: Policy> {
            map: &'m mut RawHmap<K, V, A, P>,
            hash: HashValue,
            slot: Slot<Types<K, V, P>>,
        }

        impl<K, V, A: Allocator, P: Policy> Drop for MovedOut<'_, K, V, A, P> {
            #[inline]
            fn drop(&mut self) {
                let Self { map, hash, slot } = self;
                // SAFETY: The slot was live, in the chain that owns the hash, and is free
                // now; its cells, if there are any, are empty.
                unsafe {
                    map.free_cells(*slot);
                    let freed = slot.of_types(RawHmap::<K, V, A, P>::TOLD);
                    map.header.close_gap(*hash, freed);
                }
            }
        }

        if needs_drop::<K>() || needs_drop::<V>() {
            return self.remove(hash, eq, hasher).map(|(_, elem)| elem);
        }
        let slot = self.unlink_key(hash, eq, hasher)?;
        let map = self;
        let _end = MovedOut { map, hash, slot };
        // SAFETY: The slot was live, and nobody reads it again. Only then the rest is done.
        Some(unsafe { slot.pair().1.read() })
    }

    /// Removes an entry as [`remove`](Self::remove) does and drops it where it is; false
    /// if it was not there. It is out of the map before it is dropped.
    #[inline]
    pub(crate) fn delete(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> bool {
        let Some(slot) = self.unlink_key(hash, eq, hasher) else {
            return false;
        };
        // SAFETY: The slot was live, in the chain that owns the hash, and is free now.
        unsafe {
            self.drop_entry(slot);
            self.header.close_gap(hash, slot.of_types(Self::TOLD));
        }
        true
    }

    /// The slot of a key, which is free now, after the growth work that a removal owes.
    #[inline]
    fn unlink_key(
        &mut self,
        hash: HashValue,
        eq: impl FnMut(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Option<Slot<Types<K, V, P>>> {
        if self.len() == 0 {
            return None;
        }
        let (header, heap) = self.parts();
        let mut find = find_by::<K, V, P>(eq);
        let (hasher, key) = (hash_key(&hasher), find_key(&mut find));
        // SAFETY: There are entries, so there is an array (A1); it is the key's hash.
        let slot = unsafe { header.unlink_key(heap, hash, hasher, key) }?;
        Some(slot.of_types(Types::HERE))
    }

    /// Removes the entries that `keep` is false for. Growth does not go on.
    ///
    /// Each entry is out of the map before it is dropped, so that a panic in
    /// `keep` or in a `Drop` leaves the map with those that are not yet removed.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&mut K, &mut V) -> bool) {
        let mut slots = self.walk();
        while let Some(slot) = self.unlink_next(&mut slots, |key, elem| !keep(key, elem)) {
            // SAFETY: The slot was live, and is free now.
            unsafe { self.drop_entry(slot) };
        }
        self.header.cut_all_off(Self::TOLD);
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
                let head = slots.head()?;
                // SAFETY: A live slot, and the head of the chain that it is in.
                // `slots` has read this bucket's tophashes before; what it still has
                // to give of them does not change.
                unsafe {
                    self.header
                        .clear_slot(head.of_types(Self::TOLD), slot.of_types(Self::TOLD))
                };
                return Some(slot);
            }
        }
    }

    /// Removes the entry of a slot.
    ///
    /// # Safety
    /// The slot is live, in the chain that owns the hash.
    pub(super) unsafe fn take_out(
        &mut self,
        hash: HashValue,
        slot: Slot<Types<K, V, P>>,
    ) -> (K, V) {
        // SAFETY: There are entries, so there is an array (A1); the caller's promise.
        unsafe {
            let head = self.chain_of_entry(hash);
            self.header.clear_slot(head, slot.of_types(Self::TOLD));
            self.take_unlinked(hash, slot)
        }
    }

    /// The entry of a slot that is free now.
    ///
    /// # Safety
    /// The slot was live, in the chain that owns the hash.
    #[inline]
    unsafe fn take_unlinked(&mut self, hash: HashValue, slot: Slot<Types<K, V, P>>) -> (K, V) {
        // SAFETY: The caller's promise.
        unsafe {
            let entry = self.read_entry(slot);
            self.header.close_gap(hash, slot.of_types(Self::TOLD));
            entry
        }
    }

    /// Removes all entries and keeps the array: the one that a growth leads to.
    ///
    /// Go: `mapclear`; nothing at all happens to an empty map.
    /// *Differs from Go:* chunks of overflow buckets are kept for reuse.
    pub(crate) fn clear(&mut self) {
        /// Leaves the map empty and whole also if an entry's `Drop` panics.
        struct Reset<'a, K, V, A: Allocator, P: Policy>(&'a mut RawHmap<K, V, A, P>);

        impl<K, V, A: Allocator, P: Policy> Drop for Reset<'_, K, V, A, P> {
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

    /// As [`clear`](Self::clear), and if there are no entries too: then chains may still have
    /// overflow buckets, and slots that were in use.
    pub(super) fn empty_all_chains(&mut self) {
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
