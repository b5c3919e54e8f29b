//! Making an account and signing in with it.

use serde_json::{Map, Value};

use super::limits::{self, Action};
use super::links::{self, Letter};
use super::start_session::start;
use super::{
    AuthError, Client, SignedIn, housekeeping, new_password, post, sign_up_attempt as attempt,
};
use crate::app::App;
use crate::domain::email::{CanonicalEmail, Email};
use crate::domain::ids::UserId;
use crate::domain::one_time::Purpose;
use crate::domain::redirect::RedirectTarget;
use crate::domain::session::Session;
use crate::domain::token::SessionToken;
use crate::domain::user::User;
use crate::domain::user_fields::UserFields;
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
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// Where the link that verifies the address leads.
    pub callback: Option<RedirectTarget>,
    /// What else was sent: the operator's own fields among it.
    pub further: Map<String, Value>,
}

/// What signing up gives.
pub enum SignedUp {
    /// An account, and a session for it.
    In(SignedIn),
    /// An account, or what looks like one where the address is taken. A session
    /// begins once the address is verified.
    Unverified(User),
}

/// Makes the account and a session for it, both or neither. Where an address must
/// be verified first there is no session, and a taken address is told to its owner
/// alone, at the same cost.
pub async fn sign_up(
    app: &App,
    mut request: SignUp,
    client: &Client,
) -> Result<SignedUp, AuthError> {
    // Whoever the address belongs to: it tells nothing of them.
    app.config.sign_ups.admit(&request.email)?;
    let password = new_password::check(
        app,
        &request.password,
        request.email.as_str(),
        &request.name,
    )?;
    let further = std::mem::take(&mut request.further);
    let fields = app.config.user_fields.created(further)?;
    let canonical = CanonicalEmail::of(request.email.as_str());
    limits::admit(app, Action::SignUp, client, &canonical).await?;
    let secretive = app.config.verification.required;
    // Before the hashing, so that a taken address costs a look-up, not 46 MiB.
    // Telling that it is taken is the protocol's; the limit above bounds it.
    if !secretive && users::is_taken(&app.db, &request.email, None).await? {
        return Err(AuthError::EmailTaken);
    }
    let hash = app.hasher.hash(password.expose(), app.random()?).await?;
    let user = new_user(app, &request, fields)?;
    let done = if secretive {
        // Whether anything is mailed below depends on who has the address.
        post::level(app);
        let is_new = create(app, &request.email, &user, &hash, None).await?;
        mail(app, &request, &user, is_new);
        log(&user, client, is_new);
        SignedUp::Unverified(user)
    } else {
        let signed_in = start(app, user, client, request.remember, &canonical)?;
        let (user, session) = (
            &signed_in.user,
            Some((&signed_in.token, &signed_in.session)),
        );
        if !create(app, &request.email, user, &hash, session).await? {
            return Err(AuthError::EmailTaken);
        }
        mail(app, &request, user, true);
        log(user, client, true);
        SignedUp::In(signed_in)
    };
    housekeeping::sweep_if_due(app);
    Ok(done)
}

fn log(user: &User, client: &Client, is_new: bool) {
    let client = client.ip.as_ref().map(tracing::field::display);
    if is_new {
        tracing::info!(event = "sign_up", user_id = %user.id, client);
    } else {
        tracing::info!(event = "sign_up_taken", client);
    }
}

fn new_user(app: &App, request: &SignUp, fields: UserFields) -> Result<User, AuthError> {
    let at = app.now();
    Ok(User {
        id: UserId::from_random(app.random()?),
        name: request.name.clone(),
        email: request.email.as_str().to_owned(),
        email_verified: false,
        image: request.image.clone(),
        created_at: at,
        updated_at: at,
        fields,
    })
}

/// Stores it all; `false` when the address is taken.
async fn create(
    app: &App,
    email: &Email,
    user: &User,
    hash: &str,
    session: Option<(&SessionToken, &Session)>,
) -> Result<bool, AuthError> {
    let account = NewAccount {
        id: user.id,
        email,
        name: &user.name,
        image: user.image.as_deref(),
        fields: &user.fields,
        password_hash: hash,
        at: user.created_at,
    };
    let mut tx = app.db.begin().await?;
    let is_new = users::insert(&mut tx, &account).await?;
    if let Some((token, session)) = session.filter(|_| is_new) {
        sessions::insert_within(&mut tx, token.hash(), session).await?;
    }
    // Also when nothing was added: one way for both.
    tx.commit().await?;
    Ok(is_new)
}

/// A link to a new account's address; to a taken one a word to its owner.
fn mail(app: &App, request: &SignUp, user: &User, is_new: bool) {
    if !is_new {
        attempt::tell_owner(app, &request.email);
    } else if app.config.verification.on_sign_up {
        let letter = Letter::new(Purpose::VerifyEmail, user, request.callback.as_ref());
        links::mail(app, vec![letter]);
    }
}
