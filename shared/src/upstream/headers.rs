//! What of a message's fields is passed on, in both directions.

use http::header::{
    CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, FORWARDED, HOST, PROXY_AUTHORIZATION, SET_COOKIE,
    TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::http::cookies::CookiePolicy;

/// Fields for one hop alone, whether `Connection` names them or not (RFC 9110 §7.6.1).
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("proxy-authenticate"),
    HeaderName::from_static("http2-settings"),
];

/// Fields that say who asks, from where, by what. They are ours to write; from outside,
/// in whichever spelling, none of them is passed on. A back end may turn `-` into `_`
/// (RFC 3875 §4.1.18), so what only looks like one is one.
const OURS: [&str; 8] = [
    "x-auth-",
    "x-forwarded-",
    "forwarded-",
    "x-real-ip-",
    "x-request-id-",
    // Some frameworks take it for the target, which was judged as it was written.
    "x-original-url-",
    "x-rewrite-url-",
    // A CGI program takes it for where its own requests go (CVE-2016-5385).
    "proxy-",
];

/// Which cookies open a session.
#[derive(Clone, Copy)]
pub(super) struct Secrets<'a> {
    /// Ours.
    pub(super) policy: &'a CookiePolicy,
    /// And the one of the system that was taken over, while any of its sessions lives.
    /// Its name is a common one: afterwards it may be the app's.
    pub(super) with_legacy: bool,
}

impl Secrets<'_> {
    fn are_in(self, name: &[u8]) -> bool {
        CookiePolicy::is_own(name) || self.with_legacy && self.policy.is_legacy(name)
    }
}

/// Where a request came from, to tell the upstream.
pub(super) struct Came<'a> {
    /// The host that it named.
    pub(super) host: &'a HeaderValue,
    /// `https` or `http`, as the person's browser has it.
    pub(super) scheme: &'a str,
    /// The client's address.
    pub(super) client: Option<String>,
}

/// Takes out of a request what is not for the upstream, and says where it came from.
pub(super) fn pass_on_request(headers: &mut HeaderMap, secrets: Secrets<'_>, came: &Came<'_>) {
    let wants_trailers = headers.get_all(TE).iter().any(|te| {
        let mut codings = te.as_bytes().split(|byte| *byte == b',');
        codings.any(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"trailers"))
    });
    drop_hop_by_hop(headers);
    drop_claims(headers);
    keep_foreign_cookies(headers, secrets);
    // How long the body is, the body says; the client was told to go on already. What
    // follows a body could pass for a field that was checked before it (RFC 9110 §6.5.1).
    for name in [EXPECT, TRAILER, PROXY_AUTHORIZATION] {
        headers.remove(name);
    }
    // That there is none is said by nobody else, and asked for by some (RFC 9110 §8.6).
    if headers
        .get(CONTENT_LENGTH)
        .is_some_and(|length| length != "0")
    {
        headers.remove(CONTENT_LENGTH);
    }
    headers.insert(HOST, came.host.clone());
    headers.insert("x-forwarded-host", came.host.clone());
    if let Ok(scheme) = HeaderValue::from_str(came.scheme) {
        headers.insert("x-forwarded-proto", scheme);
    }
    if let Some(client) = came.client.as_deref()
        && let Ok(client) = HeaderValue::from_str(client)
    {
        headers.insert("x-forwarded-for", client);
    }
    if wants_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(CONNECTION, HeaderValue::from_static("te"));
    }
}

/// Takes out of an answer what is not for the client: above all a cookie of ours, by
/// which somebody would be signed in as somebody else (session fixation, CWE-384).
pub(super) fn pass_on_answer(headers: &mut HeaderMap, secrets: Secrets<'_>) {
    drop_hop_by_hop(headers);
    let cookies: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    if cookies.iter().any(|cookie| sets_ours(cookie, secrets)) {
        headers.remove(SET_COOKIE);
        for cookie in cookies
            .into_iter()
            .filter(|cookie| !sets_ours(cookie, secrets))
        {
            headers.append(SET_COOKIE, cookie);
        }
    }
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .collect();
    for name in named.into_iter().chain(HOP_BY_HOP) {
        headers.remove(name);
    }
}

fn drop_claims(headers: &mut HeaderMap) {
    let claims: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_claim(name))
        .cloned()
        .collect();
    for name in claims {
        headers.remove(name);
    }
    headers.remove(FORWARDED);
}

fn is_claim(name: &HeaderName) -> bool {
    let dash = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let mut plain: String = name.as_str().chars().map(dash).collect();
    plain.push('-');
    OURS.iter().any(|ours| plain.starts_with(ours))
}

/// The app's own cookies pass; ours open a session and are nobody else's to see.
fn keep_foreign_cookies(headers: &mut HeaderMap, secrets: Secrets<'_>) {
    let fields: Vec<HeaderValue> = headers.get_all(COOKIE).iter().cloned().collect();
    headers.remove(COOKIE);
    let mut kept: Vec<u8> = Vec::new();
    let pairs = fields
        .iter()
        .flat_map(|field| field.as_bytes().split(|byte| *byte == b';'));
    for pair in pairs.map(<[u8]>::trim_ascii) {
        let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
        if pair.is_empty() || secrets.are_in(name.trim_ascii()) {
            continue;
        }
        if !kept.is_empty() {
            kept.extend_from_slice(b"; ");
        }
        kept.extend_from_slice(pair);
    }
    if let Ok(mut value) = HeaderValue::from_bytes(&kept)
        && !kept.is_empty()
    {
        value.set_sensitive(true);
        headers.insert(COOKIE, value);
    }
}

/// Whether a `Set-Cookie` sets a cookie that would come back under a name of ours. One
/// without a name comes back as its value, which may look like a name and a value.
fn sets_ours(field: &HeaderValue, secrets: Secrets<'_>) -> bool {
    let pair = field
        .as_bytes()
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    let start = pair
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t' | b'='));
    let pair = start
        .and_then(|start| pair.get(start..))
        .unwrap_or_default();
    let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
    secrets.are_in(name.trim_ascii())
}

#[cfg(test)]
mod tests;
