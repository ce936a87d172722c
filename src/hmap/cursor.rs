//! Walking a map while it changes: the cursor's two steps.

use super::Hmap;
use crate::numbers::alloc::Allocator;
use crate::numbers::policy::Policy;
use crate::table::cursor::{Batch, BatchMut, Cursor};

impl Cursor {
    /// The entries of the next chain, which may be none; `None` at the end.
    ///
    /// The cursor is past the batch when this returns. To be able to take it again,
    /// keep a copy of the cursor.
    ///
    /// **Work:** constant here, the chain in the batch. **Memory:** none.
    pub fn next<'m, K, V, S, A: Allocator, P: Policy>(
        &mut self,
        map: &'m Hmap<K, V, S, A, P>,
    ) -> Option<Batch<'m, K, V, P>> {
        map.keyed.raw().batch(self)
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
    pub fn next_mut<'m, K, V, S, A: Allocator, P: Policy>(
        &mut self,
        map: &'m mut Hmap<K, V, S, A, P>,
    ) -> Option<BatchMut<'m, K, V, P>> {
        map.keyed.raw_mut().batch_mut(self)
    }
}
