//! One bucket: eight slots, and the link to the next bucket of the chain. What lies where is
//! said by its [`Shape`](super::shape::Shape).
//!
//! A key or elem larger than the policy's limit is replaced by a pointer to a *cell*, an
//! allocation of its own; moving the entry moves the pointer.
//!
//! # Invariants of a bucket
//!
//! * **M1** A live tophash ⇒ key and elem of the slot are initialised.
//! * **M2** An empty tophash ⇒ neither is.
//! * **M3** emptyRest ⇒ all later slots of this bucket and of its chain are
//!   empty; the slot before the first emptyRest, if there is one, is live. A chain whose
//!   last slot is empty ends with emptyRest.
//! * **M4** Evacuated tophashes occur only in the head bucket of a chain of the
//!   old array, in all eight slots. The chain's entries were moved out: nothing
//!   but that head's tophash is read again.
//! * **M5** In a growth the buckets of the new array are uninitialised until
//!   their old bucket is evacuated; nobody reads them before.

use super::cells::{CellFields, Cells};
use super::compiled::FOR_SPEED;
use super::prefetch::prefetch;
use super::shape::{Head, MapType, Types};
use crate::numbers::policy::Tradeoffs;
use crate::numbers::sizing::SLOTS;
use crate::numbers::tophash::{TopHash, TopHashes};
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

/// Where a bucket is: the address of its head.
///
/// It is a pointer and no more: the methods are unsafe because only the map
/// knows which buckets it has. All of them need the bucket's memory to be
/// allocated to this map; all but [`init`](Self::init) and the two for free
/// runs need its head to be initialised.
#[derive(Clone, Copy)]
pub(crate) struct BucketPtr<T> {
    at: NonNull<u8>,
    of: T,
}

impl<T> PartialEq for BucketPtr<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<T: Copy> BucketPtr<T> {
    /// The same bucket, whose types are told in another way.
    #[inline]
    pub(crate) const fn of_types<U>(self, of: U) -> BucketPtr<U> {
        BucketPtr { at: self.at, of }
    }

    /// The bucket whose head is at an address.
    #[inline]
    pub(crate) const fn at(of: T, at: NonNull<u8>) -> Self {
        Self { at, of }
    }

    /// What it is a bucket of.
    #[inline]
    pub(crate) const fn of(self) -> T {
        self.of
    }

    pub(crate) const fn address(self) -> NonNull<u8> {
        self.at
    }

    /// The buckets that follow it in its chain. Each is given when its link is read, and
    /// may be used for something else.
    ///
    /// # Safety
    /// The chain is initialised, and the links of those not given yet stay as they are.
    pub(crate) unsafe fn behind(self) -> impl Iterator<Item = Self> {
        // SAFETY: The caller's promise.
        let mut next = unsafe { self.overflow() };
        core::iter::from_fn(move || {
            let bucket = next?;
            // SAFETY: As above.
            next = unsafe { bucket.overflow() };
            Some(bucket)
        })
    }

    /// It, and the buckets that follow it in its chain.
    ///
    /// # Safety
    /// The chain is initialised, and stays as it is while this is used.
    pub(crate) unsafe fn chain(self) -> impl Iterator<Item = Self> {
        // SAFETY: The caller's promise.
        core::iter::once(self).chain(unsafe { self.behind() })
    }

    #[inline]
    const fn head(self) -> NonNull<Head> {
        self.at.cast()
    }

    /// Makes the memory an empty bucket at the end of its chain.
    ///
    /// # Safety
    /// The memory is the map's, and holds no entry that is still needed.
    #[inline]
    pub(crate) unsafe fn init(self) {
        let empty = Head {
            tophash: TopHashes::ALL_EMPTY_REST.to_memory(),
            overflow: None,
        };
        // SAFETY: The caller's promise; the head is at the bucket's start.
        unsafe { self.head().write(empty) }
    }

    /// # Safety
    /// See [`BucketPtr`].
    #[inline]
    pub(crate) unsafe fn tops(self) -> TopHashes {
        // SAFETY: The head is initialised, by the caller's promise.
        TopHashes::from_memory(unsafe { (*self.head().as_ptr()).tophash })
    }

