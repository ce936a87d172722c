//! One block of a dense table: a bucket of as many slots as it needs, up to sixteen, and where
//! its parts are.
//!
//! ```text
//! │ key len−1 │ … │ key 0 │ owner cap len depth flags │ tag × 16 │ elem 0 │ … │ link │
//!                         ▲ a pointer to a block is one to its head
//! ```
//!
//! So a slot's address does not depend on how many there are. Blocks of one number of slots are a
//! [`Class`]; the last class is that of whole blocks that have a link to another one.
//!
//! Every method that is unsafe needs the block's memory to be the map's, or to be that of
//! [`nothing`](BucketPtr::nothing), which is only read; all but
//! [`init_block`](BucketPtr::init_block) need its head to be initialised.

use super::bucket::{BucketPtr, Slot};
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
    cap: u8,
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

impl About {
    pub(crate) const fn slots(self) -> usize {
        self.cap as usize
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
        self.slots().saturating_sub(self.len())
    }
}

#[repr(C)]
struct Head {
    about: About,
    /// The first slot's first.
    tags: [[u8; 8]; 2],
}

const _: () = assert!(size_of::<Head>() == crate::numbers::policy::Dense::HEAD);

/// What an entry of the directory leads to where there is no block: no slot, no tag.
static NOTHING: Head = Head {
    about: About {
        owner: 0,
        cap: 0,
        len: 0,
        depth: 0,
        kind: Kind::First,
    },
    tags: [[0; 8]; 2],
};

/// How many slots a block has, and whether it has a link.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Class(u8);

impl Class {
    /// As many as any policy has.
    pub(crate) const COUNT: usize = 9;

    /// All of them.
    pub(crate) fn all<T: MapType>(of: T) -> impl Iterator<Item = Self> {
        (0..=Self::linked(of).0).map(Self)
    }

    /// That of whole blocks with a link.
    pub(crate) fn linked<T: MapType>(_: T) -> Self {
        const { assert!(T::Policy::SLOTS / T::Policy::DENSITY.grain < Self::COUNT) };
        Self((T::Policy::SLOTS / T::Policy::DENSITY.grain) as u8)
    }

    /// The smallest that has room for so many entries, or the largest.
    pub(crate) fn fit<T: MapType>(_: T, entries: usize) -> Self {
        let slots = usize::clamp(entries, 1, T::Policy::SLOTS);
        Self((slots.div_ceil(T::Policy::DENSITY.grain) - 1) as u8)
    }

    /// Those without a link that have more slots.
    pub(crate) fn wider<T: MapType>(self, of: T) -> impl Iterator<Item = Self> {
        (self.0 + 1..Self::linked(of).0).map(Self)
    }

    pub(crate) fn slots<T: MapType>(self, _: T) -> usize {
        usize::min(
            (self.number() + 1) * T::Policy::DENSITY.grain,
            T::Policy::SLOTS,
        )
    }

    pub(crate) fn number(self) -> usize {
        self.0.into()
    }

    /// Bytes of one block, a multiple of its alignment.
    pub(crate) fn bytes<T: MapType>(self, of: T) -> usize {
        let shape = of.shape();
        let slots = self.slots(of);
        let behind = if self == Self::linked(of) {
            link_at(of) + size_of::<Link>()
        } else {
            shape.elems_at() + slots * shape.elem.size()
        };
        round_up(self.head_at(of) + behind, shape.align())
    }

    /// Where the head is in a block.
    fn head_at<T: MapType>(self, of: T) -> usize {
        of.shape().head_at(self.slots(of))
    }

    /// The layout of so many blocks behind `front` bytes.
    pub(crate) fn layout<T: MapType>(self, of: T, front: usize, blocks: usize) -> Option<Layout> {
        let bytes = self.bytes(of).checked_mul(blocks)?.checked_add(front)?;
        Layout::from_size_align(bytes, of.shape().align()).ok()
    }
}

