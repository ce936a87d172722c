//! What a map can be asked of its memory, whichever table its policy has chosen.

#![allow(
    private_bounds,
    private_interfaces,
    reason = "nobody outside can name what is here; only a policy says which it has"
)]

use super::check::Violation;
use super::footprint::{ChainStats, Footprint};
use crate::numbers::alloc::Allocator;
use crate::numbers::hash::HashValue;
use crate::numbers::policy::{Compact, Dense, Go, Paged};
use crate::table::map::RawHmap;
use crate::table::policy::Tabled;

/// How a map spends memory: [`Go`], [`Compact`], [`Dense`] or [`Paged`]. [`Go`] is the default of
/// every type that takes one.
///
/// The trait is sealed: what it says describes trade-offs inside the layout of a map's memory,
/// and more may be added in any release.
pub trait Policy: Tabled {
    /// Walks the whole map and returns the first invariant that does not hold.
    #[doc(hidden)]
    fn validate<K, V, A: Allocator>(
        map: &RawHmap<K, V, A, Self>,
        eq: impl Fn(&K, &K) -> bool,
        hasher: impl Fn(&K) -> HashValue,
    ) -> Result<(), Violation>;

    /// What the memory is used for.
    #[doc(hidden)]
    fn footprint<K, V, A: Allocator>(map: &RawHmap<K, V, A, Self>) -> Footprint;

    /// How the entries are spread.
    #[doc(hidden)]
    fn chain_stats<K, V, A: Allocator>(map: &RawHmap<K, V, A, Self>) -> ChainStats;
}

/// What a policy asks of a map of its table.
macro_rules! asks {
    ($policy:ty, $validate:ident, $footprint:ident, $chain_stats:ident) => {
        impl Policy for $policy {
            fn validate<K, V, A: Allocator>(
                map: &RawHmap<K, V, A, Self>,
                eq: impl Fn(&K, &K) -> bool,
                hasher: impl Fn(&K) -> HashValue,
            ) -> Result<(), Violation> {
                map.$validate(eq, hasher)
            }

            fn footprint<K, V, A: Allocator>(map: &RawHmap<K, V, A, Self>) -> Footprint {
                map.$footprint()
            }

            fn chain_stats<K, V, A: Allocator>(map: &RawHmap<K, V, A, Self>) -> ChainStats {
                map.$chain_stats()
            }
        }
    };
}

asks!(Go, validate, footprint, chain_stats);
asks!(Compact, validate, footprint, chain_stats);
asks!(Dense, validate_blocks, footprint_of_blocks, stats_of_blocks);
asks!(Paged, validate_blocks, footprint_of_blocks, stats_of_blocks);

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
pub trait DefaultPolicy<P: Tabled> {}

impl<K> DefaultPolicy<Go> for K {}
