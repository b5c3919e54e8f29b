//! What an answer carries when a session begins, goes on or ends: the one place
//! where cookies of a session are put on an answer.

use http::HeaderMap;
use http::header::SET_COOKIE;

use super::state::Web;
use crate::service::SignedIn;
use crate::service::authenticate::{Authenticated, Credential};

/// For a session that has just begun.
pub(super) fn begin(web: &Web, done: &SignedIn, headers: &mut HeaderMap) {
    let cookies = web
        .cookies
        .open(&web.app.keys, &done.token, done.session.remember);
    let device = done.known_device.as_deref();
    let device = device.and_then(|proof| web.cookies.remember_device(proof));
    headers.extend(
        cookies
            .into_iter()
            .chain(device)
            .map(|cookie| (SET_COOKIE, cookie)),
    );
}

/// For one that goes on, its cookie set again: with a later end, with today's
/// key, or signed at last.
pub(super) fn renew(
    web: &Web,
    credential: &Credential,
    found: &Authenticated,
    headers: &mut HeaderMap,
) {
    let (token, legacy) = match credential {
        Credential::Own(token) => (Some(token.clone()), None),
        Credential::Legacy(token) => (token.to_session_token(), web.cookies.clear_legacy()),
    };
    let Some(token) = token else {
        return;
    };
    let cookies = web
        .cookies
        .open(&web.app.keys, &token, found.session.remember);
    headers.extend(
        cookies
            .into_iter()
            .chain(legacy)
            .map(|cookie| (SET_COOKIE, cookie)),
    );
}

/// For one that ended.
pub(super) fn end(web: &Web, headers: &mut HeaderMap) {
    headers.extend(web.cookies.clear().map(|cookie| (SET_COOKIE, cookie)));
}

/// For one that ended as its user's wish, the cookie of the first system with it,
/// where it was that which showed the session.
pub(super) fn end_shown(web: &Web, credential: &Credential, headers: &mut HeaderMap) {
    end(web, headers);
    forget_legacy(web, credential, headers);
}

/// Clears the cookie of the first system, if it was that which showed the session.
pub(super) fn forget_legacy(web: &Web, credential: &Credential, headers: &mut HeaderMap) {
    if let Credential::Legacy(_) = credential {
        let cleared = web.cookies.clear_legacy();
        headers.extend(cleared.map(|cookie| (SET_COOKIE, cookie)));
    }
}
