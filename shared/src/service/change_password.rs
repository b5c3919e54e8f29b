//! Changing one's own password.

use super::authenticate::Authenticated;
use super::check_password::check_password;
use super::post::post;
use super::start_session::start;
use super::{AuthError, Client, SignedIn, housekeeping, new_password, while_signed_in};
use crate::app::App;
use crate::domain::email::CanonicalEmail;
use crate::domain::password::LoginPassword;
use crate::mail::Message;
use crate::store::{one_time_tokens, sessions, user_changes};

/// What somebody changes their password with.
pub struct ChangePassword {
    /// The one of now, as typed; `None` when it is longer than any can be.
    pub current: Option<LoginPassword>,
    /// The new one, as typed.
    pub new: String,
    /// Whether the session that asks ends too, and a new one takes its place.
    pub renew_session: bool,
}

/// Sets the new password and ends every other session, all or nothing; the new
/// session, if one was asked for.
///
/// Whoever knew the old password is out: their sessions, and the links that they
/// had mailed to themselves. Of two changes at once one is done, and the other
/// finds that its password is wrong by now.
pub async fn change_password(
    app: &App,
    who: &Authenticated,
    client: &Client,
    request: ChangePassword,
) -> Result<Option<SignedIn>, AuthError> {
    // Before the current one is checked, as the protocol has it: it costs nothing.
    let new = new_password::check(app, &request.new, &who.user.email, &who.user.name)?;
    let old_hash = check_password(app, who, client, request.current.as_ref()).await?;
    let new_hash = app.hasher.hash(new.expose(), app.random()?).await?;
    let begun = if request.renew_session {
        Some(replacement(app, who, client)?)
    } else {
        None
    };
    replace(app, who, (&old_hash, &new_hash), begun.as_ref()).await?;
    tracing::info!(event = "password_changed", user_id = %who.user.id, client = client.ip.as_ref().map(tracing::field::display));
    post(
        app,
        &who.user.email,
        &who.user.name,
        Message::PasswordChanged,
    );
    housekeeping::sweep_if_due(app);
    Ok(begun)
}

/// A session in the place of the one that asks; it lasts as that one did.
fn replacement(app: &App, who: &Authenticated, client: &Client) -> Result<SignedIn, AuthError> {
    let account = CanonicalEmail::of(&who.user.email);
    start(
        app,
        who.user.clone(),
        client,
        who.session.remember,
        &account,
    )
}

async fn replace(
    app: &App,
    who: &Authenticated,
    (old_hash, new_hash): (&str, &str),
    begun: Option<&SignedIn>,
) -> Result<(), AuthError> {
    let user = who.user.id;
    let mut tx = while_signed_in::begin(app, who).await?;
    if !user_changes::change_password(&mut tx, user, old_hash, new_hash, app.now()).await? {
        return Err(AuthError::InvalidPassword);
    }
    if let Some(begun) = begun {
        sessions::delete_within(&mut tx, user, None).await?;
        sessions::insert_within(&mut tx, begun.token.hash(), &begun.session).await?;
    } else {
        sessions::delete_within(&mut tx, user, Some(who.session.id)).await?;
    }
    one_time_tokens::void(&mut tx, user).await?;
    Ok(tx.commit().await?)
}
