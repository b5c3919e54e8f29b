//! The service as its clients see it: every case runs over HTTP types against
//! the whole router, on SQLite and on Postgres.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that meets the unexpected has failed"
)]

mod support;

mod sign_up;
