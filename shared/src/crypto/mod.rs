//! Password hashing, cookie signatures and derived keys. Knows types, not
//! databases; takes its randomness as bytes.

pub mod arena;
pub mod hasher;
pub mod jwt;
pub mod keys;
pub mod phc;
pub mod sealed;
pub mod stored;
