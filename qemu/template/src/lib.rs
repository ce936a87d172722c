//! A ring buffer, as something to test: your crate stands here.
//!
//! ```
//! let mut ring = your_crate::Ring::<u8, 2>::new();
//! assert_eq!(ring.push(1), Ok(()));
//! assert_eq!(ring.pop(), Some(1));
//! ```
#![no_std]

/// The last values that came, up to `N` of them, in the order in which they came.
#[derive(Debug)]
pub struct Ring<T, const N: usize> {
    slots: [Option<T>; N],
    /// Where the oldest value is.
    first: usize,
    len: usize,
}

impl<T, const N: usize> Ring<T, N> {
    /// An empty ring.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slots: [const { None }; N],
            first: 0,
            len: 0,
        }
    }

    /// Adds a value.
    ///
    /// # Errors
    ///
    /// If the ring is full; the value comes back.
    pub fn push(&mut self, value: T) -> Result<(), T> {
        if self.len == N {
            return Err(value);
        }
        self.slots[(self.first + self.len) % N] = Some(value);
        self.len += 1;
        Ok(())
    }

    /// Takes the oldest value out.
    pub fn pop(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        let value = self.slots[self.first].take();
        self.first = (self.first + 1) % N;
        self.len -= 1;
        value
    }
}

impl<T, const N: usize> Default for Ring<T, N> {
    fn default() -> Self {
        Self::new()
    }
}
