//! The map itself: a table, an allocator, and what the entries are.
//!
//! It is given hash values and closures, never `Hash`, `Eq` or `BuildHasher`; the faces add
//! those. What does not depend on the types of the entries is the table's, behind the
//! [`seam`](crate::seam); which one that is [`policy`] says. Here is what compares keys, and what
//! moves, makes or drops entries: [`lookup`], [`insert`], [`remove`], [`entry`] (a place found
//! once), [`iter`], [`extract`] (removing while iterating), [`cursor`] (a walk that survives
//! change), [`copy`], [`resize`]. [`keyed`] is a map with its hash builder.

#[cfg(feature = "infallible")]
pub(crate) mod by_hash;
pub(crate) mod copy;
pub(crate) mod cursor;
pub(crate) mod entry;
pub(crate) mod extract;
pub(crate) mod insert;
pub(crate) mod iter;
pub(crate) mod keyed;
pub(crate) mod live;
pub(crate) mod lookup;
pub(crate) mod map;
pub(crate) mod policy;
pub(crate) mod remove;
pub(crate) mod resize;
pub(crate) mod stocked;
