//! What the algorithm has to know of a map's types: sizes and offsets.
//!
//! It is a value, [`Shape`], asked of a [`MapType`]. [`Types`] has no size and answers with
//! constants, so that the compiler folds them into the code of each pair of types.
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
//! Keys together and elems together, as in Go, so that (u64, u8) takes 9 bytes a slot and
//! not 16. *Differs from Go:* the link stands beside the tophash, not behind the elems. A
//! look-up that misses a full bucket then reads one cache line of it, a free bucket's head is
//! in one place, and keys aligned to 16 or more need no padding twice. For alignments up to 8
//! the size is Go's.
//!
//! Where the policy has first buckets with fewer slots, the keys lie before the head, the
//! last slot's first. Then slots are counted from the head to either side, and a small bucket
//! is the middle of a whole one: all its addresses are the same.

use super::occupancy::Spacing;
use crate::numbers::alloc::Layout;
use crate::numbers::policy::Tradeoffs;
use crate::numbers::sizing::{SLOTS, round_up};
use core::marker::PhantomData;
use core::num::{NonZeroU32, NonZeroUsize};
use core::ptr::NonNull;

/// A map's types, as far as the algorithm has to know them.
///
/// Go: `maptype`.
pub(crate) trait MapType: Copy {
    type Policy: Tradeoffs;

    fn shape(self) -> Shape;

    /// The allocations that the cells of one entry are.
    fn cells(self) -> CellLayouts;

    /// Whether the first bucket begins with two slots.
    #[inline]
    fn begins_small(self) -> bool {
        <Self::Policy as Tradeoffs>::SMALL_FIRST_BUCKET
    }
}

/// The types of a map, known to the compiler.
pub(crate) struct Types<K, V, P>(PhantomData<NonNull<(K, V, P)>>);

impl<K, V, P> Clone for Types<K, V, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V, P> Copy for Types<K, V, P> {}

impl<K, V, P: Tradeoffs> Types<K, V, P> {
    pub(crate) const HERE: Self = Self(PhantomData);
    pub(crate) const SHAPE: Shape = Shape::new::<K, V, P>();
    pub(super) const CELLS: CellLayouts = CellLayouts::new::<K, V>(P::INLINE_LIMIT);
}

impl<K, V, P: Tradeoffs> MapType for Types<K, V, P> {
    type Policy = P;

    #[inline(always)]
    fn shape(self) -> Shape {
        Self::SHAPE
    }

    #[inline(always)]
    fn cells(self) -> CellLayouts {
        Self::CELLS
    }
}

/// How a key or an elem is stored.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    /// Bytes of it in a slot.
    size: u8,
    /// Whether a slot has a pointer to it only.
    has_cell: bool,
}

impl Field {
    /// A type that is stored in the slot, or if it is larger than the limit in a cell.
    const fn of<T>(inline_limit: usize) -> Self {
        assert!(inline_limit <= u8::MAX as usize && size_of::<NonNull<T>>() <= inline_limit);
        let has_cell = size_of::<T>() > inline_limit;
        Self {
            size: if has_cell {
                size_of::<NonNull<T>>() as u8
            } else {
                size_of::<T>() as u8
            },
            has_cell,
        }
    }

    /// Bytes of it in a slot.
    #[inline(always)]
    pub(super) const fn size(self) -> usize {
        self.size as usize
    }

    /// Whether a slot has a pointer to it only.
    #[inline(always)]
    pub(super) const fn has_cell(self) -> bool {
        self.has_cell
    }
}

/// The allocations that the cells of one entry are.
#[derive(Clone, Copy)]
pub(crate) struct CellLayouts {
    pub(crate) key: Option<Layout>,
    pub(crate) elem: Option<Layout>,
}

impl CellLayouts {
    /// Of entries that have none.
    #[cfg(feature = "small-code")]
    pub(super) const NONE: Self = Self {
        key: None,
        elem: None,
    };

    const fn new<K, V>(inline_limit: usize) -> Self {
        Self {
            key: cell::<K>(inline_limit),
            elem: cell::<V>(inline_limit),
        }
    }

    /// Bytes asked for by the cells of one entry.
    pub(crate) fn bytes(self) -> usize {
        let bytes = |cell: Option<Layout>| cell.map_or(0, |cell| cell.size());
        bytes(self.key) + bytes(self.elem)
    }
}

