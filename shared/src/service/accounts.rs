//! The ways in to a user's account. There is one: the password. Others come with
//! providers.

use super::AuthError;
use super::authenticate::Authenticated;
use crate::app::App;
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::store::users;

/// The password as a way in.
pub struct CredentialAccount {
    /// Names it among the user's accounts.
    pub id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the password was last changed.
    pub updated_at: Timestamp,
}

/// The user's password as a way in.
pub async fn credential(app: &App, who: &Authenticated) -> Result<CredentialAccount, AuthError> {
    let stored = users::find_password(&app.db, who.user.id).await?;
    let changed_at = stored.ok_or(AuthError::UserGone)?.password_changed_at;
    Ok(CredentialAccount {
        id: credential_id(who),
        user_id: who.user.id,
        created_at: who.user.created_at,
        updated_at: changed_at.unwrap_or(who.user.created_at),
    })
}

/// The id of that account: it has no row of its own to take one from, and must
/// not be the user's.
pub fn credential_id(who: &Authenticated) -> String {
    format!("credential-{}", who.user.id)
}
