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
use core::iter;

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
    ) -> Option<Slot<Types<K, V, P>>> {
        loop {
            let (mut slots, behind) = self.walk_at(position)?;
            let entries = iter::from_fn(|| {
                let slot = slots.next()?;
                // SAFETY: A live slot (M1) of a map that is borrowed.
                let key = unsafe { slot.key() };
                let number = slots.number(slot);
                Some((Position::of_entry(hasher(key), number, behind), slot))
            });
            if let Some((slot, after)) = first_of(entries, *position) {
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
