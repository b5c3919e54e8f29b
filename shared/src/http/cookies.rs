//! The cookies we set: Better Auth's names, and attributes that fit where front
//! end and back end are (RFC 6265bis §4.1).

use http::HeaderValue;

use crate::config::Config;
use crate::crypto::keys::Keys;
use crate::domain::token::SessionToken;

/// Half a year, in seconds: longer than most people stay away.
const KNOWN_DEVICE_MAX_AGE: u64 = 180 * 24 * 60 * 60;

/// How this deployment's cookies are named and bounded.
pub(super) struct CookiePolicy {
    pub(super) session: String,
    dont_remember: String,
    session_data: String,
    known_device: String,
    legacy: Option<String>,
    attributes: &'static str,
    max_age: u64,
}

impl CookiePolicy {
    /// `Secure` and its prefix on https; `SameSite=None; Partitioned` only where
    /// the front end is another site, since then `Lax` cookies are never sent.
    pub(super) fn new(config: &Config) -> Self {
        let https = config.public_url.is_https();
        let prefix = if https { "__Secure-" } else { "" };
        let attributes = match (https, config.cross_site) {
            (true, true) => "Path=/; HttpOnly; Secure; SameSite=None; Partitioned",
            (true, false) => "Path=/; HttpOnly; Secure; SameSite=Lax",
            (false, _) => "Path=/; HttpOnly; SameSite=Lax",
        };
        Self {
            session: format!("{prefix}better-auth.session_token"),
            dont_remember: format!("{prefix}better-auth.dont_remember"),
            session_data: format!("{prefix}better-auth.session_data"),
            known_device: format!("{prefix}doorkey.known_device"),
            legacy: config.legacy_cookie.clone(),
            attributes,
            max_age: config.session.ttl.as_secs(),
        }
    }

    /// The cookies of a session: without `Max-Age`, and with the flag that says
    /// so, when it is not to outlive the browser.
    pub(super) fn open(
        &self,
        keys: &Keys,
        token: &SessionToken,
        remember: bool,
    ) -> Vec<HeaderValue> {
        let session = signed(keys, token.expose());
        if remember {
            return self
                .persistent(&self.session, &session, self.max_age)
                .into_iter()
                .collect();
        }
        let flag = signed(keys, "true");
        let fields = [(&self.session, session), (&self.dont_remember, flag)];
        fields
            .iter()
            .filter_map(|(name, value)| field(&format!("{name}={value}; {}", self.attributes)))
            .collect()
    }

    /// Clears every cookie of ours. Where cookies are partitioned, one of the time
    /// before may be left that is not, and that a browser keeps apart.
    pub(super) fn clear(&self) -> impl Iterator<Item = HeaderValue> {
        let names = [&self.session, &self.session_data, &self.dont_remember];
        let cleared = names
            .into_iter()
            .filter_map(|name| self.persistent(name, "", 0));
        let whole = self.attributes.strip_suffix("; Partitioned");
        let left_over =
            whole.map(|attributes| format!("{}=; Max-Age=0; {attributes}", self.session));
        cleared.chain(left_over.and_then(|text| field(&text)))
    }

    /// Clears the cookie of the system that was taken over, which set it with
    /// these attributes.
    pub(super) fn clear_legacy(&self) -> Option<HeaderValue> {
        let name = self.legacy.as_ref()?;
        field(&format!(
            "{name}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=None"
        ))
    }

    /// Clears the cached session data alone.
    pub(super) fn clear_session_data(&self) -> Option<HeaderValue> {
        self.persistent(&self.session_data, "", 0)
    }

    /// Marks the browser as one that has signed in before.
    pub(super) fn remember_device(&self, proof: &str) -> Option<HeaderValue> {
        self.persistent(&self.known_device, proof, KNOWN_DEVICE_MAX_AGE)
    }

    /// The name of that mark.
    pub(super) fn known_device_name(&self) -> &str {
        &self.known_device
    }

    /// The name of the cached session data.
    pub(super) fn session_data_name(&self) -> &str {
        &self.session_data
    }

    fn persistent(&self, name: &str, value: &str, max_age: u64) -> Option<HeaderValue> {
        field(&format!(
            "{name}={value}; Max-Age={max_age}; {}",
            self.attributes
        ))
    }
}

/// Names and values are of ASCII that is allowed in a field, so this never fails.
fn field(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// `VALUE.SIGNATURE`, percent-encoded as JavaScript's `encodeURIComponent` does.
pub(super) fn signed(keys: &Keys, value: &str) -> String {
    format!("{value}.{}", encode_signature(&keys.sign(value)))
}

/// Of the characters of base64 three are encoded.
pub(super) fn encode_signature(base64: &str) -> String {
    base64
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}
