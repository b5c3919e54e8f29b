//! Who may make an account.

use super::env::Reader;
use super::mail::Verification;
use super::names;
use crate::domain::sign_ups::{Admitted, SignUps};

/// Reads the setting.
pub(super) fn settings(reader: &mut Reader<'_>, verification: Verification) -> SignUps {
    let found = reader.parsed(&names::SIGN_UP, parse).unwrap_or_default();
    if matches!(found, SignUps::Only(_)) && !verification.required {
        reader.fault(
            &names::SIGN_UP,
            "names addresses, and without REQUIRE_EMAIL_VERIFICATION=on anybody may say that \
             one of them is theirs",
        );
    }
    found
}

fn parse(text: &str) -> Result<SignUps, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" => return Ok(SignUps::Open),
        "off" => return Ok(SignUps::Closed),
        _ => {}
    }
    let admitted: Result<Vec<Admitted>, _> = text
        .split(',')
        .map(|one| Admitted::parse(one.trim()))
        .collect();
    admitted.map(SignUps::Only).map_err(|_| {
        "must be on, off, or a list of addresses and of domains that begin with @".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::Pairs;
    use crate::config::{Env, Program, load};

    fn faults(pairs: Pairs<'_>) -> Vec<&'static str> {
        let loaded = load(Program::Server, &Env::from_pairs(pairs.iter().copied()));
        let faults = loaded.err().map(|faults| faults.0).unwrap_or_default();
        faults.iter().map(|fault| fault.name).collect()
    }

    #[test]
    fn it_is_on_off_or_a_list() {
        assert_eq!(parse("ON"), Ok(SignUps::Open));
        assert_eq!(parse("off"), Ok(SignUps::Closed));
        let two = parse("@uni.edu, ann@example.com");
        assert!(matches!(two, Ok(SignUps::Only(list)) if list.len() == 2));
        for wrong in ["yes", "uni.edu", "@uni.edu,", "@uni.edu;ann@example.com"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sec_b4_a_list_needs_addresses_to_be_verified() {
        let list = ("SIGN_UP", "@uni.edu");
        let mail = ("MAIL_URL", "file:mails");
        let verified = ("REQUIRE_EMAIL_VERIFICATION", "on");
        assert_eq!(faults(&[list, mail]), ["SIGN_UP"]);
        assert_eq!(faults(&[list, mail, verified]), [""; 0]);
    }
}
