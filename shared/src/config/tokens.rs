//! Tokens for other back ends.

use super::env::Reader;
use super::names::{self, Setting};
use crate::crypto::jwt::Alg;
use crate::domain::origin::Origin;

/// How tokens are signed and what they claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSettings {
    /// What signs them.
    pub alg: Alg,
    /// Who they say they are from (`iss`).
    pub issuer: String,
    /// Whom they say they are for (`aud`).
    pub audience: String,
}

/// As it was set.
pub(super) struct Given {
    alg: Alg,
    issuer: Option<String>,
    audience: Option<String>,
}

pub(super) fn settings(reader: &mut Reader<'_>) -> Given {
    let alg = reader.parsed(&names::JWT_ALG, |text| {
        Alg::parse(text).ok_or_else(|| "must be EdDSA, ES256 or RS256".to_owned())
    });
    Given {
        alg: alg.unwrap_or(Alg::EdDsa),
        issuer: name(reader, &names::JWT_ISSUER),
        audience: name(reader, &names::JWT_AUDIENCE),
    }
}

fn name(reader: &mut Reader<'_>, setting: &'static Setting) -> Option<String> {
    reader.parsed(setting, |text| {
        if text.chars().any(char::is_control) {
            return Err("must not contain control characters".to_owned());
        }
        Ok(text.to_owned())
    })
}

impl Given {
    /// With what holds for the rest.
    pub(super) fn or(self, public_url: &Origin) -> TokenSettings {
        let or_own = |name: Option<String>| name.unwrap_or_else(|| public_url.to_string());
        TokenSettings {
            alg: self.alg,
            issuer: or_own(self.issuer),
            audience: or_own(self.audience),
        }
    }
}
