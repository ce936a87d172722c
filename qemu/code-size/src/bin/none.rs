//! No map: a cell.
#![no_std]
#![no_main]

use allocator_api2::alloc::Allocator;
use code_size::{Bump, Map};
use core::alloc::Layout;

code_size::program!(Cell);

struct Cell {
    heap: &'static Bump,
    entry: Option<u64>,
}

impl Map for Cell {
    fn new(heap: &'static Bump) -> Self {
        Self { heap, entry: None }
    }

    fn insert(&mut self, _: u64, value: u64) -> bool {
        self.entry = Some(value);
        self.heap.allocate(Layout::new::<u64>()).is_ok()
    }

    fn get(&self, _: u64) -> Option<u64> {
        self.entry
    }

    fn remove(&mut self, _: u64) -> Option<u64> {
        self.entry.take()
    }
}
