//! Walking a map while it changes: a position that survives every change of it, see
//! [`Position`].
//!
//! As a number it can be kept outside of the kernel and come back made up. The worst
//! it can do is to name another place of the same interval.

use super::around::cloned;
use super::{Hmap, hash_of};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::numbers::policy::Go;
use crate::numbers::position::Position;
use crate::table::entry::{Face, HashingFace};
use crate::table::iter::{RawIter, RawIterMut};
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::iter::FusedIterator;

/// A position in a map: a plain value that borrows nothing, and stays good while
/// entries are inserted and removed and the map grows.
///
/// Each [`next`](Self::next) gives a batch, the entries of one chain. Between two
/// batches the map may be changed in any way:
///
/// * an entry that is there from the first batch to the last is given exactly once;
/// * an entry that was removed is not given after that;
/// * an entry that was added is given at most once; so is one that was removed and added
///   again, and that counts as another one.
///
/// Where a batch is too much at once, [`next_entry`](Self::next_entry) gives one entry, and the
/// cursor stops behind it.
///
/// There are at most as many batches as buckets, 2^B, of the largest array that was
/// there while the cursor went through; some are empty. A call passes chains that hold nothing,
/// 4,096 at most, where the map is [nearly empty](crate::Hmap#nearly-empty-maps): so the last 100
/// entries of what were two million come in 183 batches, not in 524,288. A batch has as many entries
/// as its chain: 6½ on average when the map is about to grow, 13 in the middle of a
/// growth, more only if the hash is bad. Where chains were joined of which one was given
/// and another one was not, because the array was made smaller, what is left of the chain
/// comes in batches of one entry, as by `next_entry`.
///
/// **A copy takes room first.** The order of a walk is one of its own: all even buckets
/// come before the odd ones, and of these the multiples of four before the others, and so
/// on. If a map that hashes alike (the same hash builder with the same seed) is filled in
/// that order and grows meanwhile, its entries crowd in few of its buckets. Chains get
/// about as long as the square root of n, and inserts move two of them: 208 entries in
/// the worst of 6,000 inserts, where keys in any order that is not the map's make it 25, and
/// a copy in the order of [`iter`](crate::Hmap::iter) 29. So make the copy with room for all
/// ([`try_with_capacity_and_hasher_in`](crate::Hmap::try_with_capacity_and_hasher_in),
/// [`try_presize`](crate::Hmap::try_presize)), or with another seed, as every map has
/// that was made without a hasher; or copy in one go, by
/// [`try_clone`](crate::Hmap::try_clone).
///
/// **With the policies [`Dense`](crate::Dense) and [`Paged`](crate::Paged)** a batch is a block, of
/// up to sixteen entries, or the blocks of a chain where hashes agree. Removals join blocks, of
/// which one may have been given already: then a batch gives what is left of both, so that an entry
/// that stays comes exactly once also there.
///
/// A cursor used with another map, or made of made-up bits, gives some of the
/// entries of that map, and ends as any other.
///
/// A kernel drops its lock between two batches:
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::{Cursor, Hmap};
/// use std::sync::Mutex;
///
/// let table = Mutex::new(Hmap::new());
/// for pid in 0..100_u32 {
///     table.lock().unwrap().insert(pid, "task")?;
/// }
///
/// let mut cursor = Cursor::new();
/// let mut seen = 0;
/// loop {
///     let mut table = table.lock().unwrap();
///     let Some(batch) = cursor.next(&table) else { break };
///     seen += batch.count();
///     table.insert(100 + cursor.to_bits() as u32, "late")?;
///     // Here the lock is dropped.
/// }
/// assert!(seen >= 100);
/// # }
/// # Ok::<(), hmap::InsertError<u32, &str>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cursor {
    /// How far it has come.
    position: Position,
}

impl Cursor {
    /// A cursor before the first batch.
    pub const fn new() -> Self {
        Self {
            position: Position::START,
        }
    }

    /// The position as a number, whose highest bit is clear: a cookie that can be
    /// handed out, for instance as the offset of a directory listing. 0 is the
    /// beginning.
    pub const fn to_bits(self) -> u64 {
        self.position.get()
    }

    /// The position that [`to_bits`](Self::to_bits) gave. Any number makes a cursor;
    /// one that `to_bits` cannot give makes one that has ended, if it is larger
    /// than all it can.
    ///
    /// ```
    /// use hmap::Cursor;
    ///
    /// assert_eq!(Cursor::from_bits(0), Cursor::new());
    /// assert!(Cursor::from_bits(u64::MAX).has_ended());
    /// ```
    pub const fn from_bits(bits: u64) -> Self {
        Self {
            position: Position::new(bits),
        }
    }

    /// Whether there is no further batch.
    pub const fn has_ended(self) -> bool {
        self.position.is_end()
    }

