//! One block of a dense table: a bucket of as many slots as it needs, up to sixteen, and where
//! its parts are.
//!
//! ```text
//! │ key len−1 │ … │ key 0 │ owner size len depth kind │ tag × 16 │ elem 0 │ … │ link │
//!                         ▲ a pointer to a block is one to its head
//! ```
//!
//! So a slot's address does not depend on how many there are. Blocks of one number of slots are a
//! [`Class`]. Whole blocks, those of sixteen slots, have a link to another one.
//!
//! Every method that is unsafe needs the block's memory to be the map's, or to be that of
//! [`nothing`](BucketPtr::nothing), which is only read; all but
//! [`init_block`](BucketPtr::init_block) need its head to be initialised.

use super::bucket::{BucketPtr, Slot};
use super::prefetch::prefetch;
use super::shape::MapType;
use crate::numbers::alloc::Layout;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::sizing::round_up;
use crate::numbers::tags::{Matches, Tag};
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

/// What a block's head says, beside its tags.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct About {
    /// The first entry of the directory that leads to the chain that it is in.
    pub(crate) owner: u32,
    /// How many slots it has, and [`HAS_NEXT`].
    size: u8,
    len: u8,
    /// So many low bits of the hashes agree.
    pub(crate) depth: u8,
    pub(crate) kind: Kind,
}

/// How a block is found by who looks for what points to it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// By the directory.
    First,
    /// In a chain, behind another one.
    Behind,
    /// Not by entries: its own are elsewhere.
    Leaving,
}

/// Set where the link leads to another block: so that a look-up, which nearly always ends in the
/// first one, need not look whether there is a link, and at it.
const HAS_NEXT: u8 = 0x80;

impl About {
    pub(crate) const fn slots(self) -> usize {
        (self.size & !HAS_NEXT) as usize
    }

    const fn has_next(self) -> bool {
        self.size & HAS_NEXT != 0
    }

    pub(crate) const fn len(self) -> usize {
        self.len as usize
    }

    pub(crate) const fn owner(self) -> usize {
        self.owner as usize
    }

    pub(crate) const fn depth(self) -> u32 {
        self.depth as u32
    }

    pub(crate) const fn free(self) -> usize {
        // There are no more than slots (D5).
        self.slots().wrapping_sub(self.len())
    }
}

#[repr(C)]
struct Head {
    about: About,
    /// As [`Tag::place`] says.
    tags: [[u8; 8]; 2],
}

const _: () = assert!(size_of::<Head>() == crate::numbers::policy::Dense::HEAD);

/// What an entry of the directory leads to where there is no block: no slot, no tag.
static NOTHING: Head = Head {
    about: About {
        owner: 0,
        size: 0,
        len: 0,
        depth: 0,
        kind: Kind::First,
    },
    tags: FREE,
};

/// The tags of a block without entries.
const FREE: [[u8; 8]; 2] = [Tag::ALL_FREE; 2];

/// How many slots a block has. A whole block, and no other, has a link.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Class(u8);

impl Class {
    /// As many as any policy has in slabs.
    pub(crate) const COUNT: usize = 8;

    /// All of those in slabs, by number.
    pub(crate) fn all<T: MapType>(of: T) -> impl Iterator<Item = Self> {
        let grain = T::Policy::DENSITY.grain;
        (grain..=T::Policy::SLOTS)
            .step_by(grain)
            .map(move |slots| Self::of_slots(of, slots))
    }

    /// Of so many slots, or of one, or of a whole block.
    fn of_slots<T: MapType>(_: T, slots: usize) -> Self {
        Self(slots.clamp(1, T::Policy::SLOTS) as u8)
    }

    /// That of whole blocks.
    pub(crate) fn whole<T: MapType>(_: T) -> Self {
        Self(T::Policy::SLOTS as u8)
    }

    pub(crate) fn is_whole<T: MapType>(self, of: T) -> bool {
        self == Self::whole(of)
    }

    /// The smallest in slabs that has room for so many entries, or the largest.
    pub(crate) fn fit<T: MapType>(of: T, entries: usize) -> Self {
        const { assert!(T::Policy::SLOTS / T::Policy::DENSITY.grain <= Self::COUNT) };
        let slots = entries.max(1).next_multiple_of(T::Policy::DENSITY.grain);
        Self::of_slots(of, slots)
    }

