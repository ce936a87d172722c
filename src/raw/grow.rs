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
//!
//! # What the moves can need
//!
//! A step may not fail, so what all of them can need is set aside when a growth starts
//! (H6): the lesser of two numbers of overflow buckets.
//!
//! * *By entries.* A chain of c buckets fills at most c − 1 overflow buckets of the two
//!   that it is split into, since ⌈x/8⌉ + ⌈y/8⌉ ≤ c + 1 where x + y ≤ 8c; and x entries
//!   fill ⌊(x − 1)/8⌋. So the moves need no more than there are overflow buckets, or than
//!   an eighth of the entries. A move of t buckets brings what is needed down by t.
//! * *By spares.* A chain that was moved has no more use for its own overflow buckets:
//!   those in chunks serve the moves to come, for which the chunks pass to the new array,
//!   and only those that are spares of the old one go with it. Where s of the buckets in
//!   old chains are such spares and no chain has more than m overflow buckets, s + m are
//!   enough: a move takes t of them, gives back all but s′ ≥ 0 of a chain's own, which
//!   are t at least, and s comes down by s′.
//!
//! The second is the lesser in all but small and sparse maps, and a doubling with a good
//! hash hardly uses any of it. A chain's buckets are used again where its move leaves fewer
//! free than are set aside, and once chunks stay for it, where a move takes any. The others
//! are lost until the generation ends, so that the next growth goes by entries.
//!
//! Both hold with one more key where there is a free slot: by entries as it is, by spares
//! with a bucket more.

use super::bmap::BucketPtr;
use super::buckets::{Blocks, ChunkList, FreeList, Generation};
use super::cells::NewCells;
use super::{Flags, RawHmap};
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::{
    BucketBits, Reservation, SLOTS, growth_back_off, over_load_factor, too_many_overflow_buckets,
};
use crate::tophash::TopHashes;
use core::mem::{self, ManuallyDrop};

/// How far one call looks for the next old bucket that is not evacuated.
const LOOK_AHEAD: usize = 1024;

/// How many chunks of the old generation the next growth takes over if they are still there
/// when it starts.
/// There are about 16 at most, unless larger ones were refused, or made for one bucket
/// after the other: by small reservations, or when the map was shrunk.
const TAKEN_OVER: usize = 32;

/// What `longest` is if a chain has more overflow buckets than it can count, or if a bucket
/// may be lost: the next growth goes by entries.
pub(super) const NOT_KNOWN: u8 = 254;

