//! Pure types and rules: parsed once at the edge, wrong values cannot be made.
//! No I/O, no clock, no randomness, no HTTP.

pub mod client_ip;
pub mod device;
pub mod email;
pub mod ids;
pub mod one_time;
pub mod origin;
pub mod password;
pub mod redirect;
pub mod session;
pub mod sign_ups;
pub mod timestamp;
pub mod token;
pub mod user;
pub mod user_fields;

#[cfg(test)]
mod scramble;
