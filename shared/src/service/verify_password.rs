//! Whether a password is the signed-in user's.

use super::authenticate::Authenticated;
use super::check_password::check_password;
use super::{AuthError, Client};
use crate::app::App;
use crate::domain::password::LoginPassword;

/// Succeeds if it is; `typed` is `None` when it is longer than any can be.
pub async fn verify_password(
    app: &App,
    who: &Authenticated,
    client: &Client,
    typed: Option<&LoginPassword>,
) -> Result<(), AuthError> {
    check_password(app, who, client, typed).await?;
    Ok(())
}
