//! The header of a map: Go's `hmap`, whatever its entries are, in five words (seven of 32 bits).
//!
//! It has what nearly every operation reads. All else is in [`Extra`], which lies in front of
//! the array, or as long as there is one bucket only in front of the first chunk of overflow
//! buckets: so it makes no allocation of its own. A map without it has nothing that it would
//! say.
//!
//! Each method is given the map's heap, or what it says of entries, as `heap` or `of`, and if it
//! moves entries how keys of that type are hashed: always of the same types and of the same heap
//! in the life of a map. [`RawHmap`](crate::table::map::RawHmap) keeps them together, and
//! [`stocked`](crate::table::stocked) gives a stock of the heap in its place. That is what every
//! `unsafe` block of [`go`](super) rests on, beside what is said here.
//!
//! # Invariants of the map
//!
//! Those of one bucket (M1–M5) are in [`bucket`](crate::memory::bucket), those of memory
//! (A1–A3) in [`array`](crate::memory::array) and [`pool`](crate::memory::pool).
//!
//! * **H1** `count` = live slots of the chains that own entries.
//! * **H2** A key is in one place only: in the old chain of its hash if that
//!   chain is not evacuated, else in the new one.
//! * **H3** There is an old array exactly while growing, and after that until it is given
//!   back; old buckets below `nevacuate` are evacuated.
//! * **H4** No growth starts while one runs, nor before the array of the one before is given
//!   back.
//! * **H5** The seed changes only while `count` = 0 (kept by the faces).
//! * **H6** While growing at least `set_aside` overflow buckets are free, and those are as many
//!   as the moves to come can need: see [`grow`](super::grow). So a step of growth never asks
//!   the allocator for memory, and can always run. It holds with one key more where there is a
//!   free slot: the one that the growth is started for is not refused because memory for the
//!   growth was granted.
//! * **H7** `noverflow` = overflow buckets in chains of the current array, of which none
//!   has more than `longest`.
//! * **H8** While keys are reserved no insert starts a growth, and the next so many new keys
//!   find a slot or a free bucket that is not set aside, and cells: see
//!   [`reserve`](super::reserve).
//! * **H9** `quiet` > 0 only where nothing is owed: there is an array, no growth runs
//!   or calls to be started by anything but the load, nothing is left to be given back, nothing
//!   is reserved, no bits are kept up. Then it is one less than the array's capacity, as far as it
//!   can count. Only [`Header::settle`] raises it; 0 is right at any time, and costs a detour.
//! * **H10** A small first bucket ([`Home::Two`], [`Home::Four`]) is all of the map's memory
//!   but cells: B = 0, no growth, no reservation, no overflow bucket, and only its first slots
//!   are ever used.
//! * **H11** From B = 1 on there is an [`Extra`].
//! * **H12** Where the map is indexed no growth runs, and of the chains whose
//!   [bits](crate::memory::occupancy) are done exactly those have it set that hold something. Of
//!   the others those with overflow buckets are noted to have tails.

use crate::memory::array::Array;
use crate::memory::bucket::BucketPtr;
use crate::memory::cells::CellPool;
use crate::memory::occupancy::Occupancy;
use crate::memory::pool::Pool;
use crate::memory::shape::{FRONT, MapType};
use crate::numbers::seed::Renewal;
use crate::numbers::sizing::{BucketBits, SLOTS, too_many_overflow_buckets};
use core::mem;
use core::ptr::NonNull;

/// What the current array is, while there is one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// Memory of the map's allocator.
    Owned,
    /// The caller's first bucket.
    Lent,
    /// A first bucket of two slots.
    Two,
    /// A first bucket of four slots.
    Four,
}

impl Home {
    /// Slots of the first bucket.
    pub(crate) const fn slots(self) -> usize {
        match self {
            Self::Owned | Self::Lent => SLOTS,
            Self::Two => 2,
            Self::Four => 4,
        }
    }
}

/// What the map remembers about itself in single bits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Flags(u8);

