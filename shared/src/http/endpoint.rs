//! One endpoint: where it is, what it does, what it says of itself, how it is routed.

use std::sync::Arc;

use axum::routing::MethodRouter;

use super::doc::Doc;
use super::state::Web;

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

/// Its handler, made when a router is: `const` tables hold no handlers.
type Route = fn() -> MethodRouter<Arc<Web>>;

/// One endpoint.
pub struct Endpoint {
    /// Its path, as the browser asks for it.
    pub path: &'static str,
    /// What it does.
    pub kind: Kind,
    pub(super) doc: &'static Doc,
    pub(super) route: Route,
}

impl Endpoint {
    /// One that reads.
    pub(super) const fn read(path: &'static str, doc: &'static Doc, route: Route) -> Self {
        Self::new(Kind::Read, path, doc, route)
    }

    /// One that changes a state that belongs to a session.
    pub(super) const fn change(path: &'static str, doc: &'static Doc, route: Route) -> Self {
        Self::new(Kind::Change, path, doc, route)
    }

    /// One that takes or gives credentials.
    pub(super) const fn login(path: &'static str, doc: &'static Doc, route: Route) -> Self {
        Self::new(Kind::Login, path, doc, route)
    }

    const fn new(kind: Kind, path: &'static str, doc: &'static Doc, route: Route) -> Self {
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

#[cfg(test)]
mod tests {
    use crate::http::functions::RECOVERY;

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
