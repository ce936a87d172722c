//! The seam between a map and the table that has its entries.
//!
//! A map compares keys and moves, makes or drops entries. A table says where they are: who owns
//! a hash, where there is room for one more, what is due to be moved, where a walk goes on. It
//! knows sizes and hashes, and no types: so it may be in an image once for all maps.
//!
//! There are two tables: Go's doubling arrays, in [`go`](crate::go), and blocks whose memory
//! follows the entries, in [`dense`](crate::dense). Which one a map has is chosen by its
//! [policy](crate::table::policy::Tabled).
//!
//! What owns a hash begins with a bucket, its *head*, and a [`Slot`] is one of its places. All
//! methods that are given a heap, or what it says of entries as `of`, are given the same types
//! and the same heap in the life of a map: that is what `unsafe` in a table rests on, beside what
//! is said here.

#![allow(
    private_bounds,
    private_interfaces,
    reason = "nobody outside can name what is here; only a policy says which it has"
)]

use crate::memory::bucket::{BucketPtr, Entered, Slot};
use crate::memory::cells::CellPool;
use crate::memory::hash_key::{EqKey, HashKey};
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::memory::stock::Stock;
use crate::numbers::error::Had;
use crate::numbers::hash::HashValue;
use crate::numbers::position::Position;
use crate::numbers::seed::{Renewal, RenewalOf};
#[cfg(feature = "small-code")]
use crate::numbers::{alloc::Layout, error::TryReserveError};
use core::ops::Range;
#[cfg(feature = "small-code")]
use core::ptr::{self, NonNull};

/// Where the memory for a new entry may come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// What the map holds, and then the allocator; a growth starts if it is due.
    Allocator,
    /// The same, but no growth starts: there is no hasher at hand.
    NoGrowth,
    /// What the map holds, and no more; no growth starts.
    AtHand,
}

/// What an insert has found, or got, for its entry.
pub enum Target<T> {
    /// The key is there.
    Entry(Slot<T>),
    /// A slot for it.
    New(Entered<T>),
}

impl<T: Copy> Target<T> {
    /// The slot of an entry that is not there, to be written.
    ///
    /// # Safety
    /// It was got from [`Table::place`].
    #[inline]
    pub(crate) unsafe fn new_slot(self) -> Entered<T> {
        match self {
            // SAFETY: That gives slots to write only.
            Self::Entry(slot) => unsafe { Entered::new(slot) },
            Self::New(slot) => slot,
        }
    }

    /// The same, whose types are told in another way.
    #[inline]
    pub(crate) fn of_types<U>(self, of: U) -> Target<U> {
        match self {
            Self::Entry(slot) => Target::Entry(slot.of_types(of)),
            Self::New(slot) => Target::New(slot.of_types(of)),
        }
    }
}

/// A target as it goes from the core to a map, or why there is none.
#[cfg(not(feature = "small-code"))]
pub(crate) type Placed = Had<Target<()>>;

/// Makes one a [`Placed`]. Here and in [`target!`] there is no function that gives back what it is
/// given: the compiler makes other code of it.
#[cfg(not(feature = "small-code"))]
macro_rules! placed {
    ($target:expr) => {
        $target
    };
}

/// What a [`Placed`] was made of.
#[cfg(not(feature = "small-code"))]
macro_rules! target {
    ($placed:expr) => {
        $placed
    };
}

/// A target as it goes from the core to a map, or why there is none: in two words, so that it is
/// returned in registers. At each call that is less code than to have it written to memory.
///
/// The number has what it is in its two lowest bits. Of a target the address is its bucket's, and
/// the other bits are its slot. Of a refusal they are two words of a layout: how it is aligned,
/// and instead of an address its size; aligned to 0 it is none.
#[cfg(feature = "small-code")]
pub(crate) struct Placed {
    address: *mut u8,
    number: usize,
}

#[cfg(feature = "small-code")]
macro_rules! placed {
    ($target:expr) => {
        $crate::seam::Placed::of($target)
    };
}

#[cfg(feature = "small-code")]
macro_rules! target {
    ($placed:expr) => {
        $crate::seam::Placed::target($placed)
    };
}

pub(crate) use {placed, target};

#[cfg(feature = "small-code")]
impl Placed {
    const IS_NEW: usize = 1;
    const IS_REFUSED: usize = 2;
    /// Where the other bits begin. A slot has some four, and no alignment is over 2^29.
    const BITS: u32 = 2;

