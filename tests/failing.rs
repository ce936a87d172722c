//! Tests that fail, each in its own way, on the target. They are not run with the
//! others: `cargo qemu selftest` boots each and checks that it is reported as what
//! it is. Its list of what to expect is in `qemu/runner/src/selftest.rs`.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
extern crate alloc;

#[cfg(target_os = "none")]
#[embedded_test::tests]
mod failing {
    use alloc::vec::Vec;
    use core::arch::asm;
    use core::fmt;
    use core::hint::black_box;

    #[test]
    fn passes() {}

    #[test]
    #[should_panic]
    fn panics_as_expected() {
        panic!("as expected");
    }

    #[test]
    fn fails_an_assertion() {
        assert_eq!(1 + 1, black_box(3), "one and one: {}", 1 + 1);
    }

    #[test]
    #[should_panic]
    fn does_not_panic_as_expected() {}

    #[test]
    fn returns_an_error() -> Result<(), &'static str> {
        Err("no such luck")
    }

    #[test]
    #[should_panic]
    fn faults_instead_of_panicking() {
        read(8);
    }

    #[test]
    fn reads_through_a_null_pointer() {
        read(8);
    }

    #[test]
    fn overflows_its_stack() {
        black_box(recurse(black_box(u64::MAX)));
    }

    #[test]
    fn executes_an_invalid_instruction() {
        invalid_instruction();
    }

    #[test]
    fn faults_beyond_reporting() {
        #[cfg(target_arch = "x86_64")]
        let no_handlers = [0_u16; 5];
        // SAFETY: with an empty table of handlers no exception can be delivered,
        // nor can the one about that: the machine is reset.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            asm!("lidt [{}]", in(reg) &no_handlers);
        }
        // SAFETY: with a handlers' stack where there is no memory every exception
        // ends in a fault within the handler of faults: the processor locks up.
        #[cfg(target_arch = "arm")]
        unsafe {
            asm!("msr msp, {}", in(reg) 16);
        }
        invalid_instruction();
    }

    #[test]
    fn runs_out_of_memory() {
        black_box(Vec::<u8>::with_capacity(1 << 30));
    }

    #[test]
    #[timeout(2)]
    fn hangs() {
        board::println!("the last line before it hung");
        loop {
            core::hint::spin_loop();
        }
    }

    #[test]
    fn faults_while_logging() {
        board::println!("a line that holds {}", Faulty);
    }

    #[test]
    fn panics_while_logging() {
        board::println!("a line that holds {}", Panicking);
    }

    struct Faulty;

    impl fmt::Display for Faulty {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            read(8);
            Ok(())
        }
    }

    struct Panicking;

    impl fmt::Display for Panicking {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in the middle of a line");
        }
    }

    /// A read that the compiler does not know to be wrong.
    #[inline(never)]
    fn read(address: usize) {
        // SAFETY: reads a word that is closed: an exception, which ends the run.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            asm!("mov {0}, [{0}]", inout(reg) address => _);
        }
        // SAFETY: as above.
        #[cfg(target_arch = "arm")]
        unsafe {
            asm!("ldr {0}, [{0}]", inout(reg) address => _);
        }
    }

    /// An instruction that is reserved for this.
    fn invalid_instruction() {
        // SAFETY: raises an exception, which ends the run.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            asm!("ud2");
        }
        // SAFETY: as above.
        #[cfg(target_arch = "arm")]
        unsafe {
            asm!("udf #0");
        }
    }

    /// Does not end by itself, and is no tail call.
    fn recurse(depth: u64) -> u64 {
        if black_box(depth) == 0 {
            0
        } else {
            1 + recurse(depth - 1)
        }
    }
}

#[cfg(not(target_os = "none"))]
fn main() {}
