//! The one table of functions and their endpoints. The files of `api/`, the
//! `[[bin]]` entries, the rewrites of `vercel.json` and the routes of the server
//! are made from it or checked against it.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};

use super::account::{
    accounts, change_email, delete, delete_by_link, error_page, password, profile, providers,
    social,
};
use super::doc::Doc;
use super::state::Web;
use super::{health, recovery, reference, sessions, signin, signup, tokens, verification, verify};

/// What an endpoint does, and so what a request to it must pass first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Reads.
    Read,
    /// Changes a state that belongs to a session.
    Change,
    /// Takes or gives credentials: no foreign page may, in its visitor's name.
    Login,
}

/// One endpoint.
pub struct Endpoint {
    /// Its path, as the browser asks for it.
    pub path: &'static str,
    /// What it does.
    pub kind: Kind,
    pub(super) doc: &'static Doc,
    pub(super) route: fn() -> MethodRouter<Arc<Web>>,
}

impl Endpoint {
    const fn new(
        kind: Kind,
        path: &'static str,
        doc: &'static Doc,
        route: fn() -> MethodRouter<Arc<Web>>,
    ) -> Self {
        Self {
            path,
            kind,
            doc,
            route,
        }
    }

    /// Whether a request for `path` is for it: to the letter, but for a `{name}`,
    /// which stands for one segment that is not empty.
    pub fn matches(&self, path: &str) -> bool {
        let mut texts = path.split('/');
        let mut parts = self.path.split('/');
        loop {
            match (parts.next(), texts.next()) {
                (None, None) => return true,
                (Some(part), Some(text)) if part == text && !part.starts_with('{') => {}
                (Some(part), Some(text)) if part.starts_with('{') && !text.is_empty() => {}
                _ => return false,
            }
        }
    }

    /// The method it is for.
    pub const fn method(&self) -> &'static str {
        match self.kind {
            Kind::Read => "GET",
            Kind::Change | Kind::Login => "POST",
        }
    }
}

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
        Endpoint::new(Kind::Read, "/health", &health::HEALTH, || {
            get(health::health)
        }),
        Endpoint::new(Kind::Read, "/api/health", &health::HEALTH, || {
            get(health::health)
        }),
        Endpoint::new(Kind::Read, "/api/auth/ok", &health::OK, || get(health::ok)),
        Endpoint::new(
            Kind::Read,
            "/api/auth/open-api/generate-schema",
            &reference::DOCUMENT_DOC,
            || get(reference::document),
        ),
        Endpoint::new(
            Kind::Read,
            "/api/auth/reference",
            &reference::PAGE_DOC,
            || get(reference::page),
        ),
    ],
};

/// Making accounts.
pub const SIGNUP: Function = Function {
    name: "signup",
    endpoints: &[
        Endpoint::new(
            Kind::Login,
            "/api/auth/sign-up/email",
            &signup::SIGN_UP,
            || post(signup::sign_up),
        ),
        Endpoint::new(Kind::Login, "/api/signup", &signup::SIGN_UP_SHORT, || {
            post(signup::sign_up_short)
        }),
    ],
};

/// Signing in.
pub const SIGNIN: Function = Function {
    name: "signin",
    endpoints: &[
        Endpoint::new(
            Kind::Login,
            "/api/auth/sign-in/email",
            &signin::SIGN_IN,
            || post(signin::sign_in),
        ),
        Endpoint::new(Kind::Login, "/api/signin", &signin::SIGN_IN, || {
            post(signin::sign_in)
        }),
        Endpoint::new(
            Kind::Login,
            "/api/auth/sign-in/social",
            &social::SIGN_IN,
            || post(social::sign_in),
        ),
    ],
};

/// Who is it?
pub const VERIFY: Function = Function {
    name: "verify",
    endpoints: &[
        Endpoint::new(
            Kind::Read,
            "/api/auth/get-session",
            &verify::GET_SESSION,
            || get(verify::get_session).post(verify::post_session),
        ),
        Endpoint::new(Kind::Read, "/api/verify", &verify::VERIFY, || {
            get(verify::verify)
        }),
    ],
};

/// A user's sessions.
pub const SESSIONS: Function = Function {
    name: "sessions",
    endpoints: &[
        Endpoint::new(
            Kind::Change,
            "/api/auth/sign-out",
            &sessions::SIGN_OUT,
            || post(sessions::sign_out),
        ),
        Endpoint::new(
            Kind::Read,
            "/api/auth/list-sessions",
            &sessions::LIST,
            || get(sessions::list),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/revoke-session",
            &sessions::REVOKE,
            || post(sessions::revoke),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/revoke-sessions",
            &sessions::REVOKE_ALL,
            || post(sessions::revoke_all),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/revoke-other-sessions",
            &sessions::REVOKE_OTHERS,
            || post(sessions::revoke_others),
        ),
        Endpoint::new(Kind::Read, "/api/sessions", &sessions::LIST, || {
            get(sessions::list)
        }),
    ],
};

