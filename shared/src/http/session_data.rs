//! The cached session: a signed copy of get-session's answer in the cookie
//! `session_data`, as Better Auth's cookie cache (strategy `compact`) writes it, so
//! that `getCookieCache` of `better-auth/cookies` reads ours.
//!
//! The copy carries a tag that binds it to the token it was made for. Without that
//! a copy of one session could answer beside another's cookie.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;

use super::js_json;
use super::session_cookie::{SessionCookie, values};
use super::state::Web;
use super::wire::{SessionBody, UserBody};
use crate::crypto::keys::{Keys, SignedWith};
use crate::domain::session::Session;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::SessionToken;
use crate::domain::user::User;

/// How long the copy of a session counts that ends with the browser: Better Auth's
/// value where a cookie has no `Max-Age`.
const UNREMEMBERED: Duration = Duration::from_mins(1);

/// What is signed, but for `expiresAt`, which follows as the last member. The order
/// is the reference's; `binding` is ours.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<S, U> {
    session: S,
    user: U,
    updated_at: i64,
    version: &'static str,
    binding: String,
}

/// The cookie for a session as it has just been read or made; none where the cache
/// is off.
pub(super) fn cookies(
    web: &Web,
    token: &SessionToken,
    session: &Session,
    user: &User,
) -> Vec<HeaderValue> {
    let Some(cache) = web.app.config.carriers.cache else {
        return Vec::new();
    };
    let now = web.app.now();
    let life = if session.remember {
        cache
    } else {
        // The operator's bound holds where it is the shorter.
        cache.min(UNREMEMBERED)
    };
    // A copy never outlives what it is a copy of.
    let ends = now.plus(life).min(session.expires_at);
    let max_age = session.remember.then(|| ends.since(now).as_secs());
    let payload = Payload {
        session: SessionBody::from(session),
        user: UserBody::of(web, user),
        updated_at: now.millis(),
        version: "1",
        binding: web.app.keys.session_tag(token.expose()),
    };
    match seal(&web.app.keys, &payload, ends) {
        Some(data) => web.cookies.session_data(&data, max_age).collect(),
        None => web.cookies.clear_session_data().collect(),
    }
}

/// The answer to get-session, `{"session":…,"user":…}`, if the request has a copy of
/// it that still counts: signed with today's key, for the very token that is shown
/// under today's signature. Of two copies neither is believed.
pub(super) fn find(web: &Web, shown: &SessionCookie, headers: &HeaderMap) -> Option<String> {
    web.app.config.carriers.cache?;
    let SessionCookie::Signed(token, SignedWith::Current) = shown else {
        return None;
    };
    let mut copies = values(headers, web.cookies.session_data_name());
    let (Some(copy), None) = (copies.next(), copies.next()) else {
        return None;
    };
    open(&web.app.keys, token, copy, web.app.now())
}

/// base64url of `{"session":PAYLOAD,"expiresAt":…,"signature":"…"}`.
fn seal(keys: &Keys, payload: &impl Serialize, ends: Timestamp) -> Option<String> {
    let payload = js_json::to_string(payload)?;
    let ends = ends.millis();
    let signature = keys.sign_data(&signed_text(&payload, &ends.to_string())?);
    let sealed = format!(r#"{{"session":{payload},"expiresAt":{ends},"signature":"{signature}"}}"#);
    Some(URL_SAFE_NO_PAD.encode(sealed))
}

/// `JSON.stringify({...payload, expiresAt})`.
fn signed_text(payload: &str, ends: &str) -> Option<String> {
    let members = payload.strip_suffix('}')?;
    Some(format!(r#"{members},"expiresAt":{ends}}}"#))
}

/// Takes apart what [`seal`] made, from its end, and not as JSON: only the very
/// text that was signed is looked at, and no second spelling of it passes. A text
/// inside it has its quotation marks escaped, so that none looks like a member.
fn open(keys: &Keys, token: &SessionToken, copy: &[u8], now: Timestamp) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(copy).ok()?).ok()?;
    let (text, signature) = last_text(&text, r#","signature":""#)?;
    let (text, ends) = text.rsplit_once(r#","expiresAt":"#)?;
    let payload = text.strip_prefix(r#"{"session":"#)?;
    if !keys.verify_data(&signed_text(payload, ends)?, signature) {
        return None;
    }
    if Timestamp::from_millis(ends.parse().ok()?) <= now {
        return None;
    }
    let (text, binding) = last_text(payload, r#","binding":""#)?;
    if !keys.verify_session_tag(token.expose(), binding) {
        return None;
    }
    let (members, _) = text.rsplit_once(r#","updatedAt":"#)?;
    Some(format!("{members}}}"))
}

/// An object's text before its last member, and that member's text.
fn last_text<'a>(object: &'a str, member: &str) -> Option<(&'a str, &'a str)> {
    object.strip_suffix("\"}")?.rsplit_once(member)
}

#[cfg(test)]
mod tests;
