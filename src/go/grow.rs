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
//! (H6): the least of three numbers of overflow buckets.
//!
//! * *By chains.* A chain of c buckets fills at most c − 1 overflow buckets of the two
//!   that it is split into, since ⌈x/8⌉ + ⌈y/8⌉ ≤ c + 1 where x + y ≤ 8c: no more than there
//!   are.
//! * *By entries.* x entries fill ⌊(x − 1)/8⌋: no more than an eighth of the entries.
//! * *By spares.* A chain that is moved gives its own overflow buckets to the moves to come,
//!   but for spares of the old array, which go with that. Where s of those in chains are
//!   spares, and no chain has more than m, s + m are enough: a move takes t, and gives back
//!   all but s′ of the chain's own, which are t at least. For one key more, s + m + 1.
//!
//! A move that takes t buckets and gives r back leaves max(0, t − r) less to be set aside, and
//! that is right by each count: t is no more than what its chain brings *by chains* and *by
//! entries*, and t − r ≤ s′ is what it brings *by spares*. What is free beyond that never
//! becomes less, so a move takes nothing from what is held for keys to come (H8).

use super::header::{Growth, Header};
use super::room::Held;
use crate::memory::array::{Array, NewArray, free_bucket_array};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::hash_key::HashKey;
use crate::memory::heap::Heap;
use crate::memory::shape::MapType;
use crate::numbers::error::Had;
use crate::numbers::hash::HashValue;
use crate::numbers::sizing::{BucketBits, Promise, SLOTS, growth_put_off, over_load_factor};
use crate::numbers::tophash::{Marks, TopHash};
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

/// How far one call looks for the next old bucket that is not evacuated.
const LOOK_AHEAD: usize = 1024;

impl Header {
    /// Starts a growth if one new entry more calls for it, and nothing is reserved. A growth
    /// that is refused is put off until [`growth_put_off`] new keys have come; chains get
    /// longer meanwhile, and nothing else changes.
    pub(crate) fn grow_if_due<H: Heap>(&mut self, heap: H) -> bool {
        let Some(bits) = self.growth_due() else {
            return false;
        };
        if self.put_off > 0 {
            self.put_off -= 1;
            return false;
        }
        if self.reserved > 0 {
            return false;
        }
        let started = self.hash_grow(heap, bits).is_ok();
        if !started {
            self.put_off = growth_put_off(self.bits);
        }
        started
    }

    /// B of the array that a map of so many entries calls for, if that is another one than it
    /// has, or if its chains call for a fresh one; none where it cannot be had now.
    pub(super) fn growth_due_with(&self, entries: usize) -> Option<BucketBits> {
        let may_grow = self.has_buckets() && !self.is_growing() && self.home.slots() == SLOTS;
        if !may_grow {
            None
        } else if over_load_factor(entries, self.bits) {
            self.bits.doubled()
        } else {
            Some(self.bits).filter(|_| self.has_too_many_overflow_buckets())
        }
    }

    /// B of the array that one entry more calls for.
    pub(crate) fn growth_due(&self) -> Option<BucketBits> {
        // More entries than a `usize` can count would not fit any memory.
        self.growth_due_with(self.count + 1)
    }

    /// Starts a growth to 2^`bits` buckets, one B up or the same. Nothing is
    /// moved yet, and nothing initialised: the work does not depend on B.
    ///
    /// What the moves can need (H6) is set aside here: of the spares of the new array, of free
    /// buckets of chunks, and of a new chunk where these are too few. After an error the map
    /// has the memory that it had.
    ///
    /// Go: `hashGrow`.
    #[cold]
    #[inline(never)]
    fn hash_grow<H: Heap>(&mut self, heap: H, bits: BucketBits) -> Had<()> {
        debug_assert!(!self.is_growing() && !self.is_small(heap.of()));
        let set_aside = self.needed_by_moves();
        let array = NewArray::make(heap, bits)?;
        let short = set_aside.saturating_sub(self.free_with(array.array()));
        if short > 0 {
            self.add_chunk(heap, short)?;
        }
        self.begin_moves(heap.of(), array.into_array(), set_aside);
        Ok(())
    }

