//! The one table of functions and their endpoints. The files of `api/`, the
//! `[[bin]]` entries, the rewrites of `vercel.json` and the routes of the server
//! are made from it or checked against it.

use axum::routing::{get, post};

use super::account::{
    accounts, change_email, delete, delete_by_link, error_page, password, profile, providers,
    social,
};
use super::endpoint::Endpoint;
use super::{health, recovery, reference, sessions, signin, signup, tokens, verification, verify};

/// One function: a file of `api/`, a binary, a set of endpoints.
pub struct Function {
    /// The file's and the binary's name; the platform calls it at `/api/NAME`.
    pub name: &'static str,
    /// What it serves.
    pub endpoints: &'static [Endpoint],
}

/// Where the platform calls the one function that has all of these in it, in a
/// project with few functions left to its plan.
pub const TOGETHER: &str = "/api/doorkey";

/// All functions.
pub const FUNCTIONS: &[Function] = &[
    HEALTH, SIGNUP, SIGNIN, VERIFY, SESSIONS, ACCOUNT, RECOVERY, TOKENS,
];

/// Is everything up, and what is there?
pub const HEALTH: Function = Function {
    name: "health",
    endpoints: &[
        Endpoint::read("/health", &health::HEALTH, || get(health::health)),
        Endpoint::read("/api/health", &health::HEALTH, || get(health::health)),
        Endpoint::read("/api/auth/ok", &health::OK, || get(health::ok)),
        Endpoint::read(
            "/api/auth/open-api/generate-schema",
            &reference::DOCUMENT_DOC,
            || get(reference::document),
        ),
        Endpoint::read("/api/auth/reference", &reference::PAGE_DOC, || {
            get(reference::page)
        }),
    ],
};

/// Making accounts.
pub const SIGNUP: Function = Function {
    name: "signup",
    endpoints: &[
        Endpoint::login("/api/auth/sign-up/email", &signup::SIGN_UP, || {
            post(signup::sign_up)
        }),
        Endpoint::login("/api/signup", &signup::SIGN_UP_SHORT, || {
            post(signup::sign_up_short)
        }),
    ],
};

/// Signing in.
pub const SIGNIN: Function = Function {
    name: "signin",
    endpoints: &[
        Endpoint::login("/api/auth/sign-in/email", &signin::SIGN_IN, || {
            post(signin::sign_in)
        }),
        Endpoint::login("/api/signin", &signin::SIGN_IN, || post(signin::sign_in)),
        Endpoint::login("/api/auth/sign-in/social", &social::SIGN_IN, || {
            post(social::sign_in)
        }),
    ],
};

/// Who is it?
pub const VERIFY: Function = Function {
    name: "verify",
    endpoints: &[
        Endpoint::read("/api/auth/get-session", &verify::GET_SESSION, || {
            get(verify::get_session).post(verify::post_session)
        }),
        Endpoint::read("/api/verify", &verify::VERIFY, || get(verify::verify)),
    ],
};

/// A user's sessions.
pub const SESSIONS: Function = Function {
    name: "sessions",
    endpoints: &[
        Endpoint::change("/api/auth/sign-out", &sessions::SIGN_OUT, || {
            post(sessions::sign_out)
        }),
        Endpoint::read("/api/auth/list-sessions", &sessions::LIST, || {
            get(sessions::list)
        }),
        Endpoint::change("/api/auth/revoke-session", &sessions::REVOKE, || {
            post(sessions::revoke)
        }),
        Endpoint::change("/api/auth/revoke-sessions", &sessions::REVOKE_ALL, || {
            post(sessions::revoke_all)
        }),
        Endpoint::change(
            "/api/auth/revoke-other-sessions",
            &sessions::REVOKE_OTHERS,
            || post(sessions::revoke_others),
        ),
        Endpoint::read("/api/sessions", &sessions::LIST, || get(sessions::list)),
    ],
};

