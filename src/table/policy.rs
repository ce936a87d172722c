//! Which table a map has: its policy says so.

use crate::dense::header::Header as DenseHeader;
use crate::go::header::Header;
use crate::numbers::policy::{Compact, Dense, Go, Paged, Tradeoffs};
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

impl Tabled for Dense {
    type Table = DenseHeader;
}

impl Tabled for Paged {
    type Table = DenseHeader;
}

/// That the table is one of blocks.
pub trait OfBlocks: Tabled<Table = DenseHeader> {}

impl<P: Tabled<Table = DenseHeader>> OfBlocks for P {}

/// That the table is Go's arrays.
pub trait OfArrays: Tabled<Table = Header> {}

impl<P: Tabled<Table = Header>> OfArrays for P {}
