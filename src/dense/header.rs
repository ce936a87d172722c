//! The header of a dense map, in five words (seven of 32 bits), and its directory as it is read.
//!
//! It has what nearly every operation reads. All else is in [`Extra`], an allocation of its own
//! that is made when there is to be a second block.
//!
//! As in Go's table each method is given the map's heap, or what it says of entries, always of
//! the same types and of the same heap in the life of a map. That, and D1 to D9, is what every
//! `unsafe` block of [`dense`](super) rests on.

use crate::memory::block::Kind;
use crate::memory::bucket::BucketPtr;
use crate::memory::cells::CellPool;
use crate::memory::page::{PAGE, PAGE_BITS, Page, Target, entry_of, set_entry_of};
use crate::memory::shape::MapType;
use crate::memory::slab::Slabs;
use crate::numbers::hash::HashValue;
use crate::numbers::seed::Renewal;
use core::mem;
use core::ptr::NonNull;

/// Entries for each entry of the directory, on average, when it grows.
pub(super) const LOAD: usize = 7;
/// By how many bits a block may lag behind the directory.
pub(super) const LAG: u32 = 2;
/// New keys that go by at least before a growth that was refused is tried again.
const PUT_OFF: usize = 8;

/// Where all else is; as long as there is no [`Extra`], how the hash builder is given a seed.
#[derive(Clone, Copy)]
union Behind {
    renewal: Option<Renewal>,
    extra: NonNull<Extra>,
}

/// What a dense map's header is.
pub struct Header {
    pub(super) count: usize,
    /// The root of the directory: the one entry that it has, or a page. None without memory.
    pub(super) root: Option<Target>,
    behind: Behind,
    /// The bits of a hash that name an entry, N and those that alias others.
    pub(super) mask: u32,
    /// N, the entries of the directory.
    pub(super) buckets: u32,
    ahead: Ahead,
    /// Levels of pages.
    pub(super) height: u8,
    /// The logarithm of the pointers that the root has room for, if it is a page.
    pub(super) root_bits: u8,
    has_extra: bool,
    /// Whether it is known where walks begin, other than with the last entry of the directory. It is
    /// here so that a walk of a map which only grows looks at no `Extra`.
    pub(super) has_first: bool,
}

/// What is known of the inserts to come, in one word: either how long they need no thought, or how
/// many are promised to go in.
#[derive(Clone, Copy)]
struct Ahead(i32);

impl Ahead {
    /// That each insert needs a thought.
    const NOTHING: Self = Self::reserved(0);

    /// That inserts need none up to so many entries, as far as it can count.
    fn quiet(entries: usize) -> Self {
        Self(i32::try_from(entries).unwrap_or(i32::MAX).saturating_sub(1))
    }

    /// That so many new keys go in without an allocation: each needs a thought then.
    const fn reserved(keys: i32) -> Self {
        Self(-1 - keys)
    }

    /// Whether one entry more than there are needs no thought.
    #[inline]
    const fn is_quiet(self, count: usize) -> bool {
        // One less on both sides. Of a map without entries it says whether there is a directory,
        // since it is known how long inserts need no thought only where there is one.
        (count.wrapping_sub(1) as isize) < self.0 as isize
    }

    /// Entries up to which there is nothing to think of; none if something is reserved.
    const fn last_quiet(self) -> Option<usize> {
        match self.0 {
            ..0 => None,
            last => Some(last as usize + 1),
        }
    }

    const fn keys(self) -> u32 {
        match self.0 {
            ..0 => (-1 - self.0) as u32,
            _ => 0,
        }
    }
}

/// What a header seldom needs.
pub(crate) struct Extra {
    /// How the hash builder is given a new seed, if the map does that.
    pub(super) renewal: Option<Renewal>,
    pub(crate) slabs: Slabs,
    /// Cells that are reserved.
    pub(super) cells: CellPool,
    /// The entry of the directory that a walk begins with, where that is known: a hint, which may be
    /// N or more.
    pub(super) first: u32,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Header>() == 40);
#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Header>() == 28);

impl Header {
    /// A map without memory.
    pub(super) const fn empty(renewal: Option<Renewal>) -> Self {
        Self {
            count: 0,
            root: None,
            behind: Behind { renewal },
            mask: 0,
            buckets: 0,
            ahead: Ahead::NOTHING,
            height: 0,
            root_bits: 0,
            has_extra: false,
            has_first: false,
        }
    }

    /// Makes the map one without memory, and hands over what it was. Only how the hash builder is
    /// given a seed stays.
    pub(super) fn take(&mut self) -> Self {
        let empty = Self::empty(self.renewal());
        mem::replace(self, empty)
    }

    pub(crate) const fn has_memory(&self) -> bool {
        self.root.is_some()
    }

    /// How the hash builder is given a new seed, if the map does that.
    pub(super) fn renewal(&self) -> Option<Renewal> {
        match self.extra() {
            Some(extra) => extra.renewal,
            // SAFETY: There is no `Extra`.
            None => unsafe { self.behind.renewal },
        }
    }

