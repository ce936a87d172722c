//! Pages for people: how to come from hashbrown, what a kernel does with a map, which policy
//! a map should have, how big it is, and what becomes of it when something fails.
//! They are part of the documentation only.

#[doc = include_str!("guide/coming_from_hashbrown.md")]
pub mod coming_from_hashbrown {}

#[doc = include_str!("guide/in_a_kernel.md")]
pub mod in_a_kernel {}

#[doc = include_str!("guide/which_policy.md")]
pub mod which_policy {}

#[doc = include_str!("guide/how_big.md")]
pub mod how_big {}

#[doc = include_str!("guide/when_something_fails.md")]
pub mod when_something_fails {}
