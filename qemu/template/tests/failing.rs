//! Five tests of which four fail on purpose, each in its own way. `cargo qemu selftest` boots
//! them and looks whether each is reported as what it is: it shows that your copy is complete.
//! `cargo qemu test --test failing` shows the reports. Not needed for your own tests.
//!
//! What has to be reported, the runner knows by the names of these tests.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
use board as _;

#[cfg(target_os = "none")]
#[embedded_test::tests]
mod failing {
    use core::hint::black_box;
    use core::ptr;

    #[test]
    fn passes() {}

    #[test]
    fn returns_an_error() -> Result<(), &'static str> {
        Err("no such luck")
    }

    #[test]
    fn fails_an_assertion() {
        assert_eq!(1 + 1, black_box(3), "one and one: {}", 1 + 1);
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
    fn reads_through_a_null_pointer() {
        black_box(read(8));
    }

    /// As code does that reads a field of a structure which is not there.
    #[inline(never)]
    fn read(address: usize) -> usize {
        let field = ptr::with_exposed_provenance::<usize>(address);
        // SAFETY: there is none: page 0 is closed, and the exception ends the test.
        unsafe { *field }
    }
}

#[cfg(not(target_os = "none"))]
fn main() {}
