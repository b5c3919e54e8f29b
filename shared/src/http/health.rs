//! `GET /health` (never touches the database: a probe must not keep it awake),
//! `GET /health?deep=1`, `GET /api/auth/ok`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;

use super::doc::{Answer, Content, Doc, Field, Shape, Type};
use super::state::Web;
use super::verify::is_on;
use crate::service::health::{Check, examine};

pub(super) const HEALTH: Doc = Doc {
    summary: "Is the service up?",
    about: "Never touches the database, unless asked to.",
    parameters: &[Field::optional(
        "deep",
        Type::Text,
        "`1`: look at the database, its schema, the pooler, the clock and the mail, too.",
    )],
    answers: &[
        Answer::ok(Shape::Health, "All is as it should be."),
        Answer {
            status: 503,
            about: "Something is not: `checks` says what.",
            content: Content::Json(Shape::HealthOrError),
        },
    ],
    ..Doc::EMPTY
};

pub(super) const OK: Doc = Doc {
    summary: "Is the protocol served here?",
    answers: &[Answer::ok(Shape::Ok, "It is.")],
    ..Doc::EMPTY
};

#[derive(Serialize)]
struct HealthBody {
    status: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<CheckBody>,
    /// Whether accounts outlive a restart, when asked for more.
    #[serde(skip_serializing_if = "Option::is_none")]
    durable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

const LOST_AT_RESTART: &str = "the database is a file on a disk that is not kept: every account is lost at \
                               the next restart";

#[derive(Serialize)]
struct CheckBody {
    name: &'static str,
    ok: bool,
    detail: &'static str,
}

impl From<Check> for CheckBody {
    fn from(check: Check) -> Self {
        Self {
            name: check.name,
            ok: check.ok,
            detail: check.detail,
        }
    }
}

pub(super) async fn health(State(web): State<Arc<Web>>, RawQuery(query): RawQuery) -> Response {
    let is_deep = is_on(query.as_deref(), "deep");
    let checks = if is_deep {
        examine(&web.app).await
    } else {
        Vec::new()
    };
    let durable = is_deep.then_some(!web.app.config.database.is_lost_at_restart);
    let ok = checks.iter().all(|check| check.ok);
    let body = HealthBody {
        status: if ok { "ok" } else { "failing" },
        version: env!("CARGO_PKG_VERSION"),
        checks: checks.into_iter().map(CheckBody::from).collect(),
        durable,
        // No failure: it works, and will until then.
        warning: (durable == Some(false)).then_some(LOST_AT_RESTART),
    };
    let status = if ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let mut response = (status, Json(body)).into_response();
    if !ok {
        response
            .headers_mut()
            .insert(http::header::RETRY_AFTER, 5.into());
    }
    response
}

pub(super) async fn ok() -> Response {
    Json(json!({"ok": true})).into_response()
}
