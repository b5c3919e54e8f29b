//! Why what was posted was not done, in words for whoever posted it.

use http::{HeaderName, HeaderValue, StatusCode};

use super::view::Told;
use super::words;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::service::AuthError;

/// A refusal, as the page tells it.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) told: Vec<Told>,
}

impl Refusal {
    /// What the protocol would have answered, told beside the one of these fields that
    /// it belongs to.
    pub(super) fn of(web: &Web, error: impl Into<ApiError>, ids: &[&str]) -> Self {
        let error: ApiError = error.into();
        let candidates = words::fields_of(error.code());
        let id = candidates.iter().find(|id| ids.contains(id));
        let id = id.map(|id| (*id).to_owned());
        let text = words::told(
            error.code(),
            web.app.config.password_min,
            wait(error.headers()),
        );
        Self {
            status: error.status(),
            headers: error.headers().to_vec(),
            told: vec![Told { id, text }],
        }
    }

    /// A form that is not filled in right: what is wrong with which field.
    pub(super) fn unfit(told: Vec<Told>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            headers: Vec::new(),
            told,
        }
    }

    /// The same for one field.
    pub(super) fn field(id: &str, text: impl Into<String>) -> Self {
        Self::unfit(vec![Told {
            id: Some(id.to_owned()),
            text: text.into(),
        }])
    }

    /// Whether the session ended meanwhile.
    pub(super) fn is_signed_out(error: &AuthError) -> bool {
        matches!(error, AuthError::UserGone)
    }
}

/// How many seconds an answer says to wait.
pub(super) fn wait(headers: &[(HeaderName, HeaderValue)]) -> Option<u64> {
    let (_, value) = headers
        .iter()
        .find(|(name, _)| name == http::header::RETRY_AFTER)?;
    value.to_str().ok()?.parse().ok()
}