/// What it is if buckets in chunks of the old array are in use again, and some are lost.
pub(super) const CHUNKS_REUSED: u8 = 255;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Starts a growth if one new entry more calls for it, and nothing is reserved. A growth
    /// that is refused is put off until [`growth_back_off`] new keys have come; chains get
    /// longer meanwhile, and nothing else changes.
    pub(super) fn grow_if_due(&mut self) -> bool {
        if self.is_growing() {
            return false;
        }
        let bits = if self.is_over_load() {
            self.bits.doubled()
        } else if self.has_too_many_overflow_buckets() {
            Some(self.bits)
        } else {
            return false;
        };
        if self.back_off > 0 {
            self.back_off -= 1;
            return false;
        }
        if self.reserved > 0 {
            return false;
        }
        let Some(left_over) = self.oldoverflow.buckets_of(TAKEN_OVER) else {
            return false;
        };
        let none = Reservation::NONE;
        let started = bits.is_some_and(|bits| self.hash_grow(bits, left_over, none).is_ok());
        if !started {
            self.back_off = growth_back_off(self.bits);
        }
        started
    }

    /// Whether one new entry more is over the load factor, which calls for a doubling.
    #[inline]
    fn is_over_load(&self) -> bool {
        // More entries than a `usize` can count would not fit any memory.
        over_load_factor(self.count + 1, self.bits)
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
    /// array, chunks that are left of the generation before (so many buckets), and a new
    /// chunk where these are too few. What is to be reserved is had, too.
    /// No growth is put off. After an error the map has the memory that it had.
    ///
    /// Go: `hashGrow`.
    pub(super) fn hash_grow(
        &mut self,
        bits: BucketBits,
        mut left_over: u32,
        reserved: Reservation,
    ) -> Result<(), TryReserveError> {
        debug_assert!(!self.is_growing() && !self.is_small());
        debug_assert!(self.nevacuate == 0 && self.back_off == 0);
        debug_assert!(reserved.keys > 0 || !self.oldoverflow.begins_with_array());
        let are_reused = self.longest == CHUNKS_REUSED;
        if are_reused {
            // Some of their buckets may be in use, and the others are lost: the old chunks
            // pass to this generation, which the new one makes old.
            left_over = 0;
        }
        let (set_aside, old_block) = self.needed_by_moves();
        let short = set_aside.saturating_sub(left_over);
        let mut made = Generation::<K, V, P, A>::make(&self.alloc, bits, short)?;
        if reserved.buckets > 0 {
            let all = set_aside.saturating_add(reserved.buckets);
            made.hold(all.saturating_sub(left_over))?;
        }
        let more = reserved.keys.saturating_sub(self.reserved);
        let cells = NewCells::<K, V, P, A>::allocate(&self.alloc, more)?;
        if reserved.keys > 0 && self.oldoverflow.begins_with_array() {
            // An insert has done that before. Here it waits until there is memory: after a
            // refusal the map has all that it had.
            // SAFETY: No growth runs, so the chains that were in it are moved.
            unsafe { self.oldoverflow.free::<K, V, P, A>(&self.alloc, 1) };
        }
        // From here on nothing fails.
        while are_reused && !self.oldoverflow.is_empty() {
            self.overflow.take_first(&mut self.oldoverflow);
        }
        cells.join(&mut self.cells);
        let Blocks {
            base,
            mut overflow,
            mut free,
        } = made.into_blocks();
        let left_over = mem::replace(&mut self.oldoverflow, ChunkList::EMPTY);
        // SAFETY: No growth runs, so the chains that used them are moved.
        unsafe { overflow.absorb(left_over, &mut free) };
        free.keep_aside(set_aside);

        let mut flags = Flags::NONE;
        if bits == self.bits {
            flags = flags.with(Flags::SAME_SIZE_GROW);
        }
        if self.flags.has(Flags::CALLERS_BUCKET) {
            flags = flags.with(Flags::OLD_CALLERS_BUCKET);
        }
        self.oldbuckets = self.buckets.replace(base);
        self.oldoverflow = mem::replace(&mut self.overflow, overflow);
        self.free = free;
        self.noverflow = 0;
        self.old_block = old_block;
        self.longest = 0;
        if reserved.keys > 0 {
            self.reserved = reserved.keys;
        }
        self.quiet = 0;
        self.bits = bits;
        self.flags = flags;
        Ok(())
    }

    /// How many overflow buckets the moves of a growth that starts now can need, by entries
    /// or by spares, and what `old_block` is in it.
    fn needed_by_moves(&self) -> (u32, u32) {
        let by_entries = usize::min(self.noverflow as usize, self.count / SLOTS) as u32;
        // Each overflow bucket is in a chain or free, and a spare if it is in no chunk (A2).
        // Where chunks are too many to be counted, all are taken for spares.
        let in_chunks = self.overflow.buckets_of(TAKEN_OVER).unwrap_or(0);
        let spares = match self.noverflow.saturating_add(self.free.len()) {
            // There may be more, which the free list left out.
            u32::MAX => u32::MAX,
            overflow => overflow.saturating_sub(in_chunks),
        };
        let by_spares = spares.saturating_add(u32::from(self.longest) + 1);
        let block = (self.bits.count() as u32).checked_add(spares);
        match block {
            Some(block) if self.longest < NOT_KNOWN && by_spares < by_entries => (by_spares, block),
            _ => (by_entries, 0),
        }
    }

    /// The work that an insert or removal owes to a growth: evacuates the old bucket that it
    /// is about to use and one more. The allocator is not called, so that what goes on to
    /// overwrite, or says that it does not call it, may do this first.
    ///
    /// Go: `growWork`.
    #[inline]
    pub(super) fn growth_work(&mut self, hash: HashValue, hasher: &impl Fn(&K) -> HashValue) {
        if self.is_growing() {
            self.move_two(hash, hasher);
        }
    }

    /// The work that a removal owes: the same, or if no growth runs a block is given back.
    #[inline]
    pub(super) fn work_of_removal(&mut self, hash: HashValue, hasher: &impl Fn(&K) -> HashValue) {
        if self.is_growing() {
            self.move_two(hash, hasher);
        } else {
            self.give_back();
            self.settle();
        }
    }

    /// Gives a block of the generation before this one back, if there is one and no growth
    /// runs. To be called where the allocator may be.
    #[inline(never)]
    pub(super) fn give_back(&mut self) {
        if !self.oldoverflow.is_empty() && !self.is_growing() {
            // SAFETY: No growth runs.
            unsafe { self.let_go_of_old_blocks(1) };
        }
    }

    /// The same for an insert, which gives nothing back while something is reserved.
    #[inline]
    pub(super) fn give_back_unless_reserved(&mut self) {
        if self.reserved == 0 {
            self.give_back();
        }
    }

    /// Gives up to so many blocks of the generation before this one back: its array, if that
    /// is still there, then chunks, or makes these this one's if some of their buckets are in
    /// use again.
    ///
    /// # Safety
    /// No growth runs, so that all chains which used them are moved.
    pub(super) unsafe fn let_go_of_old_blocks(&mut self, blocks: usize) {
        for _ in 0..blocks {
            if self.oldoverflow.is_empty() {
                break;
            }
            if self.longest == CHUNKS_REUSED && !self.oldoverflow.begins_with_array() {
                self.overflow.take_first(&mut self.oldoverflow);
            } else {
                // SAFETY: The caller's promise.
                unsafe { self.oldoverflow.free::<K, V, P, A>(&self.alloc, 1) };
            }
        }
    }

    /// Moves the chain of this hash, if it is still there, and the next in order.
    #[inline(never)]
    pub(super) fn move_two(&mut self, hash: HashValue, hasher: &impl Fn(&K) -> HashValue) {
        self.evacuate(hash.bucket(self.old_bits()), hasher);
        self.evacuate(self.nevacuate as usize, hasher);
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

        // SAFETY: The old bucket is not evacuated, so nobody reads X and Y (M5).
        let copies = unsafe { Copies::begin(&mut self.free, x, y) };
        let free_before = copies.free.len();
        let mut ends = [End::of(x), End::of(y.unwrap_or(x))];
        // The head's alone: nobody reads the buckets behind it again.
        let mut marks = None;
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
                unsafe { End::append(&mut ends, to_y, copies.free, bucket, index)? };
            }
            marks = marks.or(Some(TopHashes::moved(live, went_to_y)));
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
        }
        let taken = free_before - copies.commit();
        // SAFETY: The copies are the entries from here on; M4.
        unsafe { old.set_tops(marks?) };
        if taken > 0 {
            // SAFETY: The chain is moved.
            unsafe { self.settle_move(old, taken) };
        }
        Some(())
    }

    /// Notes that a move took so many buckets. By entries the others need so many less. By
    /// spares the chain's own take their place if some were of those that are set aside or
    /// held for keys to come; and where old chunks stay already, so that fewer of their
    /// buckets are lost. What is lost all the same the others need no more.
    ///
    /// # Safety
    /// `old` is the head of that chain, which nobody reads again.
    #[inline(never)]
    unsafe fn settle_move(&mut self, old: BucketPtr<K, V, P>, taken: u32) {
        self.noverflow += taken;
        self.note_length(taken);
        let set_aside = self.free.set_aside();
        // No more than a moment ago.
        let before = self.free.len() + taken;
        if self.old_block != 0 {
            let kept = u64::from(set_aside) + u64::from(self.held_for_keys());
            if u64::from(self.free.len()) >= kept && self.longest != CHUNKS_REUSED {
                return;
            }
            // SAFETY: The caller's promise.
            unsafe { self.reuse(old) };
        }
        let lost = before.saturating_sub(self.free.len());
        self.free.keep_aside(set_aside.saturating_sub(lost));
    }

    /// Overflow buckets that the keys which are reserved for can need.
    fn held_for_keys(&self) -> u32 {
        match self.reserved {
            0 => 0,
            keys => Reservation::new(self.count, keys as usize).map_or(keys, |held| held.buckets),
        }
    }

    /// Makes the buckets of a chain that was moved free for the new array, but for the
    /// old array's spares, in a growth that counts on them.
    ///
    /// # Safety
    /// As [`settle_move`](Self::settle_move).
    #[inline]
    unsafe fn reuse(&mut self, old: BucketPtr<K, V, P>) {
        let Some(base) = self.oldbuckets else { return };
        let old_block = self.old_block as usize;
        // SAFETY: The chain was initialised, and nothing in it is used again yet. Its buckets
        // in chunks are the current generation's, and in no chain that is read.
        unsafe {
            let in_chunks = old
                .behind()
                .filter(|bucket| !bucket.is_within(base, old_block))
                .inspect(|_| self.longest = CHUNKS_REUSED);
            self.free.push_each(in_chunks);
        }
    }

    /// Notes that a chain has so many overflow buckets.
    pub(super) fn note_length(&mut self, overflow: u32) {
        let overflow = u32::min(overflow, NOT_KNOWN.into());
        self.longest = u8::max(self.longest, overflow as u8);
    }

    /// Notes that the chain of this hash gets one overflow bucket more.
    ///
    /// # Safety
    /// That chain is of the current array, and owns the hash.
    pub(super) unsafe fn note_longer(&mut self, hash: HashValue) {
        // SAFETY: There is an array.
        let head = unsafe { self.current_chain(hash) };
        // SAFETY: A chain that owns a hash is initialised (M5).
        let mut behind = unsafe { head.behind() };
        let mut overflow = 1;
        while overflow != NOT_KNOWN && behind.next().is_some() {
            overflow += 1;
        }
        self.longest = u8::max(self.longest, overflow);
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
        // SAFETY: No growth runs: it was just finished.
        unsafe { self.let_go_of_old_blocks(usize::MAX) };
        self.settle();
    }

    /// Moves up to `chains` old chains; true if some are left.
    pub(crate) fn grow_step(&mut self, chains: usize, hasher: &impl Fn(&K) -> HashValue) -> bool {
        for _ in 0..chains {
            if !self.is_growing() {
                break;
            }
            self.evacuate(self.nevacuate as usize, hasher);
        }
        self.give_back();
        self.settle();
        self.is_growing()
    }

    /// Whether a growth was refused and waits to be tried again.
    pub(crate) const fn is_growth_deferred(&self) -> bool {
        self.back_off > 0
    }
}

