//! `GET /api/auth/token`, `GET /api/auth/jwks`; short: `GET /api/tokens`.

use doorkey::http::functions::TOKENS;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(TOKENS)
}
