//! The value that all operations are methods of, how it is made, and how it goes.

use super::live::Live;
use super::policy::{OfArrays, Tabled};
use crate::go::header::Header;
use crate::memory::bucket::Slot;
use crate::memory::cells::Cells;
use crate::memory::compiled::{self, compiled_for};
use crate::memory::first_bucket::LentBucket;
use crate::memory::heap::Heap;
use crate::memory::shape::Types;
use crate::numbers::alloc::{Allocator, WithBucket};
use crate::numbers::error::Had;
use crate::numbers::seed::{Never, Renewal, RenewalOf};
use crate::seam::{Constant, Table};
use core::marker::PhantomData;
use core::mem::needs_drop;
use core::ptr::NonNull;

/// A map, without a hash builder. Its header comes first.
#[repr(C)]
pub(crate) struct RawHmap<K, V, A: Allocator, P: Tabled> {
    pub(super) header: P::Table,
    pub(super) alloc: A,
    entries: PhantomData<(K, V, P)>,
}

// SAFETY: The map owns its entries and its memory, as a `Vec` does.
unsafe impl<K: Send, V: Send, A: Allocator + Send, P: Tabled> Send for RawHmap<K, V, A, P> {}
// SAFETY: As above; through `&RawHmap` entries are only read.
unsafe impl<K: Sync, V: Sync, A: Allocator + Sync, P: Tabled> Sync for RawHmap<K, V, A, P> {}

impl<K, V, A: Allocator, P: Tabled> RawHmap<K, V, A, P> {
    /// What the core is told of the types.
    pub(super) const TOLD: compiled_for!(K, V, P) = compiled::types::<K, V, A, P>();

    /// A map without memory. Go: `makemap_small`.
    pub(crate) const fn new_in(alloc: A) -> Self {
        Self::renewed_in::<Never>(alloc)
    }

    /// The same, whose hash builder is given new seeds.
    pub(crate) const fn renewed_in<R: RenewalOf>(alloc: A) -> Self {
        Self {
            header: <<P::Table as Table>::Empty<R> as Constant<_>>::VALUE,
            alloc,
            entries: PhantomData,
        }
    }

    /// A map with room for `hint` entries of an even spread. Go: `makemap`.
    pub(crate) fn try_with_capacity_in(hint: usize, alloc: A) -> Had<Self> {
        let mut map = Self::new_in(alloc);
        let (header, heap) = map.parts();
        header.make_room(heap, hint)?;
        Ok(map)
    }

    /// The header, to look at.
    pub(crate) const fn header(&self) -> &P::Table {
        &self.header
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.header.count()
    }

    pub(crate) const fn allocator(&self) -> &A {
        &self.alloc
    }

    /// See [`Table::capacity`].
    pub(crate) fn capacity(&self) -> usize {
        self.header.capacity(Self::TOLD)
    }

    /// New keys that are promised to go in without an allocation.
    pub(crate) fn reserved(&self) -> usize {
        self.header.reserved() as usize
    }

    #[inline]
    pub(crate) fn is_growing(&self) -> bool {
        self.header.is_growing()
    }

    /// How the hash builder is given a new seed, if the map does that.
    pub(super) fn renewal(&self) -> Option<Renewal> {
        self.header.renewal()
    }

    pub(super) fn set_renewal(&mut self, renewal: Option<Renewal>) {
        self.header.set_renewal(renewal);
    }

    /// The header, and the heap that it goes with.
    #[inline]
    pub(super) fn parts(&mut self) -> (&mut P::Table, impl Heap<Of = compiled_for!(K, V, P)>) {
        let heap = compiled::heap::<K, V, A, P>(&self.alloc);
        (&mut self.header, heap)
    }

    /// The heap.
    #[inline]
    pub(super) fn heap(&self) -> impl Heap<Of = compiled_for!(K, V, P)> {
        compiled::heap::<K, V, A, P>(&self.alloc)
    }

    /// All live slots, in the table's order.
    pub(super) fn walk(&self) -> Live<K, V, P> {
        // SAFETY: The map is of these types.
        unsafe { Live::of(self.header.walk(Self::TOLD), Self::TOLD) }
    }

    /// Moves an entry out of its slot and gives its cells back.
    ///
    /// # Safety
    /// The slot is live in this map, or was a moment ago, and nobody reads it again.
    pub(super) unsafe fn read_entry(&self, slot: Slot<Types<K, V, P>>) -> (K, V) {
        // SAFETY: The caller's promise.
        unsafe { read_entry(slot, self.heap()) }
    }

    /// Drops an entry where it is and gives its cells back.
    ///
    /// # Safety
    /// As [`read_entry`](Self::read_entry).
    pub(super) unsafe fn drop_entry(&self, slot: Slot<Types<K, V, P>>) {
        // SAFETY: The caller's promise.
        unsafe { drop_entry(slot, self.heap()) }
    }

    /// Whether anything is to be done with an entry that goes.
    const DROPS_ENTRIES: bool =
        needs_drop::<K>() || needs_drop::<V>() || Types::<K, V, P>::SHAPE.has_cells();

    /// Drops all entries; their slots still say that they live. If a `Drop` panics the others
    /// are dropped all the same.
    ///
    /// # Safety
    /// None of its slots is read again.
    pub(super) unsafe fn drop_entries(&self) {
        if Self::DROPS_ENTRIES {
            // SAFETY: The caller's promise.
            unsafe { self.drop_slots(self.walk()) }
        }
    }

