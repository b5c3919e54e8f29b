//! The API's description as an OpenAPI 3.1 document, made from the table of
//! functions and what each endpoint says of itself.

mod schemas;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::doc::{Content, Doc, Field, Need, Type};
use super::endpoint::{Endpoint, Kind};
use super::functions::Function;

/// The document of these functions.
pub fn document(functions: &[Function]) -> Value {
    let endpoints = functions
        .iter()
        .flat_map(|function| function.endpoints.iter().map(move |e| (function, e)));
    let mut paths = Map::new();
    for (function, endpoint) in endpoints {
        let operation = operation(function, endpoint);
        let method = endpoint.method().to_ascii_lowercase();
        paths.insert(endpoint.path.to_owned(), json!({ method: operation }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Doorkey",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Sign-up, sign-in and sessions: Better Auth's wire protocol.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": functions.iter().map(|function| json!({"name": function.name})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas::components(),
            "securitySchemes": {
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "better-auth.session_token",
                    "description": "Set at sign-in; `__Secure-better-auth.session_token` on https.",
                },
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The value of `set-auth-token`; only with BEARER=on.",
                },
            },
        },
    })
}

fn operation(function: &Function, endpoint: &Endpoint) -> Value {
    let doc = endpoint.doc;
    let mut operation = json!({
        "operationId": operation_id(endpoint.path),
        "tags": [function.name],
        "summary": doc.summary,
        "responses": responses(endpoint),
    });
    let mut add = |name: &str, value: Value| {
        operation
            .as_object_mut()
            .map(|o| o.insert(name.to_owned(), value))
    };
    if !doc.about.is_empty() {
        add("description", doc.about.into());
    }
    if !doc.parameters.is_empty() {
        add("parameters", doc.parameters.iter().map(parameter).collect());
    }
    if !doc.body.is_empty() {
        let required = doc.body.iter().any(|field| field.required);
        let content = json!({"application/json": {"schema": object(doc.body)}});
        add(
            "requestBody",
            json!({"required": required, "content": content}),
        );
    }
    let security = match doc.need {
        Need::Nothing => json!([]),
        Need::Session | Need::FreshSession => json!([{"cookie": []}, {"bearer": []}]),
    };
    add("security", security);
    operation
}

/// `/api/auth/sign-in/email` → `signInEmail`; `/api/signin` → `apiSignin`.
fn operation_id(path: &str) -> String {
    let path = path.trim_start_matches("/api/auth/");
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let mut id = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        if id.is_empty() {
            id.push_str(first);
        } else {
            id.push_str(&first.to_ascii_uppercase());
        }
        id.push_str(rest);
    }
    id
}

fn parameter(field: &Field) -> Value {
    let place = match field.of {
        Type::InPath => "path",
        _ => "query",
    };
    json!({
        "name": field.name,
        "in": place,
        "required": field.required,
        "description": field.about,
        "schema": schema(field.of),
    })
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut schema = schema(field.of);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), field.about.into());
            }
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|f| f.required)
        .map(|f| f.name)
        .collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn schema(of: Type) -> Value {
    match of {
        Type::Text | Type::InPath => json!({"type": "string"}),
        Type::TextOrNull => json!({"type": ["string", "null"]}),
        Type::Email => json!({"type": "string", "format": "email"}),
        Type::Password => json!({"type": "string", "format": "password"}),
        Type::Bool => json!({"type": "boolean"}),
        Type::Texts => json!({"type": "array", "items": {"type": "string"}}),
    }
}

/// What one status may mean: pairs of a code and when it comes.
#[derive(Default)]
struct Meaning {
    about: Vec<String>,
    content: Option<Value>,
}

fn responses(endpoint: &Endpoint) -> Value {
    let mut by_status: BTreeMap<u16, Meaning> = BTreeMap::new();
    let shared = endpoint.doc.shared.iter().copied().flatten();
    for answer in endpoint.doc.answers.iter().chain(shared) {
        let meaning = by_status.entry(answer.status).or_default();
        match answer.content {
            Content::Refusal(code) => meaning.refuse(code, answer.about),
            content => {
                meaning.about.push(answer.about.to_owned());
                meaning.content = schemas::content(content);
            }
        }
    }
    for (status, code, about) in common(endpoint.kind, endpoint.doc) {
        by_status.entry(status).or_default().refuse(code, about);
    }
    let responses: Map<String, Value> = by_status
        .into_iter()
        .map(|(status, meaning)| (status.to_string(), meaning.into_response()))
        .collect();
    Value::Object(responses)
}

impl Meaning {
    fn refuse(&mut self, code: &str, about: &str) {
        self.about.push(format!("`{code}`: {about}"));
        self.content.get_or_insert_with(schemas::error);
    }

    fn into_response(self) -> Value {
        let description = self.about.join("\n\n");
        match self.content {
            Some(content) => json!({"description": description, "content": content}),
            None => json!({"description": description}),
        }
    }
}

/// The refusals that every endpoint of a kind has: they come from what stands
/// before the handlers.
fn common(kind: Kind, doc: &Doc) -> Vec<(u16, &'static str, &'static str)> {
    let mut all = vec![
        (
            500,
            "INTERNAL_SERVER_ERROR",
            "a fault of ours; the log has the request id",
        ),
        (
            503,
            "DATABASE_UNAVAILABLE",
            "the database is away; `Retry-After` says when to try again",
        ),
        (503, "TIMEOUT", "the request took too long"),
    ];
    if kind != Kind::Read {
        all.extend([
            (400, "BAD_REQUEST", "the body is no JSON"),
            (
                400,
                "VALIDATION_ERROR",
                "a field is missing or of a wrong type",
            ),
            (
                403,
                "INVALID_ORIGIN",
                "the page that asks is not in FRONTEND_URL",
            ),
            (
                403,
                "MISSING_OR_NULL_ORIGIN",
                "a request with a cookie does not say which page asks",
            ),
            (408, "REQUEST_TIMEOUT", "the body took too long to arrive"),
            (413, "PAYLOAD_TOO_LARGE", "the body has more than 64 KiB"),
            (
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "the body is not application/json",
            ),
        ]);
    }
    if kind == Kind::Login {
        all.push((
            403,
            "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
            "a foreign site's form was sent",
        ));
    }
    if doc.need != Need::Nothing {
        all.push((401, "UNAUTHORIZED", "there is no live session"));
    }
    if doc.need == Need::FreshSession {
        all.push((
            403,
            "SESSION_NOT_FRESH",
            "the user signed in more than a day ago",
        ));
    }
    all
}
