//! Doorkey: sign-up, sign-in and sessions as small functions that speak Better
//! Auth's wire protocol.
//!
//! The layers point one way, and a test holds them to it:
//! [`domain`] ← [`crypto`] ← [`store`] ← [`mail`] ← [`service`] ← [`http`] ← [`pages`] ←
//! [`upstream`] ← [`runtime`].
//! Nothing below [`http`] knows HTTP; nothing below [`store`] does I/O; no time,
//! no randomness and no environment but through [`app`] and [`config`].

pub mod app;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod http;
pub mod mail;
pub mod pages;
pub mod runtime;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod templates;
pub mod upstream;
