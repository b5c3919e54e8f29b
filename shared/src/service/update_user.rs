//! What users change about themselves.

use super::AuthError;
use super::authenticate::Authenticated;
use crate::app::App;
use crate::domain::user::User;
use crate::domain::user_fields::FieldsPatch;
use crate::store::user_changes;
use crate::store::user_fields::{self, Merged};

pub use crate::store::user_changes::{Picture, ProfileChange};

/// Keeps the change, all or nothing; the user as they are then.
pub async fn update_user(
    app: &App,
    who: &Authenticated,
    change: ProfileChange,
    patch: &FieldsPatch,
) -> Result<User, AuthError> {
    let mut user = who.user.clone();
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !user_changes::update_profile(&mut tx, user.id, &change, now).await? {
        return Err(AuthError::UserGone);
    }
    if !patch.is_empty() {
        user.fields = match user_fields::merge(&mut tx, user.id, patch, now).await? {
            Merged::Stored(fields) => fields,
            Merged::Refused(refused) => return Err(refused.into()),
            Merged::NoUser => return Err(AuthError::UserGone),
        };
    }
    tx.commit().await?;
    tracing::info!(event = "user_updated", user_id = %user.id);
    user.updated_at = now;
    if let Some(name) = change.name {
        user.name = name;
    }
    match change.image {
        Some(Picture::At(url)) => user.image = Some(url),
        Some(Picture::None) => user.image = None,
        None => {}
    }
    Ok(user)
}
