//! A map that for one call has another heap: a [`Stock`], which calls no allocator. So whatever
//! the call does, it takes no memory but what its caller has brought, and gives none back but to
//! him.

use super::entry::{HashingFace, RawOccupied, RawVacant, fill};
use super::insert::put;
use super::iter::RawIter;
use super::live::Live;
use super::lookup::{eq_at, equal_to};
use super::map::RawHmap;
use super::policy::Tabled;
use super::remove::Removal;
use crate::memory::compiled::{self, compiled_for, eq_key, hash_key};
use crate::memory::heap::Heap;
use crate::memory::shape::Types;
use crate::memory::stock::{Stock, StockOf};
use crate::numbers::alloc::{Allocator, SameHeap};
use crate::numbers::error::{Had, InsertError, TryReserveError};
use crate::numbers::hash::HashValue;
use crate::seam::{self, Table, Target};
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};

/// A map whose header is here meanwhile, beside a stock. Dropped, it is the map's again, also
/// if user code panics.
pub(crate) struct Stocked<'a, K, V, A: Allocator, P: Tabled> {
    map: &'a mut RawHmap<K, V, A, P>,
    here: ManuallyDrop<RawHmap<K, V, &'a Stock, P>>,
}

impl<'a, K, V, A: Allocator, P: Tabled> Stocked<'a, K, V, A, P> {
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

impl<K, V, A: Allocator, P: Tabled> Drop for Stocked<'_, K, V, A, P> {
    fn drop(&mut self) {
        mem::swap(&mut self.map.header, &mut self.here.header);
    }
}

impl<'a, K, V, A: Allocator, P: Tabled> Deref for Stocked<'a, K, V, A, P> {
    type Target = RawHmap<K, V, &'a Stock, P>;

    fn deref(&self) -> &Self::Target {
        &self.here
    }
}

impl<K, V, A: Allocator, P: Tabled> DerefMut for Stocked<'_, K, V, A, P> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.here
    }
}

impl<K: Eq, V, A: SameHeap, P: Tabled> RawHmap<K, V, A, P> {
    /// Inserts an entry, or overwrites the elem of an equal key and returns the old one. If there
    /// is not memory enough the pair comes back, the map holds what it held, and what is needed
    /// is wanted.
    #[inline]
    pub(crate) fn insert_with(
        &mut self,
        memory: &mut StockOf<A>,
        hash: HashValue,
        key: K,
        elem: V,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let target = self.find_or_place_with(memory, hash, equal_to(&key), hasher);
        put(target, key, elem)
    }
}

impl<K, V, A: SameHeap, P: Tabled> RawHmap<K, V, A, P> {
    /// All of such an insert but to write the entry; never inlined, so that what is left is, and
    /// moves a large value once.
    #[inline(never)]
    fn find_or_place_with(
        &mut self,
        memory: &mut StockOf<A>,
        hash: HashValue,
        eq: impl Fn(&K) -> bool,
        hasher: impl Fn(&K) -> HashValue + Copy,
    ) -> Had<Target<Types<K, V, P>>> {
        if memory.fits(self.allocator()) {
            let heap = compiled::heap::<K, V, Stock, P>(memory.stock());
            let mut eq = eq_at::<K, V, P>(eq);
            let (hasher, key) = (hash_key(&hasher), eq_key(&mut eq));
            // SAFETY: It is the key's hash; whoever gets a new slot writes it.
            let placed = unsafe { self.header.find_or_place_with(heap, hash, hasher, key) };
            if let Ok(target) = seam::target!(placed) {
                return Ok(target.of_types(Types::HERE));
            }
        }
        self.want(1, memory.stock());
        Err(TryReserveError::CapacityOverflow)
    }
}

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// Notes what the next `n` new keys can need; see
    /// [`Table::want`].
    pub(crate) fn want(&self, n: u32, stock: &mut Stock) {
        self.header.want(Self::TOLD, n, stock);
    }

    /// Notes what a growth needs that is due: false, with nothing noted, if none is.
    pub(crate) fn want_growth(&self, stock: &mut Stock) -> bool {
        self.header.want_growth(Self::TOLD, stock)
    }

    /// The removal of an entry, by which a stock gets what is set free.
    #[inline]
    pub(crate) fn removal_with<'m>(
        &'m mut self,
        stock: &'m Stock,
    ) -> Removal<'m, K, V, P, impl Heap<Of = compiled_for!(K, V, P)>> {
        Removal::new(&mut self.header, compiled::heap::<K, V, Stock, P>(stock))
    }

    /// Starts a growth that is due, in memory of a stock; false if none was started.
    pub(crate) fn grow_with(&mut self, stock: &Stock) -> bool {
        let mut here = Stocked::new(self, stock);
        let (header, heap) = here.parts();
        header.grow_with(heap)
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
pub(crate) struct RawDrainWith<'a, K, V, A: Allocator, P: Tabled> {
    slots: Live<K, V, P>,
    map: &'a mut RawHmap<K, V, A, P>,
    stock: &'a mut Stock,
}

// SAFETY: It borrows the map and the stock alone, and has pointers into these only.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Tabled> Send
    for RawDrainWith<'_, K, V, A, P>
{
}

impl<K, V, A: Allocator, P: Tabled> Iterator for RawDrainWith<'_, K, V, A, P> {
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

impl<K, V, A: Allocator, P: Tabled> RawDrainWith<'_, K, V, A, P> {
    /// The entries that are left to give: what is left in the map.
    pub(crate) fn iter(&self) -> RawIter<'_, K, V, P> {
        self.map.iter()
    }
}

impl<K, V, A: Allocator, P: Tabled> Drop for RawDrainWith<'_, K, V, A, P> {
    fn drop(&mut self) {
        Stocked::new(self.map, self.stock).empty_all();
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
        let mut new = Err(TryReserveError::CapacityOverflow);
        if memory.fits(map.core().allocator()) {
            let (raw, hasher) = map.split();
            let heap = compiled::heap::<M::Key, M::Elem, Stock, M::Policy>(memory.stock());
            // SAFETY: The map was not changed since the key was looked for; `fill` writes the
            // slot.
            let placed = unsafe { raw.header.place_with(heap, hash, hash_key(&hasher)) };
            new = seam::target!(placed);
        }
        if new.is_err() {
            map.core().want(1, memory.stock());
        }
        // SAFETY: If there is a slot it was got above.
        unsafe { fill(map, hash, new, key, elem) }
    }
}