    /// # Safety
    /// See [`BucketPtr`]; and the tophashes tell the truth of the slots (M1, M2).
    #[inline]
    pub(crate) unsafe fn set_tops(self, tops: TopHashes) {
        // SAFETY: The caller's promise.
        unsafe { (*self.head().as_ptr()).tophash = tops.to_memory() }
    }

    /// One slot's state.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8.
    #[inline]
    pub(crate) unsafe fn top(self, slot: usize) -> TopHash {
        debug_assert!(slot < SLOTS);
        // SAFETY: The tophashes are the bucket's first eight bytes.
        TopHash::from_memory(unsafe { self.at.add(slot).read() })
    }

    /// Sets one slot's state.
    ///
    /// # Safety
    /// As [`set_tops`](Self::set_tops); `slot` < 8.
    #[inline]
    pub(crate) unsafe fn set_top(self, slot: usize, top: TopHash) {
        debug_assert!(slot < SLOTS);
        // SAFETY: The tophashes are the bucket's first eight bytes.
        unsafe { self.at.add(slot).write(top.get()) }
    }

    /// The next bucket of the chain.
    ///
    /// # Safety
    /// See [`BucketPtr`].
    #[inline]
    pub(crate) unsafe fn overflow(self) -> Option<Self> {
        // SAFETY: The head is initialised, by the caller's promise.
        let next = unsafe { (*self.head().as_ptr()).overflow };
        next.map(|next| Self::at(self.of, next))
    }

    /// Tells the processor that the next bucket of the chain, if there is one, will be read.
    /// Only reading the link is work: where it leads to nowhere nothing happens.
    ///
    /// # Safety
    /// See [`BucketPtr`].
    #[inline]
    pub(crate) unsafe fn prefetch_overflow(self) {
        // SAFETY: The caller's promise.
        let next = unsafe { self.overflow() };
        prefetch(next.map_or(ptr::null(), |next| next.at.as_ptr()));
    }

    /// # Safety
    /// See [`BucketPtr`]; and `next` is an overflow bucket in no other chain (A2).
    #[inline]
    pub(crate) unsafe fn set_overflow(self, next: Option<Self>) {
        // SAFETY: The caller's promise.
        unsafe { (*self.head().as_ptr()).overflow = next.map(Self::address) }
    }

    /// Whether the chain of this head was moved to the new array.
    ///
    /// # Safety
    /// See [`BucketPtr`].
    #[inline]
    pub(crate) unsafe fn is_evacuated(self) -> bool {
        // SAFETY: The caller's promise.
        unsafe { self.tops() }.get(0).is_evacuated()
    }

    /// Notes in a free bucket's memory that it is the first of `buckets` free
    /// ones, and which run of free buckets comes next.
    ///
    /// # Safety
    /// The memory of this bucket is the map's and in no use.
    pub(super) unsafe fn write_free_run(self, buckets: u32, next: Option<NonNull<u8>>) {
        let run = Head {
            tophash: u64::from(buckets).to_le_bytes(),
            overflow: next,
        };
        // SAFETY: The caller's promise.
        unsafe { self.head().write(run) }
    }

    /// What [`write_free_run`](Self::write_free_run) noted.
    ///
    /// # Safety
    /// The bucket is the first of a free run.
    pub(super) unsafe fn read_free_run(self) -> (u32, Option<NonNull<u8>>) {
        // SAFETY: The caller's promise.
        let run = unsafe { self.head().read() };
        (u64::from_le_bytes(run.tophash) as u32, run.overflow)
    }
}

impl<T: MapType> BucketPtr<T> {
    /// The first bucket of a block, behind `front` bytes; it has so many slots.
    ///
    /// # Safety
    /// The block has room for such a bucket, and it begins aligned as the shape says.
    pub(super) unsafe fn first_of(of: T, block: NonNull<u8>, front: usize, slots: usize) -> Self {
        // SAFETY: The caller's promise.
        Self::at(of, unsafe { block.add(front + of.shape().head_at(slots)) })
    }

    /// Where the block begins whose first bucket this is.
    ///
    /// # Safety
    /// It is the first of its block, behind `front` bytes, and has so many slots.
    pub(super) unsafe fn block(self, front: usize, slots: usize) -> NonNull<u8> {
        // SAFETY: The caller's promise.
        unsafe { self.at.sub(front + self.of.shape().head_at(slots)) }
    }

