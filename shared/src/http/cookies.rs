//! The cookies we set: Better Auth's names, and attributes that fit where front
//! end and back end are (RFC 6265bis §4.1).

use http::HeaderValue;

use crate::config::Config;
use crate::crypto::keys::Keys;
use crate::domain::token::SessionToken;

/// Half a year, in seconds: longer than most people stay away.
const KNOWN_DEVICE_MAX_AGE: u64 = 180 * 24 * 60 * 60;

/// The longest cookie that every browser keeps, in bytes, name and attributes
/// included: 4096 by RFC 6265bis §6.1, some less in Safari.
const LONGEST: usize = 4090;

/// How this deployment's cookies are named and bounded.
pub(crate) struct CookiePolicy {
    pub(crate) session: String,
    dont_remember: String,
    session_data: String,
    known_device: String,
    forms: String,
    legacy: Option<String>,
    /// `Domain=…; ` where the session's cookies are shared by several hosts, else
    /// nothing.
    domain: String,
    attributes: &'static str,
    max_age: u64,
}

impl CookiePolicy {
    /// `Secure` and its prefix on https; `SameSite=None; Partitioned` only where
    /// the front end is another site, since then `Lax` cookies are never sent.
    pub(crate) fn new(config: &Config) -> Self {
        let https = config.public_url.is_https();
        let prefix = if https { "__Secure-" } else { "" };
        let attributes = match (https, config.cross_site) {
            (true, true) => "Path=/; HttpOnly; Secure; SameSite=None; Partitioned",
            (true, false) => "Path=/; HttpOnly; Secure; SameSite=Lax",
            (false, _) => "Path=/; HttpOnly; SameSite=Lax",
        };
        let domain = config.carriers.domain.as_ref();
        Self {
            session: format!("{prefix}better-auth.session_token"),
            dont_remember: format!("{prefix}better-auth.dont_remember"),
            session_data: format!("{prefix}better-auth.session_data"),
            known_device: format!("{prefix}doorkey.known_device"),
            // RFC 6265bis §4.1.3.2: no neighbour under the same domain can plant it.
            forms: format!("{}doorkey.forms", if https { "__Host-" } else { "" }),
            legacy: config.legacy_cookie.clone(),
            domain: domain.map_or_else(String::new, |domain| format!("Domain={domain}; ")),
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
                .set(&self.session, &session, Some(self.max_age))
                .collect();
        }
        let flag = signed(keys, "true");
        self.set(&self.session, &session, None)
            .chain(self.set(&self.dont_remember, &flag, None))
            .collect()
    }

    /// Clears the flag of a session that ended with the browser.
    pub(super) fn clear_dont_remember(&self) -> impl Iterator<Item = HeaderValue> {
        self.set(&self.dont_remember, "", Some(0))
    }

    /// The name of that flag.
    pub(super) fn dont_remember_name(&self) -> &str {
        &self.dont_remember
    }

    /// Clears every cookie of ours. Where cookies are partitioned, one of the time
    /// before may be left that is not, and that a browser keeps apart.
    pub(super) fn clear(&self) -> impl Iterator<Item = HeaderValue> {
        let names = [&self.session, &self.session_data, &self.dont_remember];
        let cleared = names
            .into_iter()
            .flat_map(|name| self.set(name, "", Some(0)));
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

    /// The cached session data for so many seconds, or until the browser ends.
    /// Where it is longer than browsers keep, it is cleared: one of before may say
    /// what is no longer so.
    pub(super) fn session_data(
        &self,
        data: &str,
        max_age: Option<u64>,
    ) -> impl Iterator<Item = HeaderValue> {
        let name = &self.session_data;
        let fits = self.line(name, data, max_age, &self.domain).len() <= LONGEST;
        let (data, max_age) = if fits { (data, max_age) } else { ("", Some(0)) };
        self.set(name, data, max_age)
    }

    /// Clears the cached session data alone.
    pub(super) fn clear_session_data(&self) -> impl Iterator<Item = HeaderValue> {
        self.set(&self.session_data, "", Some(0))
    }

    /// Marks the browser as one that has signed in before. Nobody but this service
    /// reads the mark, so its host alone has it.
    pub(super) fn remember_device(&self, proof: &str) -> Option<HeaderValue> {
        field(&self.line(&self.known_device, proof, Some(KNOWN_DEVICE_MAX_AGE), ""))
    }

    /// The name of that mark.
    pub(super) fn known_device_name(&self) -> &str {
        &self.known_device
    }

    /// Marks the browser as one that was given a form, until it ends.
    pub(crate) fn give_form(&self, mark: &str) -> Option<HeaderValue> {
        field(&self.line(&self.forms, mark, None, ""))
    }

    /// The name of that mark.
    pub(crate) fn forms_name(&self) -> &str {
        &self.forms
    }

    /// The name of the cached session data.
    pub(super) fn session_data_name(&self) -> &str {
        &self.session_data
    }

    /// Whether a cookie of that name is ours, whatever the deployment: under either
    /// prefix, and under one that may have been set before https came.
    pub(crate) fn is_own(name: &[u8]) -> bool {
        let bare = ["__secure-", "__host-"].iter().find_map(|prefix| {
            let (start, rest) = name.split_at_checked(prefix.len())?;
            start
                .eq_ignore_ascii_case(prefix.as_bytes())
                .then_some(rest)
        });
        let bare = bare.unwrap_or(name);
        let begins = |with: &str| {
            let start = bare.get(..with.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
        };
        begins("better-auth.") || begins("doorkey.")
    }

    /// Whether it is the cookie of the system that was taken over.
    pub(crate) fn is_legacy(&self, name: &[u8]) -> bool {
        self.legacy
            .as_ref()
            .is_some_and(|legacy| legacy.as_bytes() == name)
    }

    /// A cookie of the session. Where hosts share it, one of before that this host
    /// alone had goes away first: with both, neither would count.
    fn set(
        &self,
        name: &str,
        value: &str,
        max_age: Option<u64>,
    ) -> impl Iterator<Item = HeaderValue> + use<> {
        let is_shared = !self.domain.is_empty();
        let of_before = is_shared.then(|| self.line(name, "", Some(0), ""));
        let lines = of_before
            .into_iter()
            .chain([self.line(name, value, max_age, &self.domain)]);
        lines.filter_map(|line| field(&line))
    }

    fn line(&self, name: &str, value: &str, max_age: Option<u64>, domain: &str) -> String {
        let attributes = self.attributes;
        match max_age {
            Some(seconds) => format!("{name}={value}; Max-Age={seconds}; {domain}{attributes}"),
            None => format!("{name}={value}; {domain}{attributes}"),
        }
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
