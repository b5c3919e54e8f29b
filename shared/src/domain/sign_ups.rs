//! Who may make an account.

use super::email::{Email, InvalidEmail};

/// Who may make an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SignUps {
    /// Everybody.
    #[default]
    Open,
    /// Nobody: those that are there stay.
    Closed,
    /// Whoever has one of these addresses. Only a verified one proves that.
    Only(Vec<Admitted>),
}

/// Whose addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// This one.
    Address(Email),
    /// Every one of this domain, and none of the domains below it.
    Domain(String),
}

/// Why somebody may not make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignUpRefused {
    /// Nobody may.
    #[error("Email and password sign up is not enabled")]
    Closed,
    /// Others may.
    #[error("This address cannot sign up here")]
    NotAdmitted,
}

impl Admitted {
    /// Reads `ann@example.com` or `@example.com`.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let Some(domain) = text.strip_prefix('@') else {
            return Email::parse(text).map(Self::Address);
        };
        let anybody = Email::parse(&format!("anybody@{domain}"))?;
        Ok(Self::Domain(anybody.domain().to_owned()))
    }

    fn has(&self, email: &Email) -> bool {
        match self {
            Self::Address(address) => address == email,
            Self::Domain(domain) => domain == email.domain(),
        }
    }
}

impl SignUps {
    /// Whether the owner of this address may.
    pub fn admit(&self, email: &Email) -> Result<(), SignUpRefused> {
        match self {
            Self::Open => Ok(()),
            Self::Closed => Err(SignUpRefused::Closed),
            Self::Only(admitted) if admitted.iter().any(|one| one.has(email)) => Ok(()),
            Self::Only(_) => Err(SignUpRefused::NotAdmitted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_admits_its_addresses_and_those_of_its_domains() {
        let list = ["@Uni.edu", "Ann@example.com", "@bücher.example"];
        let list = list.map(|text| Admitted::parse(text).unwrap()).to_vec();
        let sign_ups = SignUps::Only(list);
        for (email, admitted) in [
            ("bob@uni.edu", true),
            ("BOB@UNI.EDU", true),
            ("ann@example.com", true),
            ("eve@xn--bcher-kva.example", true),
            ("eve@example.com", false),
            ("eve@evil-uni.edu", false),
            ("eve@uni.edu.example", false),
            ("eve@sub.uni.edu", false),
        ] {
            let email = Email::parse(email).unwrap();
            let expected = if admitted {
                Ok(())
            } else {
                Err(SignUpRefused::NotAdmitted)
            };
            assert_eq!(sign_ups.admit(&email), expected, "{}", email.as_str());
        }
    }

    #[test]
    fn what_is_no_address_and_no_domain_is_refused() {
        for wrong in [
            "",
            "@",
            "uni.edu",
            "@uni",
            "@@uni.edu",
            "@a b.example",
            "*@uni.edu@",
        ] {
            assert!(Admitted::parse(wrong).is_err(), "{wrong}");
        }
    }
}
