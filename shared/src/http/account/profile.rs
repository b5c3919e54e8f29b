//! `POST update-user`, `POST update-session`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::domain::user_fields::FieldsPatch;
use crate::http::api_error::ApiError;
use crate::http::callbacks::is_truthy;
use crate::http::doc::{Answer, Doc, Field, Need, OWN_FIELDS, Shape, Type};
use crate::http::fields::Fields;
use crate::http::json_body::AnyRecord;
use crate::http::session_answer;
use crate::http::signed_in::SignedInUser;
use crate::http::signup::{IMAGE_MAX, NAME_MAX};
use crate::http::state::Web;
use crate::http::visit::Visit;
use crate::service::update_user::{Picture, ProfileChange, update_user as use_case};

pub(in crate::http) const UPDATE_USER: Doc = Doc {
    summary: "Change what the user says about themself.",
    about: "Fields of one's own (USER_FIELDS) stand beside these. What is not named stays.",
    need: Need::Session,
    body: &[
        Field::optional("name", Type::Text, "What to call the user."),
        Field::optional(
            "image",
            Type::TextOrNull,
            "A URL of a picture; null for none.",
        ),
    ],
    answers: &[
        Answer::ok(Shape::Status, "Changed; the session's cookie is set again."),
        NOTHING_TO_UPDATE,
        Answer::refusal(
            400,
            "EMAIL_CAN_NOT_BE_UPDATED",
            "`change-email` is for that",
        ),
    ],
    shared: &[OWN_FIELDS],
    ..Doc::EMPTY
};

pub(in crate::http) const UPDATE_SESSION: Doc = Doc {
    summary: "Change fields of the session: it has none.",
    need: Need::Session,
    answers: &[Answer::ok(Shape::Status, "Changed."), NOTHING_TO_UPDATE],
    ..Doc::EMPTY
};

const NOTHING_TO_UPDATE: Answer = Answer::refusal(
    400,
    "NO_FIELDS_TO_UPDATE",
    "nothing that may be changed is named",
);

/// `{name?, image?}` and the operator's own fields → `{status: true}` and the session's cookie set again. What
/// is not named stays; `image: null` takes the picture away.
pub(in crate::http) async fn update_user(
    State(web): State<Arc<Web>>,
    visit: Visit,
    AnyRecord(fields): AnyRecord,
) -> Result<Response, ApiError> {
    let SignedInUser {
        mut who,
        credential,
    } = SignedInUser::find(&web, &visit).await?;
    let (change, patch) = parse(&web, fields)?;
    who.user = use_case(&web.app, &who, change, &patch).await?;
    let mut response = Json(json!({"status": true})).into_response();
    session_answer::renew(
        &web,
        &visit.headers,
        &credential,
        &who,
        response.headers_mut(),
    );
    Ok(response)
}

/// Sessions have no fields that anybody may set.
pub(in crate::http) async fn update_session(
    State(web): State<Arc<Web>>,
    visit: Visit,
    AnyRecord(_): AnyRecord,
) -> Result<Response, ApiError> {
    SignedInUser::find(&web, &visit).await?;
    Err(nothing_to_update())
}

/// The one place where it is said what users may change. All else is ignored.
fn parse(web: &Web, mut fields: Fields) -> Result<(ProfileChange, FieldsPatch), ApiError> {
    if fields.value("email").is_some_and(|email| is_truthy(&email)) {
        return Err(ApiError::bad_request(
            "EMAIL_CAN_NOT_BE_UPDATED",
            "Email can not be updated",
        ));
    }
    let name = fields.optional_string("name");
    let image = match fields.value("image") {
        None => None,
        Some(Value::Null) => Some(Picture::None),
        Some(Value::String(url)) => Some(Picture::At(url)),
        Some(other) => {
            fields.refuse_type("image", "string", &other);
            None
        }
    };
    fields.check_text("name", name.as_deref().unwrap_or_default(), NAME_MAX);
    if let Some(Picture::At(url)) = &image {
        fields.check_text("image", url, IMAGE_MAX);
    }
    let rest = fields.finish_with_rest()?;
    let patch = web.app.config.user_fields.patch(rest)?;
    if name.is_none() && image.is_none() && patch.is_empty() {
        return Err(nothing_to_update());
    }
    Ok((ProfileChange { name, image }, patch))
}

fn nothing_to_update() -> ApiError {
    ApiError::bad_request("NO_FIELDS_TO_UPDATE", "No fields to update")
}
