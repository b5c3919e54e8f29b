//! `GET error`: where a link that failed ends when it names no page of its own.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;

use crate::http::api_error::ApiError;
use crate::http::state::Web;
use crate::service::AuthError;

/// Most characters of a code.
const CODE_MAX: usize = 64;

/// A page that says what went wrong, by `?error=CODE`. Nothing else of the request
/// is in it (CVE-2025-71404), and it leads nowhere.
pub(in crate::http) async fn error(
    State(web): State<Arc<Web>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let code = code(query.as_deref().unwrap_or_default());
    let nonce = STANDARD.encode(web.app.random::<16>().map_err(AuthError::from)?);
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy)
        .map_err(|_| AuthError::Internal("a nonce does not fit a header"))?;
    let mut response = Html(page(&nonce, &code)).into_response();
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
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

fn page(nonce: &str, code: &str) -> String {
    let advice = match code {
        "INVALID_TOKEN" | "TOKEN_EXPIRED" => {
            "This link does not work any more. It may have expired, or have been used \
             before. Ask for a new one."
        }
        _ => "Close this page, go back to where you came from, and try again.",
    };
    format!(
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Something went wrong</title>
<style nonce=\"{nonce}\">
:root {{ color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }}
body {{ display: grid; place-content: center; min-height: 100vh; margin: 0; }}
main {{ max-width: 32rem; padding: 1.5rem; }}
</style>
</head>
<body>
<main>
<h1>Something went wrong</h1>
<p>{advice}</p>
<p>Error code: <code>{code}</code></p>
</main>
</body>
</html>
"
    )
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