/// What users do with their own account.
pub const ACCOUNT: Function = Function {
    name: "account",
    endpoints: &[
        Endpoint::change("/api/auth/update-user", &profile::UPDATE_USER, || {
            post(profile::update_user)
        }),
        Endpoint::change("/api/auth/update-session", &profile::UPDATE_SESSION, || {
            post(profile::update_session)
        }),
        Endpoint::change(
            "/api/auth/change-password",
            &password::CHANGE_PASSWORD,
            || post(password::change_password),
        ),
        Endpoint::change(
            "/api/auth/verify-password",
            &password::VERIFY_PASSWORD,
            || post(password::verify_password),
        ),
        Endpoint::change("/api/auth/delete-user", &delete::DELETE_USER, || {
            post(delete::delete_user)
        }),
        Endpoint::read("/api/auth/list-accounts", &accounts::LIST, || {
            get(accounts::list)
        }),
        Endpoint::change("/api/auth/unlink-account", &accounts::UNLINK, || {
            post(accounts::unlink)
        }),
        Endpoint::change("/api/auth/link-social", &social::LINK, || {
            post(social::link)
        }),
        Endpoint::read("/api/auth/account-info", &providers::ACCOUNT_INFO, || {
            get(providers::account_info)
        }),
        Endpoint::change("/api/auth/get-access-token", &providers::TOKEN, || {
            post(providers::token)
        }),
        Endpoint::change("/api/auth/refresh-token", &providers::TOKEN, || {
            post(providers::token)
        }),
        Endpoint::change(
            "/api/auth/change-email",
            &change_email::CHANGE_EMAIL,
            || post(change_email::change_email),
        ),
        Endpoint::read(
            "/api/auth/delete-user/callback",
            &delete_by_link::CALLBACK_DOC,
            || get(delete_by_link::callback),
        ),
        Endpoint::read("/api/account", &accounts::LIST, || get(accounts::list)),
        Endpoint::read("/api/auth/error", &error_page::ERROR, || {
            get(error_page::error)
        }),
    ],
};

/// Forgotten passwords, and addresses that are to be verified or changed.
pub const RECOVERY: Function = Function {
    name: "recovery",
    endpoints: &[
        Endpoint::change(
            "/api/auth/request-password-reset",
            &recovery::REQUEST_RESET,
            || post(recovery::request_reset),
        ),
        Endpoint::change(
            "/api/auth/reset-password",
            &recovery::RESET_PASSWORD,
            || post(recovery::reset_password),
        ),
        Endpoint::read(
            "/api/auth/reset-password/{token}",
            &recovery::OPEN_RESET_LINK,
            || get(recovery::open_reset_link),
        ),
        Endpoint::change(
            "/api/auth/send-verification-email",
            &verification::SEND,
            || post(verification::send),
        ),
        Endpoint::read(
            "/api/auth/verify-email",
            &verification::VERIFY_EMAIL,
            || get(verification::verify_email),
        ),
        Endpoint::change("/api/recovery", &recovery::REQUEST_RESET, || {
            post(recovery::request_reset)
        }),
    ],
};

/// Tokens for other back ends.
pub const TOKENS: Function = Function {
    name: "tokens",
    endpoints: &[
        Endpoint::read("/api/auth/token", &tokens::TOKEN, || get(tokens::token)),
        Endpoint::read("/api/auth/jwks", &tokens::JWKS, || get(tokens::jwks)),
        Endpoint::read("/api/tokens", &tokens::TOKEN, || get(tokens::token)),
    ],
};

impl Function {
    /// Where the platform calls the function.
    pub fn own_path(&self) -> String {
        format!("/api/{}", self.name)
    }

    /// The endpoint of that path.
    pub fn endpoint(&self, path: &str) -> Option<&'static Endpoint> {
        self.endpoints
            .iter()
            .find(|endpoint| endpoint.matches(path))
    }
}
