//! How often one user may ask the upstream.

use std::time::Duration;

/// The most requests of one window: their times are kept.
const MOST: u32 = 10_000;

/// So many requests within any stretch of time of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub requests: u32,
    /// Length of the window.
    pub window: Duration,
}

impl Rate {
    /// `10/min`, `5/s`, `1000/h`, or a number a minute; `off` is none.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, String> {
        if text.eq_ignore_ascii_case("off") {
            return Ok(None);
        }
        let (number, unit) = text.split_once('/').unwrap_or((text, "min"));
        let window = match unit.trim() {
            "s" => Some(Duration::from_secs(1)),
            "min" => Some(Duration::from_mins(1)),
            "h" => Some(Duration::from_hours(1)),
            _ => None,
        };
        let requests = number.trim().parse().ok();
        match (requests, window) {
            (Some(requests), Some(window)) if (1..=MOST).contains(&requests) => {
                Ok(Some(Self { requests, window }))
            }
            _ => Err(format!(
                "must be off, or a number from 1 to {MOST} and /s, /min or /h, such as 10/min"
            )),
        }
    }
}
