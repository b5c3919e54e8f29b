//! Finding the session's token among the cookies that came in, or, where that is
//! switched on, in `Authorization`.
//!
//! A cookie is ours only if it is byte for byte what we set: no second encoding
//! of the same signature passes, and nothing unsigned costs a database read, but
//! for the cookie of the system that was taken over, while its sessions live.

use http::HeaderMap;
use http::header::COOKIE;

use super::api_error::ApiError;
use super::bearer;
use super::state::Web;
use crate::crypto::keys::SignedWith;
use crate::domain::token::{LegacyToken, SessionToken};
use crate::service::authenticate::{Credential, authenticate};

/// Most different tokens that are looked at: a browser has two when a setting
/// changed how cookies are scoped, an attacker could send hundreds.
const MOST_TOKENS: usize = 2;

/// What the request says about the session.
pub(crate) enum SessionCookie {
    /// There is none, or none that we made.
    None,
    /// Exactly one token is well signed.
    Signed(SessionToken, SignedWith),
    /// A bearer's token without its signature.
    Unsigned(SessionToken),
    /// Two different tokens are well signed. One of them is left over, or was
    /// planted by a neighbour under the same domain (cookie tossing).
    Two(SessionToken, SessionToken),
    /// None is signed, and there is one cookie of the system that was taken over.
    Legacy(LegacyToken),
}

impl SessionCookie {
    /// A bearer's token stands in place of every cookie, where it is taken at all.
    pub(crate) fn find(web: &Web, headers: &HeaderMap) -> Self {
        Self::find_bearer(web, headers).unwrap_or_else(|| Self::find_cookie(web, headers))
    }

    /// Whether `Authorization` shows a session of ours.
    pub(crate) fn shows_bearer(web: &Web, headers: &HeaderMap) -> bool {
        Self::find_bearer(web, headers).is_some()
    }

    fn find_bearer(web: &Web, headers: &HeaderMap) -> Option<Self> {
        if !web.app.config.carriers.bearer {
            return None;
        }
        bearer::find(&web.app.keys, headers)
    }

    /// Looks through every `Cookie` field: HTTP/2 splits them (RFC 9113 §8.2.3).
    fn find_cookie(web: &Web, headers: &HeaderMap) -> Self {
        let mut signed = distinct(web, headers).into_iter();
        match (signed.next(), signed.next(), signed.next()) {
            (None, ..) => Self::find_legacy(web, headers),
            (Some((token, with)), None, _) => Self::Signed(token, with),
            (Some((first, _)), Some((second, _)), None) => Self::Two(first, second),
            (Some(_), Some(_), Some(_)) => Self::None,
        }
    }

    fn find_legacy(web: &Web, headers: &HeaderMap) -> Self {
        let Some(name) = &web.app.config.legacy_cookie else {
            return Self::None;
        };
        let mut texts = values(headers, name).filter_map(|value| std::str::from_utf8(value).ok());
        let first = texts.next();
        match first.filter(|first| texts.all(|other| other == *first)) {
            Some(text) => LegacyToken::parse(text).map_or(Self::None, Self::Legacy),
            None => Self::None,
        }
    }

    /// What it shows, if it is one thing. Of two tokens the one that lives; if
    /// both do, which was planted cannot be known, and neither counts.
    pub(crate) async fn credential(self, web: &Web) -> Result<Option<Credential>, ApiError> {
        Ok(match self {
            Self::None => None,
            Self::Signed(token, _) => Some(Credential::Own(token)),
            Self::Unsigned(token) => Some(Credential::Unsigned(token)),
            Self::Legacy(token) => Some(Credential::Legacy(token)),
            Self::Two(first, second) => {
                let (first, second) = (Credential::Own(first), Credential::Own(second));
                let first_lives = authenticate(&web.app, &first).await?.is_some();
                let second_lives = authenticate(&web.app, &second).await?.is_some();
                match (first_lives, second_lives) {
                    (true, false) => Some(first),
                    (false, true) => Some(second),
                    (true, true) | (false, false) => None,
                }
            }
        })
    }

