//! Whether a person waits for a page, or a program for an answer.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};

/// Fetch Metadata says it; without it, whoever wants HTML is a browser.
pub(crate) fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return false;
    }
    if let Some(mode) = headers.get("sec-fetch-mode") {
        return mode == "navigate";
    }
    let accepted = headers.get(ACCEPT).map(HeaderValue::as_bytes);
    accepted.is_some_and(|accepted| {
        let accepted = accepted.to_ascii_lowercase();
        accepted.windows(9).any(|part| part == b"text/html")
    })
}
