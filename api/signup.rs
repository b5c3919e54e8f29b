//! `POST /api/auth/sign-up/email`, `POST /api/signup`.

use doorkey::http::functions::SIGNUP;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(SIGNUP)
}
