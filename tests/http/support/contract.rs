//! Holds every answer of every case to the API's own description: its status, its
//! content type and its body's shape must be ones that the document names.

use std::sync::OnceLock;

use doorkey::http::{FUNCTIONS, openapi};
use serde_json::Value;

use super::browser::Answer;

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| openapi::document(FUNCTIONS))
}

/// Panics where an answer is none that the document knows. Of requests that reach
/// no operation (unknown paths, wrong methods, preflights) it says nothing.
pub(super) fn check(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap();
    let method = method.to_ascii_lowercase();
    let Some(operation) = operation(path, &method) else {
        return;
    };
    // What a method that the path does not have is answered is no operation's.
    if answer.status == 405 {
        return;
    }
    let response = &operation["responses"][answer.status.to_string()];
    let place = format!("{method} {path} {}", answer.status);
    assert!(response.is_object(), "{place} is not in the document");
    let Some(content) = response["content"].as_object() else {
        assert_eq!(answer.body, b"", "{place} has no content in the document");
        return;
    };
    let kind = answer.header("content-type").split(';').next().unwrap();
    let media = &content.get(kind);
    let media = media.unwrap_or_else(|| panic!("{place}: {kind:?} is not in the document"));
    if kind == "application/json" {
        fits(&answer.json(), &media["schema"], &place);
    }
}

fn operation(path: &str, method: &str) -> Option<&'static Value> {
    let paths = document()["paths"].as_object()?;
    let (_, methods) = paths.iter().find(|(template, _)| matches(template, path))?;
    methods.get(method)
}

/// Whether a path is one of a template, whose last segment may be `{name}`.
fn matches(template: &str, path: &str) -> bool {
    match template.split_once('{') {
        None => template == path,
        Some((start, _)) => path
            .strip_prefix(start)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
    }
}

/// The part of JSON Schema that the document uses.
fn fits(value: &Value, schema: &Value, place: &str) {
    if let Err(why) = judge(value, schema) {
        panic!("{place}: {why} in {value}");
    }
}

fn judge(value: &Value, schema: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return judge(value, document().pointer(pointer).unwrap());
    }
    if let Some(options) = schema["oneOf"].as_array() {
        let fitting = options.iter().filter(|option| judge(value, option).is_ok());
        return match fitting.count() {
            1 => Ok(()),
            n => Err(format!("{n} of oneOf fit")),
        };
    }
    if let Some(only) = schema.get("const") {
        return (value == only).then_some(()).ok_or(format!("not {only}"));
    }
    if let Some(options) = schema["enum"].as_array() {
        return options
            .contains(value)
            .then_some(())
            .ok_or("not in enum".into());
    }
    judge_type(value, &schema["type"])?;
    judge_format(value, schema["format"].as_str().unwrap_or_default())?;
    match value {
        Value::Object(_) => judge_object(value, schema),
        Value::Array(items) if schema["items"].is_object() => items
            .iter()
            .try_for_each(|item| judge(item, &schema["items"])),
        _ => Ok(()),
    }
}

fn judge_type(value: &Value, wanted: &Value) -> Result<(), String> {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = match wanted {
        Value::String(one) => one == is,
        Value::Array(several) => several.iter().any(|one| one == is),
        other => panic!("no type in the schema: {other}"),
    };
    fits.then_some(()).ok_or(format!("{is} is not {wanted}"))
}

fn judge_format(value: &Value, format: &str) -> Result<(), String> {
    let Some(text) = value.as_str() else {
        return Ok(());
    };
    let fits = match format {
        "date-time" => text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T',
        "uuid" => text.len() == 36 && text.matches('-').count() == 4,
        _ => true,
    };
    fits.then_some(()).ok_or(format!("{text} is no {format}"))
}

fn judge_object(value: &Value, schema: &Value) -> Result<(), String> {
    let object = value.as_object().unwrap();
    let properties = schema["properties"].as_object();
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        if !object.contains_key(name) {
            return Err(format!("{name} is missing"));
        }
    }
    for (name, inner) in object {
        match properties.and_then(|properties| properties.get(name)) {
            Some(schema) => judge(inner, schema).map_err(|why| format!("{name}: {why}"))?,
            None if schema["additionalProperties"] == false => {
                return Err(format!("{name} is not in the document"));
            }
            None => {}
        }
    }
    Ok(())
}
