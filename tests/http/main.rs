//! The service as its clients see it: every case runs over HTTP types against
//! the whole router, on SQLite, on Postgres, and on Postgres through a transaction
//! pooler.

#![cfg(test)]

mod support;

mod accounts;
mod bearer;
mod change_password;
mod cookie_cache;
mod cookie_domain;
mod cookies;
mod cors;
mod delete_user;
mod error_page;
mod get_session;
mod headers;
mod health;
mod input;
mod known_devices;
mod limits;
mod lost_connections;
mod mail;
mod matrix;
mod methods;
mod oddities;
mod origins;
mod passwords;
mod paths;
mod providers;
mod sessions;
mod sign_in;
mod sign_up;
mod statements;
mod storage;
mod takeover;
mod update_user;
mod user_fields;
mod validation;
mod verify;
mod verify_password;
