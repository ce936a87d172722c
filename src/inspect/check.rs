//! `validate`: the invariants as code. Only tests call it; it allocates nothing
//! and runs on the target too.
//!
//! A2 and A3 are checked by where a bucket lies, in a chunk or among an array's spares, and
//! by counts: as many are in chains and free as in the blocks. So one that is
//! lost or foreign shows, and one that is in two places; that one hangs in
//! two chains shows by its keys (H2) too. M5 cannot be checked by reading; Miri and the
//! sanitizers do.

use crate::go::arrays::Arrays;
use crate::go::header::Home;
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::shape::Types;
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::numbers::sizing::{BucketBits, Promise, SLOTS};
use crate::numbers::tophash::TopHash;
use crate::table::map::RawHmap;
use crate::table::policy::OfArrays;

/// An invariant that does not hold, by its number, in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation(pub &'static str);

/// What the chains of an array hold.
#[derive(Default)]
struct Counted {
    live: usize,
    overflow: u32,
    /// Of the overflow buckets, the spares of that array.
    spares: u32,
    /// Overflow buckets of the longest chain.
    longest: u32,
}

pub(super) fn must(holds: bool, invariant: &'static str) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation(invariant))
    }
}

impl<K, V, A: Allocator, P: OfArrays> RawHmap<K, V, A, P> {
    /// Walks the whole map and returns the first invariant that does not hold.
    pub(crate) fn validate(
        &self,
        eq: impl Fn(&K, &K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Result<(), Violation> {
        self.check_header()?;
        must(
            self.header().is_quiet_rightly(),
            "H9: a map is quiet that owes something",
        )?;
        self.check_small()?;
        self.check_growth()?;
        let (mut current, mut old) = (Counted::default(), Counted::default());
        must(
            !self.header().is_indexed() || !self.header().is_growing(),
            "H12: bits are kept up in a growth",
        )?;
        let arrays = self.header().arrays(Types::HERE);
        for (number, head) in arrays.into_iter().flat_map(Arrays::all) {
            self.check_occupancy(number, head)?;
            let counted = if self.is_old(head) {
                &mut old
            } else {
                &mut current
            };
            self.check_chain(head, counted)?;
            self.check_keys(head, &eq, &hasher)?;
        }
        let walked = self.header().walk(Types::<K, V, P>::HERE);
        must(
            walked.slots(Types::<K, V, P>::HERE).count() == self.len(),
            "H12: a walk finds all that there is",
        )?;
        must(
            current.live + old.live == self.len(),
            "H1: count is the number of live slots",
        )?;
        must(
            current.overflow == self.header().noverflow(),
            "H7: noverflow counts overflow buckets",
        )?;
        self.check_overflow(&current, &old)
    }

    fn check_header(&self) -> Result<(), Violation> {
        let header = self.header();
        must(
            header.has_buckets() || (self.len() == 0 && !header.is_growing()),
            "A1: entries, and no array",
        )?;
        must(
            header.has_extra() || header.bits() == BucketBits::ONE_BUCKET,
            "H11: an array of two buckets or more, and no Extra",
        )?;
        let cells = header.extra().cells.len();
        let held = match Types::<K, V, P>::SHAPE.has_cells() {
            true => self.reserved(),
            false => 0,
        };
        must(
            cells == held,
            "H8: cells for all that is reserved, and no more",
        )?;
        // Of those that were held when it was reserved some may be in chains since.
        let free = header.free_buckets().saturating_sub(header.set_aside());
        let promise = Promise::new(self.len(), self.reserved());
        let needed = promise.map_or(0, |promise| promise.buckets);
        must(
            free as usize + header.noverflow() as usize >= needed as usize,
            "H8: buckets for all that is reserved",
        )
    }

    /// H12 of one chain: its bit, if it is done, says whether it holds something.
    fn check_occupancy(
        &self,
        number: usize,
        head: BucketPtr<Types<K, V, P>>,
    ) -> Result<(), Violation> {
        let Some(bits) = self.header().bits_of(Types::<K, V, P>::HERE, number) else {
            return Ok(());
        };
        // SAFETY: A chain that owns entries is initialised (M5).
        let chain = || unsafe { head.chain() };
        // SAFETY: As above.
        let holds = chain().any(|bucket| !unsafe { bucket.tops() }.live().is_empty());
        must(
            bits.is_set(number) == holds,
            "H12: a bit says whether a chain holds something",
        )?;
        must(
            holds || chain().count() == 1 || bits.may_have_tail(number),
            "H12: a chain that holds nothing has overflow buckets, and nobody knows",
        )
    }

    /// H10: a small first bucket is alone, and no further slot is in use.
    fn check_small(&self) -> Result<(), Violation> {
        let header = self.header();
        let bucket = header.bucket_0(Types::<K, V, P>::HERE);
        let Some(bucket) = bucket.filter(|_| header.home().slots() < SLOTS) else {
            return Ok(());
        };
        must(
            P::SMALL_FIRST_BUCKET
                && header.bits() == BucketBits::ONE_BUCKET
                && !header.has_extra()
                && self.reserved() == 0,
            "H10: a small bucket is not alone",
        )?;
        // SAFETY: Heads of the current array are initialised: no growth runs.
        let mut live = unsafe { bucket.tops() }.live();
        must(
            live.all(|index| index < header.home().slots()),
            "H10: a slot in use that is not there",
        )
    }

    /// H3 and H6 of the header.
    fn check_growth(&self) -> Result<(), Violation> {
        let header = self.header();
        let Some(growth) = header.extra().growth else {
            return must(
                !header.is_growing() && !header.is_old_lent(),
                "H3: it grows, and there is no old array",
            );
        };
        let of_larger = growth.old.bits == header.bits().halved();
        must(
            (of_larger || growth.old.bits == header.bits()) && header.home() == Home::Owned,
            "H3: the old array is as large, or half as large",
        )?;
        if !header.is_growing() {
            return must(
                growth.is_over() && header.set_aside() == 0 && !header.is_old_lent(),
                "H3: an array is left of a growth that is not over",
            );
        }
        must(
            header.free_buckets() >= header.set_aside(),
            "H6: set-aside buckets are free",
        )?;
        must(!growth.is_over(), "H3: the mark is within the old array")?;
        let arrays = header.arrays(Types::<K, V, P>::HERE);
        let mut below = 0..growth.nevacuate as usize;
        must(
            arrays.is_some_and(|arrays| below.all(|n| arrays.initialised(n).is_some())),
            "H3: moved below the mark",
        )
    }

    /// H6, H7, A2 and A3: overflow buckets, in chains and free.
    fn check_overflow(&self, current: &Counted, old: &Counted) -> Result<(), Violation> {
        let extra = self.header().extra();
        let shape = Types::<K, V, P>::SHAPE;
        must(
            current.longest <= extra.longest,
            "H7: no chain is longer than the longest",
        )?;
        if self.header().is_growing() {
            let by_entries = usize::min(old.overflow as usize, old.live / SLOTS);
            let by_spares = (old.spares + old.longest) as usize;
            must(
                extra.set_aside as usize >= usize::min(by_entries, by_spares),
                "H6: enough is set aside for the chains that are not moved",
            )?;
        }
        must(
            extra
                .pool
                .is_in_order(Types::<K, V, P>::HERE, self.header().array()),
            "A3: a free bucket is no spare of the array and in no chunk, or counted wrongly",
        )?;
        must(
            current.spares + extra.pool.free_spares() == extra.spares,
            "A2: a spare is lost or in two places",
        )?;
        let in_chunks = (current.overflow - current.spares) as usize
            + (old.overflow - old.spares) as usize
            + extra.pool.in_chunks() as usize;
        must(
            in_chunks == extra.pool.totals(shape).buckets,
            "A2: a bucket of a chunk is lost or in two places",
        )
    }

    /// Whether this head is in the old array.
    fn is_old(&self, head: BucketPtr<Types<K, V, P>>) -> bool {
        let arrays = self.header().arrays(Types::HERE);
        arrays.is_some_and(|arrays| arrays.is_old(head))
    }

    /// M2, M3, M4 of one chain that owns entries, its end (A2), and where it lies (A3).
    fn check_chain(
        &self,
        head: BucketPtr<Types<K, V, P>>,
        counted: &mut Counted,
    ) -> Result<(), Violation> {
        let array = match self.is_old(head) {
            true => self.header().growth().map(|growth| growth.old),
            false => self.header().array(),
        };
        let limit = self.most_overflow_buckets();
        let mut before = TopHash::EMPTY_ONE;
        let mut length = 0;
        // SAFETY: A chain that owns entries is initialised (M5).
        for bucket in unsafe { head.chain() } {
            if bucket != head {
                length += 1;
                counted.longest = u32::max(counted.longest, length);
                counted.overflow += 1;
                must(
                    counted.overflow as usize <= limit,
                    "A2: more in chains than there are",
                )?;
                let is_spare = array.is_some_and(|array| array.contains(bucket, Types::HERE));
                counted.spares += u32::from(is_spare);
                must(
                    is_spare || self.header().extra().pool.has_in_chunk(Types::HERE, bucket),
                    "A3: an overflow bucket is no spare of its array and in no chunk",
                )?;
            }
            before = self.check_tops(bucket, bucket == head, before)?;
            // SAFETY: As above.
            counted.live += unsafe { bucket.tops() }.live().len();
        }
        must(
            before != TopHash::EMPTY_ONE,
            "M3: a chain that does not end with an entry ends with emptyRest",
        )
    }

    /// M2, M3, M4 of one bucket; `before` is the last slot's state before it. Returns that of
    /// its own last slot.
    fn check_tops(
        &self,
        bucket: BucketPtr<Types<K, V, P>>,
        is_head: bool,
        mut before: TopHash,
    ) -> Result<TopHash, Violation> {
        // SAFETY: The bucket is in a chain that owns entries (M5).
        let tops = unsafe { bucket.tops() };
        for index in 0..SLOTS {
            let top = tops.get(index);
            must(
                top.is_live() || top.is_empty(),
                "M4: evacuated slot in a chain in use",
            )?;
            if top == TopHash::EMPTY_REST {
                let first_slot = is_head && index == 0;
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
        Ok(before)
    }

    /// H2 of one chain: each key belongs here, under its tophash, and only once.
    fn check_keys(
        &self,
        head: BucketPtr<Types<K, V, P>>,
        eq: &impl Fn(&K, &K) -> bool,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), Violation> {
        // SAFETY: A chain that owns entries is initialised (M5).
        for bucket in unsafe { head.chain() } {
            // SAFETY: As above.
            let tops = unsafe { bucket.tops() };
            for index in tops.live() {
                let here = Slot { bucket, index };
                // SAFETY: The slot is live.
                let key = unsafe { here.key() };
                let hash = hasher(key);
                must(
                    self.header().chain(Types::HERE, hash) == Some(head),
                    "H2: a key is in the chain of its hash",
                )?;
                must(
                    tops.get(index) == TopHash::of(hash),
                    "M1: a tophash is its key's",
                )?;
                must(
                    self.find(hash, |stored| eq(key, stored)) == Some(here),
                    "H2: a key is in one place and found there",
                )?;
            }
        }
        Ok(())
    }

    /// The most overflow buckets that chains can have: those of all chunks, and of the arrays'
    /// spares.
    fn most_overflow_buckets(&self) -> usize {
        let extra = self.header().extra();
        let old = extra.growth.map_or(0, |growth| growth.old.spares);
        let chunks = extra.pool.totals(Types::<K, V, P>::SHAPE).buckets;
        chunks + extra.spares as usize + old as usize
    }
}
