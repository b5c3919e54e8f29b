//! A user, as every signed-in answer shows it.

use super::ids::UserId;
use super::timestamp::Timestamp;
use super::user_fields::UserFields;

/// A user without any secret: the password's hash is not part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user for good.
    pub id: UserId,
    /// What to call them; may be empty.
    pub name: String,
    /// As it was stored: canonical, or as the seed's app left it.
    pub email: String,
    /// Whether they proved that they read mail there.
    pub email_verified: bool,
    /// A URL of a picture.
    pub image: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What the operator's own fields hold.
    pub fields: UserFields,
}
