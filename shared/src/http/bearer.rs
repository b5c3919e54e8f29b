//! A session's token in headers instead of a cookie, for clients that keep none
//! (`BEARER=on`): taken from `Authorization` (RFC 6750 §2.1), given in
//! `set-auth-token`, both as Better Auth's `bearer` plugin has them.
//!
//! No page can send the header for its visitor without having the token, so a
//! request that has no cookie needs no trusted origin.

use http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::session_cookie::SessionCookie;
use crate::crypto::keys::Keys;
use crate::domain::token::{SessionToken, TOKEN_LEN};

const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");

/// What the request shows: `TOKEN.SIGNATURE`, percent-encoded or not, or a token
/// of ours alone. Anything else is as if it were not there, and costs no database
/// read: another scheme, a handle, a JWT, several such headers.
pub(super) fn find(keys: &Keys, headers: &HeaderMap) -> Option<SessionCookie> {
    let mut fields = headers.get_all(AUTHORIZATION).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        return None;
    };
    let (scheme, shown) = field.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let shown = shown.trim();
    if !shown.contains('.') {
        let token = SessionToken::parse(shown)?;
        let is_whole = token.expose().len() == TOKEN_LEN;
        return is_whole.then_some(SessionCookie::Unsigned(token));
    }
    let decoded = percent_decode_str(shown).decode_utf8().ok()?;
    let (token, signature) = decoded.split_once('.')?;
    let token = SessionToken::parse(token)?;
    let with = keys.verify(token.expose(), signature)?;
    Some(SessionCookie::Signed(token, with))
}

/// Gives the token to a client without cookies, and to pages of trusted origins.
pub(super) fn give(keys: &Keys, token: &SessionToken, headers: &mut HeaderMap) {
    let token = token.expose();
    let signed = format!("{token}.{}", keys.sign(token));
    if let Ok(mut value) = HeaderValue::from_str(&signed) {
        value.set_sensitive(true);
        headers.insert(SET_AUTH_TOKEN, value);
        let name = HeaderValue::from(SET_AUTH_TOKEN);
        headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::keys::SignedWith;

    const OLD: &[u8] = b"an-older-secret-of-at-least-32-bytes";
    const NEW: &[u8] = b"reference-secret-0123456789abcdef0123456789abcdef";

    fn token() -> SessionToken {
        SessionToken::from_random([7; 32])
    }

    /// What a request with these `Authorization` headers shows.
    fn shown(keys: &Keys, fields: &[&[u8]]) -> &'static str {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(field).unwrap());
        }
        match find(keys, &headers) {
            None => "nothing",
            Some(SessionCookie::Signed(found, _)) if found != token() => "another token",
            Some(SessionCookie::Signed(_, SignedWith::Current)) => "signed",
            Some(SessionCookie::Signed(_, SignedWith::Previous)) => "signed before",
            Some(SessionCookie::Unsigned(found)) if found == token() => "unsigned",
            Some(_) => "something else",
        }
    }

    #[test]
    fn a_token_is_taken_signed_or_not_however_it_is_written() {
        let keys = Keys::new(NEW, None);
        let token = token().expose().to_owned();
        let signature = keys.sign(&token);
        let encoded = super::super::cookies::encode_signature(&signature);
        let lower = encoded.replace("%2B", "%2b").replace("%3D", "%3d");
        for (field, expected) in [
            (format!("Bearer {token}.{signature}"), "signed"),
            (format!("bearer {token}.{signature}"), "signed"),
            (format!("BEARER   {token}.{signature}"), "signed"),
            (format!("Bearer {token}.{encoded}"), "signed"),
            (format!("Bearer {token}.{lower}"), "signed"),
            (format!("Bearer {token}"), "unsigned"),
        ] {
            assert_eq!(shown(&keys, &[field.as_bytes()]), expected, "{field}");
        }
    }

    #[test]
    fn sec_c3_nothing_but_the_exact_token_is_a_bearer() {
        let keys = Keys::new(NEW, None);
        let token = token().expose().to_owned();
        let signature = keys.sign(&token);
        let bare = signature.trim_end_matches('=');
        let good = format!("Bearer {token}.{signature}");
        for field in [
            String::new(),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            "Bearer .".to_owned(),
            format!("Bearer.{token}"),
            format!("Bearer\t{token}"),
            format!("Bearer{token}"),
            format!("Basic {token}"),
            format!("Bearers {token}"),
            format!("Bearer {token} {token}"),
            format!("{good}, {good}"),
            format!("Bearer \"{token}\""),
            format!("Bearer {}", &token[1..]),
            format!("Bearer {token}A"),
            format!("Bearer {token}."),
            format!("Bearer .{signature}"),
            format!("Bearer {token}.{bare}"),
            format!("Bearer {token}.{}A", &signature[1..]),
            format!("Bearer {}.{signature}", token.to_lowercase()),
            format!("{good}.{signature}"),
            format!("{good}%00"),
            format!("Bearer {token}%2E{signature}"),
            "Bearer 5d0c6b1e-6f0a-4f3e-9b1f-0d8f4d7a2c11".to_owned(),
            "Bearer nope.nope".to_owned(),
            "Bearer %ff.%fe".to_owned(),
            "Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln".to_owned(),
        ] {
            assert_eq!(shown(&keys, &[field.as_bytes()]), "nothing", "{field}");
        }
        assert_eq!(shown(&keys, &[b"Bearer \xff\xfe.x"]), "nothing");
        let twice = [good.as_bytes(), good.as_bytes()];
        assert_eq!(shown(&keys, &twice), "nothing", "which one is meant?");
    }

    #[test]
    fn sec_c8_a_bearer_of_the_previous_key_is_known_as_such() {
        let token = token().expose().to_owned();
        let old = format!("Bearer {token}.{}", Keys::new(OLD, None).sign(&token));
        let fields = [old.as_bytes()];
        assert_eq!(shown(&Keys::new(NEW, Some(OLD)), &fields), "signed before");
        assert_eq!(shown(&Keys::new(NEW, None), &fields), "nothing");
    }

    #[test]
    fn sec_a7_the_token_that_is_given_is_marked_as_secret() {
        let mut headers = HeaderMap::new();
        let keys = Keys::new(NEW, None);
        give(&keys, &token(), &mut headers);
        assert!(!format!("{headers:?}").contains(token().expose()));
        let given = headers[SET_AUTH_TOKEN].to_str().unwrap().to_owned();
        assert_eq!(
            shown(&keys, &[format!("Bearer {given}").as_bytes()]),
            "signed"
        );
    }
}
