//! The real binaries, driven as each platform does it: Vercel over its socket and
//! its headers, Lambda over its runtime API, and plainly over TCP; the server with its database
//! behind a WebSocket, too.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "all of this is tests, which end at the first surprise"
)]

mod support;

mod guard;
mod lambda;
mod plain;
mod project;
mod vercel;
mod websocket;
