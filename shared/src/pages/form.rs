//! What a form posted: read once our own page and the browser's mark have passed it.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use url::form_urlencoded;

use super::{csrf, origin};
use crate::http::api_error::ApiError;
use crate::http::{Web, json_body};

/// Most fields of a form: our largest has fewer, with every field of an operator's own.
const FIELDS_MAX: usize = 64;

/// A form's fields, each of which is there once.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A field's text as it was typed; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The same without spaces at either end.
    pub(super) fn trimmed(&self, name: &str) -> &str {
        self.text(name).trim()
    }

    /// Whether a box was ticked.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Two fields of one name are refused: two readers would take different ones.
    fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let odd = || ApiError::bad_request("BAD_REQUEST", "The form cannot be read");
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            let is_double = fields.iter().any(|(other, _)| *other == name);
            if is_double || fields.len() == FIELDS_MAX {
                return Err(odd());
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(fields))
    }
}

impl FromRequest<Arc<Web>> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        origin::check(&parts.headers, &web.app.config.public_url)?;
        check_content_type(&parts.headers)?;
        let body = json_body::read(&parts.headers, body).await?;
        let form = Self::parse(&body)?;
        csrf::check(web, &parts.headers, form.text(csrf::FIELD))?;
        Ok(form)
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let value = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let essence = value.and_then(|value| value.split(|byte| *byte == b';').next());
    let is_form = |essence: &[u8]| {
        let essence = essence.trim_ascii();
        essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    };
    if essence.is_some_and(is_form) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        "Allowed type: application/x-www-form-urlencoded",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let form = Form::parse(b"email=+a%2Bb%40example.com+&password=%20x&rememberMe=on").unwrap();
        assert_eq!(form.trimmed("email"), "a+b@example.com");
        assert_eq!(form.text("password"), " x");
        assert!(form.is_on("rememberMe"));
        assert!(!form.is_on("other"));
        assert_eq!(form.text("other"), "");
    }

    #[test]
    fn sec_g1_a_field_is_there_once_and_there_are_not_many() {
        assert!(Form::parse(b"a=1&b=2&a=1").is_err());
        let many = |n: usize| {
            let fields: Vec<_> = (0..n).map(|i| format!("f{i}=1")).collect();
            fields.join("&")
        };
        assert!(Form::parse(many(FIELDS_MAX).as_bytes()).is_ok());
        assert!(Form::parse(many(FIELDS_MAX + 1).as_bytes()).is_err());
        assert!(Form::parse(b"%ff%00=%c3&&&==").is_ok());
    }
}
