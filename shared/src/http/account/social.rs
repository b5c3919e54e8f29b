//! `POST sign-in/social`, `POST link-social`: there is no provider, and so none is
//! found. What is wrong with a request is told first.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, CALLBACK, Doc, Field, Need, Shape, Type};
use crate::http::fields::Fields;
use crate::http::signed_in::SignedInUser;
use crate::http::state::Web;
use crate::http::visit::Visit;

pub(in crate::http) const SIGN_IN: Doc = Doc {
    summary: "Sign in with a provider: there is none.",
    body: FIELDS,
    answers: ANSWERS,
    shared: &[CALLBACK],
    ..Doc::EMPTY
};

pub(in crate::http) const LINK: Doc = Doc {
    summary: "Link a provider's account to the user: there is no provider.",
    need: Need::Session,
    ..SIGN_IN
};

const FIELDS: &[Field] = &[
    Field::required("provider", Type::Text, "The provider's name."),
    Field::optional("callbackURL", Type::Text, "Where to go afterwards."),
    Field::optional("errorCallbackURL", Type::Text, "Where to go if it fails."),
    Field::optional("newUserCallbackURL", Type::Text, "Where new users go."),
    Field::optional(
        "disableRedirect",
        Type::Bool,
        "Do not send the browser there.",
    ),
    Field::optional("requestSignUp", Type::Bool, "Make an account, too."),
    Field::optional("loginHint", Type::Text, "Whom the provider should ask."),
    Field::optional("scopes", Type::Texts, "What to ask the provider for."),
];

const ANSWERS: &[Answer] = &[
    Answer::ok(Shape::Document, "Where to send the browser."),
    Answer::refusal(404, "PROVIDER_NOT_FOUND", "there is no such provider"),
    Answer::refusal(
        403,
        "INVALID_ERROR_CALLBACK_URL",
        "`errorCallbackURL` is no trusted place",
    ),
    Answer::refusal(
        403,
        "INVALID_NEW_USER_CALLBACK_URL",
        "`newUserCallbackURL` is no trusted place",
    ),
];

/// `{provider, …}` → 404.
pub(in crate::http) async fn sign_in(fields: Fields) -> Result<(), ApiError> {
    check(fields)?;
    Err(not_found())
}

/// The same for somebody who is signed in.
pub(in crate::http) async fn link(
    State(web): State<Arc<Web>>,
    visit: Visit,
    fields: Fields,
) -> Result<(), ApiError> {
    check(fields)?;
    SignedInUser::find_anew(&web, &visit).await?;
    Err(not_found())
}

fn not_found() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "PROVIDER_NOT_FOUND",
        "Provider not found",
    )
}

fn check(mut fields: Fields) -> Result<(), ApiError> {
    for callback in ["callbackURL", "newUserCallbackURL", "errorCallbackURL"] {
        fields.optional_string(callback);
    }
    // One of a list or any text, which the protocol tells apart no further.
    if !fields
        .value("provider")
        .is_some_and(|value| value.is_string())
    {
        fields.refuse("provider", "Invalid input");
    }
    fields.optional_bool("disableRedirect");
    if let Some(token) = object(&mut fields, "idToken", "object") {
        check_id_token(&mut fields, &token);
    }
    check_scopes(&mut fields);
    fields.optional_bool("requestSignUp");
    fields.optional_string("loginHint");
    object(&mut fields, "additionalParams", "record");
    object(&mut fields, "additionalData", "record");
    fields.finish()
}

fn object(fields: &mut Fields, name: &str, expected: &str) -> Option<Map<String, Value>> {
    match fields.value(name)? {
        Value::Object(map) => Some(map),
        other => {
            fields.refuse_type(name, expected, &other);
            None
        }
    }
}

fn check_id_token(fields: &mut Fields, token: &Map<String, Value>) {
    match token.get("token") {
        Some(Value::String(_)) => {}
        Some(other) => fields.refuse_type("idToken.token", "string", other),
        None => fields.refuse(
            "idToken.token",
            "Invalid input: expected string, received undefined",
        ),
    }
}

fn check_scopes(fields: &mut Fields) {
    match fields.value("scopes") {
        None => {}
        Some(Value::Array(scopes)) => {
            for (at, scope) in scopes.iter().enumerate().filter(|(_, s)| !s.is_string()) {
                fields.refuse_type(&format!("scopes.{at}"), "string", scope);
            }
        }
        Some(other) => fields.refuse_type("scopes", "array", &other),
    }
}
