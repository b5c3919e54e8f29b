//! Reading the fields of a JSON body, all faults collected, in the words that
//! the protocol's clients know.

use serde_json::{Map, Value};

use super::api_error::ApiError;
pub(super) use crate::domain::user_fields::type_name;

/// A body's fields, and what was wrong with those looked at so far.
pub(super) struct Fields {
    map: Map<String, Value>,
    issues: Vec<String>,
}

impl Fields {
    pub(super) fn new(map: Map<String, Value>) -> Self {
        Self {
            map,
            issues: Vec::new(),
        }
    }

    /// A text that must be there. What is returned counts only once
    /// [`Fields::finish`] has passed.
    pub(super) fn string(&mut self, name: &str) -> String {
        self.take(name, "string", true, |value| match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        })
        .unwrap_or_default()
    }

    /// A text that may be left out.
    pub(super) fn optional_string(&mut self, name: &str) -> Option<String> {
        self.take(name, "string", false, |value| match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        })
    }

    /// Whether nothing was noted about a field so far.
    pub(super) fn has_no_issue_with(&self, name: &str) -> bool {
        let start = format!("[body.{name}]");
        !self.issues.iter().any(|issue| issue.starts_with(&start))
    }

    /// A boolean that may be left out.
    pub(super) fn optional_bool(&mut self, name: &str) -> Option<bool> {
        self.take(name, "boolean", false, |value| value.as_bool().ok_or(value))
    }

    /// A field of any type.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name)
    }

    /// All that is left.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.map
    }

    /// Notes that a field is of another type than `expected`.
    pub(super) fn refuse_type(&mut self, name: &str, expected: &str, found: &Value) {
        let received = type_name(found);
        self.refuse(
            name,
            &format!("Invalid input: expected {expected}, received {received}"),
        );
    }

    /// Notes that a field's value is wrong.
    pub(super) fn refuse(&mut self, name: &str, why: &str) {
        self.issues.push(format!("[body.{name}] {why}"));
    }

    /// Notes a text that is longer than `max` characters, or has a NUL, which no
    /// database takes.
    pub(super) fn check_text(&mut self, name: &str, text: &str, max: usize) {
        if text.chars().nth(max).is_some() {
            self.refuse(
                name,
                &format!("Too big: expected string to have <={max} characters"),
            );
        }
        if text.contains('\0') {
            self.refuse(name, "Invalid input: NUL is not allowed");
        }
    }

    /// Fails if anything was noted.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        self.finish_with_rest().map(drop)
    }

    /// The same; the fields that were not looked at.
    pub(super) fn finish_with_rest(self) -> Result<Map<String, Value>, ApiError> {
        if self.issues.is_empty() {
            return Ok(self.map);
        }
        Err(ApiError::validation(self.issues.join("; ")))
    }

    fn take<T>(
        &mut self,
        name: &str,
        expected: &str,
        required: bool,
        read: impl FnOnce(Value) -> Result<T, Value>,
    ) -> Option<T> {
        let issue = match self.map.remove(name).map(read) {
            Some(Ok(value)) => return Some(value),
            Some(Err(other)) => type_name(&other),
            None if required => "undefined",
            None => return None,
        };
        self.refuse(
            name,
            &format!("Invalid input: expected {expected}, received {issue}"),
        );
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::new(serde_json::from_str(json).unwrap())
    }

    fn message(fields: Fields) -> String {
        format!("{:?}", fields.finish().unwrap_err())
    }

    #[test]
    fn every_fault_is_told_at_once_in_the_protocols_words() {
        let mut f = fields(r#"{"email": 5, "rememberMe": "yes", "image": null}"#);
        f.string("name");
        f.string("email");
        f.optional_bool("rememberMe");
        f.optional_string("image");
        let message = message(f);
        for part in [
            "[body.name] Invalid input: expected string, received undefined; ",
            "[body.email] Invalid input: expected string, received number; ",
            "[body.rememberMe] Invalid input: expected boolean, received string; ",
            "[body.image] Invalid input: expected string, received null",
        ] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn what_is_right_is_returned() {
        let mut f = fields(r#"{"name": "Ann", "rememberMe": false}"#);
        assert_eq!(f.string("name"), "Ann");
        assert_eq!(f.optional_bool("rememberMe"), Some(false));
        assert_eq!(f.optional_string("image"), None);
        assert!(f.finish().is_ok());
    }

    #[test]
    fn sec_g1_over_long_texts_and_nul_are_refused() {
        let mut f = fields("{}");
        f.check_text("name", "a\0b", 255);
        f.check_text("image", &"x".repeat(256), 255);
        let message = message(f);
        assert!(message.contains("[body.name] Invalid input: NUL is not allowed"));
        assert!(message.contains("[body.image] Too big"));
    }
}