    /// The bucket `n` further on in the same block.
    ///
    /// # Safety
    /// The block reaches at least to the end of that bucket.
    #[inline]
    pub(crate) unsafe fn nth(self, n: usize) -> Self {
        // SAFETY: The caller's promise; and a block has at most isize::MAX bytes.
        Self::at(self.of, unsafe {
            self.at.add(n * self.of.shape().size().get())
        })
    }

    /// Whether it is one of the `buckets` buckets from `first` on, in the block of that one.
    pub(crate) fn is_within(self, first: Self, buckets: usize) -> bool {
        let behind = self.at.addr().get().wrapping_sub(first.at.addr().get());
        behind < buckets.saturating_mul(self.of.shape().size().get())
    }

    /// Where the slot's key field is: the key, or the pointer to its cell.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8.
    #[inline]
    pub(super) unsafe fn key_field(self, slot: usize) -> NonNull<u8> {
        debug_assert!(slot < T::Policy::SLOTS);
        let shape = self.of.shape();
        // SAFETY: The field is within the bucket. In two steps: the first tells the
        // compiler that the address is not null.
        unsafe {
            if shape.keys_first {
                // The complement takes one instruction less than two subtractions.
                self.at.offset(!(slot as isize) * shape.key.size() as isize)
            } else {
                self.at.add(shape.keys_at()).add(slot * shape.key.size())
            }
        }
    }

    /// Where the slot's elem field is: the elem, or the pointer to its cell.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8.
    #[inline]
    pub(super) unsafe fn elem_field(self, slot: usize) -> NonNull<u8> {
        debug_assert!(slot < T::Policy::SLOTS);
        let shape = self.of.shape();
        // SAFETY: As in `key_field`.
        unsafe { self.at.add(shape.elems_at()).add(slot * shape.elem.size()) }
    }

    /// Where the slot's key is, in the bucket or in its cell.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8; a key that is kept in a cell has its cell
    /// (the slot is live).
    #[inline]
    pub(crate) unsafe fn key(self, slot: usize) -> NonNull<u8> {
        // SAFETY: The caller's promise.
        let field = unsafe { self.key_field(slot) };
        if self.of.shape().key.has_cell() {
            // SAFETY: The slot is live, so that the pointer is there (M1).
            unsafe { field.cast::<NonNull<u8>>().read() }
        } else {
            field
        }
    }

    /// Where the slot's elem is, in the bucket or in its cell.
    ///
    /// # Safety
    /// As [`key`](Self::key).
    #[inline]
    unsafe fn elem(self, slot: usize) -> NonNull<u8> {
        // SAFETY: The caller's promise.
        let field = unsafe { self.elem_field(slot) };
        if self.of.shape().elem.has_cell() {
            // SAFETY: The slot is live, so that the pointer is there (M1).
            unsafe { field.cast::<NonNull<u8>>().read() }
        } else {
            field
        }
    }

    /// Copies a slot's fields to a slot of another bucket; cells stay where
    /// they are. Neither slot's tophash is touched.
    ///
    /// # Safety
    /// Both buckets as [`BucketPtr`] says, both slots < 8, the buckets not the
    /// same; from now on one of the two copies only is an entry.
    #[inline]
    pub(crate) unsafe fn copy_slot(self, slot: usize, to: Self, to_slot: usize) {
        let shape = self.of.shape();
        // SAFETY: The caller's promise gives all four fields.
        let (key, elem) = unsafe { (self.key_field(slot), self.elem_field(slot)) };
        // SAFETY: As above.
        let (to_key, to_elem) = unsafe { (to.key_field(to_slot), to.elem_field(to_slot)) };
        // SAFETY: Fields of two buckets, which do not overlap.
        unsafe {
            copy_field(key, to_key, shape.key.size());
            copy_field(elem, to_elem, shape.elem.size());
        }
    }