    /// That of the last block of a small map for so many entries, which has others before it that
    /// are whole. The first grows in small steps, so that none is larger than the table that
    /// hashbrown has for so few entries; the others in as few as keep the map so.
    pub(crate) fn fit_alone<T: MapType>(of: T, entries: usize) -> Self {
        let before = entries.saturating_sub(1) / T::Policy::SLOTS;
        let steps: &[usize] = match before {
            0 => &[2, 3, 5, 7, 10, 14],
            1 => &[14],
            2 => &[],
            _ => &[10],
        };
        let rest = entries - before * T::Policy::SLOTS;
        let step = steps.iter().find(|slots| rest <= **slots);
        Self::of_slots(of, step.copied().unwrap_or(T::Policy::SLOTS))
    }

    /// Whether a small map may have such a block.
    pub(crate) fn is_alone<T: MapType>(self, of: T) -> bool {
        self == Self::fit_alone(of, self.slots())
    }

    /// Those in slabs that have more slots.
    pub(crate) fn wider<T: MapType>(self, of: T) -> impl Iterator<Item = Self> {
        Self::all(of).filter(move |class| *class > self)
    }

    pub(crate) fn slots(self) -> usize {
        self.0.into()
    }

    /// Which one it is of those in slabs.
    pub(crate) fn number<T: MapType>(self, _: T) -> usize {
        (self.slots() - 1) / T::Policy::DENSITY.grain
    }

    /// Bytes of one block, a multiple of its alignment.
    pub(crate) fn bytes<T: MapType>(self, of: T) -> usize {
        let shape = of.shape();
        let behind = if self.is_whole(of) {
            link_at(of) + size_of::<Link>()
        } else {
            shape.elems_at() + self.slots() * shape.elem.size()
        };
        round_up(self.head_at(of) + behind, shape.align())
    }

    /// Where the head is in a block.
    fn head_at<T: MapType>(self, of: T) -> usize {
        of.shape().head_at(self.slots())
    }

    /// The layout of so many blocks behind `front` bytes.
    pub(crate) fn layout<T: MapType>(self, of: T, front: usize, blocks: usize) -> Option<Layout> {
        let bytes = self.bytes(of).checked_mul(blocks)?.checked_add(front)?;
        Layout::from_size_align(bytes, of.shape().align()).ok()
    }
}

/// Where the tag of a slot is, counted from the head.
const fn tag_at(slot: usize) -> usize {
    size_of::<About>() + Tag::place(slot)
}

/// The next block of a chain, where there is one.
type Link = NonNull<u8>;

/// Where the link is, counted from the head of a block that has one.
fn link_at<T: MapType>(of: T) -> usize {
    let shape = of.shape();
    let elems = T::Policy::SLOTS * shape.elem.size();
    round_up(shape.elems_at() + elems, align_of::<Link>())
}

impl<T: MapType> BucketPtr<T> {
    /// What stands for a block where there is none.
    #[inline]
    pub(crate) fn nothing(of: T) -> Self {
        Self::at(of, NonNull::from(&NOTHING).cast())
    }

