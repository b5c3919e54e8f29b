//! What is taken, what is refused in which words, and what is shown of it.

use super::*;
use serde_json::json;

fn field(name: &str, kind: FieldType) -> FieldSpec {
    FieldSpec {
        name: name.to_owned(),
        kind,
        required: false,
        input: true,
        returned: true,
        default: None,
    }
}

fn specs(fields: impl IntoIterator<Item = FieldSpec>) -> FieldSpecs {
    FieldSpecs::new(fields.into_iter().collect()).unwrap()
}

/// One of each type, and one of each kind of who may set it.
fn usual() -> FieldSpecs {
    specs([
        FieldSpec {
            required: true,
            ..field("company", FieldType::String)
        },
        field("age", FieldType::Number),
        FieldSpec {
            input: false,
            default: Some(json!("user")),
            ..field("role", FieldType::String)
        },
        field("since", FieldType::Date),
        field("tags", FieldType::Strings),
        field("marks", FieldType::Numbers),
        FieldSpec {
            default: Some(json!(false)),
            ..field("news", FieldType::Boolean)
        },
        field(
            "plan",
            FieldType::OneOf(vec!["free".to_owned(), "pro".to_owned()]),
        ),
        FieldSpec {
            returned: false,
            ..field("note", FieldType::String)
        },
        FieldSpec {
            input: false,
            ..field("locked", FieldType::String)
        },
    ])
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn created(sent: Value) -> Result<UserFields, FieldRefused> {
    usual().created(map(sent))
}

fn refused(sent: Value) -> FieldRefused {
    created(sent).err().unwrap()
}

fn shown(fields: &UserFields) -> String {
    serde_json::to_string(&usual().shown(fields)).unwrap()
}

fn stored(value: &Value) -> UserFields {
    UserFields::from_stored(value.to_string())
}

#[test]
fn a_new_account_has_what_was_sent_and_every_default() {
    let least = created(json!({"company": "A", "unknown": 1})).unwrap();
    assert_eq!(
        shown(&least),
        r#"{"company":"A","age":null,"role":"user","since":null,"tags":null,"marks":null,"news":false,"plan":null,"locked":null}"#
    );
    let all = created(json!({
        "company": "", "age": 1.5, "since": "2020-01-02T05:04:05+02:00", "tags": ["a", "b"],
        "marks": [1, -2.5], "news": true, "plan": "pro", "note": "n", "locked": "",
    }));
    let all = all.unwrap();
    assert_eq!(
        shown(&all),
        r#"{"company":"","age":1.5,"role":"user","since":"2020-01-02T03:04:05.000Z","tags":["a","b"],"marks":[1,-2.5],"news":true,"plan":"pro","locked":null}"#
    );
    assert!(all.as_str().contains(r#""note":"n""#));
}

#[test]
fn without_fields_nothing_is_stored_and_nothing_shown() {
    let none = FieldSpecs::default();
    let fields = none.created(map(json!({"company": "A"}))).unwrap();
    assert_eq!(fields.as_str(), "{}");
    let full = stored(&json!({"company": "A"}));
    assert_eq!(serde_json::to_string(&none.shown(&full)).unwrap(), "{}");
    assert!(none.patch(map(json!({"company": "B"}))).unwrap().is_empty());
}

#[test]
fn what_is_missing_or_not_theirs_is_refused_in_the_protocols_order() {
    let missing = FieldRefused::Missing("company".to_owned());
    assert_eq!(refused(json!({})), missing);
    assert_eq!(refused(json!({"age": "x", "locked": "x"})), missing);
    let locked = FieldRefused::NotAllowed("locked".to_owned());
    for truthy in [json!("x"), json!(1), json!(true), json!([]), json!({})] {
        assert_eq!(
            refused(json!({"company": 5, "locked": truthy.clone()})),
            locked
        );
        let patch = usual().patch(map(json!({"age": "x", "locked": truthy})));
        assert_eq!(patch.err(), Some(locked.clone()));
    }
    assert_eq!(locked.to_string(), "locked is not allowed to be set");
    assert_eq!(missing.to_string(), "company is required");
}

#[test]
fn null_stands_for_no_value_where_none_is_needed() {
    let cleared = created(json!({"company": "A", "age": null, "news": null, "role": null}));
    let shown = shown(&cleared.unwrap());
    assert!(shown.contains(r#""news":null"#) && shown.contains(r#""role":"user""#));
    assert_eq!(
        refused(json!({"company": null})),
        FieldRefused::NullForRequired
    );
    let level = specs([FieldSpec {
        required: true,
        default: Some(json!(3)),
        ..field("level", FieldType::Number)
    }]);
    let fields = level.created(map(json!({"level": null}))).unwrap();
    assert_eq!(fields.as_str(), r#"{"level":3}"#);
}

/// Both at sign-up and in a change.
fn assert_refused(name: &str, value: &Value, issue: &str) {
    let mut sent = json!({"company": "A"});
    sent[name] = value.clone();
    let expected = FieldRefused::Invalid(format!("[body.{name}{issue}"));
    assert_eq!(refused(sent), expected, "{value:.40}");
    let patch = usual().patch(map(json!({name: value})));
    assert_eq!(patch.err(), Some(expected));
}

#[test]
fn sec_g1_values_of_another_type_are_named_and_refused() {
    for (name, value, expected) in [
        ("company", json!(5), "string, received number"),
        ("age", json!("5"), "number, received string"),
        ("age", json!(true), "number, received boolean"),
        ("since", json!(5), "date, received number"),
        ("tags", json!("a"), "array, received string"),
        ("tags", json!({"a": 1}), "array, received object"),
        ("news", json!("true"), "boolean, received string"),
        ("news", json!(1), "boolean, received number"),
    ] {
        let issue = format!("] Invalid input: expected {expected}");
        assert_refused(name, &value, &issue);
    }
    for value in [json!("gold"), json!("Pro"), json!(5), json!(["pro"])] {
        let issue = r#"] Invalid option: expected one of "free"|"pro""#;
        assert_refused("plan", &value, issue);
    }
    let long = json!("x".repeat(1001));
    let issue = "] Too big: expected string to have <=1000 characters";
    assert_refused("company", &long, issue);
    let issue = "] Invalid input: NUL is not allowed";
    assert_refused("company", &json!("a\0b"), issue);
}

#[test]
fn sec_g1_dates_and_entries_of_arrays_are_checked_too() {
    for text in [
        "",
        "nope",
        "2020-02-30",
        "2020-01-02T03:04:05",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "+010000-01-01T00:00:00Z",
        "é0000-1-1",
    ] {
        assert_refused("since", &json!(text), "] Invalid ISO datetime");
    }
    let issue = "] Too big: expected array to have <=100 items";
    assert_refused("marks", &json!(vec![0; 101]), issue);
    let issue = ".1] Invalid input: NUL is not allowed";
    assert_refused("tags", &json!(["a", "\0"]), issue);
    assert_eq!(
        refused(json!({"company": "A", "age": [], "tags": ["a", 1, null], "marks": [1, [2]]})),
        FieldRefused::Invalid(
            "[body.age] Invalid input: expected number, received array; \
             [body.tags.1] Invalid input: expected string, received number; \
             [body.marks.1] Invalid input: expected number, received array"
                .to_owned()
        )
    );
}

#[test]
fn sec_g1_all_fields_together_are_bounded() {
    let fat = vec!["x".repeat(900); 10];
    assert!(matches!(
        refused(json!({"company": "A", "tags": fat.clone()})),
        FieldRefused::Invalid(issue) if issue.starts_with("[body] Too big")
    ));
    let half = stored(&json!({"note": "x".repeat(8000)}));
    let grow = usual().patch(map(json!({"company": "x".repeat(500)})));
    assert!(half.merged(&grow.unwrap()).is_err());
    // What was let in before the bound can still be cleared.
    let past = stored(&json!({"gone": "x".repeat(9000), "tags": fat}));
    let clear = usual().patch(map(json!({"tags": null}))).unwrap();
    assert!(past.merged(&clear).is_ok());
}

#[test]
fn a_change_touches_what_it_names_and_nothing_else() {
    let before = created(json!({"company": "A", "age": 5, "note": "n"})).unwrap();
    let patch = usual().patch(map(
        json!({"age": null, "news": true, "foo": 1, "role": ""}),
    ));
    let after = before.merged(&patch.unwrap()).unwrap();
    let values: Value = serde_json::from_str(after.as_str()).unwrap();
    assert_eq!(
        values,
        json!({"company": "A", "age": null, "role": "user", "news": true, "note": "n"})
    );
    for nothing in [json!({}), json!({"foo": 1}), json!({"role": null})] {
        assert!(usual().patch(map(nothing)).unwrap().is_empty());
    }
    let null = usual().patch(map(json!({"company": null})));
    let issue = "[body.company] Invalid input: expected string, received null";
    assert_eq!(null.err(), Some(FieldRefused::Invalid(issue.to_owned())));
}

#[test]
fn what_is_stored_is_read_against_the_fields_of_today() {
    let old = stored(&json!({
        "removed": "kept", "company": 5, "age": "5", "since": "nope", "tags": ["a", 1],
        "marks": "x", "news": "true", "plan": "gold", "role": null,
    }));
    assert_eq!(
        shown(&old),
        r#"{"company":null,"age":null,"role":null,"since":null,"tags":null,"marks":null,"news":null,"plan":null,"locked":null}"#
    );
    let patch = usual().patch(map(json!({"age": 1}))).unwrap();
    assert!(old.merged(&patch).unwrap().as_str().contains("kept"));
    let deep = "[".repeat(100_000);
    for broken in ["", "{", "null", "[]", "5", deep.as_str(), "{\"age\":1e999}"] {
        let broken = UserFields::from_stored(broken.to_owned());
        assert!(shown(&broken).contains(r#""company":null,"age":null,"role":"user""#));
        assert_eq!(broken.merged(&patch).unwrap().as_str(), r#"{"age":1}"#);
    }
}

#[test]
fn sec_g5_no_field_can_shadow_what_has_a_meaning() {
    let wrong = |name: &str| FieldSpecs::new(vec![field(name, FieldType::String)]).is_err();
    for name in [
        "id",
        "name",
        "email",
        "emailVerified",
        "image",
        "createdAt",
        "updatedAt",
        "password",
        "callbackURL",
        "rememberMe",
        "token",
        "twoFactorEnabled",
        "username",
        "displayUsername",
        "iss",
        "aud",
        "sub",
        "exp",
        "iat",
        "nbf",
        "jti",
        "scope",
        "scp",
        "azp",
        "client_id",
        "act",
        "cnf",
        "__proto__",
        "constructor",
        "prototype",
        "",
        "1a",
        "a-b",
        "a b",
        "é",
        "a.b",
        "a\0",
        "na\u{200b}me",
    ] {
        assert!(wrong(name), "{name}");
    }
    assert!(wrong(&"a".repeat(65)));
    for name in ["role", "_", "a1", "Email", &"a".repeat(64)] {
        assert!(!wrong(name), "{name}");
    }
}
