//! What a request is, before anybody is asked: whether it is well formed, whether a
//! person waits for a page, whether it is a handshake of a web socket.

use http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, ORIGIN,
    TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};

use super::refuse::Refusal;
use crate::config::Config;
use crate::domain::origin::Origin;
use crate::http::api_error::ApiError;
use crate::http::guard::check_page;
use crate::http::navigation::is_navigation;

/// What is found out about a request once.
pub(super) struct Asked {
    /// The host that it is for, as it named it.
    pub(super) host: HeaderValue,
    /// Whether a browser shows the answer to a person.
    pub(super) is_navigation: bool,
    /// Whether it asks for a web socket.
    pub(super) is_handshake: bool,
}

impl Asked {
    /// Refuses what two servers may read differently.
    pub(super) fn of(parts: &Parts) -> Result<Self, Refusal> {
        let headers = &parts.headers;
        // TRACE gives a request back, cookies and all; CONNECT is for proxies.
        if matches!(parts.method, Method::TRACE | Method::CONNECT) {
            return Err(Refusal::of(ApiError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                "Method not allowed",
            )));
        }
        // Which of them counts is read differently (RFC 9112 §6.1 and §11.2).
        if headers.contains_key(CONTENT_LENGTH) && headers.contains_key(TRANSFER_ENCODING) {
            return Err(malformed("A request has one length"));
        }
        // Another coding would be lost on the way (RFC 9112 §6.1).
        let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
        if codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
            let text = "Only chunked bodies are taken";
            let error = ApiError::new(StatusCode::NOT_IMPLEMENTED, "NOT_IMPLEMENTED", text);
            return Err(Refusal::of(error).closing());
        }
        let host = host(headers).ok_or_else(|| malformed("A request names one host"))?;
        let is_handshake = is_handshake(parts);
        let has_body = headers.contains_key(TRANSFER_ENCODING)
            || headers
                .get(CONTENT_LENGTH)
                .is_some_and(|length| length != "0");
        if is_handshake && has_body {
            return Err(malformed("A handshake has no body"));
        }
        Ok(Self {
            host,
            is_navigation: is_navigation(&parts.method, headers),
            is_handshake,
        })
    }

    /// With a cookie, a change or a web socket must come from a page of the same origin
    /// or of a trusted one: a browser adds cookies for whichever page asks (OWASP CSRF
    /// Prevention; cross-site WebSocket hijacking, CWE-1385).
    pub(super) fn check_page(&self, parts: &Parts, config: &Config) -> Result<(), ApiError> {
        let is_harmless = parts.method.is_safe() && !self.is_handshake;
        if is_harmless || !parts.headers.contains_key(COOKIE) {
            return Ok(());
        }
        let scheme = config.public_url.scheme();
        let own = self
            .host
            .to_str()
            .ok()
            .map(|host| format!("{scheme}://{host}"));
        let own = own.and_then(|own| Origin::of_url(&own));
        check_page(&parts.headers, |page| {
            own.as_ref() == Some(page) || config.trusted.trusts(page)
        })
    }
}

pub(super) fn malformed(why: &'static str) -> Refusal {
    Refusal::of(ApiError::bad_request("MALFORMED_REQUEST", why)).closing()
}

/// The one host (RFC 9112 §3.2).
fn host(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return None;
    };
    let authority: Authority = host.to_str().ok()?.parse().ok()?;
    let is_host = !authority.host().is_empty() && !authority.as_str().contains('@');
    is_host.then(|| host.clone())
}

/// RFC 6455 §4.2.1. No other protocol is switched to: what is inside a tunnel nobody
/// looks at (h2c smuggling).
fn is_handshake(parts: &Parts) -> bool {
    parts.method == Method::GET
        && parts.version == Version::HTTP_11
        && has_token(&parts.headers, &CONNECTION, "upgrade")
        && is_websocket(&parts.headers)
}

/// Whether the protocol to switch to is the web socket's, and it alone.
pub(super) fn is_websocket(headers: &HeaderMap) -> bool {
    let mut protocols = headers.get_all(UPGRADE).iter();
    let (first, second) = (protocols.next(), protocols.next());
    let first = first.map(|protocol| protocol.as_bytes().trim_ascii());
    second.is_none() && first.is_some_and(|first| first.eq_ignore_ascii_case(b"websocket"))
}

fn has_token(headers: &HeaderMap, name: &http::HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter();
    let mut tokens = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    tokens.any(|found| found.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// Whether a browser asks what a page of another origin may do (Fetch standard §3.2.2).
pub(super) fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS
        && parts.headers.contains_key(ORIGIN)
        && parts.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}
