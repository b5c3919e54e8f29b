//! Tokens by which other back ends know a user without asking us, and the keys that
//! they check them with.

mod keys;

use std::time::Duration;

use serde_json::{Map, Value};

use super::AuthError;
use crate::app::App;
use crate::crypto::jwt::{self, LIFE, PublicJwk};
use crate::domain::ids::UserId;

/// How old the keys may be that sign: a new one is published for a day before it is
/// needed, so that nothing is lost by it.
const TO_SIGN: Duration = Duration::from_mins(5);
/// How old the published ones may be. A first key of its algorithm signs at once, at
/// another instance perhaps.
const TO_PUBLISH: Duration = Duration::from_secs(1);
/// What verifiers act on (RFC 7519 §4.1) is ours to say, never a field of the user.
const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// A token for a user with a live session: `members` are what the wire shows of
/// them, and the claims about time, issuer, audience and subject are added.
pub async fn issue(
    app: &App,
    user: UserId,
    members: Map<String, Value>,
) -> Result<String, AuthError> {
    let keys = keys::current(app, TO_SIGN).await?;
    let (public, private) = keys
        .signer(app.config.tokens.alg, app.now())
        .ok_or(AuthError::Internal("there is no key to sign with"))?;
    let claims = claims(app, user, members);
    Ok(jwt::sign(private, public.kid(), &claims)?)
}

fn claims(app: &App, user: UserId, mut members: Map<String, Value>) -> Map<String, Value> {
    let settings = &app.config.tokens;
    let issued_at = app.now().millis().div_euclid(1000);
    let life = i64::try_from(LIFE.as_secs()).unwrap_or_default();
    members.retain(|name, _| !REGISTERED.contains(&name.as_str()));
    let own: [(&str, Value); 5] = [
        ("iat", issued_at.into()),
        ("sub", user.to_string().into()),
        ("exp", (issued_at + life).into()),
        ("iss", settings.issuer.clone().into()),
        ("aud", settings.audience.clone().into()),
    ];
    members.extend(own.map(|(name, value)| (name.to_owned(), value)));
    members
}

/// The keys that verify every token that is alive, or soon will be. While the
/// database is away, those that were last read: verifiers need no more.
pub async fn published(app: &App) -> Result<Vec<PublicJwk>, AuthError> {
    let keys = match keys::current(app, TO_PUBLISH).await {
        Err(AuthError::Store(error)) => {
            let last = app.signing_keys.get();
            let last = last.ok_or(AuthError::Store(error))?;
            tracing::warn!(event = "jwks_from_memory");
            last
        }
        read => read?,
    };
    Ok(keys.published(app.now()).cloned().collect())
}
