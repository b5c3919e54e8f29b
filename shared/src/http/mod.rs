//! The wire protocol: what comes in is parsed once, what goes out is exactly
//! Better Auth's. One file per function's endpoints, the rest is around them.

mod account;
mod api_error;
mod around;
mod bearer;
mod client;
mod cookies;
mod cors;
mod doc;
mod endpoint;
mod fields;
pub mod functions;
mod guard;
mod headers;
mod health;
mod js_json;
mod json_body;
pub mod openapi;
mod page;
mod query;
mod recovery;
mod reference;
mod router;
mod session_answer;
mod session_cookie;
mod session_data;
mod sessions;
mod signed_in;
mod signin;
mod signup;
mod state;
mod tokens;
mod verification;
mod verify;
mod wire;

pub use client::Peer;
pub use endpoint::{Endpoint, Kind};
pub use functions::{FUNCTIONS, Function};
pub use router::router;
pub use state::Web;
