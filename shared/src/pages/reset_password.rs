//! `/reset-password`: where a mailed link leads. Looking at it uses nothing up; the form
//! does, once.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use url::form_urlencoded;

use super::asked::Asked;
use super::form::Form;
use super::page::{refused, render};
use super::refusal::Refusal;
use super::view::{Field, FormView, Link, Section, View};
use super::words;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::page::see_other;
use crate::http::visit::Visit;
use crate::service::{AuthError, recovery};

/// The form, for a link that works.
pub(super) async fn show(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, ApiError> {
    let token = asked.text("token").unwrap_or_default();
    match recovery::mailed_to(&web.app, token).await? {
        Some(email) => render(&web, &visit.headers, None, &view(&web, token, &email)),
        None => dead(&web, &visit),
    }
}

/// Sets the password. Nobody is signed in by it: on to the sign-in.
pub(super) async fn submit(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
    form: Form,
) -> Result<Response, ApiError> {
    let token = asked.text("token").unwrap_or_default();
    let password = form.text("newPassword");
    let refusal = if password.is_empty() {
        Refusal::field("newPassword", words::MISSING_NEW_PASSWORD)
    } else {
        match recovery::reset(&web.app, token, password).await {
            Ok(()) => return Ok(see_other("/sign-in?done=reset")),
            Err(AuthError::InvalidToken) => return dead(&web, &visit),
            Err(error) => Refusal::of(&web, error, &["newPassword"]),
        }
    };
    match recovery::mailed_to(&web.app, token).await? {
        Some(email) => {
            let view = view(&web, token, &email);
            refused(&web, &visit.headers, None, view, refusal)
        }
        None => dead(&web, &visit),
    }
}

fn view(web: &Web, token: &str, email: &str) -> View {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.append_pair("token", token).finish();
    let password = Field {
        hint: Some(words::password_hint(web.app.config.password_min)),
        ..Field::password("newPassword", words::NEW_PASSWORD, "new-password")
    };
    let form = FormView {
        action: format!("/reset-password?{query}"),
        fields: vec![Field::unseen_username(email), password],
        button: words::SET_PASSWORD,
        ..FormView::default()
    };
    View {
        title: words::FORGOT,
        lead: Some(words::SET_PASSWORD_LEAD.to_owned()),
        sections: vec![Section::of(form)],
        ..View::default()
    }
}

fn dead(web: &Web, visit: &Visit) -> Result<Response, ApiError> {
    let view = View {
        title: words::DEAD_LINK,
        lead: Some(words::DEAD_LINK_LEAD.to_owned()),
        links: vec![
            Link::new("", "/forgot-password", words::ANOTHER_MAIL),
            Link::new("", "/sign-in", words::TO_SIGN_IN),
        ],
        ..View::default()
    };
    let mut response = render(web, &visit.headers, None, &view)?;
    *response.status_mut() = StatusCode::BAD_REQUEST;
    Ok(response)
}
