//! The error type that `embedded-test` names.

/// As the real crate's `io::Result`.
pub type Result<T> = core::result::Result<T, Error>;

/// As the real crate's `io::Error`; reading the command line cannot fail here.
#[derive(Debug)]
pub enum Error {}
