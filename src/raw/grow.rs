//! Growth: a larger array (or a fresh one of the same size), and moving the chains over,
//! at most two at every insert and removal; four at the insert that ends one growth and
//! starts the next.
//!
//! ```text
//! old array   [ 0 ][ 1 ][ 2 ][ 3 ]          bucket 2 is evacuated: its entries
//!               moved      moved            went, in order, to X = 2 and to
//! new array   [ 0 ][ 1 ][ 2 ][ 3 ][ 4 ][ 5 ][ 6 ][ 7 ]   Y = 2 + 4 = 6
//!                         X                   Y
//! ```
//!
//! A step of growth hashes keys, which is user code and may panic, and writes
//! to buckets that nobody reads yet (M5). Entries are *copied* there first, and
//! become the new array's by one store at the end, the old head's tophash. If
//! the hasher panics before it, the copies are forgotten, the overflow buckets
//! they took are free again, and the old chain is as it was.

use super::bmap::BucketPtr;
use super::buckets::{Blocks, ChunkList, Generation, array_layout};
use super::{Flags, RawHmap};
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::{
    BucketBits, SLOTS, growth_back_off, over_load_factor, too_many_overflow_buckets,
};
use crate::tophash::TopHashes;
use core::mem;

/// How far one call looks for the next old bucket that is not evacuated.
const LOOK_AHEAD: usize = 1024;

/// Chunks of the old generation that one call gives back.
const GIVEN_BACK_PER_CALL: usize = 2;

