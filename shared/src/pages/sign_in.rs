//! `/sign-in`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::asked::Asked;
use super::form::Form;
use super::next::Next;
use super::page::{refused, render};
use super::refusal::Refusal;
use super::view::{Field, FormView, Link, Section, View};
use super::words;
use crate::domain::email::LoginEmail;
use crate::domain::password::LoginPassword;
use crate::domain::sign_ups::SignUps;
use crate::http::api_error::ApiError;
use crate::http::page::see_other;
use crate::http::signed_in::SignedInUser;
use crate::http::visit::Visit;
use crate::http::{Web, session_answer};
use crate::service::Client;
use crate::service::sign_in::{SignIn, sign_in};

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
    let view = View {
        notice: asked.text("done").and_then(words::done),
        ..view(&web, &next, "", true)
    };
    render(&web, &visit.headers, Some(&next), &view)
}

/// Signs in, and goes on.
pub(super) async fn submit(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    asked: Asked,
    form: Form,
) -> Result<Response, ApiError> {
    let next = Next::of(&web, &asked);
    let (email, remember) = (form.trimmed("email"), form.is_on("rememberMe"));
    let refusal = match parse(&form, remember) {
        Err(refusal) => refusal,
        Ok(request) => match sign_in(&web.app, request, &client).await {
            Ok(done) => {
                let mut response = see_other(next.place());
                session_answer::begin(&web, &visit.headers, &done, response.headers_mut());
                return Ok(response);
            }
            Err(error) => Refusal::of(&web, error, &["email", "password"]),
        },
    };
    let view = view(&web, &next, email, remember);
    refused(&web, &visit.headers, Some(&next), view, refusal)
}

fn parse(form: &Form, remember: bool) -> Result<SignIn, Refusal> {
    let (email, password) = (form.trimmed("email"), form.text("password"));
    if email.is_empty() {
        return Err(Refusal::field("email", words::MISSING_EMAIL));
    }
    let email = LoginEmail::parse(email);
    let email = email.map_err(|_| Refusal::field("email", words::BAD_EMAIL))?;
    if password.is_empty() {
        return Err(Refusal::field("password", words::MISSING_PASSWORD));
    }
    Ok(SignIn {
        email,
        password: LoginPassword::parse(password),
        remember,
    })
}

fn view(web: &Web, next: &Next, email: &str, remember: bool) -> View {
    let stay = Field {
        ticked: remember,
        required: false,
        ..Field::required("rememberMe", words::REMEMBER, "checkbox")
    };
    let form = FormView {
        action: next.through("/sign-in"),
        fields: vec![
            Field::email(email, "username"),
            Field::password("password", words::PASSWORD, "current-password"),
            stay,
        ],
        button: words::SIGN_IN,
        ..FormView::default()
    };
    let mut links = Vec::new();
    if web.app.config.sign_ups != SignUps::Closed {
        links.push(Link::new(
            words::NO_ACCOUNT,
            next.through("/sign-up"),
            words::SIGN_UP,
        ));
    }
    if web.app.mailer.is_on() {
        links.insert(0, Link::new("", "/forgot-password", words::FORGOTTEN));
    }
    if web.app.config.verification.required {
        links.push(Link::new("", "/verify-email", words::VERIFY));
    }
    View {
        title: words::SIGN_IN,
        sections: vec![Section::of(form)],
        links,
        ..View::default()
    }
}
