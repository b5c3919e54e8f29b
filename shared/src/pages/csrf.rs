//! That a form which comes back is one that this browser was given: a cookie with a
//! random mark, and in the form an HMAC of it (OWASP CSRF Prevention, signed
//! double-submit cookie). On https nobody can plant the cookie (`__Host-`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};

use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::session_cookie::values;

/// The form's field.
pub(super) const FIELD: &str = "csrf";

/// Bytes of a mark.
const BYTES: usize = 16;

/// What a page gives its forms.
pub(super) struct Given {
    /// The field's value.
    pub(super) token: String,
    /// The cookie, where the browser has none yet.
    pub(super) cookie: Option<HeaderValue>,
}

/// For the browser that sent these fields.
pub(super) fn give(web: &Web, headers: &HeaderMap) -> Result<Given, ApiError> {
    if let Some(mark) = mark(web, headers) {
        let token = web.app.keys.form_tag(mark);
        return Ok(Given {
            token,
            cookie: None,
        });
    }
    let bytes = web
        .app
        .random::<BYTES>()
        .map_err(|_| ApiError::internal())?;
    let mark = URL_SAFE_NO_PAD.encode(bytes);
    Ok(Given {
        token: web.app.keys.form_tag(&mark),
        cookie: web.cookies.give_form(&mark),
    })
}

/// Refuses a form that was not given to this browser.
pub(super) fn check(web: &Web, headers: &HeaderMap, token: &str) -> Result<(), ApiError> {
    let blocked = || ApiError::forbidden("COOKIES_BLOCKED", "The browser kept no cookie");
    let mark = mark(web, headers).ok_or_else(blocked)?;
    if web.app.keys.verify_form_tag(mark, token) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "FORM_EXPIRED",
        "The form was not given to this browser",
    ))
}

/// The browser's mark. Of two different ones neither is trusted (cookie tossing).
fn mark<'a>(web: &'a Web, headers: &'a HeaderMap) -> Option<&'a str> {
    let mut marks = values(headers, web.cookies.forms_name());
    let first = marks.next()?;
    if marks.any(|other| other != first) {
        return None;
    }
    let text = std::str::from_utf8(first).ok()?;
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == BYTES).then_some(text)
}
