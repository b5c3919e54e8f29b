//! Devices that have signed in to an account before. Strangers can use up an
//! account's tries, but not those of its owner's own browser: so nobody can lock
//! somebody out (OWASP ASVS 5.0 §6.3.1).

use super::{AuthError, Client};
use crate::app::App;
use crate::domain::device::DeviceId;
use crate::domain::email::CanonicalEmail;

/// The device, if it proves that it has signed in to this account.
pub(super) fn recognise(app: &App, client: &Client, account: &CanonicalEmail) -> Option<DeviceId> {
    let (device, tag) = client.known_device.as_deref()?.split_once('.')?;
    let device = DeviceId::parse(device)?;
    let known = app
        .keys
        .verify_device(device.as_str(), account.as_str(), tag);
    known.then_some(device)
}

/// The proof to give to a device that has just signed in; `None` when it has it
/// already, or when nothing is limited.
pub(super) fn remember(
    app: &App,
    client: &Client,
    account: &CanonicalEmail,
) -> Result<Option<String>, AuthError> {
    if !app.config.rate_limit || recognise(app, client, account).is_some() {
        return Ok(None);
    }
    let device = DeviceId::from_random(app.random()?);
    let tag = app.keys.device_tag(device.as_str(), account.as_str());
    Ok(Some(format!("{}.{tag}", device.as_str())))
}
