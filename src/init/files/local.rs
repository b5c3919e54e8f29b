//! `cargo run`: every function on one port, for `next dev`, where `api/` does not
//! run. `cargo run -- migrate` brings the schema of `DATABASE_URL` up to date.

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve_project()
}
