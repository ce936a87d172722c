//! `defmt::Format`: maps and errors in the logs of firmware.

#[cfg(feature = "infallible")]
use crate::compat::hash_map::HashMap;
#[cfg(feature = "infallible")]
use crate::compat::hash_set::HashSet;
#[cfg(feature = "infallible")]
use crate::compat::hash_table::HashTable;
use crate::hmap::Cursor;
use crate::hmap::Hmap;
use crate::hmap_set::HmapSet;
use crate::inspect::footprint::{ChainStats, Footprint};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::Allocator;
use crate::numbers::error::{InsertError, InsertWithKeyError, SetInsertError, TryReserveError};
use defmt::{Format, Formatter, write};

impl<K: Format, V: Format, S, A: Allocator, P: Policy> Format for Hmap<K, V, S, A, P> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{{");
        for (number, (key, value)) in self.iter().enumerate() {
            if number > 0 {
                write!(f, ", ");
            }
            write!(f, "{}: {}", key, value);
        }
        write!(f, "}}");
    }
}

#[cfg(feature = "infallible")]
impl<K: Format, V: Format, S, A: Allocator> Format for HashMap<K, V, S, A> {
    fn format(&self, f: Formatter<'_>) {
        self.as_hmap().format(f);
    }
}

/// Values in braces.
fn values<'a, T: Format + 'a>(values: impl Iterator<Item = &'a T>, f: Formatter<'_>) {
    write!(f, "{{");
    for (number, value) in values.enumerate() {
        if number > 0 {
            write!(f, ", ");
        }
        write!(f, "{}", value);
    }
    write!(f, "}}");
}

impl<T: Format, S, A: Allocator, P: Policy> Format for HmapSet<T, S, A, P> {
    fn format(&self, f: Formatter<'_>) {
        values(self.iter(), f);
    }
}

#[cfg(feature = "infallible")]
impl<T: Format, S, A: Allocator> Format for HashSet<T, S, A> {
    fn format(&self, f: Formatter<'_>) {
        self.as_hmap_set().format(f);
    }
}

#[cfg(feature = "infallible")]
impl<T: Format, A: Allocator> Format for HashTable<T, A> {
    fn format(&self, f: Formatter<'_>) {
        values(self.iter(), f);
    }
}

impl Format for TryReserveError {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::CapacityOverflow => write!(f, "more entries than a map can have"),
            Self::AllocError { layout } => {
                write!(f, "the allocator refused {=usize} bytes", layout.size());
            }
        }
    }
}

impl<K, V> Format for InsertError<K, V> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "no room for the entry: {}", self.reason());
    }
}

impl<K, V> Format for InsertWithKeyError<K, V> {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::NotEqual { .. } => write!(f, "the key is not equal to the one looked for"),
            Self::NoRoom(error) => error.format(f),
        }
    }
}

impl<T> Format for SetInsertError<T> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "no room for the value: {}", self.reason());
    }
}

impl Format for Footprint {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "Footprint {{ header: {=usize}, first_bucket: {=usize}, buckets: {=usize}, \
             overflow: {=usize}, spare: {=usize}, old: {=usize}, cells: {=usize} }}",
            self.header,
            self.first_bucket,
            self.buckets,
            self.overflow,
            self.spare,
            self.old,
            self.cells
        );
    }
}

impl Format for ChainStats {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "ChainStats {{ chains: {=usize}, empty: {=usize}, longest: {=usize}, \
             overflow_buckets: {=usize}, entries: {=usize} }}",
            self.chains, self.empty, self.longest, self.overflow_buckets, self.entries
        );
    }
}

impl Format for Cursor {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "Cursor({=u64:#x})", self.to_bits());
    }
}