/// The allocation that a type of more bytes than that is kept in.
const fn cell<T>(inline_limit: usize) -> Option<Layout> {
    if size_of::<T>() > inline_limit {
        Some(Layout::new::<T>())
    } else {
        None
    }
}

/// How a type is aligned in a slot.
const fn align_in_slot<T>(inline_limit: usize) -> usize {
    if size_of::<T>() > inline_limit {
        align_of::<NonNull<T>>()
    } else {
        align_of::<T>()
    }
}

/// What every bucket begins with.
#[repr(C)]
#[cfg_attr(target_pointer_width = "64", repr(align(8)))]
#[cfg_attr(not(target_pointer_width = "64"), repr(align(4)))]
pub(super) struct Head {
    pub(super) tophash: [u8; SLOTS],
    pub(super) overflow: Option<NonNull<u8>>,
}

/// Bytes of a front: what [`Extra`](crate::go::header::Extra) takes.
pub(crate) const FRONT: usize = if size_of::<usize>() == 8 { 104 } else { 64 };

/// The layout of a bucket. No alignment is over 2^29, so that all offsets are below 2^32.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(super) key: Field,
    pub(super) elem: Field,
    size: NonZeroU32,
    keys_at: u32,
    elems_at: u32,
    /// Bytes of a front before buckets of this shape.
    front: u32,
    /// The logarithm of the alignment.
    align: u8,
    /// Whether the keys lie before the head.
    pub(super) keys_first: bool,
}

impl Shape {
    const fn new<K, V, P: Tradeoffs>() -> Self {
        assert!(P::HEAD >= size_of::<Head>());
        let (inline_limit, keys_first) = (P::INLINE_LIMIT, P::SMALL_FIRST_BUCKET);
        let (key, elem) = (Field::of::<K>(inline_limit), Field::of::<V>(inline_limit));
        let key_align = align_in_slot::<K>(inline_limit);
        let elem_align = align_in_slot::<V>(inline_limit);
        let keys_at = round_up(P::HEAD, key_align);
        let behind = if keys_first {
            P::HEAD
        } else {
            keys_at + P::SLOTS * key.size()
        };
        let elems_at = round_up(behind, elem_align);
        let align = max(align_of::<Head>(), max(key_align, elem_align));
        let mut shape = Self {
            key,
            elem,
            size: NonZeroU32::MIN,
            keys_at: offset(keys_at),
            elems_at: offset(elems_at),
            front: offset(round_up(FRONT, align)),
            align: align.trailing_zeros() as u8,
            keys_first,
        };
        let size = round_up(shape.bytes(P::SLOTS), align);
        shape.size = NonZeroU32::MIN.saturating_add(offset(size - 1));
        shape
    }

    /// Bytes of one bucket, a multiple of its alignment.
    #[inline(always)]
    pub(crate) const fn size(self) -> NonZeroUsize {
        // SAFETY: It is not 0, and a bucket is no larger than an address can say.
        unsafe { NonZeroUsize::new_unchecked(self.size.get() as usize) }
    }

    #[inline(always)]
    pub(crate) const fn align(self) -> usize {
        1 << self.align
    }

    /// Bytes of a front before such buckets.
    #[inline(always)]
    pub(super) const fn front(self) -> usize {
        self.front as usize
    }

    /// Bytes of a front that has so many more.
    #[inline(always)]
    pub(super) const fn front_with(self, more: usize) -> usize {
        match more {
            0 => self.front(),
            _ => round_up(FRONT + more, self.align()),
        }
    }

    /// Where keys that lie behind the head begin, counted from there.
    #[inline(always)]
    pub(super) const fn keys_at(self) -> usize {
        self.keys_at as usize
    }

    /// Where the elems begin, counted from the head.
    #[inline(always)]
    pub(super) const fn elems_at(self) -> usize {
        self.elems_at as usize
    }

    /// The same, with what the policy says known to the compiler.
    #[cfg(feature = "small-code")]
    #[inline(always)]
    pub(super) const fn of_policy<P: Tradeoffs>(self) -> Self {
        Self {
            keys_first: P::SMALL_FIRST_BUCKET,
            ..self
        }
    }

