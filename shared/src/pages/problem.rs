//! A page for what went wrong before, or instead of, a page: a form that is not ours, a
//! browser without cookies, a database that is away.

use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Uri};

use super::view::{Link, View};
use super::{page, refusal, words};
use crate::config::Platform;
use crate::http::Web;
use crate::http::api_error::ApiError;

/// The page that takes the place of a refusal in the protocol's form. Its status stays,
/// and what it says beside its body.
pub(super) fn page(
    web: &Web,
    headers: &HeaderMap,
    uri: &Uri,
    code: &str,
    answer: Response,
) -> Result<Response, ApiError> {
    let (parts, _) = answer.into_parts();
    let mut told = parts.headers;
    for replaced in [CONTENT_TYPE, CONTENT_LENGTH] {
        told.remove(replaced);
    }
    let wait = told.get(RETRY_AFTER).cloned();
    let wait = wait.and_then(|wait| refusal::wait(&[(RETRY_AFTER, wait)]));
    let view = View {
        title: title(code),
        lead: Some(words::told(code, web.app.config.password_min, wait)),
        links: links(web, uri, code),
        ..View::default()
    };
    let mut response = page::render(web, headers, None, &view)?;
    *response.status_mut() = parts.status;
    for (name, value) in &told {
        response.headers_mut().append(name, value.clone());
    }
    Ok(response)
}

fn title(code: &str) -> words::Words {
    match code {
        "COOKIES_BLOCKED" => words::COOKIES,
        _ => words::REFUSED,
    }
}

/// Back to the same page, at the address that users are to have. Where the page is shown
/// within another, whose browser keeps it no cookies, out of that one, too.
fn links(web: &Web, uri: &Uri, code: &str) -> Vec<Link> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let whole = format!("{}{path}", web.app.config.public_url);
    let again = Link::new("", whole.clone(), words::TRY_AGAIN);
    let is_framed = web.app.config.platform == Platform::Space;
    if code == "COOKIES_BLOCKED" && is_framed {
        let apart = Link {
            apart: true,
            ..Link::new("", whole, words::OPEN_APART)
        };
        return vec![apart, again];
    }
    vec![again]
}
