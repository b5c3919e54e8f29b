//! The one table of functions and their endpoints. The files of `api/`, the
//! `[[bin]]` entries, the rewrites of `vercel.json` and the routes of the server
//! are made from it or checked against it.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};

use super::account::{accounts, delete, error_page, password, profile, providers, social};
use super::state::Web;
use super::{health, sessions, signin, signup, verify};

/// What an endpoint does, and so what a request to it must pass first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Reads.
    Read,
    /// Changes a state that belongs to a session.
    Change,
    /// Makes a session from credentials.
    Login,
}

/// One endpoint.
pub struct Endpoint {
    /// Its path, as the browser asks for it.
    pub path: &'static str,
    /// What it does.
    pub kind: Kind,
    pub(super) route: fn() -> MethodRouter<Arc<Web>>,
}

impl Endpoint {
    const fn new(kind: Kind, path: &'static str, route: fn() -> MethodRouter<Arc<Web>>) -> Self {
        Self { path, kind, route }
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

/// All functions.
pub const FUNCTIONS: &[Function] = &[HEALTH, SIGNUP, SIGNIN, VERIFY, SESSIONS, ACCOUNT];

/// Is everything up?
pub const HEALTH: Function = Function {
    name: "health",
    endpoints: &[
        Endpoint::new(Kind::Read, "/health", || get(health::health)),
        Endpoint::new(Kind::Read, "/api/health", || get(health::health)),
        Endpoint::new(Kind::Read, "/api/auth/ok", || get(health::ok)),
    ],
};

/// Making accounts.
pub const SIGNUP: Function = Function {
    name: "signup",
    endpoints: &[
        Endpoint::new(Kind::Login, "/api/auth/sign-up/email", || {
            post(signup::sign_up)
        }),
        Endpoint::new(Kind::Login, "/api/signup", || post(signup::sign_up_short)),
    ],
};

/// Signing in.
pub const SIGNIN: Function = Function {
    name: "signin",
    endpoints: &[
        Endpoint::new(Kind::Login, "/api/auth/sign-in/email", || {
            post(signin::sign_in)
        }),
        Endpoint::new(Kind::Login, "/api/signin", || post(signin::sign_in)),
        Endpoint::new(Kind::Login, "/api/auth/sign-in/social", || {
            post(social::sign_in)
        }),
    ],
};

/// Who is it?
pub const VERIFY: Function = Function {
    name: "verify",
    endpoints: &[
        Endpoint::new(Kind::Read, "/api/auth/get-session", || {
            get(verify::get_session).post(verify::post_session)
        }),
        Endpoint::new(Kind::Read, "/api/verify", || get(verify::verify)),
    ],
};

/// A user's sessions.
pub const SESSIONS: Function = Function {
    name: "sessions",
    endpoints: &[
        Endpoint::new(Kind::Change, "/api/auth/sign-out", || {
            post(sessions::sign_out)
        }),
        Endpoint::new(Kind::Read, "/api/auth/list-sessions", || {
            get(sessions::list)
        }),
        Endpoint::new(Kind::Change, "/api/auth/revoke-session", || {
            post(sessions::revoke)
        }),
        Endpoint::new(Kind::Change, "/api/auth/revoke-sessions", || {
            post(sessions::revoke_all)
        }),
        Endpoint::new(Kind::Change, "/api/auth/revoke-other-sessions", || {
            post(sessions::revoke_others)
        }),
        Endpoint::new(Kind::Read, "/api/sessions", || get(sessions::list)),
    ],
};

/// What users do with their own account.
pub const ACCOUNT: Function = Function {
    name: "account",
    endpoints: &[
        Endpoint::new(Kind::Change, "/api/auth/update-user", || {
            post(profile::update_user)
        }),
        Endpoint::new(Kind::Change, "/api/auth/update-session", || {
            post(profile::update_session)
        }),
        Endpoint::new(Kind::Change, "/api/auth/change-password", || {
            post(password::change_password)
        }),
        Endpoint::new(Kind::Change, "/api/auth/verify-password", || {
            post(password::verify_password)
        }),
        Endpoint::new(Kind::Change, "/api/auth/delete-user", || {
            post(delete::delete_user)
        }),
        Endpoint::new(Kind::Read, "/api/auth/list-accounts", || {
            get(accounts::list)
        }),
        Endpoint::new(Kind::Change, "/api/auth/unlink-account", || {
            post(accounts::unlink)
        }),
        Endpoint::new(Kind::Change, "/api/auth/link-social", || post(social::link)),
        Endpoint::new(Kind::Read, "/api/auth/account-info", || {
            get(providers::account_info)
        }),
        Endpoint::new(Kind::Change, "/api/auth/get-access-token", || {
            post(providers::token)
        }),
        Endpoint::new(Kind::Change, "/api/auth/refresh-token", || {
            post(providers::token)
        }),
        Endpoint::new(Kind::Read, "/api/auth/error", || get(error_page::error)),
    ],
};

impl Function {
    /// Where the platform calls the function.
    pub fn own_path(&self) -> String {
        format!("/api/{}", self.name)
    }

    /// The endpoint of that path.
    pub fn endpoint(&self, path: &str) -> Option<&'static Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.path == path)
    }
}
