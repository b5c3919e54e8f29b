//! `POST delete-user`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::domain::password::LoginPassword;
use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, CALLBACK, Doc, Field, HASHES, LIMITED, Need, Shape, Type};
use crate::http::fields::Fields;
use crate::http::session_answer;
use crate::http::signed_in::SignedInUser;
use crate::http::signin;
use crate::http::state::Web;
use crate::http::visit::Visit;
use crate::service::Client;
use crate::service::delete_user::{Outcome, Proof, delete_user as use_case};

pub(in crate::http) const DELETE_USER: Doc = Doc {
    summary: "Delete the account, its sessions and all that it has.",
    about: "With the password, or from a session that is less than a day old, at once. From an older \
            one, or with a `callbackURL` and no password, a link that deletes it is mailed.",
    need: Need::Session,
    body: &[
        Field::optional("password", Type::Password, "The account's password."),
        Field::optional("token", Type::Text, "The token of a mailed link."),
        Field::optional("callbackURL", Type::Text, "Where the mailed link leads."),
    ],
    answers: &[
        Answer::ok(
            Shape::SuccessMessage,
            "`User deleted`, and the cookies are cleared; or `Verification email sent`.",
        ),
        Answer::refusal(400, "INVALID_PASSWORD", "it is not the account's password"),
        Answer::refusal(
            404,
            "INVALID_TOKEN",
            "the token deletes nobody, or somebody else",
        ),
        Answer::refusal(
            400,
            "SESSION_EXPIRED",
            "the session is too old, and no mail can be sent",
        ),
    ],
    shared: &[CALLBACK, LIMITED, HASHES],
    ..Doc::EMPTY
};

/// `{password?, callbackURL?, token?}` → `{success: true, message}`, and cleared
/// cookies once the account is gone.
pub(in crate::http) async fn delete_user(
    State(web): State<Arc<Web>>,
    client: Client,
    visit: Visit,
    fields: Fields,
) -> Result<Response, ApiError> {
    let proof = parse(&web, fields)?;
    let SignedInUser { who, credential } = SignedInUser::find_anew(&web, &visit).await?;
    Ok(match use_case(&web.app, &who, &client, proof).await? {
        Outcome::Deleted => {
            let mut response = done("User deleted");
            session_answer::end_shown(&web, &credential, response.headers_mut());
            response
        }
        Outcome::LinkSent => done("Verification email sent"),
    })
}

fn parse(web: &Web, mut fields: Fields) -> Result<Proof, ApiError> {
    let callback = fields.optional_string("callbackURL");
    let password = fields.optional_string("password");
    let token = fields.optional_string("token");
    fields.finish()?;
    let callback = signin::trusted(web, callback.as_deref())?;
    // An empty one is none to the protocol's clients, who send what a form had.
    let given = |text: &String| !text.is_empty();
    Ok(match (password.filter(given), token.filter(given)) {
        (Some(password), _) => Proof::Password(LoginPassword::parse(&password)),
        (None, Some(token)) => Proof::Link(token),
        (None, None) => Proof::Session(callback),
    })
}

fn done(message: &str) -> Response {
    Json(json!({"success": true, "message": message})).into_response()
}