    /// Copies a whole first bucket of `slots` slots, its head too, to one that has more;
    /// what is in the further slots of that is not touched.
    ///
    /// # Safety
    /// Both are as [`BucketPtr`] says, of a policy that has small ones, and lie in
    /// different blocks; from now on one of the two copies only has entries.
    pub(crate) unsafe fn copy_small(self, slots: usize, to: Self) {
        let shape = self.of.shape();
        debug_assert!(shape.keys_first);
        let before = slots * shape.key.size();
        let all = before + shape.elems_at() + slots * shape.elem.size();
        // SAFETY: Keys end where the head begins, in both buckets; so many bytes from the
        // first key on are the slots' keys, the head, and the slots' elems.
        unsafe {
            let from = self.at.sub(before);
            from.copy_to_nonoverlapping(to.at.sub(before), all);
        }
    }
}

/// Copies a field. Where its size is not known to the compiler that is done word by word: a call
/// of the function that copies memory would cost more than the copy.
///
/// # Safety
/// So many bytes may be read and written there, and do not overlap.
#[inline(always)]
unsafe fn copy_field(from: NonNull<u8>, to: NonNull<u8>, size: usize) {
    // SAFETY: The caller's promise.
    unsafe {
        if FOR_SPEED {
            from.copy_to_nonoverlapping(to, size);
        } else if size == size_of::<Word>() {
            copy_part::<Word>(from, to, 0);
        } else {
            copy_words(from, to, size);
        }
    }
}

/// A word of what may be anything: parts of a pointer, or padding.
type Word = MaybeUninit<usize>;

/// # Safety
/// As [`copy_field`].
#[inline(never)]
unsafe fn copy_words(from: NonNull<u8>, to: NonNull<u8>, size: usize) {
    let mut at = 0;
    // SAFETY: The caller's promise: all is within the field.
    unsafe {
        while at + size_of::<Word>() <= size {
            copy_part::<Word>(from, to, at);
            at += size_of::<Word>();
        }
        while at < size {
            copy_part::<MaybeUninit<u8>>(from, to, at);
            at += 1;
        }
    }
}

/// Copies what lies so many bytes further on, aligned or not.
///
/// # Safety
/// It may be read and written there.
#[inline(always)]
unsafe fn copy_part<T>(from: NonNull<u8>, to: NonNull<u8>, at: usize) {
    // SAFETY: The caller's promise.
    unsafe {
        let part = from.add(at).cast::<T>().read_unaligned();
        to.add(at).cast::<T>().write_unaligned(part);
    }
}

/// One slot of one bucket.
#[derive(Clone, Copy)]
pub(crate) struct Slot<T> {
    pub(crate) bucket: BucketPtr<T>,
    pub(crate) index: usize,
}

impl<T> PartialEq for Slot<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bucket == other.bucket && self.index == other.index
    }
}

impl<T: Copy> Slot<T> {
    /// The same slot, whose types are told in another way.
    #[inline]
    pub(crate) const fn of_types<U>(self, of: U) -> Slot<U> {
        Slot {
            bucket: self.bucket.of_types(of),
            index: self.index,
        }
    }

    /// Its tophash.
    ///
    /// # Safety
    /// Its bucket is as [`BucketPtr`] says.
    pub(crate) unsafe fn top(self) -> TopHash {
        // SAFETY: The caller's promise.
        unsafe { self.bucket.top(self.index) }
    }
}

impl<T: MapType> Slot<T> {
    /// Where its key is.
    ///
    /// # Safety
    /// The slot is live.
    #[inline]
    pub(crate) unsafe fn key_at(self) -> NonNull<u8> {
        // SAFETY: The caller's promise.
        unsafe { self.bucket.key(self.index) }
    }

    /// Makes a copy of its entry in a free slot of another bucket, tophash and all.
    ///
    /// # Safety
    /// As [`copy_slot`](BucketPtr::copy_slot); this one is live.
    pub(crate) unsafe fn copy_to(self, to: Self) {
        // SAFETY: The caller's promise; M1 is true of the copy with its tophash.
        unsafe {
            self.bucket.copy_slot(self.index, to.bucket, to.index);
            to.bucket.set_top(to.index, self.top());
        }
    }

