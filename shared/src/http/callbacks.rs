//! Where a changing request wants its user to go afterwards: to a place of ours, or
//! the request is refused before anything else about it is judged (CWE-601).

use serde_json::Value;
use url::form_urlencoded;

use super::api_error::ApiError;
use super::json_body::JsonBody;
use crate::domain::origin::TrustedOrigins;
use crate::domain::redirect::RedirectTarget;

/// A member of a body that names such a place, and how a foreign one is refused.
struct Callback {
    member: &'static str,
    code: &'static str,
    message: &'static str,
}

const CALLBACKS: [Callback; 4] = [
    Callback {
        member: "callbackURL",
        code: "INVALID_CALLBACK_URL",
        message: "Invalid callbackURL",
    },
    Callback {
        member: "redirectTo",
        code: "INVALID_REDIRECT_URL",
        message: "Invalid redirectURL",
    },
    Callback {
        member: "errorCallbackURL",
        code: "INVALID_ERROR_CALLBACK_URL",
        message: "Invalid errorCallbackURL",
    },
    Callback {
        member: "newUserCallbackURL",
        code: "INVALID_NEW_USER_CALLBACK_URL",
        message: "Invalid newUserCallbackURL",
    },
];

/// Refuses a place that is not ours, in the body of any endpoint. The query counts
/// for `callbackURL` where the body has none.
///
/// What JavaScript takes for false is none here: its type is for the endpoint to
/// judge.
pub(super) fn check(
    trusted: &TrustedOrigins,
    body: &JsonBody,
    query: Option<&str>,
) -> Result<(), ApiError> {
    for callback in &CALLBACKS {
        let named = match body {
            JsonBody::Object(map) => map.get(callback.member).filter(|value| is_truthy(value)),
            JsonBody::Missing | JsonBody::Other(_) => None,
        };
        match named {
            Some(named) => check_one(trusted, callback, named.as_str())?,
            None if callback.member == "callbackURL" => check_query(trusted, callback, query)?,
            None => {}
        }
    }
    Ok(())
}

fn check_query(
    trusted: &TrustedOrigins,
    callback: &Callback,
    query: Option<&str>,
) -> Result<(), ApiError> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut values = pairs.filter(|(name, _)| name == callback.member);
    match (values.next(), values.next()) {
        (Some((_, value)), None) if value.is_empty() => Ok(()),
        (Some((_, value)), None) => check_one(trusted, callback, Some(&value)),
        (Some(_), Some(_)) => check_one(trusted, callback, None),
        (None, _) => Ok(()),
    }
}

/// `None`: it is no text.
fn check_one(
    trusted: &TrustedOrigins,
    callback: &Callback,
    text: Option<&str>,
) -> Result<(), ApiError> {
    let Some(text) = text else {
        let message = format!("{}: expected a string", callback.message);
        return Err(ApiError::validation(message));
    };
    if RedirectTarget::parse(text, trusted).is_none() {
        return Err(ApiError::forbidden(callback.code, callback.message));
    }
    Ok(())
}

/// As JavaScript has it, in which the protocol is written.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Bool(true) | Value::Array(_) | Value::Object(_) => true,
    }
}
