//! The session's cookie for those who take it apart, forge it, or carry it to
//! another instance.

use super::{Browser, Instance};

/// The cookie's name on http.
pub(crate) const SESSION: &str = "better-auth.session_token";

/// The `Set-Cookie` fields that end it all, on http.
pub(crate) const CLEARED: [&str; 3] = [
    "better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
];

impl Instance {
    /// A cookie's value for `text`, signed with this instance's own key.
    pub(crate) fn signed(&self, text: &str) -> String {
        let signature = self.web.app.keys.sign(text);
        format!("{text}.{}", encode_component(&signature))
    }

    /// A browser here that has the session's cookie of one that was elsewhere.
    pub(crate) fn browser_like(&self, other: &Browser) -> Browser {
        let mut browser = self.browser();
        browser.set_cookie(SESSION, other.cookie(SESSION).unwrap());
        browser
    }
}

/// What JavaScript's `encodeURIComponent` makes of base64.
pub(crate) fn encode_component(base64: &str) -> String {
    base64
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}

/// The way back.
pub(crate) fn decode_component(encoded: &str) -> String {
    encoded
        .replace("%2B", "+")
        .replace("%2F", "/")
        .replace("%3D", "=")
}
