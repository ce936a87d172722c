//! A panic on the target: the message and its place over the log, then the end.
//! Nothing is unwound.

use core::panic::PanicInfo;

use super::logger;
use crate::{Ending, machine};

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    logger::abandon_open_frame();
    crate::println!("{info}");
    machine::end(Ending::Panic)
}