impl Flags {
    const NONE: Self = Self(0);
    /// A growth runs.
    const GROWING: Self = Self(1);
    /// The array that it moves out of is the caller's first bucket.
    const OLD_IS_LENT: Self = Self(2);
    /// There is an [`Extra`].
    const EXTRA: Self = Self(4);
    /// Bits that say which chains hold something are kept up, as far as they are done.
    const INDEXED: Self = Self(8);

    const fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    const fn with(self, flag: Self) -> Self {
        Self(self.0 | flag.0)
    }

    const fn without(self, flag: Self) -> Self {
        Self(self.0 & !flag.0)
    }
}

/// Where all else is; as long as there is no [`Extra`], how the hash builder is given a seed.
#[derive(Clone, Copy)]
union Behind {
    renewal: Option<Renewal>,
    extra: NonNull<Extra>,
}

/// Go's `hmap`. Its fields keep their names; `B` is `bits`.
pub struct Header {
    pub(super) count: usize,
    /// The head of the first of the 2^`bits` buckets; none before the first insert.
    pub(super) buckets: Option<NonNull<u8>>,
    behind: Behind,
    pub(super) bits: BucketBits,
    /// No more than one less than the entries that the array takes, and 0 if anything is
    /// owed (H9).
    pub(super) quiet: u32,
    /// New keys that are promised to go in without an allocation (H8).
    pub(super) reserved: u32,
    /// New keys that go by before a growth that was refused is tried again.
    pub(super) put_off: u16,
    pub(super) home: Home,
    flags: Flags,
}

/// What a header seldom needs. Go: `mapextra`, and the fields of `hmap` for growing.
pub(crate) struct Extra {
    /// How the hash builder is given a new seed, if the map does that.
    renewal: Option<Renewal>,
    pub(crate) growth: Option<Growth>,
    pub(crate) pool: Pool,
    /// Cells for the entries that are reserved.
    pub(crate) cells: CellPool,
    /// Overflow buckets in chains of the current array.
    pub(crate) noverflow: u32,
    /// No less than the overflow buckets of the longest of these chains.
    pub(crate) longest: u32,
    /// Spare overflow buckets that the current array was made with.
    pub(crate) spares: u32,
    /// Free overflow buckets that are kept for the moves of the growth that runs (H6).
    pub(crate) set_aside: u32,
}

impl Extra {
    /// What a map without one has.
    const NOTHING: &'static Self = &Self::EMPTY;
    const EMPTY: Self = Self {
        renewal: None,
        growth: None,
        pool: Pool::EMPTY,
        cells: CellPool::EMPTY,
        noverflow: 0,
        longest: 0,
        spares: 0,
        set_aside: 0,
    };
}

/// A growth that runs, or is over and has left its old array to be given back.
#[derive(Clone, Copy)]
pub(crate) struct Growth {
    /// The array that entries are moved out of, which is the map's own or over.
    pub(crate) old: Array,
    /// The old bucket that is moved next in order.
    pub(crate) nevacuate: u32,
}

impl Growth {
    /// Whether all chains are moved.
    pub(crate) const fn is_over(&self) -> bool {
        self.nevacuate as usize >= self.old.bits.count()
    }

    /// Notes that they are.
    const fn end(&mut self) {
        // At most 2^31.
        self.nevacuate = self.old.bits.count() as u32;
    }
}

const _: () = assert!(size_of::<Extra>() == FRONT && align_of::<Extra>() <= align_of::<usize>());
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Header>() == 40);
#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Header>() == 28);

impl Header {
    /// A map without memory. Go: `makemap_small`.
    pub(crate) const fn empty(renewal: Option<Renewal>) -> Self {
        Self {
            count: 0,
            buckets: None,
            behind: Behind { renewal },
            bits: BucketBits::ONE_BUCKET,
            quiet: 0,
            reserved: 0,
            put_off: 0,
            home: Home::Owned,
            flags: Flags::NONE,
        }
    }

    /// A map whose first bucket is a caller's, empty.
    pub(crate) const fn of_lent(bucket: NonNull<u8>, renewal: Option<Renewal>) -> Self {
        let mut header = Self::empty(renewal);
        header.buckets = Some(bucket);
        header.home = Home::Lent;
        header
    }

