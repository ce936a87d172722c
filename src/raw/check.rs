//! `validate`: the invariants as code. Only tests call it; it allocates nothing
//! and runs on the target too.
//!
//! A2 and A3 are checked by where a bucket lies, in a chunk or among the array's spares, and
//! by counts: as many are in chains and in the free list as in the blocks. So one that is
//! lost or foreign shows, and one of a chunk that is in two places; that a spare hangs in
//! two chains shows by its keys (H2). M5 cannot be checked by reading; Miri and the
//! sanitizers do.

use super::bmap::BucketPtr;
use super::cells::Cells;
use super::grow::{CHUNKS_REUSED, NOT_KNOWN};
use super::{Flags, RawHmap, Slot};
use crate::alloc::Allocator;
use crate::hash::HashValue;
use crate::policy::Policy;
use crate::sizing::{BucketBits, Reservation, SLOTS};
use crate::tophash::TopHash;

/// An invariant that does not hold, by its number, in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation(pub &'static str);

/// What the chains hold.
#[derive(Default)]
struct Counted {
    live: usize,
    overflow: u32,
    /// Of the overflow buckets, those that are in the old array's block.
    in_block: u32,
    /// Overflow buckets of the longest chain.
    longest: u32,
}

fn must(holds: bool, invariant: &'static str) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation(invariant))
    }
}

