//! The live slots of a map, as slots of its types.

use crate::go::walk::Walk;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::compiled::compiled_for;
use crate::memory::shape::Types;
use crate::numbers::policy::Policy;
use core::marker::PhantomData;

/// All live slots of a map, or of a chain, in Go's order.
pub(crate) struct Live<K, V, P: Policy> {
    walk: Walk<compiled_for!(K, V, P)>,
    types: PhantomData<Types<K, V, P>>,
}

impl<K, V, P: Policy> Live<K, V, P> {
    /// # Safety
    /// It is a walk over a map of these types.
    pub(super) const unsafe fn of(walk: Walk<compiled_for!(K, V, P)>) -> Self {
        Self {
            walk,
            types: PhantomData,
        }
    }

    /// The head of the chain that the last slot given is in.
    pub(super) const fn head(&self) -> Option<BucketPtr<()>> {
        self.walk.head()
    }
}

impl<K, V, P: Policy> Iterator for Live<K, V, P> {
    type Item = Slot<Types<K, V, P>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.walk.next()?.of_types(Types::HERE))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.walk.size_hint()
    }
}

impl<K, V, P: Policy> Clone for Live<K, V, P> {
    fn clone(&self) -> Self {
        Self {
            walk: self.walk.clone(),
            types: PhantomData,
        }
    }
}

/// Without slots.
impl<K, V, P: Policy> Default for Live<K, V, P> {
    fn default() -> Self {
        Self {
            walk: Walk::default(),
            types: PhantomData,
        }
    }
}