/// The copies of a chain that is being moved: X and Y. Dropped before they are
/// committed, they are forgotten.
///
/// Go: `evacDst`.
struct Copies<'a, K, V, P: Policy> {
    free: &'a mut FreeList<K, V, P>,
    x: BucketPtr<K, V, P>,
    y: Option<BucketPtr<K, V, P>>,
}

impl<'a, K, V, P: Policy> Copies<'a, K, V, P> {
    /// # Safety
    /// `x` and `y` are buckets of the map that nobody reads; `free` is the list
    /// of their generation.
    unsafe fn begin(
        free: &'a mut FreeList<K, V, P>,
        x: BucketPtr<K, V, P>,
        y: Option<BucketPtr<K, V, P>>,
    ) -> Self {
        for head in [Some(x), y].into_iter().flatten() {
            // SAFETY: The bucket is the map's and holds nothing.
            unsafe { head.init() };
        }
        Self { free, x, y }
    }

    /// Keeps the copies; says how many buckets are still free.
    fn commit(self) -> u32 {
        ManuallyDrop::new(self).free.len()
    }
}

impl<K, V, P: Policy> Drop for Copies<'_, K, V, P> {
    fn drop(&mut self) {
        forget_copies(self.free, self.x);
        if let Some(y) = self.y {
            forget_copies(self.free, y);
        }
    }
}

/// Makes the overflow buckets free that X or Y took.
#[cold]
#[inline(never)]
fn forget_copies<K, V, P: Policy>(free: &mut FreeList<K, V, P>, head: BucketPtr<K, V, P>) {
    // SAFETY: The chain was made here, of this generation, and is read no more: its head is
    // as good as uninitialised again (M5).
    unsafe { free.push_each(head.behind()) };
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
    unsafe fn append(
        ends: &mut [Self; 2],
        to_y: bool,
        free: &mut FreeList<K, V, P>,
        from: BucketPtr<K, V, P>,
        index: usize,
    ) -> Option<()> {
        let [x, y] = ends;
        let end = if to_y { y } else { x };
        if end.slot == SLOTS {
            end.extend(free)?;
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
    fn extend(&mut self, free: &mut FreeList<K, V, P>) -> Option<()> {
        let next = free.take()?;
        // SAFETY: A free bucket of this generation.
        unsafe { next.init() };
        // SAFETY: The last bucket of the chain.
        unsafe { self.bucket.set_overflow(Some(next)) };
        *self = Self::of(next);
        Some(())
    }
}