    #[inline]
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::nothing(self.of())
    }

    /// Block `n` of this class, of those that lie `front` bytes behind an address.
    ///
    /// # Safety
    /// So many blocks are there.
    pub(crate) unsafe fn nth_block(
        of: T,
        class: Class,
        memory: NonNull<u8>,
        front: usize,
        n: usize,
    ) -> Self {
        let at = front + n * class.bytes(of) + class.head_at(of);
        // SAFETY: The caller's promise.
        Self::at(of, unsafe { memory.add(at) })
    }

    /// Where the memory begins that a block has, `front` bytes before it.
    ///
    /// # Safety
    /// It is of this class, and so many bytes are before it.
    pub(crate) unsafe fn block_begins(self, class: Class, front: usize) -> NonNull<u8> {
        // SAFETY: The caller's promise.
        unsafe { self.address().sub(front + class.head_at(self.of())) }
    }

    /// Makes the memory an empty block of this class, that nothing leads to.
    ///
    /// # Safety
    /// It is the map's, is for a block of this class, and holds nothing that is still needed.
    pub(crate) unsafe fn init_block(self, class: Class) {
        let about = About {
            owner: 0,
            size: class.0,
            len: 0,
            depth: 0,
            kind: Kind::Leaving,
        };
        let tags = FREE;
        // SAFETY: The caller's promise.
        unsafe { self.address().cast().write(Head { about, tags }) };
    }

    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn about(self) -> About {
        // SAFETY: The caller's promise.
        unsafe { (*self.address().cast::<Head>().as_ptr()).about }
    }

    /// Notes what leads to a block. How large it is stays.
    ///
    /// # Safety
    /// See [`block`](self).
    pub(crate) unsafe fn set_place(self, owner: u32, depth: u8, kind: Kind) {
        // SAFETY: The caller's promise.
        let about = unsafe { &mut (*self.address().cast::<Head>().as_ptr()).about };
        about.owner = owner;
        about.depth = depth;
        about.kind = kind;
    }

    /// Its class.
    ///
    /// # Safety
    /// See [`block`](self).
    pub(crate) unsafe fn class(self) -> Class {
        // SAFETY: The caller's promise.
        Class(unsafe { self.about() }.slots() as u8)
    }

    /// Whether it is whole, and so has a link.
    ///
    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn is_whole(self) -> bool {
        // SAFETY: The caller's promise.
        unsafe { self.about() }.slots() == T::Policy::SLOTS
    }

    /// The next block of its chain.
    ///
    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn next_block(self) -> Option<Self> {
        // SAFETY: The caller's promise; the link is read where it leads to a block.
        unsafe {
            if !self.about().has_next() {
                return None;
            }
            let link = self.address().add(link_at(self.of())).cast::<Link>().read();
            Some(Self::at(self.of(), link))
        }
    }

    /// Has its head fetched, and the keys and elems of the first slots, that will be read soon.
    #[inline]
    pub(crate) fn prefetch_block(self) {
        let head = self.address().as_ptr();
        prefetch(head.wrapping_sub(64));
        prefetch(head);
    }

    /// The last block of the chain that begins here.
    ///
    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn last_block(self) -> Self {
        let mut last = self;
        // SAFETY: The caller's promise.
        while let Some(next) = unsafe { last.next_block() } {
            last = next;
        }
        last
    }

    /// The last block with entries of the chain that begins here, or this one.
    ///
    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn last_with_entries(self) -> Self {
        let mut last = self;
        // SAFETY: The caller's promise.
        unsafe {
            while let Some(next) = last.next_block() {
                if next.about().len() == 0 {
                    break;
                }
                last = next;
            }
        }
        last
    }

    /// # Safety
    /// See [`block`](self); it has a link.
    pub(crate) unsafe fn set_link(self, next: Option<Self>) {
        // SAFETY: The caller's promise.
        unsafe {
            let size = &mut (*self.address().cast::<Head>().as_ptr()).about.size;
            *size &= !HAS_NEXT;
            if let Some(next) = next {
                *size |= HAS_NEXT;
                let link = self.address().add(link_at(self.of()));
                link.cast::<Link>().write(next.address());
            }
        }
    }

    /// It, and those behind it. Each is given when its link is read.
    ///
    /// # Safety
    /// See [`block`](self); the links of those not given yet stay as they are.
    pub(crate) unsafe fn blocks(self) -> impl Iterator<Item = Self> {
        let mut next = Some(self);
        core::iter::from_fn(move || {
            let block = next?;
            // SAFETY: The caller's promise.
            next = unsafe { block.next_block() };
            Some(block)
        })
    }

    /// The slots that have this tag.
    ///
    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn slots_with(self, tag: Tag) -> Matches {
        // SAFETY: The caller's promise.
        let tags = unsafe { (*self.address().cast::<Head>().as_ptr()).tags };
        Matches::of(tags.map(u64::from_le_bytes), tag)
    }

    /// # Safety
    /// See [`block`](self); there are so many slots in a whole block.
    #[inline]
    pub(crate) unsafe fn tag(self, slot: usize) -> Tag {
        debug_assert!(slot < T::Policy::SLOTS);
        // SAFETY: The tags are the last bytes of the head.
        Tag::from_memory(unsafe { self.address().add(tag_at(slot)).read() })
    }

    /// # Safety
    /// As [`tag`](Self::tag).
    #[inline]
    pub(crate) unsafe fn set_tag(self, slot: usize, tag: Tag) {
        debug_assert!(slot < T::Policy::SLOTS);
        // SAFETY: As above.
        unsafe { self.address().add(tag_at(slot)).write(tag.in_memory()) };
    }

    /// Notes how many entries there are.
    ///
    /// # Safety
    /// See [`block`](self); so many slots hold an entry.
    #[inline]
    pub(crate) unsafe fn set_len(self, len: usize) {
        // SAFETY: The caller's promise.
        unsafe { (*self.address().cast::<Head>().as_ptr()).about.len = len as u8 };
    }

    /// Makes all slots free.
    ///
    /// # Safety
    /// See [`block`](self).
    pub(crate) unsafe fn make_free(self) {
        // SAFETY: The caller's promise.
        unsafe {
            (*self.address().cast::<Head>().as_ptr()).tags = FREE;
            self.set_len(0);
        }
    }

    /// Makes the first free slot live.
    ///
    /// # Safety
    /// See [`block`](self); there is a free slot, and it is written.
    #[inline]
    pub(crate) unsafe fn push_tag(self, tag: Tag) {
        // SAFETY: The caller's promise.
        unsafe {
            let len = self.about().len();
            self.set_tag(len, tag);
            self.set_len(len + 1);
        }
    }

    /// Copies an entry to the end of another block. There are two of it then.
    ///
    /// # Safety
    /// See [`block`](self); the slot is live, the other block has a free one, and only one of the
    /// two copies is used from here on.
    pub(crate) unsafe fn copy_entry(self, slot: usize, to: Self) {
        // SAFETY: The caller's promise; the two are not the same.
        unsafe {
            self.copy_slot(slot, to, to.about().len());
            to.push_tag(self.tag(slot));
        }
    }

    /// Makes copies of the entries of some slots, which a bit stands for each, the only entries of
    /// another block, or of this one.
    ///
    /// # Safety
    /// See [`block`](self); the slots are live, the other block has room for so many, and only one
    /// of the two copies is used from here on. Tags of this one behind them are the caller's.
    pub(crate) unsafe fn copy_some(self, slots: u32, to: Self) {
        let (mut left, mut at) = (slots, 0);
        while left != 0 {
            let slot = left.trailing_zeros() as usize;
            left &= left - 1;
            if to != self || at != slot {
                // SAFETY: The caller's promise. In this block a slot is written after it was
                // read, as no more are written than were looked at.
                unsafe {
                    self.copy_slot(slot, to, at);
                    to.set_tag(at, self.tag(slot));
                }
            }
            at += 1;
        }
        // SAFETY: The caller's promise.
        unsafe { to.set_len(at) };
    }

    /// Moves the entries from so many on to the end of another block.
    ///
    /// # Safety
    /// See [`block`](self); there are so many or more, the other block is not this one and has
    /// room for them.
    pub(crate) unsafe fn move_end(self, stay: usize, to: Self) {
        // SAFETY: The caller's promise. A slot that was copied is free then.
        unsafe {
            let mut at = to.about().len();
            for slot in stay..self.about().len() {
                self.copy_slot(slot, to, at);
                to.set_tag(at, self.tag(slot));
                self.set_tag(slot, Tag::FREE);
                at += 1;
            }
            self.set_len(stay);
            to.set_len(at);
        }
    }

    /// Copies what is in a block, and what leads to it, into one of another class.
    ///
    /// # Safety
    /// See [`block`](self); the other one is new and has room for it. Only one of the two is
    /// used from here on.
    pub(crate) unsafe fn copy_block(self, to: Self) {
        // SAFETY: The caller's promise. Its size is its own, and its link not copied.
        unsafe {
            let size = to.about().size;
            self.copy_small(self.about().len(), to);
            (*to.address().cast::<Head>().as_ptr()).about.size = size;
        }
    }

    /// Copies a block, link and all, into the place of another one of its class.
    ///
    /// # Safety
    /// See [`block`](self); both are of this class, and not the same.
    pub(crate) unsafe fn copy_whole(self, to: Self, class: Class) {
        let bytes = class.bytes(self.of());
        // SAFETY: The caller's promise.
        unsafe {
            let from = self.block_begins(class, 0);
            from.copy_to_nonoverlapping(to.block_begins(class, 0), bytes);
        }
    }
}

impl<T: MapType> Slot<T> {
    /// Exchanges the fields of two slots; tags stay.
    ///
    /// # Safety
    /// The slots are two, and in blocks that are initialised.
    #[inline]
    pub(crate) unsafe fn swap_fields(self, other: Self) {
        let shape = self.bucket.of().shape();
        // SAFETY: Fields of two slots, which do not overlap.
        unsafe {
            let keys = [self, other].map(|slot| slot.bucket.key_field(slot.index));
            let elems = [self, other].map(|slot| slot.bucket.elem_field(slot.index));
            swap_bytes(keys, shape.key.size());
            swap_bytes(elems, shape.elem.size());
        }
    }
}

/// # Safety
/// So many bytes may be read and written at both, and do not overlap.
#[inline]
unsafe fn swap_bytes([a, b]: [NonNull<u8>; 2], bytes: usize) {
    let [a, b] = [a, b].map(|at| at.cast::<MaybeUninit<u8>>().as_ptr());
    // SAFETY: The caller's promise.
    unsafe { ptr::swap_nonoverlapping(a, b, bytes) };
}
