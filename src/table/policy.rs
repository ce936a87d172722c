//! Which table a map has, and what this may decide differently.

use crate::go::header::Header;
use crate::numbers::policy::{Compact, Go, Tradeoffs};
use crate::seam::Table;

/// How a map spends memory. [`Go`] is the default of every type that takes one.
///
/// The trait is sealed: what it says describes trade-offs inside the layout of a map's memory,
/// and more may be added in any release.
pub trait Policy: Tradeoffs {
    /// The table.
    #[doc(hidden)]
    type Table: Table;
}

impl Policy for Go {
    type Table = Header;
}

impl Policy for Compact {
    type Table = Header;
}

/// That a policy is the default one, [`Go`], whatever a map's keys are: so the constructors which
/// ask for it make maps of that policy without being told.
///
/// It is said of the key's type `K` since that is known to the compiler no earlier than the map's.
/// A policy that is named then has been seen, and if it is another one, this is what the compiler
/// has to say.
#[diagnostic::on_unimplemented(
    message = "this constructor makes a map or a set of the policy `Go`, and `{P}` is asked for",
    label = "use `with_policy_in`, or `with_seeded_hasher_in`",
    note = "for any policy: `with_policy_in(hash_builder, allocator)`; the same by \
            `with_seeded_hasher_in` draws its own seed; `try_presize` then makes room"
)]
pub trait DefaultPolicy<P: Policy> {}

impl<K> DefaultPolicy<Go> for K {}
