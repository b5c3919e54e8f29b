//! `/forgot-password`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::asked::Asked;
use super::form::Form;
use super::page::{refused, render};
use super::refusal::Refusal;
use super::view::{Field, FormView, Link, Section, View};
use super::words;
use crate::domain::email::LoginEmail;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::page::see_other;
use crate::http::visit::Visit;
use crate::service::{Client, recovery};

/// The form; or, once it was sent, that a mail may be on its way.
pub(super) async fn show(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, ApiError> {
    let view = match (web.app.mailer.is_on(), asked.text("done")) {
        (false, _) => off(),
        (true, Some("sent")) => sent(),
        (true, _) => view(""),
    };
    render(&web, &visit.headers, None, &view)
}

/// Mails the link, and tells the same whether there was anybody to mail it to.
pub(super) async fn submit(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    form: Form,
) -> Result<Response, ApiError> {
    let refusal = match address(&form) {
        Err(refusal) => refusal,
        Ok(email) => match recovery::request(&web.app, &email, None, &client).await {
            Ok(()) => return Ok(see_other("/forgot-password?done=sent")),
            Err(error) => Refusal::of(&web, error, &["email"]),
        },
    };
    refused(
        &web,
        &visit.headers,
        None,
        view(form.trimmed("email")),
        refusal,
    )
}

/// The address that was typed, by the rules of signing in.
pub(super) fn address(form: &Form) -> Result<LoginEmail, Refusal> {
    let raw = form.trimmed("email");
    if raw.is_empty() {
        return Err(Refusal::field("email", words::MISSING_EMAIL));
    }
    LoginEmail::parse(raw).map_err(|_| Refusal::field("email", words::BAD_EMAIL))
}

fn view(email: &str) -> View {
    let form = FormView {
        action: "/forgot-password".to_owned(),
        fields: vec![Field::email(email, "username")],
        button: words::SEND_LINK,
        ..FormView::default()
    };
    View {
        title: words::FORGOT,
        lead: Some(words::FORGOT_LEAD.to_owned()),
        sections: vec![Section::of(form)],
        links: vec![Link::new("", "/sign-in", words::TO_SIGN_IN)],
        ..View::default()
    }
}

fn sent() -> View {
    View {
        title: words::RESET_SENT_TITLE,
        lead: Some(words::RESET_SENT.to_owned()),
        links: vec![
            Link::new("", "/forgot-password", words::ANOTHER_MAIL),
            Link::new("", "/sign-in", words::TO_SIGN_IN),
        ],
        ..View::default()
    }
}

fn off() -> View {
    View {
        title: words::FORGOT,
        lead: Some(words::RESET_OFF.to_owned()),
        links: vec![Link::new("", "/sign-in", words::TO_SIGN_IN)],
        ..View::default()
    }
}
