//! What a server that cannot start says in its place, where a platform shows its page and
//! not its log: which settings are missing or wrong. Values are never shown, and there is
//! no account yet to be told about.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::Serialize;

use super::api_error::ApiError;
use super::around::secure;
use super::navigation::is_navigation;
use super::{headers, page};
use crate::app::SystemRandom;
use crate::config::{Fault, Faults, Platform};

const PAGE: &str = include_str!("../../pages/setup.html");
/// It is a start away from being different.
const WAIT: u64 = 30;

struct Setup {
    platform: Platform,
    faults: Faults,
}

#[derive(Serialize)]
struct Shown<'a> {
    settings: Vec<Setting<'a>>,
    is_space: bool,
}

#[derive(Serialize)]
struct Setting<'a> {
    name: &'a str,
    wrong: &'a str,
    example: &'a str,
}

impl<'a> Setting<'a> {
    fn of(fault: &'a Fault) -> Self {
        Self {
            name: fault.name,
            wrong: &fault.wrong,
            example: fault.example,
        }
    }
}

/// A router that answers everything, health included, with 503 `SETUP_NEEDED`: a page to
/// people, JSON to programs.
pub fn setup(platform: Platform, faults: Faults) -> Router {
    let setup = Arc::new(Setup { platform, faults });
    Router::new().fallback(answer).with_state(setup)
}

async fn answer(State(setup): State<Arc<Setup>>, request: Request) -> Response {
    let plain = || {
        let text = "A setting is missing or wrong. The service's page and its log name it.";
        ApiError::unavailable("SETUP_NEEDED", text, WAIT).into_response()
    };
    let mut response = if is_navigation(request.method(), request.headers()) {
        setup.page().unwrap_or_else(|_| plain())
    } else {
        plain()
    };
    let is_https = setup.platform == Platform::Space;
    secure(&headers::all(is_https, false), response.headers_mut());
    response
}

impl Setup {
    fn page(&self) -> Result<Response, ApiError> {
        let shown = Shown {
            settings: self.faults.0.iter().map(Setting::of).collect(),
            is_space: self.platform == Platform::Space,
        };
        let nonce = page::nonce(&SystemRandom)?;
        let mut response = page::note("Doorkey", self.platform, &nonce, PAGE, shown)?;
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.headers_mut().insert(RETRY_AFTER, WAIT.into());
        Ok(response)
    }
}