    /// Makes the map one without memory, and hands over what it was. Only how the hash builder is
    /// given a seed stays.
    pub(crate) fn take(&mut self) -> Self {
        let empty = Self::empty(self.renewal());
        mem::replace(self, empty)
    }

    #[inline]
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Counts an entry that has come.
    #[inline]
    pub(crate) const fn count_inserted(&mut self) {
        self.count += 1;
    }

    /// Counts an entry that has gone.
    #[inline]
    pub(crate) const fn count_removed(&mut self) {
        self.count -= 1;
    }

    /// Forgets all entries, whose slots go on to say that they live: for a map that goes.
    pub(crate) const fn forget_entries(&mut self) {
        self.count = 0;
    }

    #[inline]
    pub(crate) const fn bits(&self) -> BucketBits {
        self.bits
    }

    pub(crate) const fn has_buckets(&self) -> bool {
        self.buckets.is_some()
    }

    pub(crate) const fn home(&self) -> Home {
        self.home
    }

    /// Go: `growing`.
    #[inline]
    pub(crate) const fn is_growing(&self) -> bool {
        self.flags.has(Flags::GROWING)
    }

    /// New keys that are promised to go in without an allocation.
    pub(crate) const fn reserved(&self) -> u32 {
        self.reserved
    }

    /// Notes that one of them has gone in, if there are any.
    pub(crate) const fn count_reserved(&mut self) {
        self.reserved = self.reserved.saturating_sub(1);
    }

    /// Whether a growth was refused and waits to be tried again.
    pub(crate) const fn is_put_off(&self) -> bool {
        self.put_off > 0
    }

    /// Entries that fit the present array; those that are in it, if a refused growth made it more.
    pub(crate) const fn capacity(&self) -> usize {
        if self.buckets.is_none() {
            return 0;
        }
        let room = self.room();
        if room < self.count { self.count } else { room }
    }

    /// Entries that the present array is for.
    pub(crate) const fn room(&self) -> usize {
        let slots = self.home.slots();
        if slots < SLOTS {
            slots
        } else {
            self.bits.capacity()
        }
    }

    /// Whether one new key more can go in without a thought of growth, reservation or seed: there
    /// are entries, fewer than the array takes, and nothing is owed (H9).
    #[inline]
    pub(crate) const fn is_quiet(&self) -> bool {
        // With 0 entries this wraps to more than any limit.
        self.count.wrapping_sub(1) < self.quiet as usize
    }

    /// The same where the seed is the caller's to think of: there may be no entries (H9).
    #[inline]
    pub(crate) const fn takes_one_quietly(&self) -> bool {
        self.count <= self.quiet as usize && !self.may_owe()
    }

    /// Whether something may be owed.
    #[inline]
    pub(crate) const fn may_owe(&self) -> bool {
        self.quiet == 0
    }

    /// Notes whether anything is owed (H9).
    pub(crate) fn settle(&mut self) {
        self.quiet = if self.owes() { 0 } else { self.quiet_limit() };
    }

    /// The same when a new key has gone in, perhaps a reserved one; a growth is owed still.
    #[inline]
    pub(crate) fn settle_after_insert(&mut self) {
        if self.reserved > 0 {
            self.reserved -= 1;
        }
        if self.may_owe() && !self.is_growing() {
            self.settle();
        }
    }

    /// Whether anything is owed.
    fn owes(&self) -> bool {
        let owes = |extra: &Extra| {
            let is_left = extra.growth.is_some() || extra.pool.has_leaving();
            is_left || too_many_overflow_buckets(extra.noverflow, self.bits)
        };
        let here = self.buckets.is_none() || self.reserved > 0 || self.is_indexed();
        here || self.extra_if_any().is_some_and(owes)
    }

    /// Whether H9 holds; for tests.
    pub(crate) fn is_quiet_rightly(&self) -> bool {
        self.quiet == 0 || (!self.owes() && self.quiet == self.quiet_limit())
    }

    /// One less than the entries that the array takes, or the largest number if that is more.
    fn quiet_limit(&self) -> u32 {
        u32::try_from(self.room() - 1).unwrap_or(u32::MAX)
    }

