//! Origins as an operator writes them into the settings, with at most one
//! wildcard. Lenient about spelling, strict about what could let a stranger in.

use std::fmt;
use std::str::FromStr;

use super::{Origin, listed_form};

#[cfg(test)]
mod tests;

/// A wildcard beside this many fixed characters may stand below a shared suffix:
/// `*-team.vercel.app` names one's own deployments, `*.vercel.app` everybody's.
const MIN_FIXED_BELOW_SHARED: usize = 3;

/// One exact origin, or a family of origins that differ in part of the first
/// label of their host: `https://*.example.com`, `https://*-team.vercel.app`.
///
/// `*` stands for one or more of `a-z`, `0-9` and `-`. It never crosses a dot, so
/// the family lies within one domain (CVE-2025-71403 was a wildcard that did
/// not).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Exact(Origin),
    Wildcard(Wildcard),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wildcard {
    before: String,
    after: String,
    /// Scheme, port and the rest of the host, which every match shares.
    parent: Origin,
}

/// What is wrong with an origin in the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginPatternError {
    /// Nothing but white space.
    #[error("an origin is empty")]
    Empty,
    /// `*` alone, or `https://*`.
    #[error("`*` would trust every site; write the origins one by one")]
    EverySite,
    /// No `http://` or `https://` in front.
    #[error("an origin starts with https:// or http://")]
    Scheme,
    /// More than scheme, host and port.
    #[error("an origin ends after the host and port: no path, query or fragment")]
    Path,
    /// `user@` in front of the host.
    #[error("an origin holds no user name or password")]
    UserInfo,
    /// The host or port is not one.
    #[error("the host or port is not valid")]
    Host,
    /// More than one `*`.
    #[error("an origin may hold one `*` only")]
    ManyWildcards,
    /// `*` behind the first dot, or in the port.
    #[error("`*` may only stand in the first label of the host, as in https://*.example.com")]
    WildcardPlace,
    /// `*` where each name belongs to somebody else.
    #[error("anybody can get a name below `{0}`, so a `*` there would trust strangers")]
    SharedSuffix(String),
}

impl OriginPattern {
    /// Whether `origin` is this origin or one of this family.
    pub fn matches(&self, origin: &Origin) -> bool {
        match &self.0 {
            Kind::Exact(exact) => exact == origin,
            Kind::Wildcard(wildcard) => wildcard.matches(origin),
        }
    }

    /// The origin, where the pattern names exactly one.
    pub fn exact(&self) -> Option<&Origin> {
        match &self.0 {
            Kind::Exact(origin) => Some(origin),
            Kind::Wildcard(_) => None,
        }
    }

    /// An origin that it matches: the exact one, or one of the family. All of a
    /// family are of one site, unless they are below a shared suffix, where each
    /// is one of its own.
    pub fn example(&self) -> Option<Origin> {
        match &self.0 {
            Kind::Exact(origin) => Some(origin.clone()),
            Kind::Wildcard(_) => Origin::parse(&self.to_string().replacen('*', "x", 1)),
        }
    }
}

impl Wildcard {
    fn matches(&self, origin: &Origin) -> bool {
        let Some((label, rest)) = origin.host().split_once('.') else {
            return false;
        };
        let free = label
            .strip_prefix(self.before.as_str())
            .and_then(|label| label.strip_suffix(self.after.as_str()));
        rest == self.parent.host()
            && origin.scheme() == self.parent.scheme()
            && origin.port() == self.parent.port()
            && free.is_some_and(|free| !free.is_empty() && free.bytes().all(is_label_byte))
    }
}

impl FromStr for OriginPattern {
    type Err = OriginPatternError;

    /// Reads one setting. A trailing slash, upper case, a default port, Unicode in
    /// the host and white space around are put right, as they cannot mean anything
    /// else.
    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let text = raw.trim();
        if text.is_empty() {
            return Err(OriginPatternError::Empty);
        }
        if text == "*" {
            return Err(OriginPatternError::EverySite);
        }
        let (scheme, rest) = text.split_once("://").ok_or(OriginPatternError::Scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        if !matches!(scheme.as_str(), "http" | "https") {
            return Err(OriginPatternError::Scheme);
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return Err(OriginPatternError::UserInfo);
        }
        if authority.contains(['/', '\\', '?', '#']) {
            return Err(OriginPatternError::Path);
        }
        if authority.contains('*') {
            return wildcard(&scheme, &authority.to_ascii_lowercase())
                .map(|found| Self(Kind::Wildcard(found)));
        }
        Origin::of_url(&format!("{scheme}://{authority}"))
            .map(|origin| Self(Kind::Exact(origin)))
            .ok_or(OriginPatternError::Host)
    }
}

fn wildcard(scheme: &str, authority: &str) -> Result<Wildcard, OriginPatternError> {
    if authority == "*" || authority.starts_with("*:") {
        return Err(OriginPatternError::EverySite);
    }
    if authority.matches('*').count() > 1 {
        return Err(OriginPatternError::ManyWildcards);
    }
    let (label, rest) = authority
        .split_once('.')
        .ok_or(OriginPatternError::WildcardPlace)?;
    let (before, after) = label
        .split_once('*')
        .ok_or(OriginPatternError::WildcardPlace)?;
    let fixed_is_plain = before.bytes().chain(after.bytes()).all(is_label_byte);
    // `xn--` and a wildcard: letters that no reader of the settings can foresee.
    if !fixed_is_plain || before.starts_with("xn--") {
        return Err(OriginPatternError::Host);
    }
    // A label stands for the wildcard, so that `*.0.0.1` is no address here either.
    let below = Origin::of_url(&format!("{scheme}://x.{rest}")).ok_or(OriginPatternError::Host)?;
    let parent = Origin::of_url(&format!("{scheme}://{rest}")).ok_or(OriginPatternError::Host)?;
    if below.host().strip_prefix("x.") != Some(parent.host()) {
        return Err(OriginPatternError::Host);
    }
    let fixed = before.len() + after.len();
    if below_strangers(&parent, fixed) {
        return Err(OriginPatternError::SharedSuffix(parent.host().to_owned()));
    }
    Ok(Wildcard {
        before: before.to_owned(),
        after: after.to_owned(),
        parent,
    })
}

/// Whether a wildcard directly below `parent` would match names of people who have
/// nothing to do with the operator.
///
/// Under a registry's suffix (`com`, `co.uk`, any top-level name) a fixed part
/// protects nothing: `evil-team.com` is for sale. Under a hosting company's
/// (`vercel.app`) it is what the platform puts into a team's own host names.
fn below_strangers(parent: &Origin, fixed: usize) -> bool {
    let host = listed_form(parent.host());
    if host == "localhost" {
        return false;
    }
    let Some(suffix) = psl::suffix(host.as_bytes()) else {
        return true;
    };
    let is_suffix = suffix.as_bytes() == host.as_bytes();
    let is_shared_host = suffix.typ() == Some(psl::Type::Private);
    is_suffix && !(is_shared_host && fixed >= MIN_FIXED_BELOW_SHARED)
}

fn is_label_byte(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Exact(origin) => origin.fmt(f),
            Kind::Wildcard(Wildcard {
                before,
                after,
                parent,
            }) => {
                let scheme = parent.scheme();
                let rest = parent.authority();
                write!(f, "{scheme}://{before}*{after}.{rest}")
            }
        }
    }
}
