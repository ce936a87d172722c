//! The suite on the target, under QEMU: each test boots a fresh machine. Run it
//! by `cargo qemu test`; on the host there is nothing here.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
extern crate alloc;
#[cfg(target_os = "none")]
use ::board as _;

#[cfg(target_os = "none")]
mod suite;
#[cfg(target_os = "none")]
#[allow(dead_code, reason = "the examples use more of it")]
mod support;

/// Makes the list of `suite` embedded-test's tests.
#[cfg(target_os = "none")]
macro_rules! on_target {
    ($($group:ident {
        $($(#[$($attribute:tt)*])* $test:ident $(within $seconds:literal)?),* $(,)?
    })*) => {
        $(#[embedded_test::tests]
        mod $group {
            $($(#[$($attribute)*])* #[test] $(#[timeout($seconds)])?
            fn $test() { crate::suite::$group::$test() })*
        })*
    };
}

#[cfg(target_os = "none")]
suite::list!(on_target);

#[cfg(not(target_os = "none"))]
fn main() {}