    /// How the hash builder is given a new seed, if the map does that.
    pub(crate) fn renewal(&self) -> Option<Renewal> {
        match self.extra_if_any() {
            Some(extra) => extra.renewal,
            // SAFETY: There is no `Extra`.
            None => unsafe { self.behind.renewal },
        }
    }

    pub(crate) const fn set_renewal(&mut self, renewal: Option<Renewal>) {
        match self.extra_mut() {
            Some(extra) => extra.renewal = renewal,
            None => self.behind = Behind { renewal },
        }
    }

    #[inline]
    pub(crate) const fn has_extra(&self) -> bool {
        self.flags.has(Flags::EXTRA)
    }

    /// The [`Extra`], or if there is none one that says nothing: to be looked at as a whole.
    pub(crate) fn extra(&self) -> &Extra {
        self.extra_if_any().unwrap_or(Extra::NOTHING)
    }

    #[inline]
    pub(crate) const fn extra_if_any(&self) -> Option<&Extra> {
        if self.has_extra() {
            // SAFETY: There is one, and it is the map's own.
            Some(unsafe { self.behind.extra.as_ref() })
        } else {
            None
        }
    }

    #[inline]
    pub(crate) const fn extra_mut(&mut self) -> Option<&mut Extra> {
        if self.has_extra() {
            // SAFETY: There is one, and it is the map's own.
            Some(unsafe { self.behind.extra.as_mut() })
        } else {
            None
        }
    }

