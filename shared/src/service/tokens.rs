//! Tokens by which other back ends know a user without asking us, and the keys that
//! they check them with.

mod keys;

use std::time::Duration;

use serde_json::{Map, Value};

use super::AuthError;
use crate::app::App;
use crate::config::TokenSettings;
use crate::crypto::jwt::{self, LIFE, PublicJwk};
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;

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
    let claims = claims(&app.config.tokens, app.now(), user, members);
    Ok(jwt::sign(private, public.kid(), &claims)?)
}

fn claims(
    settings: &TokenSettings,
    now: Timestamp,
    user: UserId,
    mut members: Map<String, Value>,
) -> Map<String, Value> {
    let issued_at = now.millis().div_euclid(1000);
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
/// database is away, or no key can be made, those that were last read: a verifier
/// needs no more for the tokens of others.
pub async fn published(app: &App) -> Result<Vec<PublicJwk>, AuthError> {
    let keys = match keys::current(app, TO_PUBLISH).await {
        Ok(keys) => keys,
        Err(error) => {
            let last = app.signing_keys.get().filter(|set| !set.is_empty());
            let Some(last) = last else {
                return Err(error);
            };
            tracing::error!(event = "signing_keys_as_last_read", %error);
            last
        }
    };
    Ok(keys.published(app.now()).cloned().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::crypto::jwt::Alg;

    #[test]
    fn sec_k1_no_field_of_a_user_overrides_a_claim() {
        let settings = TokenSettings {
            alg: Alg::EdDsa,
            issuer: "us".into(),
            audience: "them".into(),
        };
        let fields = json!({
            "iss": "evil", "sub": "admin", "aud": ["evil"], "exp": 9_999_999_999_i64,
            "nbf": 0, "iat": 0, "jti": "again", "company": "Example", "id": "7",
        });
        let Value::Object(fields) = fields else {
            panic!("an object");
        };
        let user = UserId::from_random([7; 16]);
        let claims = claims(&settings, Timestamp::from_millis(5_999), user, fields);
        let wanted = json!({
            "iss": "us", "sub": user.to_string(), "aud": "them", "exp": 905, "iat": 5,
            "company": "Example", "id": "7",
        });
        assert_eq!(Value::Object(claims), wanted);
    }
}
