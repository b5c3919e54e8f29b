//! What a new password must be here, wherever one is chosen.

use crate::app::App;
use crate::domain::password::{Context, NewPassword, PasswordRefused};

/// Checks a new password against the policy, for the account of that address and
/// name.
pub(super) fn check(
    app: &App,
    raw: &str,
    email: &str,
    name: &str,
) -> Result<NewPassword, PasswordRefused> {
    let context = Context {
        email,
        name,
        service: &app.config.service_name,
    };
    let min = usize::try_from(app.config.password_min).unwrap_or(usize::MAX);
    NewPassword::parse(raw, min, &context)
}
