//! What a page's address asks for. Anybody can write an address: whatever is in it is
//! looked up in a table of ours, or checked, before it does or shows anything.

use axum::extract::FromRequestParts;
use http::request::Parts;
use url::form_urlencoded;

/// A query's parameters. Of two of one name neither counts: two readers would take
/// different ones.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    /// A parameter's text, if it is there once and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        Ok(Self(pairs.into_owned().collect()))
    }
}
