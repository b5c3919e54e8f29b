//! The operator's own fields of a user (`USER_FIELDS`): which there are, what may
//! be sent for them, and what is shown of them.
//!
//! What is stored is one JSON object. It is read against the settings of the day:
//! a field that was added since reads as its default, one that was removed is
//! kept and not shown, a value that is no longer of its field's type reads as
//! null. None of that is ever an error.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

mod kind;
mod spec;
#[cfg(test)]
mod tests;

pub use kind::{FieldType, type_name};
pub use spec::{FieldSpec, FieldSpecs, SpecFault};

/// Most bytes of all further fields of a user together, as they are stored.
pub const STORED_MAX: usize = 8 * 1024;

/// What a user has in further fields, as stored: one JSON object. Shown by
/// [`FieldSpecs::shown`] alone.
#[derive(Clone, PartialEq, Eq)]
pub struct UserFields(String);

/// The values that a change sets, null to clear one. Made by [`FieldSpecs::patch`].
#[derive(Default)]
pub struct FieldsPatch(Map<String, Value>);

/// A user's further fields as answers have them: by name, in the configured
/// order. Serialises as an object.
pub struct ShownFields<'a>(Vec<(&'a str, Value)>);

/// Why further fields are not taken. No message repeats what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldRefused {
    /// A field that must be there is not.
    #[error("{0} is required")]
    Missing(String),
    /// A field that only the operator sets.
    #[error("{0} is not allowed to be set")]
    NotAllowed(String),
    /// A null in place of a value that must be there, in a new account.
    #[error("Failed to create user")]
    NullForRequired,
    /// Values of the wrong type, too long or too many: each named.
    #[error("{0}")]
    Invalid(String),
}

impl Default for UserFields {
    fn default() -> Self {
        Self("{}".to_owned())
    }
}

impl UserFields {
    /// What stood in the database, whatever it is.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same with a patch's values in the place of the old ones.
    ///
    /// # Errors
    /// When that would grow over [`STORED_MAX`].
    pub fn merged(&self, patch: &FieldsPatch) -> Result<Self, FieldRefused> {
        let mut values = self.values();
        for (name, value) in &patch.0 {
            values.insert(name.clone(), value.clone());
        }
        let merged = Self(Value::Object(values).to_string());
        // Clearing must work even where fields of the past fill the room.
        if merged.0.len() > STORED_MAX && merged.0.len() > self.0.len() {
            return Err(too_big());
        }
        Ok(merged)
    }

    /// Nothing where the text is no object: an operator may have written it.
    fn values(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl FieldsPatch {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for ShownFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl FieldSpecs {
    /// What a new account has, from what was sent with it: defaults filled in,
    /// names that are no field's ignored.
    ///
    /// # Errors
    /// In the reference's order: the first field that is missing or not theirs to
    /// set, else every wrong value, else a null that must not be.
    pub fn created(&self, mut sent: Map<String, Value>) -> Result<UserFields, FieldRefused> {
        if self.is_empty() {
            return Ok(UserFields::default());
        }
        let mut chosen = Vec::new();
        for spec in self.iter() {
            match (sent.remove(&spec.name), &spec.default) {
                (Some(value), _) if spec.input => chosen.push((spec, value)),
                (_, Some(default)) => chosen.push((spec, default.clone())),
                (Some(value), None) if is_truthy(&value) => {
                    return Err(FieldRefused::NotAllowed(spec.name.clone()));
                }
                (None, None) if spec.required => {
                    return Err(FieldRefused::Missing(spec.name.clone()));
                }
                _ => {}
            }
        }
        let mut has_null = false;
        let values = checked(chosen, |spec| {
            let default = spec.default.clone().filter(|_| spec.required);
            has_null |= spec.required && default.is_none();
            Ok(default.unwrap_or(Value::Null))
        })?;
        if has_null {
            return Err(FieldRefused::NullForRequired);
        }
        let text = Value::Object(values).to_string();
        if text.len() > STORED_MAX {
            return Err(too_big());
        }
        Ok(UserFields(text))
    }

    /// The change that was sent for an account there is: names that are no field's
    /// are ignored, null clears what is not required.
    ///
    /// # Errors
    /// A field that is not theirs to set, else every wrong value.
    pub fn patch(&self, mut sent: Map<String, Value>) -> Result<FieldsPatch, FieldRefused> {
        let mut chosen = Vec::new();
        for spec in self.iter() {
            match sent.remove(&spec.name) {
                Some(value) if spec.input => chosen.push((spec, value)),
                Some(value) if is_truthy(&value) => {
                    return Err(FieldRefused::NotAllowed(spec.name.clone()));
                }
                _ => {}
            }
        }
        let values = checked(chosen, |spec| {
            if spec.required {
                return Err(spec.kind.unexpected(&spec.name, &Value::Null));
            }
            Ok(Value::Null)
        })?;
        Ok(FieldsPatch(values))
    }

    /// What answers have of a user's further fields: every one that is returned.
    pub fn shown(&self, stored: &UserFields) -> ShownFields<'_> {
        if self.is_empty() {
            return ShownFields(Vec::new());
        }
        let mut values = stored.values();
        let returned = self.iter().filter(|spec| spec.returned);
        let shown = returned.map(|spec| {
            let value = match values.remove(&spec.name) {
                Some(value) if spec.kind.holds(&value) => value,
                Some(_) => Value::Null,
                None => spec.default.clone().unwrap_or_default(),
            };
            (spec.name.as_str(), value)
        });
        ShownFields(shown.collect())
    }
}

/// The values as they are stored; `for_null` says what a null becomes.
fn checked(
    chosen: Vec<(&FieldSpec, Value)>,
    mut for_null: impl FnMut(&FieldSpec) -> Result<Value, String>,
) -> Result<Map<String, Value>, FieldRefused> {
    let (mut values, mut issues) = (Map::new(), Vec::new());
    for (spec, value) in chosen {
        let taken = match value {
            Value::Null => for_null(spec),
            value => spec.kind.take(&spec.name, value),
        };
        match taken {
            Ok(value) => drop(values.insert(spec.name.clone(), value)),
            Err(issue) => issues.push(issue),
        }
    }
    if issues.is_empty() {
        Ok(values)
    } else {
        Err(FieldRefused::Invalid(issues.join("; ")))
    }
}

/// As JavaScript has it, in which the reference asks.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn too_big() -> FieldRefused {
    FieldRefused::Invalid(format!(
        "[body] Too big: expected all further fields together to have <={STORED_MAX} bytes"
    ))
}
