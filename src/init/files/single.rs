//! All of Doorkey in one function; `cargo run` serves the same behind `next dev`,
//! `cargo run -- migrate` brings the schema of `DATABASE_URL` up to date.

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve_project()
}
