//! Removing entries while going over them: `drain` and `extract_if`.
//!
//! An entry leaves the map in the call that gives it. So a predicate may panic and an
//! iterator may be forgotten: what was not given is still in the map.

use super::iter::Iter;
use super::map::RawHmap;
use crate::go::walk::Walk;
use crate::memory::shape::Types;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::policy::{Go, Policy};
use core::fmt;
use core::iter::FusedIterator;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    pub(crate) fn drain(&mut self) -> Drain<'_, K, V, A, P> {
        Drain {
            entries: self.extract(),
        }
    }

    pub(crate) fn extract_if<F>(&mut self, predicate: F) -> ExtractIf<'_, K, V, F, A, P>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        ExtractIf {
            entries: self.extract(),
            predicate,
        }
    }

    pub(crate) fn extract(&mut self) -> RawExtract<'_, K, V, A, P> {
        RawExtract {
            slots: self.walk(),
            map: self,
        }
    }
}

/// Entries that are taken out by a predicate which somebody else has.
pub(crate) struct RawExtract<'a, K, V, A: Allocator, P: Policy = Go> {
    slots: Walk<Types<K, V, P>>,
    map: &'a mut RawHmap<K, V, A, P>,
}

// SAFETY: It borrows the map alone, and has pointers into that map only.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for RawExtract<'_, K, V, A, P> {}
// SAFETY: Through a shared reference entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for RawExtract<'_, K, V, A, P> {}

impl<K, V, A: Allocator, P: Policy> RawExtract<'_, K, V, A, P> {
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

/// The entries of a map, which is empty in the end; see
/// [`Hmap::drain`](crate::Hmap::drain).
pub struct Drain<'a, K, V, A: Allocator = Global, P: Policy = Go> {
    entries: RawExtract<'a, K, V, A, P>,
}

/// The entries of a map that a predicate chooses; see
/// [`Hmap::extract_if`](crate::Hmap::extract_if).
pub struct ExtractIf<'a, K, V, F, A: Allocator = Global, P: Policy = Go> {
    entries: RawExtract<'a, K, V, A, P>,
    predicate: F,
}

impl<K, V, A: Allocator, P: Policy> Iterator for Drain<'_, K, V, A, P> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        self.entries.next(|_, _| true)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.entries.map.len();
        (left, Some(left))
    }
}

impl<K, V, A: Allocator, P: Policy> ExactSizeIterator for Drain<'_, K, V, A, P> {}
impl<K, V, A: Allocator, P: Policy> FusedIterator for Drain<'_, K, V, A, P> {}

impl<K, V, A: Allocator, P: Policy> Drop for Drain<'_, K, V, A, P> {
    fn drop(&mut self) {
        if self.entries.map.len() == 0 {
            // Overflow buckets of the emptied chains are free again.
            self.entries.map.reset();
        } else {
            self.entries.map.clear();
        }
    }
}

impl<K, V, F, A, P> Iterator for ExtractIf<'_, K, V, F, A, P>
where
    F: FnMut(&K, &mut V) -> bool,
    A: Allocator,
    P: Policy,
{
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        let Self { entries, predicate } = self;
        entries.next(|key, elem| predicate(key, elem))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K, V, F, A, P> FusedIterator for ExtractIf<'_, K, V, F, A, P>
where
    F: FnMut(&K, &mut V) -> bool,
    A: Allocator,
    P: Policy,
{
}

impl<K, V, A: Allocator, P: Policy> Drain<'_, K, V, A, P> {
    /// The entries that are left to give: what is left in the map.
    pub(crate) fn iter(&self) -> Iter<'_, K, V, P> {
        self.entries.map.iter()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, A: Allocator, P: Policy> fmt::Debug for Drain<'_, K, V, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<K, V, F, A: Allocator, P: Policy> fmt::Debug for ExtractIf<'_, K, V, F, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
