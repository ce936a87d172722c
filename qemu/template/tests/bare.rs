//! Tests on the bare machine: each boots a machine of its own. Run them by `cargo qemu test`.
//! For the host this file is empty.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
extern crate alloc;

// Entry, memory, heap, log, faults, panics.
#[cfg(target_os = "none")]
use board as _;

#[cfg(target_os = "none")]
#[embedded_test::tests]
mod ring {
    use alloc::boxed::Box;
    use your_crate::Ring; // line 3

    #[test]
    fn the_oldest_value_comes_first() {
        let mut ring = Ring::<u32, 2>::new();
        for value in 0..100 {
            assert_eq!(ring.push(value), Ok(()));
            assert_eq!(ring.pop(), Some(value));
        }
        assert_eq!(ring.pop(), None);
    }

    // The error is in the report. It is logged by defmt, so its type has `defmt::Format`.
    #[test]
    fn a_ring_that_is_emptied_has_room_again() -> Result<(), u32> {
        let mut ring = Ring::<u32, 1>::new();
        ring.push(1)?;
        ring.pop();
        ring.push(2)
    }

    #[test]
    #[should_panic]
    fn what_does_not_fit_comes_back() {
        let mut ring = Ring::<Box<u32>, 1>::new();
        ring.push(Box::new(1)).unwrap();
        ring.push(Box::new(2)).unwrap();
    }

    // A test has 60 seconds, unless it says otherwise. The log of a test is shown if it
    // fails, and always with `cargo test --target .. --test bare -- --nocapture`.
    #[test]
    #[timeout(5)]
    fn a_push_takes_few_instructions() {
        let mut ring = Ring::<u32, 8>::new();
        let start = board::instructions();
        ring.push(1).unwrap();
        let took = board::instructions() - start;
        defmt::info!("a push took {} instructions", took);
        assert!(took < 1_000);
    }
}

#[cfg(not(target_os = "none"))]
fn main() {}
