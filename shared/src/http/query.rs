//! Reading the query of a link, and sending its opener on.

use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use url::form_urlencoded;

use super::api_error::ApiError;
use super::signin::trusted;
use super::state::Web;
use crate::domain::redirect::RedirectTarget;

/// A query's parameters. Each may be given once: of two, two readers would take
/// different ones.
pub(super) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    pub(super) fn new(raw: Option<&'a str>) -> Self {
        Self(raw.unwrap_or_default())
    }

    /// A text that must be there; it may be empty.
    pub(super) fn string(&self, name: &str) -> Result<String, ApiError> {
        let text = self.text(name).map_err(ApiError::validation)?;
        text.ok_or_else(|| ApiError::validation(issue(name, "undefined")))
    }

    /// A link's `token`, which must be there, and where to send the browser. What is
    /// wrong with either is told at once.
    pub(super) fn token_and_callback(
        &self,
        web: &Web,
    ) -> Result<(String, Option<RedirectTarget>), ApiError> {
        let token = self.text("token");
        let token = token.and_then(|token| token.ok_or_else(|| issue("token", "undefined")));
        match (token, self.text("callbackURL")) {
            (Ok(token), Ok(callback)) => Ok((token, trusted(web, callback.as_deref())?)),
            (Err(issue), Ok(_)) | (Ok(_), Err(issue)) => Err(ApiError::validation(issue)),
            (Err(one), Err(other)) => Err(ApiError::validation(format!("{one}; {other}"))),
        }
    }

    /// A text that may be left out, and is when it is empty.
    pub(super) fn optional(&self, name: &str) -> Option<String> {
        self.values(name).next().filter(|value| !value.is_empty())
    }

    /// Where to send the browser, if that is a trusted place; it was checked when
    /// the link was made, but anybody can write a link (CWE-601).
    pub(super) fn callback(&self, web: &Web) -> Result<Option<RedirectTarget>, ApiError> {
        let callback = self.text("callbackURL").map_err(ApiError::validation)?;
        trusted(web, callback.as_deref())
    }

    /// A text that may be left out, or what is wrong with it.
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err(issue(name, "array")),
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = String> {
        form_urlencoded::parse(self.0.as_bytes())
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

fn issue(name: &str, received: &str) -> String {
    format!("[query.{name}] Invalid input: expected string, received {received}")
}

/// 302, as the protocol has it.
pub(super) fn redirect(target: &RedirectTarget) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    // A target is ASCII without controls: it always fits.
    if let Ok(location) = HeaderValue::from_str(target.as_str()) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Tells a refusal to the page that the link leads to, and to the caller where it
/// leads nowhere. A fault of ours is told to the caller.
pub(super) fn refuse(
    error: impl Into<ApiError>,
    callback: Option<&RedirectTarget>,
) -> Result<Response, ApiError> {
    let error = error.into();
    match (callback, error.refusal()) {
        (Some(callback), Some(code)) => Ok(redirect(&callback.with_param("error", code))),
        _ => Err(error),
    }
}
