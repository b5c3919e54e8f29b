//! A point in time for people. Without scripts nobody knows where they are: UTC.

use crate::domain::timestamp::Timestamp;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "27 November 2026, 15:30 UTC"
pub(super) fn written(at: Timestamp) -> String {
    let iso = at.to_string();
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default();
    let number = |text: &str| text.parse::<usize>().unwrap_or_default();
    let month = MONTHS.get(number(part(5, 7)).wrapping_sub(1));
    let month = month.copied().unwrap_or_default();
    let (day, year, clock) = (number(part(8, 10)), part(0, 4), part(11, 16));
    format!("{day} {month} {year}, {clock} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_people_do() {
        let at = Timestamp::from_millis(1_795_532_513_472);
        assert_eq!(written(at), "24 November 2026, 15:01 UTC");
        assert_eq!(
            written(Timestamp::from_millis(0)),
            "1 January 1970, 00:00 UTC"
        );
    }
}
