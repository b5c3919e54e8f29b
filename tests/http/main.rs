//! The service as its clients see it: every case runs over HTTP types against
//! the whole router, on SQLite and on Postgres.

mod support;

mod sign_up;
