//! The one type for points in time: milliseconds since 1970, UTC.
//!
//! Milliseconds, because that is what the wire protocol shows; bounded to the
//! years 1 to 9999, so that every value can be written as ISO 8601 and sorts as
//! text. A database's `infinity` becomes the last of them.

use std::fmt;
use std::time::Duration;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

const MIN_MS: i64 = -62_135_596_800_000;
const MAX_MS: i64 = 253_402_300_799_999;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The latest time that can be written.
    pub const MAX: Self = Self(MAX_MS);
    /// The earliest time that can be written.
    pub const MIN: Self = Self(MIN_MS);

    /// From milliseconds since 1970, clamped to the years 1 to 9999.
    pub const fn from_millis(ms: i64) -> Self {
        Self(if ms < MIN_MS {
            MIN_MS
        } else if ms > MAX_MS {
            MAX_MS
        } else {
            ms
        })
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This time plus `duration`, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(ms))
    }

    /// This time less `duration`, at least [`Timestamp::MIN`].
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_sub(ms))
    }

    /// How long after `earlier` this is; zero when it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// As SQLite text in the seed's format, `YYYY-MM-DD HH:MM:SS.ffffff`: sorts
    /// as text in the order of time.
    pub fn to_sql_text(self) -> String {
        self.write(' ', "000")
    }

    /// From SQLite text: `YYYY-MM-DD HH:MM:SS` with or without a fraction, `T`
    /// for the space and a closing `Z` taken too.
    pub fn from_sql_text(text: &str) -> Option<Self> {
        let (date, clock) = text.trim_end_matches('Z').split_once([' ', 'T'])?;
        let mut days = date.splitn(3, '-').map(str::parse::<u16>);
        let (year, month, day) = (days.next()?.ok()?, days.next()?.ok()?, days.next()?.ok()?);
        let (hms, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut parts = hms.splitn(3, ':').map(str::parse::<u8>);
        let (h, m, s) = (
            parts.next()?.ok()?,
            parts.next()?.ok()?,
            parts.next()?.ok()?,
        );
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
        let micros: u32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
        let clock = Time::from_hms_micro(h, m, s, micros).ok()?;
        let at = PrimitiveDateTime::new(date, clock).assume_utc();
        let ms = at.unix_timestamp_nanos().div_euclid(1_000_000);
        Some(Self::from_millis(i64::try_from(ms).ok()?))
    }

    fn write(self, between: char, micros: &str) -> String {
        let seconds = self.0.div_euclid(1000);
        // The bounds of the type keep this in range; 1970 can't be seen.
        let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        format!(
            "{:04}-{:02}-{:02}{between}{:02}:{:02}:{:02}.{:03}{micros}",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            self.0.rem_euclid(1000),
        )
    }
}

/// ISO 8601 in UTC with milliseconds, as the wire protocol has it:
/// `2026-11-24T15:01:53.472Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.write('T', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_the_wire_protocol_does() {
        let at = Timestamp::from_millis(1_795_532_513_472);
        assert_eq!(at.to_string(), "2026-11-24T15:01:53.472Z");
        assert_eq!(at.to_sql_text(), "2026-11-24 15:01:53.472000");
    }

    #[test]
    fn reads_back_what_it_wrote_and_what_the_seed_wrote() {
        for ms in [0, 1, 1_795_532_513_472, MIN_MS, MAX_MS, -1] {
            let at = Timestamp::from_millis(ms);
            assert_eq!(Timestamp::from_sql_text(&at.to_sql_text()), Some(at));
        }
        let whole = Timestamp::from_sql_text("2026-11-24 20:24:20").map(Timestamp::millis);
        assert_eq!(whole, Some(1_795_551_860_000));
        let micros = Timestamp::from_sql_text("2026-11-24 20:24:20.270591");
        assert_eq!(micros.map(Timestamp::millis), Some(1_795_551_860_270));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "now",
            "2026-13-01 00:00:00",
            "2026-01-01",
            "2026-01-01 25:00:00",
            "é é",
        ] {
            assert_eq!(Timestamp::from_sql_text(text), None, "{text}");
        }
    }

    #[test]
    fn is_clamped_to_what_can_be_written() {
        assert_eq!(Timestamp::from_millis(i64::MAX), Timestamp::MAX);
        assert_eq!(
            Timestamp::MAX.plus(Duration::from_secs(1)).to_string(),
            "9999-12-31T23:59:59.999Z"
        );
        assert_eq!(Timestamp::MIN.minus(Duration::MAX), Timestamp::MIN);
        assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::MIN.since(Timestamp::MAX), Duration::ZERO);
    }
}
