//! The shapes of answers as JSON Schema.

use serde_json::{Value, json};

use crate::http::doc::{Content, Shape};

/// What the schemas of answers refer to.
pub(super) fn components() -> Value {
    json!({
        "Error": closed(
            &json!({"message": {"type": "string"}, "code": {"type": "string"}}),
            &["message", "code"],
        ),
        "User": {
            "type": "object",
            "description": "Fields of one's own (USER_FIELDS) stand beside these.",
            "properties": {
                "id": uuid(),
                "name": text(),
                "email": text(),
                "emailVerified": {"type": "boolean"},
                "image": {"type": ["string", "null"]},
                "createdAt": time(),
                "updatedAt": time(),
            },
            "required": ["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"],
            "additionalProperties": true,
        },
        "Session": closed(
            &json!({
                "id": uuid(),
                "userId": uuid(),
                "token": {"type": "string", "description": "The session's handle: it names the session to `revoke-session` and opens nothing."},
                "expiresAt": time(),
                "createdAt": time(),
                "updatedAt": time(),
                "ipAddress": text(),
                "userAgent": text(),
            }),
            &["id", "userId", "token", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"],
        ),
    })
}

/// The content of an error.
pub(super) fn error() -> Value {
    json!({"application/json": {"schema": reference("Error")}})
}

/// The content of another answer; `None` where there is none.
pub(super) fn content(content: Content) -> Option<Value> {
    match content {
        Content::Json(shape) => Some(json!({"application/json": {"schema": schema(shape)}})),
        Content::Refusal(_) => Some(error()),
        Content::Html => Some(json!({"text/html": {"schema": text()}})),
        Content::Redirect => None,
    }
}

fn schema(shape: Shape) -> Value {
    match shape {
        Shape::Ok => closed(&json!({"ok": yes()}), &["ok"]),
        Shape::Status => closed(&json!({"status": yes()}), &["status"]),
        Shape::StatusMessage => closed(
            &json!({"status": yes(), "message": text()}),
            &["status", "message"],
        ),
        Shape::StatusUser => closed(
            &json!({"status": yes(), "user": {"oneOf": [reference("User"), {"type": "null"}]}}),
            &["status", "user"],
        ),
        Shape::Success => closed(&json!({"success": yes()}), &["success"]),
        Shape::SuccessMessage => closed(
            &json!({"success": yes(), "message": text()}),
            &["success", "message"],
        ),
        Shape::SignedUp => closed(
            &json!({"token": session_token(&json!(["string", "null"])), "user": reference("User")}),
            &["token", "user"],
        ),
        Shape::SignedIn => closed(
            &json!({"redirect": {"type": "boolean"}, "token": session_token(&json!("string")), "url": text(), "user": reference("User")}),
            &["redirect", "token", "user"],
        ),
        Shape::SessionAndUser => session_and_user(),
        Shape::SessionAndUserOrNull => json!({"oneOf": [session_and_user(), {"type": "null"}]}),
        Shape::Sessions => json!({"type": "array", "items": reference("Session")}),
        Shape::Accounts => json!({"type": "array", "items": account()}),
        Shape::Token => closed(&json!({"token": text()}), &["token"]),
        Shape::Keys => closed(
            &json!({"keys": {"type": "array", "items": {"type": "object"}}}),
            &["keys"],
        ),
        Shape::Health => health(),
        Shape::HealthOrError => json!({"oneOf": [health(), reference("Error")]}),
        Shape::Document => json!({"type": "object"}),
    }
}

fn session_and_user() -> Value {
    closed(
        &json!({"session": reference("Session"), "user": reference("User")}),
        &["session", "user"],
    )
}

/// What an answer calls `token` where a session has begun.
fn session_token(kind: &Value) -> Value {
    json!({
        "type": kind,
        "description": "The session's handle, which opens nothing. With BEARER=on it is the token \
                        itself, to be shown in `Authorization` and kept as a secret.",
    })
}

fn account() -> Value {
    let properties = json!({
        "id": {"type": "string", "description": "Names it to `unlink-account`."},
        "accountId": {"type": "string", "description": "The user's id at the provider; for `credential` the user's own."},
        "providerId": text(),
        "userId": uuid(),
        "createdAt": time(),
        "updatedAt": time(),
        "scopes": {"type": "array", "items": text()},
    });
    closed(
        &properties,
        &[
            "id",
            "accountId",
            "providerId",
            "userId",
            "createdAt",
            "updatedAt",
            "scopes",
        ],
    )
}

fn health() -> Value {
    let check = closed(
        &json!({"name": text(), "ok": {"type": "boolean"}, "detail": text()}),
        &["name", "ok", "detail"],
    );
    let properties = json!({
        "status": {"enum": ["ok", "failing"]},
        "version": text(),
        "checks": {"type": "array", "items": check},
        "durable": {"type": "boolean", "description": "Whether accounts outlive a restart."},
        "warning": text(),
    });
    closed(&properties, &["status", "version"])
}

/// An object of these properties and no others.
fn closed(properties: &Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn yes() -> Value {
    json!({"const": true})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn uuid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}
