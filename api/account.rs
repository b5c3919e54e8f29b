//! `POST update-user`, `update-session`, `change-password`, `verify-password`,
//! `delete-user`, `GET list-accounts`, `POST unlink-account`, `link-social`, `GET
//! account-info`, `POST get-access-token`, `refresh-token`, `GET error`, all under
//! `/api/auth`.

use doorkey::http::functions::ACCOUNT;

fn main() -> std::process::ExitCode {
    doorkey::runtime::serve(ACCOUNT)
}