    /// As [`hash_grow`](Self::hash_grow), with what is to be reserved.
    pub(super) fn hash_grow_reserving<H: Heap>(
        &mut self,
        heap: H,
        bits: BucketBits,
        promise: Promise,
    ) -> Had<()> {
        debug_assert!(!self.is_growing() && !self.is_small(heap.of()));
        let set_aside = self.needed_by_moves();
        let array = NewArray::make(heap, bits)?;
        let needed = set_aside.saturating_add(promise.buckets);
        let short = needed.saturating_sub(self.free_with(array.array()));
        let keys = promise.keys.saturating_sub(self.reserved);
        let mut held = Held::new(heap);
        held.get(short, bits.chunk(), false, keys)?;
        // An insert does that before. Here it waits until there is memory: after a refusal the
        // map has all that it had.
        self.give_back(heap);
        // From here on nothing fails.
        self.begin_moves(heap.of(), array.into_array(), set_aside);
        self.keep(held);
        self.reserved = u32::max(self.reserved, promise.keys);
        Ok(())
    }

    /// Overflow buckets of chunks that are free.
    pub(super) fn free_in_chunks(&self) -> u32 {
        self.extra_if_any()
            .map_or(0, |extra| extra.pool.in_chunks())
    }

    /// Overflow buckets that are free once this array, a new one, is the current one.
    fn free_with(&self, array: Array) -> u32 {
        self.free_in_chunks().saturating_add(array.spares)
    }

    /// Makes a new array the current one, and the current one old.
    fn begin_moves<T: MapType>(&mut self, of: T, array: Array, set_aside: u32) {
        let (old, old_home) = (self.array(), self.home());
        self.enter_array(of, array);
        self.begin_growth(old, old_home, set_aside);
        self.put_off = 0;
    }

    /// How many overflow buckets the moves of a growth that starts now can need.
    #[cfg_attr(feature = "small-code", inline(never))]
    pub(super) fn needed_by_moves(&self) -> u32 {
        let Some(extra) = self.extra_if_any() else {
            return 0;
        };
        let by_entries = usize::min(extra.noverflow as usize, self.count / SLOTS) as u32;
        let spares = extra.spares - extra.pool.free_spares();
        let by_spares = spares.saturating_add(extra.longest).saturating_add(1);
        u32::min(by_entries, by_spares)
    }

    /// The work that an insert or removal owes to a growth: evacuates the old bucket that it
    /// is about to use and one more. The allocator is not called, so that what goes on to
    /// overwrite, or says that it does not call it, may do this first.
    ///
    /// Go: `growWork`.
    #[inline]
    pub(crate) fn growth_work<T: MapType>(&mut self, of: T, hash: HashValue, hasher: impl HashKey) {
        if self.is_growing() {
            self.move_two(of, hash, hasher);
        }
    }