    pub(super) const fn set_renewal(&mut self, renewal: Option<Renewal>) {
        match self.extra_mut() {
            Some(extra) => extra.renewal = renewal,
            None => self.behind = Behind { renewal },
        }
    }

    pub(crate) const fn extra(&self) -> Option<&Extra> {
        if self.has_extra {
            // SAFETY: There is one, and it is the map's own.
            Some(unsafe { self.behind.extra.as_ref() })
        } else {
            None
        }
    }

    pub(super) const fn extra_mut(&mut self) -> Option<&mut Extra> {
        if self.has_extra {
            // SAFETY: There is one, and it is the map's own.
            Some(unsafe { self.behind.extra.as_mut() })
        } else {
            None
        }
    }

    /// Makes this memory the `Extra`.
    ///
    /// # Safety
    /// It is the map's, for an `Extra`, and in no use.
    pub(super) unsafe fn install_extra(&mut self, at: NonNull<Extra>) {
        let extra = Extra {
            renewal: self.renewal(),
            slabs: Slabs::EMPTY,
            cells: CellPool::EMPTY,
            first: 0,
        };
        // SAFETY: The caller's promise.
        unsafe { at.write(extra) };
        self.behind = Behind { extra: at };
        (self.has_extra, self.has_first) = (true, false);
    }

    /// Takes the `Extra` out; nothing is in it that is still needed.
    pub(super) fn remove_extra(&mut self) -> Option<NonNull<Extra>> {
        let renewal = self.renewal();
        let extra = self.extra_mut().map(NonNull::from);
        self.behind = Behind { renewal };
        self.has_extra = false;
        extra
    }

    /// Whether one new key more can go in without a thought of growth, reservation or seed: there
    /// are entries, fewer than the directory is for.
    #[inline]
    pub(crate) const fn is_quiet(&self) -> bool {
        self.ahead.is_quiet(self.count)
    }

    /// Whether a growth is due before one new key more goes in: never while something is
    /// reserved.
    pub(super) const fn is_due(&self) -> bool {
        match self.ahead.last_quiet() {
            Some(last) => self.has_extra && self.count >= last,
            None => false,
        }
    }

    /// Entries that so large a directory is for.
    pub(super) const fn limit(&self) -> usize {
        if self.has_extra {
            (self.buckets as usize).saturating_mul(LOAD)
        } else if self.has_memory() {
            // Whether another block is to be had, is seen where there is none that has room.
            usize::MAX
        } else {
            0
        }
    }

    /// Notes how many entries the directory is for, if nothing is reserved.
    pub(super) fn settle(&mut self) {
        if self.reserved() == 0 {
            self.ahead = match self.has_memory() {
                true => Ahead::quiet(self.limit()),
                false => Ahead::NOTHING,
            };
        }
    }

    /// Notes that a growth was refused, so that it is not tried again at once.
    pub(super) fn put_off(&mut self) {
        let more = usize::max(PUT_OFF, self.buckets as usize / 2);
        if self.reserved() == 0 && self.has_memory() {
            self.ahead = Ahead::quiet(self.count.saturating_add(more));
        }
    }

    /// Whether a growth was refused and waits to be tried again.
    pub(super) fn is_put_off(&self) -> bool {
        let last = self.ahead.last_quiet();
        self.has_extra && last.is_some_and(|last| last > self.limit())
    }

    /// New keys that are promised to go in without an allocation.
    pub(super) const fn reserved(&self) -> u32 {
        self.ahead.keys()
    }

    /// Notes how many these are.
    pub(super) fn set_reserved(&mut self, keys: i32) {
        self.ahead = Ahead::reserved(keys);
        self.settle();
    }

    /// One of them has come, if some are promised.
    pub(super) fn count_reserved(&mut self) {
        let keys = self.reserved();
        if keys > 0 {
            self.set_reserved((keys - 1) as i32);
        }
    }

    /// Whether there are so few entries that the directory is to be one smaller.
    pub(super) const fn is_to_contract(&self) -> bool {
        let below = (self.buckets as usize).saturating_sub(1);
        self.count < below.saturating_mul(LOAD) / 4 * 3
    }

    /// L: there are 2^L entries or more, and fewer than twice as many.
    pub(super) const fn level(&self) -> u32 {
        match self.buckets.checked_ilog2() {
            Some(level) => level,
            None => 0,
        }
    }

    /// How many low bits the hashes agree in that belong to an entry below N.
    pub(crate) const fn entry_depth(&self, index: usize) -> u32 {
        let level = self.level();
        let half = 1 << level;
        let is_split = index >= half || index + half < self.buckets as usize;
        level + is_split as u32
    }

    /// The entry below N that a hash belongs to.
    pub(crate) const fn index_of(&self, hash: HashValue) -> usize {
        self.below(hash.masked(self.mask as usize))
    }

    /// Entries that are there, up to the mask.
    pub(crate) const fn entries(&self) -> usize {
        match self.root {
            Some(_) => self.mask as usize + 1,
            None => 0,
        }
    }

