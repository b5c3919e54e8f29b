//! `GET /api/auth/get-session`, `GET /api/verify`.

use doorkey::http::functions::VERIFY;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(VERIFY)
}
