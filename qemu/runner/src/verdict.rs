//! What the end of a boot means, in words that say what to do.

use board::Ending;

use crate::machine::Ended;

/// Whether a test passed, and if not, why, in a line.
pub fn of_test(ended: &Ended, should_panic: bool) -> Result<(), String> {
    match (ended, should_panic) {
        (Ended::Program(Ending::Success), false) | (Ended::Program(Ending::Panic), true) => Ok(()),
        (Ended::Program(Ending::Success), true) => {
            Err("ran to its end, but was expected to panic (#[should_panic])".into())
        }
        _ => Err(describe(ended)),
    }
}

/// How it ended, in a line.
pub fn describe(ended: &Ended) -> String {
    match ended {
        Ended::Program(Ending::Success) => "ended with success".into(),
        Ended::Program(Ending::Failure) => "ended with a failure".into(),
        Ended::Program(Ending::Abort) => "returned an error".into(),
        Ended::Program(Ending::Panic) => "panicked".into(),
        Ended::Program(Ending::Fault) => "the processor raised an exception".into(),
        Ended::Reset => {
            "triple fault: the processor could not even report an exception and was reset; \
             step through it with `cargo qemu debug`"
                .into()
        }
        Ended::Lockup => {
            "lockup: the processor met a fault while it handled a fault and stopped; step \
             through it with `cargo qemu debug`"
                .into()
        }
        Ended::Refused(complaint) => {
            format!(
                "nothing ran: QEMU could not start the machine ({})",
                one_line(complaint)
            )
        }
        Ended::Unknown(status, complaint) => format!(
            "nothing is known: QEMU exited with status {status}, which no program here uses ({})",
            one_line(complaint)
        ),
        Ended::Killed(signal) => format!(
            "nothing is known: QEMU was killed by signal {signal} from outside (9 may be the \
             system's, out of memory); run it again"
        ),
        Ended::TimedOut(limit) => format!(
            "still running after {} s, the time limit; see where with `cargo qemu debug`, or give \
             it more by `#[timeout(300)]` (on a slow machine PATIENCE=5 gives each test five \
             times as long)",
            limit.as_secs()
        ),
    }
}

/// What QEMU said, without line breaks.
fn one_line(complaint: &str) -> String {
    if complaint.is_empty() {
        "it said nothing".into()
    } else {
        complaint.replace('\n', "; ")
    }
}