    /// Drops the entries of the slots that a walk still has to give; their slots still say
    /// that they live. If a `Drop` panics the others are dropped all the same.
    ///
    /// # Safety
    /// It is a walk over this map, and none of its slots is read again.
    pub(super) unsafe fn drop_slots(&self, slots: Live<K, V, P>) {
        struct Rest<'a, K, V, A: Allocator, P: Tabled>(&'a RawHmap<K, V, A, P>, Live<K, V, P>);

        impl<K, V, A: Allocator, P: Tabled> Rest<'_, K, V, A, P> {
            fn drop_all(&mut self) {
                for slot in &mut self.1 {
                    // SAFETY: A live slot, given once.
                    unsafe { self.0.drop_entry(slot) }
                }
            }
        }

        impl<K, V, A: Allocator, P: Tabled> Drop for Rest<'_, K, V, A, P> {
            fn drop(&mut self) {
                self.drop_all();
            }
        }

        if Self::DROPS_ENTRIES {
            Rest(self, slots).drop_all();
        }
    }

    /// Drops all entries and gives all memory back.
    fn drop_all(&mut self) {
        /// Frees the memory also if an entry's `Drop` panics.
        struct Freed<'a, K, V, A: Allocator, P: Tabled>(&'a mut RawHmap<K, V, A, P>);

        impl<K, V, A: Allocator, P: Tabled> Drop for Freed<'_, K, V, A, P> {
            fn drop(&mut self) {
                let (header, heap) = self.0.parts();
                // SAFETY: The map has forgotten it, and the entries in it.
                unsafe { header.give_all_back(heap) }
            }
        }

        let memory = Freed(self);
        // SAFETY: The map is going away.
        unsafe { memory.0.drop_entries() }
    }
}

/// Moves an entry out of its slot and gives its cells back to the map's heap.
///
/// # Safety
/// The slot is live, or was a moment ago, and nobody reads it again.
pub(super) unsafe fn read_entry<K, V, P: Tabled>(
    slot: Slot<Types<K, V, P>>,
    heap: impl Heap,
) -> (K, V) {
    // SAFETY: The caller's promise; M1. The copies are the entry from here on, and its
    // cells, if there are any, are empty then.
    unsafe {
        let (key, elem) = slot.pair();
        let entry = (key.read(), elem.read());
        free_cells(slot, heap);
        entry
    }
}

/// Gives the cells of an entry back to the map's heap, if entries have some.
///
/// # Safety
/// The entry was moved out of its slot.
#[inline]
pub(super) unsafe fn free_cells<K, V, P: Tabled>(slot: Slot<Types<K, V, P>>, heap: impl Heap) {
    if Types::<K, V, P>::SHAPE.has_cells() {
        // SAFETY: The caller's promise.
        unsafe { heap.free_cells(slot.cells()) };
    }
}

/// Drops an entry where it is and gives its cells back to the map's heap: all of it, also if
/// the `Drop` of its key or of its elem panics.
///
/// # Safety
/// As [`read_entry`].
pub(super) unsafe fn drop_entry<K, V, P: Tabled>(slot: Slot<Types<K, V, P>>, heap: impl Heap) {
    /// The cells of an entry that is dropped first.
    struct Emptied<H: Heap>(Cells, H);

    impl<H: Heap> Drop for Emptied<H> {
        fn drop(&mut self) {
            // SAFETY: The cells, if there are any, are empty now.
            unsafe { self.1.free_cells(self.0) };
        }
    }

    // SAFETY: The caller's promise; M1.
    let (pair, cells) = unsafe { (slot.pair(), slot.cells()) };
    let has_cells = Types::<K, V, P>::SHAPE.has_cells();
    let _cells = has_cells.then(|| Emptied(cells, heap));
    // SAFETY: M1, and nobody reads them again.
    unsafe { drop_pair(pair.0, pair.1) };
}

/// Drops a key, then its elem: also if the key's `Drop` panics.
///
/// # Safety
/// Both are initialised, and not read again.
pub(super) unsafe fn drop_pair<K, V>(key: NonNull<K>, elem: NonNull<V>) {
    /// An elem whose key is dropped first.
    struct Elem<V>(NonNull<V>);

    impl<V> Drop for Elem<V> {
        fn drop(&mut self) {
            // SAFETY: The caller's promise.
            unsafe { self.0.drop_in_place() };
        }
    }

    let _elem = Elem(elem);
    // SAFETY: The caller's promise.
    unsafe { key.drop_in_place() };
}

impl<'b, K, V, A: Allocator, P: OfArrays> RawHmap<K, V, WithBucket<'b, A>, P> {
    /// A map whose first bucket is the caller's, who lends it for as long as the
    /// map's type says. Go: the bucket on the stack.
    pub(crate) const fn with_first_bucket_in<R: RenewalOf>(
        bucket: LentBucket<'b, K, V, P>,
        alloc: A,
    ) -> Self {
        Self {
            header: Header::of_lent(bucket.address(), R::RENEWAL),
            alloc: WithBucket::new(alloc),
            entries: PhantomData,
        }
    }
}

#[cfg(not(feature = "nightly"))]
impl<K, V, A: Allocator, P: Tabled> Drop for RawHmap<K, V, A, P> {
    fn drop(&mut self) {
        self.drop_all();
    }
}

// SAFETY: Keys and values are dropped, which `PhantomData<(K, V, P)>` says, and not used
// otherwise.
#[cfg(feature = "nightly")]
unsafe impl<#[may_dangle] K, #[may_dangle] V, A: Allocator, P: Tabled> Drop
    for RawHmap<K, V, A, P>
{
    fn drop(&mut self) {
        self.drop_all();
    }
}
