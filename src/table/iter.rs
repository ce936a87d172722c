//! Iterators over all entries, in Go's order; no key is hashed.

use super::map::RawHmap;
use crate::go::walk::Walk;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::policy::Policy;
use core::marker::PhantomData;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        RawIter {
            slots: self.walk(),
            entries: PhantomData,
        }
    }

    pub(crate) fn iter_mut(&mut self) -> RawIterMut<'_, K, V, P> {
        RawIterMut {
            slots: self.walk(),
            entries: PhantomData,
        }
    }

    pub(crate) fn into_entries(self) -> RawIntoIter<K, V, A, P> {
        RawIntoIter {
            slots: self.walk(),
            map: self,
        }
    }
}

/// The entries of a map, by reference.
pub(crate) struct RawIter<'a, K, V, P: Policy> {
    slots: Walk<Types<K, V, P>>,
    entries: PhantomData<(&'a K, &'a V)>,
}

/// The entries of a map, with elems to change.
pub(crate) struct RawIterMut<'a, K, V, P: Policy> {
    slots: Walk<Types<K, V, P>>,
    entries: PhantomData<(&'a K, &'a mut V)>,
}

/// The entries of a map that is taken apart.
pub(crate) struct RawIntoIter<K, V, A: Allocator, P: Policy> {
    slots: Walk<Types<K, V, P>>,
    /// Its memory, and the slots that are not given yet.
    map: RawHmap<K, V, A, P>,
}

// SAFETY: It gives shared references and no more.
unsafe impl<K: Sync, V: Sync, P: Policy> Send for RawIter<'_, K, V, P> {}
// SAFETY: As above.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for RawIter<'_, K, V, P> {}
// SAFETY: It gives shared references to keys and unique ones to values.
unsafe impl<K: Sync, V: Send, P: Policy> Send for RawIterMut<'_, K, V, P> {}
// SAFETY: Through `&RawIterMut` nothing but shared references is had.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for RawIterMut<'_, K, V, P> {}
// SAFETY: It owns its entries, as the map does.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for RawIntoIter<K, V, A, P> {}
// SAFETY: As above; through `&RawIntoIter` entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for RawIntoIter<K, V, A, P> {}

impl<K, V, P: Policy> RawIter<'_, K, V, P> {
    /// The entries in these slots.
    ///
    /// # Safety
    /// They are live, and stay so and unchanged for as long as the iterator borrows them.
    pub(super) unsafe fn of_slots(slots: Walk<Types<K, V, P>>) -> Self {
        Self {
            slots,
            entries: PhantomData,
        }
    }
}

impl<K, V, P: Policy> RawIterMut<'_, K, V, P> {
    /// The same, with elems to change.
    ///
    /// # Safety
    /// As [`RawIter::of_slots`]; nothing else has the entries meanwhile.
    pub(super) unsafe fn of_slots(slots: Walk<Types<K, V, P>>) -> Self {
        Self {
            slots,
            entries: PhantomData,
        }
    }

    /// The entries that are left, by shared reference.
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        RawIter {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<K, V, P: Policy> Clone for RawIter<'_, K, V, P> {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<'a, K, V, P: Policy> Iterator for RawIter<'a, K, V, P> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.next()?;
        // SAFETY: A live slot of a map that is borrowed for 'a.
        Some(unsafe { slot.entry() })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.slots.left(), Some(self.slots.left()))
    }
}

impl<'a, K, V, P: Policy> Iterator for RawIterMut<'a, K, V, P> {
    type Item = (&'a K, &'a mut V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.next()?;
        // SAFETY: A live slot, given once, of a map that is borrowed alone for 'a.
        let (key, elem) = unsafe { slot.entry_mut() };
        Some((key, elem))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.slots.left(), Some(self.slots.left()))
    }
}

impl<K, V, A: Allocator, P: Policy> Iterator for RawIntoIter<K, V, A, P> {
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.next()?;
        // SAFETY: A live slot, given once: nobody else reads the map.
        Some(unsafe { self.map.read_entry(slot) })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.slots.left(), Some(self.slots.left()))
    }
}

impl<K, V, A: Allocator, P: Policy> Drop for RawIntoIter<K, V, A, P> {
    fn drop(&mut self) {
        // The map is to free its memory and leave the entries alone, also if
        // one of their `Drop`s panics here.
        self.map.header.forget_entries();
        // SAFETY: The slots that were not given are live still.
        unsafe { self.map.drop_slots(self.slots.clone()) }
    }
}

impl<K, V, A: Allocator, P: Policy> RawIntoIter<K, V, A, P> {
    /// The entries that are left, by reference.
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        RawIter {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

/// Without entries.
impl<K, V, P: Policy> Default for RawIter<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: Walk::empty(),
            entries: PhantomData,
        }
    }
}

/// Without entries.
impl<K, V, P: Policy> Default for RawIterMut<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: Walk::empty(),
            entries: PhantomData,
        }
    }
}

/// Without entries.
impl<K, V, A: Allocator + Default, P: Policy> Default for RawIntoIter<K, V, A, P> {
    fn default() -> Self {
        RawHmap::new_in(A::default()).into_entries()
    }
}
