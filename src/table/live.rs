//! The live slots of a map, as slots of its types.

use super::policy::Tabled;
use crate::memory::bucket::Slot;
use crate::memory::compiled::{self, compiled_for};
use crate::memory::shape::Types;
use crate::memory::stock::Stock;
use crate::seam::{Table, Walk};
use core::marker::PhantomData;

/// How a table goes over its slots.
type WalkOf<P> = <<P as Tabled>::Table as Table>::Walk;

/// All live slots of a map, or of a chain, in the table's order.
pub(crate) struct Live<K, V, P: Tabled> {
    walk: WalkOf<P>,
    told: compiled_for!(K, V, P),
    types: PhantomData<Types<K, V, P>>,
}

impl<K, V, P: Tabled> Live<K, V, P> {
    /// # Safety
    /// It is a walk over a map of these types, which is what is told of them.
    pub(super) const unsafe fn of(walk: WalkOf<P>, told: compiled_for!(K, V, P)) -> Self {
        Self {
            walk,
            told,
            types: PhantomData,
        }
    }

    /// See [`Walk::number`].
    pub(super) fn number(&self, slot: Slot<Types<K, V, P>>) -> usize {
        self.walk.number(slot.of_types(self.told))
    }

    /// One slot alone, which this has still to give.
    pub(super) fn alone(mut self, slot: Slot<Types<K, V, P>>) -> Self {
        loop {
            let here = self.walk.clone();
            if self.next().is_none_or(|next| next == slot) {
                self.walk = here.alone(self.told);
                return self;
            }
        }
    }

    /// The walk, to take an entry out that it gave.
    pub(super) const fn walk(&mut self) -> &mut WalkOf<P> {
        &mut self.walk
    }
}

impl<K, V, P: Tabled> Iterator for Live<K, V, P> {
    type Item = Slot<Types<K, V, P>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.walk.next(self.told)?.of_types(Types::HERE))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.walk.left();
        (left.unwrap_or(0), left)
    }
}

impl<K, V, P: Tabled> Clone for Live<K, V, P> {
    fn clone(&self) -> Self {
        Self {
            walk: self.walk.clone(),
            ..*self
        }
    }
}

/// Without slots.
impl<K, V, P: Tabled> Default for Live<K, V, P> {
    fn default() -> Self {
        Self {
            walk: WalkOf::<P>::default(),
            // Of whichever allocator: nothing is asked for.
            told: compiled::types::<K, V, Stock, P>(),
            types: PhantomData,
        }
    }
}
