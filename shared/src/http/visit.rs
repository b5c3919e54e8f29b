//! What finding a session leaves on the answer, whatever the answer is: the cookie
//! of one that was extended, a fresh copy, or cleared cookies.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use super::state::Web;

/// A request, as far as it shows a session, and what is put aside for its answer.
pub(crate) struct Visit {
    /// The request's fields.
    pub(crate) headers: HeaderMap,
    left: Left,
}

impl Visit {
    /// Puts fields aside for the answer.
    pub(super) fn leave(&self, write: impl FnOnce(&mut HeaderMap)) {
        write(&mut self.left.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl FromRequestParts<Arc<Web>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, Infallible> {
        Ok(Self {
            headers: parts.headers.clone(),
            left: parts.extensions.get().cloned().unwrap_or_default(),
        })
    }
}

#[derive(Clone, Default)]
struct Left(Arc<Mutex<HeaderMap>>);

/// Puts what was left aside on the answer, refusal or not. What the handler itself
/// says about the session or a cookie counts more.
pub(crate) async fn answer(cookie: &str, mut request: Request, next: Next) -> Response {
    let left = Left::default();
    request.extensions_mut().insert(left.clone());
    let mut response = next.run(request).await;
    let left = std::mem::take(&mut *left.0.lock().unwrap_or_else(PoisonError::into_inner));
    let fields = response.headers_mut();
    if sets(fields, cookie.as_bytes()) {
        return response;
    }
    let own: Vec<HeaderValue> = fields.get_all(SET_COOKIE).iter().cloned().collect();
    let is_own = |field: &HeaderValue| own.iter().any(|other| name(other) == name(field));
    let mut last = None;
    for (key, value) in left {
        // A repeated field comes without its name after the first.
        last = key.or(last);
        if let Some(key) = &last
            && !(key == SET_COOKIE && is_own(&value))
        {
            fields.append(key.clone(), value);
        }
    }
    response
}

/// Whether an answer sets or clears the cookie of that name.
pub(super) fn sets(fields: &HeaderMap, cookie: &[u8]) -> bool {
    let mut set = fields.get_all(SET_COOKIE).iter();
    set.any(|field| name(field) == Some(cookie))
}

/// A `Set-Cookie` field's name.
fn name(field: &HeaderValue) -> Option<&[u8]> {
    field.as_bytes().split(|byte| *byte == b'=').next()
}
