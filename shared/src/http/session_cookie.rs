//! Finding the session's token among the cookies that came in.
//!
//! A cookie is ours only if it is byte for byte what we set: no second encoding
//! of the same signature passes, and nothing unsigned costs a database read, but
//! for the cookie of the system that was taken over, while its sessions live.

use http::HeaderMap;
use http::header::COOKIE;

use super::state::Web;
use crate::crypto::keys::SignedWith;
use crate::domain::token::{LegacyToken, SessionToken};
use crate::service::authenticate::Credential;

/// What the cookies say about the session.
pub(super) enum SessionCookie {
    /// There is none, or none that we made.
    None,
    /// Exactly one token is well signed.
    Signed(SessionToken, SignedWith),
    /// None is signed, and there is one cookie of the system that was taken over.
    Legacy(LegacyToken),
    /// Two different tokens. One of them was planted, by a neighbour under the
    /// same domain (cookie tossing); which one cannot be known, so neither
    /// counts.
    Ambiguous,
}

impl SessionCookie {
    /// Looks through every `Cookie` field: HTTP/2 splits them (RFC 9113 §8.2.3).
    pub(super) fn find(web: &Web, headers: &HeaderMap) -> Self {
        let signed = values(headers, &web.cookies.session).filter_map(|value| verify(web, value));
        match only(signed, |(a, _), (b, _)| a == b) {
            Only::One((token, with)) => Self::Signed(token, with),
            Only::Several => Self::Ambiguous,
            Only::None => Self::find_legacy(web, headers),
        }
    }

    fn find_legacy(web: &Web, headers: &HeaderMap) -> Self {
        let Some(name) = &web.app.config.legacy_cookie else {
            return Self::None;
        };
        let text = values(headers, name).filter_map(|value| std::str::from_utf8(value).ok());
        match only(text, |a, b| a == b) {
            Only::One(text) => LegacyToken::parse(text).map_or(Self::None, Self::Legacy),
            Only::Several => Self::Ambiguous,
            Only::None => Self::None,
        }
    }

    /// What it shows, if it is one thing.
    pub(super) fn credential(self) -> Option<Credential> {
        match self {
            Self::Signed(token, _) => Some(Credential::Own(token)),
            Self::Legacy(token) => Some(Credential::Legacy(token)),
            Self::None | Self::Ambiguous => None,
        }
    }

    /// Whether a cookie of today's key should take its place.
    pub(super) fn is_dated(&self) -> bool {
        matches!(
            self,
            Self::Signed(_, SignedWith::Previous) | Self::Legacy(_)
        )
    }
}

/// How many different things there are.
enum Only<T> {
    None,
    One(T),
    Several,
}

fn only<T>(items: impl Iterator<Item = T>, same: impl Fn(&T, &T) -> bool) -> Only<T> {
    let mut found = None;
    for item in items {
        match &found {
            None => found = Some(item),
            Some(first) if same(first, &item) => {}
            Some(_) => return Only::Several,
        }
    }
    found.map_or(Only::None, Only::One)
}

fn verify(web: &Web, value: &[u8]) -> Option<(SessionToken, SignedWith)> {
    let (token, signature) = std::str::from_utf8(value).ok()?.split_once('.')?;
    let token = SessionToken::parse(token)?;
    let signature = decode_signature(signature)?;
    let with = web.app.keys.verify(token.expose(), &signature)?;
    Some((token, with))
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
pub(super) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
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
