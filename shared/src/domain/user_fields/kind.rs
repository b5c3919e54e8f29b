//! The types that a further field can have, and which values are of them.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::timestamp::Timestamp;

/// Most characters of a text.
const TEXT_MAX: usize = 1000;
/// Most entries of an array.
const ITEMS_MAX: usize = 100;

/// A field's type, by Better Auth's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// `string`
    String,
    /// `number`: whole or not, always finite.
    Number,
    /// `boolean`
    Boolean,
    /// `date`: a day or a point in time, in ISO 8601.
    Date,
    /// `string[]`
    Strings,
    /// `number[]`
    Numbers,
    /// An array of the texts that are allowed.
    OneOf(Vec<String>),
}

impl FieldType {
    /// What is wrong with the type itself; a type of allowed texts needs some.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let Self::OneOf(allowed) = self else {
            return None;
        };
        let is_bad = |text: &String| within_bounds("", text).is_err();
        (allowed.is_empty() || allowed.iter().any(is_bad))
            .then_some("its type allows no text, or one that is too long or has a NUL")
    }

    /// The value that somebody sends for the field `name`, as it is stored; else
    /// what is wrong, in the protocol's words.
    pub(super) fn take(&self, name: &str, value: Value) -> Result<Value, String> {
        match (self, value) {
            (Self::String, Value::String(text)) => {
                within_bounds(name, &text).map(|()| Value::String(text))
            }
            (Self::Number, Value::Number(number)) => Ok(Value::Number(number)),
            (Self::Boolean, Value::Bool(is)) => Ok(Value::Bool(is)),
            (Self::Date, Value::String(text)) => point_in_time(&text)
                .map(|at| Value::String(at.to_string()))
                .ok_or_else(|| format!("[body.{name}] Invalid ISO datetime")),
            (Self::Strings, Value::Array(items)) => each(&Self::String, name, items),
            (Self::Numbers, Value::Array(items)) => each(&Self::Number, name, items),
            (Self::OneOf(allowed), Value::String(text)) if allowed.contains(&text) => {
                Ok(Value::String(text))
            }
            (_, other) => Err(self.unexpected(name, &other)),
        }
    }

    /// Whether a stored value is of this type.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::String, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_)) => true,
            (Self::Date, Value::String(text)) => point_in_time(text).is_some(),
            (Self::Strings, Value::Array(items)) => items.iter().all(Value::is_string),
            (Self::Numbers, Value::Array(items)) => items.iter().all(Value::is_number),
            (Self::OneOf(allowed), Value::String(text)) => allowed.contains(text),
            _ => false,
        }
    }

    /// That a value is not of this type, in the protocol's words.
    pub(super) fn unexpected(&self, name: &str, received: &Value) -> String {
        let expected = match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Strings | Self::Numbers => "array",
            Self::OneOf(allowed) => {
                let allowed: Vec<_> = allowed.iter().map(|text| format!("\"{text}\"")).collect();
                let allowed = allowed.join("|");
                return format!("[body.{name}] Invalid option: expected one of {allowed}");
            }
        };
        let received = type_name(received);
        format!("[body.{name}] Invalid input: expected {expected}, received {received}")
    }
}

/// The first entry that is wrong is named; a hundred lines would help nobody.
fn each(kind: &FieldType, name: &str, items: Vec<Value>) -> Result<Value, String> {
    if items.len() > ITEMS_MAX {
        return Err(format!(
            "[body.{name}] Too big: expected array to have <={ITEMS_MAX} items"
        ));
    }
    let items = items.into_iter().enumerate();
    items
        .map(|(at, item)| kind.take(&format!("{name}.{at}"), item))
        .collect::<Result<_, _>>()
        .map(Value::Array)
}

fn within_bounds(name: &str, text: &str) -> Result<(), String> {
    if text.chars().nth(TEXT_MAX).is_some() {
        return Err(format!(
            "[body.{name}] Too big: expected string to have <={TEXT_MAX} characters"
        ));
    }
    if text.contains('\0') {
        return Err(format!("[body.{name}] Invalid input: NUL is not allowed"));
    }
    Ok(())
}

/// RFC 3339, or a day alone, which begins at midnight in UTC (as in JavaScript).
fn point_in_time(text: &str) -> Option<Timestamp> {
    let at = if text.len() == 10 {
        OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339).ok()?
    } else {
        OffsetDateTime::parse(text, &Rfc3339).ok()?
    };
    let ms = i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
    let at = Timestamp::from_millis(ms);
    // Outside the years that can be written it would be another time.
    (at.millis() == ms).then_some(at)
}

/// A value's type in the protocol's words.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
