//! Iterators of a table: the core's, without the elems that a table's entries have not.

use super::{Allocator, Global};
use crate::hmap::around::{around, choosing, cloned, counted, empty, forwarded, left};
use crate::numbers::policy::Go;
use crate::table::{self, map::RawHmap};
use core::fmt;

/// The values of a table; see [`HashTable::iter`](super::HashTable::iter).
pub struct Iter<'a, T>(pub(super) table::iter::RawIter<'a, T, (), Go>);

/// The values of a table, to change; see [`HashTable::iter_mut`](super::HashTable::iter_mut).
pub struct IterMut<'a, T>(pub(super) table::by_hash::KeysMut<'a, T, Go>);

/// The values of a table that is taken apart.
pub struct IntoIter<T, A: Allocator = Global>(pub(super) table::iter::RawIntoIter<T, (), A, Go>);

/// The values of a table that is emptied; see [`HashTable::drain`](super::HashTable::drain).
pub struct Drain<'a, T, A: Allocator = Global>(
    pub(super) table::extract::RawDrain<'a, T, (), A, Go>,
);

/// Values of a table that a predicate chooses; see
/// [`HashTable::extract_if`](super::HashTable::extract_if).
pub struct ExtractIf<'a, T, F, A: Allocator = Global> {
    entries: table::extract::RawExtract<'a, T, (), A, Go>,
    predicate: F,
}

/// The values that may have a hash; see [`HashTable::iter_hash`](super::HashTable::iter_hash).
pub struct IterHash<'a, T>(pub(super) table::by_hash::IterHash<'a, T, Go>);

/// The values that may have a hash, to change; see
/// [`HashTable::iter_hash_mut`](super::HashTable::iter_hash_mut).
pub struct IterHashMut<'a, T>(pub(super) table::by_hash::IterHashMut<'a, T, Go>);

impl<'a, T, F, A: Allocator> ExtractIf<'a, T, F, A> {
    pub(super) fn of(table: &'a mut RawHmap<T, (), A, Go>, predicate: F) -> Self {
        Self {
            entries: table.extract(),
            predicate,
        }
    }
}

choosing!([T, F: FnMut(&mut T) -> bool, A: Allocator] ExtractIf<'_, T, F, A>, T,
    |entries, predicate| entries.next(|value, ()| predicate(value)).map(|(value, ())| value));

left!([T] IterMut<'_, T>, pub Iter<T>);
left!([T, A: Allocator] IntoIter<T, A>, pub Iter<T>);
left!([T, A: Allocator] Drain<'_, T, A>, pub Iter<T>);

forwarded!(['a, T] IterMut<'a, T>, &'a mut T);
forwarded!(['a, T] IterHashMut<'a, T>, &'a mut T);
impl<T> ExactSizeIterator for IterMut<'_, T> {}

counted!(['a, T] Iter<'a, T>, &'a T, clone: T; |(value, ())| value);
counted!([T, A: Allocator] IntoIter<T, A>, T, iter: T; |(value, ())| value);
counted!(['a, T, A: Allocator] Drain<'a, T, A>, T, iter: T; |(value, ())| value);
around!(['a, T] IterHash<'a, T>, &'a T, clone: T; |(value, ())| value);

cloned!([T] Iter<'_, T>);
cloned!([T] IterHash<'_, T>);

empty!([T] Iter<'_, T>);
empty!([T] IterMut<'_, T>);
empty!([T] IterHash<'_, T>);
empty!([T] IterHashMut<'_, T>);
empty!([T, A: Allocator + Default] IntoIter<T, A>);

impl<T: fmt::Debug> fmt::Debug for IterMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for IterHashMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        IterHash(self.0.iter()).fmt(f)
    }
}

/// Compiles if the types that hold or lend values can stand for those of shorter
/// lifetimes.
///
/// Not so `IterMut` and `IterHashMut`, through which a value is changed to one of the
/// table's lifetime:
///
/// ```compile_fail,E0597
/// let mut table: hmap::HashTable<&'static str> = hmap::HashTable::new();
/// table.insert_unique(0, "static", |_| 0);
/// {
///     let local = String::from("local");
///     for value in table.iter_mut() {
///         *value = &local;
///     }
/// }
/// assert_eq!(table.iter().next(), Some(&"local"));
/// ```
///
/// ```compile_fail,E0597
/// let mut table: hmap::HashTable<&'static str> = hmap::HashTable::new();
/// table.insert_unique(0, "static", |_| 0);
/// {
///     let local = String::from("local");
///     for value in table.iter_hash_mut(0) {
///         *value = &local;
///     }
/// }
/// assert_eq!(table.iter().next(), Some(&"local"));
/// ```
///
/// Nor are they sent where their values could not be:
///
/// ```compile_fail,E0277
/// fn sent<T: Send>(_: T) {}
/// let mut table: hmap::HashTable<std::sync::MutexGuard<'_, u32>> = hmap::HashTable::new();
/// sent(table.iter_mut());
/// ```
#[expect(dead_code, reason = "compiled, not called")]
fn assert_covariance() {
    fn table<'a>(of: super::HashTable<&'static str>) -> super::HashTable<&'a str> {
        of
    }
    fn iter<'a, 'b>(of: Iter<'a, &'static str>) -> Iter<'a, &'b str> {
        of
    }
    fn iter_hash<'a, 'b>(of: IterHash<'a, &'static str>) -> IterHash<'a, &'b str> {
        of
    }
    fn into_iter<'a, A: Allocator>(of: IntoIter<&'static str, A>) -> IntoIter<&'a str, A> {
        of
    }
}