    /// How buckets of this shape lie in an array.
    #[inline(always)]
    pub(crate) const fn spacing(self) -> Spacing {
        // The head is within the bucket.
        Spacing::new(self.size, self.head_at(SLOTS) as u32)
    }

    /// Where the head is in a bucket of so many slots.
    #[inline(always)]
    pub(super) const fn head_at(self, slots: usize) -> usize {
        if self.keys_first {
            round_up(slots * self.key.size(), self.align())
        } else {
            0
        }
    }

    /// Bytes from the begin of a bucket to the end of its last elem.
    #[inline(always)]
    const fn bytes(self, slots: usize) -> usize {
        self.head_at(slots) + self.elems_at() + slots * self.elem.size()
    }

    /// Whether entries have cells.
    #[inline]
    pub(crate) const fn has_cells(self) -> bool {
        self.key.has_cell() || self.elem.has_cell()
    }

    /// The layout of a first bucket of so many slots, fewer than eight only where the policy
    /// has [small ones](Policy::SMALL_FIRST_BUCKET).
    #[inline(always)]
    pub(crate) const fn first_bucket_layout(self, slots: usize) -> Option<Layout> {
        if slots >= SLOTS {
            return self.layout(0, 1);
        }
        match Layout::from_size_align(self.bytes(slots), self.align()) {
            Ok(layout) => Some(layout),
            Err(_) => None,
        }
    }

    /// The layout of `buckets` buckets behind `front` bytes; `None` if that is more than
    /// `isize::MAX` bytes.
    #[inline(always)]
    pub(crate) const fn layout(self, front: usize, buckets: usize) -> Option<Layout> {
        let Some(size) = self.size().get().checked_mul(buckets) else {
            return None;
        };
        let Some(size) = size.checked_add(front) else {
            return None;
        };
        match Layout::from_size_align(size, self.align()) {
            Ok(layout) => Some(layout),
            Err(_) => None,
        }
    }
}

/// A number of bytes within a bucket.
const fn offset(bytes: usize) -> u32 {
    assert!(bytes <= u32::MAX as usize);
    bytes as u32
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::first_bucket::FirstBucket;
    use crate::numbers::policy::{Compact, Go};

    fn size<K, V>() -> usize {
        Types::<K, V, Go>::SHAPE.size().get()
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
            let shape = Types::<K, V, Go>::SHAPE;
            assert_eq!(shape.head_at(8), 0);
            assert!(shape.keys_at() >= size_of::<Head>());
            assert!(shape.elems_at() >= shape.keys_at() + 8 * shape.key.size());
            assert!(shape.size().get() >= shape.elems_at() + 8 * shape.elem.size());
            assert_eq!(shape.keys_at() % align_in_slot::<K>(Go::INLINE_LIMIT), 0);
            assert_eq!(shape.elems_at() % align_in_slot::<V>(Go::INLINE_LIMIT), 0);
            assert_eq!(shape.size().get() % shape.align(), 0);
            assert!(size_of::<FirstBucket<K, V>>() >= shape.size().get());
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
            let shape = Types::<K, V, Compact>::SHAPE;
            shape.first_bucket_layout(slots).unwrap().size()
        }
        fn compact<K, V>() -> usize {
            Types::<K, V, Compact>::SHAPE.size().get()
        }
        assert_eq!([2, 4, 8].map(bytes::<u64, u64>), [48, 80, 144]);
        assert_eq!([2, 4, 8].map(bytes::<u8, u8>), [26, 28, 32]);
        assert_eq!([2, 4, 8].map(bytes::<u8, Sixteen>), [64, 96, 160]);
        assert_eq!(compact::<u64, u8>(), size::<u64, u8>());
        assert_eq!(compact::<Sixteen, u8>(), size::<Sixteen, u8>());
        assert_eq!(compact::<u8, Sixteen>(), size::<u8, Sixteen>());
        assert_eq!(compact::<&str, u64>(), size::<&str, u64>());
    }

    #[test]
    fn an_array_that_cannot_be_expressed_has_no_layout() {
        let shape = Types::<u64, u64, Go>::SHAPE;
        assert!(shape.layout(0, usize::MAX / 100).is_none());
        assert!(shape.layout(usize::MAX, 1).is_none());
        assert!(shape.layout(0, 1).is_some());
    }
}
