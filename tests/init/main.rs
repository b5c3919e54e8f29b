//! `doorkey init`, run as a developer runs it, on projects as create-next-app and
//! their owners leave them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this is tests, which end at the first surprise"
)]

mod asked;
mod files;
mod links;
mod project;
mod refusals;
mod twice;
