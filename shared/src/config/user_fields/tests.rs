//! Both spellings of `USER_FIELDS`, and what is said of wrong ones.

use super::*;
use crate::domain::user_fields::UserFields;
use serde_json::json;

fn wrong(text: &str) -> String {
    parse(text).err().unwrap_or_else(|| panic!("{text}"))
}

/// What a new account with these values shows, the name `n` aside.
fn shown(text: &str, sent: &Value) -> Value {
    let specs = parse(text).unwrap();
    let sent = sent.as_object().unwrap().clone();
    let fields = specs.created(sent).map_err(|refused| refused.to_string());
    match fields {
        Ok(fields) => serde_json::to_value(specs.shown(&fields)).unwrap(),
        Err(refused) => json!(refused),
    }
}

#[test]
fn better_auths_object_and_an_array_with_names_are_the_same() {
    let object = r#"{"z":{"type":"string"},"a":{"type":["free","pro"],"required":false,
        "defaultValue":"free"},"b":{"type":"number[]","required":false,"returned":false}}"#;
    let array = r#"[{"type":"string","name":"z"},{"name":"a","type":["free","pro"],
        "required":false,"default":"free"},
        {"name":"b","type":"number[]","returned":false,"required":false}]"#;
    for text in [object, array] {
        let sent = json!({"z": "x", "b": [1]});
        assert_eq!(shown(text, &sent), json!({"z": "x", "a": "free"}), "{text}");
        assert_eq!(shown(text, &json!({})), json!("z is required"));
        // In the order in which they stand.
        let specs = parse(text).unwrap();
        let stored = UserFields::default();
        let answer = serde_json::to_string(&specs.shown(&stored)).unwrap();
        assert_eq!(answer, r#"{"z":null,"a":"free"}"#);
    }
}

#[test]
fn every_type_is_known_by_its_name() {
    for (kind, value) in [
        ("string", json!("x")),
        ("number", json!(-1.5)),
        ("boolean", json!(true)),
        ("date", json!("2020-01-02T00:00:00.000Z")),
        ("string[]", json!(["a"])),
        ("number[]", json!([])),
    ] {
        let text = json!({"f": {"type": kind, "default": value}}).to_string();
        assert_eq!(shown(&text, &json!({})), json!({"f": value}));
    }
    assert!(parse("{}").unwrap().is_empty() && parse("[]").unwrap().is_empty());
}

#[test]
fn a_fault_names_the_field_by_its_place_and_says_what_is_wrong() {
    let many: Vec<_> = (0..33)
        .map(|n| json!({"name": format!("f{n}"), "type": "date"}))
        .collect();
    let many = Value::from(many).to_string();
    let string = r#"{"type":"string"}"#;
    for (text, part) in [
        ("company:string", "is not JSON (line 1, column 1)"),
        ("{\"a\":", "is not JSON"),
        ("5", "is neither an object of objects"),
        (r#"{"a":"string"}"#, "is neither an object of objects"),
        (r#"["a"]"#, "is neither an object of objects"),
        (
            r#"{"a":{"type":"uuid"}}"#,
            "field 1 (counted from 1): its type is not",
        ),
        (r#"{"a":{"type":"json"}}"#, "its type is not"),
        (r#"{"a":{"type":["x",1]}}"#, "its type is not"),
        (r#"{"a":{"type":[]}}"#, "its type allows no text"),
        (r#"{"a":{"type":["x\u0000"]}}"#, "its type allows no text"),
        (r#"{"a":{}}"#, "it has no type"),
        (r#"[{"type":"string"}]"#, "it has no name"),
        (r#"[{"name":5,"type":"string"}]"#, "its name is not a text"),
        (
            r#"{"a":{"type":"string","unique":true}}"#,
            "it has a member other than",
        ),
        (
            r#"{"a":{"type":"string","name":"b"}}"#,
            "it has a member other than",
        ),
        (
            r#"{"a":{"type":"string","required":"yes"}}"#,
            "must be true or false",
        ),
        (
            r#"{"a":{"type":"string","type":"number"}}"#,
            "it has a member twice",
        ),
        (
            r#"{"a":{"type":"string","default":"x","defaultValue":"x"}}"#,
            "it has a member twice",
        ),
        (
            r#"{"a":{"type":"number","default":"5"}}"#,
            "its default is not a value of its type",
        ),
        (
            r#"{"a":{"type":["x"],"default":"y"}}"#,
            "its default is not a value of its type",
        ),
        (
            r#"{"a":{"type":"string","default":null}}"#,
            "its default is null",
        ),
        (
            r#"{"a":{"type":"string","input":false}}"#,
            "nobody could sign up",
        ),
        (r#"{"a-b":{"type":"string"}}"#, "its name is not"),
        (
            &format!(r#"{{"a":{string},"email":{string}}}"#),
            "field 2 (counted from 1): its name is one",
        ),
        (
            &format!(r#"{{"a":{string},"a":{string}}}"#),
            "field 2 (counted from 1): an earlier one",
        ),
        (&many, "field 33 (counted from 1): there are more than 32"),
        (
            &format!("{{}}{}", " ".repeat(8192)),
            "is longer than 8192 bytes",
        ),
        (&"[".repeat(8000), "is n"),
    ] {
        let said = wrong(text);
        assert!(said.contains(part), "{text:.60}: {said}");
    }
}

#[test]
fn sec_a7_a_fault_repeats_nothing_of_the_setting() {
    for text in [
        r#"{"hunter2":{"type":"hunter2"}}"#,
        r#"{"hunter2":{"type":"string","hunter2":"hunter2"}}"#,
        r#"{"a":{"type":"number","default":"hunter2"}}"#,
        r#"{"hunter2":"hunter2"}"#,
        r#"{"hunter-2":{"type":"string"}} hunter2"#,
        "hunter2",
    ] {
        assert!(!wrong(text).contains("hunter"), "{text}");
    }
}