    /// The chain that a hash's key is in or goes into, after the growth work that an insert
    /// owes; none before the first insert.
    #[inline]
    pub(crate) fn chain_to_change<T: MapType>(
        &mut self,
        of: T,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> Option<BucketPtr<T>> {
        self.growth_work(of, hash, hasher);
        // SAFETY: The work is done.
        unsafe { self.moved_chain(of, hash) }
    }

    /// The chain that a hash's key is in, after the work that a removal owes: the same, or if
    /// no growth runs an old array that is left is given back.
    ///
    /// # Safety
    /// There is an array.
    #[inline]
    pub(crate) unsafe fn chain_to_remove_from<H: Heap>(
        &mut self,
        heap: H,
        hash: HashValue,
        hasher: impl HashKey,
    ) -> BucketPtr<H::Of> {
        if self.may_owe() {
            if self.is_growing() {
                self.move_two(heap.of(), hash, hasher);
            } else {
                self.give_back(heap);
                self.settle();
            }
        }
        // SAFETY: The work is done; the caller's promise.
        unsafe { self.moved_chain(heap.of(), hash).unwrap_unchecked() }
    }

    /// Gives the old array back that a growth has left, or one of the chunks that it has
    /// emptied; whether there was something. To be called where the allocator may be.
    #[inline(never)]
    pub(crate) fn give_back<H: Heap>(&mut self, heap: H) -> bool {
        let Some(extra) = self.extra_mut() else {
            return false;
        };
        match extra.growth {
            Some(growth) if growth.is_over() => {
                extra.growth = None;
                // SAFETY: A1, H3: all its chains are moved, and the map has forgotten it.
                unsafe { free_bucket_array(heap, growth.old) };
                true
            }
            // SAFETY: The chunks are of this heap.
            _ => unsafe { extra.pool.give_back(heap) },
        }
    }

    /// Moves the chain of this hash, if it is still there, and the next in order.
    #[inline(never)]
    pub(crate) fn move_two<T: MapType>(&mut self, of: T, hash: HashValue, hasher: impl HashKey) {
        if let Some(Growth { old, .. }) = self.growth().copied() {
            let number = hash.bucket(old.bits);
            // SAFETY: The number is below the old array's count, whose heads are initialised.
            if !unsafe { old.bucket_0(of).nth(number).is_evacuated() } {
                self.evacuate(of, old, number, hasher);
            }
        }
        self.evacuate_next(of, hasher);
    }

    /// Moves the chain that is next in order.
    fn evacuate_next<T: MapType>(&mut self, of: T, hasher: impl HashKey) {
        if let Some(Growth { old, nevacuate }) = self.growth().copied() {
            self.evacuate(of, old, nevacuate as usize, hasher);
        }
    }

    /// Moves the chain of one bucket of the old array, if it is still there, and advances the
    /// mark if it is the next one in order.
    ///
    /// Go: `evacuate`.
    #[inline(never)]
    fn evacuate<T: MapType>(&mut self, of: T, old: Array, number: usize, hasher: impl HashKey) {
        // SAFETY: The caller's number is below the old array's count.
        let head = unsafe { old.bucket_0(of).nth(number) };
        // SAFETY: Heads of the old array are initialised.
        let waits = !unsafe { head.is_evacuated() };
        if waits && self.move_chain(head, number, old.bits, hasher).is_none() {
            return;
        }
        self.advance_evacuation_mark(of, number);
    }

    /// Splits an old chain between X and Y, or compacts it into X, and marks it
    /// as evacuated. `None`, with the chain as it was, if a bucket was missing, which
    /// H6 rules out.
    fn move_chain<T: MapType>(
        &mut self,
        head: BucketPtr<T>,
        number: usize,
        old_bits: BucketBits,
        hasher: impl HashKey,
    ) -> Option<()> {
        let doubling = old_bits != self.bits;
        // SAFETY: X is below the new array's count, which is at least the old's.
        let x = unsafe { self.bucket_0(head.of())?.nth(number) };
        let y = doubling.then(|| {
            // SAFETY: So is Y: the new count is twice the old.
            unsafe { x.nth(old_bits.count()) }
        });

        // SAFETY: The old bucket is not evacuated, so nobody reads X and Y (M5).
        let mut copies = unsafe { Copies::begin(self, x, y) };
        let mut ends = [End::of(x), End::of(y.unwrap_or(x))];
        // The head's alone: nobody reads the buckets behind it again.
        let mut marks = None;
        let mut next = Some(head);
        while let Some(bucket) = next {
            // SAFETY: The chain owns its entries, so it is initialised.
            let tops = unsafe { bucket.tops() };
            let mut marked = Marks::EMPTY;
            for (index, top) in tops.entries() {
                let from = Slot { bucket, index };
                // SAFETY: The slot is live (M1).
                let hash = || unsafe { hasher.hash(from.key_at()) };
                let hash = if doubling { hash() } else { HashValue::new(0) };
                let side = hash.side(old_bits);
                marked.note(index, side);
                // SAFETY: The slot is live, of an old chain; nobody reads the new ones.
                let appended = unsafe { End::append(&mut ends, side, &mut copies, from, top) };
                if appended.is_none() {
                    debug_assert!(false, "H6: enough is set aside");
                    copies.give_up();
                    return None;
                }
            }
            marks = marks.or(Some(marked.tops()));
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
        }
        let taken = copies.commit();
        // SAFETY: The copies are the entries from here on; M4.
        unsafe { head.set_tops(marks?) };
        // Only a chain that has overflow buckets can take some.
        // SAFETY: As above.
        if unsafe { head.overflow() }.is_some() {
            // SAFETY: The chain is moved.
            unsafe { self.exchange_buckets(head, taken) };
        }
        Some(())
    }

    /// Counts the overflow buckets that a move took, and frees those of the chain itself for the
    /// moves to come, but for the old array's spares. What is lost by that the others need less
    /// than before.
    ///
    /// # Safety
    /// `head` is that of the chain, which is of the old array, and which nobody reads again.
    #[cold]
    #[inline(never)]
    unsafe fn exchange_buckets<T: MapType>(&mut self, head: BucketPtr<T>, taken: u32) {
        let Some(extra) = self.extra_mut() else {
            return;
        };
        let Some(growth) = extra.growth else { return };
        // SAFETY: The chain was initialised, and its links are still there.
        let behind = unsafe { head.behind() };
        let pool = &mut extra.pool;
        // SAFETY: The caller's promise; A3.
        let freed = unsafe { pool.put_back_of_left(head.of(), growth.old, behind) };
        if taken > 0 {
            extra.noverflow += taken;
            extra.longest = u32::max(extra.longest, taken);
            extra.set_aside = extra.set_aside.saturating_sub(taken.saturating_sub(freed));
        }
    }

    /// Makes one bucket that is set aside free for all if no other is: for the key that a
    /// growth was started for, if there was a slot for it and is none now (H6).
    pub(crate) fn spare_one(&mut self) {
        let has_spare = self.has_spare_bucket();
        if let Some(extra) = self.extra_mut().filter(|_| !has_spare) {
            extra.set_aside = extra.set_aside.saturating_sub(1);
        }
    }

    /// Moves the mark past the old bucket of this number, if it stands there, and past those that
    /// were evacuated out of order; behind the last one the growth is over.
    ///
    /// Go: `advanceEvacuationMark`.
    fn advance_evacuation_mark<T: MapType>(&mut self, of: T, number: usize) {
        let growth = self.growth_mut();
        let Some(growth) = growth.filter(|growth| growth.nevacuate as usize == number) else {
            return;
        };
        let (base, count) = (growth.old.bucket_0(of), growth.old.bits.count());
        let mut mark = number + 1;
        let stop = usize::min(mark + LOOK_AHEAD, count);
        // SAFETY: The mark is below the old array's count.
        while mark != stop && unsafe { base.nth(mark).is_evacuated() } {
            mark += 1;
        }
        // At most 2^31.
        growth.nevacuate = mark as u32;
        if mark == count {
            self.let_chunks_go();
            self.end_growth();
        }
    }

    /// Moves all that is left of a growth: work in proportion to the old array.
    pub(crate) fn finish_growth<H: Heap>(&mut self, heap: H, hasher: impl HashKey) {
        while let Some(Growth { nevacuate, .. }) = self.growth().copied() {
            self.evacuate_next(heap.of(), hasher);
            let is_stuck = |growth: &Growth| growth.nevacuate == nevacuate;
            if self.growth().is_some_and(is_stuck) {
                debug_assert!(false, "H6: a step of growth can always run");
                return;
            }
        }
        while self.give_back(heap) {}
        self.settle();
    }

    /// Moves up to `chains` old chains; true if some are left.
    pub(crate) fn grow_step<H: Heap>(
        &mut self,
        heap: H,
        chains: usize,
        hasher: impl HashKey,
    ) -> bool {
        for _ in 0..chains {
            if !self.is_growing() {
                break;
            }
            self.evacuate_next(heap.of(), hasher);
        }
        self.give_back(heap);
        self.settle();
        self.is_growing()
    }
}

/// The copies of a chain that is being moved: X and Y. Dropped before they are
/// committed, they are forgotten.
///
/// Go: `evacDst`.
struct Copies<'a, T: MapType> {
    header: &'a mut Header,
    x: BucketPtr<T>,
    y: Option<BucketPtr<T>>,
    /// Overflow buckets that they took.
    taken: u32,
}

