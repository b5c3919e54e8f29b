//! As an AWS Lambda function: API Gateway (HTTP and REST), function URLs, load
//! balancers.

use std::future::ready;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::Request;
use http::uri::{PathAndQuery, Uri};
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_http::{Adapter, IntoResponse, LambdaEvent, RequestExt as _, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tower::ServiceExt as _;

use super::boot::BootError;
use super::collect::collect;
use crate::http::{Peer, Web};

/// What a URI's query holds percent-encoded or not at all (RFC 3986 §3.4). Other
/// than ASCII is always encoded.
const NOT_IN_QUERIES: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Takes events until the platform ends the process.
pub(super) async fn run(web: &Arc<Web>, routes: Router) -> Result<(), BootError> {
    // Functions never migrate: a schema that is too old shows by itself, as 503.
    web.app.db.open_gate();
    let handler = service_fn(|event: lambda_http::Request| {
        let (routes, background) = (routes.clone(), web.app.background.clone());
        async move {
            let Ok(response) = routes.oneshot(request(event)).await;
            let response = collect(response).await;
            // Frozen after the answer: what was begun is finished before it.
            background.idle().await;
            Ok::<_, std::convert::Infallible>(Answer(response.map(body)))
        }
    });
    let service = Adapter::from(handler).map_request(tidy);
    lambda_http::lambda_runtime::run(service)
        .await
        .map_err(|_| BootError::Platform)
}

type Response = http::Response<lambda_http::Body>;

/// An answer as it is to be sent. The library's own way for responses would decode
/// the body from any character set, with half a megabyte of tables for that.
struct Answer(Response);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response> + Send>> {
        Box::pin(ready(self.0))
    }
}

/// The event without what the library stumbles over: it panics at a query that
/// no URI can hold, and makes an empty `Cookie` field of an empty list.
fn tidy(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(http) = &mut event.payload {
        if let Some(query) = &mut http.raw_query_string {
            *query = utf8_percent_encode(query, NOT_IN_QUERIES).to_string();
        }
        http.cookies.take_if(|cookies| cookies.is_empty());
    }
    event
}

fn request(event: lambda_http::Request) -> Request<Body> {
    let path = path_without_stage(&event);
    let peer = event
        .request_context_ref()
        .and_then(|context| source(context, event.headers()));
    let (mut parts, body) = event.into_parts();
    // Gateways decode paths. One that no URI can hold is none of ours, whatever
    // the library makes of it by trimming it and resolving its dot segments.
    parts.uri = with_path(&parts.uri, &path).unwrap_or_default();
    parts.extensions.clear();
    if let Some(peer) = peer {
        parts.extensions.insert(Peer(peer));
    }
    Request::from_parts(parts, Body::from(body.to_vec()))
}

/// An HTTP API's named stage stands before the path; a REST API's does not.
fn path_without_stage(event: &lambda_http::Request) -> String {
    let raw = event.raw_http_path();
    let stage = match event.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.stage.as_deref(),
        _ => None,
    };
    strip_stage(raw, stage).to_owned()
}

fn strip_stage<'a>(path: &'a str, stage: Option<&str>) -> &'a str {
    let rest = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let path = PathAndQuery::try_from(format!("{path}{query}")).ok()?;
    Some(Uri::from(path))
}

/// The address that the gateway saw.
fn source(context: &RequestContext, headers: &http::HeaderMap) -> Option<IpAddr> {
    let address = match context {
        // A load balancer has no place for it; it appends its peer to this field.
        RequestContext::Alb(_) => {
            let hops = headers
                .get_all("x-forwarded-for")
                .iter()
                .next_back()?
                .to_str()
                .ok()?;
            hops.rsplit(',').next().map(str::trim)
        }
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref(),
        _ => None,
    };
    address?.parse().ok()
}

fn body(bytes: impl Into<Vec<u8>>) -> lambda_http::Body {
    match String::from_utf8(bytes.into()) {
        Ok(text) if text.is_empty() => lambda_http::Body::Empty,
        Ok(text) => lambda_http::Body::Text(text),
        Err(binary) => lambda_http::Body::Binary(binary.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::aws_lambda_events::alb::AlbTargetGroupRequestContext;

    use super::*;

    #[test]
    fn sec_e3_behind_a_load_balancer_its_own_hop_is_the_client() {
        let context = RequestContext::Alb(AlbTargetGroupRequestContext::default());
        let mut headers = http::HeaderMap::new();
        assert_eq!(source(&context, &headers), None);
        headers.append("x-forwarded-for", "198.51.100.1".parse().unwrap());
        headers.append("x-forwarded-for", "192.0.2.7, 203.0.113.9".parse().unwrap());
        assert_eq!(source(&context, &headers), "203.0.113.9".parse().ok());
        headers.append("x-forwarded-for", "not an address".parse().unwrap());
        assert_eq!(source(&context, &headers), None);
    }

    #[test]
    fn a_named_stage_is_taken_off_and_nothing_else() {
        assert_eq!(strip_stage("/prod/health", Some("prod")), "/health");
        assert_eq!(strip_stage("/health", Some("prod")), "/health");
        assert_eq!(
            strip_stage("/production/health", Some("prod")),
            "/production/health"
        );
        assert_eq!(strip_stage("/api/api/auth/ok", Some("api")), "/api/auth/ok");
        assert_eq!(strip_stage("/health", Some("$default")), "/health");
        assert_eq!(strip_stage("/prod", Some("prod")), "/prod");
        assert_eq!(strip_stage("/health", None), "/health");
    }
}
