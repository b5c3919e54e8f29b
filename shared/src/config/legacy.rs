//! What is still taken from the system that was taken over.

use super::env::Reader;
use super::names;

/// The name of its unsigned cookie; `None` when it is switched off.
pub(super) fn cookie(reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.parsed(&names::LEGACY_COOKIE, parse);
    let name = name.unwrap_or_else(|| "session_token".to_owned());
    Some(name).filter(|name| !name.eq_ignore_ascii_case("off"))
}

/// A cookie's name is a token (RFC 6265 §4.1.1, RFC 9110 §5.6.2).
fn parse(text: &str) -> Result<String, String> {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if text.bytes().all(is_token) {
        return Ok(text.to_owned());
    }
    Err("is no name of a cookie: letters, digits, - and _, or off".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Env;

    fn read(pairs: &[(&str, &str)]) -> (Option<String>, usize) {
        let env = Env::from_pairs(pairs.iter().copied());
        let mut reader = Reader::new(&env);
        (cookie(&mut reader), reader.faults.len())
    }

    #[test]
    fn it_is_the_first_systems_unless_named_or_switched_off() {
        assert_eq!(read(&[]), (Some("session_token".into()), 0));
        assert_eq!(read(&[("LEGACY_COOKIE", "sid")]), (Some("sid".into()), 0));
        assert_eq!(read(&[("LEGACY_COOKIE", "OFF")]), (None, 0));
        assert_eq!(read(&[("LEGACY_COOKIE", "a b")]).1, 1);
    }
}
