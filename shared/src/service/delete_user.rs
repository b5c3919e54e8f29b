//! Deleting one's own account.

use super::authenticate::Authenticated;
use super::check_password::check_password;
use super::{AuthError, Client, delete_by_link, while_signed_in};
use crate::app::App;
use crate::domain::password::LoginPassword;
use crate::domain::redirect::RedirectTarget;
use crate::store::user_changes;

/// How somebody shows that the account is theirs to delete.
pub enum Proof {
    /// By the password as typed; `None` when it is longer than any can be.
    Password(Option<LoginPassword>),
    /// By the token of a link that was mailed to them.
    Link(String),
    /// By the session alone. With a place to go to afterwards, a link is wanted.
    Session(Option<RedirectTarget>),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The account is gone, its sessions and links with it.
    Deleted,
    /// A link that deletes it was mailed.
    LinkSent,
}

/// Deletes the account at once if the proof is good enough, or else mails a link
/// that does, where mail is on.
pub async fn delete_user(
    app: &App,
    who: &Authenticated,
    client: &Client,
    proof: Proof,
) -> Result<Outcome, AuthError> {
    match proof {
        Proof::Password(typed) => {
            let hash = check_password(app, who, client, typed.as_ref()).await?;
            let mut tx = while_signed_in::begin(app, who).await?;
            if !user_changes::delete_with_password(&mut tx, who.user.id, &hash).await? {
                return Err(AuthError::InvalidPassword);
            }
            tx.commit().await?;
        }
        Proof::Link(token) => {
            delete_by_link::confirm(app, who, &token).await?;
            return Ok(Outcome::Deleted);
        }
        Proof::Session(callback) => {
            let is_fresh = who.session.is_fresh(app.now());
            if app.mailer.is_on() && (callback.is_some() || !is_fresh) {
                delete_by_link::send(app, who, callback.as_ref()).await?;
                return Ok(Outcome::LinkSent);
            }
            if !is_fresh {
                return Err(AuthError::SessionExpired);
            }
            let mut tx = while_signed_in::begin(app, who).await?;
            user_changes::delete(&mut tx, who.user.id).await?;
            tx.commit().await?;
        }
    }
    tracing::info!(event = "user_deleted", user_id = %who.user.id, client = client.ip.as_ref().map(tracing::field::display));
    Ok(Outcome::Deleted)
}
