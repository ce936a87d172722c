//! What a map looks like inside: its memory by purpose and its chains ([`footprint`]), Go's
//! order of iteration ([`go_order`]), the invariants as code ([`check`]). Which of it a map has
//! depends on its table: [`policy`]. Of a table of blocks it is [`blocks`].

mod blocks;
pub(crate) mod check;
pub(crate) mod footprint;
pub(crate) mod go_order;
pub(crate) mod policy;
