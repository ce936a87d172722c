//! Removing entries while going over them: `drain` and `extract_if`.
//!
//! An entry leaves the map in the call that gives it. So a predicate may panic and an
//! iterator may be forgotten: what was not given is still in the map.

use super::RawHmap;
use super::iter::RawIter;
use crate::alloc::{Allocator, Global};
use crate::policy::{Go, Policy};
use core::fmt;
use core::iter::FusedIterator;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    pub(crate) fn drain(&mut self) -> Drain<'_, K, V, A, P> {
        Drain {
            slots: self.slots(),
            map: self,
        }
    }

    pub(crate) fn extract_if<F>(&mut self, predicate: F) -> ExtractIf<'_, K, V, F, A, P>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        ExtractIf {
            slots: self.slots(),
            map: self,
            predicate,
        }
    }
}

/// The entries of a map, which is empty in the end; see
/// [`Hmap::drain`](crate::Hmap::drain).
pub struct Drain<'a, K, V, A: Allocator = Global, P: Policy = Go> {
    slots: RawIter<K, V, P>,
    map: &'a mut RawHmap<K, V, A, P>,
}

/// The entries of a map that a predicate chooses; see
/// [`Hmap::extract_if`](crate::Hmap::extract_if).
pub struct ExtractIf<'a, K, V, F, A: Allocator = Global, P: Policy = Go> {
    slots: RawIter<K, V, P>,
    map: &'a mut RawHmap<K, V, A, P>,
    predicate: F,
}

// SAFETY: It borrows the map alone, and has pointers into that map only.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send for Drain<'_, K, V, A, P> {}
// SAFETY: Through `&Drain` no entry is had.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Policy> Sync for Drain<'_, K, V, A, P> {}
// SAFETY: As `Drain`; and it has a predicate.
unsafe impl<K, V, F, A, P> Send for ExtractIf<'_, K, V, F, A, P>
where
    K: Send,
    V: Send,
    F: Send,
    A: Allocator + Send,
    P: Policy,
{
}
// SAFETY: As above.
unsafe impl<K, V, F, A, P> Sync for ExtractIf<'_, K, V, F, A, P>
where
    K: Sync,
    V: Sync,
    F: Sync,
    A: Allocator + Sync,
    P: Policy,
{
}

impl<K, V, A: Allocator, P: Policy> Iterator for Drain<'_, K, V, A, P> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        let slot = self.map.unlink_next(&mut self.slots, |_, _| true)?;
        // SAFETY: The slot was live, and is free now.
        Some(unsafe { self.map.read_entry(slot) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.map.len(), Some(self.map.len()))
    }
}

impl<K, V, A: Allocator, P: Policy> ExactSizeIterator for Drain<'_, K, V, A, P> {}
impl<K, V, A: Allocator, P: Policy> FusedIterator for Drain<'_, K, V, A, P> {}

impl<K, V, A: Allocator, P: Policy> Drop for Drain<'_, K, V, A, P> {
    fn drop(&mut self) {
        if self.map.len() == 0 {
            // Overflow buckets of the emptied chains are free again.
            self.map.reset();
        } else {
            self.map.clear();
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
        let slot = self.map.unlink_next(&mut self.slots, &mut self.predicate)?;
        // SAFETY: The slot was live, and is free now.
        Some(unsafe { self.map.read_entry(slot) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.map.len()))
    }
}

impl<K, V, F, A, P> FusedIterator for ExtractIf<'_, K, V, F, A, P>
where
    F: FnMut(&K, &mut V) -> bool,
    A: Allocator,
    P: Policy,
{
}

impl<K: fmt::Debug, V: fmt::Debug, A: Allocator, P: Policy> fmt::Debug for Drain<'_, K, V, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is left in the map is what is left to give.
        f.debug_list().entries(self.map.iter()).finish()
    }
}

impl<K, V, F, A: Allocator, P: Policy> fmt::Debug for ExtractIf<'_, K, V, F, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
