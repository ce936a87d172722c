//! The suite on the host, under the usual test harness.
#![cfg(not(target_os = "none"))]

extern crate alloc;

mod suite;
#[allow(dead_code, reason = "the examples use more of it")]
mod support;

/// Makes the list of `suite` the harness' tests.
macro_rules! on_host {
    ($($group:ident {
        $($(#[$($attribute:tt)*])* $test:ident $(within $seconds:literal)?),* $(,)?
    })*) => {
        $(mod $group {
            $($(#[$($attribute)*])* #[test] fn $test() { crate::suite::$group::$test() })*
        })*
    };
}

suite::list!(on_host);
