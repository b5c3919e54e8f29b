//! Sessions and users as the protocol writes them. Field order is the
//! reference's; `token` is the session's handle, never the secret.

use serde::{Serialize, Serializer};

use super::state::Web;
use crate::domain::session::Session;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::domain::user_fields::ShownFields;
use crate::service::accounts::CredentialAccount;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserBody<'a> {
    name: &'a str,
    email: &'a str,
    email_verified: bool,
    image: Option<&'a str>,
    #[serde(serialize_with = "iso")]
    created_at: Timestamp,
    #[serde(serialize_with = "iso")]
    updated_at: Timestamp,
    #[serde(flatten)]
    fields: ShownFields<'a>,
    id: String,
}

impl<'a> UserBody<'a> {
    /// A user with the operator's own fields.
    pub(super) fn of(web: &'a Web, user: &'a User) -> Self {
        Self::with(user, web.app.config.user_fields.shown(&user.fields))
    }

    /// A user with these fields beside the built-in ones.
    pub(super) fn with(user: &'a User, fields: ShownFields<'a>) -> Self {
        Self {
            name: &user.name,
            email: &user.email,
            email_verified: user.email_verified,
            image: user.image.as_deref(),
            created_at: user.created_at,
            updated_at: user.updated_at,
            fields,
            id: user.id.to_string(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionBody<'a> {
    #[serde(serialize_with = "iso")]
    expires_at: Timestamp,
    token: String,
    #[serde(serialize_with = "iso")]
    created_at: Timestamp,
    #[serde(serialize_with = "iso")]
    updated_at: Timestamp,
    ip_address: &'a str,
    user_agent: &'a str,
    user_id: String,
    id: String,
}

impl<'a> From<&'a Session> for SessionBody<'a> {
    fn from(session: &'a Session) -> Self {
        let id = session.id.to_string();
        Self {
            expires_at: session.expires_at,
            token: id.clone(),
            created_at: session.created_at,
            updated_at: session.updated_at,
            ip_address: session.ip_address.as_deref().unwrap_or_default(),
            user_agent: session.user_agent.as_deref().unwrap_or_default(),
            user_id: session.user_id.to_string(),
            id,
        }
    }
}

/// `{session, user}`.
#[derive(Serialize)]
pub(super) struct SessionAndUser<'a> {
    pub(super) session: SessionBody<'a>,
    pub(super) user: UserBody<'a>,
}

/// The answer to a sign-up; without a session its handle is null.
#[derive(Serialize)]
pub(super) struct SignedUpBody<'a> {
    pub(super) token: Option<String>,
    pub(super) user: UserBody<'a>,
}

/// The answer to a sign-in.
#[derive(Serialize)]
pub(super) struct SignedInBody<'a> {
    pub(super) redirect: bool,
    pub(super) token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<&'a str>,
    pub(super) user: UserBody<'a>,
}

/// The answer to a change of password.
#[derive(Serialize)]
pub(super) struct ChangedPasswordBody<'a> {
    pub(super) token: Option<String>,
    pub(super) user: UserBody<'a>,
}

/// A way in to an account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountBody<'a> {
    account_id: String,
    provider_id: &'static str,
    user_id: String,
    #[serde(serialize_with = "iso")]
    created_at: Timestamp,
    #[serde(serialize_with = "iso")]
    updated_at: Timestamp,
    id: &'a str,
    scopes: [&'static str; 0],
}

impl<'a> From<&'a CredentialAccount> for AccountBody<'a> {
    fn from(account: &'a CredentialAccount) -> Self {
        let user_id = account.user_id.to_string();
        Self {
            account_id: user_id.clone(),
            provider_id: "credential",
            user_id,
            created_at: account.created_at,
            updated_at: account.updated_at,
            id: &account.id,
            scopes: [],
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn iso<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}
