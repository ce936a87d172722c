//! Nothing: the tests are the package. A file of them for each version of hashbrown names what
//! it has, and what they have in common is in folders.