impl<'a, T: MapType> Copies<'a, T> {
    /// # Safety
    /// `x` and `y` are buckets of the current array that nobody reads.
    unsafe fn begin(header: &'a mut Header, x: BucketPtr<T>, y: Option<BucketPtr<T>>) -> Self {
        // SAFETY: The buckets are the map's and hold nothing.
        unsafe {
            x.init();
            if let Some(y) = y {
                y.init();
            }
        }
        Self {
            header,
            x,
            y,
            taken: 0,
        }
    }

    /// Forgets the copies: X and Y are empty. Only where H6 is broken already, so the overflow
    /// buckets that they took are not looked after: they are in no use until the map goes.
    #[cold]
    #[inline(never)]
    fn give_up(self) {
        let Self { x, y, .. } = *ManuallyDrop::new(self);
        // SAFETY: As above.
        unsafe {
            x.init();
            if let Some(y) = y {
                y.init();
            }
        }
    }

    /// Keeps the copies; says how many overflow buckets they took.
    fn commit(self) -> u32 {
        ManuallyDrop::new(self).taken
    }
}

impl<T: MapType> Drop for Copies<'_, T> {
    #[cold]
    #[inline(never)]
    fn drop(&mut self) {
        for head in [Some(self.x), self.y].into_iter().flatten() {
            // SAFETY: The chain was made here and is read no more: its head is as good as
            // uninitialised again (M5).
            unsafe { self.header.put_back(head) };
        }
    }
}