    #[inline(always)]
    pub(crate) fn of(target: Had<Target<()>>) -> Self {
        let of = |slot: Slot<()>, is: usize| Self {
            address: slot.bucket.address().as_ptr(),
            number: slot.index << Self::BITS | is,
        };
        let (size, align) = match target {
            Ok(Target::Entry(slot)) => return of(slot, 0),
            Ok(Target::New(new)) => return of(new.slot(), Self::IS_NEW),
            Err(TryReserveError::AllocError { layout }) => (layout.size(), layout.align()),
            Err(TryReserveError::CapacityOverflow) => (0, 0),
        };
        Self {
            address: ptr::without_provenance_mut(size),
            number: align << Self::BITS | Self::IS_REFUSED,
        }
    }

    // It is to be gone where a map reads it.
    #[inline(always)]
    pub(crate) fn target(self) -> Had<Target<()>> {
        let Self { address, number } = self;
        let other = number >> Self::BITS;
        if number & Self::IS_REFUSED != 0 {
            let layout = Layout::from_size_align(address.addr(), other);
            return Err(layout.map_or(TryReserveError::CapacityOverflow, |layout| {
                TryReserveError::AllocError { layout }
            }));
        }
        // SAFETY: Of a target it is where its bucket is.
        let at = unsafe { NonNull::new_unchecked(address) };
        let slot = Slot {
            bucket: BucketPtr::at((), at),
            index: other,
        };
        if number & Self::IS_NEW != 0 {
            // SAFETY: It was one when this was made, which is not copied.
            Ok(Target::New(unsafe { Entered::new(slot) }))
        } else {
            Ok(Target::Entry(slot))
        }
    }
}

/// What a glance into the head that owns a hash has found for an insert.
pub enum Glance<T> {
    /// The key.
    Entry(Slot<T>),
    /// That it is not there, and a free slot that it may have.
    Free(Slot<T>),
    /// That it is not there, and that there is no free slot.
    Full,
    /// Nothing for sure.
    Nothing,
}

/// A value that is known when an image is built: so that maps are made by `const fn`.
pub trait Constant<T> {
    /// The value.
    const VALUE: T;
}

/// All live slots of a table, each once, in its order. It does not know of which types; it is
/// told by every call.
pub trait Walk: Clone + Default {
    /// The next slot.
    fn next<T: MapType>(&mut self, of: T) -> Option<Slot<T>>;
    /// How many there still are, where that is known.
    fn left(&self) -> Option<usize>;
    /// The next slot alone, if there is one.
    fn alone<T: MapType>(self, of: T) -> Self;
    /// The number of a slot among those of its head, which is the one that the walk is in: it stays
    /// the same as long as the entry is where it is. That is work in proportion to the slots
    /// before it.
    fn number<T: MapType>(&self, slot: Slot<T>) -> usize;
}

/// A table: the header of a map, and all that it leads to.
pub trait Table: Sized {
    /// A table without memory, whose hash builder is given seeds as `R` says.
    type Empty<R: RenewalOf>: Constant<Self>;

    /// See [`walk`](Self::walk).
    type Walk: Walk;

    // What it says of itself.

    /// Live entries.
    fn count(&self) -> usize;
    /// Forgets all entries; their slots still say that they live. For a map that goes.
    fn forget_entries(&mut self);
    /// Entries that it has room for before it grows; those that are there if they are more.
    fn capacity<T: MapType>(&self, of: T) -> usize;
    /// New keys that are promised to go in without an allocation.
    fn reserved(&self) -> u32;
    /// Whether entries are still to be moved to where they will belong.
    fn is_growing(&self) -> bool;
    /// Whether a growth was refused and waits to be tried again.
    fn is_put_off(&self) -> bool;
    /// How the hash builder is given a new seed, if the map does that.
    fn renewal(&self) -> Option<Renewal>;
    /// Notes how the hash builder is given a new seed.
    fn set_renewal(&mut self, renewal: Option<Renewal>);
    /// Makes it one without memory, and hands over what it was. How the hash builder is given a
    /// seed stays.
    fn take(&mut self) -> Self;

    // Looking up.

