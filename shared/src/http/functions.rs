//! The one table of functions and their endpoints. The files of `api/`, the
//! `[[bin]]` entries, the rewrites of `vercel.json` and the routes of the server
//! are made from it or checked against it.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};

use super::state::Web;
use super::{health, sessions, signin, signup, tokens, verify};

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
pub const FUNCTIONS: &[Function] = &[HEALTH, SIGNUP, SIGNIN, VERIFY, SESSIONS, TOKENS];

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

/// Tokens for other back ends.
pub const TOKENS: Function = Function {
    name: "tokens",
    endpoints: &[
        Endpoint::new(Kind::Read, "/api/auth/token", || get(tokens::token)),
        Endpoint::new(Kind::Read, "/api/auth/jwks", || get(tokens::jwks)),
        Endpoint::new(Kind::Read, "/api/tokens", || get(tokens::token)),
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
