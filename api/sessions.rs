//! `POST sign-out`, `GET list-sessions`, `POST revoke-session`, `revoke-sessions`,
//! `revoke-other-sessions`, all under `/api/auth`.

use doorkey::http::functions::SESSIONS;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(SESSIONS)
}
