//! What every board without an operating system shares: the global allocator,
//! the log, the panic handler, and what `embedded-test` asks for.

pub(crate) mod heap;
mod hosting;
pub(crate) mod logger;
mod panic;
