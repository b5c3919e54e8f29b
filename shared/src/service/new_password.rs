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
    NewPassword::parse(raw, least(app), &context)
}

/// Checks its length alone, before it is known whose it is.
pub(super) fn check_length(app: &App, raw: &str) -> Result<(), PasswordRefused> {
    NewPassword::check_length(raw, least(app))
}

fn least(app: &App) -> usize {
    usize::try_from(app.config.password_min).unwrap_or(usize::MAX)
}
