//! The keys that sign and derive: read from the environment, or made once and
//! kept in a file where only this machine is served.

use super::database;
use super::env::Reader;
use super::names::{self, Setting};
use super::place::Place;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::path::PathBuf;

mod keep;
#[cfg(test)]
mod tests;
mod weak;

pub use keep::{Randomness, keep_or_make};

/// Fewest bytes of a key: the strength of HMAC-SHA-256 (RFC 2104 §3).
pub const SHORTEST_KEY: usize = 32;

/// A secret of at least [`SHORTEST_KEY`] bytes that cannot be printed.
#[derive(Clone)]
pub struct SecretKey(SecretString);

impl SecretKey {
    /// A key of the text's UTF-8 bytes, exactly as they are, since Better Auth's
    /// own helpers sign with those. `None` when there are fewer than
    /// [`SHORTEST_KEY`].
    pub fn new(text: &str) -> Option<Self> {
        (text.len() >= SHORTEST_KEY).then(|| Self(text.into()))
    }

    /// The key's bytes.
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey([redacted])")
    }
}

/// The keys in use.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Signs, and is accepted.
    pub current: SecretKey,
    /// Is accepted, for as long as a change of keys takes.
    pub previous: Option<SecretKey>,
}

/// Where the keys come from.
#[derive(Clone, Debug)]
pub enum SecretSource {
    /// From the environment.
    Given(Secrets),
    /// From a file in this folder, made when it is not there: [`keep_or_make`].
    KeptIn(PathBuf),
}

/// Reads the keys; `None` after a fault in them.
pub(super) fn settings(reader: &mut Reader<'_>, place: &Place) -> Option<SecretSource> {
    let main = key(reader, place, &names::SECRET_KEY);
    let alias = key(reader, place, &names::BETTER_AUTH_SECRET);
    let previous = key(reader, place, &names::SECRET_KEY_PREVIOUS);
    if let (Given::Key(main), Given::Key(alias)) = (&main, &alias)
        && main.expose() != alias.expose()
    {
        reader.fault(
            &names::BETTER_AUTH_SECRET,
            "differs from SECRET_KEY, and only one of them can sign: set one, or both alike",
        );
    }
    let current = match (main, alias) {
        (Given::Key(key), _) | (Given::Nothing, Given::Key(key)) => key,
        (Given::Nothing, Given::Nothing) => return made_here(reader, place, &previous),
        _ => return None,
    };
    let previous = match previous {
        Given::Key(key) => Some(key),
        Given::Nothing => None,
        Given::Fault => return None,
    };
    if previous
        .as_ref()
        .is_some_and(|key| key.expose() == current.expose())
    {
        reader.warn(
            names::SECRET_KEY_PREVIOUS.name,
            "is the same as the current key: nothing has been changed yet",
        );
    }
    Some(SecretSource::Given(Secrets { current, previous }))
}

/// What stood in one variable.
enum Given {
    Nothing,
    Key(SecretKey),
    Fault,
}

fn key(reader: &mut Reader<'_>, place: &Place, setting: &'static Setting) -> Given {
    if !reader.is_set(setting) {
        return Given::Nothing;
    }
    let Some(text) = reader.raw(setting) else {
        return Given::Fault;
    };
    let Some(key) = SecretKey::new(text) else {
        let wrong =
            format!("is shorter than {SHORTEST_KEY} bytes: use what `doorkey secret` prints");
        reader.fault(setting, wrong);
        return Given::Fault;
    };
    let Some(weakness) = weak::weakness(text) else {
        return Given::Key(key);
    };
    let wrong = format!("{weakness}: use what `doorkey secret` prints");
    if place.production {
        reader.fault(setting, wrong);
        return Given::Fault;
    }
    reader.warn(setting.name, wrong);
    Given::Key(key)
}

fn made_here(reader: &mut Reader<'_>, place: &Place, previous: &Given) -> Option<SecretSource> {
    if !matches!(previous, Given::Nothing) {
        reader.fault(&names::SECRET_KEY, "is not set, but SECRET_KEY_PREVIOUS is");
        return None;
    }
    if place.production {
        reader.fault(
            &names::SECRET_KEY,
            "is not set: use what `doorkey secret` prints",
        );
        return None;
    }
    Some(SecretSource::KeptIn(database::data_folder(reader)))
}
