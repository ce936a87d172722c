//! One bucket: eight slots, and the link to the next bucket of the chain.
//!
//! ```text
//! offset (64-bit, u64 → u64)
//!   0  tophash   8 × u8     which slots are live, and 7 bits of each hash
//!   8  overflow  pointer    the next bucket of the chain
//!  16  keys      8 × K
//!  80  elems     8 × V
//! 144
//! ```
//!
//! Keys together and elems together, as in Go, so that (u64, u8) takes 9 bytes
//! a slot and not 16. *Differs from Go:* the link stands beside the tophash, not
//! behind the elems. A look-up that misses a full bucket then reads one cache
//! line of it, a free bucket's header is in one place, and keys aligned to 16
//! or more need no padding twice. For alignments up to 8 the size is Go's.
//!
//! A key or elem larger than the policy's limit is replaced by a pointer to a
//! *cell*, an allocation of its own; moving the entry moves the pointer.
//!
//! The layout cannot be a Rust struct: whether a field is a cell depends on
//! `size_of::<K>()`. It is a set of constants, [`Shape`], and this file and
//! `buckets.rs` are the only ones that turn them into addresses.
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

use super::cells::{Cells, is_in_cell};
use super::prefetch::prefetch;
use crate::policy::Policy;
use crate::sizing::{SLOTS, round_up};
use crate::tophash::{TopHash, TopHashes};
use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

/// What every bucket begins with.
#[repr(C)]
#[cfg_attr(target_pointer_width = "64", repr(align(8)))]
#[cfg_attr(not(target_pointer_width = "64"), repr(align(4)))]
struct Head {
    tophash: [u8; SLOTS],
    overflow: Option<NonNull<u8>>,
}

/// How one of the two fields of a slot is stored.
#[derive(Clone, Copy)]
struct Field {
    size: usize,
    align: usize,
}

impl Field {
    const fn of<T, P: Policy>() -> Self {
        if is_in_cell::<T, P>() {
            Self {
                size: size_of::<*mut T>(),
                align: align_of::<*mut T>(),
            }
        } else {
            Self {
                size: size_of::<T>(),
                align: align_of::<T>(),
            }
        }
    }
}

/// The layout of a bucket of `K` and `V` under the policy `P`, all constants.
pub(crate) struct Shape<K, V, P>(PhantomData<(K, V, P)>);

impl<K, V, P: Policy> Shape<K, V, P> {
    const KEY: Field = Field::of::<K, P>();
    const ELEM: Field = Field::of::<V, P>();
    /// Whether the keys lie before the head, the last slot's first. Then slots are counted
    /// from the head to either side, and a bucket with fewer slots is the middle of one
    /// with eight.
    const KEYS_FIRST: bool = P::SMALL_FIRST_BUCKET;
    /// Where the head is in a bucket of so many slots.
    const fn head_at(slots: usize) -> usize {
        if Self::KEYS_FIRST {
            round_up(slots * Self::KEY.size, Self::ALIGN)
        } else {
            0
        }
    }
    /// Where keys that lie behind the head begin, counted from there.
    const KEYS_AT: usize = round_up(size_of::<Head>(), Self::KEY.align);
    /// Where the elems begin, counted from the head.
    const ELEMS_AT: usize = {
        let behind = if Self::KEYS_FIRST {
            size_of::<Head>()
        } else {
            Self::KEYS_AT + SLOTS * Self::KEY.size
        };
        round_up(behind, Self::ELEM.align)
    };

    pub(crate) const ALIGN: usize = {
        let of_slots = if Self::KEY.align > Self::ELEM.align {
            Self::KEY.align
        } else {
            Self::ELEM.align
        };
        if of_slots > align_of::<Head>() {
            of_slots
        } else {
            align_of::<Head>()
        }
    };

    /// Bytes of one bucket, a multiple of `ALIGN`.
    pub(crate) const SIZE: usize = round_up(
        Self::head_at(SLOTS) + Self::ELEMS_AT + SLOTS * Self::ELEM.size,
        Self::ALIGN,
    );

    /// The layout of a first bucket of so many slots, fewer than eight only where the
    /// policy has [small ones](Policy::SMALL_FIRST_BUCKET).
    pub(crate) const fn first_bucket_layout(slots: usize) -> Option<Layout> {
        if slots >= SLOTS {
            return Self::layout(0, 1);
        }
        let size = Self::head_at(slots) + Self::ELEMS_AT + slots * Self::ELEM.size;
        match Layout::from_size_align(size, Self::ALIGN) {
            Ok(layout) => Some(layout),
            Err(_) => None,
        }
    }

