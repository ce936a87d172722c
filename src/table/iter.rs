//! Iterators over all entries, in Go's order; no key is hashed.

use super::map::RawHmap;
use crate::go::walk::Walk;
use crate::memory::shape::Types;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::policy::{Go, Policy};
use core::fmt;
use core::iter::FusedIterator;
use core::marker::PhantomData;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    pub(crate) fn iter(&self) -> Iter<'_, K, V, P> {
        Iter {
            slots: self.walk(),
            entries: PhantomData,
        }
    }

    pub(crate) fn iter_mut(&mut self) -> IterMut<'_, K, V, P> {
        IterMut {
            slots: self.walk(),
            entries: PhantomData,
        }
    }

    pub(crate) fn into_entries(self) -> IntoIter<K, V, A, P> {
        IntoIter {
            slots: self.walk(),
            map: self,
        }
    }
}

/// The entries of a map, by reference; see [`Hmap::iter`](crate::Hmap::iter).
pub struct Iter<'a, K, V, P: Policy = Go> {
    slots: Walk<Types<K, V, P>>,
    entries: PhantomData<(&'a K, &'a V)>,
}

/// The entries of a map, with values to change; see
/// [`Hmap::iter_mut`](crate::Hmap::iter_mut).
pub struct IterMut<'a, K, V, P: Policy = Go> {
    slots: Walk<Types<K, V, P>>,
    entries: PhantomData<(&'a K, &'a mut V)>,
}

/// The entries of a map that is taken apart; see
/// [`Hmap::into_iter`](crate::Hmap#method.into_iter).
pub struct IntoIter<K, V, A: Allocator = Global, P: Policy = Go> {
    slots: Walk<Types<K, V, P>>,
    /// Its memory, and the slots that are not given yet.
    map: RawHmap<K, V, A, P>,
}

// SAFETY: It gives shared references and no more.
unsafe impl<K: Sync, V: Sync, P: Policy> Send for Iter<'_, K, V, P> {}
// SAFETY: As above.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for Iter<'_, K, V, P> {}
// SAFETY: It gives shared references to keys and unique ones to values.
unsafe impl<K: Sync, V: Send, P: Policy> Send for IterMut<'_, K, V, P> {}
// SAFETY: Through `&IterMut` nothing but shared references is had.
unsafe impl<K: Sync, V: Sync, P: Policy> Sync for IterMut<'_, K, V, P> {}
// SAFETY: It owns its entries, as the map does.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for IntoIter<K, V, A, P> {}
// SAFETY: As above; through `&IntoIter` entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for IntoIter<K, V, A, P> {}

#[cfg(feature = "infallible")]
impl<K, V, P: Policy> Iter<'_, K, V, P> {
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

impl<K, V, P: Policy> Clone for Iter<'_, K, V, P> {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<'a, K, V, P: Policy> Iterator for Iter<'a, K, V, P> {
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

impl<'a, K, V, P: Policy> Iterator for IterMut<'a, K, V, P> {
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

impl<K, V, A: Allocator, P: Policy> Iterator for IntoIter<K, V, A, P> {
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

impl<K, V, A: Allocator, P: Policy> Drop for IntoIter<K, V, A, P> {
    fn drop(&mut self) {
        // The map is to free its memory and leave the entries alone, also if
        // one of their `Drop`s panics here.
        self.map.header.forget_entries();
        // SAFETY: The slots that were not given are live still.
        unsafe { self.map.drop_slots(self.slots.clone()) }
    }
}

impl<K, V, P: Policy> ExactSizeIterator for Iter<'_, K, V, P> {}
impl<K, V, P: Policy> ExactSizeIterator for IterMut<'_, K, V, P> {}
impl<K, V, A: Allocator, P: Policy> ExactSizeIterator for IntoIter<K, V, A, P> {}
impl<K, V, P: Policy> FusedIterator for Iter<'_, K, V, P> {}
impl<K, V, P: Policy> FusedIterator for IterMut<'_, K, V, P> {}
impl<K, V, A: Allocator, P: Policy> FusedIterator for IntoIter<K, V, A, P> {}

impl<K: fmt::Debug, V: fmt::Debug, P: Policy> fmt::Debug for Iter<'_, K, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K, V, P: Policy> IterMut<'_, K, V, P> {
    /// The entries that are left, by shared reference.
    pub(crate) fn iter(&self) -> Iter<'_, K, V, P> {
        Iter {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<K, V, A: Allocator, P: Policy> IntoIter<K, V, A, P> {
    /// The entries that are left, by reference.
    pub(crate) fn iter(&self) -> Iter<'_, K, V, P> {
        Iter {
            slots: self.slots.clone(),
            entries: PhantomData,
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, P: Policy> fmt::Debug for IterMut<'_, K, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, A: Allocator, P: Policy> fmt::Debug for IntoIter<K, V, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Without entries.
impl<K, V, P: Policy> Default for Iter<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: Walk::empty(),
            entries: PhantomData,
        }
    }
}

/// Without entries.
impl<K, V, P: Policy> Default for IterMut<'_, K, V, P> {
    fn default() -> Self {
        Self {
            slots: Walk::empty(),
            entries: PhantomData,
        }
    }
}

/// Without entries.
impl<K, V, A: Allocator + Default, P: Policy> Default for IntoIter<K, V, A, P> {
    fn default() -> Self {
        RawHmap::new_in(A::default()).into_entries()
    }
}
