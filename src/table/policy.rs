//! Which table a map has: its policy says so.

use crate::go::header::Header;
use crate::numbers::policy::{Compact, Go, Tradeoffs};
use crate::seam::Table;

/// What has a table.
pub trait Tabled: Tradeoffs + Sized {
    /// The table.
    #[doc(hidden)]
    type Table: Table;
}

impl Tabled for Go {
    type Table = Header;
}

impl Tabled for Compact {
    type Table = Header;
}

/// That the table is Go's arrays.
pub trait OfArrays: Tabled<Table = Header> {}

impl<P: Tabled<Table = Header>> OfArrays for P {}
