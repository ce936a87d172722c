//! How a program begins, prints and ends.

use core::fmt;

/// What a program's function may return, as `std::process::Termination`.
pub trait Termination {
    /// Prints the error, if it is one, and gives the exit code.
    fn report(self) -> i32;
}

impl Termination for () {
    fn report(self) -> i32 {
        0
    }
}

impl<E: fmt::Debug> Termination for Result<(), E> {
    fn report(self) -> i32 {
        match self {
            Ok(()) => 0,
            Err(error) => {
                crate::println!("Error: {error:?}");
                1
            }
        }
    }
}

/// Makes a function the program: `board::main!(run);`. It takes nothing and
/// returns `()` or a `Result<(), E>` with `E: Debug`.
#[cfg(target_os = "none")]
#[macro_export]
macro_rules! main {
    ($run:path) => {
        #[unsafe(export_name = "main")]
        extern "C" fn __board_main() -> ! {
            $crate::run($run)
        }
    };
}

/// Makes a function the program: `board::main!(run);`. It takes nothing and
/// returns `()` or a `Result<(), E>` with `E: Debug`.
#[cfg(not(target_os = "none"))]
#[macro_export]
macro_rules! main {
    ($run:path) => {
        fn main() {
            $crate::run($run)
        }
    };
}

/// What [`main!`] expands to.
#[doc(hidden)]
pub fn run<T: Termination>(program: impl FnOnce() -> T) -> ! {
    crate::exit(program().report())
}

/// Prints a line with `core::fmt`'s syntax: to standard output on the host, over
/// the log on the target, where the runner prints it as it is.
#[macro_export]
macro_rules! println {
    () => {
        $crate::print_line(::core::format_args!(""))
    };
    ($($arguments:tt)*) => {
        $crate::print_line(::core::format_args!($($arguments)*))
    };
}

/// What [`println!`] expands to.
#[doc(hidden)]
pub fn print_line(line: fmt::Arguments<'_>) {
    #[cfg(target_os = "none")]
    crate::bare::logger::print(line);
    #[cfg(not(target_os = "none"))]
    std::println!("{line}");
}

/// How much memory, in MiB, the runner's machine is to have for this program;
/// 64 if nothing is said. `cargo qemu run --memory` overrides it.
///
/// ```
/// board::machine_memory!(512);
/// ```
#[macro_export]
macro_rules! machine_memory {
    ($mib:literal) => {
        // Not loaded: the runner reads it from the file.
        #[cfg(target_os = "none")]
        #[used]
        #[unsafe(link_section = ".qemu_memory")]
        static __BOARD_MACHINE_MEMORY: u32 = $mib;
    };
}
