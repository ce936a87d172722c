//! A map that for one call has another heap: a [`Stock`], which calls no allocator. So whatever
//! the call does, it takes no memory but what its caller has brought, and gives none back but to
//! him.

use super::entry::{HashingFace, RawOccupied, RawVacant, fill};
use super::iter::RawIter;
use super::live::Live;
use super::lookup::{equal_to, find_to_change};
use super::map::RawHmap;
use crate::memory::compiled::hash_key;
use crate::memory::heap::Heap;
use crate::memory::shape::Types;
use crate::memory::stock::{Stock, StockOf};
use crate::numbers::alloc::{Allocator, SameHeap};
use crate::numbers::error::{InsertError, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Policy;
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};

/// A map whose header is here meanwhile, beside a stock. Dropped, it is the map's again, also
/// if user code panics.
pub(crate) struct Stocked<'a, K, V, A: Allocator, P: Policy> {
    map: &'a mut RawHmap<K, V, A, P>,
    here: ManuallyDrop<RawHmap<K, V, &'a Stock, P>>,
}

impl<'a, K, V, A: Allocator, P: Policy> Stocked<'a, K, V, A, P> {
    /// The stock has blocks of the map's heap.
    pub(crate) fn new(map: &'a mut RawHmap<K, V, A, P>, stock: &'a Stock) -> Self {
        let mut here = RawHmap::new_in(stock);
        here.header = map.header.take();
        Self {
            map,
            here: ManuallyDrop::new(here),
        }
    }
}

impl<K, V, A: Allocator, P: Policy> Drop for Stocked<'_, K, V, A, P> {
    fn drop(&mut self) {
        mem::swap(&mut self.map.header, &mut self.here.header);
    }
}

impl<'a, K, V, A: Allocator, P: Policy> Deref for Stocked<'a, K, V, A, P> {
    type Target = RawHmap<K, V, &'a Stock, P>;

    fn deref(&self) -> &Self::Target {
        &self.here
    }
}

impl<K, V, A: Allocator, P: Policy> DerefMut for Stocked<'_, K, V, A, P> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.here
    }
}

impl<K: Eq, V, P: Policy> RawHmap<K, V, &Stock, P> {
    /// Inserts an entry, or overwrites the elem of an equal key and returns the old one. The
    /// pair comes back if the stock is too small; the map holds what it held then.
    pub(crate) fn insert_with(
        &mut self,
        hash: HashValue,
        key: K,
        elem: V,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let hasher = hash_key(&hasher);
        let (header, heap) = self.parts();
        let chain = header.chain_to_change(heap.of(), hash, hasher);
        let found = chain.and_then(|head| {
            // SAFETY: The chain owns the hash, so it is initialised (M5).
            unsafe { find_to_change(head.of_types(Types::<K, V, P>::HERE), hash, equal_to(&key)) }
        });
        if let Some(slot) = found {
            // SAFETY: A live slot of a map that is borrowed alone.
            let (_, stored) = unsafe { slot.entry_mut() };
            let old = mem::replace(stored, elem);
            // Now, so that `old` is dropped if this panics.
            drop(key);
            return Ok(Some(old));
        }
        // SAFETY: The work is done, and the slot is written below.
        match unsafe { header.place_with(heap, hash, hasher) } {
            Ok(new) => {
                new.of_types(Types::<K, V, P>::HERE).write(key, elem);
                Ok(None)
            }
            Err(reason) => Err(InsertError {
                key,
                value: elem,
                reason,
            }),
        }
    }
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Notes what the next `n` new keys can need; see
    /// [`Header::want`](crate::go::header::Header::want).
    pub(crate) fn want(&self, n: u32, stock: &mut Stock) {
        self.header.want(Self::TOLD, n, stock);
    }

    /// Notes what a growth needs that is due: false, with nothing noted, if none is.
    pub(crate) fn want_growth(&self, stock: &mut Stock) -> bool {
        stock.want_nothing();
        let due = self.header.growth_due().filter(|_| self.reserved() == 0);
        if let Some(bits) = due {
            self.header.want_growth(Self::TOLD, bits, stock);
        }
        due.is_some()
    }

    /// Starts a growth that is due, in memory of a stock; false if none was started.
    pub(crate) fn grow_with(&mut self, stock: &Stock) -> bool {
        let mut here = Stocked::new(self, stock);
        let (header, heap) = here.parts();
        header.reserved() == 0 && header.grow_with(heap, 0)
    }

    /// All entries, out of the map one by one; what that sets free is the stock's.
    pub(crate) fn drain_with<'a>(
        &'a mut self,
        stock: &'a mut Stock,
    ) -> RawDrainWith<'a, K, V, A, P> {
        RawDrainWith {
            slots: self.walk(),
            map: self,
            stock,
        }
    }
}

/// All entries of a map, which is empty in the end.
pub(crate) struct RawDrainWith<'a, K, V, A: Allocator, P: Policy> {
    slots: Live<K, V, P>,
    map: &'a mut RawHmap<K, V, A, P>,
    stock: &'a mut Stock,
}

// SAFETY: It borrows the map and the stock alone, and has pointers into these only.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Policy> Send
    for RawDrainWith<'_, K, V, A, P>
{
}

impl<K, V, A: Allocator, P: Policy> Iterator for RawDrainWith<'_, K, V, A, P> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        let mut here = Stocked::new(self.map, self.stock);
        let slot = here.unlink_next(&mut self.slots, |_, _| true)?;
        // SAFETY: The slot was live, and is free now.
        Some(unsafe { here.read_entry(slot) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.map.len();
        (left, Some(left))
    }
}

impl<K, V, A: Allocator, P: Policy> RawDrainWith<'_, K, V, A, P> {
    /// The entries that are left to give: what is left in the map.
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        self.map.iter()
    }
}

impl<K, V, A: Allocator, P: Policy> Drop for RawDrainWith<'_, K, V, A, P> {
    fn drop(&mut self) {
        Stocked::new(self.map, self.stock).empty_all_chains();
    }
}

impl<'a, M: HashingFace> RawVacant<'a, M> {
    /// Puts an entry there, with memory that is had already.
    pub(crate) fn insert_with(
        self,
        key: M::Key,
        elem: M::Elem,
        memory: &mut StockOf<M::Alloc>,
    ) -> Result<RawOccupied<'a, M>, InsertError<M::Key, M::Elem>>
    where
        M::Alloc: SameHeap,
    {
        let Self { map, hash } = self.hashed(&key);
        let fits = memory.fits(map.core().allocator());
        let stock = memory.stock();
        let new = if fits {
            let (raw, hasher) = map.split();
            let mut here = Stocked::new(raw, stock);
            let (header, heap) = here.parts();
            // SAFETY: The map was not changed since the key was looked for; `fill` writes the
            // slot, and in between the header alone is moved.
            unsafe { header.place_with(heap, hash, hash_key(&hasher)) }
        } else {
            Err(TryReserveError::CapacityOverflow)
        };
        if new.is_err() {
            map.core().want(1, stock);
        }
        let new = new.map(|slot| slot.of_types(Types::HERE));
        fill(map, hash, new, key, elem)
    }
}
