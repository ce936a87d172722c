//! One boot of one program in a fresh QEMU, from start to end.
//!
//! Which machine that is, says the program's [target](crate::target). It is emulated,
//! never virtualised: with `-icount` its clock then counts instructions exactly, and
//! a run repeats to the last digit.

use std::io::Read;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use board::Ending;
use wait_timeout::ChildExt;

use crate::image::Image;
use crate::log;

/// How long somebody looks at a screen on which nothing happens.
const PATIENCE: Duration = Duration::from_secs(15);

/// What may differ from boot to boot.
#[derive(Default)]
pub struct Options<'a> {
    /// How long it may take, in wall time; for ever if `None`.
    pub limit: Option<Duration>,
    /// MiB; if `None`, what the program asks for.
    pub memory: Option<u32>,
    /// Hold at reset and serve gdb on this port.
    pub debugger: Option<u16>,
    /// Further arguments for QEMU.
    pub extra: &'a [&'a str],
    /// Called with QEMU's process id when it has started.
    pub started: Option<&'a (dyn Fn(u32) + Sync)>,
    /// Called every [`PATIENCE`] with the time that it has taken so far, if there
    /// is a limit.
    pub still_running: Option<&'a (dyn Fn(Duration) + Sync)>,
}

/// How a boot ended.
#[derive(Debug)]
pub enum Ended {
    /// The program said so itself.
    Program(Ending),
    /// The machine was reset, which `-no-reboot` turns into an end: on x86 a fault
    /// that could not be delivered, thrice.
    Reset,
    /// The same on Arm: a fault in the handler of faults, after which the processor
    /// does nothing any more. QEMU aborts.
    Lockup,
    /// QEMU refused the machine or the program; what it said.
    Refused(String),
    /// An exit status that means nothing here; what QEMU said.
    Unknown(i32, String),
    /// QEMU died of a signal that the runner did not send.
    Killed(i32),
    /// The limit was reached, and QEMU stopped.
    TimedOut(Duration),
}

/// Boots the program and waits for its end, passing every line of its log on.
pub fn boot(
    image: &Image,
    command_line: &str,
    options: &Options,
    print: &(dyn Fn(&str) + Sync),
) -> Result<Ended> {
    let mut child = command(image, command_line, options)?
        .spawn()
        .with_context(|| format!("cannot start {}", image.target.qemu))?;
    let output = child.stdout.take().context("QEMU's output is not piped")?;
    let mut complaints = child.stderr.take().context("QEMU's errors are not piped")?;
    if let Some(started) = options.started {
        started(child.id());
    }

    // Both pipes are drained while waiting: QEMU would stop at a full one.
    let (status, complaint) = thread::scope(|scope| {
        let log = scope.spawn(move || log::decode(image, output, print));
        let complaint = scope.spawn(move || {
            let mut bytes = Vec::new();
            // What could be read is all there is to show.
            let _ = complaints.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).trim().to_owned()
        });
        let status = wait(&mut child, options);
        if log.join().is_err() {
            print("(the rest of the log could not be decoded)");
        }
        (status, complaint.join().unwrap_or_default())
    });
    Ok(match status.context("waiting for QEMU")? {
        Some(status) => classify(status, complaint),
        None => Ended::TimedOut(options.limit.unwrap_or_default()),
    })
}

/// The call of QEMU.
fn command(image: &Image, command_line: &str, options: &Options) -> Result<Command> {
    let memory = options.memory.or_else(|| image.memory_wish());
    let mut command = Command::new(image.target.qemu);
    command
        .args(image.target.machine(memory, command_line)?)
        .arg("-kernel")
        .arg(&image.path)
        .args(options.extra)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(port) = options.debugger {
        command.args(["-S", "-gdb", &format!("tcp:127.0.0.1:{port}")]);
    }
    Ok(command)
}

/// Waits for QEMU; `None` if the limit came first, and QEMU has been stopped.
fn wait(child: &mut Child, options: &Options) -> std::io::Result<Option<ExitStatus>> {
    let Some(limit) = options.limit else {
        return child.wait().map(Some);
    };
    let mut waited = Duration::ZERO;
    while waited < limit {
        let step = PATIENCE.min(limit - waited);
        if let Some(status) = child.wait_timeout(step)? {
            return Ok(Some(status));
        }
        waited += step;
        if let Some(still_running) = options.still_running.filter(|_| waited < limit) {
            still_running(waited);
        }
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Only what a program wrote as its exit status counts as its word; QEMU's own 0
/// and 1 mean a reset and a refusal.
fn classify(status: ExitStatus, complaint: String) -> Ended {
    match status.code() {
        None if complaint.contains("Lockup") => Ended::Lockup,
        None => Ended::Killed(status.signal().unwrap_or_default()),
        Some(0) => Ended::Reset,
        Some(1) => Ended::Refused(complaint),
        Some(code) => {
            Ending::from_status(code).map_or(Ended::Unknown(code, complaint), Ended::Program)
        }
    }
}

/// A port that nobody listens on at this moment.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port for gdb")?;
    Ok(listener.local_addr()?.port())
}
