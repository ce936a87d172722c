//! The processor's faults: each is reported over the log by its name, with where and
//! on which address, and ends the run as a fault.
//!
//! No kind of fault is given a handler of its own, so all of them arrive as hard
//! faults, at which the protection unit is off and the handlers' stack in use; the
//! status register says what it was. A fault within the report locks the processor
//! up, which QEMU ends by an abort and the runner knows.

use core::fmt;

use cortex_m::peripheral::SCB;
use cortex_m::peripheral::scb::{Exception, VectActive};

use super::protection;
use crate::{Ending, println};

/// What the processor has pushed when it comes to a handler.
#[repr(C)]
struct Frame {
    r0_to_r3: [u32; 4],
    r12: u32,
    lr: u32,
    pc: u32,
    xpsr: u32,
}

/// The status of a fault (`CFSR`), by bits.
#[derive(Clone, Copy)]
struct Status(u32);

impl Status {
    const FETCH_PROTECTED: u32 = 1 << 0;
    const PUSH_PROTECTED: u32 = 1 << 4;
    const PROTECTED_ADDRESS: u32 = 1 << 7;
    const FETCH_NOWHERE: u32 = 1 << 8;
    const PUSH_NOWHERE: u32 = 1 << 12;
    const NOWHERE_ADDRESS: u32 = 1 << 15;

    fn has(self, bits: u32) -> bool {
        self.0 & bits != 0
    }

    /// Name of the fault, as Arm's manuals have it.
    fn name(self) -> &'static str {
        match self.0 {
            bits if bits & 0x0000_00ff != 0 => "memory management fault",
            bits if bits & 0x0000_ff00 != 0 => "bus fault (there is nothing at this address)",
            bits if bits & 1 << 16 != 0 => "undefined instruction",
            bits if bits & 1 << 17 != 0 => "invalid state (a branch to an even address?)",
            bits if bits & 1 << 18 != 0 => "invalid return from an exception",
            bits if bits & 1 << 19 != 0 => "no coprocessor (a floating point instruction?)",
            bits if bits & 1 << 24 != 0 => "unaligned access",
            bits if bits & 1 << 25 != 0 => "division by zero",
            _ => "hard fault",
        }
    }

    /// Where the processor could not push the frame, there is none.
    fn frame_was_pushed(self) -> bool {
        !self.has(Self::PUSH_PROTECTED | Self::PUSH_NOWHERE)
    }

    fn is_fetch(self) -> bool {
        self.has(Self::FETCH_PROTECTED | Self::FETCH_NOWHERE)
    }

    /// The address that was accessed, given both address registers, if one is valid.
    fn access(self, protected: u32, nowhere: u32) -> Option<u32> {
        if self.has(Self::PROTECTED_ADDRESS) {
            Some(protected)
        } else if self.has(Self::NOWHERE_ADDRESS) {
            Some(nowhere)
        } else {
            None
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (status {:#x})", self.name(), self.0)
    }
}

/// Every vector but the timer's leads here, by `boot.s`.
#[unsafe(no_mangle)]
extern "C" fn board_fault(frame: *const Frame) -> ! {
    // SAFETY: the registers of the system control block are only read here.
    let control = unsafe { &*SCB::PTR };
    let status = Status(control.cfsr.read());
    crate::bare::logger::abandon_open_frame();

    let sp = frame.addr();
    let active = SCB::vect_active();
    if active != VectActive::Exception(Exception::HardFault) {
        println!("nobody expects this: {active:?}");
    }
    // SAFETY: if the processor has pushed the frame there, nothing was since.
    let pc = status.frame_was_pushed().then(|| unsafe { (*frame).pc });
    match pc {
        Some(pc) => println!("{status} at pc {pc:#x}, sp {sp:#x}"),
        None => println!("{status}, sp {sp:#x}"),
    }
    let (protected, nowhere) = (control.mmfar.read(), control.bfar.read());
    match (status.access(protected, nowhere), pc) {
        (Some(address), _) => report_address("access", address as usize),
        (None, Some(pc)) if status.is_fetch() => {
            report_address("instruction fetch", pc as usize);
        }
        // Nothing can be pushed below the stack.
        (None, None) => report_address("access", sp),
        (None, Some(_)) => {}
    }
    super::end(Ending::Fault)
}

/// Which address the fault was about, and what that means here. The processor does
/// not tell a read from a write.
fn report_address(what: &str, address: usize) {
    let guard = protection::stack_guard();
    let meaning = if address < guard.len() {
        ": a null pointer"
    } else if guard.contains(&address) {
        ": stack overflow"
    } else {
        ""
    };
    println!("{what} at address {address:#x}{meaning}");
}
