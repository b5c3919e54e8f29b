//! Whole bodies for platforms that want them whole. All of ours are short.

use axum::body::Body;
use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;

/// The response with its body gathered; an empty 500 if the body broke off,
/// which none of ours can.
pub(super) async fn collect(response: Response<Body>) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    if let Ok(body) = body.collect().await {
        return Response::from_parts(parts, body.to_bytes());
    }
    let mut failed = Response::new(Bytes::new());
    *failed.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    failed
}