    /// Everything that a request shows, for signing out: whatever is left over ends
    /// with it, the cookie's session beside the bearer's.
    pub(super) fn all(web: &Web, headers: &HeaderMap) -> Vec<Credential> {
        let bearer = Self::find_bearer(web, headers);
        let cookie = Self::find_cookie(web, headers);
        let all = bearer.into_iter().chain([cookie]);
        all.flat_map(Self::credentials).collect()
    }

    fn credentials(self) -> Vec<Credential> {
        match self {
            Self::None => Vec::new(),
            Self::Signed(token, _) => vec![Credential::Own(token)],
            Self::Unsigned(token) => vec![Credential::Unsigned(token)],
            Self::Two(first, second) => vec![Credential::Own(first), Credential::Own(second)],
            Self::Legacy(token) => vec![Credential::Legacy(token)],
        }
    }

    /// Whether a cookie of today's key should take its place.
    pub(crate) fn is_dated(&self) -> bool {
        matches!(
            self,
            Self::Signed(_, SignedWith::Previous) | Self::Legacy(_)
        )
    }
}

/// The different tokens that are well signed, one more at most than are looked at.
fn distinct(web: &Web, headers: &HeaderMap) -> Vec<(SessionToken, SignedWith)> {
    let mut found: Vec<(SessionToken, SignedWith)> = Vec::new();
    for value in values(headers, &web.cookies.session) {
        let Some((token, with)) = verify(web, value) else {
            continue;
        };
        if found.len() <= MOST_TOKENS && !found.iter().any(|(other, _)| *other == token) {
            found.push((token, with));
        }
    }
    found
}

fn verify(web: &Web, value: &[u8]) -> Option<(SessionToken, SignedWith)> {
    let (token, signature) = std::str::from_utf8(value).ok()?.split_once('.')?;
    let token = SessionToken::parse(token)?;
    let signature = decode_signature(signature)?;
    let with = web.app.keys.verify(token.expose(), &signature)?;
    Some((token, with))
}

/// Whether a request has the signed flag of a session that ends with the browser.
pub(super) fn has_dont_remember(web: &Web, headers: &HeaderMap) -> bool {
    values(headers, web.cookies.dont_remember_name()).any(|value| {
        let text = std::str::from_utf8(value).ok();
        let signature = text.and_then(|text| decode_signature(text.strip_prefix("true.")?));
        signature.is_some_and(|signature| web.app.keys.verify("true", &signature).is_some())
    })
}

/// The one spelling that [`super::cookies::encode_signature`] gives, undone.
fn decode_signature(encoded: &str) -> Option<String> {
    if encoded.contains(['+', '/', '=']) {
        return None;
    }
    Some(
        encoded
            .replace("%2B", "+")
            .replace("%2F", "/")
            .replace("%3D", "="),
    )
}

/// The values of every cookie of that name, as bytes: a neighbour's cookie with
/// bytes outside ASCII must not cost us ours.
pub(crate) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|field| field.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| {
            pair.trim_ascii()
                .strip_prefix(name.as_bytes())?
                .strip_prefix(b"=")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_c3_cookies_are_found_in_every_field_and_beside_any_neighbour() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; n=first;n=second".parse().unwrap());
        let odd = http::HeaderValue::from_bytes(b"odd=\xff\xfe; n=third; nn=no; =x; n").unwrap();
        headers.append(COOKIE, odd);
        let found: Vec<&[u8]> = values(&headers, "n").collect();
        assert_eq!(found, [b"first".as_slice(), b"second", b"third"]);
    }

    #[test]
    fn sec_c3_a_signature_has_one_spelling() {
        assert_eq!(decode_signature("a%2Bb%2Fc%3D").as_deref(), Some("a+b/c="));
        for other in ["a+b%2Fc%3D", "a%2Bb/c%3D", "a%2Bb%2Fc="] {
            assert_eq!(decode_signature(other), None, "{other}");
        }
        assert_eq!(decode_signature("a%2bb").as_deref(), Some("a%2bb"));
    }
}
