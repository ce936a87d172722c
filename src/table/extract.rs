//! Removing entries while going over them: `drain` and `extract_if`.
//!
//! An entry leaves the map in the call that gives it. So a predicate may panic and an
//! iterator may be forgotten: what was not given is still in the map. Memory that is not needed
//! then is given back when the iterator is dropped.

use super::iter::RawIter;
use super::live::Live;
use super::map::RawHmap;
use super::policy::Tabled;
use crate::numbers::alloc::Allocator;
use crate::seam::Table;

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    pub(crate) fn drain(&mut self) -> RawDrain<'_, K, V, A, P> {
        RawDrain {
            entries: self.extract(),
        }
    }

    /// Takes out the first entry of a walk.
    pub(crate) fn pop_any(&mut self) -> Option<(K, V)> {
        self.extract().next(|_, _| true)
    }

    pub(crate) fn extract(&mut self) -> RawExtract<'_, K, V, A, P> {
        RawExtract {
            slots: self.walk(),
            map: self,
        }
    }
}

/// Entries that are taken out by a predicate which somebody else has.
pub(crate) struct RawExtract<'a, K, V, A: Allocator, P: Tabled> {
    slots: Live<K, V, P>,
    map: &'a mut RawHmap<K, V, A, P>,
}

// SAFETY: It borrows the map alone, and has pointers into that map only.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Tabled> Send for RawExtract<'_, K, V, A, P> {}
// SAFETY: Through a shared reference entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Tabled> Sync for RawExtract<'_, K, V, A, P> {}

impl<K, V, A: Allocator, P: Tabled> RawExtract<'_, K, V, A, P> {
    /// The next entry that the predicate is true for, out of the map.
    pub(crate) fn next(&mut self, predicate: impl FnMut(&mut K, &mut V) -> bool) -> Option<(K, V)> {
        let slot = self.map.unlink_next(&mut self.slots, predicate)?;
        // SAFETY: The slot was live, and is free now.
        Some(unsafe { self.map.read_entry(slot) })
    }

    pub(crate) fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.map.len()))
    }
}

impl<K, V, A: Allocator, P: Tabled> Drop for RawExtract<'_, K, V, A, P> {
    fn drop(&mut self) {
        let (header, heap) = self.map.parts();
        header.close_gaps_behind(heap, self.slots.walk());
    }
}

/// All entries of a map, which is empty in the end.
pub(crate) struct RawDrain<'a, K, V, A: Allocator, P: Tabled> {
    entries: RawExtract<'a, K, V, A, P>,
}

impl<K, V, A: Allocator, P: Tabled> Iterator for RawDrain<'_, K, V, A, P> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        self.entries.next(|_, _| true)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.entries.map.len();
        (left, Some(left))
    }
}

impl<K, V, A: Allocator, P: Tabled> Drop for RawDrain<'_, K, V, A, P> {
    fn drop(&mut self) {
        if self.entries.map.len() == 0 {
            // Overflow buckets of the emptied chains are free again.
            self.entries.map.reset();
        } else {
            self.entries.map.clear();
        }
    }
}

impl<K, V, A: Allocator, P: Tabled> RawDrain<'_, K, V, A, P> {
    /// The entries that are left to give: what is left in the map.
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        self.entries.map.iter()
    }
}