    /// The layout of `buckets` buckets behind `header` bytes; `None` if that is
    /// more than `isize::MAX` bytes.
    pub(crate) const fn layout(header: usize, buckets: usize) -> Option<Layout> {
        let Some(size) = Self::SIZE.checked_mul(buckets) else {
            return None;
        };
        let Some(size) = size.checked_add(header) else {
            return None;
        };
        match Layout::from_size_align(size, Self::ALIGN) {
            Ok(layout) => Some(layout),
            Err(_) => None,
        }
    }
}

/// Memory for one bucket, to be lent to a map as its first.
///
/// The bucket's size is 16 bytes (12 on 32-bit targets) + 8 keys + 8 values,
/// rounded up to their alignment: 144 bytes for `u64` → `u64`. Where keys or values
/// are over 128 bytes the map stores pointers to them in the bucket, so eight of them
/// are more room than it needs; [`first_bucket!`](crate::first_bucket) makes one that
/// fits, whose last two parameters say what is stored.
///
/// See [`Hmap::with_first_bucket_in`](crate::Hmap::with_first_bucket_in).
#[repr(C)]
pub struct FirstBucket<K, V, StoredKey = K, StoredValue = V> {
    head: Head,
    keys: [MaybeUninit<StoredKey>; SLOTS],
    elems: [MaybeUninit<StoredValue>; SLOTS],
    entries: PhantomData<(K, V)>,
}

impl<K, V> FirstBucket<K, V> {
    /// An empty bucket. It is `const`, so that it can be a `static`.
    pub const fn new() -> Self {
        Self::of_stored()
    }
}

impl<K, V, StoredKey, StoredValue> FirstBucket<K, V, StoredKey, StoredValue> {
    /// An empty bucket of chosen fields; a map takes it if they are large enough.
    #[doc(hidden)]
    pub const fn of_stored() -> Self {
        Self {
            head: Head {
                tophash: TopHashes::ALL_EMPTY_REST.to_memory(),
                overflow: None,
            },
            keys: [const { MaybeUninit::uninit() }; SLOTS],
            elems: [const { MaybeUninit::uninit() }; SLOTS],
            entries: PhantomData,
        }
    }

    /// Empties the bucket, whatever a map left in it, and lends it to a map of the
    /// policy `P`.
    pub(crate) const fn lend<P: Policy>(&mut self) -> LentBucket<'_, K, V, P> {
        self.head = Head {
            tophash: TopHashes::ALL_EMPTY_REST.to_memory(),
            overflow: None,
        };
        // SAFETY: The bucket is empty, and borrowed alone for the lifetime given.
        unsafe { LentBucket::of(self) }
    }
}

/// The type that a bucket stores for a key or value of type `T`: itself, or the
/// pointer to its cell. Implemented by [`Stored`] for the two answers to whether it is
/// larger than the limit, since a type cannot depend on a size otherwise.
#[doc(hidden)]
pub trait StoredAs<T> {
    type Type;
}

/// `Stored<{ size_of::<T>() > INLINE_LIMIT }>`.
#[doc(hidden)]
pub struct Stored<const IN_CELL: bool>;

impl<T> StoredAs<T> for Stored<false> {
    type Type = T;
}

impl<T> StoredAs<T> for Stored<true> {
    type Type = MaybeUninit<NonNull<T>>;
}

/// The limit by which [`first_bucket!`](crate::first_bucket) chooses: the policy
/// `Go`'s.
#[doc(hidden)]
pub const INLINE_LIMIT: usize = <crate::policy::Go as Policy>::INLINE_LIMIT;

/// A caller's bucket, empty, that one map has for itself during `'b`.
#[doc(hidden)]
pub struct LentBucket<'b, K, V, P> {
    at: NonNull<u8>,
    borrow: PhantomData<&'b mut ()>,
    shape: PhantomData<NonNull<(K, V, P)>>,
}

impl<K, V, P: Policy> LentBucket<'_, K, V, P> {
    /// Lends a bucket; `static_hmap!` calls it with one in a `static mut`.
    ///
    /// # Safety
    /// The bucket is empty, as [`FirstBucket::new`] made it, and nobody else touches
    /// it during the lifetime.
    pub const unsafe fn of<SK, SV>(bucket: *mut FirstBucket<K, V, SK, SV>) -> Self {
        const {
            // Cells make the map's bucket smaller, never larger.
            assert!(
                !Shape::<K, V, P>::KEYS_FIRST
                    && size_of::<FirstBucket<K, V, SK, SV>>() >= Shape::<K, V, P>::SIZE
                    && align_of::<FirstBucket<K, V, SK, SV>>() >= Shape::<K, V, P>::ALIGN,
                "the bucket is too small for what the map stores in it"
            );
        }
        Self {
            // SAFETY: The bucket exists, so its address is not null.
            at: unsafe { NonNull::new_unchecked(bucket.cast()) },
            borrow: PhantomData,
            shape: PhantomData,
        }
    }
}

