//! `doorkey doctor`, run as an operator runs it: on deployments that are as they
//! should be, and on one broken deployment for each thing that it names.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this is tests, which end at the first surprise"
)]

mod broken;
mod command;
mod database;
mod deployment;
mod here;
mod origins;
mod strangers;
mod tls;
mod whole;