    /// For how many entries there are cells that are reserved, by a walk through all.
    pub(crate) fn reserved_cells(&self) -> usize {
        self.extra().map_or(0, |extra| extra.cells.len())
    }

    /// Whether there are some.
    pub(super) fn has_reserved_cells(&self) -> bool {
        self.extra().is_some_and(|extra| !extra.cells.is_empty())
    }

    /// Whether N, the mask and the levels go together; for tests.
    pub(crate) fn is_directory_in_order(&self) -> bool {
        let (entries, buckets) = (self.entries(), self.buckets as usize);
        // Twice as many as needed where a growth was refused half-way.
        let is_whole = buckets <= entries && entries <= 4 * buckets;
        let most = 1_usize << (u32::from(self.height) * PAGE_BITS);
        is_whole && (entries == 0 || entries.is_power_of_two() && entries <= most)
    }

    /// The entry below N that is this one or that this one aliases.
    pub(crate) const fn below(&self, index: usize) -> usize {
        if index < self.buckets as usize {
            index
        } else {
            index & (self.mask >> 1) as usize
        }
    }

    /// Entries that have memory of their own: those behind are the same memory as some below.
    pub(super) const fn filled(&self) -> usize {
        if self.height < 2 {
            self.mask as usize + 1
        } else {
            (self.buckets as usize).next_multiple_of(PAGE)
        }
    }

    /// What an entry leads to, up to the mask.
    #[inline]
    pub(crate) fn entry<T: MapType>(&self, of: T, index: usize) -> BucketPtr<T> {
        match self.root {
            // SAFETY: D1: the directory has as many entries as the mask says.
            Some(root) => BucketPtr::at(of, unsafe { entry_of(root, self.height, index) }),
            None => BucketPtr::nothing(of),
        }
    }

    /// The head of the chain that owns a hash, or nothing.
    #[inline]
    pub(super) fn owner<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        self.entry(of, hash.masked(self.mask as usize))
    }

    /// The same in a map that has entries, or is quiet, and so has a directory.
    ///
    /// # Safety
    /// It has.
    #[inline]
    pub(super) unsafe fn owner_among<T: MapType>(&self, of: T, hash: HashValue) -> BucketPtr<T> {
        let index = hash.masked(self.mask as usize);
        // SAFETY: The caller's promise; D1: the directory has as many entries as the mask says.
        unsafe {
            let root = self.root.unwrap_unchecked();
            BucketPtr::at(of, entry_of(root, self.height, index))
        }
    }

    /// The page that an entry is in, and its number there; none where the root is the one entry.
    pub(super) fn page_of(&self, index: usize, levels: u8) -> Option<(Page, usize)> {
        let above = self.height.checked_sub(levels)?.checked_sub(1)?;
        let shift = u32::from(levels) * PAGE_BITS;
        let of_page = index >> shift >> PAGE_BITS;
        // SAFETY: D1: so many levels are there. The root's own pointers are those of one page.
        let page = unsafe { entry_of(self.root?, above, of_page) };
        Some((Page::from_target(page), index >> shift & (PAGE - 1)))
    }

    #[inline]
    fn set_entry(&mut self, index: usize, target: Target) {
        match self.root {
            // SAFETY: D1: the entry has memory of its own.
            Some(root) if self.height > 0 => unsafe {
                set_entry_of(root, self.height, index, target);
            },
            _ => self.root = Some(target),
        }
    }

    /// Makes all entries of hashes that end in `depth` bits of `owner` lead to a block.
    pub(super) fn point<T>(&mut self, owner: usize, depth: u32, block: BucketPtr<T>)
    where
        T: MapType,
    {
        let filled = self.filled();
        let mut index = owner;
        while index < filled {
            self.set_entry(index, block.address());
            index += 1 << depth;
        }
    }

    /// Makes these entries lead to a chain, and the chain say so.
    ///
    /// # Safety
    /// It is a chain of the map or a new one, or nothing, and holds the entries of these hashes.
    pub(super) unsafe fn place_chain<T: MapType>(
        &mut self,
        head: BucketPtr<T>,
        owner: usize,
        depth: u32,
    ) {
        if !head.is_nothing() {
            let mut kind = Kind::First;
            // SAFETY: The caller's promise.
            for block in unsafe { head.blocks() } {
                // SAFETY: As above. N is below 2^31, so that depths are too.
                unsafe { block.set_place(owner as u32, depth as u8, kind) };
                kind = Kind::Behind;
            }
        }
        self.point(owner, depth, head);
    }

    /// The heads of all chains, and the entries that they begin with.
    pub(crate) fn chains<T: MapType>(&self, of: T) -> impl Iterator<Item = (usize, BucketPtr<T>)> {
        (0..self.buckets as usize).filter_map(move |index| {
            let head = self.entry(of, index);
            // SAFETY: A block, or nothing.
            let is_own = !head.is_nothing() && unsafe { head.about() }.owner() == index;
            is_own.then_some((index, head))
        })
    }
}