impl<K, V, StoredKey, StoredValue> Default for FirstBucket<K, V, StoredKey, StoredValue> {
    fn default() -> Self {
        Self::of_stored()
    }
}

impl<K, V, StoredKey, StoredValue> core::fmt::Debug for FirstBucket<K, V, StoredKey, StoredValue> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FirstBucket").finish_non_exhaustive()
    }
}

// SAFETY: It is memory; the entries that a map puts there belong to the map, which
// has the bucket for itself and is `Send` and `Sync` by its own rules.
unsafe impl<K, V, SK, SV> Send for FirstBucket<K, V, SK, SV> {}
// SAFETY: As above; a shared reference to a bucket gives access to nothing.
unsafe impl<K, V, SK, SV> Sync for FirstBucket<K, V, SK, SV> {}

/// Where a bucket is: the address of its head.
///
/// It is a pointer and no more: the methods are unsafe because only the map
/// knows which buckets it has. All of them need the bucket's memory to be
/// allocated to this map; all but [`init`](Self::init) and the two for free
/// runs need its head to be initialised.
pub(crate) struct BucketPtr<K, V, P> {
    at: NonNull<u8>,
    shape: PhantomData<(NonNull<K>, NonNull<V>, P)>,
}

impl<K, V, P> Clone for BucketPtr<K, V, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V, P> Copy for BucketPtr<K, V, P> {}

impl<K, V, P> PartialEq for BucketPtr<K, V, P> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<K, V, P: Policy> BucketPtr<K, V, P> {
    /// The bucket whose head is at an address.
    const fn at(at: NonNull<u8>) -> Self {
        Self {
            at,
            shape: PhantomData,
        }
    }

    /// The first bucket of a block; it has so many slots.
    ///
    /// # Safety
    /// The block has room for such a bucket, and begins aligned to `Shape::ALIGN`.
    pub(crate) const unsafe fn first_of(block: NonNull<u8>, slots: usize) -> Self {
        // SAFETY: The caller's promise.
        Self::at(unsafe { block.add(Shape::<K, V, P>::head_at(slots)) })
    }

    /// Where the block begins whose first bucket this is.
    ///
    /// # Safety
    /// It is the first of its block, and has so many slots.
    pub(crate) const unsafe fn block(self, slots: usize) -> NonNull<u8> {
        // SAFETY: The caller's promise.
        unsafe { self.at.sub(Shape::<K, V, P>::head_at(slots)) }
    }

    /// The bucket that the caller lends.
    pub(crate) const fn of_caller(bucket: LentBucket<'_, K, V, P>) -> Self {
        Self::at(bucket.at)
    }

    pub(crate) const fn address(self) -> NonNull<u8> {
        self.at
    }

