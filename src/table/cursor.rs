//! One step of a walk that survives every change of the map: see [`Position`].

use super::iter::{Lent, RawIter, RawIterMut};
use super::live::Live;
use super::map::RawHmap;
use crate::go::arrays::Arrays;
use crate::go::walk::Walk;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::compiled::compiled_for;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::table::policy::Policy;
use crate::numbers::position::Position;
use crate::numbers::sizing::SLOTS;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// The entries of the chain at a position, which is moved past it.
    pub(crate) fn batch(&self, position: &mut Position) -> Option<RawIter<'_, K, V, P>> {
        let slots = self.chain_at(position)?;
        // SAFETY: Live slots (M1) of a map that is borrowed.
        Some(unsafe { Lent::of(slots) })
    }

    /// As [`batch`](Self::batch), with elems to change.
    pub(crate) fn batch_mut(&mut self, position: &mut Position) -> Option<RawIterMut<'_, K, V, P>> {
        let slots = self.chain_at(position)?;
        // SAFETY: Live slots (M1) of a map that is borrowed alone.
        Some(unsafe { Lent::of(slots) })
    }

    fn chain_at(&self, position: &mut Position) -> Option<Live<K, V, P>> {
        let (head, behind) = self.arrays_at(position)?.at(*position);
        *position = behind;
        // SAFETY: The chain is initialised (M5), and the map, which is of these types, borrowed
        // for as long as its slots are asked for.
        Some(unsafe { Live::of(Walk::of_chain(head)) })
    }

    /// The entry at a position or the next one behind it; the position is moved past it.
    pub(crate) fn entry_at(
        &self,
        position: &mut Position,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<(&K, &V)> {
        let slot = self.next_slot(position, hasher)?;
        // SAFETY: A live slot (M1) of a map that is borrowed.
        Some(unsafe { slot.entry() })
    }

    /// As [`entry_at`](Self::entry_at), with an elem to change.
    pub(crate) fn entry_mut_at(
        &mut self,
        position: &mut Position,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<(&K, &mut V)> {
        let slot = self.next_slot(position, hasher)?;
        // SAFETY: A live slot (M1) of a map that is borrowed alone.
        let (key, elem) = unsafe { slot.entry_mut() };
        Some((key, elem))
    }

    fn next_slot(
        &self,
        position: &mut Position,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<Slot<Types<K, V, P>>> {
        loop {
            let (head, behind) = self.arrays_at(position)?.at(*position);
            let place_of = |(number, slot): (usize, Slot<Types<K, V, P>>)| {
                // SAFETY: A live slot (M1) of a map that is borrowed.
                let key = unsafe { slot.key() };
                (Position::of_entry(hasher(key), number, behind), slot)
            };
            // SAFETY: The chain is initialised (M5).
            let entries = unsafe { numbered(head) }.map(place_of);
            if let Some((slot, after)) = first_of(entries, *position) {
                *position = after;
                return Some(slot);
            }
            *position = behind;
        }
    }

    /// The arrays that a position which is not the end is one of.
    fn arrays_at(&self, position: &mut Position) -> Option<Arrays<compiled_for!(K, V, P)>> {
        if position.is_end() {
            return None;
        }
        let arrays = self.header.arrays(Self::TOLD);
        if arrays.is_none() {
            *position = Position::END;
        }
        arrays
    }
}

/// Which entry of a chain comes first, of those that a position has before it, and the position
/// behind that one. The entries come by their numbers in the chain.
fn first_of<T>(
    entries: impl Iterator<Item = (Position, T)>,
    position: Position,
) -> Option<(T, Position)> {
    let mut first: Option<(Position, T)> = None;
    let mut has_twin = false;
    for (place, slot) in entries.filter(|(place, _)| *place >= position) {
        match &first {
            Some((least, _)) if place.is_twin_of(*least) => has_twin = true,
            Some((least, _)) if place > *least => {}
            _ => (first, has_twin) = (Some((place, slot)), false),
        }
    }
    let (place, slot) = first?;
    // Where no twin is left, its number in the chain does not matter: it may be another one when
    // the walk goes on.
    let after = if has_twin {
        place.past_slot()
    } else {
        place.past_twins()
    };
    Some((slot, after))
}

/// The live slots of a chain, each with its number in it.
///
/// # Safety
/// The chain is initialised, and stays as it is while this is used.
unsafe fn numbered<K, V, P: Policy>(
    head: BucketPtr<compiled_for!(K, V, P)>,
) -> impl Iterator<Item = (usize, Slot<Types<K, V, P>>)> {
    // SAFETY: The caller's promise.
    let chain = unsafe { head.chain() };
    chain.enumerate().flat_map(|(number, bucket)| {
        // SAFETY: The bucket is in the chain.
        let live = unsafe { bucket.tops() }.live();
        live.map(move |index| {
            let slot = Slot { bucket, index };
            (number * SLOTS + index, slot.of_types(Types::HERE))
        })
    })
}
