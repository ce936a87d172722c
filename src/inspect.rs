//! What a map looks like inside: its memory by purpose and its chains ([`footprint`]), Go's
//! order of iteration ([`go_order`]), the invariants as code ([`check`]).

pub(crate) mod check;
pub(crate) mod footprint;
pub(crate) mod go_order;
