//! `POST /api/auth/sign-in/email`, `POST /api/signin`.

use doorkey::http::functions::SIGNIN;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(SIGNIN)
}
