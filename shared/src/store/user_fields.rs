//! The column `users.fields`: the operator's own fields of a user, changed so that
//! changes made at the same time all last.

use super::db::{Tx, statements, within};
use super::error::StoreError;
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;
use crate::domain::user_fields::{FieldRefused, FieldsPatch, UserFields};

statements! {
    // Takes the row's lock and gives what stands there then: a change that was
    // waited for is part of it.
    LOCK = "UPDATE users SET updated_at = $2 WHERE id = $1 RETURNING fields";
    REPLACE = "UPDATE users SET fields = $2 WHERE id = $1";
}

/// What became of a change.
pub enum Merged {
    /// It is stored: all that the user has now.
    Stored(UserFields),
    /// It would be too much.
    Refused(FieldRefused),
    /// There is no such user.
    NoUser,
}

/// Puts a patch's values among a user's further fields, and notes the change's
/// time. It lasts with the transaction; one that was not stored must be dropped.
pub async fn merge(
    tx: &mut Tx,
    user: UserId,
    patch: &FieldsPatch,
    at: Timestamp,
) -> Result<Merged, StoreError> {
    let stored: Option<(String,)> = within!(tx, conn => {
        sqlx::query_as(LOCK).bind(user).bind(at).fetch_optional(conn).await?
    });
    let Some((stored,)) = stored else {
        return Ok(Merged::NoUser);
    };
    let merged = match UserFields::from_stored(stored).merged(patch) {
        Ok(merged) => merged,
        Err(refused) => return Ok(Merged::Refused(refused)),
    };
    within!(tx, conn => {
        sqlx::query(REPLACE).bind(user).bind(merged.as_str()).execute(conn).await.map(|_| ())?;
    });
    Ok(Merged::Stored(merged))
}
