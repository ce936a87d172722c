//! Traces recorded from Go's runtime map, replayed: see `tests/traces/README.md`.
//! That the player notices what is different is tested in `traces/noticed.rs`.

#[cfg(not(target_os = "none"))]
mod noticed;

#[cfg(not(target_os = "none"))]
pub use noticed::*;

use crate::support::trace::replay;

/// Traces by name, and the test that replays each.
macro_rules! traces {
    ($($(#[$($attribute:tt)*])* $test:ident: $constant:ident = $file:literal;)*) => {
        $(
            $(#[$($attribute)*])*
            const $constant: &[u8] = include_bytes!(concat!("../traces/", $file));

            $(#[$($attribute)*])*
            pub fn $test() {
                is_gos($constant);
            }
        )*
    };
}

traces! {
    a_map_in_the_callers_bucket_goes_gos_way: CALLER = "04-caller-bucket-b16u64.trace";
    a_map_of_one_chain_goes_gos_way: ONE_BUCKET = "06-one-bucket-u64u32.trace";
    #[cfg(not(target_os = "none"))]
    tophashes_at_their_edges_are_gos: TOPHASHES = "07-tophash-edges-u64u64.trace";
    #[cfg(not(target_os = "none"))]
    iterators_go_gos_way_while_the_map_doubles: ITERATORS = "08-iter-mutate-u64u64.trace";
    #[cfg(not(target_os = "none"))]
    iterators_go_gos_way_in_growths_to_the_same_size:
        SAME_SIZE = "09-iter-samesize-strint.trace";
    #[cfg(not(target_os = "none"))]
    removals_in_the_middle_of_growths_are_gos: REMOVALS = "10-delete-during-growth-strint.trace";
    #[cfg(not(target_os = "none"))]
    a_hundred_thousand_entries_lie_as_in_go: HUNDRED_THOUSAND = "11-implicit-1e5-u64u64.trace";
    nans_and_zeros_go_gos_way: FLOATS = "12-nan-zero-f64u32.trace";
    #[cfg(not(target_os = "none"))]
    small_maps_are_compacted_as_in_go: SMALL = "13-samesize-small-u64u64.trace";
    the_evacuation_mark_looks_as_far_ahead_as_gos: LOOK_AHEAD = "14-lookahead-implicit-u64u64.trace";
}

#[track_caller]
fn is_gos(trace: &[u8]) {
    let replay = replay(trace);
    assert!(
        replay.result.is_ok(),
        "{}: {:?}",
        replay.name,
        replay.result
    );
}
