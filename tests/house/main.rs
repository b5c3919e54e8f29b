//! The house itself: layers, sizes, and the things that must agree with the
//! table of functions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that meets the unexpected has failed"
)]

mod functions;
mod layers;
mod lock;
mod security;
mod sizes;
mod tree;