/// How many of them the next growth takes over if they are still there when it starts.
/// There are fewer, unless larger ones were refused: a generation makes 30 at most to have
/// as many overflow buckets as buckets, and one for every two that it took over, which are
/// half as large.
const TAKEN_OVER: usize = 64;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Starts a growth if one new entry more calls for it. A growth that is
    /// refused is put off until [`growth_back_off`] new keys have come; chains
    /// get longer meanwhile, and nothing else changes.
    pub(super) fn grow_if_due(&mut self) -> bool {
        let over_load = self.is_over_load();
        if !over_load && !self.has_too_many_overflow_buckets() {
            return false;
        }
        if self.is_growing() || self.reserved > 0 || self.oldoverflow.is_longer_than(TAKEN_OVER) {
            return false;
        }
        if self.back_off > 0 {
            self.back_off -= 1;
            return false;
        }
        let bits = if over_load {
            self.bits.doubled()
        } else {
            Some(self.bits)
        };
        let started = bits.is_some_and(|bits| self.hash_grow(bits).is_ok());
        if !started {
            self.back_off = growth_back_off(self.bits);
        }
        started
    }

    /// Whether one new entry more is over the load factor, which calls for a doubling.
    #[inline]
    fn is_over_load(&self) -> bool {
        over_load_factor(self.count.saturating_add(1), self.bits)
    }

    /// Whether the chains call for a growth to the same size.
    #[inline]
    pub(super) fn has_too_many_overflow_buckets(&self) -> bool {
        too_many_overflow_buckets(self.noverflow, self.bits)
    }

    /// Starts a growth to 2^`bits` buckets, one B up or the same. Nothing is
    /// moved yet, and nothing initialised: the work does not depend on B.
    ///
    /// What the moves can need (H6) is set aside here: the spares of the new
    /// array, chunks that are left of the generation before, and a new chunk where
    /// these are too few. That one is hardly ever used: it is kept on call, the first of
    /// the old array's chunks, and given back with them.
    ///
    /// Go: `hashGrow`.
    fn hash_grow(&mut self, bits: BucketBits) -> Result<(), TryReserveError> {
        debug_assert!(!self.is_growing() && !self.is_small());
        let set_aside = usize::min(self.noverflow as usize, self.count / SLOTS) as u32;
        let left_over = self.oldoverflow.totals::<K, V, P>().1 as u32;
        let made = Generation::<K, V, P, A>::make(&self.alloc, bits, 0)?;
        let at_hand = left_over.saturating_add(made.blocks.free.len());
        let on_call = set_aside.saturating_sub(at_hand);
        let (mut chunk_on_call, mut flags) = (ChunkList::EMPTY, Flags::NONE);
        if on_call > 0 {
            chunk_on_call = ChunkList::one::<K, V, P, A>(&self.alloc, on_call)?;
            flags = Flags::CHUNK_ON_CALL;
        }
        // No chunk was made with the array.
        let Blocks { base, free, .. } = made.into_blocks();

        if bits == self.bits {
            flags = flags.with(Flags::SAME_SIZE_GROW);
        }
        if self.flags.has(Flags::CALLERS_BUCKET) {
            flags = flags.with(Flags::OLD_CALLERS_BUCKET);
        }
        self.oldbuckets = self.buckets.replace(base);
        self.free = free;
        let old_chunks = mem::replace(&mut self.overflow, ChunkList::EMPTY);
        let left_over = mem::replace(&mut self.oldoverflow, old_chunks);
        // SAFETY: No growth ran, so the chains that used them are moved.
        unsafe { self.overflow.absorb(left_over, &mut self.free) };
        self.oldoverflow.push_first(&mut chunk_on_call);
        self.free.promise(on_call);
        self.free.keep_aside(set_aside);
        self.oldnoverflow = mem::replace(&mut self.noverflow, 0);
        self.nevacuate = 0;
        self.back_off = 0;
        self.quiet = 0;
        self.bits = bits;
        self.flags = flags;
        Ok(())
    }

    /// The work that an insert or removal owes: evacuates the old bucket that it
    /// is about to use and one more; after a growth, gives memory back.
    ///
    /// Go: `growWork`.
    #[inline]
    pub(super) fn growth_work(&mut self, hash: HashValue, hasher: &impl Fn(&K) -> HashValue) {
        if self.is_growing() {
            self.evacuate(hash.bucket(self.old_bits()), hasher);
            self.evacuate(self.nevacuate as usize, hasher);
        } else if !self.oldoverflow.is_empty() {
            self.give_back();
        }
    }

    /// Gives a few blocks of the generation before this one back.
    #[cold]
    #[inline(never)]
    fn give_back(&mut self) {
        // SAFETY: No growth runs, so all chains that used them are moved.
        unsafe {
            self.oldoverflow
                .free::<K, V, P, A>(&self.alloc, GIVEN_BACK_PER_CALL)
        };
        self.settle();
    }

    /// Moves the chain of one old bucket, if it is still there, and advances the
    /// mark if it is the next one in order.
    ///
    /// Go: `evacuate`.
    #[inline(never)]
    fn evacuate(&mut self, old_number: usize, hasher: &impl Fn(&K) -> HashValue) {
        let Some(old_base) = self.oldbuckets else {
            return;
        };
        // SAFETY: The caller's number is below the old array's count.
        let old = unsafe { old_base.nth(old_number) };
        // SAFETY: Heads of the old array are initialised.
        if !unsafe { old.is_evacuated() } && self.move_chain(old, old_number, hasher).is_none() {
            return;
        }
        if old_number == self.nevacuate as usize {
            self.advance_evacuation_mark(old_base);
        }
    }

    /// Splits an old chain between X and Y, or compacts it into X, and marks it
    /// as evacuated. `None`, with nothing changed, if a bucket was missing, which
    /// H6 rules out.
    fn move_chain(
        &mut self,
        old: BucketPtr<K, V, P>,
        old_number: usize,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Option<()> {
        let base = self.buckets?;
        let old_bits = self.old_bits();
        let doubling = !self.is_same_size_growth();
        // SAFETY: X is below the new array's count, which is at least the old's.
        let x = unsafe { base.nth(old_number) };
        let y = doubling.then(|| {
            // SAFETY: So is Y: the new count is twice the old.
            unsafe { base.nth(old_number + old_bits.count()) }
        });

        let free_before = self.free.len();
        // SAFETY: The old bucket is not evacuated, so nobody reads X and Y (M5).
        let copies = unsafe { Copies::begin(self, x, y) };
        let mut ends = [End::of(x), End::of(y.unwrap_or(x))];
        // The head's alone: nobody reads the buckets behind it again.
        let mut marks = None;
        let mut overflow = 0;
        let mut next = Some(old);
        while let Some(bucket) = next {
            // SAFETY: The chain owns its entries, so it is initialised.
            let live = unsafe { bucket.tops() }.live();
            let mut went_to_y = [false; SLOTS];
            for index in live {
                // SAFETY: The slot is live (M1).
                let key = unsafe { bucket.key(index).as_ref() };
                let to_y = doubling && hasher(key).is_for_y(old_bits);
                if let Some(went_to_y) = went_to_y.get_mut(index) {
                    *went_to_y = to_y;
                }
                // SAFETY: The slot is live, of an old chain; nobody reads the new ones.
                unsafe { End::append(&mut ends, to_y, copies.map, bucket, index)? };
            }
            marks = marks.or(Some(TopHashes::moved(live, went_to_y)));
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
            overflow += u32::from(next.is_some());
        }
        copies.commit();
        let taken = free_before - self.free.len();
        self.noverflow += taken;
        // Both bounds of H6 come down: by what this chain took, and by what it could have.
        self.oldnoverflow = self.oldnoverflow.saturating_sub(overflow);
        let set_aside = self.free.set_aside().saturating_sub(taken);
        self.free.keep_aside(u32::min(set_aside, self.oldnoverflow));
        // SAFETY: The copies are the entries from here on; M4.
        unsafe { old.set_tops(marks?) };
        Some(())
    }

    /// Takes a free bucket; it is not initialised.
    pub(super) fn take_free(&mut self) -> Option<BucketPtr<K, V, P>> {
        if self.free.is_used_up() {
            self.take_old_chunk();
        }
        self.free.take()
    }

    /// Makes the first chunk of `oldoverflow` one of the current generation, if it is the
    /// one on call or no growth runs.
    #[cold]
    #[inline(never)]
    pub(super) fn take_old_chunk(&mut self) {
        if self.is_growing() && !self.flags.has(Flags::CHUNK_ON_CALL) {
            return;
        }
        self.free.withdraw(self.on_call());
        self.flags = self.flags.without(Flags::CHUNK_ON_CALL);
        // SAFETY: No bucket of it is in use: it was on call, or all chains that used it
        // are moved.
        unsafe {
            self.overflow
                .take_first(&mut self.oldoverflow, &mut self.free)
        }
    }

    /// Buckets of the chunk that is on call.
    pub(super) fn on_call(&self) -> u32 {
        if self.flags.has(Flags::CHUNK_ON_CALL) {
            self.oldoverflow.len_of_first()
        } else {
            0
        }
    }

    /// Free buckets of the current generation: all but those on call.
    pub(super) fn free_in_runs(&self) -> usize {
        self.free.len().saturating_sub(self.on_call()) as usize
    }

    /// Moves the mark past the old bucket it stands on, and past those that were
    /// evacuated out of order; behind the last one the growth is over.
    ///
    /// Go: `advanceEvacuationMark`.
    fn advance_evacuation_mark(&mut self, old_base: BucketPtr<K, V, P>) {
        let old_count = self.old_bits().count();
        let mut mark = self.nevacuate as usize + 1;
        let stop = usize::min(mark + LOOK_AHEAD, old_count);
        // SAFETY: The mark is below the old array's count.
        while mark != stop && unsafe { old_base.nth(mark).is_evacuated() } {
            mark += 1;
        }
        // At most 2^31.
        self.nevacuate = mark as u32;
        if mark == old_count {
            self.end_growth();
        }
    }

    /// Whether bucket `n` of the current array is initialised (M5).
    pub(super) fn is_initialised(&self, n: usize) -> bool {
        let Some(old_base) = self.oldbuckets else {
            return true;
        };
        // SAFETY: The masked number is below the old array's count.
        unsafe { old_base.nth(n & self.old_bits().mask()).is_evacuated() }
    }

    /// Moves all that is left of a growth: work in proportion to the old array.
    pub(crate) fn finish_growth(&mut self, hasher: &impl Fn(&K) -> HashValue) {
        while self.is_growing() {
            let mark = self.nevacuate;
            self.evacuate(mark as usize, hasher);
            if self.is_growing() && self.nevacuate == mark {
                debug_assert!(false, "H6: a step of growth can always run");
                return;
            }
        }
        // SAFETY: No growth runs, so all chains that used them are moved.
        unsafe { self.oldoverflow.free::<K, V, P, A>(&self.alloc, usize::MAX) };
    }

    /// Moves up to `chains` old chains; true if some are left.
    pub(crate) fn grow_step(&mut self, chains: usize, hasher: &impl Fn(&K) -> HashValue) -> bool {
        for _ in 0..chains {
            if !self.is_growing() {
                break;
            }
            self.evacuate(self.nevacuate as usize, hasher);
        }
        if !self.is_growing() && !self.oldoverflow.is_empty() {
            self.give_back();
        }
        self.is_growing()
    }

    /// Whether a growth was refused and waits to be tried again.
    pub(crate) const fn is_growth_deferred(&self) -> bool {
        self.back_off > 0
    }

    /// Makes the array fit `entries` entries in all. An empty map gets it at
    /// once; one that holds entries grows there, one doubling after the other.
    /// What is reserved is reserved again, in the new array.
    ///
    /// After an error the map may be part of the way there, and without its
    /// reservation.
    pub(crate) fn try_presize(
        &mut self,
        entries: usize,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let bits = BucketBits::for_entries(entries).ok_or(TryReserveError::CapacityOverflow)?;
        // Ask for the impossible before the first of many doublings.
        array_layout::<K, V, P>(bits).ok_or(TryReserveError::CapacityOverflow)?;
        if entries == 0 {
            return Ok(());
        }
        if self.buckets.is_some() && bits <= self.bits {
            return if entries > self.room() {
                self.widen_to(SLOTS)
            } else {
                Ok(())
            };
        }
        let reserved = self.reserved as usize;
        self.void_reservation();
        if self.count == 0 {
            self.install_empty_array(bits, 0)?;
        } else {
            self.double_to(bits, hasher)?;
        }
        self.try_reserve(reserved, hasher)
    }

    /// Doubles, moving everything each time, until there are 2^`bits` buckets.
    fn double_to(
        &mut self,
        bits: BucketBits,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        self.finish_growth(hasher);
        self.widen_to(SLOTS)?;
        while self.bits < bits && !self.is_growing() {
            let next = self
                .bits
                .doubled()
                .ok_or(TryReserveError::CapacityOverflow)?;
            self.hash_grow(next)?;
            self.finish_growth(hasher);
        }
        Ok(())
    }
}