    /// Moves the [`Extra`] into a front, or makes one there.
    ///
    /// # Safety
    /// It is the front of a block of the map, aligned as buckets are, and in no use.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn move_extra(&mut self, front: NonNull<u8>) {
        let renewal = self.renewal();
        let mut at = front.cast::<Extra>();
        // SAFETY: A front has room for it, and its alignment is no less than a bucket's head's.
        // Where it was before it is not used again.
        unsafe {
            match self.extra_if_any() {
                Some(extra) => NonNull::from(extra).copy_to_nonoverlapping(at, 1),
                None => at.write(Extra::EMPTY),
            }
            at.as_mut().renewal = renewal;
        }
        self.behind = Behind { extra: at };
        self.flags = self.flags.with(Flags::EXTRA);
    }

    /// Bucket 0 of the current array.
    #[inline]
    pub(crate) fn bucket_0<T: MapType>(&self, of: T) -> Option<BucketPtr<T>> {
        self.buckets.map(|base| BucketPtr::at(of, base))
    }

    /// The current array.
    pub(crate) fn array(&self) -> Option<Array> {
        Some(Array {
            base: self.buckets?,
            bits: self.bits,
            spares: self.extra_if_any().map_or(0, |extra| extra.spares),
        })
    }

    /// Makes a new array the current one, of whose chains the map speaks from here on.
    pub(super) fn enter_array<T: MapType>(&mut self, of: T, array: Array) {
        if let Some(front) = array.front(of) {
            // SAFETY: The array is new.
            unsafe { self.move_extra(front) };
        }
        self.buckets = Some(array.base);
        self.bits = array.bits;
        self.home = Home::Owned;
        self.end_index();
        array.begin_bits(of.shape().spacing());
        if let Some(extra) = self.extra_mut() {
            extra.spares = array.spares;
            extra.noverflow = 0;
            extra.longest = 0;
            extra.set_aside = 0;
            // SAFETY: As above.
            unsafe { extra.pool.change_array(of, array) };
        }
    }

    /// Makes a bucket, empty or with so many entries, all of the memory of a map that has none.
    pub(super) fn set_first_bucket(&mut self, bucket: NonNull<u8>, home: Home, count: usize) {
        self.buckets = Some(bucket);
        self.home = home;
        self.count = count;
    }

    /// The growth that runs.
    #[inline]
    pub(crate) fn growth(&self) -> Option<&Growth> {
        if self.is_growing() {
            // SAFETY: H3, H11: there is an `Extra`.
            unsafe { self.behind.extra.as_ref() }.growth.as_ref()
        } else {
            None
        }
    }

    /// The same, to change.
    #[inline]
    pub(super) fn growth_mut(&mut self) -> Option<&mut Growth> {
        if self.is_growing() {
            // SAFETY: H3, H11: there is an `Extra`.
            unsafe { self.behind.extra.as_mut() }.growth.as_mut()
        } else {
            None
        }
    }

    /// Notes that a growth out of the array `old` starts.
    pub(super) fn begin_growth(&mut self, old: Option<Array>, old_home: Home, set_aside: u32) {
        let (Some(extra), Some(old)) = (self.extra_mut(), old) else {
            return;
        };
        extra.growth = Some(Growth { old, nevacuate: 0 });
        extra.set_aside = set_aside;
        self.flags = self.flags.with(Flags::GROWING);
        self.end_index();
        if old_home == Home::Lent {
            self.flags = self.flags.with(Flags::OLD_IS_LENT);
        }
        self.quiet = 0;
    }

    /// Notes that all chains of the old array are moved, or not needed; it waits to be given back.
    #[cold]
    #[inline(never)]
    pub(super) fn end_growth(&mut self) {
        let is_lent = self.flags.has(Flags::OLD_IS_LENT);
        self.flags = self
            .flags
            .without(Flags::GROWING)
            .without(Flags::OLD_IS_LENT);
        if let Some(extra) = self.extra_mut() {
            match &mut extra.growth {
                Some(growth) if !is_lent => growth.end(),
                growth => *growth = None,
            }
            extra.set_aside = 0;
        }
        self.settle();
    }

    /// Lets chunks go that a growth has emptied: if no bucket of any is in use or held, and they
    /// have more than the entries could fill.
    #[cold]
    #[inline(never)]
    pub(super) fn let_chunks_go(&mut self) {
        let most = self.count / SLOTS;
        // With one bucket the first chunk may have the `Extra` in front.
        let may = self.reserved == 0 && self.bits > BucketBits::ONE_BUCKET;
        if let Some(extra) = self.extra_mut().filter(|_| may) {
            let in_use = extra.noverflow > extra.spares - extra.pool.free_spares();
            if !in_use && extra.pool.in_chunks() as usize > most {
                // SAFETY: H7 and A2: no chain has a bucket of them; the `Extra` is in the array.
                unsafe { extra.pool.let_chunks_go() };
            }
        }
    }

    /// Whether bits are kept up that say which chains hold something (H12).
    #[inline]
    pub(crate) const fn is_indexed(&self) -> bool {
        Occupancy::EVER && self.flags.has(Flags::INDEXED)
    }

    /// Has them be kept up from here on, so that inserts owe a thought.
    pub(super) const fn begin_index(&mut self) {
        self.flags = self.flags.with(Flags::INDEXED);
        self.quiet = 0;
    }

    /// Forgets them.
    pub(super) const fn end_index(&mut self) {
        self.flags = self.flags.without(Flags::INDEXED);
    }

    /// Whether the old array is the caller's first bucket.
    pub(crate) const fn is_old_lent(&self) -> bool {
        self.flags.has(Flags::OLD_IS_LENT)
    }

    /// Whether entries are moved out of an array that is as large as the current one.
    ///
    /// Go: `sameSizeGrow`.
    pub(crate) fn is_same_size_growth(&self) -> bool {
        self.growth()
            .is_some_and(|growth| growth.old.bits == self.bits)
    }

    /// Overflow buckets in chains of the current array.
    pub(crate) fn noverflow(&self) -> u32 {
        self.extra_if_any().map_or(0, |extra| extra.noverflow)
    }

    /// Overflow buckets that are free.
    pub(crate) fn free_buckets(&self) -> u32 {
        self.extra_if_any().map_or(0, |extra| extra.pool.len())
    }

    /// Free overflow buckets that are kept for the moves of the growth that runs.
    pub(crate) fn set_aside(&self) -> u32 {
        self.extra_if_any().map_or(0, |extra| extra.set_aside)
    }

    /// Whether the chains call for a growth to the same size.
    #[inline]
    pub(crate) fn has_too_many_overflow_buckets(&self) -> bool {
        too_many_overflow_buckets(self.noverflow(), self.bits)
    }

    /// Whether the first bucket has fewer than eight slots.
    #[inline]
    pub(crate) fn is_small<T: MapType>(&self, of: T) -> bool {
        of.begins_small() && self.home.slots() < SLOTS
    }
}
