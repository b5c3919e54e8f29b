//! What an answer carries when a session begins, goes on or ends: the one place
//! where cookies of a session are put on an answer.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

use super::session_cookie::{has_dont_remember, values};
use super::state::Web;
use super::visit::sets;
use super::{bearer, session_data};
use crate::domain::session::Session;
use crate::domain::token::SessionToken;
use crate::domain::user::User;
use crate::service::SignedIn;
use crate::service::authenticate::{Authenticated, Credential};

/// For a session that has just begun; `came_in` are the request's fields.
pub(crate) fn begin(web: &Web, came_in: &HeaderMap, done: &SignedIn, headers: &mut HeaderMap) {
    carry(web, &done.token, &done.session, &done.user, headers);
    forget_flag(web, came_in, &done.session, headers);
    let device = done.known_device.as_deref();
    let device = device.and_then(|proof| web.cookies.remember_device(proof));
    set(headers, device);
}

/// What a body calls `token` when a session has begun: its handle, or the token
/// itself where clients without cookies are to have it.
pub(super) fn token_in_body(web: &Web, done: &SignedIn) -> String {
    if web.app.config.carriers.bearer {
        done.token.expose().to_owned()
    } else {
        done.session.id.to_string()
    }
}

/// For one that goes on, its cookie set again: with a later end, with today's
/// key, signed at last, or with a copy of the user as they are `found` now.
pub(crate) fn renew(
    web: &Web,
    came_in: &HeaderMap,
    credential: &Credential,
    found: &Authenticated,
    headers: &mut HeaderMap,
) {
    let Some(token) = token_of(credential) else {
        return;
    };
    carry(web, &token, &found.session, &found.user, headers);
    forget_flag(web, came_in, &found.session, headers);
    forget_legacy(web, credential, headers);
}

/// Clears the flag of an earlier session that ended with the browser, beside one
/// that does not.
fn forget_flag(web: &Web, came_in: &HeaderMap, session: &Session, headers: &mut HeaderMap) {
    if session.remember && has_dont_remember(web, came_in) {
        set(headers, web.cookies.clear_dont_remember());
    }
}

/// For one that goes on as it is and was just read from the database: a fresh copy
/// for the next time, where there are copies. As in the reference, a session that
/// ends with the browser has one at its beginning only.
pub(super) fn copy(
    web: &Web,
    credential: &Credential,
    found: &Authenticated,
    headers: &mut HeaderMap,
) {
    let token = token_of(credential).filter(|_| found.session.remember);
    let copy = token.map(|token| session_data::cookies(web, &token, &found.session, &found.user));
    set(headers, copy.unwrap_or_default());
}

/// Clears a copy that `came_in` and that the answer does not replace: the database
/// was asked, so it counts no longer.
pub(super) fn clear_stale_copy(web: &Web, came_in: &HeaderMap, headers: &mut HeaderMap) {
    let name = web.cookies.session_data_name();
    if values(came_in, name).next().is_none() {
        return;
    }
    if !sets(headers, name.as_bytes()) {
        set(headers, web.cookies.clear_session_data());
    }
}

/// For one that ended.
pub(crate) fn end(web: &Web, headers: &mut HeaderMap) {
    set(headers, web.cookies.clear());
}

/// For one that ended as its user's wish, the cookie of the first system with it,
/// where it was that which showed the session.
pub(crate) fn end_shown(web: &Web, credential: &Credential, headers: &mut HeaderMap) {
    end(web, headers);
    forget_legacy(web, credential, headers);
}

/// Clears the cookie of the first system, if it was that which showed the session.
pub(crate) fn forget_legacy(web: &Web, credential: &Credential, headers: &mut HeaderMap) {
    if let Credential::Legacy(_) = credential {
        set(headers, web.cookies.clear_legacy());
    }
}

fn carry(web: &Web, token: &SessionToken, session: &Session, user: &User, headers: &mut HeaderMap) {
    set(
        headers,
        web.cookies.open(&web.app.keys, token, session.remember),
    );
    set(headers, session_data::cookies(web, token, session, user));
    if web.app.config.carriers.bearer {
        bearer::give(&web.app.keys, token, headers);
    }
}

/// The token for a signed cookie; `None` for one of the first system's that has
/// characters ours cannot have.
fn token_of(credential: &Credential) -> Option<SessionToken> {
    match credential {
        Credential::Own(token) | Credential::Unsigned(token) => Some(token.clone()),
        Credential::Legacy(token) => token.to_session_token(),
    }
}

fn set(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = HeaderValue>) {
    headers.extend(cookies.into_iter().map(|cookie| (SET_COOKIE, cookie)));
}
