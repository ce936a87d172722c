//! How a program on the target ends, as a number that survives QEMU.
//!
//! A write of `v` to `isa-debug-exit` makes QEMU exit with `(v << 1) | 1`. The
//! obvious 0 for success would become 1, which is also what QEMU says when it
//! could not start at all, and QEMU's own 0 is what a triple fault leaves. So
//! every ending has a value of its own, none of them near these two. Arm's
//! semihosting could pass any status; it passes the same ones.

/// How a program ended; the discriminant is what x86 writes to the exit device.
///
/// It is compiled for the host too: the runner reads with it what the target wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Ending {
    /// It ran to its end and is content.
    Success = 0x10,
    /// It ran to its end and reports a failure.
    Failure = 0x11,
    /// A test returned `Err`, or `embedded-test` could not run it.
    Abort = 0x43,
    /// It panicked; the message is in the log.
    Panic = 0x44,
    /// The processor raised an exception, which is in the log.
    Fault = 0x45,
}

impl Ending {
    /// Every ending, for the way back from a status.
    const ALL: [Self; 5] = [
        Self::Success,
        Self::Failure,
        Self::Abort,
        Self::Panic,
        Self::Fault,
    ];

    /// The exit status of QEMU after this ending.
    #[must_use]
    pub const fn status(self) -> i32 {
        ((self as i32) << 1) | 1
    }

    /// The ending behind an exit status of QEMU; `None` if no program wrote it.
    #[must_use]
    pub fn from_status(status: i32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|ending| ending.status() == status)
    }
}
