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

/// A slot of a map of these types.
type TypedSlot<K, V, P> = Slot<Types<K, V, P>>;

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
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
        let (slots, behind) = self.walk_at(position)?;
        *position = behind;
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
            let (slots, behind) = self.walk_at(position)?;
            let place_of = |slot: TypedSlot<K, V, P>| {
                // SAFETY: A live slot (M1) of a map that is borrowed.
                Position::of_hash(hasher(unsafe { slot.key() }), behind)
            };
            if let Some((slot, after)) = first_of(slots, *position, place_of) {
                *position = after;
                return Some(slot);
            }
            *position = behind;
        }
    }

    /// The slots at a position, which is not the end, and the position behind them.
    fn walk_at(&self, position: &mut Position) -> Option<(Live<K, V, P>, Position)> {
        if position.is_end() {
            return None;
        }
        let Some((slots, behind)) = self.header.walk_at(Self::TOLD, *position) else {
            *position = Position::END;
            return None;
        };
        // SAFETY: The map, which is of these types, is borrowed for as long as its slots are
        // asked for.
        Some((unsafe { Live::of(slots, Self::TOLD) }, behind))
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
        let is_behind = if place.is_twin_of(position) {
            place.at_slot(chain.number(slot)) < position
        } else {
            place < position
        };
        match first {
            _ if is_behind => {}
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
