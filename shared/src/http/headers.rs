//! The headers of every answer (OWASP HTTP Headers Cheat Sheet; ASVS 5.0 §3.4).

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// All of them; `Strict-Transport-Security` only where there is https (RFC 6797
/// §7.2). With `bearer` an answer depends on `Authorization` as well.
pub(super) fn all(https: bool, bearer: bool) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(16);
    let mut add = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    add(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(X_FRAME_OPTIONS, "DENY");
    add(REFERRER_POLICY, "no-referrer");
    add(
        PERMISSIONS_POLICY,
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    add(CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    add(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    // Every answer may depend on who asks, or from where: none is ever kept.
    add(CACHE_CONTROL, "no-store");
    let vary = if bearer {
        "Origin, Cookie, Authorization"
    } else {
        "Origin, Cookie"
    };
    add(VARY, vary);
    if https {
        add(
            STRICT_TRANSPORT_SECURITY,
            "max-age=31536000; includeSubDomains",
        );
    }
    headers
}

/// Whether a policy lets somebody frame its page.
pub(super) fn may_be_framed(policy: &HeaderValue) -> bool {
    let text = policy.to_str().unwrap_or_default();
    let mut rules = text.split("; ");
    rules.any(|rule| {
        let who = rule.strip_prefix("frame-ancestors ");
        who.is_some_and(|who| who != "'none'")
    })
}