    /// The head that owns a hash.
    ///
    /// # Safety
    /// There are entries.
    unsafe fn owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T>;
    /// The same where nothing waits to be moved.
    ///
    /// # Safety
    /// There are entries, or it is [quiet](Self::is_quiet); it does not [grow](Self::is_growing).
    unsafe fn settled_owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T>;
    /// The slot of a key of this hash.
    ///
    /// # Safety
    /// The head owns the hash; the key is of the map's type.
    unsafe fn find<T: MapType>(
        head: BucketPtr<T>,
        hash: HashValue,
        key: impl EqKey,
    ) -> Option<Slot<T>>;
    /// All live slots. Whoever changes the table uses the walk no more, but as
    /// [`unlink_in_walk`](Self::unlink_in_walk) says.
    fn walk<T: MapType>(&self, of: T) -> Self::Walk;
    /// A position behind this one, between which no chain holds anything: a bounded step.
    fn past_empty<T: MapType>(&self, of: T, position: Position) -> Position;
    /// The live slots of what owns the hashes at a position, and the interval that all of them
    /// are in; nothing for a table that has nothing yet.
    fn walk_at<T: MapType>(
        &self,
        of: T,
        position: Position,
    ) -> Option<(Self::Walk, Range<Position>)>;

    // Inserting.

