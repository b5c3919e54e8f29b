//! `GET account-info`, `POST get-access-token`, `POST refresh-token`: what a
//! provider's account is asked for. There is no provider, and so no such account;
//! each answers what it answers about any other.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use serde_json::{Map, Value};

use super::error_page::is_word;
use crate::http::api_error::ApiError;
use crate::http::doc::{Answer, Doc, Field, Need, Shape, Type};
use crate::http::json_body::Choice;
use crate::http::signed_in::SignedInUser;
use crate::http::state::Web;
use crate::http::visit::Visit;
use crate::service::accounts::credential_id;

pub(in crate::http) const ACCOUNT_INFO: Doc = Doc {
    summary: "What a provider says about the user: there is no provider.",
    need: Need::Session,
    parameters: &[
        Field::optional(
            "accountId",
            Type::Text,
            "The account's `id`, from `list-accounts`.",
        ),
        Field::optional("userId", Type::Text, "Ignored."),
    ],
    answers: &[
        Answer::ok(Shape::Document, "What the provider says."),
        Answer::refusal(
            400,
            "VALIDATION_ERROR",
            "no account is named, or more than one",
        ),
        NO_ACCOUNT,
        Answer::refusal(
            400,
            "PROVIDER_NOT_CONFIGURED",
            "the account is the password's",
        ),
    ],
    ..Doc::EMPTY
};

pub(in crate::http) const TOKEN: Doc = Doc {
    summary: "A provider's token: there is no provider.",
    need: Need::Session,
    body: &[
        Field::optional(
            "accountId",
            Type::Text,
            "The account's `id`, from `list-accounts`.",
        ),
        Field::optional(
            "useAccountCookie",
            Type::Bool,
            "true: the one that a cookie names.",
        ),
        Field::optional("userId", Type::Text, "Ignored."),
    ],
    answers: &[
        Answer::ok(Shape::Document, "The token."),
        NO_ACCOUNT,
        Answer::refusal(
            400,
            "PROVIDER_NOT_SUPPORTED",
            "the account is the password's",
        ),
    ],
    ..Doc::EMPTY
};

const NO_ACCOUNT: Answer =
    Answer::refusal(400, "ACCOUNT_NOT_FOUND", "the user has no such account");

/// Which account is meant.
#[derive(Debug, PartialEq, Eq)]
enum Selection {
    /// The one that `list-accounts` gives this id.
    Id(String),
    /// The one that a cookie of the provider's flow names.
    Cookie,
}

/// `?accountId=…`
pub(in crate::http) async fn account_info(
    State(web): State<Arc<Web>>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<(), ApiError> {
    let selection = select("query", parameters(query.as_deref().unwrap_or_default()))?;
    let is_credential = is_credential(&web, &visit, &selection).await?;
    Err(if is_credential {
        ApiError::bad_request(
            "PROVIDER_NOT_CONFIGURED",
            "Account is not associated with a configured social provider.",
        )
    } else {
        not_found()
    })
}

/// `{accountId}` for either.
pub(in crate::http) async fn token(
    State(web): State<Arc<Web>>,
    visit: Visit,
    Choice(fields): Choice,
) -> Result<(), ApiError> {
    let selection = select("body", fields.rest())?;
    let is_credential = is_credential(&web, &visit, &selection).await?;
    Err(if is_credential {
        ApiError::bad_request(
            "PROVIDER_NOT_SUPPORTED",
            "Provider credential is not supported.",
        )
    } else {
        not_found()
    })
}

async fn is_credential(web: &Web, visit: &Visit, selection: &Selection) -> Result<bool, ApiError> {
    let SignedInUser { who, .. } = SignedInUser::find_anew(web, visit).await?;
    Ok(*selection == Selection::Id(credential_id(&who)))
}

fn not_found() -> ApiError {
    ApiError::bad_request("ACCOUNT_NOT_FOUND", "Account not found")
}

/// A query's parameters; one that is there twice is a list, and so no text.
fn parameters(query: &str) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = if map.contains_key(&*name) {
            Value::Array(Vec::new())
        } else {
            Value::String(value.into_owned())
        };
        map.insert(name.into_owned(), value);
    }
    map
}

/// `{accountId, userId?}` or `{useAccountCookie: true, userId?}`, and nothing else.
/// A stranger beside either is named, as the protocol has it.
fn select(place: &str, mut map: Map<String, Value>) -> Result<Selection, ApiError> {
    let invalid = || ApiError::validation(format!("[{place}] Invalid input"));
    let user = map.remove("userId");
    if user.is_some_and(|user| !user.is_string()) {
        return Err(invalid());
    }
    let id = map.remove("accountId");
    let cookie = map.remove("useAccountCookie");
    let selection = match (id, cookie) {
        (Some(Value::String(id)), None) => Selection::Id(id),
        (None, Some(Value::Bool(true))) => Selection::Cookie,
        _ => return Err(invalid()),
    };
    let strangers: Vec<&str> = map.keys().map(String::as_str).collect();
    match strangers.as_slice() {
        [] => Ok(selection),
        [one] if is_word(one) => Err(ApiError::validation(format!(
            "[{place}] Unrecognized key: \"{one}\""
        ))),
        // Only a word is said back.
        _ => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Selection, String> {
        let map = serde_json::from_str(json).unwrap();
        select("body", map).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn an_account_is_named_in_one_way() {
        let id = |id: &str| Ok(Selection::Id(id.to_owned()));
        assert_eq!(of(r#"{"accountId": "x"}"#), id("x"));
        assert_eq!(of(r#"{"accountId": "", "userId": "u"}"#), id(""));
        assert_eq!(of(r#"{"useAccountCookie": true}"#), Ok(Selection::Cookie));
        for invalid in [
            "{}",
            r#"{"accountId": 5}"#,
            r#"{"accountId": null}"#,
            r#"{"accountId": "x", "userId": 5}"#,
            r#"{"accountId": "x", "useAccountCookie": true}"#,
            r#"{"useAccountCookie": false}"#,
            r#"{"useAccountCookie": "true"}"#,
            r#"{"providerId": "x"}"#,
            r#"{"accountId": "x", "<b>": 1}"#,
        ] {
            let error = of(invalid).unwrap_err();
            assert!(error.contains("\"[body] Invalid input\""), "{error}");
        }
        let error = of(r#"{"accountId": "x", "providerId": "y"}"#).unwrap_err();
        assert!(error.contains("Unrecognized key"), "{error}");
    }

    #[test]
    fn a_parameter_that_is_there_twice_is_no_text() {
        let of = |query: &str| select("query", parameters(query)).ok();
        assert_eq!(of("accountId=a%20b"), Some(Selection::Id("a b".into())));
        for query in ["", "accountId=a&accountId=b", "useAccountCookie=true"] {
            assert_eq!(of(query), None, "{query}");
        }
    }
}
