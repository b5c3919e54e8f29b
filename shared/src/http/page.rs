//! Pages: HTML under a policy that lets nothing in but styles of this answer. The pages
//! that have forms fill their own template here and have a policy of their own.

use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use http::{HeaderValue, StatusCode};
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, HtmlEscape};
use serde::Serialize;

use super::api_error::ApiError;
use super::state::Web;
use crate::app::Random;
use crate::config::Platform;

/// A template and what fills it; every value in it is escaped.
#[derive(Serialize)]
struct Filled<'a, T> {
    nonce: &'a str,
    service: &'a str,
    #[serde(flatten)]
    with: T,
}

/// How the pages look that say one thing.
const NOTE: &str = include_str!("../../pages/note.css");

#[derive(Serialize)]
struct Styled<T> {
    style: &'static str,
    #[serde(flatten)]
    with: T,
}

/// Renders a page. The template gives the nonce to its `<style>`, and may fill it with
/// `style`.
pub(crate) fn render(
    web: &Web,
    template: &str,
    with: impl Serialize,
) -> Result<Response, ApiError> {
    let config = &web.app.config;
    let nonce = nonce(&*web.app.random)?;
    note(
        &config.service_name,
        config.platform,
        &nonce,
        template,
        with,
    )
}

/// The same, before there is an app.
pub(super) fn note(
    service: &str,
    platform: Platform,
    nonce: &str,
    template: &str,
    with: impl Serialize,
) -> Result<Response, ApiError> {
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {}",
        framed_by(platform)
    );
    let html = fill(service, template, nonce, Styled { style: NOTE, with })?;
    Ok(answer(html, &policy))
}

/// Who may show a page within one of theirs: the platform, if it shows Spaces so.
pub(crate) fn framed_by(platform: Platform) -> &'static str {
    match platform {
        Platform::Space => "https://huggingface.co",
        Platform::Plain | Platform::Vercel | Platform::Lambda => "'none'",
    }
}

/// What names the styles of one answer.
pub(crate) fn nonce(random: &dyn Random) -> Result<String, ApiError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes).map_err(|_| ApiError::internal())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Fills a template. Every value is escaped, for text and for quoted attributes.
pub(crate) fn fill(
    service: &str,
    template: &str,
    nonce: &str,
    with: impl Serialize,
) -> Result<String, ApiError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("marked", marked);
    environment.add_filter("lines", lines);
    environment
        .render_str(
            template,
            Serde(Filled {
                nonce,
                service,
                with,
            }),
        )
        .map_err(|error| {
            tracing::error!(event = "page_failed", %error);
            ApiError::internal()
        })
}

/// HTML under a policy.
pub(crate) fn answer(html: String, policy: &str) -> Response {
    let mut response = Html(html).into_response();
    if let Ok(policy) = HeaderValue::from_str(policy) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// On to another page, by `GET` (RFC 9110 §15.4.4): what was posted is not posted again
/// by going back or by reloading. The place is ASCII.
pub(crate) fn see_other(place: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

/// A text whose parts between backticks are code, as HTML; every part is escaped.
#[expect(
    clippy::needless_pass_by_value,
    reason = "what a filter of the template engine takes"
)]
fn marked(text: String) -> Value {
    let mark = |(at, part): (usize, &str)| match HtmlEscape(part) {
        code if at % 2 == 1 => format!("<code>{code}</code>"),
        plain => plain.to_string(),
    };
    let html: Vec<String> = text.split('`').enumerate().map(mark).collect();
    Value::from_safe_string(html.concat())
}

/// The lines of a text that are not empty.
#[expect(
    clippy::needless_pass_by_value,
    reason = "what a filter of the template engine takes"
)]
fn lines(text: String) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_none() {
        assert_eq!(lines("a\n\n`b`\n".to_owned()), ["a", "`b`"]);
    }

    #[test]
    fn code_is_marked_and_everything_escaped() {
        for (text, html) in [
            ("plain", "plain"),
            ("`a`", "<code>a</code>"),
            (
                "<b> `<i>` & `c`.",
                "&lt;b&gt; <code>&lt;i&gt;</code> &amp; <code>c</code>.",
            ),
            ("", ""),
        ] {
            assert_eq!(marked(text.to_owned()).to_string(), html, "{text}");
        }
    }
}