    /// Whether one new key more can go in without a thought of growth or reservation. There are
    /// heads of chains then.
    fn is_quiet(&self) -> bool;
    /// What there is for an insert.
    ///
    /// # Safety
    /// The head owns the hash, and the table is [quiet](Self::is_quiet).
    unsafe fn glance<T: MapType>(
        head: BucketPtr<T>,
        hash: HashValue,
        eq: impl FnMut(Slot<T>) -> bool,
    ) -> Glance<T>;
    /// Makes a free slot live.
    ///
    /// # Safety
    /// The head that it is in owns the hash. It has what the entry needs beside, and is written
    /// before anything else is done with the map (M1).
    unsafe fn enter<T: MapType>(&mut self, slot: Slot<T>, hash: HashValue) -> Entered<T>;
    /// Does the growth work that is due before this hash is looked for. The allocator is not
    /// called.
    fn growth_work<T: MapType>(&mut self, of: T, hash: HashValue, hasher: impl HashKey);
    /// The slot of a key, after that work.
    ///
    /// # Safety
    /// It is the hash of the key, which is of the map's type.
    unsafe fn find_to_change<T: MapType>(
        &mut self,
        of: T,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>>;
    /// All of an insert but to write the entry: that work, the search for the key, and a place for
    /// it if it is not there.
    ///
    /// # Safety
    /// It is the hash of the key, which is of the map's type. A new slot is written before
    /// anything else is done with the map (M1).
    unsafe fn find_or_place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
        supply: Supply,
    ) -> Placed;
    /// Makes a slot live for a key that is not there, with all that the entry needs beside. After
    /// an error the map may have grown or hold more free memory, and has the entries that it had.
    ///
    /// # Safety
    /// It is the hash of a key that is not there. The work that is due for it is done, or what
    /// owns it has a free slot, as all have in a table without entries. The slot is written
    /// before anything else is done with the map (M1).
    unsafe fn place<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        supply: Supply,
    ) -> Placed;
    /// Starts a growth if one entry more will call for it: where there is a hasher, for a place
    /// that will be filled where there is none.
    #[cfg(feature = "infallible")]
    fn grow_ahead<H: Heap>(&mut self, heap: H, hash: HashValue, hasher: impl HashKey);

    // Removing.

    /// Takes the entry of a key out, if it is there, after the work that a removal owes: see
    /// [`unlink`](Self::unlink).
    ///
    /// # Safety
    /// There are entries. It is the hash of the key, which is of the map's type.
    unsafe fn unlink_key<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Option<Slot<()>>;
    /// Takes an entry out: where its fields are is said, and nobody but the caller reads them
    /// again. Other entries may be in other slots then.
    ///
    /// # Safety
    /// The slot is live, and its key has this hash.
    unsafe fn unlink<T: MapType>(&mut self, hash: HashValue, slot: Slot<T>) -> Slot<T>;
    /// The same of the slot that a walk gave last; the walk goes on as if it had been another
    /// one.
    ///
    /// # Safety
    /// The slot is live, the walk's last, and nothing else has changed the table since.
    unsafe fn unlink_in_walk<T: MapType>(
        &mut self,
        of: T,
        walk: &mut Self::Walk,
        slot: Slot<()>,
    ) -> Slot<()>;
    /// Does what is to be done where an entry was taken out, whose slot is not needed any more.
    ///
    /// # Safety
    /// It is what [`unlink`](Self::unlink) gave for an entry with this hash, and nothing else has
    /// changed the table since.
    unsafe fn close_gap<H: Heap>(&mut self, heap: H, hash: HashValue, gap: Slot<H::Of>);
    /// The same after a walk that has taken out some entries, which is not used again: work in
    /// proportion to what it has gone over.
    fn close_gaps_behind<H: Heap>(&mut self, heap: H, walk: &Self::Walk);
    /// The same of the whole table, and in proportion to it.
    fn close_all_gaps<H: Heap>(&mut self, heap: H);
    /// Makes all slots free; what is in them is not dropped.
    fn reset<H: Heap>(&mut self, heap: H);
    /// Makes the map one without memory, and gives back what it had, but for the cells that
    /// entries have.
    ///
    /// # Safety
    /// Nothing in it is used again.
    unsafe fn give_all_back<H: Heap>(&mut self, heap: H);

    // Room.

    /// Makes room for so many entries of an even spread. The table has no memory.
    fn make_room<H: Heap>(&mut self, heap: H, entries: usize) -> Had<()>;
    /// Sees to it that the next `n` new keys go in without an allocation, whatever their hashes.
    fn try_reserve<H: Heap>(&mut self, heap: H, n: usize, hasher: impl HashKey) -> Had<()>;
    /// Makes room for so many entries in all, of an even spread.
    fn try_presize<H: Heap>(&mut self, heap: H, entries: usize, hasher: impl HashKey) -> Had<()>;
    /// Gives back what is not needed to hold so many entries, or those that are there.
    fn shrink_to<H: Heap>(&mut self, heap: H, entries: usize, hasher: impl HashKey) -> Had<()>;
    /// Does so many steps of a growth that runs; true if some are left.
    fn grow_step<H: Heap>(&mut self, heap: H, steps: usize, hasher: impl HashKey) -> bool;
    /// Does all that is left of a growth.
    fn finish_growth<H: Heap>(&mut self, heap: H, hasher: impl HashKey);

    // Copies. `copy` writes a copy of an entry, whose slot it is given, into a free slot, with
    // cells of its own; it may panic, as all that is the user's.

    /// Copies another table slot by slot. This one has no memory; after an error, or a panic of
    /// `copy`, it has the entries that were copied and is fit to be dropped.
    fn copy_from<H: Heap>(
        &mut self,
        heap: H,
        original: &Self,
        copy: impl FnMut(Slot<H::Of>, Slot<H::Of>) -> Had<()>,
    ) -> Had<()>;
    /// Gets the memory that [`refill`](Self::refill) will need; false if this table is not for
    /// what is in the other one.
    fn hold_for_copy<H: Heap>(&mut self, heap: H, original: &Self) -> Had<bool>;
    /// Takes the cells that are reserved, so that nothing is reserved any more.
    fn take_all_reserved(&mut self, cells: &mut CellPool);
    /// Copies another table slot by slot into this one, which is empty and has the memory for it.
    /// After an error, or a panic of `copy`, there is no saying what is in it but entries that
    /// were copied.
    fn refill<T: MapType>(
        &mut self,
        of: T,
        original: &Self,
        copy: impl FnMut(Slot<T>, Slot<T>) -> Had<()>,
    ) -> Had<()>;

    // Memory that a caller brings.

    /// Notes what the next `n` new keys can need.
    fn want<T: MapType>(&self, of: T, n: u32, stock: &mut Stock);
    /// Notes what a growth needs that is due: false, with nothing noted, if none is.
    fn want_growth<T: MapType>(&self, of: T, stock: &mut Stock) -> bool;
    /// Starts a growth that is due, if the heap has what it needs; false if none was started.
    fn grow_with<H: Heap>(&mut self, heap: H) -> bool;
    /// As [`place`](Self::place), of a heap that holds what the caller has brought.
    ///
    /// # Safety
    /// As [`place`](Self::place).
    unsafe fn place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> Placed;
    /// As [`find_or_place`](Self::find_or_place), of such a heap.
    ///
    /// # Safety
    /// As [`find_or_place`](Self::find_or_place).
    unsafe fn find_or_place_with<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
        key: impl EqKey,
    ) -> Placed;
}