/// The next block of a chain.
type Link = Option<NonNull<u8>>;

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

    /// Where the memory of a block begins.
    ///
    /// # Safety
    /// It is of this class.
    pub(crate) unsafe fn block_begins(self, class: Class) -> NonNull<u8> {
        // SAFETY: The caller's promise.
        unsafe { self.address().sub(class.head_at(self.of())) }
    }

    /// Makes the memory an empty block of this class, that nothing leads to.
    ///
    /// # Safety
    /// It is the map's, is for a block of this class, and holds nothing that is still needed.
    pub(crate) unsafe fn init_block(self, class: Class) {
        let about = About {
            owner: 0,
            cap: class.slots(self.of()) as u8,
            len: 0,
            depth: 0,
            kind: Kind::Leaving,
        };
        let tags = [[0; 8]; 2];
        // SAFETY: The caller's promise.
        unsafe { self.address().cast().write(Head { about, tags }) };
        if class == Class::linked(self.of()) {
            // SAFETY: It has a link.
            unsafe {
                self.mark_linked();
                self.set_link(None);
            }
        }
    }

    /// Notes that a block has a link: by more slots than there are.
    ///
    /// # Safety
    /// See [`block`](self); it is of that class.
    unsafe fn mark_linked(self) {
        // SAFETY: The caller's promise.
        unsafe { (*self.address().cast::<Head>().as_ptr()).about.cap |= LINKED };
    }

    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn about(self) -> About {
        // SAFETY: The caller's promise.
        let about = unsafe { (*self.address().cast::<Head>().as_ptr()).about };
        About {
            cap: about.cap & !LINKED,
            ..about
        }
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
        let about = unsafe { (*self.address().cast::<Head>().as_ptr()).about };
        if about.cap & LINKED != 0 {
            Class::linked(self.of())
        } else {
            Class::fit(self.of(), about.slots())
        }
    }

    /// Whether it has a link.
    ///
    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn is_linked(self) -> bool {
        // SAFETY: The caller's promise.
        unsafe { (*self.address().cast::<Head>().as_ptr()).about.cap & LINKED != 0 }
    }

    /// The next block of its chain.
    ///
    /// # Safety
    /// See [`block`](self).
    #[inline]
    pub(crate) unsafe fn next_block(self) -> Option<Self> {
        // SAFETY: The caller's promise; it is read where there is one.
        unsafe {
            if !self.is_linked() {
                return None;
            }
            let link = self.address().add(link_at(self.of())).cast::<Link>().read();
            Some(Self::at(self.of(), link?))
        }
    }

    /// # Safety
    /// See [`block`](self); it has a link.
    pub(crate) unsafe fn set_link(self, next: Option<Self>) {
        let link = next.map(Self::address);
        // SAFETY: The caller's promise.
        unsafe {
            self.address()
                .add(link_at(self.of()))
                .cast::<Link>()
                .write(link)
        };
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
        Tag::from_memory(unsafe { self.address().add(size_of::<About>() + slot).read() })
    }

    /// # Safety
    /// As [`tag`](Self::tag).
    #[inline]
    pub(crate) unsafe fn set_tag(self, slot: usize, tag: Tag) {
        debug_assert!(slot < T::Policy::SLOTS);
        // SAFETY: As above.
        unsafe {
            self.address()
                .add(size_of::<About>() + slot)
                .write(tag.get())
        };
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

    /// Copies what is in a block, and what leads to it, into one of another class.
    ///
    /// # Safety
    /// See [`block`](self); the other one is new and has room for it. Only one of the two is
    /// used from here on.
    pub(crate) unsafe fn copy_block(self, to: Self) {
        // SAFETY: The caller's promise. Its size is its own, and its link not copied.
        unsafe {
            let cap = (*to.address().cast::<Head>().as_ptr()).about.cap;
            self.copy_small(self.about().len(), to);
            (*to.address().cast::<Head>().as_ptr()).about.cap = cap;
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
            let from = self.block_begins(class);
            from.copy_to_nonoverlapping(to.block_begins(class), bytes);
        }
    }
}

/// Set in the number of slots of a block that has a link.
const LINKED: u8 = 0x80;

impl<T: MapType> Slot<T> {
    /// Exchanges the fields of two slots; tags stay.
    ///
    /// # Safety
    /// The slots are two, and in blocks that are initialised.
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
unsafe fn swap_bytes([a, b]: [NonNull<u8>; 2], bytes: usize) {
    let [a, b] = [a, b].map(|at| at.cast::<MaybeUninit<u8>>().as_ptr());
    // SAFETY: The caller's promise.
    unsafe { ptr::swap_nonoverlapping(a, b, bytes) };
}
