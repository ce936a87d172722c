//! What a map whose table is one of blocks looks like inside: its invariants as code, its memory
//! by purpose, its chains.

use super::check::{Violation, must};
use super::footprint::{ChainStats, Footprint};
use crate::dense::alone::layout_alone;
use crate::memory::block::{Class, Kind};
use crate::memory::bucket::{BucketPtr, Slot};
use crate::memory::shape::{MapType, Types};
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::numbers::tags::Tag;
use crate::table::map::RawHmap;
use crate::table::policy::OfBlocks;

/// What chains hold.
struct Counted {
    live: usize,
    blocks: [usize; Class::COUNT],
}

/// A block of a map.
type Block<K, V, P> = BucketPtr<Types<K, V, P>>;

impl<K, V, A: Allocator, P: OfBlocks> RawHmap<K, V, A, P> {
    /// Walks the whole map and returns the first invariant that does not hold.
    pub(crate) fn validate_blocks(
        &self,
        eq: impl Fn(&K, &K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Result<(), Violation> {
        let header = self.header();
        must(
            header.has_memory() || !header.is_quiet(),
            "D1: a map without memory is quiet",
        )?;
        must(
            header.has_memory() || self.len() == 0,
            "D1: entries, and no directory",
        )?;
        self.check_directory()?;
        let mut counted = Counted {
            live: 0,
            blocks: [0; Class::COUNT],
        };
        for (index, head) in header.chains(Types::HERE) {
            self.check_block_chain(index, head, &mut counted)?;
            self.check_entries(head, &eq, &hasher)?;
        }
        must(
            counted.live == self.len(),
            "D8: count is the number of entries",
        )?;
        self.check_slabs(&counted)?;
        self.check_reserved()
    }

    /// D1 to D4 of the directory.
    fn check_directory(&self) -> Result<(), Violation> {
        let header = self.header();
        must(
            header.is_directory_in_order(),
            "D1: more or fewer entries than the mask says",
        )?;
        for index in 0..header.entries() {
            let head = header.entry(Types::<K, V, P>::HERE, index);
            let below = header.below(index);
            must(
                header.entry(Types::HERE, below) == head,
                "D1: an entry from N on is another one than below",
            )?;
            if head.is_nothing() {
                continue;
            }
            // SAFETY: D3: a block of this map.
            let about = unsafe { head.about() };
            let depth = header.entry_depth(below);
            must(
                about.kind == Kind::First && about.owner() == index & ((1 << about.depth()) - 1),
                "D2: an entry leads to a block of others",
            )?;
            must(
                header.entry(Types::HERE, about.owner()) == head,
                "D2: an entry of a block does not lead there",
            )?;
            must(
                about.depth() <= depth && depth <= about.depth() + 2,
                "D4: a block is deeper than the directory, or lags too far behind",
            )?;
        }
        Ok(())
    }

    /// D2, D5 and D6 of a chain.
    fn check_block_chain(
        &self,
        index: usize,
        head: Block<K, V, P>,
        counted: &mut Counted,
    ) -> Result<(), Violation> {
        let mut is_full = true;
        // SAFETY: D3: a chain of this map.
        for block in unsafe { head.blocks() } {
            // SAFETY: As above.
            let (about, class) = unsafe { (block.about(), block.class()) };
            must(
                self.has_slots_of(class) && about.len() <= about.slots(),
                "D5: a block of no class, or with more entries than slots",
            )?;
            must(
                about.owner() == index && (about.kind == Kind::Behind) == (block != head),
                "D2: a block of a chain does not know whose it is",
            )?;
            must(
                is_full || about.len() == 0,
                "D6: entries behind a block that is not full",
            )?;
            is_full = about.len() == P::SLOTS;
            for slot in about.len()..P::SLOTS {
                // SAFETY: As above.
                let tag = unsafe { block.tag(slot) };
                must(tag == Tag::FREE, "D5: a free slot has a tag")?;
            }
            counted.live += about.len();
            let number = class.number(Types::<K, V, P>::HERE);
            if let Some(blocks) = counted.blocks.get_mut(number) {
                *blocks += 1;
            }
            let most = counted.blocks.iter().sum::<usize>();
            must(
                most <= self.most_blocks(),
                "D9: more blocks in chains than there are",
            )?;
        }
        Ok(())
    }

    /// Whether a block may be of this class.
    fn has_slots_of(&self, class: Class) -> bool {
        let of = Types::<K, V, P>::HERE;
        match self.header().is_alone() {
            true => class.is_alone(of),
            false => class == Class::fit(of, class.slots()),
        }
    }

    /// Blocks of all slabs, or the most that a small map has.
    fn most_blocks(&self) -> usize {
        let of = Types::<K, V, P>::HERE;
        match self.header().extra() {
            Some(extra) => Class::all(of)
                .map(|class| extra.slabs.blocks(of, class))
                .sum(),
            None => 4,
        }
    }

    /// D5 and D7 of a chain, and that each key is found.
    fn check_entries(
        &self,
        head: Block<K, V, P>,
        eq: &impl Fn(&K, &K) -> bool,
        hasher: &impl Fn(&K) -> HashValue,
    ) -> Result<(), Violation> {
        // SAFETY: D3: a chain of this map.
        for bucket in unsafe { head.blocks() } {
            // SAFETY: As above.
            for index in 0..unsafe { bucket.about() }.len() {
                let slot = Slot { bucket, index };
                // SAFETY: D5: the slot is live.
                let (key, tag) = unsafe { (slot.key(), bucket.tag(index)) };
                let hash = hasher(key);
                must(tag == Tag::of(hash), "D5: a tag of another hash")?;
                let own = self
                    .header()
                    .entry(Types::HERE, self.header().index_of(hash));
                must(own == head, "D7: an entry in the chain of another hash")?;
                must(
                    self.find(hash, |stored| eq(stored, key)) == Some(slot),
                    "D7: a key is not found where it is",
                )?;
            }
        }
        Ok(())
    }

    /// D9 and D10.
    fn check_slabs(&self, counted: &Counted) -> Result<(), Violation> {
        let of = Types::<K, V, P>::HERE;
        let Some(extra) = self.header().extra() else {
            return must(
                self.header().page_bytes() == 0,
                "D9: a directory, and no Extra",
            );
        };
        must(
            extra.slabs.are_counted(of),
            "D9: bytes of slabs, or spare ones, are counted wrong",
        )?;
        for class in Class::all(of) {
            let in_chains = counted.blocks.get(class.number(of));
            must(extra.slabs.are_dense(of, class), "D9: a slab has a hole")?;
            must(
                in_chains == Some(&extra.slabs.blocks(of, class)),
                "D9: a block is lost or in two places",
            )?;
        }
        Ok(())
    }

    /// D10.
    fn check_reserved(&self) -> Result<(), Violation> {
        let (of, header) = (Types::<K, V, P>::HERE, self.header());
        let keys = self.reserved();
        let is_there = match header.extra() {
            _ if keys == 0 => true,
            None => header.capacity(of) >= self.len() + keys,
            Some(extra) => extra.slabs.places(of) > 0 || self.has_a_free_slot_everywhere(),
        };
        must(
            is_there,
            "D10: no memory for the next key of those promised",
        )?;
        let cells = header.reserved_cells();
        must(
            !of.shape().has_cells() || cells >= keys,
            "D10: fewer cells than are reserved",
        )
    }

    /// Whether a key with any hash finds a free slot.
    fn has_a_free_slot_everywhere(&self) -> bool {
        let (of, header) = (Types::<K, V, P>::HERE, self.header());
        (0..header.entries()).all(|index| {
            // SAFETY: D3: a chain of this map, or nothing.
            let mut blocks = unsafe { header.entry(of, index).blocks() };
            // SAFETY: As above.
            blocks.any(|block| unsafe { block.about() }.free() > 0)
        })
    }

    /// What the memory is used for; the header is the face's to fill in.
    pub(crate) fn footprint_of_blocks(&self) -> Footprint {
        let of = Types::<K, V, P>::HERE;
        let mut footprint = Footprint {
            cells: (self.len() + self.header().reserved_cells()) * of.cells().bytes(),
            ..Footprint::default()
        };
        for (_, head) in self.header().chains(of) {
            // SAFETY: D3: a chain of this map.
            for block in unsafe { head.blocks() } {
                // SAFETY: As above.
                let bytes = self.bytes_of(unsafe { block.class() });
                match block == head {
                    true => footprint.buckets += bytes,
                    false => footprint.overflow += bytes,
                }
            }
        }
        let in_blocks = footprint.buckets + footprint.overflow;
        footprint.spare = self.header().bytes(of).saturating_sub(in_blocks);
        footprint
    }

    /// Bytes of a block, with those before it if it is alone.
    fn bytes_of(&self, class: Class) -> usize {
        let of = Types::<K, V, P>::HERE;
        match self.header().is_alone() {
            true => layout_alone(of, class).map_or(0, |layout| layout.size()),
            false => class.bytes(of),
        }
    }

    /// Walks all chains.
    pub(crate) fn stats_of_blocks(&self) -> ChainStats {
        let mut stats = ChainStats {
            entries: self.len(),
            ..ChainStats::default()
        };
        for (_, head) in self.header().chains(Types::<K, V, P>::HERE) {
            // SAFETY: D3: a chain of this map.
            let (length, about) = unsafe { (head.blocks().count(), head.about()) };
            stats.chains += 1;
            stats.empty += usize::from(about.len() == 0);
            stats.longest = stats.longest.max(length);
            stats.overflow_buckets += length - 1;
        }
        stats
    }
}
