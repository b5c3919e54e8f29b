//! `GET /health`, `GET /health?deep=1`, `GET /api/auth/ok`.

use doorkey::http::functions::HEALTH;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(HEALTH)
}