    /// The entries of the next chain, which may be none; `None` at the end. If some of them were
    /// given already, as by [`next_entry`](Self::next_entry), the next one alone.
    ///
    /// The cursor is past the batch when this returns. To be able to take it again,
    /// keep a copy of the cursor.
    ///
    /// **Work:** constant here, up to 4,096 looks at a bit where chains before it hold nothing, and
    /// the chain in the batch; where some of it was given already its keys are hashed. **Memory:**
    /// none.
    pub fn next<'m, K: Hash, V, S: BuildHasher, A: Allocator, P: Policy>(
        &mut self,
        map: &'m Hmap<K, V, S, A, P>,
    ) -> Option<Batch<'m, K, V, P>> {
        let hasher = |key: &K| hash_of(map.hasher(), key);
        map.core().batch(&mut self.position, hasher).map(Batch)
    }

    /// As [`next`](Self::next), with values to change.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{Cursor, Hmap};
    ///
    /// let mut map = Hmap::new();
    /// map.insert("a", 1)?;
    /// let mut cursor = Cursor::new();
    /// while let Some(batch) = cursor.next_mut(&mut map) {
    ///     batch.for_each(|(_, value)| *value += 1);
    /// }
    /// assert_eq!(map.get("a"), Some(&2));
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn next_mut<'m, K: Hash, V, S: BuildHasher, A: Allocator, P: Policy>(
        &mut self,
        map: &'m mut Hmap<K, V, S, A, P>,
    ) -> Option<BatchMut<'m, K, V, P>> {
        let (raw, hasher) = map.split();
        raw.batch_mut(&mut self.position, hasher).map(BatchMut)
    }

    /// The next entry alone; `None` at the end. So a walk can stop between any two entries, for
    /// instance where a buffer is full, and goes on behind the last one that was taken. To leave
    /// an entry for the next time, keep a copy of the cursor.
    ///
    /// The entries of a chain come in the order of their hashes, so that what was promised for
    /// batches holds here too. Only keys whose hashes agree in their low 48 bits (on a 32-bit
    /// target in all their 32) are told apart by their places alone: if such a key is moved after
    /// a call has given one of them and before a call gives the last, it can be given twice or not
    /// at all. With a good hash there is such a pair in a map of some twenty million entries (on a
    /// 32-bit target of ninety thousand).
    ///
    /// [`next`](Self::next) after it gives what is left of the chain in which this has stopped,
    /// one by one. With a map whose entries were made with another hasher than it has now, which
    /// nothing but a wrong `Hash` can bring about, entries can be missed; nothing else happens.
    ///
    /// **Work:** the chain, whose keys are all hashed, for each entry; and the empty chains
    /// before it. **Memory:** none.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{Cursor, Hmap};
    ///
    /// let mut events = Hmap::new();
    /// for number in 0..100 {
    ///     events.insert(number, "event")?;
    /// }
    /// // Five of them a call, whatever comes and goes between two calls.
    /// let (mut cursor, mut delivered) = (Cursor::new(), 0);
    /// while !cursor.has_ended() {
    ///     for _ in 0..5 {
    ///         delivered += cursor.next_entry(&events).iter().count();
    ///     }
    /// }
    /// assert_eq!(delivered, 100);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, &str>>(())
    /// ```
    pub fn next_entry<'m, K: Hash, V, S: BuildHasher, A: Allocator, P: Policy>(
        &mut self,
        map: &'m Hmap<K, V, S, A, P>,
    ) -> Option<(&'m K, &'m V)> {
        let hasher = |key: &K| hash_of(map.hasher(), key);
        map.core().entry_at(&mut self.position, hasher)
    }

    /// As [`next_entry`](Self::next_entry), with a value to change.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// use hmap::{Cursor, Hmap};
    ///
    /// let mut map = Hmap::new();
    /// map.insert("a", 1)?;
    /// let mut cursor = Cursor::new();
    /// if let Some((_, value)) = cursor.next_entry_mut(&mut map) {
    ///     *value += 1;
    /// }
    /// assert_eq!(map.get("a"), Some(&2));
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn next_entry_mut<'m, K: Hash, V, S: BuildHasher, A: Allocator, P: Policy>(
        &mut self,
        map: &'m mut Hmap<K, V, S, A, P>,
    ) -> Option<(&'m K, &'m mut V)> {
        let (raw, hasher) = map.split();
        raw.entry_mut_at(&mut self.position, hasher)
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, all) = (self.position.get(), Position::END.get());
        write!(f, "Cursor({done:#x} of {all:#x})")
    }
}

/// The entries of one chain; see [`Cursor::next`].
pub struct Batch<'m, K, V, P: Policy = Go>(RawIter<'m, K, V, P>);

/// The entries of one chain, with values to change; see [`Cursor::next_mut`].
pub struct BatchMut<'m, K, V, P: Policy = Go>(RawIterMut<'m, K, V, P>);

// How many entries a chain has is not known before.

impl<'m, K, V, P: Policy> Iterator for Batch<'m, K, V, P> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<'m, K, V, P: Policy> Iterator for BatchMut<'m, K, V, P> {
    type Item = (&'m K, &'m mut V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<K, V, P: Policy> FusedIterator for Batch<'_, K, V, P> {}
impl<K, V, P: Policy> FusedIterator for BatchMut<'_, K, V, P> {}

cloned!([K, V, P: Policy] Batch<'_, K, V, P>);

impl<K: fmt::Debug, V: fmt::Debug, P: Policy> fmt::Debug for Batch<'_, K, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K, V, P: Policy> fmt::Debug for BatchMut<'_, K, V, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchMut").finish_non_exhaustive()
    }
}
