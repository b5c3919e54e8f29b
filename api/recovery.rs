//! `POST request-password-reset`, `POST reset-password`, `GET reset-password/TOKEN`,
//! `POST send-verification-email`, `GET verify-email`, all under `/api/auth`.

use doorkey::http::functions::RECOVERY;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(RECOVERY)
}
