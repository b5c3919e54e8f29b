//! Signed tokens about users for the upstream (`X-Auth-Jwt`), each used for most of its
//! life: neither a signature nor a database read a request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;

use crate::crypto::jwt::LIFE;
use crate::domain::ids::SessionId;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::tokens;
use crate::service::authenticate::Authenticated;

/// What is left of a token's life when the next is made, at the least.
const LEFT: Duration = Duration::from_mins(5);
/// From so many sessions on, old tokens are forgotten now and then.
const MANY: usize = 1024;

struct Kept {
    token: HeaderValue,
    made_at: Timestamp,
    about: User,
}

/// The latest token of each session.
#[derive(Default)]
pub(super) struct TokenCache(Mutex<HashMap<SessionId, Kept>>);

impl TokenCache {
    /// A token about `who` as they are now.
    pub(super) async fn token(
        &self,
        web: &Web,
        who: &Authenticated,
    ) -> Result<HeaderValue, ApiError> {
        let now = web.app.now();
        if let Some(token) = self.kept(who, now) {
            return Ok(token);
        }
        let token = tokens::issue(web, &who.user).await?;
        let mut token = HeaderValue::from_str(&token).map_err(|_| ApiError::internal())?;
        token.set_sensitive(true);
        let kept = Kept {
            token: token.clone(),
            made_at: now,
            about: who.user.clone(),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MANY {
            all.retain(|_, kept| is_fresh(kept, now));
        }
        all.insert(who.session.id, kept);
        Ok(token)
    }

    fn kept(&self, who: &Authenticated, now: Timestamp) -> Option<HeaderValue> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(&who.session.id)?;
        (is_fresh(kept, now) && kept.about == who.user).then(|| kept.token.clone())
    }
}

fn is_fresh(kept: &Kept, now: Timestamp) -> bool {
    now.since(kept.made_at) + LEFT < LIFE
}
