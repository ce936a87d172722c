//! What every board without an operating system shares: the global allocator,
//! the log and the panic handler.

pub(crate) mod heap;
pub(crate) mod logger;
mod panic;
