//! The targets: for each the machine of QEMU's that stands for it, how that is
//! started, and what is special about it.

use anyhow::{Result, bail};

/// A target of the compiler, and its machine.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The compiler's name of it.
    pub triple: &'static str,
    /// How it is called in reports.
    pub name: &'static str,
    /// QEMU's program.
    pub qemu: &'static str,
    /// The first version of QEMU that has the machine, and the way out of it.
    pub oldest_qemu: (u32, u32),
    /// The package that holds QEMU's program, by package manager.
    pub apt_package: &'static str,
    pub other_packages: [&'static str; 2],
    /// The debugger on a machine that is not of this kind.
    pub gdb: &'static str,
    /// The arguments that are the same for each boot.
    configuration: &'static str,
    memory: Memory,
    passing: Passing,
}

/// How much memory the machine has.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Memory {
    /// MiB; what a program gets that does not ask for more.
    AsAsked(u32),
    /// MiB; always.
    Fixed(u32),
}

/// How the program gets its command line.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Passing {
    /// With the kernel: QEMU's `-append`.
    Append,
    /// By Arm's semihosting.
    Semihosting,
}

/// `microvm` starts twice as fast as a PC and has all that is needed, a serial
/// port and an exit device. Not `-nographic`: it would put the firmware's text
/// into the log. With `shift=0` the time stamp counter counts instructions.
pub static X86_64: Target = Target {
    triple: "x86_64-unknown-none",
    name: "x86_64",
    qemu: "qemu-system-x86_64",
    oldest_qemu: (4, 2),
    apt_package: "qemu-system-x86",
    other_packages: [
        "dnf install qemu-system-x86-core",
        "pacman -S qemu-system-x86",
    ],
    gdb: "gdb",
    configuration: "-M microvm -nodefaults -no-reboot -display none -serial stdio \
         -icount shift=0,sleep=off -device isa-debug-exit,iobase=0xf4,iosize=0x04",
    memory: Memory::AsAsked(64),
    passing: Passing::Append,
};

/// `mps2-an385` is a Cortex-M3 with much memory. With `shift=6` its timers tick more
/// than once an instruction (`board`'s `mps2/clock.rs`). QEMU would complain about
/// the unplugged network.
pub static THUMBV7M: Target = Target {
    triple: "thumbv7m-none-eabi",
    name: "Cortex-M3",
    qemu: "qemu-system-arm",
    oldest_qemu: (4, 2),
    apt_package: "qemu-system-arm",
    other_packages: [
        "dnf install qemu-system-arm-core",
        "pacman -S qemu-system-arm",
    ],
    gdb: "gdb-multiarch",
    configuration: "-M mps2-an385 -nic none -nodefaults -no-reboot -display none -serial stdio \
         -icount shift=6,sleep=off",
    memory: Memory::Fixed(16),
    passing: Passing::Semihosting,
};

pub static ALL: [&Target; 2] = [&X86_64, &THUMBV7M];

/// The target of this name.
pub fn by_triple(triple: &str) -> Result<&'static Target> {
    if let Some(target) = ALL.into_iter().find(|target| target.triple == triple) {
        return Ok(target);
    }
    let known: Vec<_> = ALL.iter().map(|target| target.triple).collect();
    bail!("no board for it; there is one for {}", known.join(", "))
}

/// The target that a program was built for.
pub fn of_program(architecture: object::Architecture) -> Result<&'static Target> {
    match architecture {
        object::Architecture::X86_64 => Ok(&X86_64),
        object::Architecture::Arm => Ok(&THUMBV7M),
        other => bail!("there is no board for the architecture {other:?}"),
    }
}

impl Target {
    /// QEMU's arguments for this machine, with so many MiB of memory if the user or
    /// the program wishes for it, and with this command line for the program.
    pub fn machine(&self, memory: Option<u32>, command_line: &str) -> Result<Vec<String>> {
        let fixed = self.configuration.split_ascii_whitespace();
        let mut arguments: Vec<_> = fixed.map(str::to_owned).collect();
        match self.memory {
            Memory::AsAsked(default) => {
                let memory = memory.unwrap_or(default);
                arguments.extend(["-m".into(), format!("{memory}M")]);
            }
            Memory::Fixed(there_is) => {
                if memory.is_some_and(|memory| memory > there_is) {
                    bail!(
                        "more than {there_is} MiB of memory are asked for; the machine for {} \
                         has no more",
                        self.triple
                    );
                }
            }
        }
        match self.passing {
            Passing::Append => arguments.extend(["-append".into(), command_line.into()]),
            Passing::Semihosting => {
                arguments.extend(["-semihosting-config".into(), semihosting(command_line)]);
            }
        }
        Ok(arguments)
    }

    /// Where gdb has to stop, and where an instruction lies: in Thumb code the lowest
    /// bit of a function's address says only that it is Thumb code.
    pub fn breakpoint(&self, function: u64) -> u64 {
        function & !self.thumb_bit()
    }

    /// The address that a function has in the table of symbols if its first
    /// instruction is this one.
    pub fn symbol(&self, instruction: u64) -> u64 {
        instruction | self.thumb_bit()
    }

    fn thumb_bit(&self) -> u64 {
        u64::from(self.triple.starts_with("thumb"))
    }
}

/// Word by word, a comma doubled. Without a word QEMU would pass the program's path
/// on, so there is one in front, as for a process. `native`: never to gdb.
fn semihosting(command_line: &str) -> String {
    let mut config = "enable=on,target=native,arg=program".to_owned();
    for word in command_line.split_ascii_whitespace() {
        config += ",arg=";
        config += &word.replace(',', ",,");
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_an_argument_of_semihosting() {
        assert_eq!(
            semihosting("run_addr 42 a,b"),
            "enable=on,target=native,arg=program,arg=run_addr,arg=42,arg=a,,b"
        );
        assert_eq!(semihosting(""), "enable=on,target=native,arg=program");
    }

    #[test]
    fn more_memory_than_there_is_is_refused() {
        assert!(THUMBV7M.machine(Some(16), "").is_ok());
        assert!(THUMBV7M.machine(Some(17), "").is_err());
        let roomy = X86_64.machine(Some(512), "").unwrap();
        assert!(roomy.contains(&"512M".to_owned()));
    }

    #[test]
    fn a_thumb_function_begins_at_an_even_address() {
        assert_eq!(THUMBV7M.breakpoint(0x1001), 0x1000);
        assert_eq!(THUMBV7M.symbol(0x1000), 0x1001);
        assert_eq!(X86_64.breakpoint(0x1001), 0x1001);
        assert_eq!(X86_64.symbol(0x1000), 0x1000);
    }

    #[test]
    fn a_target_is_known_by_its_triple() {
        assert_eq!(by_triple("thumbv7m-none-eabi").unwrap().name, "Cortex-M3");
        assert!(by_triple("riscv32imac-unknown-none-elf").is_err());
    }
}
