//! Pages: HTML under a policy that lets nothing in but styles of this answer.

use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use super::api_error::ApiError;
use super::state::Web;

/// A template and what fills it; every value in it is escaped.
#[derive(Serialize)]
struct Filled<'a, T> {
    nonce: &'a str,
    #[serde(flatten)]
    with: T,
}

/// Renders a page. The template gives the nonce to its `<style>`.
pub(super) fn render(
    web: &Web,
    template: &str,
    with: impl Serialize,
) -> Result<Response, ApiError> {
    let nonce = URL_SAFE_NO_PAD.encode(web.app.random::<16>().map_err(|_| ApiError::internal())?);
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let html = environment
        .render_str(
            template,
            Serde(Filled {
                nonce: &nonce,
                with,
            }),
        )
        .map_err(|error| {
            tracing::error!(event = "page_failed", %error);
            ApiError::internal()
        })?;
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = Html(html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}