    /// The bucket `n` further on in the same block.
    ///
    /// # Safety
    /// The block reaches at least to the end of that bucket.
    #[inline]
    pub(crate) const unsafe fn nth(self, n: usize) -> Self {
        // SAFETY: The caller's promise; and a block has at most isize::MAX bytes.
        Self::at(unsafe { self.at.add(n * Shape::<K, V, P>::SIZE) })
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

    /// Whether it is one of the `buckets` buckets from `first` on, in the block of that one.
    pub(crate) fn is_within(self, first: Self, buckets: usize) -> bool {
        let behind = self.at.addr().get().wrapping_sub(first.at.addr().get());
        behind < buckets.saturating_mul(Shape::<K, V, P>::SIZE)
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
    pub(crate) const unsafe fn init(self) {
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
        unsafe { (*self.head().as_ptr()).overflow }.map(Self::at)
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

    /// Where the slot's key field is: the key, or the pointer to its cell.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8.
    #[inline]
    unsafe fn key_field(self, slot: usize) -> NonNull<u8> {
        debug_assert!(slot < SLOTS);
        let size = Shape::<K, V, P>::KEY.size;
        // SAFETY: The field is within the bucket. In two steps: the first tells the
        // compiler that the address is not null.
        unsafe {
            if Shape::<K, V, P>::KEYS_FIRST {
                self.at.sub(size).sub(slot * size)
            } else {
                self.at.add(Shape::<K, V, P>::KEYS_AT).add(slot * size)
            }
        }
    }

    /// Where the slot's elem field is: the elem, or the pointer to its cell.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8.
    #[inline]
    unsafe fn elem_field(self, slot: usize) -> NonNull<u8> {
        debug_assert!(slot < SLOTS);
        // SAFETY: As in `key_field`.
        unsafe {
            let elems = self.at.add(Shape::<K, V, P>::ELEMS_AT);
            elems.add(slot * Shape::<K, V, P>::ELEM.size)
        }
    }

    /// Where the slot's key is, in the bucket or in its cell.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8; a key that is kept in a cell has its cell
    /// (the slot is live).
    #[inline]
    pub(crate) unsafe fn key(self, slot: usize) -> NonNull<K> {
        // SAFETY: The caller's promise.
        let field = unsafe { self.key_field(slot) };
        if is_in_cell::<K, P>() {
            // SAFETY: The slot is live, so that the pointer is there (M1).
            unsafe { field.cast::<NonNull<K>>().read() }
        } else {
            field.cast()
        }
    }

    /// Where the slot's elem is, in the bucket or in its cell.
    ///
    /// # Safety
    /// As [`key`](Self::key).
    #[inline]
    pub(crate) unsafe fn elem(self, slot: usize) -> NonNull<V> {
        // SAFETY: The caller's promise.
        let field = unsafe { self.elem_field(slot) };
        if is_in_cell::<V, P>() {
            // SAFETY: The slot is live, so that the pointer is there (M1).
            unsafe { field.cast::<NonNull<V>>().read() }
        } else {
            field.cast()
        }
    }

    /// Writes a key and an elem, each into its cell if it has one. The slot's
    /// tophash is not touched.
    ///
    /// # Safety
    /// See [`BucketPtr`]; `slot` < 8 and empty; there is a cell exactly for what is
    /// kept in one, and it is the entry's own.
    #[inline]
    pub(crate) unsafe fn fill_slot(self, slot: usize, cells: Cells<K, V>, key: K, elem: V) {
        if let Some(cell) = cells.key.filter(|_| is_in_cell::<K, P>()) {
            // SAFETY: Keys are kept in cells, so the field is that of a pointer.
            unsafe { self.key_field(slot).cast::<NonNull<K>>().write(cell) };
        }
        if let Some(cell) = cells.elem.filter(|_| is_in_cell::<V, P>()) {
            // SAFETY: Elems are kept in cells, so the field is that of a pointer.
            unsafe { self.elem_field(slot).cast::<NonNull<V>>().write(cell) };
        }
        // SAFETY: The field or the cell is the entry's own.
        unsafe {
            self.key(slot).write(key);
            self.elem(slot).write(elem);
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
        // SAFETY: The caller's promise gives all four fields.
        let (key, elem) = unsafe { (self.key_field(slot), self.elem_field(slot)) };
        // SAFETY: As above.
        let (to_key, to_elem) = unsafe { (to.key_field(to_slot), to.elem_field(to_slot)) };
        // SAFETY: Fields of two buckets, which do not overlap.
        unsafe { key.copy_to_nonoverlapping(to_key, Shape::<K, V, P>::KEY.size) };
        // SAFETY: As above.
        unsafe { elem.copy_to_nonoverlapping(to_elem, Shape::<K, V, P>::ELEM.size) };
    }

    /// Copies a whole first bucket of `slots` slots, its head too, to one that has more;
    /// what is in the further slots of that is not touched.
    ///
    /// # Safety
    /// Both are as [`BucketPtr`] says, of a policy that has small ones, and lie in
    /// different blocks; from now on one of the two copies only has entries.
    pub(crate) unsafe fn copy_small(self, slots: usize, to: Self) {
        debug_assert!(Shape::<K, V, P>::KEYS_FIRST);
        let before = slots * Shape::<K, V, P>::KEY.size;
        let all = before + Shape::<K, V, P>::ELEMS_AT + slots * Shape::<K, V, P>::ELEM.size;
        // SAFETY: Keys end where the head begins, in both buckets; so many bytes from the
        // first key on are the slots' keys, the head, and the slots' elems.
        unsafe {
            let from = self.at.sub(before);
            from.copy_to_nonoverlapping(to.at.sub(before), all);
        }
    }

    /// Notes in a free bucket's memory that it is the first of `buckets` free
    /// ones, and which run of free buckets comes next.
    ///
    /// # Safety
    /// The memory of this bucket is the map's and in no use.
    pub(crate) unsafe fn write_free_run(self, buckets: u64, next: Option<Self>) {
        let run = Head {
            tophash: buckets.to_le_bytes(),
            overflow: next.map(Self::address),
        };
        // SAFETY: The caller's promise.
        unsafe { self.head().write(run) }
    }

    /// What [`write_free_run`](Self::write_free_run) noted.
    ///
    /// # Safety
    /// The bucket is the first of a free run.
    pub(crate) unsafe fn read_free_run(self) -> (u64, Option<Self>) {
        // SAFETY: The caller's promise.
        let run = unsafe { self.head().read() };
        (u64::from_le_bytes(run.tophash), run.overflow.map(Self::at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Compact, Go};

    fn size<K, V>() -> usize {
        Shape::<K, V, Go>::SIZE
    }

    /// As large as a `u128`, and aligned to its size on every target, which that is not.
    #[repr(align(16))]
    struct Sixteen(#[expect(dead_code)] [u8; 16]);

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_bucket_is_as_large_as_gos() {
        assert_eq!(size::<u64, u64>(), 144);
        assert_eq!(size::<u64, u32>(), 112);
        assert_eq!(size::<u64, u8>(), 88);
        assert_eq!(size::<u64, ()>(), 80);
        assert_eq!(size::<u32, u32>(), 80);
        assert_eq!(size::<u32, u8>(), 56);
        assert_eq!(size::<&str, u64>(), 208);
        // The largest: both at the limit.
        assert_eq!(size::<[u8; 128], [u8; 128]>(), 8 + 8 * 128 + 8 * 128 + 8);
        assert_eq!(size::<[u8; 129], [u8; 4096]>(), 8 + 8 * 8 + 8 * 8 + 8);
    }

    #[test]
    fn fields_are_aligned_and_do_not_overlap() {
        fn check<K, V>() {
            type S<K, V> = Shape<K, V, Go>;
            assert_eq!(S::<K, V>::head_at(8), 0);
            assert!(S::<K, V>::KEYS_AT >= size_of::<Head>());
            assert!(S::<K, V>::ELEMS_AT >= S::<K, V>::KEYS_AT + 8 * S::<K, V>::KEY.size);
            assert!(S::<K, V>::SIZE >= S::<K, V>::ELEMS_AT + 8 * S::<K, V>::ELEM.size);
            assert_eq!(S::<K, V>::KEYS_AT % S::<K, V>::KEY.align, 0);
            assert_eq!(S::<K, V>::ELEMS_AT % S::<K, V>::ELEM.align, 0);
            assert_eq!(S::<K, V>::SIZE % S::<K, V>::ALIGN, 0);
            assert!(size_of::<FirstBucket<K, V>>() >= S::<K, V>::SIZE);
        }
        #[repr(align(64))]
        struct Line(#[expect(dead_code)] [u8; 64]);
        check::<u8, u8>();
        check::<(), ()>();
        check::<u8, Sixteen>();
        check::<Sixteen, u8>();
        check::<Line, u8>();
        check::<[u8; 3], Line>();
        check::<[u64; 17], [u8; 129]>();
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn a_bucket_with_fewer_slots_is_the_middle_of_a_whole_one() {
        fn bytes<K, V>(slots: usize) -> usize {
            Shape::<K, V, Compact>::first_bucket_layout(slots)
                .unwrap()
                .size()
        }
        assert_eq!([2, 4, 8].map(bytes::<u64, u64>), [48, 80, 144]);
        assert_eq!([2, 4, 8].map(bytes::<u8, u8>), [26, 28, 32]);
        assert_eq!([2, 4, 8].map(bytes::<u8, Sixteen>), [64, 96, 160]);
        assert_eq!(Shape::<u64, u8, Compact>::SIZE, size::<u64, u8>());
        assert_eq!(Shape::<Sixteen, u8, Compact>::SIZE, size::<Sixteen, u8>());
        assert_eq!(Shape::<u8, Sixteen, Compact>::SIZE, size::<u8, Sixteen>());
        assert_eq!(Shape::<&str, u64, Compact>::SIZE, size::<&str, u64>());
    }

    #[test]
    fn an_array_that_cannot_be_expressed_has_no_layout() {
        assert!(Shape::<u64, u64, Go>::layout(0, usize::MAX / 100).is_none());
        assert!(Shape::<u64, u64, Go>::layout(usize::MAX, 1).is_none());
        assert!(Shape::<u64, u64, Go>::layout(0, 1).is_some());
    }
}
