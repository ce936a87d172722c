//! What all else is made of: numbers and small types, apart from any memory.
//!
//! [`sizing`] is the schedule of growth, [`tophash`], [`tags`] and [`hash`] are what is kept and
//! asked of a hash, [`position`] is a place in a walk. [`policy`], [`error`] and [`alloc`] are what
//! users choose and get, [`seed`] and [`mix`] what keys are hashed with.

pub(crate) mod alloc;
pub(crate) mod error;
pub(crate) mod hash;
pub(crate) mod mix;
pub(crate) mod policy;
pub(crate) mod position;
pub(crate) mod seed;
pub(crate) mod sizing;
pub(crate) mod tags;
pub(crate) mod tophash;
