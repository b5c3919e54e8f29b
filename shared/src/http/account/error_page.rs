//! `GET error`: where a link that failed ends when it names no page of its own.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;

use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, Doc, Field, Type};
use crate::http::page;
use crate::http::state::Web;

pub(in crate::http) const ERROR: Doc = Doc {
    summary: "Where a link that failed ends when it names no page of its own.",
    parameters: &[Field::optional(
        "error",
        Type::Text,
        "What went wrong, as a code.",
    )],
    answers: &[Answer::page("A page that says so.")],
    ..Doc::EMPTY
};

/// Most characters of a code.
const CODE_MAX: usize = 64;

const PAGE: &str = include_str!("../../../pages/error.html");

/// What the page shows.
#[derive(Serialize)]
struct Shown {
    code: String,
}

/// A page that says what went wrong, by `?error=CODE`. Nothing else of the request
/// is in it (CVE-2025-71404), and it leads nowhere.
pub(in crate::http) async fn error(
    State(web): State<Arc<Web>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let code = code(query.as_deref().unwrap_or_default());
    page::render(&web, PAGE, Shown { code })
}

/// The query's code, if it can be shown as it is; else `UNKNOWN`.
fn code(query: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == "error")
        .map(|(_, value)| value.into_owned())
        .filter(|value| is_word(value))
        .unwrap_or_else(|| "UNKNOWN".to_owned())
}

/// Whether a text is made of letters, `_` and `-` alone, and short: what may be
/// said back without a thought about what it does where it is read.
pub(super) fn is_word(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-');
    (1..=CODE_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_d7_only_a_short_plain_code_is_said_back() {
        for good in ["INVALID_TOKEN", "state_mismatch", "a-b", &"x".repeat(64)] {
            assert_eq!(code(&format!("a=1&error={good}")), good);
        }
        for bad in [
            "",
            "error=",
            "error",
            "error=a%20b",
            "error=%3Cscript%3E",
            "error=a%00",
            "error=%22",
            "error=caf%C3%A9",
            "error=a.b",
            "error=1",
            "error=%ff",
            "error=%3C&error=FINE",
            "error_description=FINE",
            &format!("error={}", "x".repeat(65)),
        ] {
            assert_eq!(code(bad), "UNKNOWN", "{bad}");
        }
    }
}