/// Where a chain that is filled ends: its last bucket, and the slot of it that is next.
struct End {
    bucket: NonNull<u8>,
    slot: usize,
}

impl End {
    /// The end of a chain without entries.
    const fn of<T: MapType>(head: BucketPtr<T>) -> Self {
        Self {
            bucket: head.address(),
            slot: 0,
        }
    }

    /// Copies a slot of an old bucket to the end of X, side 0, or of Y, side 1; `None` if that takes an
    /// overflow bucket and none is free.
    ///
    /// # Safety
    /// The slot is live, with this tophash, in a bucket of an old chain; these are the ends of
    /// chains that nobody else reads.
    #[inline(always)]
    unsafe fn append<T: MapType>(
        ends: &mut [Self; 2],
        side: usize,
        copies: &mut Copies<'_, T>,
        from: Slot<T>,
        top: TopHash,
    ) -> Option<()> {
        let of = from.bucket.of();
        let end = ends.get_mut(side & 1)?;
        if end.slot == SLOTS {
            end.extend(of, copies)?;
        }
        let (bucket, slot) = (BucketPtr::at(of, end.bucket), end.slot);
        // SAFETY: Old and new buckets are in different blocks; which copy is the entry is
        // decided by the caller's commit. The slot is filled (M1), for when the bucket
        // comes into use.
        unsafe {
            from.bucket.copy_slot(from.index, bucket, slot);
            bucket.set_top(slot, top);
        }
        end.slot = slot + 1;
        Some(())
    }

    /// Adds an overflow bucket to the chain, of those that are set aside.
    #[cold]
    #[inline(never)]
    fn extend<T: MapType>(&mut self, of: T, copies: &mut Copies<'_, T>) -> Option<()> {
        let next = copies.header.extra_mut()?.pool.take(of)?;
        copies.taken += 1;
        // SAFETY: A free bucket, and the last one of the chain.
        unsafe {
            next.init();
            BucketPtr::at(of, self.bucket).set_overflow(Some(next));
        }
        *self = Self::of(next);
        Some(())
    }
}
