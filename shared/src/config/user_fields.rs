//! Fields of one's own: `USER_FIELDS`, JSON as Better Auth's `additionalFields` has
//! it, or an array of the same objects with a name each.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::env::Reader;
use super::names;
use crate::domain::user_fields::{FieldSpec, FieldSpecs, FieldType};

/// Most bytes of the setting.
const TEXT_MAX: usize = 8 * 1024;

pub(super) fn settings(reader: &mut Reader<'_>) -> FieldSpecs {
    reader
        .parsed(&names::USER_FIELDS, parse)
        .unwrap_or_default()
}

/// Faults name a field by its place: no setting's value is ever repeated.
fn parse(text: &str) -> Result<FieldSpecs, String> {
    if text.len() > TEXT_MAX {
        return Err(format!("is longer than {TEXT_MAX} bytes"));
    }
    let fields = if text.starts_with('[') {
        let list: Vec<Members<Value>> = serde_json::from_str(text).map_err(|e| form(&e))?;
        list.into_iter()
            .map(|Members(members)| draft(Draft::default(), members, true))
            .collect::<Vec<_>>()
    } else {
        let named: Members<Members<Value>> = serde_json::from_str(text).map_err(|e| form(&e))?;
        let fields = named.0.into_iter();
        fields
            .map(|(name, Members(members))| draft(Draft::named(name), members, false))
            .collect()
    };
    let fields = fields.into_iter().enumerate();
    let fields = fields
        .map(|(at, field)| field.map_err(|wrong| at_place(at + 1, wrong)))
        .collect::<Result<_, _>>()?;
    FieldSpecs::new(fields).map_err(|fault| at_place(fault.place, fault.wrong))
}

fn at_place(place: usize, wrong: &str) -> String {
    format!("has a fault in its field {place} (counted from 1): {wrong}")
}

/// Where it is not JSON, or not JSON of the right form.
fn form(error: &serde_json::Error) -> String {
    let what = if error.is_data() {
        "is neither an object of objects nor an array of objects"
    } else {
        "is not JSON"
    };
    let (line, column) = (error.line(), error.column());
    format!("{what} (line {line}, column {column})")
}

/// A field as far as it was read.
#[derive(Default)]
struct Draft {
    name: Option<String>,
    kind: Option<FieldType>,
    required: Option<bool>,
    input: Option<bool>,
    returned: Option<bool>,
    default: Option<Value>,
}

impl Draft {
    fn named(name: String) -> Self {
        Self {
            name: Some(name),
            ..Self::default()
        }
    }
}

/// A field from its members; `takes_name` where the name is one of them.
fn draft(
    mut draft: Draft,
    members: Vec<(String, Value)>,
    takes_name: bool,
) -> Result<FieldSpec, &'static str> {
    for (member, value) in members {
        match member.as_str() {
            "name" if takes_name => once(&mut draft.name, text(value)?)?,
            "type" => once(&mut draft.kind, kind(value)?)?,
            "required" => once(&mut draft.required, switch(&value)?)?,
            "input" => once(&mut draft.input, switch(&value)?)?,
            "returned" => once(&mut draft.returned, switch(&value)?)?,
            "defaultValue" | "default" => once(&mut draft.default, value)?,
            _ => {
                return Err(
                    "it has a member other than name (in an array), type, required, \
                            defaultValue, default, input and returned",
                );
            }
        }
    }
    Ok(FieldSpec {
        name: draft.name.ok_or("it has no name")?,
        kind: draft.kind.ok_or("it has no type")?,
        // Better Auth's defaults.
        required: draft.required.unwrap_or(true),
        input: draft.input.unwrap_or(true),
        returned: draft.returned.unwrap_or(true),
        default: draft.default,
    })
}

fn once<T>(member: &mut Option<T>, value: T) -> Result<(), &'static str> {
    match member.replace(value) {
        None => Ok(()),
        Some(_) => Err("it has a member twice"),
    }
}

fn text(value: Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err("its name is not a text"),
    }
}

fn switch(value: &Value) -> Result<bool, &'static str> {
    value
        .as_bool()
        .ok_or("its required, input and returned must be true or false")
}

fn kind(value: Value) -> Result<FieldType, &'static str> {
    const UNKNOWN: &str = "its type is not string, number, boolean, date, string[], number[] or \
                           an array of the texts that are allowed";
    match value {
        Value::String(name) => match name.as_str() {
            "string" => Ok(FieldType::String),
            "number" => Ok(FieldType::Number),
            "boolean" => Ok(FieldType::Boolean),
            "date" => Ok(FieldType::Date),
            "string[]" => Ok(FieldType::Strings),
            "number[]" => Ok(FieldType::Numbers),
            _ => Err(UNKNOWN),
        },
        Value::Array(texts) => texts
            .into_iter()
            .map(|item| text(item).map_err(|_| UNKNOWN))
            .collect::<Result<_, _>>()
            .map(FieldType::OneOf),
        _ => Err(UNKNOWN),
    }
}

/// An object's members in the order in which they stand, doubled ones too.
struct Members<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor(PhantomData))
    }
}

struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = Members<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Members<T>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests;
