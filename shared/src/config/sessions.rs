//! What carries a session from one request to the next, beside its own cookie: a
//! cached copy, the hosts that share it, and the token as a bearer.

use std::time::Duration;

use super::env::Reader;
use super::limits::parse_duration;
use super::names;
use crate::domain::origin::{CookieDomain, Origin};

/// What `COOKIE_CACHE=on` means: Better Auth's five minutes.
const USUAL_CACHE: Duration = Duration::from_mins(5);
const SHORTEST_CACHE: Duration = Duration::from_secs(10);
/// For so long, at most, does get-session not notice that a session was revoked.
const LONGEST_CACHE: Duration = Duration::from_hours(1);

/// How sessions travel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carriers {
    /// Whether answers carry a usable token, and requests may show it in
    /// `Authorization` (RFC 6750 §2.1).
    pub bearer: bool,
    /// How long get-session may answer from the signed copy in a cookie; `None`
    /// where it always asks the database.
    pub cache: Option<Duration>,
    /// Whose hosts share the cookies; `None` where only this service's has them.
    pub domain: Option<CookieDomain>,
}

/// Reads the settings. Without a public origin, which is a fault of its own, no
/// domain can be checked.
pub(super) fn carriers(reader: &mut Reader<'_>, public_url: Option<&Origin>) -> Carriers {
    let domain = public_url.and_then(|service| {
        reader.parsed(&names::COOKIE_DOMAIN, |text| {
            CookieDomain::parse(text, service).map_err(|error| error.to_string())
        })
    });
    Carriers {
        bearer: reader.switch(&names::BEARER, false),
        cache: reader
            .parsed(&names::COOKIE_CACHE, parse_cache)
            .unwrap_or_default(),
        domain,
    }
}

fn parse_cache(text: &str) -> Result<Option<Duration>, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" | "1" => return Ok(Some(USUAL_CACHE)),
        "off" | "false" | "0" => return Ok(None),
        _ => {}
    }
    parse_duration(text)
        .ok()
        .filter(|life| (SHORTEST_CACHE..=LONGEST_CACHE).contains(life))
        .map(Some)
        .ok_or_else(|| "must be on, off or a time from 10s to 1h, such as 5m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Env;

    fn read(pairs: &[(&str, &str)]) -> (Carriers, Vec<&'static str>) {
        let env = Env::from_pairs(pairs.iter().copied());
        let mut reader = Reader::new(&env);
        let service = Origin::parse("https://auth.example.com");
        let found = carriers(&mut reader, service.as_ref());
        let faults = reader.faults.iter().map(|fault| fault.name).collect();
        (found, faults)
    }

    #[test]
    fn a_session_travels_in_its_own_cookie_alone_unless_told_otherwise() {
        assert_eq!(read(&[]), (Carriers::default(), vec![]));
        let off = [("BEARER", "off"), ("COOKIE_CACHE", "off")];
        assert_eq!(read(&off), (Carriers::default(), vec![]));
        let on = [
            ("BEARER", "on"),
            ("COOKIE_CACHE", "on"),
            ("COOKIE_DOMAIN", "example.com"),
        ];
        let (found, faults) = read(&on);
        assert_eq!(faults, [""; 0]);
        assert!(found.bearer);
        assert_eq!(found.cache, Some(Duration::from_mins(5)));
        assert_eq!(found.domain.unwrap().to_string(), "example.com");
    }

    #[test]
    fn the_cache_lives_ten_seconds_to_an_hour() {
        for (text, seconds) in [
            ("10s", Some(10)),
            ("1m", Some(60)),
            ("1h", Some(3600)),
            ("9s", None),
            ("61m", None),
            ("0s", None),
            ("300", None),
            ("yes", None),
            ("-5m", None),
        ] {
            let (found, faults) = read(&[("COOKIE_CACHE", text)]);
            assert_eq!(found.cache.map(|life| life.as_secs()), seconds, "{text}");
            assert_eq!(faults.is_empty(), seconds.is_some(), "{text}");
        }
    }

    #[test]
    fn sec_c3_a_domain_that_is_not_the_services_stops_the_start() {
        for text in ["example.org", "com", "example.com:443"] {
            assert_eq!(
                read(&[("COOKIE_DOMAIN", text)]).1,
                ["COOKIE_DOMAIN"],
                "{text}"
            );
        }
    }
}
