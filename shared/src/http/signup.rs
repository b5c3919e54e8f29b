//! `POST /api/auth/sign-up/email` and the seed's short name for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::api_error::ApiError;
use super::fields::Fields;
use super::json_body::Record;
use super::session_answer;
use super::signin;
use super::state::Web;
use super::wire::{SignedUpBody, UserBody};
use crate::domain::email::Email;
use crate::service::Client;
use crate::service::sign_up::{SignUp, sign_up as use_case};

const NAME_MAX: usize = 255;
const IMAGE_MAX: usize = 2048;

/// `{name, email, password, image?, callbackURL?}`, with the operator's own fields
/// beside them → `{token, user}` and the session's cookie.
pub(super) async fn sign_up(
    State(web): State<Arc<Web>>,
    client: Client,
    Record(mut fields): Record,
) -> Result<Response, ApiError> {
    let name = fields.string("name");
    answer(&web, parse(&web, fields, Some(name))?, &client).await
}

/// The same with the seed's body: without a name it is the local part.
pub(super) async fn sign_up_short(
    State(web): State<Arc<Web>>,
    client: Client,
    Record(mut fields): Record,
) -> Result<Response, ApiError> {
    let name = fields.optional_string("name");
    answer(&web, parse(&web, fields, name)?, &client).await
}

fn parse(web: &Web, mut fields: Fields, name: Option<String>) -> Result<SignUp, ApiError> {
    let callback = signin::callback(&mut fields)?;
    let raw_email = fields.string("email");
    let password = fields.string("password");
    let image = fields.optional_string("image");
    let email = Email::parse(&raw_email);
    if email.is_err() && fields.has_no_issue_with("email") {
        fields.refuse("email", "Invalid email address");
    }
    fields.check_text("name", name.as_deref().unwrap_or_default(), NAME_MAX);
    fields.check_text("image", image.as_deref().unwrap_or_default(), IMAGE_MAX);
    let further = fields.finish_with_rest()?;
    let email = email.map_err(|_| ApiError::validation("[body.email] Invalid email address"))?;
    signin::trusted(web, callback.as_deref())?;
    let name = name.unwrap_or_else(|| email.local_part().to_owned());
    Ok(SignUp {
        email,
        name,
        image,
        password,
        further,
    })
}

async fn answer(web: &Web, request: SignUp, client: &Client) -> Result<Response, ApiError> {
    let done = use_case(&web.app, request, client).await?;
    let body = SignedUpBody {
        token: done.session.id.to_string(),
        user: UserBody::of(web, &done.user),
    };
    let mut response = Json(body).into_response();
    session_answer::begin(web, &done, response.headers_mut());
    Ok(response)
}