    /// Where the pointers to its cells are, or would be.
    ///
    /// # Safety
    /// Its bucket is as [`BucketPtr`] says.
    #[inline]
    pub(crate) unsafe fn cell_fields(self) -> CellFields {
        // SAFETY: The caller's promise.
        let (key, elem) = unsafe {
            let Self { bucket, index } = self;
            (bucket.key_field(index), bucket.elem_field(index))
        };
        CellFields { key, elem }
    }

    /// The cells of its entry.
    ///
    /// # Safety
    /// Its fields are those of an entry, live or just moved out.
    #[inline]
    pub(crate) unsafe fn cells(self) -> Cells {
        let shape = self.bucket.of.shape();
        // SAFETY: The caller's promise.
        let (key, elem) = unsafe { (self.key_at(), self.bucket.elem(self.index)) };
        Cells {
            key: shape.key.has_cell().then_some(key),
            elem: shape.elem.has_cell().then_some(elem),
        }
    }
}

/// A slot that says that it lives, and whose entry is still to be written: before anything else
/// is done with the map, as M1 does not hold meanwhile.
#[must_use = "the slot says that it lives"]
pub(crate) struct Entered<T>(Slot<T>);

impl<T: Copy> Entered<T> {
    /// # Safety
    /// It has what its entry needs beside, and is written by whoever gets this.
    #[inline]
    pub(crate) const unsafe fn new(slot: Slot<T>) -> Self {
        Self(slot)
    }

    /// The slot.
    #[cfg(feature = "small-code")]
    #[inline]
    pub(crate) const fn slot(self) -> Slot<T> {
        self.0
    }

    /// The same slot, whose types are told in another way.
    #[inline]
    pub(crate) const fn of_types<U>(self, of: U) -> Entered<U> {
        Entered(self.0.of_types(of))
    }
}

impl<K, V, P: Tradeoffs> Entered<Types<K, V, P>> {
    /// Writes the entry.
    #[inline]
    pub(crate) fn write(self, key: K, elem: V) -> Slot<Types<K, V, P>> {
        // SAFETY: As was promised when this was made.
        unsafe { self.0.write(key, elem) };
        self.0
    }
}

impl<K, V, P: Tradeoffs> Slot<Types<K, V, P>> {
    /// Where its key and its elem are.
    ///
    /// # Safety
    /// The slot is live.
    #[inline]
    pub(crate) unsafe fn pair(self) -> (NonNull<K>, NonNull<V>) {
        // SAFETY: The caller's promise.
        let (key, elem) = unsafe { (self.key_at(), self.bucket.elem(self.index)) };
        (key.cast(), elem.cast())
    }

    /// Its entry.
    ///
    /// # Safety
    /// The slot is live, and stays so and unchanged for `'a`.
    #[inline]
    pub(crate) unsafe fn entry<'a>(self) -> (&'a K, &'a V) {
        // SAFETY: The caller's promise; M1.
        unsafe {
            let (key, elem) = self.pair();
            (key.as_ref(), elem.as_ref())
        }
    }

    /// Its entry, to change.
    ///
    /// # Safety
    /// The slot is live, stays so for `'a`, and nobody else looks at the entry meanwhile.
    #[inline]
    pub(crate) unsafe fn entry_mut<'a>(self) -> (&'a mut K, &'a mut V) {
        // SAFETY: The caller's promise; M1.
        unsafe {
            let (mut key, mut elem) = self.pair();
            (key.as_mut(), elem.as_mut())
        }
    }

    /// Its key.
    ///
    /// # Safety
    /// The slot is live, and stays so and its key unchanged for `'a`.
    #[inline]
    pub(crate) unsafe fn key<'a>(self) -> &'a K {
        // SAFETY: The caller's promise; M1.
        unsafe { self.key_at().cast().as_ref() }
    }

    /// Writes a key and an elem, each into its cell if it has one. The slot's
    /// tophash is not touched.
    ///
    /// # Safety
    /// The slot's bucket is as [`BucketPtr`] says, its fields hold no entry, and
    /// [its cells are set](Cells::give).
    #[inline]
    pub(crate) unsafe fn write(self, key: K, elem: V) {
        // SAFETY: The field or the cell is the entry's own.
        unsafe {
            let (key_at, elem_at) = self.pair();
            key_at.write(key);
            elem_at.write(elem);
        }
    }
}
