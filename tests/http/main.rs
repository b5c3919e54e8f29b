//! The service as its clients see it: every case runs over HTTP types against
//! the whole router, on SQLite, on Postgres, and on Postgres through a transaction
//! pooler.

#![cfg(test)]

mod support;

mod accounts;
mod bearer;
mod callbacks;
mod change_password;
mod cookie_cache;
mod cookie_domain;
mod cookies;
mod cors;
mod delete_by_link;
mod delete_user;
mod email_changes;
mod error_page;
mod gathered;
mod get_session;
mod guarded;
mod headers;
mod health;
mod input;
mod known_devices;
mod limits;
mod links;
mod lost_connections;
mod mail;
mod mail_floor;
mod mail_limits;
mod matrix;
mod methods;
mod oddities;
mod origins;
mod pages;
mod passwords;
mod paths;
mod providers;
mod races;
mod renewal;
mod resets;
mod sessions;
mod sign_in;
mod sign_up;
mod statements;
mod storage;
mod takeover;
mod tokens;
mod update_user;
mod user_fields;
mod validation;
mod verification;
mod verified_sign_up;
mod verify;
mod verify_password;
