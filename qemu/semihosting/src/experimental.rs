//! The command line as an iterator, by the path of the real crate.

/// As the real crate's `experimental::env`.
pub mod env {
    use core::cell::RefCell;
    use core::str::{SplitAsciiWhitespace, Utf8Error};

    use crate::board::__board_command_line;
    use crate::io;

    /// The words of the command line, without a program name in front. `N` is
    /// the real crate's buffer size; here the board has kept the bytes already.
    pub struct Args<const N: usize>(RefCell<SplitAsciiWhitespace<'static>>);

    /// The words of the command line.
    ///
    /// # Errors
    ///
    /// None; the signature is the real crate's.
    pub fn args<const N: usize>() -> io::Result<Args<N>> {
        Ok(Args(RefCell::new(
            __board_command_line().split_ascii_whitespace(),
        )))
    }

    impl<const N: usize> Iterator for &Args<N> {
        type Item = Result<&'static str, Utf8Error>;

        fn next(&mut self) -> Option<Self::Item> {
            self.0.borrow_mut().next().map(Ok)
        }
    }
}
