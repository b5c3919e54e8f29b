//! The operator's own fields (`USER_FIELDS`) that a new account must have: asked for
//! when signing up, one input each. Lists and dates are typed as text is.

use serde_json::{Map, Number, Value};

use super::form::Form;
use super::view::{Field, Told};
use super::words;
use crate::domain::user_fields::{FieldSpec, FieldSpecs, FieldType};

/// Names of inputs that are these fields': no other of the form begins so.
const PREFIX: &str = "field-";

/// The inputs, with what was typed.
pub(super) fn fields(specs: &FieldSpecs, form: Option<&Form>) -> Vec<Field> {
    let wanted = specs.iter().filter(|spec| is_wanted(spec));
    wanted.map(|spec| field(spec, form)).collect()
}

fn field(spec: &FieldSpec, form: Option<&Form>) -> Field {
    let id = format!("{PREFIX}{}", spec.name);
    let kind = match spec.kind {
        FieldType::Boolean => "checkbox",
        FieldType::Date => "date",
        _ => "text",
    };
    let hint = match &spec.kind {
        FieldType::OneOf(allowed) => Some(format!("{}{}", words::BAD_CHOICE, allowed.join(", "))),
        _ => None,
    };
    Field {
        label: label(&spec.name),
        kind,
        value: form
            .map(|form| form.trimmed(&id))
            .unwrap_or_default()
            .to_owned(),
        ticked: form.is_some_and(|form| form.is_on(&id)),
        required: spec.kind != FieldType::Boolean,
        hint,
        id,
        ..Field::default()
    }
}

/// What was typed, as the protocol's bodies have it; else what is wrong with it.
pub(super) fn read(specs: &FieldSpecs, form: &Form) -> Result<Map<String, Value>, Vec<Told>> {
    let (mut values, mut told) = (Map::new(), Vec::new());
    for spec in specs.iter().filter(|spec| is_wanted(spec)) {
        let id = format!("{PREFIX}{}", spec.name);
        match value(spec, form, &id) {
            Ok(value) => drop(values.insert(spec.name.clone(), value)),
            Err(text) => told.push(Told { id: Some(id), text }),
        }
    }
    if told.is_empty() {
        Ok(values)
    } else {
        Err(told)
    }
}

fn value(spec: &FieldSpec, form: &Form, id: &str) -> Result<Value, String> {
    let text = form.trimmed(id);
    if spec.kind == FieldType::Boolean {
        return Ok(Value::Bool(form.is_on(id)));
    }
    if text.is_empty() {
        return Err(words::MISSING.to_owned());
    }
    match &spec.kind {
        FieldType::Number => number(text),
        FieldType::Strings => Ok(Value::Array(vec![Value::String(text.to_owned())])),
        FieldType::Numbers => Ok(Value::Array(vec![number(text)?])),
        FieldType::OneOf(allowed) if !allowed.iter().any(|one| one == text) => {
            Err(format!("{}{}", words::BAD_CHOICE, allowed.join(", ")))
        }
        FieldType::String | FieldType::Date | FieldType::OneOf(_) | FieldType::Boolean => {
            Ok(Value::String(text.to_owned()))
        }
    }
}

fn number(text: &str) -> Result<Value, String> {
    let whole = text.parse::<i64>().ok().map(Number::from);
    let number = whole.or_else(|| Number::from_f64(text.parse().ok()?));
    number
        .map(Value::Number)
        .ok_or_else(|| words::BAD_NUMBER.to_owned())
}

fn is_wanted(spec: &FieldSpec) -> bool {
    spec.required && spec.input && spec.default.is_none()
}

/// "companyName" → "Company name"
fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        match letter {
            '_' => label.push(' '),
            upper if upper.is_ascii_uppercase() && !label.is_empty() => {
                label.push(' ');
                label.push(upper.to_ascii_lowercase());
            }
            first if label.is_empty() => label.push(first.to_ascii_uppercase()),
            other => label.push(other),
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_made_of_the_name() {
        for (name, expected) in [
            ("company", "Company"),
            ("companyName", "Company name"),
            ("phone_number", "Phone number"),
            ("_x", " x"),
        ] {
            assert_eq!(label(name), expected);
        }
    }
}
