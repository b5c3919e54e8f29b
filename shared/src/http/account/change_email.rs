//! `POST change-email`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::domain::email::Email;
use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, CALLBACK, Doc, Field, LIMITED, Need, Shape, Type};
use crate::http::fields::Fields;
use crate::http::signed_in::SignedInUser;
use crate::http::signin::trusted;
use crate::http::state::Web;
use crate::http::visit::Visit;
use crate::service::{Client, change_email as use_case};

pub(in crate::http) const CHANGE_EMAIL: Doc = Doc {
    summary: "Ask for another address.",
    about: "Nothing changes before the link that is mailed to the new address is opened; the old \
            address is told. Then every other session ends.",
    need: Need::Session,
    body: &[
        Field::required("newEmail", Type::Email, "The new address."),
        Field::optional("callbackURL", Type::Text, "Where the link leads."),
    ],
    answers: &[
        Answer::ok(
            Shape::Status,
            "A mail is on its way, unless somebody has that address.",
        ),
        Answer::refusal(400, "EMAIL_IS_THE_SAME", "it is the user's address"),
        Answer::refusal(400, "VERIFICATION_EMAIL_NOT_ENABLED", "no mail can be sent"),
    ],
    shared: &[CALLBACK, LIMITED],
    ..Doc::EMPTY
};

/// `{newEmail, callbackURL?}` → `{status: true}`, whether the address is taken or
/// not. The body is judged before the session, as the reference does.
pub(in crate::http) async fn change_email(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (new, callback) = parse(fields)?;
    let callback = trusted(&web, callback.as_deref())?;
    let SignedInUser { who, .. } = SignedInUser::find_anew(&web, &visit).await?;
    use_case::ask(&web.app, &who, &new, callback.as_ref(), &client).await?;
    Ok(Json(json!({"status": true})).into_response())
}

/// The new address, and where the link leads.
fn parse(mut fields: Fields) -> Result<(Email, Option<String>), ApiError> {
    let raw = fields.string("newEmail");
    let email = Email::parse(&raw);
    if email.is_err() && fields.has_no_issue_with("newEmail") {
        fields.refuse("newEmail", "Invalid email address");
    }
    let callback = fields.optional_string("callbackURL");
    fields.finish()?;
    let email = email.map_err(|_| ApiError::validation("[body.newEmail] Invalid email address"))?;
    Ok((email, callback))
}
