//! One step of a walk that survives every change of the map: see [`Position`].

use super::iter::{Lent, RawIter, RawIterMut};
use super::live::Live;
use super::map::RawHmap;
use super::policy::Tabled;
use crate::memory::bucket::Slot;
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::numbers::position::Position;
use crate::seam::Table;
use core::ops::Range;

/// A slot of a map of these types.
type TypedSlot<K, V, P> = Slot<Types<K, V, P>>;

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// The entries of the chain at a position, which is moved past it.
    pub(crate) fn batch(
        &self,
        position: &mut Position,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<RawIter<'_, K, V, P>> {
        let slots = self.chain_at(position, hasher)?;
        // SAFETY: Live slots (M1) of a map that is borrowed.
        Some(unsafe { Lent::of(slots) })
    }

    /// As [`batch`](Self::batch), with elems to change.
    pub(crate) fn batch_mut(
        &mut self,
        position: &mut Position,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<RawIterMut<'_, K, V, P>> {
        let slots = self.chain_at(position, hasher)?;
        // SAFETY: Live slots (M1) of a map that is borrowed alone.
        Some(unsafe { Lent::of(slots) })
    }

    /// The slots at a position. If it is in the middle of what is one chain now, some of its
    /// entries may have been given: only then keys are hashed, and the others come one by one.
    fn chain_at(
        &self,
        position: &mut Position,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Option<Live<K, V, P>> {
        let (slots, interval) = self.walk_at(position)?;
        let place_of = placed(hasher, interval.end);
        let is_given = |slot| is_before(*position, place_of(slot), || slots.number(slot));
        let is_begun = interval.start < *position && slots.clone().any(is_given);
        let (slots, after) = if !is_begun {
            (slots, interval.end)
        } else if let Some((slot, after)) = first_of(slots.clone(), *position, place_of) {
            (slots.alone(slot), after)
        } else {
            (Live::default(), interval.end)
        };
        *position = after;
        Some(slots)
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
    ) -> Option<TypedSlot<K, V, P>> {
        loop {
            let (slots, interval) = self.walk_at(position)?;
            let place_of = placed(&hasher, interval.end);
            if let Some((slot, after)) = first_of(slots, *position, place_of) {
                *position = after;
                return Some(slot);
            }
            *position = interval.end;
        }
    }

    /// The slots at a position, which is moved past some chains that hold nothing and is not the
    /// end, and the interval that they are in.
    fn walk_at(&self, position: &mut Position) -> Option<(Live<K, V, P>, Range<Position>)> {
        *position = self.header.past_empty(Self::TOLD, *position);
        if position.is_end() {
            return None;
        }
        let Some((slots, interval)) = self.header.walk_at(Self::TOLD, *position) else {
            *position = Position::END;
            return None;
        };
        // SAFETY: The map, which is of these types, is borrowed for as long as its slots are
        // asked for.
        Some((unsafe { Live::of(slots, Self::TOLD) }, interval))
    }
}

/// The places of the entries in slots that are live and borrowed, in an interval with that end.
fn placed<K, V, P: Tabled>(
    hasher: impl Fn(&K) -> HashValue,
    end: Position,
) -> impl Fn(TypedSlot<K, V, P>) -> Position {
    move |slot| {
        // SAFETY: A live slot (M1) of a map that is borrowed.
        Position::of_hash(hasher(unsafe { slot.key() }), end)
    }
}

/// Whether an entry at a place, in the slot of that number of its chain, comes before a position.
fn is_before(position: Position, place: Position, number: impl FnOnce() -> usize) -> bool {
    if place.is_twin_of(position) {
        place.at_slot(number()) < position
    } else {
        place < position
    }
}

/// Which slot of a chain, of which none was given yet, comes first of those that a position has
/// before it, and the position behind that one.
fn first_of<K, V, P: Tabled>(
    chain: Live<K, V, P>,
    position: Position,
    place_of: impl Fn(TypedSlot<K, V, P>) -> Position,
) -> Option<(TypedSlot<K, V, P>, Position)> {
    let mut first: Option<(Position, Slot<_>)> = None;
    let mut has_twin = false;
    for slot in chain.clone() {
        let place = place_of(slot);
        let is_given = is_before(position, place, || chain.number(slot));
        match first {
            _ if is_given => {}
            Some((least, _)) if place == least => has_twin = true,
            Some((least, _)) if place > least => {}
            _ => (first, has_twin) = (Some((place, slot)), false),
        }
    }
    let (place, slot) = first?;
    // Where no twin is left, its number in the chain does not matter: it may be another one when
    // the walk goes on.
    let after = if has_twin {
        place.at_slot(chain.number(slot)).past_slot()
    } else {
        place.past_twins()
    };
    Some((slot, after))
}
