//! `POST /api/auth/sign-up/email` and the seed's short name for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::api_error::ApiError;
use super::doc::{
    Answer, CALLBACK, Doc, Field, HASHES, LIMITED, NEW_PASSWORD, OWN_FIELDS, Shape, Type,
};
use super::fields::Fields;
use super::json_body::Record;
use super::session_answer;
use super::signin;
use super::state::Web;
use super::wire::{SignedUpBody, UserBody};
use crate::domain::email::Email;
use crate::service::Client;
use crate::service::sign_up::{SignUp, SignedUp, sign_up as use_case};

pub(super) const SIGN_UP: Doc = Doc {
    summary: "Make an account and sign in with it.",
    about: "Sets the session's cookie, unless REQUIRE_EMAIL_VERIFICATION is on. Fields of one's own \
            (USER_FIELDS) stand beside these.",
    body: &[
        Field::required("name", Type::Text, "What to call the user; may be empty."),
        Field::required("email", Type::Email, "Their address."),
        Field::required(
            "password",
            Type::Password,
            "8 to 128 characters of any kind.",
        ),
        Field::optional("image", Type::Text, "A URL of a picture."),
        Field::optional("callbackURL", Type::Text, "Where the mailed link leads."),
        REMEMBER_ME,
    ],
    answers: SIGN_UP_ANSWERS,
    shared: &[NEW_PASSWORD, OWN_FIELDS, CALLBACK, LIMITED, HASHES],
    ..Doc::EMPTY
};

pub(super) const SIGN_UP_SHORT: Doc = Doc {
    about: "As /api/auth/sign-up/email; without a name it is what stands before the @.",
    body: &[
        Field::optional("name", Type::Text, "What to call the user."),
        Field::required("email", Type::Email, "Their address."),
        Field::required(
            "password",
            Type::Password,
            "8 to 128 characters of any kind.",
        ),
        Field::optional("image", Type::Text, "A URL of a picture."),
        Field::optional("callbackURL", Type::Text, "Where the mailed link leads."),
        REMEMBER_ME,
    ],
    ..SIGN_UP
};

const REMEMBER_ME: Field = Field::optional(
    "rememberMe",
    Type::Bool,
    "false: the session ends with the browser, and after a day.",
);

const SIGN_UP_ANSWERS: &[Answer] = &[
    Answer::ok(
        Shape::SignedUp,
        "The account is made. `token` is null where no session began.",
    ),
    Answer::refusal(
        422,
        "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
        "the address has an account",
    ),
    Answer::refusal(400, "EMAIL_PASSWORD_SIGN_UP_DISABLED", "SIGN_UP is off"),
    Answer::refusal(
        403,
        "SIGN_UP_NOT_ALLOWED",
        "SIGN_UP names addresses, and this is none of them",
    ),
];

/// Most characters of a name.
pub(crate) const NAME_MAX: usize = 255;
/// Most characters of a picture's URL.
pub(super) const IMAGE_MAX: usize = 2048;

/// `{name, email, password, image?, callbackURL?, rememberMe?}`, with the operator's
/// own fields beside them → `{token, user}` and the session's cookie.
pub(super) async fn sign_up(
    State(web): State<Arc<Web>>,
    client: Client,
    headers: HeaderMap,
    Record(mut fields): Record,
) -> Result<Response, ApiError> {
    let name = fields.string("name");
    let request = parse(&web, fields, Some(name))?;
    answer(&web, &headers, request, &client).await
}

/// The same with the seed's body: without a name it is the local part.
pub(super) async fn sign_up_short(
    State(web): State<Arc<Web>>,
    client: Client,
    headers: HeaderMap,
    Record(mut fields): Record,
) -> Result<Response, ApiError> {
    let name = fields.optional_string("name");
    let request = parse(&web, fields, name)?;
    answer(&web, &headers, request, &client).await
}

fn parse(web: &Web, mut fields: Fields, name: Option<String>) -> Result<SignUp, ApiError> {
    let raw_email = fields.string("email");
    let email = Email::parse(&raw_email);
    if email.is_err() && fields.has_no_issue_with("email") {
        fields.refuse("email", "Invalid email address");
    }
    let password = fields.string("password");
    if password.is_empty() && fields.has_no_issue_with("password") {
        let why = "Too small: expected string to have >=1 characters";
        fields.refuse("password", why);
    }
    let image = fields.optional_string("image");
    let callback = fields.optional_string("callbackURL");
    let remember = fields.optional_bool("rememberMe").unwrap_or(true);
    fields.check_text("name", name.as_deref().unwrap_or_default(), NAME_MAX);
    fields.check_text("image", image.as_deref().unwrap_or_default(), IMAGE_MAX);
    let further = fields.finish_with_rest()?;
    let email = email.map_err(|_| ApiError::validation("[body.email] Invalid email address"))?;
    let callback = signin::trusted(web, callback.as_deref())?;
    let name = name.unwrap_or_else(|| email.local_part().to_owned());
    Ok(SignUp {
        email,
        name,
        image,
        password,
        remember,
        callback,
        further,
    })
}

async fn answer(
    web: &Web,
    came_in: &HeaderMap,
    request: SignUp,
    client: &Client,
) -> Result<Response, ApiError> {
    let done = use_case(&web.app, request, client).await?;
    let (token, user) = match &done {
        SignedUp::In(done) => (Some(session_answer::token_in_body(web, done)), &done.user),
        SignedUp::Unverified(user) => (None, user),
    };
    let user = UserBody::of(web, user);
    let mut response = Json(SignedUpBody { token, user }).into_response();
    if let SignedUp::In(done) = &done {
        session_answer::begin(web, came_in, done, response.headers_mut());
    }
    Ok(response)
}
