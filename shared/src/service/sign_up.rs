//! Making an account and signing in with it.

use super::limits::{self, Action};
use super::start_session::start;
use super::{AuthError, Client, SignedIn, housekeeping};
use crate::app::App;
use crate::domain::email::{CanonicalEmail, Email};
use crate::domain::ids::UserId;
use crate::domain::password::{Context, NewPassword};
use crate::domain::user::User;
use crate::store::users::NewAccount;
use crate::store::{sessions, users};

/// What somebody signs up with.
pub struct SignUp {
    /// Their address.
    pub email: Email,
    /// What to call them; may be empty.
    pub name: String,
    /// A URL of a picture.
    pub image: Option<String>,
    /// The password as typed.
    pub password: String,
}

/// Makes the account and a session for it, both or neither.
pub async fn sign_up(app: &App, request: SignUp, client: &Client) -> Result<SignedIn, AuthError> {
    let password = checked_password(
        app,
        &request.password,
        request.email.as_str(),
        &request.name,
    )?;
    limits::admit(
        app,
        Action::SignUp,
        client,
        &CanonicalEmail::of(request.email.as_str()),
    )
    .await?;
    // Before the hashing, so that a taken address costs a look-up, not 46 MiB.
    // Telling that it is taken is the protocol's; the limit above bounds it.
    if users::is_taken(&app.db, &request.email).await? {
        return Err(AuthError::EmailTaken);
    }
    let hash = app.hasher.hash(password.expose(), app.random()?).await?;
    let signed_in = create(app, request, &hash, client).await?;
    tracing::info!(event = "sign_up", user_id = %signed_in.user.id, client = client.ip.as_ref().map(tracing::field::display));
    housekeeping::sweep_if_due(app);
    Ok(signed_in)
}

/// A new password by the policy: of characters enough, not common, and not made of
/// the user's address or name.
pub(super) fn checked_password(
    app: &App,
    password: &str,
    email: &str,
    name: &str,
) -> Result<NewPassword, AuthError> {
    let context = Context {
        email,
        name,
        service: &app.config.service_name,
    };
    let min = usize::try_from(app.config.password_min).unwrap_or(usize::MAX);
    Ok(NewPassword::parse(password, min, &context)?)
}

async fn create(
    app: &App,
    request: SignUp,
    hash: &str,
    client: &Client,
) -> Result<SignedIn, AuthError> {
    let at = app.now();
    let user = User {
        id: UserId::from_random(app.random()?),
        name: request.name,
        email: request.email.as_str().to_owned(),
        email_verified: false,
        image: request.image,
        created_at: at,
        updated_at: at,
    };
    let canonical = CanonicalEmail::of(request.email.as_str());
    let signed_in = start(app, user, client, true, &canonical)?;
    let account = NewAccount {
        id: signed_in.user.id,
        email: &request.email,
        name: &signed_in.user.name,
        image: signed_in.user.image.as_deref(),
        password_hash: hash,
        at,
    };
    let mut tx = app.db.begin().await?;
    if !users::insert(&mut tx, &account).await? {
        return Err(AuthError::EmailTaken);
    }
    sessions::insert_within(&mut tx, signed_in.token.hash(), &signed_in.session).await?;
    tx.commit().await?;
    Ok(signed_in)
}
