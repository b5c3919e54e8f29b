//! What users change about themselves.

use super::AuthError;
use super::authenticate::Authenticated;
use crate::app::App;
use crate::store::users;

pub use crate::store::users::{Picture, ProfileChange};

/// Keeps the change.
pub async fn update_user(
    app: &App,
    who: &Authenticated,
    change: &ProfileChange,
) -> Result<(), AuthError> {
    if !users::update_profile(&app.db, who.user.id, change, app.now()).await? {
        return Err(AuthError::UserGone);
    }
    tracing::info!(event = "user_updated", user_id = %who.user.id);
    Ok(())
}