/// The copies of a chain that is being moved: X and Y. Dropped before they are
/// committed, they are forgotten.
///
/// Go: `evacDst`.
struct Copies<'a, K, V, A: Allocator, P: Policy> {
    map: &'a mut RawHmap<K, V, A, P>,
    x: BucketPtr<K, V, P>,
    y: Option<BucketPtr<K, V, P>>,
}

impl<'a, K, V, A: Allocator, P: Policy> Copies<'a, K, V, A, P> {
    /// # Safety
    /// `x` and `y` are buckets of the map's current array that nobody reads.
    unsafe fn begin(
        map: &'a mut RawHmap<K, V, A, P>,
        x: BucketPtr<K, V, P>,
        y: Option<BucketPtr<K, V, P>>,
    ) -> Self {
        for head in [Some(x), y].into_iter().flatten() {
            // SAFETY: The bucket is the map's and holds nothing.
            unsafe { head.init() };
        }
        Self { map, x, y }
    }

    /// Keeps the copies.
    fn commit(self) {
        mem::forget(self);
    }
}

impl<K, V, A: Allocator, P: Policy> Drop for Copies<'_, K, V, A, P> {
    fn drop(&mut self) {
        for head in [Some(self.x), self.y].into_iter().flatten() {
            // SAFETY: The chain was made here, of this generation, and is read
            // no more: its head is as good as uninitialised again (M5).
            unsafe { self.map.free.push_chain(head.overflow()) };
        }
    }
}

