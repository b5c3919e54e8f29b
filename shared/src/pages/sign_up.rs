//! `/sign-up`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::asked::Asked;
use super::form::Form;
use super::further;
use super::next::Next;
use super::page::{refused, render};
use super::refusal::Refusal;
use super::view::{Field, FormView, Link, Section, Told, View};
use super::words;
use crate::domain::email::Email;
use crate::domain::sign_ups::SignUps;
use crate::http::api_error::ApiError;
use crate::http::page::see_other;
use crate::http::signed_in::SignedInUser;
use crate::http::signup::NAME_MAX;
use crate::http::visit::Visit;
use crate::http::{Web, session_answer};
use crate::service::Client;
use crate::service::sign_up::{SignUp, SignedUp, sign_up};

/// What of a refusal belongs to which field.
const FIELDS: &[&str] = &["name", "email", "newPassword"];

/// The form; whoever is signed in goes on.
pub(super) async fn show(
    State(web): State<Arc<Web>>,
    visit: Visit,
    asked: Asked,
) -> Result<Response, ApiError> {
    let next = Next::of(&web, &asked);
    if SignedInUser::find_if_any(&web, &visit).await?.is_some() {
        return Ok(see_other(next.place()));
    }
    render(&web, &visit.headers, Some(&next), &view(&web, &next, None))
}

/// Makes the account, and goes on: signed in, or to where the mail is told of.
pub(super) async fn submit(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    asked: Asked,
    form: Form,
) -> Result<Response, ApiError> {
    let next = Next::of(&web, &asked);
    let refusal = match parse(&web, &form) {
        Err(refusal) => refusal,
        Ok(request) => match sign_up(&web.app, request, &client).await {
            Ok(SignedUp::In(done)) => {
                let mut response = see_other(next.place());
                session_answer::begin(&web, &visit.headers, &done, response.headers_mut());
                return Ok(response);
            }
            Ok(SignedUp::Unverified(_)) => {
                return Ok(see_other("/verify-email?done=signed-up"));
            }
            Err(error) => Refusal::of(&web, error, FIELDS),
        },
    };
    let view = view(&web, &next, Some(&form));
    refused(&web, &visit.headers, Some(&next), view, refusal)
}

/// All that is wrong is told at once.
fn parse(web: &Web, form: &Form) -> Result<SignUp, Refusal> {
    let (name, raw_email) = (form.trimmed("name"), form.trimmed("email"));
    let password = form.text("newPassword");
    let mut told = Vec::new();
    let mut tell = |id: &str, text: words::Words| {
        told.push(Told {
            id: Some(id.to_owned()),
            text: text.to_owned(),
        });
    };
    if !is_name(name) {
        tell("name", words::BAD_NAME);
    }
    let email = Email::parse(raw_email);
    match (raw_email.is_empty(), &email) {
        (true, _) => tell("email", words::MISSING_EMAIL),
        (false, Err(_)) => tell("email", words::BAD_EMAIL),
        (false, Ok(_)) => {}
    }
    if password.is_empty() {
        tell("newPassword", words::MISSING_NEW_PASSWORD);
    }
    let further = further::read(&web.app.config.user_fields, form);
    match (email, further) {
        (Ok(email), Ok(further)) if told.is_empty() => Ok(SignUp {
            email,
            name: name.to_owned(),
            image: None,
            password: password.to_owned(),
            remember: true,
            callback: None,
            further,
        }),
        (_, further) => {
            told.extend(further.err().unwrap_or_default());
            Err(Refusal::unfit(told))
        }
    }
}

/// Whether a text can be somebody's name here, as in the protocol.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().nth(NAME_MAX).is_none() && !text.contains('\0')
}

fn view(web: &Web, next: &Next, form: Option<&Form>) -> View {
    let sign_in = Link::new(words::HAS_ACCOUNT, next.through("/sign-in"), words::SIGN_IN);
    let is_closed = web.app.config.sign_ups == SignUps::Closed;
    View {
        title: words::SIGN_UP,
        lead: is_closed.then(|| words::CLOSED.to_owned()),
        sections: if is_closed {
            Vec::new()
        } else {
            vec![Section::of(form_view(web, next, form))]
        },
        links: vec![sign_in],
        ..View::default()
    }
}

fn form_view(web: &Web, next: &Next, form: Option<&Form>) -> FormView {
    let typed = |name: &str| form.map(|form| form.trimmed(name)).unwrap_or_default();
    let name = Field {
        required: false,
        value: typed("name").to_owned(),
        autocomplete: "name",
        hint: Some(words::NAME_HINT.to_owned()),
        ..Field::required("name", words::NAME, "text")
    };
    let password = Field {
        hint: Some(words::password_hint(web.app.config.password_min)),
        ..Field::password("newPassword", words::PASSWORD, "new-password")
    };
    let mut fields = vec![name, Field::email(typed("email"), "username"), password];
    fields.extend(further::fields(&web.app.config.user_fields, form));
    FormView {
        action: next.through("/sign-up"),
        fields,
        button: words::SIGN_UP,
        ..FormView::default()
    }
}
