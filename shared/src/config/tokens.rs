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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Program;
    use crate::config::tests::{faulty, good};

    #[test]
    fn tokens_are_from_us_and_for_us_unless_it_is_said_otherwise() {
        let tokens = good(Program::Server, &[]).config.tokens;
        assert_eq!(tokens.alg, Alg::EdDsa);
        assert_eq!(tokens.issuer, "http://localhost:7860");
        assert_eq!(tokens.audience, "http://localhost:7860");
        let pairs = [
            ("JWT_ALG", "RS256"),
            ("JWT_ISSUER", "Us & co."),
            ("JWT_AUDIENCE", "urn:api"),
        ];
        let tokens = good(Program::Server, &pairs).config.tokens;
        assert_eq!(tokens.alg, Alg::Rs256);
        assert_eq!(
            (tokens.issuer.as_str(), tokens.audience.as_str()),
            ("Us & co.", "urn:api")
        );
    }

    #[test]
    fn sec_k1_no_other_algorithm_can_be_set() {
        for alg in ["none", "HS256", "eddsa", "RS512"] {
            assert_eq!(faulty(Program::Server, &[("JWT_ALG", alg)]), ["JWT_ALG"]);
        }
        for name in ["JWT_ISSUER", "JWT_AUDIENCE"] {
            assert_eq!(faulty(Program::Server, &[(name, "a\u{1}b")]), [name]);
        }
    }
}
