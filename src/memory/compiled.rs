//! What the core is compiled for: the types of each map, or with the feature `small-code` all
//! types at once.
//!
//! Without the feature the core is told a map's types, allocator and hasher by what is
//! [`known`](super::known) to the compiler, which makes code for every map. With it by what is
//! [`described`](super::described): addresses and functions that are data, as in Go. Then what
//! inserts, removals, growth and iteration have in common is in an image once for a policy,
//! whatever maps there are.
//!
//! Which of the two it is, is decided here; functions that are to be in an image once say so by
//! an attribute.

/// Whether sizes are known to the compiler, and the same may be compiled twice where that is
/// faster.
pub(crate) const FOR_SPEED: bool = !cfg!(feature = "small-code");

#[cfg(feature = "small-code")]
pub(crate) use super::described::{compiled_for, eq_key, hash_key, heap, types};
#[cfg(not(feature = "small-code"))]
pub(crate) use super::known::{compiled_for, eq_key, hash_key, heap, types};
