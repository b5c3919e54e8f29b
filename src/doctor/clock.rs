//! The deployment's clock against ours: tokens are refused by others when it is
//! wrong, and sessions end early or late.

use std::time::{Duration, UNIX_EPOCH};

use doorkey::domain::timestamp::Timestamp;

use super::client::Answer;
use super::report::{Finding, Words};

pub(super) const NAME: &str = "clock";
/// What networks and whole seconds explain.
const FINE: Duration = Duration::from_secs(5);
/// From here on a verifier of tokens with the usual leeway refuses them.
const WRONG: Duration = Duration::from_mins(1);

pub(super) fn check(answer: &Answer) -> Finding {
    let Some(theirs) = answer.header("date").and_then(parse) else {
        return Finding::skipped(NAME, "the answer has no Date");
    };
    let apart = apart(theirs, answer.sent, answer.received);
    if apart <= FINE {
        return Finding::ok(NAME, "in step with this machine's");
    }
    let words = Words::new(
        format!("{} seconds from this machine's", apart.as_secs()),
        "One of the two is wrong; a wrong server ends sessions and links early or late, and others refuse its tokens.",
        "Compare both with a third, and let the wrong one set its clock by NTP.",
    );
    if apart < WRONG {
        Finding::warning(NAME, words)
    } else {
        Finding::failed(NAME, words)
    }
}

fn parse(date: &str) -> Option<Timestamp> {
    let since = httpdate::parse_http_date(date).ok()?;
    let since = since.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis())
        .ok()
        .map(Timestamp::from_millis)
}

/// How far a clock must be off that read `theirs`, a whole second, some time
/// between the two of ours.
fn apart(theirs: Timestamp, sent: Timestamp, received: Timestamp) -> Duration {
    let latest = theirs.plus(Duration::from_secs(1));
    sent.since(latest).max(theirs.since(received))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_answer_does_not_make_a_clock_wrong() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        for (theirs, sent, received, expected) in [
            (100, 100, 100, 0),
            (100, 90, 130, 0),
            (100, 101, 102, 0),
            (100, 111, 112, 10),
            (100, 80, 90, 10),
        ] {
            let found = apart(at(theirs), at(sent), at(received));
            assert_eq!(found.as_secs(), expected);
        }
        let parsed = parse("Fri, 27 Nov 2026 15:00:00 GMT").unwrap();
        assert_eq!(parsed.to_string(), "2026-11-27T15:00:00.000Z");
        assert_eq!(parse("yesterday"), None);
    }
}
