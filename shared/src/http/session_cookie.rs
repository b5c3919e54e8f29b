//! Finding the session's token among the cookies that came in.
//!
//! A cookie is ours only if it is byte for byte what we set: no second encoding
//! of the same signature passes, and nothing unsigned costs a database read.

use http::HeaderMap;
use http::header::COOKIE;

use super::state::Web;
use crate::crypto::keys::SignedWith;
use crate::domain::token::SessionToken;

/// What the cookies say about the session.
pub(super) enum SessionCookie {
    /// There is none, or none that we made.
    None,
    /// Exactly one token is well signed.
    Signed(SessionToken, SignedWith),
    /// Two different tokens are well signed. One of them was planted, by a
    /// neighbour under the same domain (cookie tossing); which one cannot be
    /// known, so neither counts.
    Ambiguous,
}

impl SessionCookie {
    /// Looks through every `Cookie` field: HTTP/2 splits them (RFC 9113 §8.2.3).
    pub(super) fn find(web: &Web, headers: &HeaderMap) -> Self {
        let mut found = Self::None;
        for value in values(headers, &web.cookies.session) {
            let Some((token, with)) = verify(web, value) else {
                continue;
            };
            match &found {
                Self::None => found = Self::Signed(token, with),
                Self::Signed(first, _) if *first == token => {}
                Self::Signed(..) | Self::Ambiguous => return Self::Ambiguous,
            }
        }
        found
    }

    /// The token, if exactly one is well signed.
    pub(super) fn token(self) -> Option<SessionToken> {
        match self {
            Self::Signed(token, _) => Some(token),
            Self::None | Self::Ambiguous => None,
        }
    }
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
