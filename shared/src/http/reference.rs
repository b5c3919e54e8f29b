//! `GET /api/auth/reference`, the API's description as a page, and
//! `GET /api/auth/open-api/generate-schema`, as a document: at the paths of Better
//! Auth's plugin.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::api_error::ApiError;
use super::doc::{Answer, Doc, Shape};
use super::page;
use super::state::Web;

const PAGE: &str = include_str!("../../pages/reference.html");
/// As `doorkey openapi` makes it, which a test of the house compares. Made here, it
/// would draw every other function's handlers into this one's binary.
const DOCUMENT: &str = include_str!("../../pages/openapi.json");

pub(super) const DOCUMENT_DOC: Doc = Doc {
    summary: "This API as an OpenAPI document.",
    answers: &[Answer::ok(Shape::Document, "OpenAPI 3.1.")],
    ..Doc::EMPTY
};

pub(super) const PAGE_DOC: Doc = Doc {
    summary: "This API as a page.",
    answers: &[Answer::page("HTML without scripts.")],
    ..Doc::EMPTY
};

pub(super) async fn document() -> Result<Response, ApiError> {
    Ok(Json(kept()?).into_response())
}

pub(super) async fn page(State(web): State<Arc<Web>>) -> Result<Response, ApiError> {
    page::render(&web, PAGE, kept()?)
}

fn kept() -> Result<Value, ApiError> {
    serde_json::from_str(DOCUMENT).map_err(|_| ApiError::internal())
}
