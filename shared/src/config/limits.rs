//! Numbers with bounds: what hashing costs, how long sessions live.

use super::env::Reader;
use super::names;
use super::place::Place;
use crate::crypto::phc::{MAX_M_KIB, MAX_P, MAX_T};
use crate::domain::session::Lifetime;
use std::time::Duration;

/// What one password hash costs, and how many may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashing {
    /// Memory in KiB.
    pub m_kib: u32,
    /// Passes.
    pub t: u32,
    /// Lanes.
    pub p: u32,
    /// Hashes that may wait before others are turned away.
    pub queue: u32,
}

/// Least memory in KiB for so many passes: the sets of equal strength in OWASP's
/// Password Storage Cheat Sheet, section Argon2id. The last holds for more passes.
const OWASP_FLOOR: [(u32, u32); 5] = [
    (1, 47_104),
    (2, 19_456),
    (3, 12_288),
    (4, 9_216),
    (5, 7_168),
];

/// 256 MiB: more is a slip of the keyboard, and stored hashes that ask for more
/// are not obeyed.
const MOST_MEMORY_KIB: u32 = MAX_M_KIB;

const DAY: Duration = Duration::from_hours(24);

/// Browsers keep no cookie for longer (RFC 6265bis §5.5, "400 days").
const LONGEST_SESSION: Duration = Duration::from_secs(400 * DAY.as_secs());

pub(super) fn hashing(reader: &mut Reader<'_>, place: &Place) -> Hashing {
    let hashing = Hashing {
        m_kib: reader.number(&names::ARGON2_M_KIB, 8..=MOST_MEMORY_KIB, 47_104),
        t: reader.number(&names::ARGON2_T, 1..=MAX_T, 1),
        p: reader.number(&names::ARGON2_P, 1..=MAX_P, 1),
        queue: reader.number(&names::HASH_QUEUE, 1..=10_000, 64),
    };
    let least = if place.production {
        owasp_floor(hashing.t)
    } else {
        0
    };
    if hashing.m_kib < 8 * hashing.p {
        reader.fault(
            &names::ARGON2_M_KIB,
            "is too little: Argon2 needs 8 KiB for each lane of ARGON2_P",
        );
    } else if hashing.m_kib < least {
        let wrong = format!("is too little: with this ARGON2_T, OWASP asks for {least} or more");
        reader.fault(&names::ARGON2_M_KIB, wrong);
    }
    hashing
}

fn owasp_floor(t: u32) -> u32 {
    OWASP_FLOOR
        .into_iter()
        .rev()
        .find(|&(passes, _)| passes <= t)
        .map_or(u32::MAX, |(_, memory)| memory)
}

pub(super) fn session(reader: &mut Reader<'_>) -> Lifetime {
    let ttl = reader
        .parsed(&names::SESSION_TTL, |text| {
            let ttl = parse_duration(text)?;
            if ttl.is_zero() || ttl > LONGEST_SESSION {
                return Err("must be from 1s to 400d (browsers keep no cookie longer)".to_owned());
            }
            Ok(ttl)
        })
        .unwrap_or(7 * DAY);
    let refresh = reader
        .parsed(&names::SESSION_REFRESH, |text| {
            Some(parse_duration(text)?)
                .filter(|refresh| *refresh < ttl)
                .ok_or_else(|| "must be less than SESSION_TTL".to_owned())
        })
        .unwrap_or_else(|| DAY.min(ttl / 7));
    Lifetime { ttl, refresh }
}

