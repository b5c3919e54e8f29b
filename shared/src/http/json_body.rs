//! A request's body as a JSON object, bounded in size and time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::fields::{Fields, type_name};
use super::state::Web;

/// Most bytes of a body. The largest honest one is a sign-up of about 4 KiB.
pub(super) const BODY_MAX: usize = 64 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads a whole body; a declared length is believed before the first byte.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > BODY_MAX) {
        return Err(too_large());
    }
    let collected = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, BODY_MAX).collect());
    match collected.await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => Err(too_large()),
        Ok(Err(_)) => Err(ApiError::bad_request(
            "BAD_REQUEST",
            "The request body broke off",
        )),
        Err(_) => Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "REQUEST_TIMEOUT",
            "The request body took too long",
        )),
    }
}

/// Refuses every content type but JSON: a form or `text/plain` can be sent by a
/// foreign page without a preflight (CSRF).
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    if is_json(value.as_bytes()) {
        return Ok(());
    }
    let shown = String::from_utf8_lossy(value.as_bytes());
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        format!("Content-Type \"{shown}\" is not allowed. Allowed types: application/json"),
    ))
}

fn is_json(content_type: &[u8]) -> bool {
    let essence = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/json")
}

/// A request's body, read once for all who look at it.
#[derive(Clone)]
pub(super) enum JsonBody {
    /// There is none.
    Missing,
    /// An object's members.
    Object(Map<String, Value>),
    /// JSON that is no object: what it is instead.
    Other(&'static str),
}

/// Reads a body as JSON. Without a content type there is no body to the protocol,
/// whatever bytes there are.
pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<JsonBody, ApiError> {
    if !headers.contains_key(CONTENT_TYPE) || body.is_empty() {
        return Ok(JsonBody::Missing);
    }
    serde_json::from_slice(body)
        .map_err(|_| ApiError::bad_request("BAD_REQUEST", "Invalid JSON in request body"))
}

impl FromRequestParts<Arc<Web>> for Fields {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, ApiError> {
        fields(parts, &["object"])
    }
}

/// The fields of a sign-up's body, which the reference checks as two things: it
/// tells of both when there is no object.
pub(super) struct Record(pub(super) Fields);

impl FromRequestParts<Arc<Web>> for Record {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, ApiError> {
        fields(parts, &["object", "record"]).map(Self)
    }
}

/// The fields of a body that may have any: what the reference calls a record.
pub(super) struct AnyRecord(pub(super) Fields);

impl FromRequestParts<Arc<Web>> for AnyRecord {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, ApiError> {
        fields(parts, &["record"]).map(Self)
    }
}

/// The fields of a body that may be one of several things, of which the reference
/// tells no more than that it is none.
pub(super) struct Choice(pub(super) Fields);

impl FromRequestParts<Arc<Web>> for Choice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Web>) -> Result<Self, ApiError> {
        fields(parts, &[]).map(Self)
    }
}

/// The fields of the body that the guard has read; it must be all of `expected`,
/// words for an object.
fn fields(parts: &mut Parts, expected: &[&str]) -> Result<Fields, ApiError> {
    match parts.extensions.remove() {
        Some(JsonBody::Object(map)) => Ok(Fields::new(map)),
        Some(JsonBody::Other(kind)) => Err(no_object(expected, kind)),
        Some(JsonBody::Missing) | None => Err(no_object(expected, "undefined")),
    }
}

fn no_object(expected: &[&str], received: &str) -> ApiError {
    if expected.is_empty() {
        return ApiError::validation("[body] Invalid input");
    }
    let issues = expected
        .iter()
        .map(|kind| format!("[body] Invalid input: expected {kind}, received {received}"));
    ApiError::validation(issues.collect::<Vec<_>>().join("; "))
}

fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "PAYLOAD_TOO_LARGE",
        "The request body is too large",
    )
}

/// Any JSON text. An object that names a field twice is refused: two readers
/// would see two different requests (RFC 8259 §4).
impl<'de> Deserialize<'de> for JsonBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

macro_rules! other {
    ($($visit:ident($ty:ty) = $kind:literal;)*) => {
        $(fn $visit<E>(self, _: $ty) -> Result<JsonBody, E> {
            Ok(JsonBody::Other($kind))
        })*
    };
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = JsonBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<JsonBody, A::Error> {
        let mut map = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a field is named twice"));
            }
        }
        Ok(JsonBody::Object(map))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut access: A) -> Result<JsonBody, A::Error> {
        while access.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(JsonBody::Other(type_name(&Value::Array(Vec::new()))))
    }

    fn visit_unit<E>(self) -> Result<JsonBody, E> {
        Ok(JsonBody::Other("null"))
    }

    other! {
        visit_bool(bool) = "boolean";
        visit_i64(i64) = "number";
        visit_u64(u64) = "number";
        visit_f64(f64) = "number";
        visit_str(&str) = "string";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &[u8]) -> Result<Fields, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/json".parse().unwrap());
        let body = super::parse(&headers, body)?;
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.extensions.insert(body);
        fields(&mut parts, &["object"])
    }

    #[test]
    fn sec_g1_what_is_not_one_json_object_is_refused() {
        let deep = "[".repeat(100_000);
        let nested = format!("{{\"a\":{deep}");
        for bad in [
            "",
            "{",
            "{bad",
            "[]",
            "5",
            "null",
            "\"x\"",
            "true",
            "{}{}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":1e999}",
            "{\"a\":01}",
            "{'a':1}",
            "{\"a\":1,}",
            deep.as_str(),
            nested.as_str(),
            "{\"a\":\"\u{1}\"}",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad:.40}");
        }
        assert!(parse(b"{\"a\":\"\xff\"}").is_err());
        assert!(parse(b"\xef\xbb\xbf{}").is_err());
        assert!(parse(b" {\"a\": [1, {\"b\": null}]} \n").is_ok());
    }

    #[test]
    fn sec_d1_only_json_is_a_content_type_of_ours() {
        for (value, ok) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/plain", false),
            ("text/plain; a=application/json", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().unwrap());
            assert_eq!(check_content_type(&headers).is_ok(), ok, "{value}");
        }
    }
}