/// Where a chain that is filled ends: its last bucket, and the slot of it that is next.
struct End<K, V, P> {
    bucket: BucketPtr<K, V, P>,
    slot: usize,
}

impl<K, V, P: Policy> End<K, V, P> {
    /// The end of a chain without entries.
    fn of(head: BucketPtr<K, V, P>) -> Self {
        Self {
            bucket: head,
            slot: 0,
        }
    }

    /// Copies a slot of an old bucket to the end of X or Y; `None` if that takes an
    /// overflow bucket and none is free.
    ///
    /// One half of the keys goes to either side, by chance: a choice between two
    /// addresses, not between two ways, which no processor could foresee.
    ///
    /// # Safety
    /// The slot is live, in a bucket of an old chain; these are the ends of chains that
    /// nobody else reads.
    #[inline(always)]
    unsafe fn append<A: Allocator>(
        ends: &mut [Self; 2],
        to_y: bool,
        map: &mut RawHmap<K, V, A, P>,
        from: BucketPtr<K, V, P>,
        index: usize,
    ) -> Option<()> {
        let [x, y] = ends;
        let end = if to_y { y } else { x };
        if end.slot == SLOTS {
            end.extend(map)?;
        }
        let Self { bucket, slot } = *end;
        // SAFETY: Old and new buckets are in different blocks; which copy is the entry is
        // decided by the caller's commit. The slot is filled (M1), for when the bucket
        // comes into use.
        unsafe {
            from.copy_slot(index, bucket, slot);
            bucket.set_top(slot, from.top(index));
        }
        end.slot = slot + 1;
        Some(())
    }

    /// Adds an overflow bucket to the chain.
    #[cold]
    #[inline(never)]
    fn extend<A: Allocator>(&mut self, map: &mut RawHmap<K, V, A, P>) -> Option<()> {
        let next = map.take_free()?;
        // SAFETY: A free bucket of this generation.
        unsafe { next.init() };
        // SAFETY: The last bucket of the chain.
        unsafe { self.bucket.set_overflow(Some(next)) };
        *self = Self::of(next);
        Some(())
    }
}
