//! The server.
fn main() -> std::process::ExitCode {
    doorkey::runtime::serve_all()
}
