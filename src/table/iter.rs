//! Iterators over entries: all of them, in Go's order, or those that some slots hold. No key is
//! hashed.

use super::live::Live;
use super::map::RawHmap;
use super::policy::Tabled;
use crate::memory::bucket::Slot;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::seam::Table;
use core::marker::PhantomData;

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        // SAFETY: Live slots (M1) of a map that is borrowed.
        unsafe { Lent::of(self.walk()) }
    }

    pub(crate) fn iter_mut(&mut self) -> RawIterMut<'_, K, V, P> {
        // SAFETY: Live slots (M1), each once, of a map that is borrowed alone.
        unsafe { Lent::of(self.walk()) }
    }

    pub(crate) fn into_entries(self) -> RawIntoIter<K, V, A, P> {
        RawIntoIter {
            slots: self.walk(),
            map: self,
        }
    }
}

/// The entries of a map, by reference.
pub(crate) type RawIter<'a, K, V, P> = Lent<Live<K, V, P>, (&'a K, &'a V)>;

/// The entries of a map, with elems to change.
pub(crate) type RawIterMut<'a, K, V, P> = Lent<Live<K, V, P>, (&'a K, &'a mut V)>;

/// What is lent of the entries in some slots: `L` says what of each, and for how long.
pub(crate) struct Lent<S, L> {
    slots: S,
    lent: PhantomData<L>,
}

/// What can be lent of an entry in a slot.
pub(crate) trait Loan<T>: Sized {
    /// # Safety
    /// The slot is live, and for as long as the loan says it is borrowed; alone, if the loan
    /// is to be changed.
    unsafe fn of(slot: Slot<T>) -> Self;
}

impl<'a, K: 'a, V: 'a, P: Tabled> Loan<Types<K, V, P>> for (&'a K, &'a V) {
    #[inline]
    unsafe fn of(slot: Slot<Types<K, V, P>>) -> Self {
        // SAFETY: The caller's promise.
        unsafe { slot.entry() }
    }
}

impl<'a, K: 'a, V: 'a, P: Tabled> Loan<Types<K, V, P>> for (&'a K, &'a mut V) {
    #[inline]
    unsafe fn of(slot: Slot<Types<K, V, P>>) -> Self {
        // SAFETY: The caller's promise.
        let (key, elem) = unsafe { slot.entry_mut() };
        (key, elem)
    }
}

impl<S, L> Lent<S, L> {
    /// # Safety
    /// The slots are live, given once each, and borrowed as `L` says, which is of the types
    /// that are in them.
    pub(super) const unsafe fn of(slots: S) -> Self {
        Self {
            slots,
            lent: PhantomData,
        }
    }
}

// SAFETY: It gives loans and no more.
unsafe impl<S, L: Send> Send for Lent<S, L> {}
// SAFETY: Through a shared reference nothing is given but what a loan lets one read.
unsafe impl<S, L: Sync> Sync for Lent<S, L> {}

impl<T, S: Iterator<Item = Slot<T>>, L: Loan<T>> Iterator for Lent<S, L> {
    type Item = L;

    #[inline]
    fn next(&mut self) -> Option<L> {
        let slot = self.slots.next()?;
        // SAFETY: As was promised when this was made.
        Some(unsafe { L::of(slot) })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }
}

impl<S: Clone, K, V> Clone for Lent<S, (&K, &V)> {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            lent: PhantomData,
        }
    }
}

/// Without entries.
impl<S: Default, L> Default for Lent<S, L> {
    fn default() -> Self {
        Self {
            slots: S::default(),
            lent: PhantomData,
        }
    }
}

impl<K, V, P: Tabled, S, L> Lent<S, L>
where
    S: Iterator<Item = Slot<Types<K, V, P>>> + Clone,
    L: Loan<Types<K, V, P>>,
{
    /// The entries that are left, by shared reference.
    pub(crate) fn iter(&self) -> Lent<S, (&K, &V)> {
        // SAFETY: Slots that are not given yet, borrowed as this is.
        unsafe { Lent::of(self.slots.clone()) }
    }
}

/// The entries of a map that is taken apart.
pub(crate) struct RawIntoIter<K, V, A: Allocator, P: Tabled> {
    slots: Live<K, V, P>,
    /// Its memory, and the slots that are not given yet.
    map: RawHmap<K, V, A, P>,
}

// SAFETY: It owns its entries, as the map does.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Tabled> Send for RawIntoIter<K, V, A, P> {}
// SAFETY: As above; through `&RawIntoIter` entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Tabled> Sync for RawIntoIter<K, V, A, P> {}

impl<K, V, A: Allocator, P: Tabled> RawIntoIter<K, V, A, P> {
    /// The entries that are left, by reference.
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        // SAFETY: Slots that are not given yet, borrowed as the map is.
        unsafe { Lent::of(self.slots.clone()) }
    }
}

impl<K, V, A: Allocator, P: Tabled> Iterator for RawIntoIter<K, V, A, P> {
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.next()?;
        // SAFETY: A live slot, given once: nobody else reads the map.
        Some(unsafe { self.map.read_entry(slot) })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }
}

impl<K, V, A: Allocator, P: Tabled> Drop for RawIntoIter<K, V, A, P> {
    fn drop(&mut self) {
        // The map is to free its memory and leave the entries alone, also if
        // one of their `Drop`s panics here.
        self.map.header.forget_entries();
        // SAFETY: The slots that were not given are live still.
        unsafe { self.map.drop_slots(self.slots.clone()) }
    }
}

/// Without entries.
impl<K, V, A: Allocator + Default, P: Tabled> Default for RawIntoIter<K, V, A, P> {
    fn default() -> Self {
        RawHmap::new_in(A::default()).into_entries()
    }
}
