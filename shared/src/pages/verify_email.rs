//! `/verify-email`: where the link that confirms an address leads, and where another one
//! is asked for.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::asked::Asked;
use super::forgot_password::address;
use super::form::Form;
use super::next::home;
use super::page::{refused, render};
use super::refusal::Refusal;
use super::view::{Field, FormView, Link, Section, View};
use super::words;
use crate::http::Web;
use crate::http::api_error::ApiError;
use crate::http::page::see_other;
use crate::http::visit::Visit;
use crate::service::{Client, verification};

/// What became of a link, told by the address that it led to; else the form.
pub(super) async fn show(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, ApiError> {
    let view = match (asked.text("error"), asked.text("done")) {
        (Some(code), _) => dead(&web, code),
        (None, Some("verified")) => verified(&web),
        (None, Some("signed-up")) => mailed(words::SIGNED_UP_LEAD),
        (None, Some("sent")) => mailed(words::VERIFY_SENT),
        (None, _) => form(&web, ""),
    };
    render(&web, &visit.headers, None, &view)
}

/// Mails the link, and tells the same whether there was anybody to mail it to.
pub(super) async fn submit(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    posted: Form,
) -> Result<Response, ApiError> {
    let refusal = match address(&posted) {
        Err(refusal) => refusal,
        Ok(email) => match verification::send(&web.app, &email, None, None, &client).await {
            Ok(()) => return Ok(see_other("/verify-email?done=sent")),
            Err(error) => Refusal::of(&web, error, &["email"]),
        },
    };
    let view = form(&web, posted.trimmed("email"));
    refused(&web, &visit.headers, None, view, refusal)
}

fn form(web: &Web, email: &str) -> View {
    let is_on = web.app.mailer.is_on();
    let form = FormView {
        action: "/verify-email".to_owned(),
        fields: vec![Field::email(email, "username")],
        button: words::SEND_LINK,
        ..FormView::default()
    };
    let sections = is_on.then(|| Section::of(form));
    View {
        title: words::VERIFY,
        lead: Some(
            if is_on {
                words::VERIFY_LEAD
            } else {
                words::VERIFY_OFF
            }
            .to_owned(),
        ),
        sections: sections.into_iter().collect(),
        links: vec![Link::new("", "/sign-in", words::TO_SIGN_IN)],
        ..View::default()
    }
}

/// The code chooses among texts of ours; nothing of the address is shown.
fn dead(web: &Web, code: &str) -> View {
    View {
        title: words::DEAD_LINK,
        lead: Some(words::told(code, web.app.config.password_min, None)),
        ..form(web, "")
    }
}

fn verified(web: &Web) -> View {
    View {
        title: words::VERIFIED,
        lead: Some(words::VERIFIED_LEAD.to_owned()),
        links: vec![Link::new("", home(web), words::GO_ON)],
        ..View::default()
    }
}

fn mailed(lead: words::Words) -> View {
    View {
        title: words::RESET_SENT_TITLE,
        lead: Some(lead.to_owned()),
        links: vec![
            Link::new("", "/verify-email", words::ANOTHER_MAIL),
            Link::new("", "/sign-in", words::TO_SIGN_IN),
        ],
        ..View::default()
    }
}
