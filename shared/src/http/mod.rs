//! The wire protocol: what comes in is parsed once, what goes out is exactly
//! Better Auth's. One file per function's endpoints, the rest is around them. What is
//! `pub(crate)` here is for the layers above.

mod account;
pub(crate) mod api_error;
pub(crate) mod around;
mod bearer;
mod callbacks;
mod client;
pub(crate) mod cookies;
pub(crate) mod cors;
mod doc;
mod endpoint;
mod fields;
pub mod functions;
pub(crate) mod guard;
mod headers;
mod health;
pub(crate) mod identity;
mod js_json;
pub(crate) mod json_body;
pub(crate) mod navigation;
pub mod openapi;
pub(crate) mod own_paths;
pub(crate) mod page;
mod query;
mod recovery;
mod reference;
pub(crate) mod router;
pub(crate) mod session_answer;
pub(crate) mod session_cookie;
mod session_data;
pub(crate) mod sessions;
mod setup;
pub(crate) mod signed_in;
pub(crate) mod signin;
pub(crate) mod signup;
mod state;
pub(crate) mod tokens;
mod verification;
mod verify;
pub(crate) mod visit;
mod wire;

pub use client::Peer;
pub use endpoint::{Endpoint, Kind};
pub use functions::{FUNCTIONS, Function};
pub use router::{router, router_with};
pub use setup::setup;
pub use state::Web;
