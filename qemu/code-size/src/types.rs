//! The types of keys and values.

use core::hash::Hash;

/// A value that is copied, and of which a number can be made without much code.
pub trait Plain: Copy + 'static {
    const SAMPLE: Self;

    fn number(&self) -> u64;
}

/// One that may be a key.
pub trait Key: Plain + Eq + Hash {}

impl<T: Plain + Eq + Hash> Key for T {}

macro_rules! plain {
    ($($number:ty)*) => {$(
        impl Plain for $number {
            const SAMPLE: Self = 1;

            fn number(&self) -> u64 {
                *self as u64
            }
        }
    )*};
}

plain! { u8 u16 u32 u64 u128 }

impl<const N: usize> Plain for [u8; N] {
    const SAMPLE: Self = [1; N];

    fn number(&self) -> u64 {
        self.first().map_or(0, Plain::number)
    }
}

impl Plain for &'static str {
    const SAMPLE: Self = "";

    fn number(&self) -> u64 {
        self.len() as u64
    }
}

impl Plain for (u32, u16) {
    const SAMPLE: Self = (1, 1);

    fn number(&self) -> u64 {
        self.0.number()
    }
}

impl Plain for () {
    const SAMPLE: Self = ();

    fn number(&self) -> u64 {
        0
    }
}
