//! One step of a walk that survives every change of the map: see [`Position`].

use super::iter::{Lent, RawIter, RawIterMut};
use super::live::Live;
use super::map::RawHmap;
use crate::go::walk::Walk;
use crate::numbers::alloc::Allocator;
use crate::numbers::policy::Policy;
use crate::numbers::position::Position;

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
        if position.is_end() {
            return None;
        }
        let Some(arrays) = self.header.arrays(Self::TOLD) else {
            *position = Position::END;
            return None;
        };
        let (head, behind) = arrays.at(*position);
        *position = behind;
        // SAFETY: The chain is initialised (M5), and the map, which is of these types, borrowed
        // for as long as its slots are asked for.
        Some(unsafe { Live::of(Walk::of_chain(head)) })
    }
}