impl<K, V, A: Allocator, P: Policy> RawHmap<K, V, A, P> {
    /// Walks the whole map and returns the first invariant that does not hold.
    pub(crate) fn validate(
        &self,
        eq: impl Fn(&K, &K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Result<(), Violation> {
        self.check_header()?;
        self.check_quiet()?;
        self.check_small()?;
        let (mut current, mut old) = (Counted::default(), Counted::default());
        for head in self.chains() {
            let in_old = self.is_old(head);
            let counted = if in_old { &mut old } else { &mut current };
            self.check_chain(head, counted)?;
            self.check_keys(head, &eq, &hasher)?;
        }
        must(
            current.live + old.live == self.count,
            "H1: count is the number of live slots",
        )?;
        must(
            current.overflow == self.noverflow,
            "H7: noverflow counts overflow buckets",
        )?;
        must(
            u32::min(current.longest, NOT_KNOWN.into()) <= self.longest.into(),
            "H7: no chain is longer than the longest",
        )?;
        must(
            current.in_block == 0 && self.free.runs().all(|(run, _)| !self.is_in_old_block(run)),
            "A3: what is in use or free does not lie in the old array's block",
        )?;
        if self.is_growing() {
            let bound = if self.old_block == 0 {
                old.live / SLOTS
            } else {
                (old.in_block + old.longest) as usize
            };
            let needed = usize::min(old.overflow as usize, bound);
            must(
                self.free.set_aside() as usize >= needed,
                "H6: enough is set aside for the chains that are not moved",
            )?;
        }
        self.check_memory(&old)
    }

    fn check_header(&self) -> Result<(), Violation> {
        if self.buckets.is_none() {
            must(
                self.count == 0 && !self.is_growing(),
                "A1: entries, and no array",
            )?;
        }
        let (reserved, cells) = (self.reserved as usize, self.cells.len());
        let held = if Cells::<K, V>::are_used::<P>() {
            reserved
        } else {
            0
        };
        must(
            cells == held,
            "H8: cells for all that is reserved, and no more",
        )?;
        // Of those that were held when it was reserved some may be in chains since.
        let held = self.free.len().saturating_sub(self.free.set_aside());
        let needed = Reservation::new(self.count, reserved).map_or(0, |promise| promise.buckets);
        must(
            held as usize + self.noverflow as usize >= needed as usize,
            "H8: buckets for all that is reserved",
        )?;
        must(
            self.free.is_counted(),
            "A2: the free list counts its buckets",
        )?;
        if !self.is_growing() {
            must(
                !self.is_same_size_growth(),
                "H3: same-size growth, and no old array",
            )?;
            return Ok(());
        }
        must(
            self.free.len() >= self.free.set_aside(),
            "H6: set-aside buckets are free",
        )?;
        let mark = self.nevacuate as usize;
        must(
            mark < self.old_bits().count(),
            "H3: the mark is within the old array",
        )?;
        must(
            (0..mark).all(|n| self.is_initialised(n)),
            "H3: moved below the mark",
        )
    }

    /// H9: nothing is owed where the header says so.
    fn check_quiet(&self) -> Result<(), Violation> {
        let owes_nothing = self.buckets.is_some()
            && !self.is_growing()
            && self.oldoverflow.is_empty()
            && self.reserved == 0
            && !self.has_too_many_overflow_buckets();
        must(
            self.quiet == 0 || (owes_nothing && self.quiet == self.quiet_limit()),
            "H9: a map is quiet that owes something",
        )
    }

    /// H10: a small first bucket is alone, and no further slot is in use.
    fn check_small(&self) -> Result<(), Violation> {
        let Some(bucket) = self.buckets.filter(|_| (self.slots as usize) < SLOTS) else {
            return Ok(());
        };
        let alone = self.is_small()
            && self.bits == BucketBits::ONE_BUCKET
            && self.flags == Flags::NONE
            && !self.is_growing()
            && self.reserved == 0
            && self.noverflow == 0
            && self.free.len() == 0;
        must(alone, "H10: a small bucket is not alone")?;
        // SAFETY: Heads of the current array are initialised: no growth runs.
        let mut live = unsafe { bucket.tops() }.live();
        must(
            live.all(|index| index < self.slots as usize),
            "H10: a slot in use that is not there",
        )
    }

    /// Whether this head is in the old array.
    fn is_old(&self, head: BucketPtr<K, V, P>) -> bool {
        // SAFETY: All numbers are below the old array's count.
        self.oldbuckets.is_some_and(|old| unsafe {
            let last = old.nth(self.old_bits().mask());
            (old.address()..=last.address()).contains(&head.address())
        })
    }

    /// Whether a bucket is in the old array's block, where its length is known.
    fn is_in_old_block(&self, bucket: BucketPtr<K, V, P>) -> bool {
        self.oldbuckets
            .is_some_and(|old| bucket.is_within(old, self.old_block as usize))
    }

    /// M2, M3, M4 of one chain that owns entries, and its end (A2).
    fn check_chain(
        &self,
        head: BucketPtr<K, V, P>,
        counted: &mut Counted,
    ) -> Result<(), Violation> {
        let limit = self.most_overflow_buckets();
        let mut before = TopHash::EMPTY_ONE;
        let mut length = 0;
        let mut next = Some(head);
        while let Some(bucket) = next {
            // SAFETY: A chain that owns entries is initialised (M5).
            let tops = unsafe { bucket.tops() };
            for index in 0..SLOTS {
                let top = tops.get(index);
                must(
                    top.is_live() || top.is_empty(),
                    "M4: evacuated slot in a chain in use",
                )?;
                if top == TopHash::EMPTY_REST {
                    let first_slot = bucket == head && index == 0;
                    let ends = before.is_live() || before == TopHash::EMPTY_REST || first_slot;
                    must(ends, "M3: emptyRest reaches back to the last live slot")?;
                } else {
                    must(
                        before != TopHash::EMPTY_REST,
                        "M3: a slot in use after emptyRest",
                    )?;
                }
                before = top;
            }
            counted.live += tops.live().len();
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
            if let Some(next) = next {
                length += 1;
                counted.longest = u32::max(counted.longest, length);
                let in_block = self.is_in_old_block(next);
                counted.in_block += u32::from(in_block);
                must(
                    !self.is_old(head)
                        || self.old_block == 0
                        || in_block != self.oldoverflow.contains(next),
                    "A3: an overflow bucket of an old chain is in the old block or in a chunk",
                )?;
                counted.overflow += 1;
                must(
                    (counted.overflow as usize) <= limit,
                    "A2: more in chains than there are",
                )?;
            }
        }
        must(
            before != TopHash::EMPTY_ONE,
            "M3: a chain that does not end with an entry ends with emptyRest",
        )
    }

    /// H2 of one chain: each key belongs here, under its tophash, and only once.
    fn check_keys(
        &self,
        head: BucketPtr<K, V, P>,
        eq: &impl Fn(&K, &K) -> bool,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), Violation> {
        let mut next = Some(head);
        while let Some(bucket) = next {
            // SAFETY: A chain that owns entries is initialised (M5).
            let tops = unsafe { bucket.tops() };
            for index in tops.live() {
                // SAFETY: The slot is live (M1).
                let key = unsafe { bucket.key(index).as_ref() };
                let hash = hasher(key);
                must(
                    self.chain(hash) == Some(head),
                    "H2: a key is in the chain of its hash",
                )?;
                must(
                    tops.get(index) == TopHash::of(hash),
                    "M1: a tophash is its key's",
                )?;
                let first = self.find(hash, |stored| eq(key, stored));
                let here = Slot { bucket, index };
                must(
                    first == Some(here),
                    "H2: a key is in one place and found there",
                )?;
            }
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
        }
        Ok(())
    }

    /// The most overflow buckets that chains can have: those of all chunks, and
    /// of the arrays' spares, which an allocator may have made more than asked.
    fn most_overflow_buckets(&self) -> usize {
        let chunks = self.overflow.totals::<K, V, P>().buckets
            + self.oldoverflow.totals::<K, V, P>().buckets;
        let spares = usize::MAX >> 1;
        if self.bits.spares() == 0 {
            chunks
        } else {
            chunks.saturating_add(spares)
        }
    }

    /// Whether a run is among the first so many spares of the current array.
    fn are_spares(&self, first: BucketPtr<K, V, P>, buckets: usize, spares: usize) -> bool {
        let Some(base) = self.buckets.filter(|_| self.bits.spares() > 0) else {
            return false;
        };
        // SAFETY: An array with spares has a bucket behind those that are numbered, and
        // the run is within a block.
        let (spare, last) = unsafe { (base.nth(self.bits.count()), first.nth(buckets - 1)) };
        first.is_within(spare, spares) && last.is_within(spare, spares)
    }

    /// A2, A3: no bucket of a block is lost, none is in use twice, and none is in use that
    /// is in no block of the generation.
    fn check_memory(&self, old: &Counted) -> Result<(), Violation> {
        let used = self.noverflow as usize + self.free.len() as usize;
        let spares: usize = self.outside_of_chunks().map(|(_, buckets)| buckets).sum();
        let mut chunks = self.overflow.totals::<K, V, P>().buckets;
        if self.longest == CHUNKS_REUSED {
            chunks += self.oldoverflow.totals::<K, V, P>().buckets;
        }
        must(
            used <= chunks + spares,
            "A2: an overflow bucket is in two places",
        )?;
        must(
            self.longest >= NOT_KNOWN || used == chunks + spares,
            "A2: an overflow bucket is lost",
        )?;
        must(spares >= self.bits.spares(), "A2: a spare is lost")?;
        must(
            self.outside_of_chunks()
                .all(|(first, buckets)| self.are_spares(first, buckets, spares)),
            "A3: what is in no chunk is one of the array's spares, of which none is lost",
        )?;
        if self.is_growing() && self.old_bits().spares() == 0 {
            let old_chunks = self.oldoverflow.totals::<K, V, P>().buckets;
            must(
                old.overflow as usize <= old_chunks,
                "A3: old chains lie in old blocks",
            )?;
        }
        Ok(())
    }
}
