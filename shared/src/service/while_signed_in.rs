//! Changes of an account that its user makes, in the order of all others.

use super::AuthError;
use super::authenticate::Authenticated;
use crate::app::App;
use crate::store::db::Tx;
use crate::store::{sessions, user_changes};

/// Begins a change: the user's row is locked, and the session that asks lives. It may
/// have been ended since the request was read, by the owner who throws a thief out.
pub(super) async fn begin(app: &App, who: &Authenticated) -> Result<Tx, AuthError> {
    let mut tx = app.db.begin().await?;
    let is_there = user_changes::lock(&mut tx, who.user.id).await?;
    if is_there && sessions::is_live_within(&mut tx, who.session.id, app.now()).await? {
        return Ok(tx);
    }
    Err(AuthError::UserGone)
}
