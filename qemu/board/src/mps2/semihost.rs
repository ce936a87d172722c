//! Arm's own semihosting: the breakpoint that QEMU takes for a call of the host.

use core::arch::asm;
use core::cell::Cell;
use core::str;

use critical_section::Mutex;

use crate::Ending;

const SYS_GET_CMDLINE: usize = 0x15;
const SYS_EXIT_EXTENDED: usize = 0x20;
/// The reason of an exit: the application says so.
const APPLICATION_EXIT: usize = 0x20026;

const COMMAND_LINE_BYTES: usize = 1024;

/// `None` before it was asked for.
static COMMAND_LINE: Mutex<Cell<Option<&str>>> = Mutex::new(Cell::new(None));

/// A call of the host; what the parameters are depends on the operation.
///
/// # Safety
///
/// The host may write where the parameters point to.
unsafe fn call(operation: usize, parameters: &mut [usize; 2]) -> usize {
    let result;
    // SAFETY: the host answers in r0, and writes no more than the caller has
    // promised for.
    unsafe {
        asm!("bkpt 0xab", inout("r0") operation => result, in("r1") parameters,
             options(nostack, preserves_flags));
    }
    result
}

/// What the runner has put behind the program's name.
///
/// # Panics
///
/// If it is longer than 1 KiB, or no UTF-8.
pub(crate) fn command_line() -> &'static str {
    critical_section::with(|cs| {
        let known = COMMAND_LINE.borrow(cs);
        let line = known.get().unwrap_or_else(fetch);
        known.set(Some(line));
        line
    })
}

/// Asks the host. The first word is the program's name: QEMU would put the path of
/// the file there if the runner gave none.
fn fetch() -> &'static str {
    static mut LINE: [u8; COMMAND_LINE_BYTES] = [0; COMMAND_LINE_BYTES];
    let line = (&raw mut LINE).cast::<u8>();
    let mut parameters = [line.addr(), COMMAND_LINE_BYTES];
    // SAFETY: the host writes a C string into the buffer, no longer than is said,
    // and its length to the second parameter.
    let refused = unsafe { call(SYS_GET_CMDLINE, &mut parameters) };
    assert_eq!(refused, 0, "the command line is too long");
    // SAFETY: that many bytes were written; this function is called once, and
    // nobody else knows the buffer.
    let line = unsafe { core::slice::from_raw_parts(line, parameters[1]) };
    let line = str::from_utf8(line).expect("the command line is not UTF-8");
    line.split_once(' ').map_or("", |(_name, rest)| rest)
}

/// Ends the machine. Log before: nothing is sent after this.
pub(super) fn exit(ending: Ending) -> ! {
    let status = ending.status() as usize;
    loop {
        // SAFETY: the host writes nothing.
        unsafe { call(SYS_EXIT_EXTENDED, &mut [APPLICATION_EXIT, status]) };
    }
}
