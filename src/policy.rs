//! What a map may decide differently without becoming another map: a trait of
//! constants, chosen by type, so that it costs nothing at run time.

/// How a map spends memory. [`Go`] is the default of every type that takes one.
///
/// The trait is sealed: its constants describe trade-offs inside the bucket
/// layout, and new ones may be added in any release.
pub trait Policy: sealed::Sealed {
    /// Keys and values of more bytes than this are stored through a pointer,
    /// one allocation each, so that an empty slot costs 8 bytes and growth
    /// moves 8.
    const INLINE_LIMIT: usize;
}

/// The trade-offs of Go's runtime; a map with it goes through Go's states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Go;

impl Policy for Go {
    const INLINE_LIMIT: usize = 128;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Go {}
}