/// What users do with their own account.
pub const ACCOUNT: Function = Function {
    name: "account",
    endpoints: &[
        Endpoint::new(
            Kind::Change,
            "/api/auth/update-user",
            &profile::UPDATE_USER,
            || post(profile::update_user),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/update-session",
            &profile::UPDATE_SESSION,
            || post(profile::update_session),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/change-password",
            &password::CHANGE_PASSWORD,
            || post(password::change_password),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/verify-password",
            &password::VERIFY_PASSWORD,
            || post(password::verify_password),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/delete-user",
            &delete::DELETE_USER,
            || post(delete::delete_user),
        ),
        Endpoint::new(
            Kind::Read,
            "/api/auth/list-accounts",
            &accounts::LIST,
            || get(accounts::list),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/unlink-account",
            &accounts::UNLINK,
            || post(accounts::unlink),
        ),
        Endpoint::new(Kind::Change, "/api/auth/link-social", &social::LINK, || {
            post(social::link)
        }),
        Endpoint::new(
            Kind::Read,
            "/api/auth/account-info",
            &providers::ACCOUNT_INFO,
            || get(providers::account_info),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/get-access-token",
            &providers::TOKEN,
            || post(providers::token),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/refresh-token",
            &providers::TOKEN,
            || post(providers::token),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/change-email",
            &change_email::CHANGE_EMAIL,
            || post(change_email::change_email),
        ),
        Endpoint::new(
            Kind::Read,
            "/api/auth/delete-user/callback",
            &delete_by_link::CALLBACK_DOC,
            || get(delete_by_link::callback),
        ),
        Endpoint::new(Kind::Read, "/api/account", &accounts::LIST, || {
            get(accounts::list)
        }),
        Endpoint::new(Kind::Read, "/api/auth/error", &error_page::ERROR, || {
            get(error_page::error)
        }),
    ],
};

/// Forgotten passwords, and addresses that are to be verified or changed.
pub const RECOVERY: Function = Function {
    name: "recovery",
    endpoints: &[
        Endpoint::new(
            Kind::Change,
            "/api/auth/request-password-reset",
            &recovery::REQUEST_RESET,
            || post(recovery::request_reset),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/reset-password",
            &recovery::RESET_PASSWORD,
            || post(recovery::reset_password),
        ),
        Endpoint::new(
            Kind::Read,
            "/api/auth/reset-password/{token}",
            &recovery::OPEN_RESET_LINK,
            || get(recovery::open_reset_link),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/auth/send-verification-email",
            &verification::SEND,
            || post(verification::send),
        ),
        Endpoint::new(
            Kind::Read,
            "/api/auth/verify-email",
            &verification::VERIFY_EMAIL,
            || get(verification::verify_email),
        ),
        Endpoint::new(
            Kind::Change,
            "/api/recovery",
            &recovery::REQUEST_RESET,
            || post(recovery::request_reset),
        ),
    ],
};

/// Tokens for other back ends.
pub const TOKENS: Function = Function {
    name: "tokens",
    endpoints: &[
        Endpoint::new(Kind::Read, "/api/auth/token", &tokens::TOKEN, || {
            get(tokens::token)
        }),
        Endpoint::new(Kind::Read, "/api/auth/jwks", &tokens::JWKS, || {
            get(tokens::jwks)
        }),
        Endpoint::new(Kind::Read, "/api/tokens", &tokens::TOKEN, || {
            get(tokens::token)
        }),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_one_segment_and_all_else_is_literal() {
        let path_of = |path: &str| RECOVERY.endpoint(path).map(|endpoint| endpoint.path);
        let with_token = Some("/api/auth/reset-password/{token}");
        assert_eq!(path_of("/api/auth/reset-password/abc"), with_token);
        assert_eq!(
            path_of("/api/auth/reset-password"),
            Some("/api/auth/reset-password")
        );
        for other in [
            "/api/auth/reset-password/",
            "/api/auth/reset-password/a/b",
            "/api/auth/reset-passwort/abc",
            "api/auth/reset-password/abc",
            "/api/auth/verify-email/",
            "",
        ] {
            assert_eq!(path_of(other), None, "{other}");
        }
    }
}
