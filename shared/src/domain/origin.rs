//! Web origins as browsers write them, and when two of them are one site.
//! Everything that trusts a caller by `Origin`, `Referer` or a redirect's target
//! goes through here, so that there is one reading of a host and not several.

use std::fmt;
use std::net::Ipv4Addr;

use url::Url;

mod cookie_domain;
mod pattern;
#[cfg(test)]
mod tests;
mod trusted;

pub use cookie_domain::{CookieDomain, CookieDomainError};
pub use pattern::{OriginPattern, OriginPatternError};
pub use trusted::TrustedOrigins;

/// A host has at most 253 characters (RFC 1035 §2.3.4), a scheme and a port 14.
const MAX_ORIGIN_BYTES: usize = 300;

/// Scheme, host and port of a web page, in the one spelling that browsers send
/// (RFC 6454 §6.2): lower case, IDN as A-labels, the default port left out.
///
/// The host is never empty and has no trailing dot: browsers take
/// `example.com.` for another origin than `example.com`, and nobody serves it on
/// purpose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an `Origin` header: the exact serialisation of an http or https
    /// origin. Anything else (`null`, upper case, a path or a trailing slash, an
    /// explicit default port, a trailing dot, userinfo, space) is `None`.
    pub fn parse(raw: &str) -> Option<Self> {
        if raw.len() > MAX_ORIGIN_BYTES {
            return None;
        }
        Self::of_url(raw).filter(|origin| origin.0 == raw)
    }

    /// The origin of a whole http or https URL, such as a `Referer`.
    ///
    /// URLs that parsers disagree about are `None` and not guessed at: a
    /// backslash, space or control character anywhere, userinfo, a missing or
    /// tripled slash after the scheme.
    pub fn of_url(raw: &str) -> Option<Self> {
        let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
        if raw.contains(odd) {
            return None;
        }
        let (_, rest) = raw.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        if authority.is_empty() || authority.contains('@') {
            return None;
        }
        let url = Url::parse(raw).ok()?;
        if !matches!(url.scheme(), "http" | "https") || !is_plain_host(url.host_str()?) {
            return None;
        }
        Some(Self(url.origin().ascii_serialization()))
    }

    /// The serialisation, e.g. `https://app.example.com` or `http://[::1]:3000`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &str {
        if self.is_https() { "https" } else { "http" }
    }

    /// The host without its port: a name, an IPv4 address, or an IPv6 address in
    /// square brackets.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        if authority.starts_with('[') {
            let end = authority.find(']').map_or(authority.len(), |at| at + 1);
            return authority.get(..end).unwrap_or(authority);
        }
        authority.split(':').next().unwrap_or(authority)
    }

    /// Whether pages of this origin came over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Whether the host is this machine: `localhost` and names below it
    /// (RFC 6761 §6.3), 127.0.0.0/8, `[::1]`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
    }

    /// The port where it is not the scheme's own, as text.
    fn port(&self) -> Option<&str> {
        self.authority()
            .strip_prefix(self.host())?
            .strip_prefix(':')
    }

    fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }

    fn host_is_ip(&self) -> bool {
        self.host().starts_with('[') || self.host().parse::<Ipv4Addr>().is_ok()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// URL parsers let punctuation such as `*`, `!` and `,` into a host; no page has
/// such a name, and a pattern must never be mistaken for an origin.
fn is_plain_host(host: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    host.starts_with('[')
        || host
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(plain))
}

/// Whether a browser counts two origins as one site, so that `SameSite=Lax`
/// cookies travel between them: the same scheme ("schemeful same-site") and the
/// same registrable domain by the Public Suffix List, whatever the port.
///
/// Equal hosts are always one site; addresses and loopback names only when equal.
/// Two names below `vercel.app` or `hf.space` are two sites.
pub fn same_site(a: &Origin, b: &Origin) -> bool {
    if a.scheme() != b.scheme() {
        return false;
    }
    if a.host() == b.host() {
        return true;
    }
    let only_when_equal = |origin: &Origin| origin.host_is_ip() || origin.is_loopback();
    if only_when_equal(a) || only_when_equal(b) {
        return false;
    }
    match (registrable_domain(a.host()), registrable_domain(b.host())) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// The part of a host name that its owner registered; `None` for a public suffix.
fn registrable_domain(host: &str) -> Option<String> {
    psl::domain_str(&listed_form(host)).map(str::to_owned)
}

/// The list is kept in Unicode: A-labels are not found in it.
fn listed_form(host: &str) -> String {
    if host.contains("xn--") {
        idna::domain_to_unicode(host).0
    } else {
        host.to_owned()
    }
}
