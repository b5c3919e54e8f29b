//! From what a page shows to an answer: HTML under a policy that lets in the styles of
//! this answer, the operator's picture, and nothing else.

use axum::response::Response;
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde::Serialize;

use super::csrf;
use super::next::Next;
use super::refusal::Refusal;
use super::view::View;
use crate::config::Logo;
use crate::domain::origin::Origin;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::page::{answer, fill, framed_by, nonce};

const TEMPLATE: &str = include_str!("../../pages/page.html");
const STYLE: &str = include_str!("../../pages/page.css");

#[derive(Serialize)]
struct Filled<'a> {
    style: &'static str,
    csrf: &'a str,
    logo: Option<&'a str>,
    page: &'a View,
}

/// A page for the browser that sent `headers`, which may lead on to `next`.
pub(super) fn render(
    web: &Web,
    headers: &HeaderMap,
    next: Option<&Next>,
    view: &View,
) -> Result<Response, ApiError> {
    let given = csrf::give(web, headers)?;
    let config = &web.app.config;
    let nonce = nonce(&*web.app.random)?;
    let logo = config.pages.logo.as_ref();
    let with = Filled {
        style: STYLE,
        csrf: &given.token,
        logo: logo.map(|logo| logo.url.as_str()),
        page: view,
    };
    let html = fill(&config.service_name, TEMPLATE, &nonce, with)?;
    let next = next.and_then(Next::origin);
    let policy = policy(&nonce, logo, next.as_ref(), framed_by(config.platform));
    let mut response = answer(html, &policy);
    let cookie = given.cookie.map(|cookie| (SET_COOKIE, cookie));
    response.headers_mut().extend(cookie);
    Ok(response)
}

/// The same page once more, telling why what was posted was not done.
pub(super) fn refused(
    web: &Web,
    headers: &HeaderMap,
    next: Option<&Next>,
    view: View,
    refusal: Refusal,
) -> Result<Response, ApiError> {
    let view = view.telling(&refusal);
    let mut response = render(web, headers, next, &view)?;
    *response.status_mut() = refusal.status;
    response.headers_mut().extend(refusal.headers);
    Ok(response)
}

/// `form-action` names where the answer to a form leads, too: some browsers ask it of
/// redirects.
fn policy(nonce: &str, logo: Option<&Logo>, next: Option<&Origin>, framed_by: &str) -> String {
    let images = match logo {
        None => "'none'".to_owned(),
        Some(Logo { origin: None, .. }) => "'self'".to_owned(),
        Some(Logo {
            origin: Some(origin),
            ..
        }) => origin.to_string(),
    };
    let next = next.map_or_else(String::new, |origin| format!(" {origin}"));
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; img-src {images}; \
         form-action 'self'{next}; base-uri 'none'; frame-ancestors {framed_by}"
    )
}
