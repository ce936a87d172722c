//! Moving everything at once into an array of another size: how a map shrinks, which
//! Go's never does.

use super::bmap::BucketPtr;
use super::buckets::{Blocks, Generation};
use super::grow::CHUNKS_REUSED;
use super::{Flags, RawHmap, Slot};
use crate::alloc::Allocator;
use crate::error::TryReserveError;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::BucketBits;
use crate::tophash::TopHash;

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Gives back what is not needed to hold `entries` entries, or those that are
    /// there if they are more. What was reserved is so no longer.
    ///
    /// After an error the map is as it was, but for a growth that was finished.
    pub(crate) fn shrink_to(
        &mut self,
        entries: usize,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let entries = usize::max(entries, self.count);
        let bits = BucketBits::for_entries(entries).unwrap_or(self.bits);
        let lent = self
            .buckets
            .filter(|_| self.flags.has(Flags::CALLERS_BUCKET));
        if entries == 0 || (self.count == 0 && lent.is_some()) {
            self.start_again_in(lent);
            return Ok(());
        }
        self.finish_growth(hasher);
        let has_free_chunks =
            self.free.len() as usize > self.bits.spares() || self.longest == CHUNKS_REUSED;
        if bits < self.bits || (bits == self.bits && has_free_chunks) {
            self.rebuild(bits, hasher)?;
        }
        self.void_reservation();
        Ok(())
    }

    /// Gives all memory of an empty map back, but for the caller's bucket, which it goes
    /// on with if that is what it has.
    fn start_again_in(&mut self, lent: Option<BucketPtr<K, V, P>>) {
        debug_assert!(self.count == 0);
        let memory = self.forget_memory();
        if let Some(bucket) = lent {
            // SAFETY: The bucket is the map's, and holds no entry.
            unsafe { bucket.init() };
            self.buckets = Some(bucket);
            self.flags = Flags::CALLERS_BUCKET;
        }
        // SAFETY: The map has forgotten it, and no entry was in it.
        unsafe { memory.free(&self.alloc) };
    }

    /// Moves all entries into a new array of 2^`bits` buckets. After an error, or a
    /// panic of the hasher, the map is as it was.
    fn rebuild(
        &mut self,
        bits: BucketBits,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), TryReserveError> {
        let Copied {
            blocks,
            noverflow,
            longest,
        } = self.copied(bits, hasher)?;
        // From here on nothing fails: the copies become the entries.
        let count = self.count;
        let memory = self.forget_memory();
        self.install(blocks, bits);
        self.noverflow = noverflow;
        self.note_length(longest);
        self.count = count;
        // SAFETY: The entries in it are forgotten for their copies.
        unsafe { memory.free(&self.alloc) };
        Ok(())
    }

    /// Copies of all slots in the chains of a new array.
    fn copied(
        &self,
        bits: BucketBits,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<Copied<K, V, P>, TryReserveError> {
        let mut fresh = Fresh {
            made: Generation::make(&self.alloc, bits, 0)?.initialised(),
            noverflow: 0,
            longest: 0,
        };
        let mut slots = self.slots();
        while let Some(slot) = slots.next() {
            // SAFETY: The slot is live (M1).
            let key = unsafe { slot.bucket.key(slot.index).as_ref() };
            let hash = hasher(key);
            // SAFETY: The slot is live.
            unsafe { fresh.append(hash, slot)? };
        }
        let Fresh {
            made,
            noverflow,
            longest,
        } = fresh;
        Ok(Copied {
            blocks: made.into_blocks(),
            noverflow,
            longest,
        })
    }
}

/// A new array with copies of all entries.
struct Copied<K, V, P> {
    blocks: Blocks<K, V, P>,
    /// Overflow buckets of all chains, and of the longest.
    noverflow: u32,
    longest: u32,
}

/// A new array that entries are copied into. Dropped before it is installed, it
/// forgets the copies.
struct Fresh<'a, K, V, A: Allocator, P: Policy> {
    made: Generation<'a, K, V, P, A>,
    noverflow: u32,
    longest: u32,
}

impl<K, V, A: Allocator, P: Policy> Fresh<'_, K, V, A, P> {
    /// Copies a slot to the end of the chain of its hash.
    ///
    /// # Safety
    /// The slot is live, and of another array.
    unsafe fn append(
        &mut self,
        hash: HashValue,
        from: Slot<K, V, P>,
    ) -> Result<(), TryReserveError> {
        // SAFETY: The number is below 2^B.
        let mut bucket = unsafe { self.made.blocks.base.nth(hash.bucket(self.made.bits)) };
        let mut overflow = 0;
        let index = loop {
            // SAFETY: Buckets of these chains are initialised.
            if let Some(index) = unsafe { bucket.tops() }.free().first() {
                break index;
            }
            // SAFETY: As above.
            bucket = match unsafe { bucket.overflow() } {
                Some(next) => next,
                None => self.link_behind(bucket)?,
            };
            overflow += 1;
        };
        self.longest = u32::max(self.longest, overflow);
        // SAFETY: Slots of two arrays; which copy is the entry is decided by whoever
        // installs this array or drops it.
        unsafe {
            from.bucket.copy_slot(from.index, bucket, index);
            bucket.set_top(index, TopHash::of(hash));
        }
        Ok(())
    }

    /// Gives the last bucket of a chain a successor.
    fn link_behind(
        &mut self,
        last: BucketPtr<K, V, P>,
    ) -> Result<BucketPtr<K, V, P>, TryReserveError> {
        let next = match self.made.blocks.free.take() {
            Some(bucket) => bucket,
            None => {
                // One at a time: a map is shrunk to hold no spare memory.
                self.made.add_chunk(1)?;
                let taken = self.made.blocks.free.take();
                taken.ok_or(TryReserveError::CapacityOverflow)?
            }
        };
        // SAFETY: A free bucket, and the last one of a chain (A2).
        unsafe {
            next.init();
            last.set_overflow(Some(next));
        }
        self.noverflow += 1;
        Ok(next)
    }
}
