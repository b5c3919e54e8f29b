//! What is answered in the upstream's place: JSON with a code to programs, a small page
//! to people.

use axum::response::{IntoResponse as _, Response};
use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::own_paths::{RETURN, SIGN_IN};
use crate::http::page::{self, see_other};

const PAGE: &str = include_str!("../../pages/guard.html");

/// The longest target that is come back to; a longer one is the front page's.
const LONGEST_TARGET: usize = 1024;

/// A request that is not passed on, or was in vain.
pub(super) struct Refusal {
    error: ApiError,
    /// Fields for whichever answer it is.
    headers: Box<HeaderMap>,
    is_for_people: bool,
    /// Where the page leads whoever opens it by itself.
    leads_to: String,
}

/// How the upstream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nobody listens there, or not in time.
    Unreachable,
    /// It is being started.
    Starting,
    /// It said nothing for too long.
    Silent,
    /// What it said is no answer.
    Invalid,
}

#[derive(Serialize)]
struct Shown<'a> {
    code: &'a str,
    leads_to: &'a str,
}

impl Refusal {
    pub(super) fn of(error: ApiError) -> Self {
        Self {
            error,
            headers: Box::default(),
            is_for_people: false,
            leads_to: "/".to_owned(),
        }
    }

    /// With a page for people in place of the JSON.
    pub(super) fn with_page(mut self) -> Self {
        self.is_for_people = true;
        self
    }

    /// With a page that leads to this path of ours.
    pub(super) fn leading_to(mut self, path: String) -> Self {
        self.leads_to = path;
        self.with_page()
    }

    /// With these cookies.
    pub(super) fn with(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    /// And the connection ends: where the next request begins is in doubt.
    pub(super) fn closing(mut self) -> Self {
        self.headers
            .insert(CONNECTION, HeaderValue::from_static("close"));
        self
    }

    /// The answer.
    pub(super) fn answer(self, web: &Web, is_navigation: bool) -> Response {
        let code = self.error.code();
        let plain = self.error.into_response();
        let mut response = if self.is_for_people && is_navigation {
            as_page(web, code, &self.leads_to, plain)
        } else {
            plain
        };
        response.headers_mut().extend(*self.headers);
        response
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::of(error)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let error = |status, code, text: &'static str| ApiError::new(status, code, text);
        let error = match fault {
            Fault::Unreachable => error(
                StatusCode::BAD_GATEWAY,
                "UPSTREAM_UNREACHABLE",
                "The application cannot be reached.",
            ),
            Fault::Starting => ApiError::unavailable(
                "UPSTREAM_STARTING",
                "The application is starting. Please try again.",
                3,
            ),
            Fault::Silent => error(
                StatusCode::GATEWAY_TIMEOUT,
                "UPSTREAM_TIMEOUT",
                "The application took too long.",
            ),
            Fault::Invalid => error(
                StatusCode::BAD_GATEWAY,
                "UPSTREAM_INVALID_ANSWER",
                "The application gave no valid answer.",
            ),
        };
        if fault != Fault::Starting {
            tracing::warn!(event = "upstream_failed", code = error.code());
        }
        Self::of(error).with_page()
    }
}

fn as_page(web: &Web, code: &str, leads_to: &str, plain: Response) -> Response {
    let status = plain.status();
    let shown = Shown { code, leads_to };
    let Ok(mut page) = page::render(web, PAGE, shown) else {
        return plain;
    };
    *page.status_mut() = status;
    if let Some(wait) = plain.headers().get(RETRY_AFTER) {
        page.headers_mut().insert(RETRY_AFTER, wait.clone());
    }
    page
}

/// To the sign-in page, and from there back to `target`. By a path of ours: whoever
/// comes to it a second time without a session is told why, instead of being sent round
/// and round.
pub(super) fn to_sign_in(target: &str, cookies: HeaderMap) -> Response {
    let target = if target.len() <= LONGEST_TARGET {
        target
    } else {
        "/"
    };
    let back = format!("{RETURN}?to={}", encode(target));
    let location = format!("{SIGN_IN}?callbackURL={}", encode(&back));
    let mut response = see_other(&location);
    response.headers_mut().extend(cookies);
    response
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