/// A whole number and a unit: `45s`, `30m`, `12h`, `7d`.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let read = || {
        let unit = text.chars().next_back()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => DAY.as_secs(),
            _ => return None,
        };
        let digits = text.strip_suffix(unit)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse::<u64>().ok()?.checked_mul(seconds)
    };
    read()
        .map(Duration::from_secs)
        .ok_or_else(|| "must be a whole number and a unit: s, m, h or d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::place;
    use crate::config::tests::Pairs;
    use crate::config::{Env, Program};

    fn read<T>(
        pairs: &[(&str, &str)],
        f: impl Fn(&mut Reader<'_>, &Place) -> T,
    ) -> (T, Vec<String>) {
        let env = Env::from_pairs(pairs.iter().copied());
        let mut reader = Reader::new(&env);
        let place = place::find(&mut reader, Program::Server);
        let value = f(&mut reader, &place);
        let faults = reader.faults.into_iter().map(|fault| fault.name.to_owned());
        (value, faults.collect())
    }

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let cases = [
            ("45s", Some(45)),
            ("30m", Some(1_800)),
            ("12h", Some(43_200)),
            ("7d", Some(604_800)),
            ("0s", Some(0)),
            ("7", None),
            ("d", None),
            ("", None),
            ("7D", None),
            ("7 d", None),
            ("-7d", None),
            ("+7d", None),
            ("1.5h", None),
            ("7w", None),
            ("7é", None),
            ("1h30m", None),
            ("99999999999999999999d", None),
            ("999999999999999999d", None),
        ];
        for (text, seconds) in cases {
            let found = parse_duration(text).ok().map(|d| d.as_secs());
            assert_eq!(found, seconds, "{text}");
        }
    }

    #[test]
    fn sessions_live_a_second_to_four_hundred_days() {
        let cases: [(Pairs<'_>, Option<(u64, u64)>); 12] = [
            (&[], Some((604_800, 86_400))),
            (&[("SESSION_TTL", "30d")], Some((2_592_000, 86_400))),
            (&[("SESSION_TTL", "70s")], Some((70, 10))),
            (&[("SESSION_TTL", "400d")], Some((34_560_000, 86_400))),
            (&[("SESSION_TTL", "401d")], None),
            (&[("SESSION_TTL", "0s")], None),
            (&[("SESSION_TTL", "604800")], None),
            (&[("SESSION_REFRESH", "12h")], Some((604_800, 43_200))),
            (&[("SESSION_REFRESH", "0s")], Some((604_800, 0))),
            (&[("SESSION_REFRESH", "7d")], None),
            (&[("SESSION_TTL", "1d"), ("SESSION_REFRESH", "1d")], None),
            (
                &[("SESSION_TTL", "2s"), ("SESSION_REFRESH", "1s")],
                Some((2, 1)),
            ),
        ];
        for (pairs, expected) in cases {
            let (found, faults) = read(pairs, |reader, _| session(reader));
            let found = (found.ttl.as_secs(), found.refresh.as_secs());
            assert_eq!(faults.is_empty().then_some(found), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_session_of_a_second_still_has_a_refresh_below_it() {
        let (found, _) = read(&[("SESSION_TTL", "1s")], |reader, _| session(reader));
        assert!(found.refresh < found.ttl);
    }

    #[test]
    fn sec_a1_production_never_hashes_below_owasps_floor() {
        let cases = [
            (("47104", "1", "1"), true),
            (("47103", "1", "1"), false),
            (("19456", "2", "1"), true),
            (("19455", "2", "1"), false),
            (("19456", "1", "1"), false),
            (("12288", "3", "1"), true),
            (("9216", "4", "1"), true),
            (("7168", "5", "1"), true),
            (("7167", "5", "1"), false),
            (("7168", "16", "1"), true),
            (("262144", "1", "16"), true),
        ];
        for ((m, t, p), good) in cases {
            let costs = [("ARGON2_M_KIB", m), ("ARGON2_T", t), ("ARGON2_P", p)];
            let production = [&costs[..], &[("HOST", "0.0.0.0")]].concat();
            let (_, faults) = read(&production, hashing);
            assert_eq!(faults.is_empty(), good, "{costs:?}");
            let (_, faults) = read(&costs, hashing);
            assert!(faults.is_empty(), "{costs:?} outside production");
        }
    }

    #[test]
    fn hashing_takes_what_argon2_takes_and_no_more() {
        let (found, faults) = read(&[("ARGON2_M_KIB", "8")], hashing);
        assert_eq!((found.m_kib, found.t, found.p, found.queue), (8, 1, 1, 64));
        assert_eq!(faults, [""; 0]);
        for pairs in [
            [("ARGON2_M_KIB", "15"), ("ARGON2_P", "2")],
            [("ARGON2_M_KIB", "7"), ("ARGON2_P", "1")],
            [("ARGON2_M_KIB", "262145"), ("ARGON2_P", "1")],
            [("ARGON2_M_KIB", "47104"), ("ARGON2_P", "0")],
            [("ARGON2_M_KIB", "47104"), ("ARGON2_T", "0")],
            [("ARGON2_M_KIB", "47104"), ("HASH_QUEUE", "0")],
            [("ARGON2_M_KIB", "47104"), ("HASH_QUEUE", "10001")],
        ] {
            let (_, faults) = read(&pairs, hashing);
            assert_eq!(faults.len(), 1, "{pairs:?}");
        }
    }
}
