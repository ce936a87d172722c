//! Go's table: an array of 2^B chains of buckets, and while it grows a second one.
//!
//! [`header`] is Go's `hmap`, without the types of its entries. [`arrays`] knows which of the
//! two arrays owns a key, and is the only one that does; [`walk`] goes over all slots,
//! [`index`] keeps up which chains have some. [`grow`] moves the chains. [`place`] gets what one
//! entry more needs and makes its slot live, [`room`] gets overflow buckets, [`small`] the first
//! bucket; [`unlink`] makes slots free again, and [`compact`] keeps chains short. [`rebuild`] moves
//! everything at once, [`copy`] makes the arrays of a clone, [`reserve`] holds memory for inserts
//! to come. [`find`] looks a key up, and [`table`] is all of it as the map knows it.

pub(crate) mod arrays;
pub(crate) mod compact;
pub(crate) mod copy;
mod find;
pub(crate) mod grow;
pub(crate) mod header;
mod index;
pub(crate) mod place;
pub(crate) mod rebuild;
pub(crate) mod reserve;
pub(crate) mod room;
pub(crate) mod small;
mod table;
pub(crate) mod unlink;
pub(crate) mod walk;
